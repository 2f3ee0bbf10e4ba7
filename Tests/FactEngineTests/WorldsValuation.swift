import FactModel

@testable import FactEngine

/// One possible world: which uncertain facts are there, and what each inexact value is.
struct ReferenceWorld {
  let values: ValueStore
  /// Uncertain facts that are not there, by relation and words.
  var dropped: Set<[UInt64]> = []
  /// Chosen values of inexact words; others are chosen by the number of the world.
  var chosen: [UInt64: Word] = [:]
  var number: UInt64 = 0

  static func key(_ relation: String, _ words: [UInt64]) -> [UInt64] {
    relation.utf8.map(UInt64.init) + words
  }

  func keeps(_ relation: String, _ words: [UInt64]) -> Bool {
    !dropped.contains(ReferenceWorld.key(relation, words))
  }

  /// The one number or day that a value is here; the same for the same bounds.
  func value(of word: Word) -> Word {
    if let known = chosen[word.bits] { return known }
    let choices = ReferenceWorld.choices(word, values)
    var mixer = SplitMix(state: number &* 0x9E37_79B9 ^ word.bits)
    return choices[Int(mixer.next() % UInt64(choices.count))]
  }

  /// A few values within the bounds of a word; the word itself where it is exact.
  static func choices(_ word: Word, _ values: ValueStore) -> [Word] {
    if let interval = values.numbers(of: word) {
      if interval.exact != nil { return [word] }
      let lower = interval.lower?.double ?? (interval.upper?.double ?? 0) - 4
      let upper = interval.upper?.double ?? lower + 4
      let middle = (lower + upper) / 2
      return [lower, middle, upper].compactMap { Scalar($0) }.map { values.word($0) }
    }
    if let span = values.dates(of: word) {
      let first = span.firstDay ?? (span.lastDay ?? 800_000) - 40
      let last = span.lastDay ?? first + 40
      return Set([first, (first + last) / 2, last]).sorted().compactMap {
        CalendarDate(dayNumber: $0)?.word
      }
    }
    return [word]
  }
}

/// A small generator of repeatable random numbers (splitmix64).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed &>> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  mutating func pick<Element>(_ some: [Element]) -> Element { some[below(some.count)] }
}
