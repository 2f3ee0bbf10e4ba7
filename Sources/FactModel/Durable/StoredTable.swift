/// One column of a stored segment: all of a `Column` but the codes, and where they are.
struct StoredColumn: Sendable {
  /// How words follow from codes: 0 constant, 1 run, 2 codes of `width` bytes.
  var form: UInt8
  var width: Int
  var kinds: UInt8
  var base: UInt64
  var maximum: UInt64
  /// The number of the value with the codes, 0 where there are none.
  var blob: Int
}

/// Rows that were written together: 65,536, or fewer at the end of a table.
struct StoredSegment {
  var count: Int
  var columns: [StoredColumn]
}

/// A bitmap or the like of a segment, and where it is.
struct StoredStateEntry {
  var kind: StateKind
  var block: Int
  var blob: Int
  var size: Int
}

/// What of a table lies in a base.
final class StoredTable {
  let id: Int
  /// The rows that are stored.
  var rowCount = 0
  /// Full segments.
  var segments: [StoredSegment] = []
  /// What follows them, in pieces.
  var pieces: [StoredSegment] = []
  /// Rows by their hash, in ranges that follow one another from row 0 on.
  var identity: [IdentityRun] = []

  /// What is stored beside the words, at most one of a kind and segment.
  var states: [StoredStateEntry] = []
  /// Rows by the words of a column.
  var indexes: [StoredIndex] = []

  init(id: Int) { self.id = id }

  /// The rows that are in `identity`.
  var identified: Int { identity.last?.rows.upperBound ?? 0 }

  /// The row of a table that has these words, among those in `identity`.
  func find(_ words: [UInt64], hash: UInt32, in table: Table) -> UInt32? {
    for run in identity.reversed() {
      if let row = run.candidates(hash: hash, { table.equals($0, words) }) { return row }
    }
    return nil
  }

  /// The numbers of all values that belong to it.
  var blobs: [Int] {
    var numbers: [Int] = []
    for segment in segments + pieces {
      for column in segment.columns where column.blob != 0 { numbers.append(column.blob) }
    }
    return numbers + identity.map(\.blob.number) + indexes.map(\.blob.number)
      + states.map(\.blob)
  }

  // MARK: As bytes

  /// An index as a directory names it.
  struct IndexEntry {
    var column: Int
    var rows: Range<Int>
    var blob: Int
    var size: Int
    var shape: StoredIndexShape
  }

  /// The indexes as a directory names them.
  var indexEntries: [IndexEntry] {
    indexes.map {
      IndexEntry(
        column: $0.columns[0], rows: $0.rows, blob: $0.blob.number, size: $0.blob.size,
        shape: $0.shape)
    }
  }

  /// The directory as it is stored, with the rows and numbers of the runs of `identity`.
  func encoded(
    identity runs: [(rows: Int, blob: Int)], indexes: [IndexEntry]
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.number(rowCount)
    for list in [segments, pieces] {
      writer.number(list.count)
      for segment in list {
        writer.number(segment.count)
        for column in segment.columns {
          writer.byte(column.form)
          writer.byte(UInt8(column.width))
          writer.byte(column.kinds)
          writer.word(column.base)
          writer.word(column.maximum)
          writer.number(column.blob)
        }
      }
    }
    writer.number(runs.count)
    for run in runs {
      writer.number(run.rows)
      writer.number(run.blob)
    }
    writer.number(indexes.count)
    for index in indexes {
      for number in [
        index.column, index.rows.lowerBound, index.rows.count, index.blob, index.size,
      ] {
        writer.number(number)
      }
      index.shape.write(to: &writer)
    }
    writer.number(states.count)
    for state in states {
      writer.byte(state.kind.rawValue)
      for number in [state.block, state.blob, state.size] { writer.number(number) }
    }
    return writer.sealed
  }

  /// Reads a directory; `blob` finds a value of a number and size.
  init(
    id: Int, arity: Int, reading bytes: UnsafeRawBufferPointer,
    blob: (_ number: Int, _ size: Int) throws -> StoredBlob
  ) throws {
    self.id = id
    var reader = try ByteReader(sealed: bytes)
    rowCount = try reader.count()
    segments = try StoredTable.segments(&reader, arity)
    pieces = try StoredTable.segments(&reader, arity)
    let sum = (segments + pieces).reduce(0) { $0 + $1.count }
    guard sum == rowCount, segments.allSatisfy({ $0.count == Segment.rowLimit }) || arity == 0,
      pieces.reduce(0, { $0 + $1.count }) < Segment.rowLimit || arity == 0
    else { throw UnreadableBytes() }
    var first = 0
    for _ in 0..<(try reader.count(of: 2)) {
      let count = try reader.count()
      let number = try reader.count()
      guard first + count <= rowCount else { throw UnreadableBytes() }
      let value = try blob(number, IdentityRun.size(count))
      guard let run = IdentityRun(rows: first..<first + count, blob: value) else {
        throw UnreadableBytes()
      }
      identity.append(run)
      first += count
    }
    for _ in 0..<(try reader.count(of: 17)) {
      let column = try reader.count()
      let first = try reader.count()
      let rows = first..<first + (try reader.count())
      let value = try blob(try reader.count(), try reader.count())
      let shape = try StoredIndexShape(reading: &reader)
      guard column < arity, !rows.isEmpty, rows.upperBound <= rowCount,
        let index = StoredIndex(columns: [column], rows: rows, shape: shape, blob: value)
      else { throw UnreadableBytes() }
      indexes.append(index)
    }
    for _ in 0..<(try reader.count(of: 4)) {
      guard let kind = StateKind(rawValue: try reader.byte()) else { throw UnreadableBytes() }
      let entry = StoredStateEntry(
        kind: kind, block: try reader.count(), blob: try reader.count(), size: try reader.count())
      guard kind == .retractions ? entry.block == 0 : entry.block << 16 < max(rowCount, 1),
        kind.admits(size: entry.size)
      else { throw UnreadableBytes() }
      states.append(entry)
    }
  }

  private static func segments(
    _ reader: inout ByteReader, _ arity: Int
  ) throws -> [StoredSegment] {
    var result: [StoredSegment] = []
    for _ in 0..<(try reader.count(of: 1)) {
      let count = try reader.count()
      guard count <= Segment.rowLimit else { throw UnreadableBytes() }
      var columns: [StoredColumn] = []
      for _ in 0..<arity {
        let form = try reader.byte()
        let width = Int(try reader.byte())
        guard form <= 2, form == 2 ? (1...8).contains(width) : width == 0 else {
          throw UnreadableBytes()
        }
        columns.append(
          StoredColumn(
            form: form, width: width, kinds: try reader.byte(), base: try reader.word(),
            maximum: try reader.word(), blob: try reader.count()))
      }
      result.append(StoredSegment(count: count, columns: columns))
    }
    return result
  }
}
