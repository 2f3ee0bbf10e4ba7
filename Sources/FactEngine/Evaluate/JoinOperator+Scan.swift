import FactModel

extension JoinOperator {
  /// Without keys: every row for every match.
  func scan(_ batch: Batch) throws {
    if batch.count == 1, !batch.isUncertain, !batch.hasFailures, carried.isEmpty,
      equalities.isEmpty, !source.hasDeadRows, !source.isUncertain
    {
      return try scanAll()
    }
    makeRoom()
    for match in 0..<batch.count {
      for position in 0..<Batch.capacity { probes[position] = UInt32(match) }
      var start = range.lowerBound
      while start < range.upperBound {
        let end = min(start + Batch.capacity, range.upperBound)
        for position in 0..<(end - start) { matched[position] = UInt32(start + position) }
        try emit(batch, count: end - start, rows: start..<end)
        start = end
        try evaluation.checkpoint()
      }
    }
  }

  /// The same where all rows count and nothing is known before, as where a plan begins: rows need
  /// no numbers.
  private func scanAll() throws {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + Batch.capacity, range.upperBound)
      out.count = end - start
      // What follows may have weakened or failed rows of the batch before.
      out.isUncertain = false
      out.hasFailures = false
      for output in outputs { read(output.column, rows: start..<end, into: output.slot) }
      matchCount += end - start
      try next.push(out)
      start = end
      try evaluation.checkpoint()
    }
  }

  /// Writes a column for rows that follow one another into a slot of `out`.
  func read(_ column: Int, rows: Range<Int>, into slot: Slot) {
    out.makeRoom(slot, for: rows.count)
    var words: [UInt64] = []
    swap(&words, &out.columns[slot])
    source.rows.unpack(column: column, rows: rows, into: &words)
    swap(&words, &out.columns[slot])
  }
}
