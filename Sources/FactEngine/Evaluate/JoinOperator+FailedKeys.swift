import FactModel

/// Matches whose key could not be computed.
extension JoinOperator {
  /// The slots among the keys.
  var keySlots: [Slot] {
    keys.compactMap { if case .slot(let slot) = $0 { slot } else { nil } }
  }

  /// The slots of its input that it reads or passes on.
  var readSlots: [Slot] { Array(Set(carried).union(keySlots)) }

  /// A key that could not be computed agrees with whatever a row says: its match is an error if it
  /// passes all else, so that it goes on, with the row's value in the place of the failed one.
  func joinAnything(_ batch: Batch) throws {
    makeRoom()
    for match in 0..<batch.count {
      var start = range.lowerBound
      while start < range.upperBound {
        let end = min(start + Batch.capacity, range.upperBound)
        for position in 0..<(end - start) {
          probes[position] = UInt32(match)
          matched[position] = UInt32(start + position)
        }
        let count = keepAgreeing(end - start, batch, match)
        if count > 0 { try emit(batch, count: count, rows: nil, anyFailed: true) }
        start = end
        try evaluation.checkpoint()
      }
    }
  }

  /// Keeps the rows of `matched` that agree with a match in the keys that it has.
  private func keepAgreeing(_ total: Int, _ batch: Batch, _ match: Int) -> Int {
    var count = total
    // The first column in which each failed slot stands gives its value to the others.
    var given: [Slot: Int] = [:]
    for (column, key) in zip(keyColumns, keys) {
      source.rows.gather(column: column, rows: matched, count: count, into: &scratch)
      var wanted: UInt64?
      switch key {
      case .constant(let word): wanted = word
      case .slot(let slot):
        let word = batch.columns[slot][match]
        if word != Word.failed.bits {
          wanted = word
        } else if let first = given[slot] {
          source.rows.gather(column: first, rows: matched, count: count, into: &otherScratch)
        } else {
          given[slot] = column
          otherScratch = scratch
        }
      }
      var kept = 0
      for position in 0..<count
      where scratch[position] == wanted ?? otherScratch[position]
        && scratch[position] != Word.unknown.bits
      {
        probes[kept] = probes[position]
        matched[kept] = matched[position]
        kept += 1
      }
      count = kept
    }
    return count
  }

  /// Writes the values of the matched rows where keys had failed.
  func bindFailed(count: Int) {
    for (column, key) in zip(keyColumns, keys) {
      guard case .slot(let slot) = key, carried.contains(slot) else { continue }
      source.rows.gather(column: column, rows: matched, count: count, into: &scratch)
      for position in 0..<count where out.columns[slot][position] == Word.failed.bits {
        out.columns[slot][position] = scratch[position]
      }
    }
  }
}
