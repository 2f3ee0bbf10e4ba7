/// Texts from files and facts, as they may be shown.
extension DisplayWidth {
  /// The scalar as it may be shown on a terminal: control characters, and the marks that reorder or
  /// hide text, become an escape of the language.
  public static func shown(_ scalar: Unicode.Scalar) -> String {
    let value = scalar.value
    let isControl = value < 0x20 || (value >= 0x7F && value < 0xA0)
    let isHidden =
      (value >= 0x200B && value <= 0x200F) || (value >= 0x202A && value <= 0x202E)
      || (value >= 0x2060 && value <= 0x2069) || value == 0xFEFF || value == 0x2028
      || value == 0x2029
    guard isControl || isHidden else { return String(Character(scalar)) }
    return "\\u{" + String(value, radix: 16) + "}"
  }

  /// A text as it may be shown on a terminal, with its control characters escaped.
  public static func escaped(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    if isPlain { return text }
    return text.unicodeScalars.reduce(into: "") { $0 += shown($1) }
  }
}
