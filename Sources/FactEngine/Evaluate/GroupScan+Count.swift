import FactModel

extension GroupScan {
  /// What one thread has counted.
  private final class Count {
    var certain = 0
    var possible = 0
    var words: [UInt64] = []
    var truths: [UInt8] = []
    var others: [UInt8] = []
  }

  /// The number of rows that satisfy all conditions: those that do for sure, up to those that may.
  ///
  /// Rows without any match are left to the operators. Complexity: O(rows) on all processors.
  func count() throws -> RowBlock? {
    let blocks = (table.rowCount + Segment.rowLimit - 1) / Segment.rowLimit
    let shares = min(Workers.count * 2, blocks)
    table.verify(columns: filters.map(\.column))
    // What a base has not read yet is read by one thread.
    _ = evaluation.values.wides.count
    let parts = (0..<shares).map { _ in Count() }
    var block = 0
    while block < blocks {
      try evaluation.checkpoint()
      let end = min(blocks, block + shares * GroupScan.roundSize)
      parallel(over: shares) { share in
        var next = block + share
        while next < end {
          let first = Segment.rowLimit * next
          count(first..<min(table.rowCount, first + Segment.rowLimit), in: parts[share])
          next += shares
        }
      }
      block = end
    }
    let certain = parts.reduce(0) { $0 + $1.certain }
    let possible = parts.reduce(0) { $0 + $1.possible }
    guard possible > 0 else { return nil }
    let word = evaluation.values.word(count: certain, to: possible)
    var rows = RowBlock(slots: slots)
    rows.columns = aggregates.map { _ in [word.bits] }
    rows.count = 1
    return rows
  }

  private func count(_ rows: Range<Int>, in part: Count) {
    // Out of the object while they change: each access to a property of a class is checked.
    var words: [UInt64] = []
    var truths: [UInt8] = []
    var others: [UInt8] = []
    swap(&words, &part.words)
    swap(&truths, &part.truths)
    swap(&others, &part.others)
    defer {
      swap(&words, &part.words)
      swap(&truths, &part.truths)
      swap(&others, &part.others)
    }
    var start = rows.lowerBound
    while start < rows.upperBound {
      let end = min(rows.upperBound, start + Batch.capacity)
      let size = end - start
      for (position, filter) in filters.enumerated() {
        table.unpack(column: filter.column, rows: start..<end, into: &words)
        filter.conditions.judge(
          words.span.extracting(0..<size), in: evaluation.values, into: &others)
        if position == 0 {
          swap(&truths, &others)
        } else {
          for row in 0..<size { truths[row] = max(truths[row], others[row]) }
        }
      }
      count(truths.span.extracting(0..<size), in: part)
      start = end
    }
  }

  private func count(_ truths: Span<UInt8>, in part: Count) {
    let never = Truth.never.rawValue
    truths.withUnsafeBufferPointer { truths in
      var row = 0
      while row < truths.count {
        // So few that a byte holds their number, and sixteen are added at a time.
        let stop = min(row + 128, truths.count)
        var certain: UInt8 = 0
        var possible: UInt8 = 0
        for i in row..<stop {
          if truths[i] == 0 { certain &+= 1 }
          if truths[i] != never { possible &+= 1 }
        }
        part.certain += Int(certain)
        part.possible += Int(possible)
        row = stop
      }
    }
  }
}
