import FactLanguage
import FactModel

/// Groups matches and computes aggregates with bounds that hold in every world.
///
/// A match that is less than certain may not be there: it widens the bounds. A group's row is as
/// sure as its surest match. Unknown values are passed over.
final class Aggregator {
  private let evaluation: Evaluation
  private let groupCount: Int
  private let aggregates: [ResolvedAggregate]
  private var groups: GroupTable
  private var states: [any AggregateState] = []
  /// By group: the raw level of its surest match; empty while all matches were certain.
  private var levels: [UInt8] = []
  private var assigned: [Int32] = []
  private let certainLevels = [UInt8](repeating: 0, count: Batch.capacity)
  /// The elements of what `list` made, by the word of its text.
  private(set) var lists: [Word: [Word]] = [:]

  init(evaluation: Evaluation, groupCount: Int, aggregates: [ResolvedAggregate]) {
    self.evaluation = evaluation
    self.groupCount = groupCount
    self.aggregates = aggregates
    groups = GroupTable(keyCount: groupCount)
    states = aggregates.map { Aggregator.state(for: $0, evaluation) }
  }

  /// The expressions that `add` expects after those of the groups: arguments, then keys.
  var inputs: [ResolvedExpression] {
    aggregates.flatMap { [$0.argument, $0.key].compactMap { $0 } }
  }

  private static func state(
    for aggregate: ResolvedAggregate, _ evaluation: Evaluation
  ) -> any AggregateState {
    switch aggregate.function {
    case .count where aggregate.isDistinct: DistinctState(evaluation: evaluation)
    case .count: CountState(values: evaluation.values)
    case .sum: SumState(evaluation: evaluation, span: aggregate.span)
    case .avg: AverageState(evaluation: evaluation, span: aggregate.span)
    case .min: ExtremeState(evaluation: evaluation, isMaximum: false)
    case .max: ExtremeState(evaluation: evaluation, isMaximum: true)
    case .list: ListState(evaluation: evaluation)
    case .latest: LatestState(evaluation: evaluation)
    }
  }

  /// Takes the columns of a batch: group terms, then `inputs`.
  func add(_ columns: [[UInt64]], count: Int, levels batchLevels: [UInt8]?) throws {
    guard count > 0 else { return }
    let before = groups.count
    groups.assign(columns, rowCount: count, into: &assigned)
    weaken(batchLevels, count: count, known: before)
    let rowLevels = batchLevels ?? certainLevels
    var next = groupCount
    for (position, aggregate) in aggregates.enumerated() {
      var argument: [UInt64]?
      var key: [UInt64]?
      if aggregate.argument != nil {
        argument = columns[next]
        next += 1
      }
      if aggregate.key != nil {
        key = columns[next]
        next += 1
      }
      try states[position].add(
        AggregateInput(
          argument: argument, key: key, groups: assigned, levels: rowLevels,
          isCertain: batchLevels == nil, count: count, groupCount: groups.count))
    }
  }

  /// Keeps the level of the surest match of each group; `known` groups were there before.
  private func weaken(_ batchLevels: [UInt8]?, count: Int, known: Int) {
    if batchLevels == nil, levels.isEmpty { return }
    if levels.isEmpty { levels = Array(repeating: 0, count: known) }
    let missing = groups.count - levels.count
    if missing > 0 { levels.append(contentsOf: repeatElement(2, count: missing)) }
    let rowLevels = batchLevels ?? certainLevels
    for row in 0..<count where rowLevels[row] < levels[Int(assigned[row])] {
      levels[Int(assigned[row])] = rowLevels[row]
    }
  }

  /// Gives the rows, group terms first, in batches, with their levels where any is below certain.
  func finish(_ emit: ([[UInt64]], Int, [UInt8]?) throws -> Void) throws {
    // Without groups there is always one row, and it is certain that there is.
    if groupCount == 0 { levels = [] }
    let total = groupCount == 0 ? 1 : groups.count
    let single = states.compactMap { $0 as? any SingleValueState }
    if single.count == states.count, single.allSatisfy(\.hasOneValue) {
      try finish(single, total: total, emit)
    } else {
      try finishSeveral(total: total, emit)
    }
  }

