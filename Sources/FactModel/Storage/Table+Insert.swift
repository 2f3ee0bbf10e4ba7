extension Table {
  /// Enters one row and says where it is and whether it is new.
  @discardableResult
  public func insert(_ words: [UInt64]) -> (row: UInt32, isNew: Bool) {
    precondition(words.count == arity, "a row has a word for each column")
    if isSet, let row = find(words) { return (row, false) }
    let row = UInt32(rowCount)
    if isSet { identity.insert(hash: Hashing.row(words), id: row) }
    append(words.map { [$0] }, offset: 0, selection: [0], selected: 1)
    updateCharge()
    return (row, true)
  }

  /// Enters `count` rows given as columns and writes where each is and whether it is new.
  ///
  /// Of equal rows in one call the first is new. Returns the number of new rows.
  /// Complexity: O(count), expected.
  @discardableResult
  public func insert(
    columns: [[UInt64]], count: Int, rows: inout [UInt32], isNew: inout [Bool]
  ) -> Int {
    precondition(columns.count == arity, "rows have a word for each column")
    grow(&rows, to: count)
    if isNew.count < count {
      isNew.append(contentsOf: repeatElement(false, count: count - isNew.count))
    }
    let before = rowCount
    var batch = scratch
    scratch = RowScratch()
    var offset = 0
    while offset < count {
      let size = min(batchSize, count - offset)
      if arity == 0 {
        insertEmptyRows(size, offset: offset, rows: &rows, isNew: &isNew)
      } else if isSet {
        if lacksIdentity { enterIdentity() }
        if let stored, identityFloor > 0 {
          insertBatch(columns, offset, size, besides: stored, &batch, &rows, &isNew)
        } else {
          insertBatch(columns, offset, size, &batch, &rows, &isNew)
        }
      } else {
        batch.reserve(size)
        let first = rowCount
        for i in 0..<size {
          batch.fresh[i] = UInt32(truncatingIfNeeded: i)
          rows[offset &+ i] = UInt32(truncatingIfNeeded: first &+ i)
          isNew[offset &+ i] = true
        }
        append(columns, offset: offset, selection: batch.fresh, selected: size)
      }
      offset += size
    }
    scratch = batch
    updateCharge()
    return rowCount - before
  }

  private func insertEmptyRows(
    _ size: Int, offset: Int, rows: inout [UInt32], isNew: inout [Bool]
  ) {
    for i in 0..<size {
      let entered = insert([])
      rows[offset + i] = entered.row
      isNew[offset + i] = entered.isNew
    }
  }

  func insertBatch(
    _ columns: [[UInt64]], _ offset: Int, _ size: Int, _ batch: inout RowScratch,
    _ rows: inout [UInt32], _ isNew: inout [Bool]
  ) {
    batch.reserve(size)
    Hashing.rows(
      columns, offset: offset, count: size, partial: &batch.partial, into: &batch.hashes)
    let first = UInt32(rowCount)
    let freshCount = identity.findOrInsert(
      hashes: batch.hashes, count: size, firstID: first, ids: &batch.ids, fresh: &batch.fresh)
    append(columns, offset: offset, selection: batch.fresh, selected: freshCount)
    for i in 0..<size {
      rows[offset &+ i] = batch.ids[i]
      isNew[offset &+ i] = false
    }
    for k in 0..<freshCount {
      let position = offset &+ Int(truncatingIfNeeded: batch.fresh[k])
      rows[position] = first &+ UInt32(truncatingIfNeeded: k)
      isNew[position] = true
    }
    let found = batch.listCandidates(count: size)
    guard found > 0 else { return }
    for c in 0..<arity {
      gather(column: c, rows: batch.candidates, count: found, into: &batch.words)
      batch.compare(columns[c], offset: offset, found: found)
    }
    for k in 0..<found where batch.differs[k] != 0 {
      // Another row has the same hash: one at a time is fast enough for these.
      let i = Int(batch.positions[k])
      let words = columns.map { $0[offset + i] }
      let entered = insert(words)
      rows[offset + i] = entered.row
      isNew[offset + i] = entered.isNew
    }
  }

  /// The row that has these words, dead or alive.
  public func find(_ words: [UInt64]) -> UInt32? {
    precondition(words.count == arity, "a row has a word for each column")
    guard isSet else { return index(on: Array(0..<arity)).rows(forKey: words).first }
    if lacksIdentity { enterIdentity() }
    let hash = Hashing.row(words)
    var row = identity.following(noRow, hash: hash)
    while row != noRow {
      if equals(row, words) { return row }
      row = identity.following(row, hash: hash)
    }
    return identityFloor > 0 ? stored?.find(words, hash: hash, in: self) : nil
  }

  func equals(_ row: UInt32, _ words: [UInt64]) -> Bool {
    for c in 0..<arity where word(row: row, column: c) != words[c] { return false }
    return true
  }
}
