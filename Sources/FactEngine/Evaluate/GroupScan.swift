import FactLanguage
import FactModel

/// Counts, sums, averages and extremes over the rows of one stored relation, straight from its
/// columns and on all processors.
///
/// Takes part where nothing but comparisons with constants lies between the rows and the groups, all
/// of it is certain, the values are integers and the key is one column of symbols close enough to be
/// the number of a cell; or where rows are only counted, all together, however sure they are. All
/// else goes through the operators, and so does what turns out on the way not to be like that.
struct GroupScan {
  let evaluation: Evaluation
  let table: Table
  let filters: [(column: Int, conditions: ConstantConditions)]
  /// The column of the key; nil for one group of everything.
  private let keyColumn: Int?
  /// The columns that are summed, each once.
  private let arguments: [Int]
  let aggregates: [(function: AggregateFunction, argument: Int?)]
  let slots: [Slot]
  private let firstKey: UInt64
  private let cellCount: Int

  /// Fewer rows are not worth it.
  private static let leastRows = 4_096
  /// Segments that one thread looks at between two checkpoints.
  static let roundSize = 8

  /// Nil where the operators are needed.
  init?(
    _ plan: Plan, by: [ResolvedColumn], aggregates: [AggregateColumn], source: ScanSource,
    evaluation: Evaluation
  ) {
    self.evaluation = evaluation
    var conditions: [Condition] = []
    var input = plan
    if case .filter(let inner, let filter) = plan { (input, conditions) = (inner, filter) }
    guard case .join(.unit, let scan) = input, let table = source.plainTable,
      table.rowCount >= GroupScan.leastRows,
      let columns = GroupScan.columns(of: scan.atom)
    else { return nil }
    self.table = table
    slots = by.map(\.slot) + aggregates.map(\.slot)
    var filters: [(column: Int, conditions: ConstantConditions)] = []
    for condition in conditions {
      guard case .constants(let slot, let comparisons) = condition, let column = columns[slot]
      else { return nil }
      var constants = ConstantConditions()
      for comparison in comparisons {
        let isJudged = constants.add(
          comparison.comparison.map(\.byMeaning) ?? .inside, comparison.constant,
          in: evaluation.values)
        if !isJudged { return nil }
      }
      filters.append((column, constants))
    }
    self.filters = filters
    var arguments: [Int] = []
    var functions: [(function: AggregateFunction, argument: Int?)] = []
    for column in aggregates {
      let aggregate = column.aggregate
      guard !aggregate.isDistinct, aggregate.key == nil,
        [.count, .sum, .min, .max, .avg].contains(aggregate.function)
      else { return nil }
      var position: Int?
      if let argument = aggregate.argument {
        guard case .variable(let slot) = argument.kind, let column = columns[slot] else {
          return nil
        }
        position = arguments.firstIndex(of: column) ?? arguments.count
        if position == arguments.count { arguments.append(column) }
      } else if aggregate.function != .count {
        return nil
      }
      functions.append((aggregate.function, position))
    }
    self.arguments = arguments
    self.aggregates = functions
    for column in arguments {
      guard let bounds = table.bounds(column: column, kind: .integer),
        // No sum of so many can leave 64 bits.
        max(abs(bounds.least.integer), abs(bounds.most.integer)) < Int64.max / Int64(table.rowCount)
      else { return nil }
    }
    guard by.count < 2 else { return nil }
    if let key = by.first {
      guard case .variable(let slot) = key.value.kind, let column = columns[slot],
        let bounds = table.bounds(column: column, kind: .symbol)
      else { return nil }
      keyColumn = column
      firstKey = bounds.least.bits
      cellCount = Int(bounds.most.bits - bounds.least.bits) + 1
      guard cellCount <= max(1 << 16, table.rowCount / 2) else { return nil }
    } else {
      keyColumn = nil
      firstKey = 0
      cellCount = 1
    }
  }

  /// The column of each variable of an atom; nil where it says more than that.
  private static func columns(of atom: ResolvedAtom) -> [Slot: Int]? {
    var columns: [Slot: Int] = [:]
    for (column, argument) in atom.arguments.enumerated() {
      switch argument {
      case .any: break
      case .constant: return nil
      case .variable(let slot):
        if columns.updateValue(column, forKey: slot) != nil { return nil }
      }
    }
    return columns
  }

  // MARK: Running

  /// The rows, one a group; nil where the operators are needed after all.
  func run() throws -> RowBlock? {
    if keyColumn == nil, arguments.isEmpty, !filters.isEmpty { return try count() }
    let blocks = (table.rowCount + Segment.rowLimit - 1) / Segment.rowLimit
    let shares = min(Workers.count, blocks)
    table.verify(columns: ([keyColumn].compactMap { $0 }) + arguments + filters.map(\.column))
    let byteCount = shares * cellCount * max(arguments.count, 1) * MemoryLayout<Cell>.stride
    evaluation.account.add(byteCount)
    defer { evaluation.account.add(-byteCount) }
    let parts = (0..<shares).map { _ in
      Part(cells: cellCount, arguments: arguments.count, columns: filters.count)
    }
    var block = 0
    while block < blocks {
      try evaluation.checkpoint()
      let end = min(blocks, block + shares * GroupScan.roundSize)
      parallel(over: shares) { share in
        let part = parts[share]
        var next = block + share
        while next < end, !part.isStopped {
          let first = Segment.rowLimit * next
          add(first..<min(table.rowCount, first + Segment.rowLimit), to: part)
          next += shares
        }
      }
      if parts.contains(where: \.isStopped) { return nil }
      block = end
    }
    for part in parts.dropFirst() { parts[0].add(part) }
    return rows(parts[0])
  }

