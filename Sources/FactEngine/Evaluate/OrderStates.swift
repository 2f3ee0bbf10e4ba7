import FactModel

/// `min X` and `max X`.
///
/// Exact values of certain matches leave one best word behind; the others are kept, since each of
/// them may decide a bound.
final class ExtremeState: SingleValueState {
  private let values: ValueStore
  private let isMaximum: Bool
  /// By group: the best word so far, unknown where there is none.
  private var best: [UInt64] = []
  /// By group what else counts; shorter than `best` where nothing does.
  private var others: [[(word: Word, level: UInt8)]] = []

  init(evaluation: Evaluation, isMaximum: Bool) {
    values = evaluation.values
    self.isMaximum = isMaximum
  }

  func add(_ input: AggregateInput) {
    guard let argument = input.argument else { return }
    var best: [UInt64] = []
    swap(&best, &self.best)
    let unknown = Word.unknown.bits
    reach(&best, input.groupCount, unknown)
    let groups = input.groups
    let levels = input.levels
    let tag = Word.integerTag
    let isMaximum = self.isMaximum
    for row in 0..<input.count {
      let word = argument[row]
      if word == unknown { continue }
      let group = Int(truncatingIfNeeded: groups[row])
      let known = best[group]
      if word &>> 48 == tag && known &>> 48 == tag && levels[row] == 0 {
        // Words of integers sort as they do.
        if isMaximum == (word > known) { best[group] = word }
      } else if levels[row] == 0, values.isExact(Word(bits: word)) {
        if known == unknown || isBetter(Word(bits: word), Word(bits: known)) { best[group] = word }
      } else {
        reach(&others, input.groupCount, [])
        others[group].append((Word(bits: word), levels[row]))
      }
    }
    swap(&best, &self.best)
  }

  private func isBetter(_ word: Word, _ other: Word) -> Bool {
    if word.kind == .integer, other.kind == .integer {
      return isMaximum ? word.bits > other.bits : word.bits < other.bits
    }
    let order = values.compareForSort(word, other)
    return isMaximum ? order > 0 : order < 0
  }

  /// Where all that counts is exact, one word is the best.
  var hasOneValue: Bool { others.isEmpty }

  func value(group: Int, isCertain: Bool) -> Word {
    group < best.count ? Word(bits: best[group]) : .unknown
  }

  func results(group: Int, isCertain: Bool) -> [(word: Word, level: UInt8)] {
    let exact = value(group: group, isCertain: isCertain)
    guard group < others.count, !others[group].isEmpty else { return [(exact, 0)] }
    var all = others[group]
    if exact != .unknown { all.append((exact, 0)) }
    if let word = numberBounds(all) ?? dateBounds(all) { return [(word, 0)] }
    return candidates(all)
  }

  /// Texts have no ranges: each that may be the best is given, as possible unless it is the best for
  /// sure.
  private func candidates(
    _ all: [(word: Word, level: UInt8)]
  ) -> [(word: Word, level: UInt8)] {
    var levels: [Word: UInt8] = [:]
    for (word, level) in all { levels[word] = min(levels[word] ?? 3, level) }
    let ordered = levels.sorted { isBetter($0.key, $1.key) }
    var results: [(word: Word, level: UInt8)] = []
    for (word, level) in ordered {
      results.append((word, results.isEmpty ? level : max(level, 2)))
      if level == 0 { break }
    }
    return results
  }

  private func numberBounds(_ all: [(word: Word, level: UInt8)]) -> Word? {
    var bounds: [(Scalar?, Scalar?, UInt8)] = []
    for (word, level) in all {
      guard let interval = values.numbers(of: word) else { return nil }
      bounds.append((interval.lower, interval.upper, level))
    }
    let (lower, upper) = combined(bounds)
    return values.word(range: NumberInterval(lower: lower, upper: upper))
  }

  private func dateBounds(_ all: [(word: Word, level: UInt8)]) -> Word? {
    var bounds: [(Int?, Int?, UInt8)] = []
    for (word, level) in all {
      guard let span = values.dates(of: word) else { return nil }
      bounds.append((span.firstDay, span.lastDay, level))
    }
    let (lower, upper) = combined(bounds)
    return values.word(
      first: lower.flatMap(CalendarDate.init(dayNumber:)),
      last: upper.flatMap(CalendarDate.init(dayNumber:)))
  }

  /// The bounds of the best value over all worlds; nil is open.
  private func combined<Bound: Comparable>(
    _ bounds: [(Bound?, Bound?, UInt8)]
  ) -> (Bound?, Bound?) {
    let certain = bounds.filter { $0.2 == 0 }
    func least(_ some: [Bound?]) -> Bound? {
      some.contains { $0 == nil } ? nil : some.compactMap { $0 }.min()
    }
    func most(_ some: [Bound?]) -> Bound? {
      some.contains { $0 == nil } ? nil : some.compactMap { $0 }.max()
    }
    // An open side is unbounded, so it is passed over where a bounded one is better for sure.
    if isMaximum {
      let lower =
        certain.isEmpty ? least(bounds.map(\.0)) : certain.compactMap(\.0).max()
      return (lower, most(bounds.map(\.1)))
    }
    let upper = certain.isEmpty ? most(bounds.map(\.1)) : certain.compactMap(\.1).min()
    return (least(bounds.map(\.0)), upper)
  }
}

/// `latest X on K`: the X of the match with the greatest K, all of them where they tie.
///
/// Where keys are spans or matches may be absent, every X that may be the latest is given, as
/// possible unless it is the latest for sure.
final class LatestState: AggregateState {
  private let values: ValueStore
  private var matches: [[(word: Word, key: Word, level: UInt8)]] = []

  init(evaluation: Evaluation) { values = evaluation.values }

  func add(_ input: AggregateInput) {
    guard let argument = input.argument, let keys = input.key else { return }
    while matches.count < input.groupCount { matches.append([]) }
    let unknown = Word.unknown.bits
    for row in 0..<input.count where argument[row] != unknown && keys[row] != unknown {
      add(
        (Word(bits: argument[row]), Word(bits: keys[row]), input.levels[row]),
        to: Int(input.groups[row]))
    }
  }

  /// Keeps only matches that no certain match comes after for sure.
  private func add(_ match: (word: Word, key: Word, level: UInt8), to group: Int) {
    for other in matches[group] where other.level == 0 {
      if values.compare(.greater, other.key, match.key) == .certain { return }
    }
    if match.level == 0 {
      matches[group].removeAll { values.compare(.greater, match.key, $0.key) == .certain }
    }
    if matches[group].contains(where: { $0 == match }) { return }
    matches[group].append(match)
  }

  func results(group: Int, isCertain: Bool) -> [(word: Word, level: UInt8)] {
    guard group < matches.count, !matches[group].isEmpty else { return [(.unknown, 0)] }
    let candidates = matches[group]
    var results: [(word: Word, level: UInt8)] = []
    for match in candidates {
      let isLatest = candidates.allSatisfy {
        $0.key == match.key || values.compare(.greaterOrEqual, match.key, $0.key) == .certain
      }
      let level = isLatest ? match.level : max(match.level, 2)
      if let known = results.firstIndex(where: { $0.word == match.word }) {
        results[known].level = min(results[known].level, level)
      } else {
        results.append((match.word, level))
      }
    }
    return results
  }
}
