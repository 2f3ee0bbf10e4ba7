/// The rows of a table by the words of a column, in buckets by the hash of the word; within a bucket
/// words ascend, and so do the rows of each.
///
/// Rows are dealt out by the first bits of the hash first, so that each part is sorted within what
/// the processor keeps at hand, and parts by several threads. Words are kept less `base`, which must
/// fit a `Key`.
struct HashedGroups<Key: FixedWidthInteger & UnsignedInteger & Sendable> {
  /// The word of each group, less the base.
  private(set) var keys: [Key]
  /// Where the groups of each bucket begin, and one more for the end.
  private(set) var buckets: [UInt32] = []
  /// Where the rows of each group begin, and one more for the end.
  private(set) var starts: [UInt32]
  /// The rows, counted from the first one.
  private(set) var permutation: [UInt32]

  private let base: UInt64
  /// As many buckets as would do if each row had a word of its own.
  private let bits: Int
  private let partBits: Int

  /// Groups some rows. Complexity: O(rows), and O(n log n) for those of one bucket.
  init(_ table: Table, _ column: Int, _ rows: Range<Int>, base: UInt64) {
    self.base = base
    bits = StoredIndexShape.bits(rows.count)
    partBits = min(bits, 8)
    keys = [Key](repeating: 0, count: rows.count)
    starts = [UInt32](repeating: 0, count: rows.count)
    permutation = [UInt32](repeating: 0, count: rows.count)
    let firsts = deal(table, column, rows)
    sortParts(firsts)
  }

  /// Calls `body` with the words of some rows at a time, and the first of them.
  private static func forEachBatch(
    _ table: Table, _ column: Int, _ rows: Range<Int>,
    _ body: (_ words: [UInt64], Range<Int>) -> Void
  ) {
    var words: [UInt64] = []
    var row = rows.lowerBound
    while row < rows.upperBound {
      let end = min(rows.upperBound, row + batchSize)
      table.unpack(column: column, rows: row..<end, into: &words)
      body(words, row - rows.lowerBound..<end - rows.lowerBound)
      row = end
    }
  }

  /// Lays the rows out by the first bits of their hash and returns where each part begins.
  private mutating func deal(_ table: Table, _ column: Int, _ rows: Range<Int>) -> [Int] {
    // Counts stand two places late, so that filling leaves each start where it belongs.
    var firsts = [Int](repeating: 0, count: (1 << partBits) + 2)
    let partBits = self.partBits
    let base = self.base
    HashedGroups.forEachBatch(table, column, rows) { words, batch in
      for i in 0..<batch.count {
        firsts[StoredIndexShape.bucket(of: words[i], bits: partBits) &+ 2] &+= 1
      }
    }
    for i in 2..<firsts.count { firsts[i] += firsts[i - 1] }
    HashedGroups.forEachBatch(table, column, rows) { words, batch in
      for i in 0..<batch.count {
        let part = StoredIndexShape.bucket(of: words[i], bits: partBits) &+ 1
        let at = firsts[part]
        firsts[part] = at &+ 1
        keys[at] = Key(truncatingIfNeeded: words[i] &- base)
        permutation[at] = UInt32(truncatingIfNeeded: batch.lowerBound &+ i)
      }
    }
    return firsts
  }

  private mutating func sortParts(_ firsts: [Int]) {
    let parts = 1 << partBits
    let bucketsOfPart = 1 << (bits - partBits)
    var counts = [Int](repeating: 0, count: parts)
    var before = [UInt32](repeating: 0, count: (1 << bits) + 1)
    let base = self.base
    let bits = self.bits
    keys.withUnsafeMutableBufferPointer { keys in
      starts.withUnsafeMutableBufferPointer { starts in
        permutation.withUnsafeMutableBufferPointer { rows in
          before.withUnsafeMutableBufferPointer { before in
            counts.withUnsafeMutableBufferPointer { counts in
              let (keys, starts, rows, before, counts) = (keys, starts, rows, before, counts)
              parallel(over: parts) { part in
                let range = firsts[part]..<firsts[part + 1]
                var sorter = PartSorter(
                  keys: .init(rebasing: keys[range]), rows: .init(rebasing: rows[range]),
                  starts: .init(rebasing: starts[range]),
                  before: .init(
                    rebasing: before[part * bucketsOfPart..<(part + 1) * bucketsOfPart]))
                counts[part] = sorter.sort(first: range.lowerBound, base: base, bits: bits)
              }
            }
          }
        }
      }
    }
    // The groups of each part stand at its beginning.
    var total = 0
    for part in 0..<parts {
      for bucket in part * bucketsOfPart..<(part + 1) * bucketsOfPart {
        before[bucket] += UInt32(total)
      }
      let first = firsts[part]
      for i in 0..<counts[part] {
        keys[total &+ i] = keys[first &+ i]
        starts[total &+ i] = starts[first &+ i]
      }
      total += counts[part]
    }
    before[1 << bits] = UInt32(total)
    let rowCount = UInt32(keys.count)
    keys.removeLast(keys.count - total)
    starts.removeLast(starts.count - total)
    starts.append(rowCount)
    // It is the upper bits that count: each bucket is made of some that lie side by side.
    let wanted = StoredIndexShape.bits(total)
    buckets = (0...(1 << wanted)).map { before[$0 << (bits - wanted)] }
  }

