/// The rows of a table by the words of one column, as it lies in a base: where the rows of each
/// word begin, then the rows, in three bytes each where that is enough. For columns whose words share
/// their upper half and count up closely.
final class StoredIndex {
  let columns: [Int]
  /// The rows covered, from the first one on.
  let rows: Int
  let blob: StoredBlob
  let upper: UInt64
  let least: UInt32
  let groupCount: Int
  let filledGroups: Int
  /// Bytes of a row.
  private let width: Int

  private static let header = 24

  init?(columns: [Int], rows: Int, blob: StoredBlob) {
    guard blob.bytes.count >= StoredIndex.header else { return nil }
    blob.touch(0, StoredIndex.header)
    upper = blob.bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
    least = blob.word32(2)
    groupCount = Int(blob.word32(3))
    filledGroups = Int(blob.word32(4))
    width = StoredIndex.width(rows)
    guard blob.bytes.count == StoredIndex.size(groups: groupCount, rows: rows) else { return nil }
    self.columns = columns
    self.rows = rows
    self.blob = blob
  }

  /// Where the rows of a group begin; a damaged value never leads beyond the rows.
  @inline(__always)
  func start(_ group: Int) -> UInt32 {
    min(blob.word32(group, from: StoredIndex.header), UInt32(rows))
  }

  /// The row at a place.
  @inline(__always)
  func row(_ place: Int) -> UInt32 {
    let offset = StoredIndex.header &+ (groupCount &+ 1) &* 4 &+ place &* width
    blob.touch(offset, width)
    var row = blob.bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    // The byte behind the last one belongs to a checksum.
    if width == 3 { row &= 0xFF_FFFF }
    return min(row, UInt32(max(rows, 1) - 1))
  }

  private static func width(_ rows: Int) -> Int { rows <= 1 << 24 ? 3 : 4 }

  private static func size(groups: Int, rows: Int) -> Int {
    header + (groups + 1) * 4 + rows * width(rows)
  }

  /// An index that is about to be written.
  struct Contents {
    fileprivate let index: KeyIndex
    fileprivate let upper: UInt64
    fileprivate let least: UInt32
    let size: Int

    /// Writes it to a value with four bytes more at its end.
    func write(to value: UnsafeMutableRawBufferPointer) {
      value.storeBytes(of: upper, toByteOffset: 0, as: UInt64.self)
      let numbers = [least, UInt32(index.groupCount), UInt32(index.filledGroups), 0]
      for (i, number) in numbers.enumerated() {
        value.storeBytes(of: number, toByteOffset: 8 + i * 4, as: UInt32.self)
      }
      index.starts.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: value[header...]).copyMemory(from: $0)
      }
      let rows = UnsafeMutableRawBufferPointer(
        rebasing: value[(header + index.starts.count * 4)...])
      let width = StoredIndex.width(index.permutation.count)
      StoredCodes.pack(index.permutation, width: width, into: rows)
    }
  }

  /// The value of an index over the first rows of a table; nil where its words do not fit.
  static func contents(of table: Table, column: Int, rows: Int) -> Contents? {
    let prefix = TablePrefix(table, rowCount: rows)
    let index = KeyIndex(source: prefix, columns: [column])
    guard case .direct(let upper, let least) = index.lookup, index.grouped == rows else {
      return nil
    }
    return Contents(
      index: index, upper: upper, least: least, size: size(groups: index.groupCount, rows: rows))
  }
}

/// The first rows of a table.
private final class TablePrefix: RowSource {
  private let table: Table
  let rowCount: Int
  var arity: Int { table.arity }

  init(_ table: Table, rowCount: Int) {
    self.table = table
    self.rowCount = rowCount
  }

  func unpack(column: Int, rows: Range<Int>, into words: inout [UInt64]) {
    table.unpack(column: column, rows: rows, into: &words)
  }

  func gather(column: Int, rows: [UInt32], count: Int, into words: inout [UInt64]) {
    table.gather(column: column, rows: rows, count: count, into: &words)
  }
}

extension KeyIndex {
  /// Looks keys up in what lies in a base.
  func probeStored(_ words: [UInt64], _ stored: StoredIndex, _ hits: inout Hits) {
    let base = stored.upper | UInt64(stored.least)
    let limit = UInt64(stored.groupCount)
    for i in 0..<hits.count {
      // A word below the base wraps around and is too large.
      let group = words[i] &- base
      hits.starts[i] = 0
      hits.ends[i] = 0
      if group < limit {
        hits.starts[i] = stored.start(Int(group))
        hits.ends[i] = stored.start(Int(group) + 1)
      }
    }
  }

  /// `expand` where the groups lie in a base.
  func expandStored(
    _ stored: StoredIndex, _ hits: inout Hits, within rows: Range<UInt32>, probes: inout [UInt32],
    matched: inout [UInt32], count: inout Int, capacity: Int
  ) -> Bool {
    var out = 0
    var i = hits.next
    defer { count = out }
    while i < hits.count {
      var from = Int(hits.starts[i])
      let end = Int(hits.ends[i])
      while from < end {
        if out == capacity {
          hits.starts[i] = UInt32(from)
          hits.next = i
          return true
        }
        let row = stored.row(from)
        if rows.contains(row) {
          probes[out] = UInt32(i)
          matched[out] = row
          out += 1
        }
        from += 1
      }
      hits.starts[i] = hits.ends[i]
      var row = hits.chains[i]
      while row != noRow, row >= rows.lowerBound {
        if row < rows.upperBound {
          if out == capacity {
            hits.chains[i] = row
            hits.next = i
            return true
          }
          probes[out] = UInt32(i)
          matched[out] = row
          out += 1
        }
        row = chained.next[Int(row) - grouped]
      }
      hits.chains[i] = noRow
      i += 1
    }
    hits.next = hits.count
    return false
  }
}
