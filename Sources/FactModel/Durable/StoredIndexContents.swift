import Glibc

/// An index that is about to be written.
final class StoredIndexContents {
  let shape: StoredIndexShape
  private let rowCount: Int
  /// Where buckets begin; empty where groups are found by position.
  private var buckets: [UInt32] = []
  /// The words of the groups in buckets, in as few bytes as hold them all.
  private var keys: [UInt32] = []
  private var longKeys: [UInt64] = []
  /// Where groups begin.
  private var starts: [UInt32]
  private var permutation: [UInt32]

  /// Its bytes.
  var size: Int { shape.layout(rows: rowCount).size }

  /// The index over some full segments of a table. Complexity: O(rows), and O(n log n) for those
  /// of words whose hashes begin alike.
  init(of table: Table, column: Int, rows: Range<Int>) {
    rowCount = rows.count
    if StoredIndexContents.isClose(table, column: column, rows: rows) {
      let index = KeyIndex(source: TableRows(table, rows), columns: [column])
      if case .direct(let upper, let least) = index.lookup, index.grouped == rows.count {
        starts = index.starts
        permutation = index.permutation
        shape = StoredIndexShape(
          keyWidth: 0, isWide: false, base: upper | UInt64(least),
          groupCount: index.groupCount, filledGroups: index.filledGroups)
        return
      }
    }
    let (least, most) = StoredIndexContents.bounds(of: table, column: column, rows: rows)
    let keyWidth = StoredCodes.width(of: most - least)
    let groups: Int
    if keyWidth > 4 {
      let made = HashedGroups<UInt64>(table, column, rows, base: least)
      groups = made.keys.count
      (buckets, longKeys) = (made.buckets, made.keys)
      (starts, permutation) = (made.starts, made.permutation)
    } else {
      let made = HashedGroups<UInt32>(table, column, rows, base: least)
      groups = made.keys.count
      (buckets, keys) = (made.buckets, made.keys)
      (starts, permutation) = (made.starts, made.permutation)
    }
    shape = StoredIndexShape(
      keyWidth: keyWidth, isWide: least >> 32 != most >> 32, base: least, groupCount: groups,
      filledGroups: groups)
  }

  /// Writes it to a value with four bytes more at its end.
  func write(to value: UnsafeMutableRawBufferPointer) {
    let layout = shape.layout(rows: rowCount)
    func part(_ offset: Int) -> UnsafeMutableRawBufferPointer {
      UnsafeMutableRawBufferPointer(rebasing: value[offset...])
    }
    // Each overwrites what the one before wrote beyond its end.
    buckets.withUnsafeBytes { part(0).copyMemory(from: $0) }
    StoredCodes.pack(keys, width: shape.keyWidth, into: part(layout.keys))
    StoredCodes.pack(longKeys, width: shape.keyWidth, into: part(layout.keys))
    if layout.starts < layout.rows {
      starts.withUnsafeBytes { part(layout.starts).copyMemory(from: $0) }
    }
    StoredCodes.pack(
      permutation, width: StoredIndexShape.width(rowCount), into: part(layout.rows))
  }

  /// Whether the words of an index take little room, or no more than a part of what the rows take.
  /// Complexity: O(rows) where they lie far apart.
  static func isWorthItsRoom(
    _ table: Table, column: Int, rows: Range<Int>, share: Double
  ) -> Bool {
    if isClose(table, column: column, rows: rows) { return true }
    let (least, most) = bounds(of: table, column: column, rows: rows)
    let groups = distinctWords(table, column: column, rows: rows)
    // A word, where its rows begin, and its part of a bucket.
    let room = groups * (StoredCodes.width(of: most - least) + 5)
    var taken = 0
    for number in rows.lowerBound / Segment.rowLimit..<rows.upperBound / Segment.rowLimit {
      for column in table.segments[number].columns where column.width > 0 {
        taken += StoredCodes.width(of: column.maximum - column.base) * Segment.rowLimit
      }
    }
    return Double(room) <= Double(taken) * share
  }

  /// About how many words some rows have: by how many bits of a map their hashes leave out (linear
  /// counting: Whang, Vander-Zanden and Taylor, 1990).
  private static func distinctWords(_ table: Table, column: Int, rows: Range<Int>) -> Int {
    let size = UInt64(max(1 << 16, rows.count / 2))
    var bits = [UInt64](repeating: 0, count: Int(size >> 6) + 1)
    var words: [UInt64] = []
    var row = rows.lowerBound
    while row < rows.upperBound {
      let end = min(rows.upperBound, row + batchSize)
      table.unpack(column: column, rows: row..<end, into: &words)
      for i in 0..<end - row {
        let place = (UInt64(Hashing.finish(Hashing.step(0, words[i]))) &* size) &>> 32
        bits[Int(truncatingIfNeeded: place &>> 6)] |= 1 &<< (place & 63)
      }
      row = end
    }
    let free = Int(size) - bits.reduce(0) { $0 + $1.nonzeroBitCount }
    if free <= 0 { return rows.count }
    let estimate = -Double(size) * log(Double(free) / Double(size))
    return min(rows.count, Int(estimate))
  }

  /// Whether the words of some full segments share their upper half and lie closely enough, as far as
  /// that can be said without a look at them.
  private static func isClose(_ table: Table, column: Int, rows: Range<Int>) -> Bool {
    let (least, most) = bounds(of: table, column: column, rows: rows)
    return most - least < UInt64(max(1024, rows.count * 2)) && least >> 32 == most >> 32
  }

  /// No word of some full segments is less or more.
  private static func bounds(
    of table: Table, column: Int, rows: Range<Int>
  ) -> (least: UInt64, most: UInt64) {
    var least = UInt64.max
    var most: UInt64 = 0
    for number in rows.lowerBound / Segment.rowLimit..<rows.upperBound / Segment.rowLimit {
      least = min(least, table.segments[number].columns[column].minimum)
      most = max(most, table.segments[number].columns[column].maximum)
    }
    return (min(least, most), most)
  }
}

/// Some rows of a table, counted from 0.
private final class TableRows: RowSource {
  private let table: Table
  private let rows: Range<Int>
  var rowCount: Int { rows.count }
  var arity: Int { table.arity }

  init(_ table: Table, _ rows: Range<Int>) {
    self.table = table
    self.rows = rows
  }

  func unpack(column: Int, rows wanted: Range<Int>, into words: inout [UInt64]) {
    let first = rows.lowerBound
    table.unpack(
      column: column, rows: first + wanted.lowerBound..<first + wanted.upperBound, into: &words)
  }

  func gather(column: Int, rows wanted: [UInt32], count: Int, into words: inout [UInt64]) {
    let first = UInt32(rows.lowerBound)
    table.gather(
      column: column, rows: wanted.prefix(count).map { $0 + first }, count: count, into: &words)
  }
}