  private func level(of group: Int) -> UInt8 { levels.isEmpty ? 0 : levels[group] }

  /// Rows where each aggregate has one value for a group.
  private func finish(
    _ states: [any SingleValueState], total: Int, _ emit: ([[UInt64]], Int, [UInt8]?) throws -> Void
  ) throws {
    var start = 0
    while start < total {
      try evaluation.checkpoint()
      let end = min(start + Batch.capacity, total)
      var columns = (0..<groupCount).map { Array(groups.keys[$0][start..<end]) }
      for state in states {
        var column: [UInt64] = []
        column.reserveCapacity(end - start)
        for group in start..<end {
          column.append(try state.value(group: group, isCertain: level(of: group) == 0).bits)
        }
        columns.append(column)
      }
      try emit(columns, end - start, levels.isEmpty ? nil : Array(levels[start..<end]))
      start = end
    }
  }

  /// Rows where an aggregate may have several values for a group.
  private func finishSeveral(
    total: Int, _ emit: ([[UInt64]], Int, [UInt8]?) throws -> Void
  ) throws {
    var columns = Array(repeating: [UInt64](), count: groupCount + aggregates.count)
    var rowLevels: [UInt8] = []
    var isUncertain = false
    func flush() throws {
      guard !rowLevels.isEmpty else { return }
      try emit(columns, rowLevels.count, isUncertain ? rowLevels : nil)
      for column in columns.indices { columns[column].removeAll(keepingCapacity: true) }
      rowLevels.removeAll(keepingCapacity: true)
      isUncertain = false
    }
    for group in 0..<total {
      var rows: [(words: [Word], level: UInt8)] = [([], level(of: group))]
      for state in states {
        let results = try state.results(group: group, isCertain: level(of: group) == 0)
        rows = rows.flatMap { row in
          results.map { (row.words + [$0.word], max(row.level, $0.level)) }
        }
        if let list = state as? ListState { lists.merge(list.lists) { old, _ in old } }
      }
      for row in rows {
        for column in 0..<groupCount { columns[column].append(groups.keys[column][group]) }
        for (position, word) in row.words.enumerated() {
          columns[groupCount + position].append(word.bits)
        }
        rowLevels.append(row.level)
        if row.level > 0 { isUncertain = true }
        if rowLevels.count == Batch.capacity { try flush() }
      }
    }
    try flush()
  }
}

/// One batch of matches as an aggregate sees it.
struct AggregateInput {
  var argument: [UInt64]?
  var key: [UInt64]?
  /// The group of each row.
  var groups: [Int32]
  /// The raw level of each row.
  var levels: [UInt8]
  /// Whether all rows are certain.
  var isCertain: Bool
  var count: Int
  /// How many groups there are now.
  var groupCount: Int
}

/// What one aggregate keeps for each group.
protocol AggregateState: AnyObject {
  func add(_ input: AggregateInput) throws
  /// The values for a group; several only where `latest` ties. `isCertain` says whether the group
  /// has a match for sure.
  func results(group: Int, isCertain: Bool) throws -> [(word: Word, level: UInt8)]
}

/// An aggregate that has one value for a group, which is certain.
protocol SingleValueState: AggregateState {
  /// Whether that is so for what was added.
  var hasOneValue: Bool { get }
  func value(group: Int, isCertain: Bool) throws -> Word
}

extension SingleValueState {
  var hasOneValue: Bool { true }

  func results(group: Int, isCertain: Bool) throws -> [(word: Word, level: UInt8)] {
    [(try value(group: group, isCertain: isCertain), 0)]
  }
}

extension Word {
  /// The upper 16 bits of all words of kind `integer`.
  static let integerTag = Word(kind: .integer, payload: 0).bits &>> 48
}

/// Makes an array of what is kept by group long enough.
@inline(__always)
func reach<Kept>(_ groups: inout [Kept], _ count: Int, _ initial: Kept) {
  if groups.count < count {
    groups.append(contentsOf: repeatElement(initial, count: count - groups.count))
  }
}
