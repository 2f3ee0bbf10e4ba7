extension FactBase {
  /// A value of an attribute and how many facts have it.
  public struct FrequentValue: Hashable, Sendable {
    /// The value.
    public let word: Word
    /// The number of facts.
    public let count: Int
  }

  struct FrequencyKey: Hashable {
    let relation: Int
    let column: Int
  }

  /// The distinct words of an attribute, most frequent first.
  struct Frequencies {
    let version: Int
    let values: [FrequentValue]
    /// The places in `values`, in the order of the alphabet; made when a prefix is first asked for.
    var alphabet: Alphabet?
  }

  /// The values of an attribute that begin with a text, the most frequent first.
  ///
  /// What a value begins with is looked at without quotes. The list of distinct values is made at
  /// first need, that of their beginnings with the first prefix, and both are kept until the
  /// relation changes. Values that are no symbols, such as numbers and dates, begin with what they
  /// are written with. Complexity: O(limit) without a prefix, else O(values that begin so).
  public func frequentValues(
    of relation: Relation, column: Int, prefix: String = "", limit: Int = 100
  ) -> [FrequentValue] {
    let key = FrequencyKey(relation: relation.id, column: column)
    var known: Frequencies
    if let cached = frequencies[key], cached.version == relation.facts.version {
      known = cached
    } else {
      known = Frequencies(
        version: relation.facts.version, values: relation.facts.facts.wordCounts(column: column))
      frequencies[key] = known
    }
    if prefix.isEmpty { return Array(known.values.prefix(limit)) }
    let alphabet: Alphabet
    if let made = known.alphabet {
      alphabet = made
    } else {
      alphabet = Alphabet(known.values, in: values)
      known.alphabet = alphabet
      frequencies[key] = known
    }
    let wanted = Array(prefix.utf8)
    let places = alphabet.places(beginning: wanted, among: known.values, in: values)
    return Alphabet.least(limit, of: places).map { known.values[Int($0)] }
  }

  /// Makes the lists of one attribute that `frequentValues` would make when first asked, of the
  /// relations whose number of facts lies within some limits; false where all are made.
  ///
  /// For a prompt that nobody types at: a million values take a good tenth of a second.
  public func prepareFrequentValues(factCounts: ClosedRange<Int>) -> Bool {
    for relation in relations where factCounts.contains(relation.facts.factCount) {
      for column in relation.schema.attributes.indices {
        let known = frequencies[FrequencyKey(relation: relation.id, column: column)]
        if known?.version == relation.facts.version, known?.alphabet != nil { continue }
        _ = frequentValues(of: relation, column: column, prefix: "a", limit: 1)
        return true
      }
    }
    return false
  }
}

/// The values of an attribute in the order of the bytes of their texts, so that those with one
/// beginning stand together.
struct Alphabet {
  /// Places among the values.
  private var sorted: [UInt32] = []
  /// The texts of values that are no symbols, one behind the other, and by place where each ends;
  /// empty where all are symbols.
  private var texts: [UInt8] = []
  private var ends: [UInt32] = []

  /// So many values that are no symbols can be found by their beginnings, the most frequent ones.
  private static let otherLimit = 2_000_000

  /// Sorts by eight bytes at a time: words compare faster than texts, and where the texts go on
  /// alike only few are left to compare.
  init(_ values: [FactBase.FrequentValue], in store: ValueStore) {
    var entries: [(key: UInt64, place: UInt32)] = []
    entries.reserveCapacity(values.count)
    let hasOthers = values.contains { $0.word.kind != .symbol }
    if hasOthers { ends.reserveCapacity(values.count) }
    var others = 0
    for (place, value) in values.enumerated() {
      if value.word.kind == .symbol {
        entries.append((0, UInt32(truncatingIfNeeded: place)))
      } else if others < Alphabet.otherLimit, value.word != .unknown, value.word != .anything {
        others += 1
        texts.append(contentsOf: store.text(of: value.word).utf8)
        entries.append((0, UInt32(truncatingIfNeeded: place)))
      }
      if hasOthers { ends.append(UInt32(truncatingIfNeeded: texts.count)) }
    }
    // Runs of equal beginnings, each with the number of bytes that are known to be equal.
    var open = [(range: 0..<entries.count, depth: 0)]
    while let (range, depth) = open.popLast() {
      if range.count < 2 { continue }
      for i in range {
        entries[i].key = withBytes(entries[i].place, values, store) {
          Alphabet.key($0, from: depth)
        }
      }
      entries[range].sort { $0.key < $1.key }
      var start = range.lowerBound
      while start < range.upperBound {
        let key = entries[start].key
        var end = start + 1
        while end < range.upperBound, entries[end].key == key { end += 1 }
        // A last byte of 0 means that the text ended; two that are the same stay as they are.
        if end - start > 1, key & 0xFF != 0 { open.append((start..<end, depth + 8)) }
        start = end
      }
    }
    sorted = entries.map(\.place)
  }

  /// Lends the bytes of the text at a place.
  private func withBytes<Result>(
    _ place: UInt32, _ values: [FactBase.FrequentValue], _ store: ValueStore,
    _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let word = values[Int(place)].word
    if word.kind == .symbol { return store.symbols.withBytes(word.symbol, body) }
    let start = place == 0 ? 0 : Int(ends[Int(place) - 1])
    let end = Int(ends[Int(place)])
    return texts.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
  }

  /// Eight bytes of a text as a number that sorts like them; zeros stand behind its end.
  private static func key<Bytes: RandomAccessCollection>(
    _ bytes: Bytes, from depth: Int
  ) -> UInt64 where Bytes.Element == UInt8, Bytes.Index == Int {
    var key: UInt64 = 0
    var i = depth
    let end = depth &+ 8
    while i < end {
      key <<= 8
      if i < bytes.count { key |= UInt64(bytes[i]) }
      i &+= 1
    }
    return key
  }

  /// The places of the values that begin with these bytes. Complexity: O(log values).
  func places(
    beginning prefix: [UInt8], among values: [FactBase.FrequentValue], in store: ValueStore
  ) -> ArraySlice<UInt32> {
    /// The first place whose beginning is not less than the prefix, or is greater than it.
    func bound(isGreater: Bool) -> Int {
      var low = 0
      var high = sorted.count
      while low < high {
        let middle = (low + high) / 2
        let order = withBytes(sorted[middle], values, store) { bytes in
          var i = 0
          while i < prefix.count {
            if i == bytes.count { return -1 }
            if bytes[i] != prefix[i] { return bytes[i] < prefix[i] ? -1 : 1 }
            i += 1
          }
          return 0
        }
        if order < 0 || isGreater && order == 0 { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let first = bound(isGreater: false)
    return sorted[first..<max(first, bound(isGreater: true))]
  }

  /// The least numbers, at most so many, ascending.
  static func least(_ limit: Int, of numbers: ArraySlice<UInt32>) -> [UInt32] {
    if numbers.count <= limit { return numbers.sorted() }
    var kept: [UInt32] = []
    var bar = UInt32.max
    for number in numbers where number <= bar {
      kept.append(number)
      // Now and then the half that cannot be among the least goes.
      guard kept.count >= 2 * limit + 16 else { continue }
      kept.sort()
      kept.removeLast(kept.count - limit)
      bar = kept.last ?? 0
    }
    kept.sort()
    return Array(kept.prefix(limit))
  }
}
