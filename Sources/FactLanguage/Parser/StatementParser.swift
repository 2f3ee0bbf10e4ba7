import FactModel

/// How the text of statements ends them.
public enum ParsingMode: Sendable, Hashable {
  /// A file: each statement needs its ending.
  case script
  /// The prompt, or `-c`: a complete line without an ending is a query.
  case prompt
}

/// Reads the statements of a text one after the other, so that a long file is never held as a tree.
///
/// A statement with an error is skipped up to its full stop, and its diagnostic kept; the others
/// are still returned, so that one run finds all errors.
public struct StatementParser: Sendable {
  /// How many errors are collected before the rest of the text is left alone.
  public static let errorLimit = 20
  /// How deep brackets, and how deep expressions, may nest.
  static let nestingLimit = 200

  /// The text being read.
  public let source: SourceText
  let mode: ParsingMode
  let lexer: Lexer
  var token: Token
  /// Where the last consumed token ends.
  var previousUpper = 0
  var previousKind = TokenKind.end
  /// Where the statement being read starts.
  var statementLower = 0
  /// The `%` that began a comment within the statement being read.
  var percent: Int?
  /// Whether the ending of the statement being read has been taken.
  var hasEnded = false
  var nesting = 0
  /// How deep the expression read last is.
  var lastDepth = 0
  var openBrackets: [Token] = []
  /// The qualifiers of the `with` blocks that are open, the innermost last, and their braces.
  var blocks: [(qualifiers: [Qualifier], brace: SourceSpan)] = []
  var failures: [SyntaxFailure] = []
  var isStopped = false

  /// Starts at the beginning of `source`.
  public init(_ source: SourceText, mode: ParsingMode = .script) {
    self.source = source
    self.mode = mode
    lexer = Lexer(source.bytes)
    token = lexer.token(from: 0, startsLine: true)
  }

  /// The errors found so far, sorted by place.
  public var diagnostics: [Diagnostic] {
    failures.map { $0.diagnostic(in: source) }.sorted { $0.span.lower < $1.span.lower }
  }

  /// Whether an error was found so far.
  public var hasErrors: Bool { !failures.isEmpty }

  /// The next statement without an error; nil at the end of the text, or after too many errors.
  public mutating func next() -> Statement? {
    while !isStopped {
      do throws(SyntaxFailure) {
        if let statement = try parseNext() { return statement }
        isStopped = true
      } catch {
        record(error)
        if error.resumes {
          openBrackets.removeAll(keepingCapacity: true)
          nesting = 0
        } else if !hasEnded {
          recover()
        }
      }
    }
    return nil
  }

  private mutating func record(_ failure: SyntaxFailure) {
    var failure = failure
    if failure.percent == nil, failure.isPercentLikely, let percent, isRemainder(percent) {
      failure.percent = percent
    }
    failures.append(failure)
    guard failures.count >= StatementParser.errorLimit else { return }
    if token.kind != .end {
      failures.append(
        SyntaxFailure(.tooManyErrors(StatementParser.errorLimit), at: failure.span))
    }
    isStopped = true
  }

  /// Whether a `%` that began a comment looks like an operator: an operand before it on the line,
  /// and after it a number, a variable or a bracket rather than the words of a sentence.
  private func isRemainder(_ percent: Int) -> Bool {
    var before = percent - 1
    while before >= 0, lexer.bytes[before] == 0x20 { before -= 1 }
    guard before >= 0 else { return false }
    let left = lexer.bytes[before]
    guard CharacterClass.isASCIIWord(left) || left == UInt8(ascii: ")") else { return false }
    var after = percent + 1
    while lexer.byte(after) == 0x20 { after += 1 }
    let right = lexer.byte(after)
    if right == UInt8(ascii: "(") { return true }
    guard CharacterClass.isDigit(right) || CharacterClass.isUpper(right) else { return false }
    after = lexer.endOfWord(after)
    while lexer.byte(after) == 0x20 { after += 1 }
    return !CharacterClass.isASCIILetter(lexer.byte(after))
  }

