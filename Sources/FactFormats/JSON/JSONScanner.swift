/// Why a scan of JSON text came to an end before the value did.
enum JSONStop: Hashable {
  case none
  /// The window ends first.
  case incomplete
  /// The text is no JSON; the detail says what was found where what was wanted.
  case malformed(String)
  case tooDeep
}

/// Walks over JSON text in a window of bytes, value by value, without building anything.
///
/// Every method returns false where it cannot go on; `stop` then says why. There is no recursion, so
/// that nesting costs no stack. Bytes are known to be UTF-8.
struct JSONScanner {
  /// The next byte.
  var at: Int
  let end: Int
  private(set) var stop = JSONStop.none
  /// The open brackets of the value that is passed over.
  private var open: [UInt8] = []

  /// Brackets within brackets that are accepted.
  static let depthLimit = 1000

  init(at: Int, end: Int) {
    self.at = at
    self.end = end
  }

  /// Passes over white space; false at the end of the window.
  mutating func skipSpace(_ bytes: Span<UInt8>) -> Bool {
    while at < end {
      let byte = bytes[at]
      if byte > 0x20 || (byte != 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09) {
        return true
      }
      at &+= 1
    }
    stop = .incomplete
    return false
  }

  /// Passes over one byte that has to come next, after white space.
  mutating func expect(_ byte: UInt8, _ what: String, _ bytes: Span<UInt8>) -> Bool {
    guard skipSpace(bytes) else { return false }
    if bytes[at] != byte { return fail(what, bytes) }
    at += 1
    return true
  }

  /// Notes that something else was wanted at this place.
  mutating func fail(_ wanted: String, _ bytes: Span<UInt8>) -> Bool {
    let found: String
    if at >= end {
      stop = .incomplete
      return false
    }
    let byte = bytes[at]
    if byte < 0x20 {
      found = byte == 0x0A ? "the end of the line" : "a control character"
    } else if byte < 0x7F {
      found = "`\(Character(Unicode.Scalar(byte)))`"
    } else {
      found = "another character"
    }
    stop = .malformed("\(wanted) expected, \(found) found")
    return false
  }

  /// Notes a fault of another kind.
  mutating func refuse(_ detail: String) -> Bool {
    stop = .malformed(detail)
    return false
  }

  /// Passes over a string and returns where its text lies, escapes still in it.
  mutating func string(_ bytes: Span<UInt8>) -> FieldSlice? {
    guard skipSpace(bytes) else { return nil }
    guard bytes[at] == 0x22 else {
      _ = fail("a string", bytes)
      return nil
    }
    let start = at + 1
    var isEscaped = false
    at = start
    while at < end {
      let byte = bytes[at]
      if byte == 0x22 {
        var flags = FieldSlice.stringFlag
        if isEscaped { flags |= FieldSlice.escapedFlag }
        let slice = FieldSlice(offset: start, length: at - start, flags: flags)
        at += 1
        return slice
      }
      if byte < 0x20 {
        _ = fail("a closing quote", bytes)
        return nil
      }
      if byte == 0x5C {
        isEscaped = true
        if !skipEscape(bytes) { return nil }
      } else {
        at &+= 1
      }
    }
    stop = .incomplete
    return nil
  }

  /// Passes over an escape, a surrogate pair as one.
  private mutating func skipEscape(_ bytes: Span<UInt8>) -> Bool {
    guard at + 1 < end else {
      stop = .incomplete
      return false
    }
    switch bytes[at + 1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
      at += 2
      return true
    case 0x75:
      guard let unit = codeUnit(bytes) else { return false }
      if unit < 0xD800 || unit > 0xDFFF { return true }
      if unit < 0xDC00 {
        guard at + 1 < end else {
          stop = .incomplete
          return false
        }
        if bytes[at] == 0x5C, bytes[at + 1] == 0x75 {
          guard let second = codeUnit(bytes) else { return false }
          if second >= 0xDC00 && second <= 0xDFFF { return true }
        }
      }
      return refuse("an escape is half of a surrogate pair")
    default:
      at += 1
      return fail("an escape", bytes)
    }
  }

