import FactModel

/// What a form of output does to the bytes of a text so that its reader gets them back.
extension [UInt8] {
  /// A cell of a Markdown table: one line, no bars, no markup that a text did not mean.
  mutating func append(markdown text: UnsafeRawBufferPointer) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "|"), UInt8(ascii: "\\"), UInt8(ascii: "*"), UInt8(ascii: "`"),
        UInt8(ascii: "<"):
        append(UInt8(ascii: "\\"))
        append(byte)
      case 0x0A, 0x0D, 0x09: append(0x20)
      default: append(byte)
      }
    }
  }

  /// Text for a screen: control characters and marks that turn the direction of text become
  /// visible escapes, so that no fact can move the cursor or hide what stands beside it.
  mutating func append(display text: UnsafeRawBufferPointer) {
    var isPlain = true
    for byte in text where byte < 0x20 || byte > 0x7E { isPlain = false }
    if isPlain {
      append(contentsOf: text)
      return
    }
    append(escapingControls: String(decoding: text, as: UTF8.self), keepingLines: false)
  }

  /// The same for text that has lines of its own.
  mutating func append(escapingControls text: String, keepingLines: Bool) {
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A where keepingLines, 0x09 where keepingLines: append(UInt8(scalar.value))
      case 0x0A: append(text: "\\n")
      case 0x09: append(text: "\\t")
      case 0x0D: append(text: "\\r")
      case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
        append(text: "\\u{" + String(scalar.value, radix: 16) + "}")
      default: append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
  }

}

/// Makes text of facts and files safe to show.
public enum SafeText {
  /// The text with control characters as visible escapes; line ends stay if `keepingLines`.
  public static func escaped(_ text: String, keepingLines: Bool = false) -> String {
    var isPlain = true
    for byte in text.utf8 where byte < 0x20 || byte > 0x7E { isPlain = false }
    if isPlain { return text }
    var bytes: [UInt8] = []
    bytes.append(escapingControls: text, keepingLines: keepingLines)
    return String(decoding: bytes, as: UTF8.self)
  }
}