  // MARK: Tokens

  @inline(__always)
  mutating func advance() {
    previousUpper = token.upper
    previousKind = token.kind
    token = lexer.token(from: token.upper)
    if let found = token.percent, percent == nil { percent = found }
  }

  /// The token after the current one.
  func peek() -> Token { lexer.token(from: token.upper) }

  func text(_ span: SourceSpan) -> String { source[span] }

  func text(_ token: Token) -> String { source[token.span] }

  /// Whether the current token is this word, whatever its case class.
  func isWord(_ word: StaticString) -> Bool { isWord(word, token) }

  func isWord(_ word: StaticString, _ token: Token) -> Bool {
    guard token.kind == .name, token.upper - token.lower == word.utf8CodeUnitCount else {
      return false
    }
    return word.withUTF8Buffer { buffer in
      for index in 0..<buffer.count where lexer.bytes[token.lower + index] != buffer[index] {
        return false
      }
      return true
    }
  }

  /// Whether `token` is directly followed by `(`.
  func isBeforeParen(_ token: Token) -> Bool { lexer.byte(token.upper) == UInt8(ascii: "(") }

  /// Takes the ending of a statement.
  mutating func end() {
    advance()
    hasEnded = true
  }

  mutating func expect(_ kind: TokenKind, _ expected: String) throws(SyntaxFailure) {
    guard token.kind == kind else { throw unexpected(expected) }
    advance()
  }

  mutating func open() throws(SyntaxFailure) {
    openBrackets.append(token)
    if openBrackets.count > StatementParser.nestingLimit {
      throw SyntaxFailure(.tooDeep(limit: StatementParser.nestingLimit), at: token.span)
    }
    advance()
  }

  /// Takes the closing bracket of the innermost open one.
  mutating func close(_ kind: TokenKind, _ expected: String) throws(SyntaxFailure) {
    guard token.kind == kind else { throw unexpected(expected) }
    openBrackets.removeLast()
    advance()
  }

  // MARK: Recovery

  /// Goes on after the full stop that ends the statement with the error.
  private mutating func recover() {
    openBrackets.removeAll(keepingCapacity: true)
    nesting = 0
    var isFirst = true
    while token.kind != .end {
      switch token.kind {
      case .stop, .question:
        let next = lexer.byte(token.upper)
        let isEnd =
          next <= 0x20 || next == UInt8(ascii: "#") || next == UInt8(ascii: "%")
          || next == UInt8(ascii: "}")
        advance()
        if isEnd { return }
      case .openText:
        // What the quote swallowed may end with the full stop.
        let last = lexer.bytes[token.lower..<token.upper].last { $0 > 0x20 }
        advance()
        if last == UInt8(ascii: ".") || last == UInt8(ascii: "?") { return }
      case .rightBrace where !blocks.isEmpty && !isFirst: return
      default:
        if isMissedStart, !isFirst { return }
        if mode == .prompt, token.startsLine, !isFirst { return }
        advance()
      }
      isFirst = false
    }
  }

  /// Whether the current token begins a line in a way that only a new statement does.
  private var isMissedStart: Bool {
    guard isAtMargin else { return false }
    if isWord("relation") || isWord("query") || isWord("load") {
      return peek().kind == .name || peek().kind == .variable
    }
    return isWord("with") && peek().kind == .qualifier
  }

  // MARK: Failures

