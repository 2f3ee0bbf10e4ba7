/// Reads the objects of a JSON array, or of JSON Lines, as records.
///
/// The columns are the keys of the objects seen until they are settled, in the order of their first
/// occurrence. A nested object or array is its JSON text. Of a key that occurs twice in an object the
/// last value counts. In JSON Lines an object that cannot be read is a bad row; in an array it ends
/// the reading, since nothing says where the next one begins.
final class JSONRecordDecoder: RecordDecoder {
  private(set) var columns: [String] = []
  private(set) var line = 1
  private(set) var lateColumns: [LateColumn] = []

  private let path: String
  private let format: FileFormat
  private var isSettled = false
  private var state: State
  private var columnOfKey: [String: Int] = [:]
  private var keyBytes: [[UInt8]] = []
  /// The column of the key at each position of the last object: the next one is as a rule alike.
  private var keyOrder: [Int] = []

  /// What an array expects next; JSON Lines always expect an element.
  private enum State { case array, first, element, separator, done }

  init(path: String, format: FileFormat) {
    self.path = path
    self.format = format
    state = format == .json ? .array : .element
  }

  func settleColumns() { isSettled = true }

  func decode(
    _ batch: inout RecordBatch, end: Int, isLast: Bool
  ) throws(FormatFailure) -> Int {
    var done = 0
    var cursor = JSONScanner(at: 0, end: end)
    while batch.recordCount + batch.badRows.count < RecordLimits.records(columns: batch.stride) {
      let isThere = cursor.skipSpace(batch.bytes.span)
      // White space belongs to nobody, so it may be dropped.
      line += countLines(batch.bytes, from: done, to: cursor.at)
      done = cursor.at
      if !isThere {
        if isLast && format == .json && state != .done { throw failure(.truncated(format: format)) }
        break
      }
      if format == .json, try punctuation(batch.bytes[done]) {
        cursor.at += 1
        done += 1
        continue
      }
      if try record(&batch, &cursor) {
        done = cursor.at
        if format == .json { state = .separator }
        continue
      }
      switch cursor.stop {
      case .incomplete, .none:
        if isLast { throw failure(.truncated(format: format)) }
        return done
      case .tooDeep:
        line += countLines(batch.bytes, from: done, to: cursor.at)
        throw failure(.tooDeep(limit: JSONScanner.depthLimit))
      case .malformed where isLast && cursor.at >= end - 1:
        // What is wrong is only the line end that closes every file.
        throw failure(.truncated(format: format))
      case .malformed(let detail):
        if format == .json {
          line += countLines(batch.bytes, from: done, to: cursor.at)
          throw failure(.malformed(format: format, detail: detail))
        }
        var next = done
        while next < end, batch.bytes[next] != 0x0A { next += 1 }
        if next == end && !isLast { return done }
        batch.badRows.append(BadRow(line: line, cause: "not JSON: \(detail)"))
        done = next
        cursor = JSONScanner(at: next, end: end)
      }
    }
    return done
  }

  private func failure(_ problem: FormatProblem) -> FormatFailure {
    FormatFailure(file: path, line: line, problem: problem)
  }

  /// Takes the brackets and commas of the array; false where an element begins.
  private func punctuation(_ byte: UInt8) throws(FormatFailure) -> Bool {
    switch (state, byte) {
    case (.array, UInt8(ascii: "[")): state = .first
    case (.first, UInt8(ascii: "]")), (.separator, UInt8(ascii: "]")): state = .done
    case (.separator, UInt8(ascii: ",")): state = .element
    case (.first, _), (.element, _): return false
    case (.array, _):
      throw failure(
        .malformed(format: format, detail: "an array of objects expected, in `[` and `]`"))
    case (.separator, _):
      throw failure(
        .malformed(format: format, detail: "a comma or `]` expected after an object"))
    case (.done, _):
      throw failure(.malformed(format: format, detail: "text follows the array's `]`"))
    }
    return true
  }

