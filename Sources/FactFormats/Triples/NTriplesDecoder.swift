/// Reads N-Triples: a line for each triple, comments with `#`.
///
/// A name in angle brackets is its text without them, a blank node keeps its `_:`, a literal is its
/// text without language or type; one with a type other than string may be a number or date. A line
/// that is no triple is a bad row.
final class NTriplesDecoder: RecordDecoder {
  let columns = ["subject", "predicate", "object"]
  private(set) var line = 1
  let lateColumns: [LateColumn] = []

  init(path: String) {}

  func settleColumns() {}

  func decode(
    _ batch: inout RecordBatch, end: Int, isLast: Bool
  ) throws(FormatFailure) -> Int {
    let room = RecordLimits.records(columns: columns.count)
    // The shortest triple is two empty names, an empty object, a full stop and a line end.
    batch.reserveRecords(min(room, end / 8 + 1))
    var start = 0
    while batch.recordCount + batch.badRows.count < room {
      guard let lineEnd = lineFeed(batch.bytes.span, from: start, end: end) else { break }
      var cursor = TripleCursor(at: start, end: lineEnd)
      cursor.skipBlanks(batch.bytes.span)
      if !cursor.isAtEnd(batch.bytes.span) {
        if cursor.triple(batch.bytes.span) {
          store(cursor.terms, &batch)
        } else {
          batch.badRows.append(BadRow(line: line, cause: "no triple: \(cursor.fault)"))
        }
      }
      line += 1
      start = lineEnd + 1
    }
    return start
  }

  private func lineFeed(_ bytes: Span<UInt8>, from start: Int, end: Int) -> Int? {
    var at = start
    while at < end {
      if bytes[at] == 0x0A { return at }
      at &+= 1
    }
    return nil
  }

  private func store(_ terms: [FieldSlice], _ batch: inout RecordBatch) {
    let base = batch.recordCount * batch.stride
    for (index, term) in terms.enumerated() {
      let plain = term.isEscaped ? unescape(term, &batch.bytes) : term
      batch.fields[base + index] = plain
    }
    batch.lines[batch.recordCount] = UInt32(truncatingIfNeeded: line)
    batch.recordCount += 1
  }

  /// Replaces escapes in place; the cursor has checked them.
  private func unescape(_ slice: FieldSlice, _ bytes: inout [UInt8]) -> FieldSlice {
    var read = slice.offset
    var write = slice.offset
    let end = slice.offset + slice.length
    while read < end {
      let byte = bytes[read]
      guard byte == 0x5C else {
        bytes[write] = byte
        write += 1
        read += 1
        continue
      }
      let escape = bytes[read + 1]
      read += 2
      switch escape {
      case UInt8(ascii: "u"), UInt8(ascii: "U"):
        let count = escape == UInt8(ascii: "u") ? 4 : 8
        var value: UInt32 = 0
        for index in read..<(read + count) { value = value &<< 4 | (hexDigit(bytes[index]) ?? 0) }
        read += count
        write = appendScalar(value, to: &bytes, at: write)
        continue
      case UInt8(ascii: "t"): bytes[write] = 0x09
      case UInt8(ascii: "b"): bytes[write] = 0x08
      case UInt8(ascii: "n"): bytes[write] = 0x0A
      case UInt8(ascii: "r"): bytes[write] = 0x0D
      case UInt8(ascii: "f"): bytes[write] = 0x0C
      default: bytes[write] = escape
      }
      write += 1
    }
    let flags = slice.isString ? FieldSlice.stringFlag : 0
    return FieldSlice(offset: slice.offset, length: write - slice.offset, flags: flags)
  }
}

/// Walks over one line of N-Triples.
struct TripleCursor {
  private var at: Int
  private let end: Int
  private(set) var terms: [FieldSlice] = []
  /// What is wrong, after a function has returned false.
  private(set) var fault = ""

  init(at: Int, end: Int) {
    self.at = at
    self.end = end
  }

  mutating func skipBlanks(_ bytes: Span<UInt8>) {
    while at < end, bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0D { at += 1 }
  }

  /// Whether the line, or what is left of it, holds nothing but a comment.
  func isAtEnd(_ bytes: Span<UInt8>) -> Bool { at == end || bytes[at] == UInt8(ascii: "#") }

  /// Reads the three terms and the full stop.
  mutating func triple(_ bytes: Span<UInt8>) -> Bool {
    guard name(bytes, "a subject"), name(bytes, "a predicate"), object(bytes) else { return false }
    skipBlanks(bytes)
    guard at < end, bytes[at] == UInt8(ascii: ".") else {
      return refuse("a full stop expected after the object")
    }
    at += 1
    skipBlanks(bytes)
    return isAtEnd(bytes) || refuse("text follows the full stop")
  }