  /// The failure for the current token where `expected` should stand.
  func unexpected(_ expected: String) -> SyntaxFailure {
    let span = token.span
    switch token.kind {
    case .openText, .badWord, .badDate, .badCharacter, .slip: return lexicalFailure(token)
    case .end:
      if let bracket = openBrackets.last {
        return SyntaxFailure(.unclosedBracket(text(bracket)), at: bracket.span)
      }
      return SyntaxFailure(.endOfText(expected: expected), at: endSpan)
    case .rightParen, .rightBracket, .rightBrace:
      let mark = text(token)
      guard let bracket = openBrackets.last else {
        return SyntaxFailure(.unmatchedBracket(mark, expected: nil), at: span)
      }
      let closing = bracket.kind == .leftParen ? ")" : bracket.kind == .leftBracket ? "]" : "}"
      if closing != mark {
        return SyntaxFailure(.unmatchedBracket(mark, expected: closing), at: span)
      }
    case .stop:
      if let word = dottedWord { return SyntaxFailure(.notAName(text(word)), at: word) }
      if let bracket = openBrackets.last {
        return SyntaxFailure(.unclosedBracket(text(bracket)), at: bracket.span)
      }
    case .question, .implies:
      if let bracket = openBrackets.last {
        return SyntaxFailure(.unclosedBracket(text(bracket)), at: bracket.span)
      }
    default: break
    }
    if let bracket = openBrackets.last, startsNextStatement {
      var failure = SyntaxFailure(.unclosedBracket(text(bracket)), at: bracket.span)
      failure.resumes = true
      return failure
    }
    if isWord("is") || isWord("and") || isWord("or") {
      return SyntaxFailure(.slip(text(token)), at: span)
    }
    return SyntaxFailure(.unexpected(found: text(token), expected: expected), at: span)
  }

  /// Whether the current token, within brackets, begins a line as an atom does.
  private var startsNextStatement: Bool {
    isAtMargin && token.kind == .name && isBeforeParen(token)
  }

  /// Whether the current token stands at the very start of its line.
  var isAtMargin: Bool {
    token.startsLine && token.lower > 0 && lexer.bytes[token.lower - 1] == 0x0A
  }

  /// The word with dots that the current full stop is part of: `amazon.com`, `1.2.3`.
  var dottedWord: SourceSpan? {
    guard token.kind == .stop, previousUpper == token.lower,
      previousKind == .name || previousKind == .variable || previousKind == .number,
      lexer.endOfWord(token.upper) > token.upper
    else { return nil }
    return joinedWord(from: token.lower)
  }

  /// The run of letters, digits and inner `.`, `-`, `&`, `'`, `/` around an offset.
  func joinedWord(from offset: Int) -> SourceSpan {
    func isJoint(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "&")
    }
    func isWordByte(_ byte: UInt8) -> Bool { CharacterClass.isASCIIWord(byte) || byte >= 0x80 }
    var lower = offset
    while lower > 0, isWordByte(lexer.bytes[lower - 1]) || isJoint(lexer.bytes[lower - 1]) {
      lower -= 1
    }
    var upper = offset
    while isWordByte(lexer.byte(upper)) || isJoint(lexer.byte(upper)) {
      if isJoint(lexer.byte(upper)), !isWordByte(lexer.byte(upper + 1)) { break }
      upper += 1
    }
    return SourceSpan(lower, upper)
  }

  /// The place after the last token, where the text ends too early.
  var endSpan: SourceSpan { SourceSpan(max(previousUpper - 1, 0), previousUpper) }

  /// What is wrong with a token that no statement can contain.
  func lexicalFailure(_ token: Token) -> SyntaxFailure {
    let word = text(token)
    switch token.kind {
    case .openText: return SyntaxFailure(.unclosedText(String(word.prefix(1))), at: token.span)
    case .badDate: return SyntaxFailure(.noDate(word), at: token.span)
    case .badWord:
      let joined = joinedWord(from: token.lower)
      return SyntaxFailure(.notAName(text(joined)), at: joined)
    case .slip: return SyntaxFailure(.slip(word), at: token.span)
    default: return SyntaxFailure(.badCharacter(word), at: token.span)
    }
  }
}

extension SyntaxFailure {
  /// Whether a comment that swallowed part of the statement explains the failure.
  var isPercentLikely: Bool {
    switch problem {
    case .unexpected, .endOfText, .missingStop, .unclosedBracket, .bareExpression: return true
    default: return false
    }
  }
}