  /// Reads one object as a record; false where the scanner cannot go on.
  private func record(
    _ batch: inout RecordBatch, _ cursor: inout JSONScanner
  ) throws(FormatFailure) -> Bool {
    guard cursor.expect(UInt8(ascii: "{"), "an object", batch.bytes.span) else { return false }
    let record = batch.recordCount
    let start = cursor.at
    let lateCount = lateColumns.count
    clear(&batch, record)
    var hasEscapes = false
    var index = 0
    guard cursor.skipSpace(batch.bytes.span) else { return false }
    if batch.bytes[cursor.at] == UInt8(ascii: "}") {
      cursor.at += 1
    } else {
      while true {
        guard let key = cursor.string(batch.bytes.span),
          cursor.expect(UInt8(ascii: ":"), "a colon", batch.bytes.span),
          let value = cursor.value(batch.bytes.span), cursor.skipSpace(batch.bytes.span)
        else {
          lateColumns.removeLast(lateColumns.count - lateCount)
          return false
        }
        if let column = try column(key, position: index, batch.bytes) {
          if column >= batch.columnCount {
            batch.widen(toColumns: column + 1)
            batch.reserveRecords(record + 1)
          }
          batch.fields[record * batch.stride + column] = value
          if value.isEscaped { hasEscapes = true }
        }
        index += 1
        let byte = batch.bytes[cursor.at]
        cursor.at += 1
        if byte == UInt8(ascii: "}") { break }
        if byte != UInt8(ascii: ",") {
          cursor.at -= 1
          return cursor.fail("a comma or `}`", batch.bytes.span)
        }
      }
    }
    batch.lines[record] = UInt32(truncatingIfNeeded: line)
    // Counted before escapes turn into line feeds.
    line += countLines(batch.bytes, from: start, to: cursor.at)
    if hasEscapes { unescape(&batch, record) }
    batch.recordCount += 1
    return true
  }

  /// Makes every field of a record missing.
  private func clear(_ batch: inout RecordBatch, _ record: Int) {
    if batch.lines.count <= record || batch.fields.count < (record + 1) * batch.stride {
      batch.reserveRecords(
        max(64, min(record * 2, RecordLimits.records(columns: batch.stride) + 1)))
      batch.reserveRecords(record + 1)
    }
    for slot in (record * batch.stride)..<((record + 1) * batch.stride) {
      batch.fields[slot] = .missing
    }
  }

  private func unescape(_ batch: inout RecordBatch, _ record: Int) {
    for column in 0..<batch.columnCount {
      let slot = record * batch.stride + column
      if batch.fields[slot].isEscaped {
        batch.fields[slot] = unescapeJSON(batch.fields[slot], in: &batch.bytes)
      }
    }
  }

  /// The column of a key; nil where it comes too late to be one.
  private func column(
    _ key: FieldSlice, position: Int, _ bytes: [UInt8]
  ) throws(FormatFailure) -> Int? {
    if position < keyOrder.count, !key.isEscaped {
      let guess = keyOrder[position]
      if isSame(keyBytes[guess], bytes, key) { return guess }
    }
    var text = Array(bytes[key.range])
    if key.isEscaped {
      let whole = FieldSlice(offset: 0, length: text.count)
      let plain = unescapeJSON(whole, in: &text)
      text.removeLast(text.count - plain.length)
    }
    let name = String(decoding: text, as: UTF8.self)
    let found: Int
    if let known = columnOfKey[name] {
      found = known
    } else if isSettled {
      if lateColumns.count < 100, !lateColumns.contains(where: { $0.name == name }) {
        lateColumns.append(LateColumn(name: name, line: line))
      }
      return nil
    } else {
      found = columns.count
      if found == RecordLimits.columns {
        throw failure(.tooManyColumns(limit: RecordLimits.columns))
      }
      columns.append(name)
      columnOfKey[name] = found
      keyBytes.append(text)
    }
    if position < keyOrder.count {
      keyOrder[position] = found
    } else if position == keyOrder.count, position < RecordLimits.columns {
      keyOrder.append(found)
    }
    return found
  }

  private func isSame(_ name: [UInt8], _ bytes: [UInt8], _ key: FieldSlice) -> Bool {
    guard name.count == key.length else { return false }
    var index = 0
    while index < name.count, name[index] == bytes[key.offset &+ index] { index &+= 1 }
    return index == name.count
  }
}

/// The number of line feeds in a part of an array of bytes.
func countLines(_ bytes: [UInt8], from start: Int, to end: Int) -> Int {
  bytes.withUnsafeBytes { countLines($0, from: start, to: end) }
}
