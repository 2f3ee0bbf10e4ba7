import FactModel

extension StatementParser {
  /// The next statement; nil at the end of the text.
  mutating func parseNext() throws(SyntaxFailure) -> Statement? {
    while true {
      statementLower = token.lower
      percent = nil
      hasEnded = false
      switch token.kind {
      case .end:
        guard let block = blocks.popLast() else { return nil }
        blocks.removeAll()
        throw SyntaxFailure(.unclosedBracket("{"), at: block.brace)
      case .rightBrace:
        guard blocks.popLast() != nil else { throw unexpected("a statement") }
        advance()
      case .stop where isCommandStart: return try parseCommand()
      case .name:
        if mode == .prompt, let command = bareCommand() { return command }
        if isKeyword("with") {
          try openBlock()
          continue
        }
        return try parseStatement()
      default: return try parseStatement()
      }
    }
  }

  /// Whether the current name begins a statement as a keyword: by what follows, since any keyword
  /// may also name a relation.
  func isKeyword(_ word: StaticString) -> Bool {
    guard isWord(word) else { return false }
    switch peek().kind {
    case .name, .variable, .text, .qualifier, .parameter, .number, .date, .badDate, .badWord,
      .range:
      return true
    default: return false
    }
  }

  private mutating func parseStatement() throws(SyntaxFailure) -> Statement {
    let statement = try parseStatementKind()
    if !blocks.isEmpty {
      switch statement.kind {
      case .fact, .retraction: break
      default:
        throw SyntaxFailure(.notInBlock(text(statement.span)), at: statement.span)
      }
    }
    return statement
  }

  private mutating func parseStatementKind() throws(SyntaxFailure) -> Statement {
    let lower = token.lower
    switch token.kind {
    case .implies:
      advance()
      let body = try parseBody()
      try endWithStop()
      return Statement(.constraint(body), at: span(from: lower))
    case .bar where mode == .prompt:
      let stages = try parseStages()
      try endQuery()
      return Statement(.continuation(stages), at: span(from: lower))
    case .bar:
      throw SyntaxFailure(.stageOutsideQuery, at: token.span)
    case .name:
      if isKeyword("relation") { return try parseDeclaration() }
      if isKeyword("load") { return try parseLoad() }
      if isKeyword("query") { return try parseNamedQuery() }
      if let scope = try parseScope() {
        let query = try parseQuery(scope: scope, first: nil, from: lower)
        try endQuery()
        return Statement(.query(query), at: span(from: lower))
      }
    default: break
    }
    return try parseClause()
  }

  func span(from lower: Int) -> SourceSpan { SourceSpan(lower, max(previousUpper, lower)) }

  // MARK: Facts, rules and queries

  /// A statement that begins with a literal: its ending decides what it is.
  private mutating func parseClause() throws(SyntaxFailure) -> Statement {
    let lower = token.lower
    let first = try parseItem()
    guard case .literal(let literal) = first, case .atom(let atom) = literal.kind else {
      return try parseQueryStatement(first, from: lower)
    }
    switch token.kind {
    case .implies:
      return try parseRule(head: atom, from: lower)
    case .stop:
      if let word = dottedWord, atom.arguments.isEmpty {
        throw SyntaxFailure(.notAName(text(word)), at: word)
      }
      end()
      return Statement(.fact(try fact(atom, outside: [])), at: span(from: lower))
    case .tilde:
      end()
      return try parseRetraction(atom, from: lower)
    case .qualifier:
      let qualifiers = try parseOutsideQualifiers()
      if token.kind == .question || token.kind == .comma || token.kind == .bar
        || token.kind == .semicolon || (mode == .prompt && endsLine)
      {
        let place = qualifiers[0].nameSpan.joined(qualifiers[qualifiers.count - 1].value.span)
        throw SyntaxFailure(.qualifierOutside(text(place)), at: place)
      }
      if let word = dottedWord { throw SyntaxFailure(.notAName(text(word)), at: word) }
      guard token.kind == .stop else { throw missingEnd("`.`") }
      end()
      return Statement(.fact(try fact(atom, outside: qualifiers)), at: span(from: lower))
    default:
      return try parseQueryStatement(first, from: lower)
    }
  }

  /// Whether nothing more stands on the line.
  var endsLine: Bool { token.kind == .end || token.startsLine }

