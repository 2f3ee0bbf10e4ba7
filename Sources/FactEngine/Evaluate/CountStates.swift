import FactModel

extension ValueStore {
  /// The word of a count that lies between two bounds.
  func word(count least: Int, to most: Int) -> Word {
    word(range: NumberInterval(lower: .integer(Int64(least)), upper: .integer(Int64(most))))
  }
}

/// `count` and `count X`.
final class CountState: SingleValueState {
  private let values: ValueStore
  private var all: [Int] = []
  /// Those of `all` that may not be there; empty while there are none.
  private var weak: [Int] = []
  private var hasArgument = false

  init(values: ValueStore) { self.values = values }

  func add(_ input: AggregateInput) {
    hasArgument = input.argument != nil
    // Out of the object while they change: each access to a property of a class is checked.
    var counts: [Int] = []
    swap(&counts, &all)
    reach(&counts, input.groupCount, 0)
    let unknown = Word.unknown.bits
    let groups = input.groups
    if let argument = input.argument {
      for row in 0..<input.count where argument[row] != unknown {
        counts[Int(truncatingIfNeeded: groups[row])] &+= 1
      }
    } else {
      for row in 0..<input.count { counts[Int(truncatingIfNeeded: groups[row])] &+= 1 }
    }
    swap(&counts, &all)
    if input.isCertain { return }
    reach(&weak, input.groupCount, 0)
    for row in 0..<input.count where input.levels[row] > 0 {
      if let argument = input.argument, argument[row] == unknown { continue }
      weak[Int(groups[row])] &+= 1
    }
  }

  func value(group: Int, isCertain: Bool) -> Word {
    guard group < all.count else { return values.word(integer: 0) }
    let most = all[group]
    let certain = group < weak.count ? most - weak[group] : most
    if certain == most { return values.word(integer: Int64(most)) }
    // Where the row of a group stands at all, the group has a match.
    return values.word(count: isCertain || hasArgument ? certain : max(1, certain), to: most)
  }
}

/// `count distinct X`: identity looks at the value as stated.
final class DistinctState: SingleValueState {
  private let values: ValueStore
  private let certain: RowStore
  private let all: RowStore
  private var counts: (certain: [Int], all: [Int])?
  private var selection: [UInt32] = []

  init(evaluation: Evaluation) {
    values = evaluation.values
    certain = RowStore(arity: 2, account: evaluation.account)
    all = RowStore(arity: 2, account: evaluation.account)
  }

  func add(_ input: AggregateInput) {
    guard let argument = input.argument else { return }
    insert(input, argument, into: all) { _ in true }
    insert(input, argument, into: certain) { $0 == 0 }
  }

  private func insert(
    _ input: AggregateInput, _ argument: [UInt64], into store: RowStore,
    where keeps: (UInt8) -> Bool
  ) {
    var groups: [UInt64] = []
    var words: [UInt64] = []
    let unknown = Word.unknown.bits
    for row in 0..<input.count where argument[row] != unknown && keeps(input.levels[row]) {
      groups.append(UInt64(input.groups[row]))
      words.append(argument[row])
    }
    guard !groups.isEmpty else { return }
    _ = store.insert(columns: [groups, words], count: groups.count, newSelection: &selection)
  }

  private static func perGroup(_ store: RowStore) -> [Int] {
    var counts: [Int] = []
    var column = [UInt64](repeating: 0, count: Batch.capacity)
    var start = 0
    while start < store.rowCount {
      let end = min(start + Batch.capacity, store.rowCount)
      store.unpack(column: 0, rows: start..<end, into: &column)
      for position in 0..<(end - start) {
        let group = Int(column[position])
        while counts.count <= group { counts.append(0) }
        counts[group] += 1
      }
      start = end
    }
    return counts
  }

  func value(group: Int, isCertain: Bool) -> Word {
    let counts = self.counts ?? (DistinctState.perGroup(certain), DistinctState.perGroup(all))
    self.counts = counts
    let least = group < counts.certain.count ? counts.certain[group] : 0
    let most = group < counts.all.count ? counts.all[group] : 0
    return values.word(count: least, to: most)
  }
}

/// `list X`: the values in the order of sorting, as one text; those that may not be there end in `?`.
final class ListState: AggregateState {
  private let values: ValueStore
  private var elements: [[(word: Word, level: UInt8)]] = []
  /// The elements by the word of their text.
  private(set) var lists: [Word: [Word]] = [:]

  init(evaluation: Evaluation) { values = evaluation.values }

  func add(_ input: AggregateInput) {
    guard let argument = input.argument else { return }
    while elements.count < input.groupCount { elements.append([]) }
    let unknown = Word.unknown.bits
    for row in 0..<input.count where argument[row] != unknown {
      elements[Int(input.groups[row])].append((Word(bits: argument[row]), input.levels[row]))
    }
  }

  func results(group: Int, isCertain: Bool) -> [(word: Word, level: UInt8)] {
    let sorted = (group < elements.count ? elements[group] : []).sorted {
      let order = values.compareForSort($0.word, $1.word)
      return order != 0 ? order < 0 : $0.level < $1.level
    }
    var text = ""
    for element in sorted {
      if !text.isEmpty { text += ", " }
      text += values.text(of: element.word, style: .table)
      if element.level > 0 { text += "?" }
    }
    let word = values.word(for: .symbol(text))
    lists[word] = sorted.map(\.word)
    return [(word, 0)]
  }
}
