/// Reads company facts as the SEC serves them, one record for each reported value.
///
/// The file is one object, nested by taxonomy, concept and unit; what stands above a value is repeated
/// in its record. It is read as a stream: the decoder remembers only where it is.
final class CompanyFactsDecoder: RecordDecoder {
  let columns = [
    "cik", "entity", "taxonomy", "concept", "label", "unit", "start", "end", "value", "accession",
    "fiscal_year", "fiscal_period", "form", "filed", "frame",
  ]
  private(set) var line = 1
  let lateColumns: [LateColumn] = []

  private let path: String
  private var level = Level.file
  private var due = Due.first
  private var hasFacts = false
  /// The first six columns of the records that follow.
  private var context = [Text](repeating: Text(), count: 6)
  /// Where the context lies in the present batch, once a record there needs it.
  private var placed: [FieldSlice] = []

  /// What is open at the moment; each level stands within the one before.
  private enum Level: Int { case file, company, taxonomies, concepts, concept, units, values }
  /// What the open bracket expects next.
  private enum Due { case first, item, separator }

  /// A text kept across windows.
  private struct Text {
    var bytes: [UInt8] = []
    var flags = FieldSlice.missingFlag
  }

  init(path: String) { self.path = path }

  func settleColumns() {}

  func decode(
    _ batch: inout RecordBatch, end: Int, isLast: Bool
  ) throws(FormatFailure) -> Int {
    let room = RecordLimits.records(columns: columns.count)
    // The shortest record is an empty object and its comma.
    batch.reserveRecords(min(room, end / 3 + 1))
    placed = []
    // The context goes behind the window and its padding, where nothing is read into.
    var contextEnd = end + RecordLimits.padding
    var done = 0
    var cursor = JSONScanner(at: 0, end: end)
    while batch.recordCount < room {
      let isThere = cursor.skipSpace(batch.bytes.span)
      line += countLines(batch.bytes, from: done, to: cursor.at)
      done = cursor.at
      if !isThere {
        if isLast && !(level == .file && due == .separator) {
          throw failure(.truncated(format: .companyfacts))
        }
        break
      }
      if try step(&batch, &cursor, &contextEnd) {
        done = cursor.at
        continue
      }
      if cursor.stop != .incomplete { line += countLines(batch.bytes, from: done, to: cursor.at) }
      switch cursor.stop {
      case .incomplete, .none:
        if isLast { throw failure(.truncated(format: .companyfacts)) }
        return done
      case .tooDeep:
        throw failure(.tooDeep(limit: JSONScanner.depthLimit))
      case .malformed where isLast && cursor.at >= end - 1:
        // What is wrong is only the line end that closes every file.
        throw failure(.truncated(format: .companyfacts))
      case .malformed(let detail):
        throw failure(.malformed(format: .companyfacts, detail: detail))
      }
    }
    return done
  }

  private func failure(_ problem: FormatProblem) -> FormatFailure {
    FormatFailure(file: path, line: line, problem: problem)
  }

  /// Takes one bracket, comma, key or value; nothing changes where it is not whole in the window.
  private func step(
    _ batch: inout RecordBatch, _ cursor: inout JSONScanner, _ contextEnd: inout Int
  ) throws(FormatFailure) -> Bool {
    let byte = batch.bytes[cursor.at]
    if level == .file {
      if due == .separator { return cursor.refuse("text follows the closing bracket") }
      guard cursor.expect(UInt8(ascii: "{"), "an object", batch.bytes.span) else { return false }
      enter(.company)
      return true
    }
    let closing = level == .values ? UInt8(ascii: "]") : UInt8(ascii: "}")
    if due != .item && byte == closing {
      cursor.at += 1
      level = Level(rawValue: level.rawValue - 1) ?? .file
      due = .separator
      if level == .file && !hasFacts {
        cursor.at -= 1
        return cursor.refuse("the key `facts` is missing")
      }
      return true
    }
    if due == .separator {
      guard byte == UInt8(ascii: ",") else {
        return cursor.fail("a comma or closing bracket", batch.bytes.span)
      }
      cursor.at += 1
      due = .item
      return true
    }
    if level == .values { return record(&batch, &cursor, &contextEnd) }
    let start = cursor.at
    guard let key = cursor.string(batch.bytes.span),
      cursor.expect(UInt8(ascii: ":"), "a colon", batch.bytes.span),
      member(key, batch.bytes, &cursor)
    else { return false }
    line += countLines(batch.bytes, from: start, to: cursor.at)
    return true
  }

  private func enter(_ level: Level) {
    self.level = level
    due = .first
  }