  private mutating func parseRule(head: Atom, from lower: Int) throws(SyntaxFailure) -> Statement {
    try checkHead(head)
    if let qualifier = head.qualifiers.first {
      throw SyntaxFailure(.qualifierOfDerived(qualifier.name), at: span(of: qualifier))
    }
    advance()
    let body = try parseBody()
    if token.kind == .bar { throw SyntaxFailure(.stageOnRule, at: token.span) }
    let rule = RuleSyntax(head: head, body: body, span: span(from: lower))
    if token.kind == .tilde {
      end()
      return Statement(.ruleRetraction(rule), at: span(from: lower))
    }
    try endWithStop()
    return Statement(.rule(rule), at: span(from: lower))
  }

  func checkHead(_ head: Atom) throws(SyntaxFailure) {
    if head.isDenial { throw SyntaxFailure(.denialInHead, at: head.span) }
  }

  func span(of qualifier: Qualifier) -> SourceSpan {
    qualifier.nameSpan.joined(qualifier.value.span)
  }

  /// What follows a literal where no rule, fact or retraction was found: a query.
  private mutating func parseQueryStatement(
    _ first: BodyItem, from lower: Int
  ) throws(SyntaxFailure) -> Statement {
    let query = try parseQuery(scope: nil, first: first, from: lower)
    try endQuery(query)
    return Statement(.query(query), at: span(from: lower))
  }

  /// Takes the `?`, which the prompt does not ask for.
  mutating func endQuery(_ query: Query? = nil) throws(SyntaxFailure) {
    if token.kind == .question {
      end()
      return
    }
    if mode == .prompt, endsLine, openBrackets.isEmpty { return }
    if let query, query.stages.isEmpty, token.kind == .stop, dottedWord == nil {
      let literals = query.body.alternatives.flatMap { $0 }
      if literals.count > 1 {
        throw SyntaxFailure(.conjunctionStated, at: query.span)
      }
      throw SyntaxFailure(.notAFact(text(query.span)), at: query.span)
    }
    if token.kind == .implies { throw SyntaxFailure(.badHead, at: query?.span ?? token.span) }
    throw missingEnd("`?` or `.`")
  }

  /// Takes the full stop.
  mutating func endWithStop() throws(SyntaxFailure) {
    if token.kind == .stop {
      if let word = dottedWord { throw SyntaxFailure(.notAName(text(word)), at: word) }
      end()
      return
    }
    if token.kind == .bar { throw SyntaxFailure(.stageOnRule, at: token.span) }
    throw missingEnd("`.`")
  }

  /// The failure where an ending is missing: after the last token if a new line begins.
  func missingEnd(_ expected: String) -> SyntaxFailure {
    let startsAnother =
      token.kind == .name || token.kind == .variable || token.kind == .text
      || token.kind == .implies || token.kind == .minus
    if token.startsLine, startsAnother, openBrackets.isEmpty {
      var failure = SyntaxFailure(.missingStop, at: endSpan)
      failure.resumes = isAtMargin
      return failure
    }
    return unexpected(expected)
  }

  // MARK: Stated facts

  /// Checks that an atom can be stated, and gives it the qualifiers after it and of the blocks.
  private func fact(_ atom: Atom, outside: [Qualifier]) throws(SyntaxFailure) -> Atom {
    var atom = atom
    if let qualifier = atom.qualifiers.first {
      throw SyntaxFailure(.qualifierInsideFact(qualifier.name), at: span(of: qualifier))
    }
    for argument in atom.arguments { try checkConstant(argument.value) }
    for qualifier in outside { try checkConstant(qualifier.value) }
    atom.qualifiers = merged(outside)
    return atom
  }

  /// The qualifiers after a statement, and those of the open blocks that it does not set itself.
  private func merged(_ own: [Qualifier]) -> [Qualifier] {
    guard let block = blocks.last else { return own }
    var all = own
    for qualifier in block.qualifiers where !own.contains(where: { $0.name == qualifier.name }) {
      all.append(qualifier)
    }
    return all
  }

  private func checkConstant(_ expression: Expression) throws(SyntaxFailure) {
    switch expression.kind {
    case .constant, .wildcard, .today, .parameter: return
    case .variable(let name):
      let word = joinedWord(from: expression.span.lower)
      let isJoined = word.upper > expression.span.upper
      throw SyntaxFailure(
        isJoined ? .notAName(text(word)) : .variableInFact(name),
        at: isJoined ? word : expression.span)
    case .unary(_, let operand): try checkConstant(operand)
    case .binary(_, let left, let right):
      if isJoinedName(expression, left, right) {
        throw SyntaxFailure(.notAName(text(expression.span)), at: expression.span)
      }
      try checkConstant(left)
      try checkConstant(right)
    case .call(_, let arguments), .list(let arguments):
      for argument in arguments { try checkConstant(argument) }
    }
  }

