/// Some rows of a table by the words of one column, as it lies in a base: where the rows of each
/// word begin, then the rows, in three bytes each where that is enough. For columns whose words share
/// their upper half and count up closely.
final class StoredIndex {
  let columns: [Int]
  /// The rows covered.
  let rows: Range<Int>
  let blob: StoredBlob
  let upper: UInt64
  let least: UInt32
  let groupCount: Int
  let filledGroups: Int
  /// Bytes of a row.
  private let width: Int
  /// Where the rows begin in the value.
  private let start: UnsafeRawPointer

  private static let header = 24

  init?(columns: [Int], rows: Range<Int>, blob: StoredBlob) {
    guard blob.size >= StoredIndex.header, let base = blob.bytes.baseAddress else {
      return nil
    }
    blob.touch(0, StoredIndex.header)
    upper = blob.bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
    least = blob.word32(2)
    groupCount = Int(blob.word32(3))
    filledGroups = Int(blob.word32(4))
    width = StoredIndex.width(rows.count)
    guard blob.size == StoredIndex.size(groups: groupCount, rows: rows.count) else {
      return nil
    }
    start = base + StoredIndex.header + (groupCount + 1) * 4
    self.columns = columns
    self.rows = rows
    self.blob = blob
  }

  /// Where the rows of a word lie; a damaged value never leads beyond them.
  @inline(__always)
  func places(of word: UInt64) -> Range<UInt32> {
    // A word below the base wraps around and is too large.
    let group = word &- (upper | UInt64(least))
    guard group < UInt64(groupCount) else { return 0..<0 }
    let first = blob.word32(Int(group), from: StoredIndex.header)
    let end = min(blob.word32(Int(group) &+ 1, from: StoredIndex.header), UInt32(rows.count))
    return first < end ? first..<end : 0..<0
  }

  /// The row at a place.
  @inline(__always)
  func row(_ place: Int) -> UInt32 {
    blob.touch(StoredIndex.header &+ (groupCount &+ 1) &* 4 &+ place &* width, width)
    var row = start.loadUnaligned(fromByteOffset: place &* width, as: UInt32.self)
    // The byte behind the last one belongs to a checksum.
    if width == 3 { row &= 0xFF_FFFF }
    return UInt32(truncatingIfNeeded: rows.lowerBound) &+ min(row, UInt32(rows.count - 1))
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

  /// Whether the words of some full segments share their upper half and lie closely enough, as far as
  /// that can be said without a look at them.
  static func fits(_ table: Table, column: Int, rows: Range<Int>) -> Bool {
    var least = UInt64.max
    var most: UInt64 = 0
    for number in rows.lowerBound / Segment.rowLimit..<rows.upperBound / Segment.rowLimit {
      least = min(least, table.segments[number].columns[column].minimum)
      most = max(most, table.segments[number].columns[column].maximum)
    }
    return least <= most && most - least < UInt64(max(1024, rows.count * 2))
      && least >> 32 == most >> 32
  }

  /// The value of an index over some rows of a table; nil where their words do not fit.
  static func contents(of table: Table, column: Int, rows: Range<Int>) -> Contents? {
    let index = KeyIndex(source: TableRows(table, rows), columns: [column])
    guard case .direct(let upper, let least) = index.lookup, index.grouped == rows.count else {
      return nil
    }
    return Contents(
      index: index, upper: upper, least: least,
      size: size(groups: index.groupCount, rows: rows.count))
  }
}

/// Indexes of one column that follow one another from the first row on.
///
/// Each covers no more than memory should hold at once; a look-up asks all of them.
final class StoredIndexRuns {
  let runs: [StoredIndex]

  /// Takes those on some columns, as far as their words are of one kind; nil where there are none.
  init?(_ indexes: [StoredIndex], columns: [Int]) {
    var runs: [StoredIndex] = []
    for index in indexes where index.columns == columns {
      guard index.rows.lowerBound == runs.last?.rows.upperBound ?? 0,
        index.upper == runs.first?.upper ?? index.upper
      else { break }
      runs.append(index)
    }
    guard !runs.isEmpty else { return nil }
    self.runs = runs
  }

  /// The rows covered, from the first one on.
  var rows: Int { runs.last?.rows.upperBound ?? 0 }
  var upper: UInt64 { runs[0].upper }
  var least: UInt32 { runs[0].least }
  /// About how many words there are: at least as many as in any one.
  var filledGroups: Int { runs.reduce(0) { max($0, $1.filledGroups) } }
  var blobs: [Int] { runs.map(\.blob.number) }
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

extension KeyIndex {
  /// Looks keys up in what lies in a base: in the first run, and in the others as hits are expanded.
  func probeStored(_ words: [UInt64], _ stored: StoredIndexRuns, _ hits: inout Hits) {
    hits.words = stored.runs.count > 1 ? words : []
    hits.run = 0
    let run = stored.runs[0]
    for i in 0..<hits.count {
      let places = run.places(of: words[i])
      hits.starts[i] = places.lowerBound
      hits.ends[i] = places.upperBound
    }
  }

  /// The rows of a word in a base.
  func storedRows(_ word: UInt64, _ stored: StoredIndexRuns) -> [UInt32] {
    stored.runs.flatMap { run in run.places(of: word).map { run.row(Int($0)) } }
  }

  /// `expand` where the groups lie in a base.
  func expandStored(
    _ stored: StoredIndexRuns, _ hits: inout Hits, within rows: Range<UInt32>,
    probes: inout [UInt32], matched: inout [UInt32], count: inout Int, capacity: Int
  ) -> Bool {
    var out = 0
    var i = hits.next
    defer { count = out }
    while i < hits.count {
      while true {
        let run = stored.runs[hits.run]
        var from = Int(hits.starts[i])
        let end = Int(hits.ends[i])
        while from < end {
          if out == capacity {
            hits.starts[i] = UInt32(from)
            hits.next = i
            return true
          }
          let row = run.row(from)
          if rows.contains(row) {
            probes[out] = UInt32(i)
            matched[out] = row
            out += 1
          }
          from += 1
        }
        hits.starts[i] = hits.ends[i]
        guard hits.run + 1 < stored.runs.count else { break }
        hits.run += 1
        let places = stored.runs[hits.run].places(of: hits.words[i])
        hits.starts[i] = places.lowerBound
        hits.ends[i] = places.upperBound
      }
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
      hits.run = 0
      i += 1
    }
    hits.next = hits.count
    return false
  }
}
