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

/// Orders rows by the values of their columns.
///
/// Each column is turned into ranks (of the distinct symbols, or of whatever occurs), the ranks are
/// packed into one word where they fit, and rows are sorted by radix.
struct RowSorter {
  let values: ValueStore

  /// The rows in the order of the columns, first column first; rows that tie keep their order.
  ///
  /// With a limit only so many rows, and any that tie with the last in the first column, need come.
  func order(
    _ columns: [[UInt64]], descending: [Bool], count: Int, limit: Int? = nil
  ) -> [UInt32] {
    if let limit, limit > 0, limit <= 256, count > limit * 8, let first = columns.first {
      let rows = candidates(first, descending: descending[0], count: count, limit: limit)
      let picked = columns.map { column in rows.map { column[Int($0)] } }
      return order(picked, descending: descending, count: rows.count).map { rows[Int($0)] }
    }
    var rows = (0..<UInt32(count)).map { $0 }
    guard count > 1, !columns.isEmpty else { return rows }
    let ranked = columns.map { ranks($0, count: count) }
    let widths = ranked.map { 64 - max($0.limit, 1).leadingZeroBitCount }
    if widths.reduce(0, +) <= 64 {
      var keys = [UInt64](repeating: 0, count: count)
      for (position, column) in ranked.enumerated() {
        let width = UInt64(widths[position])
        let limit = column.limit
        for row in 0..<count {
          var rank = column.ranks[row]
          if descending[position] { rank = limit - rank }
          keys[row] = keys[row] &<< width | rank
        }
      }
      RowSorter.radixSort(&rows, by: keys, bits: widths.reduce(0, +))
      return rows
    }
    rows.sort { left, right in
      for (position, column) in ranked.enumerated() {
        let a = column.ranks[Int(left)]
        let b = column.ranks[Int(right)]
        if a != b { return (a < b) != descending[position] }
      }
      return left < right
    }
    return rows
  }

  /// The rows that may be among the first `limit` by one column, in their order.
  private func candidates(
    _ column: [UInt64], descending: Bool, count: Int, limit: Int
  ) -> [UInt32] {
    let ranked = ranks(column, count: count)
    var keys = ranked.ranks
    if descending {
      for row in 0..<count { keys[row] = ranked.limit &- keys[row] }
    }
    // The least keys so far, in order; few rows get in once it is full.
    var least: [UInt64] = []
    for key in keys {
      if least.count == limit, key >= least[limit - 1] { continue }
      var at = least.count
      while at > 0, least[at - 1] > key { at -= 1 }
      least.insert(key, at: at)
      if least.count > limit { least.removeLast() }
    }
    let last = least[least.count - 1]
    return (0..<count).filter { keys[$0] <= last }.map { UInt32($0) }
  }

  /// For each row the rank of its word, and the greatest rank.
  private func ranks(_ column: [UInt64], count: Int) -> (ranks: [UInt64], limit: UInt64) {
    var kinds: UInt16 = 0
    var least = UInt64.max
    var most: UInt64 = 0
    for row in 0..<count {
      let word = column[row]
      kinds |= 1 << UInt16(Word(bits: word).kind.rawValue)
      if word < least { least = word }
      if word > most { most = word }
    }
    let integers = UInt16(1) << UInt16(WordKind.integer.rawValue)
    let symbols = UInt16(1) << UInt16(WordKind.symbol.rawValue)
    if kinds == integers {
      return (column[0..<count].map { $0 &- least }, most &- least)
    }
    if kinds == symbols {
      let base = Int(Word(bits: least).symbol)
      var rankOfID = [UInt64](repeating: 0, count: Int(Word(bits: most).symbol) - base + 1)
      for row in 0..<count { rankOfID[Int(Word(bits: column[row]).symbol) - base] = 1 }
      let ids = rankOfID.indices.filter { rankOfID[$0] == 1 }.map { UInt32($0 + base) }
      for (rank, id) in values.symbols.sorted(ids).enumerated() {
        rankOfID[Int(id) - base] = UInt64(rank)
      }
      return (
        column[0..<count].map { rankOfID[Int(Word(bits: $0).symbol) - base] },
        UInt64(max(ids.count - 1, 0))
      )
    }
    let distinct = Set(column[0..<count]).sorted {
      let order = values.compareForSort(Word(bits: $0), Word(bits: $1))
      return order != 0 ? order < 0 : $0 < $1
    }
    var rankOf: [UInt64: UInt64] = [:]
    rankOf.reserveCapacity(distinct.count)
    for (rank, word) in distinct.enumerated() { rankOf[word] = UInt64(rank) }
    return (column[0..<count].map { rankOf[$0] ?? 0 }, UInt64(max(distinct.count - 1, 0)))
  }

  /// Sorts row numbers by their keys, least significant byte first; stable.
  private static func radixSort(_ rows: inout [UInt32], by keys: [UInt64], bits: Int) {
    if rows.count < 256 {
      rows.sort {
        let a = keys[Int($0)]
        let b = keys[Int($1)]
        return a != b ? a < b : $0 < $1
      }
      return
    }
    var other = rows
    var shift: UInt64 = 0
    while shift < UInt64(bits) {
      var counts = [Int](repeating: 0, count: 2_049)
      for row in rows { counts[Int((keys[Int(row)] &>> shift) & 2_047) &+ 1] &+= 1 }
      for digit in 1..<2_049 { counts[digit] &+= counts[digit - 1] }
      for row in rows {
        let digit = Int((keys[Int(row)] &>> shift) & 2_047)
        other[counts[digit]] = row
        counts[digit] &+= 1
      }
      swap(&rows, &other)
      shift &+= 11
    }
  }
}