  private mutating func refuse(_ cause: String) -> Bool {
    fault = cause
    return false
  }

  /// Reads `<…>` or `_:…`.
  private mutating func name(_ bytes: Span<UInt8>, _ wanted: String) -> Bool {
    skipBlanks(bytes)
    guard at < end else { return refuse("\(wanted) expected") }
    if bytes[at] == UInt8(ascii: "<") {
      return delimited(bytes, by: UInt8(ascii: ">"), flags: FieldSlice.stringFlag)
    }
    guard bytes[at] == UInt8(ascii: "_"), at + 2 < end, bytes[at + 1] == UInt8(ascii: ":") else {
      return refuse("\(wanted) expected, in `<` and `>` or with `_:`")
    }
    let start = at
    at += 2
    // A full stop belongs to a label only if the label goes on after it.
    var next = at
    while next < end, isLabel(bytes[next]) || bytes[next] == UInt8(ascii: ".") {
      if bytes[next] != UInt8(ascii: ".") { at = next + 1 }
      next += 1
    }
    terms.append(FieldSlice(offset: start, length: at - start, flags: FieldSlice.stringFlag))
    return at > start + 2 || refuse("a label expected after `_:`")
  }

  private func isLabel(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 26
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")
  }

  private mutating func object(_ bytes: Span<UInt8>) -> Bool {
    skipBlanks(bytes)
    guard at < end, bytes[at] == 0x22 else { return name(bytes, "an object") }
    guard delimited(bytes, by: 0x22, flags: FieldSlice.stringFlag) else { return false }
    if at < end, bytes[at] == UInt8(ascii: "@") {
      at += 1
      let start = at
      while at < end,
        (bytes[at] | 0x20) &- 0x61 < 26 || bytes[at] == UInt8(ascii: "-")
          || bytes[at] &- 0x30 <= 9
      {
        at += 1
      }
      return at > start || refuse("a language expected after `@`")
    }
    if at + 2 < end, bytes[at] == UInt8(ascii: "^"), bytes[at + 1] == UInt8(ascii: "^") {
      at += 2
      guard bytes[at] == UInt8(ascii: "<"),
        delimited(bytes, by: UInt8(ascii: ">"), flags: 0), let type = terms.popLast()
      else { return refuse("a type in `<` and `>` expected after `^^`") }
      if !isStringType(bytes, type), let literal = terms.popLast() {
        terms.append(FieldSlice(bits: literal.bits & ~FieldSlice.stringFlag))
      }
    }
    return true
  }

  private func isStringType(_ bytes: Span<UInt8>, _ type: FieldSlice) -> Bool {
    let ending: StaticString = "#string"
    let count = ending.utf8CodeUnitCount
    guard type.length >= count else { return false }
    let start = type.offset + type.length - count
    for index in 0..<count where bytes[start + index] != ending.utf8Start[index] { return false }
    return true
  }

  /// Reads a term up to its closing character and checks its escapes.
  private mutating func delimited(_ bytes: Span<UInt8>, by close: UInt8, flags: UInt64) -> Bool {
    let start = at + 1
    var flags = flags
    at = start
    while at < end {
      let byte = bytes[at]
      if byte == close {
        terms.append(FieldSlice(offset: start, length: at - start, flags: flags))
        at += 1
        return true
      }
      if byte == 0x5C {
        flags |= FieldSlice.escapedFlag
        guard skipEscape(bytes) else { return refuse("an escape is not readable") }
      } else {
        at += 1
      }
    }
    return refuse("a closing `\(Character(Unicode.Scalar(close)))` is missing")
  }

  private mutating func skipEscape(_ bytes: Span<UInt8>) -> Bool {
    guard at + 1 < end else { return false }
    let escape = bytes[at + 1]
    at += 2
    var count = 0
    switch escape {
    case UInt8(ascii: "u"): count = 4
    case UInt8(ascii: "U"): count = 8
    case UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "n"), UInt8(ascii: "r"),
      UInt8(ascii: "f"), 0x22, 0x27, 0x5C:
      return true
    default: return false
    }
    guard at + count <= end else { return false }
    var value: UInt32 = 0
    for index in at..<(at + count) {
      guard let digit = hexDigit(bytes[index]) else { return false }
      value = value &<< 4 | digit
    }
    at += count
    return Unicode.Scalar(value) != nil
  }
}