  /// Takes the value of a key, or enters it.
  private func member(
    _ key: FieldSlice, _ bytes: [UInt8], _ cursor: inout JSONScanner
  ) -> Bool {
    let name = String(decoding: bytes[key.range], as: UTF8.self)
    switch (level, name) {
    case (.company, "facts"):
      guard cursor.expect(UInt8(ascii: "{"), "an object", bytes.span) else { return false }
      hasFacts = true
      enter(.taxonomies)
    case (.company, "cik"): return remember(0, bytes, &cursor)
    case (.company, "entityName"): return remember(1, bytes, &cursor)
    case (.concept, "label"): return remember(4, bytes, &cursor)
    case (.concept, "units"):
      guard cursor.expect(UInt8(ascii: "{"), "an object", bytes.span) else { return false }
      enter(.units)
    case (.company, _), (.concept, _):
      if cursor.value(bytes.span) == nil { return false }
      due = .separator
    case (.taxonomies, _):
      guard cursor.expect(UInt8(ascii: "{"), "an object", bytes.span) else { return false }
      set(2, key, bytes)
      enter(.concepts)
    case (.concepts, _):
      guard cursor.expect(UInt8(ascii: "{"), "an object", bytes.span) else { return false }
      set(3, key, bytes)
      set(4, .missing, bytes)
      enter(.concept)
    default:
      guard cursor.expect(UInt8(ascii: "["), "an array", bytes.span) else { return false }
      set(5, key, bytes)
      enter(.values)
    }
    return true
  }

  private func remember(_ index: Int, _ bytes: [UInt8], _ cursor: inout JSONScanner) -> Bool {
    guard let value = cursor.value(bytes.span) else { return false }
    set(index, value, bytes)
    due = .separator
    return true
  }

  private func set(_ index: Int, _ slice: FieldSlice, _ bytes: [UInt8]) {
    var text = Text()
    if !slice.isMissing {
      text.bytes = Array(bytes[slice.range])
      text.flags = slice.isString ? FieldSlice.stringFlag : 0
      if slice.isEscaped {
        let whole = FieldSlice(offset: 0, length: text.bytes.count)
        let plain = unescapeJSON(whole, in: &text.bytes)
        text.bytes.removeLast(text.bytes.count - plain.length)
      }
    }
    context[index] = text
    placed = []
  }

  /// Reads one reported value.
  private func record(
    _ batch: inout RecordBatch, _ cursor: inout JSONScanner, _ contextEnd: inout Int
  ) -> Bool {
    guard cursor.expect(UInt8(ascii: "{"), "an object", batch.bytes.span) else { return false }
    let start = cursor.at
    let base = batch.recordCount * batch.stride
    for slot in (base + 6)..<(base + columns.count) { batch.fields[slot] = .missing }
    guard cursor.skipSpace(batch.bytes.span) else { return false }
    var isOpen = batch.bytes[cursor.at] != UInt8(ascii: "}")
    if !isOpen { cursor.at += 1 }
    while isOpen {
      guard let key = cursor.string(batch.bytes.span),
        cursor.expect(UInt8(ascii: ":"), "a colon", batch.bytes.span),
        let value = cursor.value(batch.bytes.span), cursor.skipSpace(batch.bytes.span)
      else { return false }
      if let column = column(String(decoding: batch.bytes[key.range], as: UTF8.self)) {
        batch.fields[base + column] = value
      }
      let byte = batch.bytes[cursor.at]
      if byte != UInt8(ascii: ",") && byte != UInt8(ascii: "}") {
        return cursor.fail("a comma or `}`", batch.bytes.span)
      }
      cursor.at += 1
      isOpen = byte == UInt8(ascii: ",")
    }
    batch.lines[batch.recordCount] = UInt32(truncatingIfNeeded: line)
    // Counted before escapes turn into line feeds.
    line += countLines(batch.bytes, from: start, to: cursor.at)
    for slot in (base + 6)..<(base + columns.count) where batch.fields[slot].isEscaped {
      batch.fields[slot] = unescapeJSON(batch.fields[slot], in: &batch.bytes)
    }
    if placed.isEmpty { place(&batch, &contextEnd) }
    for index in 0..<6 { batch.fields[base + index] = placed[index] }
    batch.recordCount += 1
    due = .separator
    return true
  }

  private func column(_ key: String) -> Int? {
    switch key {
    case "start": 6
    case "end": 7
    case "val": 8
    case "accn": 9
    case "fy": 10
    case "fp": 11
    case "form": 12
    case "filed": 13
    case "frame": 14
    default: nil
    }
  }

  /// Writes the context into the batch, once for all records that share it.
  private func place(_ batch: inout RecordBatch, _ contextEnd: inout Int) {
    for text in context {
      if text.flags & FieldSlice.missingFlag != 0 {
        placed.append(.missing)
        continue
      }
      placed.append(
        FieldSlice(offset: contextEnd, length: text.bytes.count, flags: text.flags))
      let next = contextEnd + text.bytes.count
      if batch.bytes.count < next {
        batch.bytes.append(contentsOf: repeatElement(0, count: next - batch.bytes.count + 4096))
      }
      batch.bytes.replaceSubrange(contextEnd..<next, with: text.bytes)
      contextEnd = next
    }
  }
}
