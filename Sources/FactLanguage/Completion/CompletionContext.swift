import FactModel

/// Something that may come next at the cursor.
public enum Expectation: Sendable, Hashable {
  /// A statement begins here: a relation, or a word such as `relation`, `query`, `as of`.
  case statement
  /// A literal begins here: a relation, a function, or one of `not` and `optional`.
  case relation
  /// The name of an attribute of `relation` that is none of `used`.
  case attribute(relation: String, used: [String])
  /// A constant that occurs in an attribute, given by its position or name; a qualifier has `@`.
  case value(relation: String, position: Int?, attribute: String?)
  /// A variable of the statement; see `variables`.
  case variable
  case function
  /// The name of a qualifier after `@`, none of `used`.
  case qualifierName(used: [String])
  /// The value of a qualifier.
  case qualifierValue(String)
  /// A stage after `|`, or an aggregate.
  case stage
  case aggregate
  /// One of these words of the grammar.
  case keyword([String])
  /// A type of a declaration.
  case type
  case date
  /// A script parameter after `$`.
  case parameter
  /// The name of a command, without its dot.
  case command
  /// An argument of a command; `words` are the arguments before it.
  case commandArgument(command: String, index: Int, words: [String])
  /// The path of a file.
  case filePath
}

/// What may stand at a cursor, and what it would replace. A pure value, found from the text alone;
/// the schema and the facts turn it into suggestions.
public struct CompletionContext: Sendable, Hashable {
  /// The bytes of the text that a suggestion replaces: the word at the cursor, with its quotes.
  public var replace: Range<Int>
  /// What has been typed of that word, without quotes.
  public var prefix: String
  /// The quote that the word begins with, as a byte.
  public var quote: UInt8?
  /// What may come, the likeliest first.
  public var expectations: [Expectation]
  /// Where the variables of the statement occur as arguments, also after the cursor.
  public var variables: [VariableUse]
  /// The variables of the statement in the order of their first use.
  public var variableNames: [String]
  /// The variable that a comparison has on its left, where its right side is typed.
  public var comparedVariable: String?

  /// Looks at `text` with the cursor at a UTF-8 byte offset. Complexity: O(*n*).
  public init(_ text: String, cursor: Int) {
    self.init(bytes: Array(text.utf8), cursor: cursor)
  }

  private init(bytes: [UInt8], cursor: Int) {
    let cursor = min(max(cursor, 0), bytes.count)
    replace = cursor..<cursor
    prefix = ""
    expectations = []
    variables = []
    variableNames = []
    var walker = SyntaxWalker(Lexer(bytes))
    let lexer = walker.lexer
    var token = lexer.token(from: 0, startsLine: true)
    while token.kind != .end, token.lower < cursor {
      if walker.isCommand(token), lexer.endOfLine(token.lower) >= cursor {
        readCommand(lexer, token, cursor)
        return
      }
      if walker.isCommand(token) {
        walker.begin()
        token = lexer.token(from: lexer.endOfLine(token.lower))
        continue
      }
      if isWord(token, at: cursor) { break }
      _ = walker.step(token)
      token = lexer.token(from: token.upper)
    }
    if isInComment(lexer, from: walker.previous?.upper ?? 0, to: min(token.lower, cursor), cursor) {
      return
    }
    var rest = cursor
    var isDirect = true
    if token.kind != .end, token.lower < cursor {
      rest = readWord(lexer, token, cursor)
    } else {
      isDirect = walker.previous.map { $0.upper == cursor } ?? true
    }
    expectations = expected(walker, token.lower < cursor ? token : nil, isDirect: isDirect)
    comparedVariable = walker.compared
    finishStatement(&walker, from: rest)
    variables = walker.variables
    variableNames = walker.variableNames
  }

  /// Whether the cursor is within or at the end of a word that is being typed.
  private func isWord(_ token: Token, at cursor: Int) -> Bool {
    guard token.lower < cursor, cursor <= token.upper else { return false }
    switch token.kind {
    case .name, .variable, .wildcard, .qualifier, .parameter, .number, .date, .badWord, .badDate,
      .openText:
      return true
    case .text: return cursor < token.upper
    case .badCharacter: return true
    default: return false
    }
  }

