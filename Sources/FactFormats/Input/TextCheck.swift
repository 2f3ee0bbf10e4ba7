/// What a check of bytes for text found.
enum TextCheck {
  /// Text up to an offset; what follows is the beginning of a scalar that goes on later.
  case text(end: Int)
  /// No UTF-8 at this offset.
  case invalid(at: Int)
  /// A zero byte at this offset.
  case zero(at: Int)
}

/// Checks that bytes are UTF-8 without zero bytes.
///
/// Eight bytes at a time while they are ASCII, so that the check costs little beside the scan.
func checkText(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> TextCheck {
  let high: UInt64 = 0x8080_8080_8080_8080
  let ones: UInt64 = 0x0101_0101_0101_0101
  var at = start
  while at < end {
    while at &+ 8 <= end {
      let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      // The second term has a high bit wherever a byte is zero, and the word one where it is not
      // ASCII: either stops the fast path.
      if (word | (word &- ones)) & high != 0 { break }
      at = at &+ 8
    }
    if at >= end { break }
    let lead = bytes[at]
    if lead < 0x80 {
      if lead == 0 { return .zero(at: at) }
      at += 1
      continue
    }
    let length = scalarLength(lead)
    if length == 0 { return .invalid(at: at) }
    let available = min(length, end - at)
    var index = 1
    while index < available {
      let byte = bytes[at + index]
      if byte & 0xC0 != 0x80 { return .invalid(at: at) }
      if index == 1 && !isSecondByte(byte, after: lead) { return .invalid(at: at) }
      index += 1
    }
    if available < length { return .text(end: at) }
    at += length
  }
  return .text(end: at)
}

/// The bytes of a scalar by its first byte; 0 where none begins with it.
private func scalarLength(_ lead: UInt8) -> Int {
  if lead < 0xC2 { return 0 }
  if lead < 0xE0 { return 2 }
  if lead < 0xF0 { return 3 }
  if lead < 0xF5 { return 4 }
  return 0
}

/// Whether a continuation byte may stand second: no overlong forms, surrogates or values past the end.
private func isSecondByte(_ byte: UInt8, after lead: UInt8) -> Bool {
  switch lead {
  case 0xE0: byte >= 0xA0
  case 0xED: byte < 0xA0
  case 0xF0: byte >= 0x90
  case 0xF4: byte < 0x90
  default: true
  }
}

/// The number of line feeds in a part of the bytes.
func countLines(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
  var count = 0
  var at = start
  while at < end {
    if bytes[at] == 0x0A { count &+= 1 }
    at &+= 1
  }
  return count
}
