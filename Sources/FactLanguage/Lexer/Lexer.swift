/// Cuts a text into tokens, one at a time and from any place: looking ahead needs no state.
///
/// `%` begins a comment like `#`, except directly after a number, where it belongs to the number.
struct Lexer: Sendable {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  @inline(__always)
  func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  /// The first token at or after `offset`. `startsLine` tells whether `offset` is at a line start.
  func token(from offset: Int, startsLine: Bool = false) -> Token {
    var position = offset
    var atLineStart = startsLine || offset == 0
    var percent: Int?
    let count = bytes.count
    while position < count {
      let byte = bytes[position]
      if byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0C || byte == 0x0B {
        position &+= 1
      } else if byte == 0x0A {
        atLineStart = true
        position &+= 1
      } else if byte == 0x23 || byte == 0x25 {  // # %
        if byte == 0x25, !atLineStart, percent == nil { percent = position }
        position = endOfLine(position)
      } else if byte == 0xC2, self.byte(position + 1) == 0xA0 {  // no-break space
        position &+= 2
      } else if byte == 0xEF, position == 0, self.byte(1) == 0xBB, self.byte(2) == 0xBF {  // BOM
        position = 3
      } else {
        break
      }
    }
    var token = Token(
      kind: .end, lower: position, upper: position, startsLine: atLineStart, percent: percent)
    if position < count { scan(&token) }
    return token
  }

  /// The offset of the line break at or after `offset`, or the end.
  func endOfLine(_ offset: Int) -> Int {
    var position = offset
    let count = bytes.count
    while position < count, bytes[position] != 0x0A { position &+= 1 }
    return position
  }

  /// Fills in the kind and end of the token that starts at `token.lower`.
  private func scan(_ token: inout Token) {
    let start = token.lower
    let byte = bytes[start]
    if CharacterClass.isASCIILetter(byte) || byte == 0x5F || byte >= 0x80 {
      scanWord(&token)
    } else if CharacterClass.isDigit(byte) {
      scanNumber(&token)
    } else if byte == 0x22 || byte == 0x27 {
      scanText(&token)
    } else if byte == 0x24 || byte == 0x40 {  // $ @
      let end = endOfWord(start + 1)
      let begins = end > start + 1 && !CharacterClass.isDigit(bytes[start + 1])
      token.upper = begins ? end : start + 1
      token.kind = !begins ? .badCharacter : byte == 0x24 ? .parameter : .qualifier
    } else {
      let (kind, length) = punctuation(start)
      token.kind = kind
      token.upper = start + length
    }
  }

  /// The end of the run of letters, digits and `_` at `offset`.
  func endOfWord(_ offset: Int) -> Int {
    var position = offset
    let count = bytes.count
    while position < count {
      let byte = bytes[position]
      if CharacterClass.isASCIIWord(byte) {
        position &+= 1
      } else if byte >= 0x80 {
        let (scalar, length) = CharacterClass.scalar(bytes, position)
        if !CharacterClass.continuesWord(scalar) { break }
        position &+= length
      } else {
        break
      }
    }
    return position
  }

  private func scanWord(_ token: inout Token) {
    let start = token.lower
    let (first, length) = CharacterClass.scalar(bytes, start)
    if first.value >= 0x80, !CharacterClass.startsWord(first) {
      token.upper = start + length
      if first == "±" {
        token.kind = .plusMinus
      } else {
        token.kind = "≤≥≠∧∨¬←→".unicodeScalars.contains(first) ? .slip : .badCharacter
      }
      return
    }
    token.upper = endOfWord(start)
    if CharacterClass.startsVariable(first) {
      token.kind = first == "_" && token.upper == start + 1 ? .wildcard : .variable
    } else {
      token.kind = .name
    }
  }