  private func isInComment(_ lexer: Lexer, from lower: Int, to upper: Int, _ cursor: Int) -> Bool {
    var position = lower
    while position < upper {
      let byte = lexer.bytes[position]
      if byte == UInt8(ascii: "#") || byte == UInt8(ascii: "%") {
        let end = lexer.endOfLine(position)
        if cursor > position, cursor <= end { return true }
        position = end
      } else {
        position += 1
      }
    }
    return false
  }

  /// Notes the word at the cursor; returns where the text after it goes on.
  private mutating func readWord(_ lexer: Lexer, _ token: Token, _ cursor: Int) -> Int {
    let typed = String(decoding: lexer.bytes[token.lower..<cursor], as: UTF8.self)
    guard token.kind == .text || token.kind == .openText else {
      replace = token.lower..<token.upper
      prefix =
        token.kind == .qualifier || token.kind == .parameter || token.kind == .badCharacter
        ? String(typed.dropFirst()) : typed
      return token.upper
    }
    quote = lexer.bytes[token.lower]
    prefix = String(typed.dropFirst())
    // A quote further on belongs to this text only if nothing that ends an argument lies between.
    var end = cursor
    while end < token.upper, lexer.bytes[end] != quote, lexer.bytes[end] != UInt8(ascii: ","),
      lexer.bytes[end] != UInt8(ascii: ")")
    {
      end += 1
    }
    let isClosed = end < lexer.bytes.count && end < token.upper && lexer.bytes[end] == quote
    replace = token.lower..<(isClosed ? end + 1 : cursor)
    return replace.upperBound
  }

  /// Reads on to the end of the statement, for the variables that occur after the cursor.
  private func finishStatement(_ walker: inout SyntaxWalker, from offset: Int) {
    var token = walker.lexer.token(from: offset)
    while token.kind != .end {
      switch token.kind {
      case .stop, .question: return
      case .tilde where !walker.wantsOperand: return
      default: break
      }
      if walker.isCommand(token) { return }
      _ = walker.step(token)
      token = walker.lexer.token(from: token.upper)
    }
  }

  // MARK: Commands

  private mutating func readCommand(_ lexer: Lexer, _ stop: Token, _ cursor: Int) {
    let wordEnd = lexer.endOfWord(stop.upper)
    if cursor <= wordEnd {
      replace = stop.upper..<wordEnd
      prefix = String(decoding: lexer.bytes[stop.upper..<cursor], as: UTF8.self)
      expectations = [.command]
      return
    }
    let command = String(decoding: lexer.bytes[stop.upper..<wordEnd], as: UTF8.self)
    if ["explain", "erase", "why"].contains(command) {
      // What follows is of the language itself: ask again, in place.
      var inner = [UInt8](repeating: 0x20, count: wordEnd)
      inner += lexer.bytes[wordEnd..<lexer.endOfLine(stop.lower)]
      self = CompletionContext(bytes: inner, cursor: cursor)
      return
    }
    var words: [String] = []
    var position = wordEnd
    var start = cursor
    while position < cursor {
      while position < cursor, lexer.bytes[position] <= 0x20 { position += 1 }
      start = position
      let first = position < cursor ? lexer.bytes[position] : 0
      let isQuoted = first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
      if isQuoted {
        position += 1
        while position < cursor, lexer.bytes[position] != first { position += 1 }
        if position < cursor { position += 1 }
      }
      while position < cursor, lexer.bytes[position] > 0x20 { position += 1 }
      if position < cursor {
        words.append(String(decoding: lexer.bytes[start..<position], as: UTF8.self))
        start = cursor
      }
    }
    prefix = String(decoding: lexer.bytes[start..<cursor], as: UTF8.self)
    if let first = prefix.utf8.first, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      quote = first
      prefix.removeFirst()
    }
    replace = start..<cursor
    expectations = [.commandArgument(command: command, index: words.count, words: words)]
  }
}
