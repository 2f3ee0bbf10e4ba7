extension Table {
  /// Rows from which on their identity is worth settling.
  private static let settledCount = 1 << 16

  /// Gives back about half the memory by which rows are told apart, once many have been added.
  ///
  /// For the end of a load: adding a few rows costs more from then on, adding many makes it grow
  /// again first. Does nothing while the rows that were added since are fewer than a quarter of all,
  /// nor for tables that lie in a base. Complexity: O(rows).
  public func settle() {
    guard isSet, stored == nil, spilled.isEmpty, identity.count >= Table.settledCount,
      identity.count >= identityFloor / 4
    else { return }
    unsettle()
    settled = SettledIdentity(identity)
    identityFloor = rowCount
    identity = KeyTable()
    updateCharge()
  }

  /// Gives back the memory by which rows are told apart that lie in a base by now, if these are many
  /// and most of all. Complexity: O(rows that do not).
  func leaveIdentityToBase() {
    // What ascends is in no memory yet, and need not be.
    if let stored, lacksIdentity, spilled.isEmpty { identityFloor = stored.identified }
    guard let stored, identity.count >= Table.settledCount,
      stored.identified - identityFloor >= identity.count / 4 * 3
    else { return }
    identity = KeyTable()
    settled = nil
    spilled = []
    identityFloor = stored.identified
    lacksIdentity = true
    updateCharge()
  }

  /// Looks the first rows up in a run from now on, in the middle of a statement.
  func leaveIdentity(to run: IdentityRun) {
    identity = KeyTable()
    spilled.append(run)
    identityFloor = run.rows.upperBound
    lacksIdentity = true
    updateCharge()
  }

  /// Whether memory may tell all rows apart, rather than the base.
  var mayUnsettle: Bool { spilled.isEmpty && identityFloor <= IdentityRun.rowLimit }

  /// Makes room to tell so many more rows apart, which saves making it bit by bit.
  public func reserve(_ rows: Int) {
    guard isSet, ascending.isEmpty else { return }
    identity.reserve(rows)
    updateCharge()
  }

  /// Makes the growing identity know all rows.
  func unsettle() {
    guard identityFloor > 0 else { return }
    if lacksIdentity { enterIdentity() }
    settled = nil
    enterIdentity(0..<identityFloor)
    identityFloor = 0
  }

  /// The row that has these words, among those that the growing identity does not know.
  func findSettled(_ words: [UInt64], hash: UInt32) -> UInt32? {
    if identityFloor == 0 { return nil }
    if let settled { return settled.first(hash: hash) { equals($0, words) } }
    for run in spilled.reversed() {
      if let row = run.candidates(hash: hash, { equals($0, words) }) { return row }
    }
    return stored?.find(words, hash: hash, in: self)
  }

  /// Enters rows that were read from a base and that its own identity does not cover.
  func enterIdentity() {
    lacksIdentity = false
    ascending = AscendingColumns()
    enterIdentity(identityFloor..<rowCount)
  }

  private func enterIdentity(_ rows: Range<Int>) {
    var row = rows.lowerBound
    var batch = [[UInt64]](repeating: [], count: arity)
    var partial: [UInt64] = []
    var hashes: [UInt32] = []
    identity.reserve(rows.count)
    while row < rows.upperBound {
      let end = min(rows.upperBound, row + batchSize)
      for c in 0..<arity { unpack(column: c, rows: row..<end, into: &batch[c]) }
      Hashing.rows(batch, offset: 0, count: end - row, partial: &partial, into: &hashes)
      identity.insert(hashes: hashes, count: end - row, firstID: UInt32(row))
      row = end
    }
    updateCharge()
  }

  /// Enters rows where some are settled or in a base: those first, then the others as usual.
  func insertBatchBesidesSettled(
    _ columns: [[UInt64]], _ offset: Int, _ size: Int, _ batch: inout RowScratch,
    _ rows: inout [UInt32], _ isNew: inout [Bool]
  ) {
    batch.reserve(size)
    Hashing.rows(
      columns, offset: offset, count: size, partial: &batch.partial, into: &batch.hashes)
    for run in spilled { batch.touched &+= run.touch(batch.hashes, size) }
    for run in stored?.identity ?? [] { batch.touched &+= run.touch(batch.hashes, size) }
    var words = [UInt64](repeating: 0, count: arity)
    var others: [Int] = []
    others.reserveCapacity(size)
    for i in offset..<(offset + size) {
      for c in 0..<arity { words[c] = columns[c][i] }
      if let row = findSettled(words, hash: batch.hashes[i - offset]) {
        rows[i] = row
        isNew[i] = false
      } else {
        others.append(i)
      }
    }
    guard !others.isEmpty else { return }
    let remaining = columns.map { column in others.map { column[$0] } }
    var entered = [UInt32](repeating: 0, count: others.count)
    var isEntered = [Bool](repeating: false, count: others.count)
    insertBatch(remaining, 0, others.count, &batch, &entered, &isEntered)
    for (k, i) in others.enumerated() {
      rows[i] = entered[k]
      isNew[i] = isEntered[k]
    }
  }
}
