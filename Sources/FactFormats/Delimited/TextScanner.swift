/// Finds the fields of delimited records in a window of bytes.
///
/// This is the one place where reading text uses raw loads: eight bytes are looked at together, and
/// only those that may end a field are visited. The bounds are proven once for a window: the caller
/// guarantees eight readable bytes after `end`, and every store is guarded by the shape of the batch.
struct TextScanner {
  let delimiter: UInt8
  let hasQuotes: Bool
  let columnCount: Int
  let isLast: Bool

  /// What one scan found beside the records.
  struct Outcome {
    /// Bytes up to the end of the last whole record.
    var consumed = 0
    /// The line of the byte at `consumed`.
    var line: Int
    var recordCount = 0
    /// The line of a quote that the window does not close, 0 if there is none.
    var openQuoteLine = 0
    var badRows: [BadRow] = []
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F

  /// The high bits of the bytes that equal the pattern's, exactly (no false hits).
  @inline(__always)
  private static func equal(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
    let difference = word ^ pattern
    return ~(((difference & low) &+ low) | difference | low)
  }

  /// Scans whole records until the window or the room for records ends.
  ///
  /// Complexity: linear in the bytes consumed.
  func scan(
    _ bytes: UnsafeMutableRawBufferPointer, from start: Int = 0, end: Int, line firstLine: Int,
    fields: UnsafeMutableBufferPointer<FieldSlice>, lines: UnsafeMutableBufferPointer<UInt32>,
    maxRecords: Int
  ) -> Outcome {
    let room = min(maxRecords, lines.count, fields.count / max(columnCount, 1))
    var outcome = Outcome(line: firstLine)
    outcome.consumed = start
    guard let base = bytes.baseAddress, end + 8 <= bytes.count, room > 0, columnCount > 0 else {
      return outcome
    }
    let delimiterPattern = UInt64(delimiter) &* TextScanner.ones
    let newlinePattern: UInt64 = 0x0A &* TextScanner.ones
    // Without quotes the pattern repeats the delimiter's, which adds no hits.
    let quotePattern = hasQuotes ? 0x22 &* TextScanner.ones : delimiterPattern
    let columnCount = self.columnCount
    let delimiter = self.delimiter

    var line = firstLine
    var records = 0
    var slot = 0
    var column = 0
    var fieldStart = start
    var at = start
    var quotedLines = 0
    var isEscaped = false
    var isSpoilt = false

    scanning: while at < end {
      let word = base.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      var hits =
        TextScanner.equal(word, delimiterPattern) | TextScanner.equal(word, newlinePattern)
        | TextScanner.equal(word, quotePattern)
      let wordStart = at
      at = at &+ 8
      while hits != 0 {
        var hit = wordStart &+ hits.trailingZeroBitCount &>> 3
        hits = hits & (hits &- 1)
        if hit >= end { break }
        let byte = base.load(fromByteOffset: hit, as: UInt8.self)
        if byte == delimiter {
          if column < columnCount {
            fields[slot &+ column] = plainField(fieldStart, hit)
          }
          column = column &+ 1
          fieldStart = hit &+ 1
          continue
        }
        if byte == 0x0A {
          var fieldEnd = hit
          if hit > fieldStart && base.load(fromByteOffset: hit &- 1, as: UInt8.self) == 0x0D {
            fieldEnd = hit &- 1
          }
          if column < columnCount {
            fields[slot &+ column] = plainField(fieldStart, fieldEnd)
          }
          column = column &+ 1
        } else {
          // A quote inside of an unquoted field is a character like any other.
          if hit != fieldStart { continue }
          let quoted = quotedField(base, from: hit, end: end)
          if quoted.after == 0 {
            outcome.openQuoteLine = line + quotedLines
            break scanning
          }
          quotedLines += quoted.lines
          if quoted.isEscaped { isEscaped = true }
          if column < columnCount { fields[slot &+ column] = quoted.field }
          if quoted.ending == .text {
            // Text after the closing quote: go on as if unquoted, so that the record ends where it
            // should, and leave the record out.
            isSpoilt = true
            fieldStart = quoted.after &- 1
            at = quoted.after
            continue scanning
          }
          column = column &+ 1
          if quoted.ending == .delimiter {
            fieldStart = quoted.after
            at = quoted.after
            continue scanning
          }
          hit = quoted.after &- 1
          at = quoted.after
          hits = 0
        }
        // The end of a record.
        if column == columnCount && !isSpoilt {
          if columnCount > 1 || !fields[slot].isMissing || isQuote(base, before: hit, fieldStart) {
            if isEscaped {
              unescape(base, fields: fields, from: slot, count: columnCount)
            }
            lines[records] = UInt32(truncatingIfNeeded: line)
            records = records &+ 1
            slot = slot &+ columnCount
          }
        } else if column == 1 && columnCount > 1 && !isSpoilt && fields[slot].isMissing {
          // A blank line.
        } else {
          outcome.badRows.append(
            BadRow(line: line, cause: cause(found: column, isSpoilt: isSpoilt)))
        }
        line = line &+ 1 &+ quotedLines
        quotedLines = 0
        isEscaped = false
        isSpoilt = false
        column = 0
        fieldStart = hit &+ 1
        outcome.consumed = fieldStart
        if records &+ outcome.badRows.count >= room { break scanning }
      }
    }
    outcome.line = line
    outcome.recordCount = records
    return outcome
  }

