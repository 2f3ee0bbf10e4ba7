/// Classes of bytes and characters that the language distinguishes.
enum CharacterClass {
  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  @inline(__always)
  static func isASCIILetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  @inline(__always)
  static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

  /// A letter, digit or `_` of ASCII.
  @inline(__always)
  static func isASCIIWord(_ byte: UInt8) -> Bool {
    isASCIILetter(byte) || isDigit(byte) || byte == 0x5F
  }

  /// The character that starts at `offset` of valid UTF-8, and its length in bytes.
  static func scalar(_ bytes: [UInt8], _ offset: Int) -> (scalar: Unicode.Scalar, length: Int) {
    let first = bytes[offset]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, offset + length <= bytes.count else { return ("\u{FFFD}", 1) }
    var value = UInt32(first) & (0xFF >> UInt32(length + 1))
    for index in 1..<length {
      let byte = bytes[offset + index]
      guard byte & 0xC0 == 0x80 else { return ("\u{FFFD}", index) }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }

  /// Whether a character may continue a word: letters, marks, digits and `_`.
  static func continuesWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return isASCIIWord(UInt8(scalar.value)) }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .decimalNumber, .letterNumber:
      return true
    default: return false
    }
  }

  /// Whether a character may begin a word; marks and digits may not.
  static func startsWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return isASCIILetter(UInt8(scalar.value)) || scalar == "_" }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .letterNumber:
      return true
    default: return false
    }
  }

  /// Whether a word that begins with this character is a variable.
  static func startsVariable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return isUpper(UInt8(scalar.value)) || scalar == "_" }
    let category = scalar.properties.generalCategory
    return category == .uppercaseLetter || category == .titlecaseLetter
  }
}

/// How words of the language are told apart; the printer asks before it leaves quotes out.
public enum WordShape {
  /// Whether a text can stand as a symbol without quotes: a letter other than an upper-case one,
  /// then letters, digits and `_`. Letters of any script count.
  public static func isName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, CharacterClass.startsWord(first),
      !CharacterClass.startsVariable(first)
    else { return false }
    return text.unicodeScalars.dropFirst().allSatisfy(CharacterClass.continuesWord)
  }

  /// Whether a text can stand as the name of a relation or attribute without quotes: a name in
  /// either case.
  public static func isWord(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, CharacterClass.startsWord(first) else {
      return false
    }
    return text != "_" && text.unicodeScalars.dropFirst().allSatisfy(CharacterClass.continuesWord)
  }
}
