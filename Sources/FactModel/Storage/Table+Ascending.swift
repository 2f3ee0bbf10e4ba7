/// Columns whose words have only gone up since some row, and the last word of each.
///
/// A row whose word is above all others of its column is a new row. Files mostly number their
/// records, or name in each what no earlier one does, and new symbols have ever larger ids: so many
/// rows are known to differ without a hash and without memory to tell them apart.
struct AscendingColumns {
  fileprivate var columns: [(column: Int, last: UInt64)] = []

  /// Whether rows are still told apart by them.
  var isEmpty: Bool { columns.isEmpty }

  /// Keeps the columns in which a batch goes on upwards.
  fileprivate mutating func go(on batch: [[UInt64]], count: Int) {
    columns = columns.compactMap { column, last in
      let words = batch[column]
      guard words[0] > last, isAscending(words, count: count) else { return nil }
      return (column, words[count - 1])
    }
  }

  private func isAscending(_ words: [UInt64], count: Int) -> Bool {
    precondition(count <= words.count, "a word for each row")
    return words.withUnsafeBufferPointer { words in
      var start = 1
      while start < count {
        let end = min(start + 1024, count)
        var fell: UInt64 = 0
        for i in start..<end {
          if words[i] <= words[i &- 1] { fell = 1 }
        }
        if fell != 0 { return false }
        start = end
      }
      return true
    }
  }
}

extension Table {
  /// Rows from which on a batch may begin to be told apart by an ascending column.
  private static let ascendingCount = 4096

  /// Appends a batch if some column says that all its rows are new; false where none does.
  ///
  /// From then on rows are not in `identity`, as where they were read from a base, until a batch
  /// comes of which that is not so. Complexity: O(count).
  func appendAscending(
    _ batch: [[UInt64]], count: Int, frames: [Column], rows: inout [UInt32], isNew: inout [Bool]
  ) -> Bool {
    guard isSet, arity > 0, rowCount == 0 || lacksIdentity else { return false }
    if ascending.isEmpty {
      guard count >= Table.ascendingCount, spilled.isEmpty else { return false }
      ascending.columns = (0..<arity).map { ($0, greatest(column: $0)) }
    }
    ascending.go(on: batch, count: count)
    guard !ascending.isEmpty else { return false }
    if rowCount == 0 {
      identity = KeyTable()
      lacksIdentity = true
    }
    var work = scratch
    scratch = RowScratch()
    var offset = 0
    while offset < count {
      let size = min(Segment.rowLimit, count - offset)
      let first = rowCount
      work.reserve(size)
      for i in 0..<size {
        rows[offset &+ i] = UInt32(truncatingIfNeeded: first &+ i)
        isNew[offset &+ i] = true
      }
      if count == Segment.rowLimit, tailCount == 0, frames.count == arity {
        append(Segment(columns: frames))
      } else {
        for i in 0..<size { work.fresh[i] = UInt32(truncatingIfNeeded: i) }
        append(batch, offset: offset, selection: work.fresh, selected: size)
      }
      offset += size
    }
    scratch = work
    return true
  }

  /// The rows that memory tells apart, or would have to where they no longer ascend.
  var waitingForIdentity: Int {
    if !lacksIdentity { return identity.count }
    return ascending.isEmpty ? 0 : rowCount - identityFloor
  }

  /// The greatest word of a column, 0 without rows. Complexity: O(segments + rows of the tail).
  private func greatest(column: Int) -> UInt64 {
    var greatest: UInt64 = 0
    for segment in segments { greatest = max(greatest, segment.columns[column].maximum) }
    for word in tail[column].prefix(tailCount) { greatest = max(greatest, word) }
    return greatest
  }
}