  /// Whether arithmetic on words was meant as one name: `e-commerce`, `Coca-Cola`.
  private func isJoinedName(
    _ whole: Expression, _ left: Expression, _ right: Expression
  ) -> Bool {
    let hasSpace = lexer.bytes[whole.span.lower..<whole.span.upper].contains { $0 <= 0x20 }
    for operand in [left, right] {
      switch operand.kind {
      case .constant(.symbol): return lexer.bytes[operand.span.lower] != UInt8(ascii: "\"")
      case .variable where !hasSpace: return true
      default: break
      }
    }
    return false
  }

  private mutating func parseRetraction(
    _ atom: Atom, from lower: Int
  ) throws(SyntaxFailure) -> Statement {
    var atom = atom
    var outside: [Qualifier] = []
    if token.kind == .qualifier, !(mode == .prompt && token.startsLine) {
      hasEnded = false
      outside = try parseOutsideQualifiers()
      try endWithStop()
      for qualifier in outside { try checkConstant(qualifier.value) }
    } else if token.kind == .stop, !token.startsLine {
      end()
    }
    let inside = atom.qualifiers
    atom.qualifiers += merged(outside).filter { own in
      !(inside.contains { $0.name == own.name }) || outside.contains { $0.name == own.name }
    }
    return Statement(.retraction(atom), at: span(from: lower))
  }

  // MARK: Blocks and commands

  private mutating func openBlock() throws(SyntaxFailure) {
    if blocks.count >= StatementParser.nestingLimit {
      throw SyntaxFailure(.tooDeep(limit: StatementParser.nestingLimit), at: token.span)
    }
    advance()
    guard token.kind == .qualifier else { throw unexpected("a qualifier such as `@document: …`") }
    let qualifiers = try parseOutsideQualifiers()
    for qualifier in qualifiers { try checkConstant(qualifier.value) }
    guard token.kind == .leftBrace else { throw unexpected("`{`") }
    let brace = token.span
    advance()
    blocks.append((merged(qualifiers), brace))
  }

  private var isCommandStart: Bool {
    token.startsLine && CharacterClass.isASCIILetter(lexer.byte(token.upper))
  }

  private mutating func parseCommand() throws(SyntaxFailure) -> Statement {
    let lower = token.lower
    var upper = lexer.endOfLine(lower)
    while upper > lower, lexer.bytes[upper - 1] <= 0x20 { upper -= 1 }
    let span = SourceSpan(lower, upper)
    let word = text(SourceSpan(lower + 1, lexer.endOfWord(lower + 1)))
    previousUpper = upper
    previousKind = .end
    token = lexer.token(from: lexer.endOfLine(lower), startsLine: true)
    hasEnded = true
    if !blocks.isEmpty { throw SyntaxFailure(.notInBlock(text(span)), at: span) }
    if ["decl", "type", "input", "output", "printsize", "comp", "pragma"].contains(word) {
      throw SyntaxFailure(.directive(word), at: SourceSpan(lower, lower + 1 + word.utf8.count))
    }
    return Statement(.command(text(SourceSpan(lower + 1, upper))), at: span)
  }

  /// `help`, `quit` and `exit` alone on their line, the first also with words after it.
  private mutating func bareCommand() -> Statement? {
    guard token.startsLine, isWord("help") || isWord("quit") || isWord("exit") else { return nil }
    let lower = token.lower
    let next = peek()
    var upper = token.upper
    if next.kind != .end, !next.startsLine {
      guard isWord("help"), next.kind == .name || next.kind == .variable else { return nil }
      upper = lexer.endOfLine(lower)
      let line = lexer.bytes[token.upper..<upper]
      let isPlain = line.allSatisfy {
        CharacterClass.isASCIIWord($0) || $0 <= 0x20 || $0 == UInt8(ascii: "-") || $0 >= 0x80
      }
      guard isPlain else { return nil }
      while upper > lower, lexer.bytes[upper - 1] <= 0x20 { upper -= 1 }
    }
    previousUpper = upper
    previousKind = .end
    token = lexer.token(from: upper)
    let span = SourceSpan(lower, upper)
    return Statement(.command(text(span)), at: span)
  }
}
