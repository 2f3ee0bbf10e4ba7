import FactModel

/// Rows between two stages: a column of words for each slot, and a level for each row.
struct RowBlock {
  var slots: [Slot]
  var columns: [[UInt64]]
  /// Raw levels; empty where all rows are certain.
  var levels: [UInt8] = []
  /// Whether every derivation of a row rests on a disputed fact; empty where of none.
  var disputed: [Bool] = []
  var count = 0
  /// Whether the rows are known to stand in the usual order: ascending, by the first column first.
  var isInOrder = false

  init(slots: [Slot]) {
    self.slots = slots
    columns = Array(repeating: [], count: slots.count)
  }

  /// Adds the rows of a batch.
  mutating func append(_ batch: [[UInt64]], count added: Int, levels batchLevels: [UInt8]?) {
    for column in columns.indices { columns[column].append(contentsOf: batch[column][0..<added]) }
    if let batchLevels {
      while levels.count < count { levels.append(0) }
      levels.append(contentsOf: batchLevels[0..<added])
    } else if !levels.isEmpty {
      levels.append(contentsOf: repeatElement(0, count: added))
    }
    count += added
  }

  /// The rows of a derived relation, in the order of derivation.
  init(_ relation: DerivedRelation, slots: [Slot]) {
    self.init(slots: slots)
    count = relation.rows.rowCount
    for column in slots.indices {
      var words = [UInt64](repeating: 0, count: max(count, 1))
      relation.rows.unpack(column: column, rows: 0..<count, into: &words)
      if words.count > count { words.removeLast(words.count - count) }
      columns[column] = words
    }
    if relation.isUncertain { levels = (0..<count).map { relation.level(of: $0) } }
  }

  /// The rows in another order, or fewer of them.
  func picked(_ rows: [UInt32]) -> RowBlock {
    var result = RowBlock(slots: slots)
    result.count = rows.count
    result.columns = columns.map { column in rows.map { column[Int($0)] } }
    if !levels.isEmpty { result.levels = rows.map { levels[Int($0)] } }
    if !disputed.isEmpty { result.disputed = rows.map { disputed[Int($0)] } }
    return result
  }

  /// The rows that are not disputed.
  var undisputed: RowBlock {
    var result = picked((0..<UInt32(count)).filter { disputed.isEmpty || !disputed[Int($0)] })
    result.disputed = []
    return result
  }

  /// Marks the rows that a block over the same slots, made without disputed facts, does not have.
  mutating func markDisputed(except other: RowBlock) {
    guard !columns.isEmpty else {
      disputed = count > 0 && other.count == 0 ? Array(repeating: true, count: count) : []
      return
    }
    var table = GroupTable(keyCount: columns.count)
    var groups: [Int32] = []
    table.assign(other.columns, rowCount: other.count, into: &groups)
    let known = table.count
    table.assign(columns, rowCount: count, into: &groups)
    disputed = (0..<count).map { Int(groups[$0]) >= known }
    if !disputed.contains(true) { disputed = [] }
  }

  /// Pushes the rows through an operator, batch by batch.
  func push(through first: Operator, slotCount: Int) throws {
    let batch = Batch(slotCount: slotCount)
    for slot in slots { batch.carry(slot) }
    try first.prepare()
    var start = 0
    while start < count {
      let end = min(start + Batch.capacity, count)
      for (column, slot) in slots.enumerated() {
        for row in start..<end { batch.columns[slot][row - start] = columns[column][row] }
      }
      batch.count = end - start
      batch.hasFailures = false
      batch.isUncertain = !levels.isEmpty
      if batch.isUncertain {
        for row in start..<end { batch.levels[row - start] = levels[row] }
      }
      try first.push(batch)
      start = end
    }
  }
}

/// Rows of an answer as they come in, counted as memory until they are taken.
final class CollectedRows {
  private var block: RowBlock
  private let account: MemoryAccount
  private var byteCount = 0

  init(slots: [Slot], account: MemoryAccount) {
    block = RowBlock(slots: slots)
    self.account = account
  }

  deinit { account.add(-byteCount) }

  /// Makes room for all rows of a source, where those are to come and are many.
  func expect(_ source: ScanSource, _ arguments: [ResolvedArgument]) {
    var slots: [Slot] = []
    for argument in arguments {
      guard case .variable(let slot) = argument, !slots.contains(slot) else { return }
      slots.append(slot)
    }
    block.isInOrder = source.isInOrder && slots == block.slots
    let rows = source.liveCount
    guard rows > 1 << 16 else { return }
    for column in block.columns.indices { block.columns[column].reserveCapacity(rows) }
    count()
  }

  func append(_ batch: [[UInt64]], count added: Int, levels: [UInt8]?) {
    block.append(batch, count: added, levels: levels)
    count()
  }

  private func count() {
    let bytes = block.columns.reduce(block.levels.capacity) { $0 + $1.capacity * 8 }
    if bytes != byteCount { account.add(bytes - byteCount) }
    byteCount = bytes
  }

  /// The rows; none are left here then.
  func take() -> RowBlock {
    var taken = RowBlock(slots: [])
    swap(&taken, &block)
    return taken
  }
}