  /// Sorts the rows of one part.
  private struct PartSorter {
    let keys: UnsafeMutableBufferPointer<Key>
    let rows: UnsafeMutableBufferPointer<UInt32>
    let starts: UnsafeMutableBufferPointer<UInt32>
    /// How many groups the buckets of the part before each one have.
    let before: UnsafeMutableBufferPointer<UInt32>
    var sortedKeys: [Key] = []
    var sortedRows: [UInt32] = []

    init(
      keys: UnsafeMutableBufferPointer<Key>, rows: UnsafeMutableBufferPointer<UInt32>,
      starts: UnsafeMutableBufferPointer<UInt32>, before: UnsafeMutableBufferPointer<UInt32>
    ) {
      self.keys = keys
      self.rows = rows
      self.starts = starts
      self.before = before
    }

    /// Makes groups of the rows, whose places are counted from `first`, and returns how many.
    mutating func sort(first: Int, base: UInt64, bits: Int) -> Int {
      let count = keys.count
      let mask = before.count - 1
      sortedKeys = [Key](repeating: 0, count: count)
      sortedRows = [UInt32](repeating: 0, count: count)
      var ends = [Int](repeating: 0, count: before.count + 2)
      func bucket(_ i: Int) -> Int {
        StoredIndexShape.bucket(of: base &+ UInt64(keys[i]), bits: bits) & mask
      }
      for i in 0..<count { ends[bucket(i) &+ 2] &+= 1 }
      for i in 2..<ends.count { ends[i] = ends[i] &+ ends[i &- 1] }
      for i in 0..<count {
        let place = bucket(i) &+ 1
        let at = ends[place]
        ends[place] = at &+ 1
        sortedKeys[at] = keys[i]
        sortedRows[at] = rows[i]
      }
      var groups = 0
      for bucket in 0..<before.count {
        before[bucket] = UInt32(truncatingIfNeeded: groups)
        let (start, end) = (ends[bucket], ends[bucket + 1])
        sort(start, end)
        for i in start..<end {
          rows[i] = sortedRows[i]
          if i == start || sortedKeys[i] != sortedKeys[i &- 1] {
            keys[groups] = sortedKeys[i]
            starts[groups] = UInt32(truncatingIfNeeded: first &+ i)
            groups &+= 1
          }
        }
      }
      return groups
    }

    /// Sorts a bucket by word. Rows of a word are in order already, and stay so.
    private mutating func sort(_ start: Int, _ end: Int) {
      guard end - start > 1 else { return }
      if end - start > 32 { return sortMany(start, end) }
      for i in start &+ 1..<end {
        let key = sortedKeys[i]
        let row = sortedRows[i]
        var at = i
        while at > start, sortedKeys[at &- 1] > key {
          sortedKeys[at] = sortedKeys[at &- 1]
          sortedRows[at] = sortedRows[at &- 1]
          at &-= 1
        }
        sortedKeys[at] = key
        sortedRows[at] = row
      }
    }

    private mutating func sortMany(_ start: Int, _ end: Int) {
      // Most often it is one word that has all these rows.
      if !(start + 1..<end).contains(where: { sortedKeys[$0] < sortedKeys[$0 - 1] }) { return }
      let sorted = (start..<end).map { (sortedKeys[$0], sortedRows[$0]) }.sorted { $0 < $1 }
      for (i, entry) in sorted.enumerated() {
        (sortedKeys[start + i], sortedRows[start + i]) = entry
      }
    }
  }
}
