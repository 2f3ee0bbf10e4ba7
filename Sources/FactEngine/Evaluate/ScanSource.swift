import FactModel

/// Where the rows of an atom come from, behind one face: a stored table, a derived relation, or a
/// view such as the claims of a relation or an enumerated closure.
final class ScanSource {
  enum Backing {
    case table(Table)
    case derived(DerivedRelation)
    case view(any LevelledRows)
  }

  let rows: any RowSource
  fileprivate let backing: Backing
  /// Which rows of a table count where it is not looked at from now.
  fileprivate let filter: RowFilter?
  /// Facts that are left out, with their claims.
  fileprivate let hidden: HiddenRows?

  init(_ backing: Backing, filter: RowFilter? = nil, hidden: HiddenRows? = nil) {
    self.backing = backing
    self.filter = filter
    self.hidden = hidden
    switch backing {
    case .table(let table): rows = table
    case .derived(let relation): rows = relation.rows
    case .view(let view): rows = view
    }
  }

  /// Whether any row is less than certain.
  var isUncertain: Bool {
    switch backing {
    case .table(let table): filter?.hasUncertainRows ?? table.hasUncertainRows
    case .derived(let relation): relation.isUncertain
    case .view(let view): view.hasUncertainRows
    }
  }

  /// Whether some rows do not count and must be passed over.
  var hasDeadRows: Bool {
    if filter != nil || hidden != nil { return true }
    return if case .table(let table) = backing { table.hasDeadRows } else { false }
  }

  /// Whether the rows ascend as answers do.
  var isInOrder: Bool { if case .view(let view) = backing { view.isInOrder } else { false } }

  /// How many rows count.
  var liveCount: Int {
    if let filter { return filter.liveCount }
    return if case .table(let table) = backing { table.liveCount } else { rows.rowCount }
  }

  func isLive(_ row: UInt32) -> Bool {
    if let hidden {
      var fact = row
      if case .view(let view) = backing, let claims = view as? ClaimView {
        fact = claims.factRow(of: row)
      }
      if hidden.contains(fact) { return false }
    }
    if let filter { return filter.isLive(row) }
    return if case .table(let table) = backing { table.isLive(row) } else { true }
  }

  /// The rows that a window shows now.
  func range(_ window: RowWindow) -> Range<Int> {
    if case .since(let row) = window { return min(row, rows.rowCount)..<rows.rowCount }
    guard case .derived(let relation) = backing else { return 0..<rows.rowCount }
    switch window {
    case .all, .since: return 0..<rows.rowCount
    case .upToRound: return 0..<relation.delta.upperBound
    case .delta: return relation.delta
    case .beforeDelta: return 0..<relation.delta.lowerBound
    }
  }

  /// Makes the pairs that a window shows ready to be looked up without an index, and says where they
  /// are; nil where that is not possible.
  func pairs(_ window: RowWindow) -> (rows: RowStore, among: RowStore.PairRows)? {
    guard case .derived(let relation) = backing, relation.rows.arity == 2, !relation.isUncertain
    else { return nil }
    let among: RowStore.PairRows
    switch window {
    case .all: among = .all
    case .upToRound: among = .first(relation.delta.upperBound, view: 0)
    case .beforeDelta: among = .first(relation.delta.lowerBound, view: 1)
    case .delta, .since: return nil
    }
    return relation.rows.preparePairs(among) ? (relation.rows, among) : nil
  }

  /// The part of some rows in which those of a level or surer stand, where the order says so; all
  /// of them where it does not.
  func range(_ range: Range<Int>, atLeast least: UInt8) -> Range<Int> {
    guard case .derived(let relation) = backing, least < Certainty.possible.rawValue else {
      return range
    }
    let end = min(range.upperBound, relation.levelStarts[Int(least) + 1])
    return min(range.lowerBound, end)..<end
  }

  /// The index on some columns, covering all rows there are now.
  func index(on columns: [Int]) -> KeyIndex {
    switch backing {
    case .table(let table): return table.index(on: columns)
    case .derived(let relation): return relation.rows.index(on: columns)
    case .view(let view): return view.index(on: columns)
    }
  }

  /// Raises levels to those of rows, for the first `count` of each.
  func raiseLevels(
    rows matched: [UInt32], count: Int, levels: inout [UInt8], scratch: inout [UInt8]
  ) {
    switch backing {
    case .table(let table):
      if let filter {
        filter.gatherLevels(rows: matched, count: count, into: &scratch)
      } else {
        table.gatherLevels(rows: matched, count: count, into: &scratch)
      }
    case .view(let view):
      view.gatherLevels(rows: matched, count: count, into: &scratch)
    case .derived(let relation):
      if scratch.count < count {
        scratch.append(contentsOf: repeatElement(0, count: count - scratch.count))
      }
      let probable = relation.levelStarts[1]
      let possible = relation.levelStarts[2]
      for position in 0..<count {
        let row = Int(matched[position])
        scratch[position] = row >= possible ? 2 : row >= probable ? 1 : 0
      }
    }
    for position in 0..<count where scratch[position] > levels[position] {
      levels[position] = scratch[position]
    }
  }
}

/// Rows that carry a certainty each, and can be looked up.
protocol LevelledRows: RowSource {
  var hasUncertainRows: Bool { get }
  /// Whether the rows ascend as answers do, by the first column first.
  var isInOrder: Bool { get }
  func gatherLevels(rows: [UInt32], count: Int, into levels: inout [UInt8])
  func index(on columns: [Int]) -> KeyIndex
  func distinctCount(column: Int) -> Int
}

extension ScanSource {
  /// Whether rows are still being derived.
  var isGrowing: Bool {
    if case .derived(let relation) = backing { !relation.isComplete } else { false }
  }

  /// The table, where all its rows count and are certain.
  var plainTable: Table? {
    guard case .table(let table) = backing, !hasDeadRows, !isUncertain else { return nil }
    return table
  }

  /// How many different words stand in a column, about.
  func distinctCount(column: Int) -> Int {
    switch backing {
    case .table(let table): return table.distinctCount(column: column)
    case .derived(let relation): return relation.rows.distinctCount(column: column)
    case .view(let view): return max(1, view.distinctCount(column: column))
    }
  }

  /// Whether all words of a column are exact integers. Complexity: O(rows); of a relation that is
  /// being derived, O(rows since the last time).
  func holdsIntegersOnly(column: Int) -> Bool {
    var start = 0
    if case .derived(let relation) = backing { start = relation.integerRows[column] ?? 0 }
    let tag = Word(kind: .integer, payload: 0).bits &>> 48
    var words: [UInt64] = []
    while start < rows.rowCount {
      let end = min(start + Batch.capacity, rows.rowCount)
      rows.unpack(column: column, rows: start..<end, into: &words)
      for position in 0..<(end - start) where words[position] &>> 48 != tag { return false }
      start = end
    }
    if case .derived(let relation) = backing { relation.integerRows[column] = start }
    return true
  }
}

extension LevelledRows {
  var isInOrder: Bool { false }
}