  /// What is kept for one group and one column.
  private struct Cell {
    var count = 0
    var sum: Int64 = 0
    var least = Int64.max
    var most = Int64.min
  }

  /// What one thread has seen.
  private final class Part {
    /// By column, then by group; without arguments the counts alone.
    var cells: [[Cell]]
    var isStopped = false
    var key: [UInt64] = []
    var words: [UInt64] = []
    var filter: [UInt64] = []
    var marks: [UInt8] = []
    var selection: [UInt32]

    init(cells count: Int, arguments: Int, columns: Int) {
      cells = (0..<max(arguments, 1)).map { _ in [Cell](repeating: Cell(), count: count) }
      selection = [UInt32](repeating: 0, count: Batch.capacity)
      marks = [UInt8](repeating: 1, count: Batch.capacity)
    }

    func add(_ other: Part) {
      for column in cells.indices {
        for group in cells[column].indices where other.cells[column][group].count > 0 {
          let cell = other.cells[column][group]
          cells[column][group].count += cell.count
          cells[column][group].sum += cell.sum
          cells[column][group].least = min(cells[column][group].least, cell.least)
          cells[column][group].most = max(cells[column][group].most, cell.most)
        }
      }
    }
  }

  private func add(_ rows: Range<Int>, to part: Part) {
    var start = rows.lowerBound
    while start < rows.upperBound, !part.isStopped {
      let end = min(rows.upperBound, start + Batch.capacity)
      add(batch: start..<end, to: part)
      start = end
    }
  }

  private func add(batch rows: Range<Int>, to part: Part) {
    let count = rows.count
    // Out of the object while they change: each access to a property of a class is checked.
    var selection: [UInt32] = []
    swap(&selection, &part.selection)
    defer { swap(&selection, &part.selection) }
    let kept: Int
    if filters.isEmpty {
      for i in 0..<count { selection[i] = UInt32(truncatingIfNeeded: i) }
      kept = count
    } else {
      guard let passed = select(rows, part, &selection) else {
        part.isStopped = true
        return
      }
      kept = passed
    }
    if kept == 0 { return }
    var keys: [UInt64] = []
    swap(&keys, &part.key)
    defer { swap(&keys, &part.key) }
    if let keyColumn {
      table.unpack(column: keyColumn, rows: rows, into: &keys)
    } else if keys.isEmpty {
      keys = [UInt64](repeating: firstKey, count: Batch.capacity)
    }
    for position in part.cells.indices {
      var cells: [Cell] = []
      swap(&cells, &part.cells[position])
      if position < arguments.count {
        var words: [UInt64] = []
        swap(&words, &part.words)
        table.unpack(column: arguments[position], rows: rows, into: &words)
        GroupScan.add(words, keys, firstKey, selection, kept, to: &cells)
        swap(&words, &part.words)
      } else {
        for k in 0..<kept {
          let group = keys[Int(truncatingIfNeeded: selection[k])] &- firstKey
          cells[Int(truncatingIfNeeded: group)].count &+= 1
        }
      }
      swap(&cells, &part.cells[position])
    }
  }

  private static func add(
    _ words: [UInt64], _ keys: [UInt64], _ firstKey: UInt64, _ selection: [UInt32], _ kept: Int,
    to cells: inout [Cell]
  ) {
    for k in 0..<kept {
      let row = Int(truncatingIfNeeded: selection[k])
      let group = Int(truncatingIfNeeded: keys[row] &- firstKey)
      let value = Word(bits: words[row]).integer
      cells[group].count &+= 1
      cells[group].sum &+= value
      if value < cells[group].least { cells[group].least = value }
      if value > cells[group].most { cells[group].most = value }
    }
  }

  /// Lists the rows that satisfy all conditions for sure; nil where a row may only.
  private func select(_ rows: Range<Int>, _ part: Part, _ selection: inout [UInt32]) -> Int? {
    let count = rows.count
    var marks: [UInt8] = []
    swap(&marks, &part.marks)
    var words: [UInt64] = []
    swap(&words, &part.filter)
    defer {
      swap(&marks, &part.marks)
      swap(&words, &part.filter)
    }
    for i in 0..<count { marks[i] = 1 }
    for filter in filters {
      table.unpack(column: filter.column, rows: rows, into: &words)
      guard filter.conditions.mark(words.span.extracting(0..<count), &marks) else { return nil }
    }
    var kept = 0
    for i in 0..<count {
      selection[kept] = UInt32(truncatingIfNeeded: i)
      kept &+= Int(truncatingIfNeeded: marks[i])
    }
    return kept
  }

  /// The rows of all groups that have a match.
  private func rows(_ part: Part) -> RowBlock? {
    let values = evaluation.values
    var block = RowBlock(slots: slots)
    let groups = part.cells[0].indices.filter { part.cells[0][$0].count > 0 }
    // Without any match there is one row or none, as the operators know.
    if groups.isEmpty { return nil }
    var columns: [[UInt64]] = []
    if keyColumn != nil { columns.append(groups.map { firstKey + UInt64($0) }) }
    for aggregate in aggregates {
      let cells = part.cells[aggregate.argument ?? 0]
      columns.append(
        groups.map { group in
          let cell = cells[group]
          switch aggregate.function {
          case .sum: return values.word(integer: cell.sum).bits
          case .min: return values.word(integer: cell.least).bits
          case .max: return values.word(integer: cell.most).bits
          case .avg: return values.word(number: Double(cell.sum) / Double(cell.count)).bits
          default: return values.word(integer: Int64(cell.count)).bits
          }
        })
    }
    block.columns = columns
    block.count = groups.count
    return block
  }
}
