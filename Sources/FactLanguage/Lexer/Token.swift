/// What a token is.
enum TokenKind: UInt8, Sendable {
  case end
  /// A word that begins with a letter other than an upper-case one.
  case name
  /// A word that begins with an upper-case letter or `_`.
  case variable
  case wildcard
  /// A quoted text, with its quotes.
  case text
  case number
  case date
  /// `$name`, `@name`
  case parameter, qualifier
  case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
  case comma, semicolon, colon, bar, stop, question, tilde
  /// `..`
  case range
  /// `:-`
  case implies
  case bang
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  case plus, minus, times, power, slash
  /// `±`
  case plusMinus
  /// An operator or comment mark of another language.
  case slip
  /// A word that begins with a digit, such as `2nd`.
  case badWord
  /// Four digits, a hyphen, and then no date.
  case badDate
  /// A quoted text that the line ends before its quote.
  case openText
  /// Any other character.
  case badCharacter
}

/// A stretch of the text that the grammar takes as one.
struct Token: Sendable {
  var kind: TokenKind
  /// Byte offsets.
  var lower: Int
  var upper: Int
  /// Whether a line break, or the start of the text, lies between it and the token before.
  var startsLine: Bool
  /// The offset of a `%` that began a comment before this token on a line that has other text.
  var percent: Int?

  var span: SourceSpan { SourceSpan(lower, upper) }
}
