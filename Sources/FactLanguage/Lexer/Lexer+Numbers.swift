/// Numbers and dates: the two literals that begin with a digit.
extension Lexer {
  /// Fills in the kind and end of the number, date or bad word that starts at `token.lower`.
  func scanNumber(_ token: inout Token) {
    let start = token.lower
    var position = endOfDigits(start)
    if position == start + 4, byte(position) == UInt8(ascii: "-"),
      CharacterClass.isASCIIWord(byte(position + 1)), !hasUnderscore(start, position)
    {
      scanDate(&token)
      return
    }
    if byte(position) == UInt8(ascii: "."), CharacterClass.isDigit(byte(position + 1)) {
      position = endOfDigits(position + 1)
    }
    if byte(position) | 0x20 == UInt8(ascii: "e") {
      var exponent = position + 1
      if byte(exponent) == UInt8(ascii: "+") || byte(exponent) == UInt8(ascii: "-") {
        exponent += 1
      }
      if CharacterClass.isDigit(byte(exponent)) { position = endOfDigits(exponent) }
    }
    let suffix = byte(position)
    if suffix == UInt8(ascii: "k") || suffix == UInt8(ascii: "M") || suffix == UInt8(ascii: "B") {
      position += 1
    }
    let wordEnd = endOfWord(position)
    if wordEnd > position {
      token.kind = .badWord
      token.upper = wordEnd
      return
    }
    if byte(position) == UInt8(ascii: "%") { position += 1 }
    token.kind = .number
    token.upper = position
  }

  /// The end of a run of digits, with `_` between digits.
  private func endOfDigits(_ offset: Int) -> Int {
    var position = offset
    while true {
      let byte = self.byte(position)
      if CharacterClass.isDigit(byte) {
        position &+= 1
      } else if byte == 0x5F, CharacterClass.isDigit(self.byte(position + 1)) {
        position &+= 1
      } else {
        return position
      }
    }
  }

  private func hasUnderscore(_ lower: Int, _ upper: Int) -> Bool {
    bytes[lower..<upper].contains(0x5F)
  }

  private func scanDate(_ token: inout Token) {
    let start = token.lower
    if let end = endOfDate(start), !continuesDate(end) {
      token.kind = .date
      token.upper = end
      return
    }
    var position = start
    while true {
      let byte = self.byte(position)
      let isInner = byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")
      if CharacterClass.isASCIIWord(byte) {
        position += 1
      } else if isInner, CharacterClass.isASCIIWord(self.byte(position + 1)) {
        position += 1
      } else {
        break
      }
    }
    token.kind = .badDate
    token.upper = position
  }

  /// Whether what follows a date makes it none: a letter, a digit, or a hyphen before one.
  private func continuesDate(_ end: Int) -> Bool {
    let next = byte(end)
    if CharacterClass.isASCIIWord(next) || next >= 0x80 { return endOfWord(end) > end }
    return next == UInt8(ascii: "-") && CharacterClass.isASCIIWord(byte(end + 1))
  }

  /// The end of what has the form of a date at `start`: four digits, then `-Q1`, `-H1`, `-MM` or
  /// `-MM-DD`, the last with a time after `T`.
  private func endOfDate(_ start: Int) -> Int? {
    var position = start + 5
    let first = byte(position)
    if first == UInt8(ascii: "Q") || first == UInt8(ascii: "H") {
      return CharacterClass.isDigit(byte(position + 1)) ? position + 2 : nil
    }
    guard hasTwoDigits(position) else { return nil }
    position += 2
    guard byte(position) == UInt8(ascii: "-"), hasTwoDigits(position + 1) else { return position }
    position += 3
    guard byte(position) == UInt8(ascii: "T") else { return position }
    guard hasTwoDigits(position + 1), byte(position + 3) == UInt8(ascii: ":"),
      hasTwoDigits(position + 4)
    else { return nil }
    position += 6
    if byte(position) == UInt8(ascii: ":"), hasTwoDigits(position + 1) {
      position += 3
      if byte(position) == UInt8(ascii: "."), CharacterClass.isDigit(byte(position + 1)) {
        position += 1
        while CharacterClass.isDigit(byte(position)) { position += 1 }
      }
    }
    let zone = byte(position)
    if zone == UInt8(ascii: "Z") { return position + 1 }
    let isOffset = zone == UInt8(ascii: "+") || zone == UInt8(ascii: "-")
    if isOffset, hasTwoDigits(position + 1), byte(position + 3) == UInt8(ascii: ":"),
      hasTwoDigits(position + 4)
    {
      return position + 6
    }
    return position
  }

  private func hasTwoDigits(_ offset: Int) -> Bool {
    CharacterClass.isDigit(byte(offset)) && CharacterClass.isDigit(byte(offset + 1))
  }
}