  private func scanText(_ token: inout Token) {
    let quote = bytes[token.lower]
    var position = token.lower + 1
    while position < bytes.count {
      let byte = bytes[position]
      if byte == quote {
        token.kind = .text
        token.upper = position + 1
        return
      }
      if byte == 0x0A { break }
      position += byte == 0x5C && self.byte(position + 1) != 0x0A ? 2 : 1
    }
    position = min(position, bytes.count)
    if position > token.lower + 1, bytes[position - 1] == 0x0D { position -= 1 }
    token.kind = .openText
    token.upper = position
  }

  private func punctuation(_ start: Int) -> (TokenKind, Int) {
    let next = byte(start + 1)
    switch bytes[start] {
    case UInt8(ascii: "("): return (.leftParen, 1)
    case UInt8(ascii: ")"): return (.rightParen, 1)
    case UInt8(ascii: "["): return (.leftBracket, 1)
    case UInt8(ascii: "]"): return (.rightBracket, 1)
    case UInt8(ascii: "{"): return (.leftBrace, 1)
    case UInt8(ascii: "}"): return (.rightBrace, 1)
    case UInt8(ascii: ","): return (.comma, 1)
    case UInt8(ascii: ";"): return (.semicolon, 1)
    case UInt8(ascii: "?"): return (.question, 1)
    case UInt8(ascii: "+"): return (.plus, 1)
    case UInt8(ascii: "."): return next == UInt8(ascii: ".") ? (.range, 2) : (.stop, 1)
    case UInt8(ascii: "~"): return next == UInt8(ascii: "=") ? (.slip, 2) : (.tilde, 1)
    case UInt8(ascii: ":"):
      if next == UInt8(ascii: "-") { return (.implies, 2) }
      return next == UInt8(ascii: "=") ? (.slip, 2) : (.colon, 1)
    case UInt8(ascii: "|"): return next == UInt8(ascii: "|") ? (.slip, 2) : (.bar, 1)
    case UInt8(ascii: "&"): return next == UInt8(ascii: "&") ? (.slip, 2) : (.slip, 1)
    case UInt8(ascii: "*"): return next == UInt8(ascii: "*") ? (.power, 2) : (.times, 1)
    case UInt8(ascii: "^"): return (.slip, 1)
    case UInt8(ascii: "/"):
      let isSlip = next == UInt8(ascii: "/") || next == UInt8(ascii: "*")
      return isSlip ? (.slip, 2) : (.slash, 1)
    case UInt8(ascii: "-"): return next == UInt8(ascii: ">") ? (.slip, 2) : (.minus, 1)
    case UInt8(ascii: "\\"):
      let isSlip = next == UInt8(ascii: "+") || next == UInt8(ascii: "=")
      return isSlip ? (.slip, 2) : (.badCharacter, 1)
    case UInt8(ascii: "!"): return next == UInt8(ascii: "=") ? (.notEqual, 2) : (.bang, 1)
    case UInt8(ascii: "<"):
      if next == UInt8(ascii: "=") { return (.lessOrEqual, 2) }
      return next == UInt8(ascii: ">") ? (.slip, 2) : (.less, 1)
    case UInt8(ascii: ">"): return next == UInt8(ascii: "=") ? (.greaterOrEqual, 2) : (.greater, 1)
    case UInt8(ascii: "="): return equals(start, next)
    default: return (.badCharacter, 1)
    }
  }

  /// `=`, or one of the marks that begin with it elsewhere: `==` `=<` `=>` `=:=` `=\=`.
  private func equals(_ start: Int, _ next: UInt8) -> (TokenKind, Int) {
    let third = byte(start + 2)
    let isProlog = next == UInt8(ascii: ":") || next == UInt8(ascii: "\\")
    if isProlog, third == UInt8(ascii: "=") { return (.slip, 3) }
    if next == UInt8(ascii: "=") || next == UInt8(ascii: "<") || next == UInt8(ascii: ">") {
      return (.slip, 2)
    }
    return (.equal, 1)
  }
}
