import FactModel

/// The rows of a relation that rules derive, in the order of derivation.
///
/// Certainty and rank come from position: the fixpoint first runs to its end on what is certain,
/// then goes on with what waits in the buckets of the weaker levels, so that the first insertion of
/// a row has its final certainty (Knuth's generalisation of Dijkstra's algorithm, with three
/// levels). The round in which a row was derived is its rank: a proof of it uses rows of earlier
/// rounds only.
final class DerivedRelation {
  let name: String
  let rows: RowStore
  /// The first row of each level; rows before `levelStarts[1]` are certain. `Int.max` until that
  /// level has begun.
  private(set) var levelStarts = [0, Int.max, Int.max]
  /// The first row of each round; rounds that brought nothing count too, so that relations that
  /// are derived together count alike.
  private(set) var rounds: [Int] = []
  /// The rows of the last round.
  private(set) var delta = 0..<0
  /// Whether the fixpoint has run to its end.
  var isComplete = false
  /// The level that the fixpoint has reached.
  private(set) var level: UInt8 = 0
  /// What waits for its level, by column; the first bucket is never used.
  private var buckets: [[[UInt64]]]
  private var selection: [UInt32] = []
  /// The weakest level of which rows are kept.
  var leastLevel = Certainty.possible.rawValue
  /// By column, how many of the first rows are known to hold exact integers there.
  var integerRows: [Int: Int] = [:]
  /// Rows that are not to be derived: those that somebody denies, where that is to be left out.
  var excluded: Set<[UInt64]> = []

  init(name: String, arity: Int, account: MemoryAccount) {
    self.name = name
    rows = RowStore(arity: arity, account: account)
    buckets = Array(repeating: Array(repeating: [], count: max(arity, 1)), count: 3)
  }

  /// Whether any row is less than certain.
  var isUncertain: Bool { levelStarts[1] < rows.rowCount }

  /// The certainty of a row, as a raw value.
  func level(of row: Int) -> UInt8 {
    if row >= levelStarts[2] { return 2 }
    return row >= levelStarts[1] ? 1 : 0
  }

  /// Inserts rows whose levels are given (nil: all of the running level); weaker ones wait.
  func insert(columns: [[UInt64]], count: Int, levels: [UInt8]?) {
    if !excluded.isEmpty { return insertAllowed(columns, count, levels) }
    guard let levels else {
      _ = rows.insert(columns: columns, count: count, newSelection: &selection)
      return
    }
    var now = columns
    var kept = 0
    for row in 0..<count {
      let rowLevel = levels[row]
      if rowLevel <= level {
        for column in columns.indices { now[column][kept] = columns[column][row] }
        kept += 1
      } else if rowLevel > leastLevel {
        continue
      } else if columns.isEmpty {
        buckets[Int(rowLevel)][0].append(0)
      } else {
        for column in columns.indices {
          buckets[Int(rowLevel)][column].append(columns[column][row])
        }
      }
    }
    if kept > 0 { _ = rows.insert(columns: now, count: kept, newSelection: &selection) }
  }

  private func insertAllowed(_ columns: [[UInt64]], _ count: Int, _ levels: [UInt8]?) {
    let kept = (0..<count).filter { row in !excluded.contains(columns.map { $0[row] }) }
    let rows = excluded
    excluded = []
    insert(
      columns: columns.map { column in kept.map { column[$0] } }, count: kept.count,
      levels: levels.map { levels in kept.map { levels[$0] } })
    excluded = rows
  }

  /// Ends a round: what was inserted since is the next delta. Returns whether there is any.
  func endRound() -> Bool {
    let start = delta.upperBound
    delta = start..<rows.rowCount
    rounds.append(start)
    return !delta.isEmpty
  }

  /// Makes a complete relation, all of it certain, ready to take further certain rows.
  func reopen() {
    isComplete = false
    level = 0
    levelStarts = [0, Int.max, Int.max]
  }

  /// Whether anything waits for a level.
  func hasWaiting(for level: UInt8) -> Bool { !buckets[Int(level)][0].isEmpty }

  /// Begins a weaker level: what waited for it is inserted, where it is not there already.
  func begin(level next: UInt8) {
    level = next
    levelStarts[Int(next)] = rows.rowCount
    var waiting = buckets[Int(next)]
    buckets[Int(next)] = Array(repeating: [], count: waiting.count)
    let total = waiting[0].count
    if rows.arity == 0 { waiting = [] }
    var start = 0
    while start < total {
      let end = min(start + Batch.capacity, total)
      let part = waiting.map { Array($0[start..<end]) }
      _ = rows.insert(columns: part, count: end - start, newSelection: &selection)
      start = end
    }
  }
}
