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
  /// Of equal rows in one call the first is new. Returns the number of new rows. Where the rows are
  /// as many as a segment holds, `frames` may give them packed, so that they need not be packed
  /// here if all of them are new. Complexity: O(count), expected.
  @discardableResult
  public func insert(
    columns: [[UInt64]], count: Int, frames: [Column] = [], rows: inout [UInt32],
    isNew: inout [Bool]
  ) -> Int {
    precondition(columns.count == arity, "rows have a word for each column")
    guard count > 0 else { return 0 }
    grow(&rows, to: count)
    if isNew.count < count {
      isNew.append(contentsOf: repeatElement(false, count: count - isNew.count))
    }
    let before = rowCount
    if appendAscending(columns, count: count, frames: frames, rows: &rows, isNew: &isNew) {
      updateCharge()
      return count
    }
    var batch = scratch
    scratch = RowScratch()
    var offset = 0
    while offset < count {
      var size = min(batchSize, count - offset)
      if isMany(count - offset) { size = min(Segment.rowLimit, count - offset) }
      if arity == 0 {
        insertEmptyRows(size, offset: offset, rows: &rows, isNew: &isNew)
      } else if isSet {
        if lacksIdentity { enterIdentity() }
        if size >= KeyTable.parallelCount {
          unsettle()
          insertMany(columns, offset, size, frames, &batch, &rows, &isNew)
        } else if identityFloor > 0 {
          insertBatchBesidesSettled(columns, offset, size, &batch, &rows, &isNew)
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

  /// Whether so many rows are worth two threads.
  private func isMany(_ count: Int) -> Bool {
    isSet && arity > 0 && mayUnsettle && count >= KeyTable.parallelCount
      && max(count, identity.count) >= identityFloor / 64
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

  /// Rows get their numbers in the order in which they come, however those are told apart: who
  /// does the same again, from a log, has to arrive at the same numbers.
  func insertBatch(
    _ columns: [[UInt64]], _ offset: Int, _ size: Int, _ batch: inout RowScratch,
    _ rows: inout [UInt32], _ isNew: inout [Bool]
  ) {
    var offset = offset
    var size = size
    while size > 0 {
      let done = insertUntilCollision(columns, offset, size, &batch, &rows, &isNew)
      offset += done
      size -= done
      guard size > 0 else { return }
      // Another row has the same hash: one at a time is fast enough for these.
      let entered = insert(columns.map { $0[offset] })
      rows[offset] = entered.row
      isNew[offset] = entered.isNew
      offset += 1
      size -= 1
    }
  }

  /// Enters rows up to the first one whose hash leads to another row; returns how many.
  private func insertUntilCollision(
    _ columns: [[UInt64]], _ offset: Int, _ size: Int, _ batch: inout RowScratch,
    _ rows: inout [UInt32], _ isNew: inout [Bool]
  ) -> Int {
    batch.reserve(size)
    Hashing.rows(
      columns, offset: offset, count: size, partial: &batch.partial, into: &batch.hashes)
    let first = UInt32(rowCount)
    var freshCount = identity.findOrInsert(
      hashes: batch.hashes, count: size, firstID: first, ids: &batch.ids, fresh: &batch.fresh)
    var done = size
    if let collision = firstCollision(columns, offset, size, first, &batch) {
      done = collision
      var kept = freshCount
      while kept > 0, Int(batch.fresh[kept - 1]) >= collision { kept -= 1 }
      for k in stride(from: freshCount - 1, through: kept, by: -1) {
        identity.removeLatest(hash: batch.hashes[Int(batch.fresh[k])], id: first &+ UInt32(k))
      }
      freshCount = kept
    }
    append(columns, offset: offset, selection: batch.fresh, selected: freshCount)
    note(&batch, offset, done, freshCount, first, &rows, &isNew)
    return done
  }

  /// The first row of a batch that is not the one to which its hash has led.
  private func firstCollision(
    _ columns: [[UInt64]], _ offset: Int, _ size: Int, _ first: UInt32, _ batch: inout RowScratch
  ) -> Int? {
    var found = batch.listCandidates(count: size)
    var collision: Int?
    var earlier = 0
    for k in 0..<found {
      let id = batch.candidates[k]
      if id < first {
        batch.candidates[earlier] = id
        batch.positions[earlier] = batch.positions[k]
        earlier &+= 1
      } else if collision == nil {
        // One of this batch, which is not in the table yet.
        let i = offset + Int(batch.positions[k])
        let other = offset + Int(batch.fresh[Int(id - first)])
        if !columns.allSatisfy({ $0[i] == $0[other] }) { collision = Int(batch.positions[k]) }
      }
    }
    found = earlier
    guard found > 0 else { return collision }
    for c in 0..<arity {
      gather(column: c, rows: batch.candidates, count: found, into: &batch.words)
      batch.compare(columns[c], offset: offset, found: found)
    }
    for k in 0..<found where batch.differs[k] != 0 {
      let position = Int(batch.positions[k])
      return min(collision ?? position, position)
    }
    return collision
  }

  /// Says where the rows of a batch are, of which some were just appended.
  private func note(
    _ batch: inout RowScratch, _ offset: Int, _ size: Int, _ freshCount: Int, _ first: UInt32,
    _ rows: inout [UInt32], _ isNew: inout [Bool]
  ) {
    for i in 0..<size {
      rows[offset &+ i] = batch.ids[i]
      isNew[offset &+ i] = false
    }
    for k in 0..<freshCount {
      let position = offset &+ Int(truncatingIfNeeded: batch.fresh[k])
      rows[position] = first &+ UInt32(truncatingIfNeeded: k)
      isNew[position] = true
    }
  }

  // MARK: Many

  /// `insertBatch` for as many rows as a segment holds, by two threads.
  private func insertMany(
    _ columns: [[UInt64]], _ offset: Int, _ size: Int, _ frames: [Column],
    _ batch: inout RowScratch, _ rows: inout [UInt32], _ isNew: inout [Bool]
  ) {
    batch.reserve(size)
    Hashing.manyRows(
      columns, offset: offset, count: size, partial: &batch.partial, into: &batch.hashes)
    let first = UInt32(rowCount)
    var places = [UInt32](repeating: 0, count: size)
    identity.enterMany(
      hashes: batch.hashes, count: size, firstID: first, ids: &batch.ids, places: &places)
    tellApart(columns, offset, size, &batch, &places)
    let freshCount = identity.number(
      hashes: batch.hashes, count: size, firstID: first, ids: &batch.ids, places: &places,
      fresh: &batch.fresh)
    if freshCount == Segment.rowLimit, tailCount == 0, frames.count == arity {
      append(Segment(columns: frames))
    } else {
      append(columns, offset: offset, selection: batch.fresh, selected: freshCount)
    }
    note(&batch, offset, size, freshCount, first, &rows, &isNew)
  }

  /// Finds the right row, or none, for rows that share a hash with another, and enters those that no
  /// thread could. Rows of one hash are looked at in their order.
  private func tellApart(
    _ columns: [[UInt64]], _ offset: Int, _ size: Int, _ batch: inout RowScratch,
    _ places: inout [UInt32]
  ) {
    let first = UInt32(rowCount)
    func isSame(_ i: Int, _ id: UInt32) -> Bool {
      if id < first { return equals(id, columns.map { $0[offset + i] }) }
      let other = offset + Int(id - first)
      return columns.allSatisfy { $0[offset + i] == $0[other] }
    }
    func resolve(_ i: Int, _ batch: inout RowScratch, _ places: inout [UInt32]) {
      (batch.ids[i], places[i]) = identity.resolve(
        first + UInt32(i), hash: batch.hashes[i], after: places[i]
      ) { isSame(i, $0) }
    }
    var found = 0
    for i in 0..<size {
      let id = batch.ids[i]
      if places[i] == KeyTable.unplaced {
        resolve(i, &batch, &places)
      } else if id != noRow, id >= first {
        if !isSame(i, id) { resolve(i, &batch, &places) }
      } else if id != noRow {
        batch.positions[found] = UInt32(truncatingIfNeeded: i)
        batch.candidates[found] = id
        batch.differs[found] = 0
        found &+= 1
      }
    }
    guard found > 0 else { return }
    for c in 0..<arity {
      gather(column: c, rows: batch.candidates, count: found, into: &batch.words)
      batch.compare(columns[c], offset: offset, found: found)
    }
    for k in 0..<found where batch.differs[k] != 0 {
      resolve(Int(batch.positions[k]), &batch, &places)
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
    return findSettled(words, hash: hash)
  }

  func equals(_ row: UInt32, _ words: [UInt64]) -> Bool {
    for c in 0..<arity where word(row: row, column: c) != words[c] { return false }
    return true
  }
}