  @inline(__always)
  private func plainField(_ start: Int, _ end: Int) -> FieldSlice {
    var flags: UInt64 = 0
    if start == end { flags = FieldSlice.missingFlag }
    return FieldSlice(offset: start, length: end &- start, flags: flags)
  }

  /// Whether a line that holds one missing field was written as a pair of quotes, not left blank.
  private func isQuote(_ base: UnsafeMutableRawPointer, before end: Int, _ start: Int) -> Bool {
    start < end && base.load(fromByteOffset: start, as: UInt8.self) == 0x22
  }

  private func cause(found: Int, isSpoilt: Bool) -> String {
    if isSpoilt { return "text follows a closing quote" }
    let fields = found == 1 ? "1 field" : "\(found) fields"
    return "\(fields) instead of \(columnCount)"
  }

  /// What ends a quoted field.
  private enum Ending { case delimiter, newline, text }

  private struct QuotedField {
    var field = FieldSlice.missing
    /// The byte after the one that ends the field; 0 where the window ends first.
    var after = 0
    var ending = Ending.text
    var lines = 0
    var isEscaped = false
  }

  /// Reads a quoted field that begins with the quote at an offset.
  private func quotedField(
    _ base: UnsafeMutableRawPointer, from quote: Int, end: Int
  ) -> QuotedField {
    var result = QuotedField()
    var at = quote + 1
    while at < end {
      let byte = base.load(fromByteOffset: at, as: UInt8.self)
      if byte == 0x0A { result.lines = result.lines &+ 1 }
      if byte != 0x22 {
        at = at &+ 1
        continue
      }
      if at + 1 >= end {
        // The last window ends with a line feed, so this is the middle of a file.
        result.after = 0
        return result
      }
      let next = base.load(fromByteOffset: at + 1, as: UInt8.self)
      if next == 0x22 {
        result.isEscaped = true
        at += 2
        continue
      }
      var flags: UInt64 = 0
      if at == quote + 1 { flags = FieldSlice.missingFlag }
      if result.isEscaped { flags |= FieldSlice.escapedFlag }
      result.field = FieldSlice(offset: quote + 1, length: at - quote - 1, flags: flags)
      if next == delimiter {
        result.ending = .delimiter
        result.after = at + 2
      } else if next == 0x0A {
        result.ending = .newline
        result.after = at + 2
      } else if next == 0x0D, at + 2 < end,
        base.load(fromByteOffset: at + 2, as: UInt8.self) == 0x0A
      {
        result.ending = .newline
        result.after = at + 3
      } else if next == 0x0D, at + 2 >= end, !isLast {
        result.after = 0
      } else {
        result.ending = .text
        result.after = at + 2
      }
      return result
    }
    return result
  }

  /// Writes one quote for every two in the escaped fields of a record, in place.
  private func unescape(
    _ base: UnsafeMutableRawPointer, fields: UnsafeMutableBufferPointer<FieldSlice>, from slot: Int,
    count: Int
  ) {
    for index in slot..<(slot + count) where fields[index].isEscaped {
      let field = fields[index]
      var read = field.offset
      var write = field.offset
      let end = field.offset + field.length
      while read < end {
        let byte = base.load(fromByteOffset: read, as: UInt8.self)
        base.storeBytes(of: byte, toByteOffset: write, as: UInt8.self)
        write += 1
        read += byte == 0x22 ? 2 : 1
      }
      fields[index] = FieldSlice(offset: field.offset, length: write - field.offset)
    }
  }
}