  /// Passes over `\uXXXX`.
  private mutating func codeUnit(_ bytes: Span<UInt8>) -> UInt32? {
    at += 2
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard at < end, let digit = hexDigit(bytes[at]) else {
        _ = fail("a hexadecimal digit", bytes)
        return nil
      }
      value = value << 4 | digit
      at += 1
    }
    return value
  }

  /// Passes over any value: a string's text, missing for `null`, otherwise the text as written.
  mutating func value(_ bytes: Span<UInt8>) -> FieldSlice? {
    guard skipSpace(bytes) else { return nil }
    let start = at
    switch bytes[at] {
    case 0x22:
      return string(bytes)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard skipNested(bytes) else { return nil }
      return FieldSlice(offset: start, length: at - start, flags: FieldSlice.stringFlag)
    default:
      guard scalar(bytes) else { return nil }
      if bytes[start] == UInt8(ascii: "n") { return .missing }
      return FieldSlice(offset: start, length: at - start)
    }
  }

  /// Passes over a number or a word.
  private mutating func scalar(_ bytes: Span<UInt8>) -> Bool {
    switch bytes[at] {
    case UInt8(ascii: "t"): return word("true", bytes)
    case UInt8(ascii: "f"): return word("false", bytes)
    case UInt8(ascii: "n"): return word("null", bytes)
    case UInt8(ascii: "-"), 0x30...0x39: return number(bytes)
    default: return fail("a value", bytes)
    }
  }

  private mutating func word(_ text: StaticString, _ bytes: Span<UInt8>) -> Bool {
    for index in 0..<text.utf8CodeUnitCount {
      if at >= end || bytes[at] != text.utf8Start[index] { return fail("a value", bytes) }
      at += 1
    }
    return true
  }

  private mutating func number(_ bytes: Span<UInt8>) -> Bool {
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    if at < end, bytes[at] == 0x30 {
      at += 1
    } else if !digits(bytes) {
      return false
    }
    if at < end, bytes[at] == UInt8(ascii: ".") {
      at += 1
      if !digits(bytes) { return false }
    }
    if at < end, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < end, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") { at += 1 }
      if !digits(bytes) { return false }
    }
    // More of it may follow in the next window.
    if at >= end {
      stop = .incomplete
      return false
    }
    return true
  }

  private mutating func digits(_ bytes: Span<UInt8>) -> Bool {
    let start = at
    while at < end, bytes[at] &- 0x30 <= 9 { at &+= 1 }
    return at > start ? true : fail("a digit", bytes)
  }

  /// Passes over an object or array with everything in it.
  private mutating func skipNested(_ bytes: Span<UInt8>) -> Bool {
    open.removeAll(keepingCapacity: true)
    while true {
      // A value is due here.
      guard skipSpace(bytes) else { return false }
      var isValueDone = true
      let byte = bytes[at]
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        if open.count == JSONScanner.depthLimit {
          stop = .tooDeep
          return false
        }
        at += 1
        guard skipSpace(bytes) else { return false }
        if bytes[at] == closing(byte) {
          at += 1
        } else {
          open.append(byte)
          if byte == UInt8(ascii: "{"), !key(bytes) { return false }
          isValueDone = false
        }
      } else if byte == 0x22 {
        if string(bytes) == nil { return false }
      } else if !scalar(bytes) {
        return false
      }
      while isValueDone {
        guard let bracket = open.last else { return true }
        guard skipSpace(bytes) else { return false }
        if bytes[at] == UInt8(ascii: ",") {
          at += 1
          if bracket == UInt8(ascii: "{"), !key(bytes) { return false }
          isValueDone = false
        } else if bytes[at] == closing(bracket) {
          at += 1
          open.removeLast()
        } else {
          return fail("a comma or closing bracket", bytes)
        }
      }
    }
  }

  private func closing(_ bracket: UInt8) -> UInt8 { bracket + 2 }

  private mutating func key(_ bytes: Span<UInt8>) -> Bool {
    string(bytes) != nil && expect(UInt8(ascii: ":"), "a colon", bytes)
  }
}

/// The value of a hexadecimal digit.
func hexDigit(_ byte: UInt8) -> UInt32? {
  switch byte {
  case 0x30...0x39: UInt32(byte - 0x30)
  case 0x41...0x46: UInt32(byte - 0x37)
  case 0x61...0x66: UInt32(byte - 0x57)
  default: nil
  }
}

/// Replaces the escapes of a scanned string by what they mean, in place (the result is never longer).
func unescapeJSON(_ slice: FieldSlice, in bytes: inout [UInt8]) -> FieldSlice {
  var read = slice.offset
  var write = slice.offset
  let end = slice.offset + slice.length
  while read < end {
    let byte = bytes[read]
    guard byte == 0x5C, read + 1 < end else {
      bytes[write] = byte
      write += 1
      read += 1
      continue
    }
    let escape = bytes[read + 1]
    read += 2
    if escape == 0x75 {
      var scalar = hexUnit(bytes, read)
      read += 4
      if scalar & 0xFC00 == 0xD800, read + 6 <= end {
        scalar = 0x10000 + (scalar & 0x3FF) << 10 + hexUnit(bytes, read + 2) & 0x3FF
        read += 6
      }
      write = appendScalar(scalar, to: &bytes, at: write)
      continue
    }
    switch escape {
    case 0x62: bytes[write] = 0x08
    case 0x66: bytes[write] = 0x0C
    case 0x6E: bytes[write] = 0x0A
    case 0x72: bytes[write] = 0x0D
    case 0x74: bytes[write] = 0x09
    default: bytes[write] = escape
    }
    write += 1
  }
  return FieldSlice(
    offset: slice.offset, length: write - slice.offset, flags: FieldSlice.stringFlag)
}

/// The four hexadecimal digits at an offset; zeros where there are none.
private func hexUnit(_ bytes: [UInt8], _ at: Int) -> UInt32 {
  var value: UInt32 = 0
  for index in at..<min(at + 4, bytes.count) { value = value << 4 | (hexDigit(bytes[index]) ?? 0) }
  return value
}

/// Writes a scalar as UTF-8 over bytes from an offset on and returns the offset after it.
func appendScalar(_ value: UInt32, to bytes: inout [UInt8], at start: Int) -> Int {
  let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
  var at = start
  for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
    bytes[at] = unit
    at += 1
  }
  return at
}
