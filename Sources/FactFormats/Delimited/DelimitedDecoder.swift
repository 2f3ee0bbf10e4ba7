/// Reads CSV and TSV.
///
/// Blank lines are passed over. A record with too few or too many fields is a bad row.
final class DelimitedDecoder: RecordDecoder {
  private(set) var columns: [String] = []
  private(set) var line = 1
  let lateColumns: [LateColumn] = []

  private let path: String
  private let format: FileFormat
  private let hasHeader: Bool
  private let hasQuotes: Bool
  private var hasColumns = false

  init(path: String, format: FileFormat, hasHeader: Bool, hasQuotes: Bool) {
    self.path = path
    self.format = format
    self.hasHeader = hasHeader
    self.hasQuotes = hasQuotes
  }

  private var delimiter: UInt8 { format == .tsv ? 0x09 : UInt8(ascii: ",") }

  func settleColumns() {}

  func decode(
    _ batch: inout RecordBatch, end: Int, isLast: Bool
  ) throws(FormatFailure) -> Int {
    if !hasColumns {
      guard let first = try firstRecord(batch.bytes, end: end, isLast: isLast) else { return end }
      // A header is done with; without one the first record is read again as a record.
      if hasHeader || !hasColumns { return first }
    }
    if batch.columnCount != columns.count { batch.reset(columnCount: columns.count) }
    // Room for fields of four bytes on average. Where they are shorter, the scanner stops early and
    // the rest is carried over, which costs less than touching memory that is rarely needed.
    let likely = end / (4 * columns.count) + 16
    let room = min(RecordLimits.records(columns: columns.count), likely)
    batch.reserveRecords(room)
    let scanner = TextScanner(
      delimiter: delimiter, hasQuotes: hasQuotes, columnCount: columns.count, isLast: isLast)
    let firstLine = line
    let outcome = batch.bytes.withUnsafeMutableBytes { bytes in
      batch.fields.withUnsafeMutableBufferPointer { fields in
        batch.lines.withUnsafeMutableBufferPointer { lines in
          scanner.scanMany(
            bytes, end: end, line: firstLine, fields: fields, lines: lines, maxRecords: room)
        }
      }
    }
    if outcome.openQuoteLine > 0, isLast, outcome.recordCount == 0, outcome.badRows.isEmpty {
      throw FormatFailure(file: path, line: outcome.openQuoteLine, problem: .unclosedQuote)
    }
    batch.recordCount = outcome.recordCount
    batch.badRows = outcome.badRows
    line = outcome.line
    return outcome.consumed
  }

  /// Finds the columns from the first record and returns the offset after it.
  ///
  /// Returns 0 where the window holds no whole record, and nil where it holds blank lines alone.
  private func firstRecord(
    _ bytes: [UInt8], end: Int, isLast: Bool
  ) throws(FormatFailure) -> Int? {
    var start = 0
    var lines = 0
    while start < end, bytes[start] == 0x0A || bytes[start] == 0x0D {
      if bytes[start] == 0x0A { lines += 1 }
      start += 1
    }
    if start == end {
      line += lines
      return nil
    }
    var names: [String] = []
    var name: [UInt8] = []
    var isQuoted = false
    var quoteLine = 0
    var at = start
    while at < end {
      let byte = bytes[at]
      at += 1
      if isQuoted {
        if byte == 0x0A { lines += 1 }
        if byte != 0x22 {
          name.append(byte)
        } else if at < end, bytes[at] == 0x22 {
          name.append(byte)
          at += 1
        } else {
          isQuoted = false
        }
        continue
      }
      if byte == 0x22, hasQuotes, name.isEmpty {
        isQuoted = true
        quoteLine = line + lines
        continue
      }
      if byte != delimiter && byte != 0x0A {
        name.append(byte)
        continue
      }
      if byte == 0x0A, name.last == 0x0D { name.removeLast() }
      names.append(String(decoding: name, as: UTF8.self))
      name = []
      if names.count > RecordLimits.columns {
        throw FormatFailure(
          file: path, line: line + lines, problem: .tooManyColumns(limit: RecordLimits.columns))
      }
      if byte == 0x0A {
        setColumns(names)
        if hasHeader { line += lines + 1 }
        return at
      }
    }
    if isLast {
      throw FormatFailure(file: path, line: quoteLine, problem: .unclosedQuote)
    }
    return 0
  }

  /// Takes the header, or numbers the columns.
  private func setColumns(_ names: [String]) {
    hasColumns = true
    columns = hasHeader ? uniqueNames(names) : names.indices.map { "c\($0 + 1)" }
  }
}

/// Names made unique: without blanks around them, an empty one `c` and its position, a repeated one
/// with `_2`, `_3`, ….
func uniqueNames(_ names: [String]) -> [String] {
  var taken: Set<String> = []
  var result: [String] = []
  for (index, name) in names.enumerated() {
    var plain = Substring(name)
    while let first = plain.first, first == " " { plain.removeFirst() }
    while let last = plain.last, last == " " { plain.removeLast() }
    let wanted = plain.isEmpty ? "c\(index + 1)" : String(plain)
    var unique = wanted
    var number = 2
    while !taken.insert(unique.lowercased()).inserted {
      unique = "\(wanted)_\(number)"
      number += 1
    }
    result.append(unique)
  }
  return result
}
