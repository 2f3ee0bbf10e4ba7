/// A key that is no character; the raw value is the private character that libedit receives for
/// it. Control characters of this range (C1) are never typed.
enum SpecialKey: UInt32 {
  case up = 0x80
  case down, left, right, home, end, delete, wordLeft, wordRight, shiftTab, newline, pasted
  case deleteWord
  // For keys that go on with what libedit does itself.
  case chainedYank = 0x98
}

/// What came from the terminal.
enum Key: Equatable {
  case scalar(UInt32)
  case special(SpecialKey)
  /// Text between the marks of a bracketed paste, with line ends as newlines.
  case paste(String)
  /// An escape sequence that means nothing here.
  case unknown([UInt8])
  /// Ctrl-C.
  case interrupt
  /// The end of input.
  case end
}

/// Turns bytes from a terminal into keys.
///
/// Escape sequences are decoded here and not by libedit, whose vi mode would otherwise wait for a
/// second key after each Escape.
struct KeyDecoder {
  private var bytes: [UInt8] = []
  private var next = 0
  // Where the search for the end of a paste goes on, so that a long one is looked at once.
  private var pasteScan = 0

  /// How long to wait for more bytes when `key` gives nothing, in milliseconds; nil: for ever.
  private(set) var patience: Int32?

  /// Whether all bytes are used up.
  var isEmpty: Bool { next == bytes.count }

  /// Adds bytes that were read.
  mutating func feed(_ more: UnsafeRawBufferPointer) {
    if next == bytes.count {
      bytes.removeAll(keepingCapacity: true)
      next = 0
      pasteScan = 0
    }
    bytes.append(contentsOf: more)
  }

  /// The next key, or nil where bytes are missing. With `isFinal` nothing more is coming, and
  /// what is there is taken as it is.
  mutating func key(isFinal: Bool = false) -> Key? {
    patience = nil
    if next == bytes.count { return nil }
    let first = bytes[next]
    if first == 0x03 {
      next += 1
      return .interrupt
    }
    if first == 0x1b { return escape(isFinal: isFinal) }
    if first < 0x80 {
      next += 1
      return .scalar(UInt32(first))
    }
    return character(first, isFinal: isFinal)
  }

  private mutating func character(_ first: UInt8, isFinal: Bool) -> Key? {
    let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
    let available = bytes[next...].prefix(length)
    if available.count < length && !isFinal
      && available.dropFirst().allSatisfy({ $0 & 0xc0 == 0x80 })
    {
      patience = 100
      return nil
    }
    guard let text = String(validating: available, as: UTF8.self),
      let scalar = text.unicodeScalars.first
    else {
      next += 1
      return .scalar(0xfffd)
    }
    next += available.count
    // Those of the private range could call a key's function.
    return .scalar(scalar.value < 0xa0 ? 0xfffd : scalar.value)
  }

  // MARK: Escape sequences

  private mutating func escape(isFinal: Bool) -> Key? {
    let rest = bytes[(next + 1)...]
    guard let introducer = rest.first else { return lone(isFinal: isFinal) }
    if introducer == UInt8(ascii: "O") {
      guard let final = rest.dropFirst().first else { return lone(isFinal: isFinal) }
      next += 3
      return KeyDecoder.cursorKey(final, modifier: 1).map { .special($0) }
        ?? .unknown([0x1b, introducer, final])
    }
    if introducer != UInt8(ascii: "[") {
      next += 1
      return .scalar(0x1b)
    }
    let body = rest.dropFirst()
    guard let end = body.firstIndex(where: { $0 >= 0x40 && $0 <= 0x7e }) else {
      // Longer than any sequence: no sequence.
      if body.count > 64 {
        next += 1
        return .scalar(0x1b)
      }
      return lone(isFinal: isFinal)
    }
    let parameters = body[..<end]
    if parameters.elementsEqual("200".utf8) && bytes[end] == UInt8(ascii: "~") {
      return paste(from: end + 1, isFinal: isFinal)
    }
    let sequence = Array(bytes[next...end])
    let special = KeyDecoder.special(parameters, final: bytes[end])
    next = end + 1
    return special.map { .special($0) } ?? .unknown(sequence)
  }

  private mutating func lone(isFinal: Bool) -> Key? {
    if isFinal {
      next += 1
      return .scalar(0x1b)
    }
    patience = 30
    return nil
  }

  private mutating func paste(from start: Int, isFinal: Bool) -> Key? {
    let mark: [UInt8] = Array("\u{1b}[201~".utf8)
    var end = max(start, pasteScan)
    while let escape = bytes[end...].firstIndex(of: 0x1b) {
      if bytes[escape...].starts(with: mark) {
        let content = bytes[start..<escape]
        next = escape + mark.count
        return .paste(KeyDecoder.text(of: content))
      }
      end = escape + 1
    }
    if isFinal {
      let content = bytes[start...]
      next = bytes.count
      return .paste(KeyDecoder.text(of: content))
    }
    pasteScan = max(start, bytes.count - mark.count)
    patience = 2000
    return nil
  }

  private static func text(of content: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(content.count)
    var previous: UInt8 = 0
    for byte in content {
      if byte == 0x0d {
        result.append(0x0a)
      } else if byte != 0 && !(byte == 0x0a && previous == 0x0d) {
        result.append(byte)
      }
      previous = byte
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func special(_ parameters: ArraySlice<UInt8>, final: UInt8) -> SpecialKey? {
    let numbers = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
      .map { Int(String(decoding: $0, as: UTF8.self)) ?? 1 }
    let first = numbers.first ?? 1
    let modifier = numbers.count > 1 ? numbers[1] : 1
    switch final {
    case UInt8(ascii: "Z"): return .shiftTab
    // Shift-Enter and Alt-Enter, as terminals with extended keys send them.
    case UInt8(ascii: "u"): return first == 13 ? .newline : nil
    case UInt8(ascii: "~"):
      switch first {
      case 1, 7: return .home
      case 4, 8: return .end
      case 3: return modifier == 1 ? .delete : .deleteWord
      case 27: return numbers.last == 13 ? .newline : nil
      default: return nil
      }
    default: return cursorKey(final, modifier: modifier)
    }
  }

  private static func cursorKey(_ final: UInt8, modifier: Int) -> SpecialKey? {
    switch final {
    case UInt8(ascii: "A"): return .up
    case UInt8(ascii: "B"): return .down
    case UInt8(ascii: "C"): return modifier == 1 ? .right : .wordRight
    case UInt8(ascii: "D"): return modifier == 1 ? .left : .wordLeft
    case UInt8(ascii: "H"): return .home
    case UInt8(ascii: "F"): return .end
    default: return nil
    }
  }
}
