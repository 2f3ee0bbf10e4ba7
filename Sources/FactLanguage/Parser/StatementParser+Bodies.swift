import FactModel

/// What may stand between the commas of a body: an expression is none yet, but may be the left side
/// of a comparison, or the inside of brackets within one.
enum BodyItem {
  case literal(Literal)
  case expression(Expression)
}

extension StatementParser {
  mutating func parseBody() throws(SyntaxFailure) -> Body {
    let lower = token.lower
    return try parseBody(first: try parseItem(), from: lower)
  }

  /// The body whose first item has been read.
  mutating func parseBody(first: BodyItem, from lower: Int) throws(SyntaxFailure) -> Body {
    var alternatives: [[Literal]] = []
    var literals = [try literal(first)]
    while true {
      switch token.kind {
      case .comma:
        advance()
        // Reading must come first: the judgement looks at the token after the item.
        let item = try parseItem()
        literals.append(try literal(item))
      case .semicolon:
        advance()
        alternatives.append(literals)
        let item = try parseItem()
        literals = [try literal(item)]
      case .qualifier:
        let qualifiers = try parseOutsideQualifiers()
        let place = qualifiers[0].nameSpan.joined(qualifiers[qualifiers.count - 1].value.span)
        throw SyntaxFailure(.qualifierOutside(text(place)), at: place)
      case .slip: throw lexicalFailure(token)
      default:
        alternatives.append(literals)
        return Body(alternatives: alternatives, span: span(from: lower))
      }
    }
  }

  /// An item as a literal; an expression alone is none.
  private func literal(_ item: BodyItem) throws(SyntaxFailure) -> Literal {
    switch item {
    case .literal(let literal): return literal
    case .expression(let expression):
      if isWord("is") { throw SyntaxFailure(.slip("is"), at: token.span) }
      switch token.kind {
      case .slip, .openText, .badWord, .badDate, .badCharacter: throw lexicalFailure(token)
      case .stop where dottedWord != nil: throw unexpected("a comparison")
      case .end where mode == .prompt: break
      case .end, .name, .leftParen, .leftBracket: throw unexpected("a comparison")
      default: break
      }
      throw SyntaxFailure(.bareExpression(text(expression.span)), at: expression.span)
    }
  }

  /// One literal, or an expression that is none.
  mutating func parseItem() throws(SyntaxFailure) -> BodyItem {
    let lower = token.lower
    switch token.kind {
    case .bang:
      advance()
      return try parseNegation(from: lower, mark: "!")
    case .leftParen: return try parseBrackets(from: lower)
    case .minus:
      let next = peek()
      if next.kind == .name || next.kind == .variable || next.kind == .text {
        if isBeforeParen(next) || next.kind == .name {
          advance()
          return try parseAtomOrCall(isDenial: true, from: lower)
        }
      }
    case .name:
      if isWord("not"), isNegationKeyword {
        advance()
        return try parseNegation(from: lower, mark: "not")
      }
      if isWord("optional"), isOptionalKeyword {
        advance()
        return try parseOptional(from: lower)
      }
      return try parseAtomOrCall(isDenial: false, from: lower)
    case .variable, .wildcard, .text:
      if isBeforeParen(token) { return try parseAtomOrCall(isDenial: false, from: lower) }
    case .slip where text(token) == "\\+": throw lexicalFailure(token)
    case .slip where text(token) == "//" || text(token) == "/*": throw lexicalFailure(token)
    default: break
    }
    guard startsOperand(token) else { throw unexpected("a literal") }
    return try continueComparison(try parseExpression(), from: lower)
  }

  /// Whether `not` negates here: not if it is a relation's name, which a statement shows by what
  /// follows its brackets.
  private var isNegationKeyword: Bool {
    let next = peek()
    guard next.kind == .leftParen else { return startsLiteral(next) }
    guard token.lower == statementLower, next.lower == token.upper else { return true }
    switch tokenAfterBrackets(next).kind {
    case .implies, .stop, .tilde, .qualifier: return false
    default: return true
    }
  }

  private var isOptionalKeyword: Bool {
    let next = peek()
    return next.kind == .leftParen ? next.lower > token.upper : startsLiteral(next)
  }

  private func startsLiteral(_ token: Token) -> Bool {
    if token.kind == .bang { return true }
    if token.kind == .tilde {
      let next = lexer.token(from: token.upper)
      return next.lower == token.upper && (next.kind == .number || next.kind == .date)
    }
    return startsOperand(token) && !isWord("in", token) && !isWord("overlaps", token)
  }

  /// The first token after the brackets that `open` begins.
  private func tokenAfterBrackets(_ open: Token) -> Token {
    var depth = 0
    var current = open
    while current.kind != .end {
      switch current.kind {
      case .leftParen, .leftBracket, .leftBrace: depth += 1
      case .rightParen, .rightBracket, .rightBrace: depth -= 1
      default: break
      }
      current = lexer.token(from: current.upper)
      if depth == 0 { return current }
    }
    return current
  }

  // MARK: Atoms

  private mutating func parseAtomOrCall(
    isDenial: Bool, from lower: Int
  ) throws(SyntaxFailure) -> BodyItem {
    let name = token
    let hasArguments = token.kind == .name ? peek().kind == .leftParen : isBeforeParen(token)
    if !hasArguments {
      guard name.kind == .name else {
        return try continueComparison(try parseExpression(), from: lower)
      }
      if isVagueWord(name) || isWord("today") {
        let expression = try parseExpression(negatedFrom: isDenial ? lower : nil)
        return try continueComparison(expression, from: lower)
      }
      advance()
      if continuesExpression {
        let symbol = Expression(.constant(.symbol(text(name))), at: name.span)
        return try continueOperand(symbol, negatedFrom: isDenial ? lower : nil, from: lower)
      }
      let atom = Atom(
        name: text(name), nameSpan: name.span, arguments: [], qualifiers: [], isDenial: isDenial,
        span: span(from: lower))
      return .literal(Literal(.atom(atom), at: atom.span))
    }
    let nameText = name.kind == .text ? try unescaped(name) : text(name)
    advance()
    if nameText == "file", name.kind == .name, !isDenial {
      let first = peek()
      if first.kind == .text || first.kind == .parameter {
        return .literal(try parseFile(from: lower))
      }
    }
    let (arguments, qualifiers) = try parseArguments()
    if continuesExpression, qualifiers.isEmpty {
      if name.kind == .text { throw unexpected("`,` or the end of the literal") }
      if token.kind == .less, lexer.byte(token.upper) == UInt8(ascii: "-"), lower == statementLower
      {
        throw SyntaxFailure(.slip("<-"), at: SourceSpan(token.lower, token.upper + 1))
      }
      let call = try call(nameText, arguments, from: name.lower)
      return try continueOperand(call, negatedFrom: isDenial ? lower : nil, from: lower)
    }
    let atom = Atom(
      name: nameText, nameSpan: name.span, arguments: arguments, qualifiers: qualifiers,
      isDenial: isDenial, span: span(from: lower))
    return .literal(Literal(.atom(atom), at: atom.span))
  }

  func call(
    _ name: String, _ arguments: [Argument], from lower: Int
  ) throws(SyntaxFailure) -> Expression {
    for argument in arguments {
      if let attribute = argument.name {
        throw SyntaxFailure(.namedFunctionArgument(attribute), at: argument.span)
      }
    }
    let values = arguments.map(\.value)
    return Expression(.call(name: name, arguments: values), at: span(from: lower))
  }

  private mutating func parseFile(from lower: Int) throws(SyntaxFailure) -> Literal {
    var (arguments, qualifiers) = try parseArguments()
    let first = arguments.removeFirst()
    let path = first.value
    switch path.kind {
    case .constant(.symbol) where first.name == nil: break
    case .parameter where first.name == nil: break
    default:
      throw SyntaxFailure(
        .unexpected(found: text(first.span), expected: "a path in quotes"), at: first.span)
    }
    let file = FileAtom(
      path: path, arguments: arguments, qualifiers: qualifiers, span: span(from: lower))
    return Literal(.file(file), at: file.span)
  }

  // MARK: Negation, optional, brackets

  private mutating func parseNegation(
    from lower: Int, mark: String
  ) throws(SyntaxFailure) -> BodyItem {
    try deepen(token.span)
    let item = try parseItem()
    nesting -= 1
    guard case .literal(let operand) = item else {
      throw SyntaxFailure(.badOperand(mark), at: span(from: lower))
    }
    let whole = span(from: lower)
    switch operand.kind {
    case .comparison(let comparison, let left, let right):
      return .literal(Literal(.comparison(comparison.opposite, left, right), at: whole))
    case .negation, .optional: throw SyntaxFailure(.badOperand(mark), at: whole)
    case .group(let body): return .literal(Literal(.negation(body), at: whole))
    case .atom, .file, .membership, .overlaps:
      let body = Body(alternatives: [[operand]], span: operand.span)
      return .literal(Literal(.negation(body), at: whole))
    }
  }

  private mutating func parseOptional(from lower: Int) throws(SyntaxFailure) -> BodyItem {
    try deepen(token.span)
    let item = try parseItem()
    nesting -= 1
    let whole = span(from: lower)
    guard case .literal(let operand) = item else {
      throw SyntaxFailure(.badOperand("optional"), at: whole)
    }
    switch operand.kind {
    case .atom, .file: return .literal(Literal(.optional(operand), at: whole))
    default: throw SyntaxFailure(.badOperand("optional"), at: whole)
    }
  }

  /// `(…)`: a body, or an expression if an operator follows.
  private mutating func parseBrackets(from lower: Int) throws(SyntaxFailure) -> BodyItem {
    try open()
    let innerLower = token.lower
    let first = try parseItem()
    if case .expression(let inner) = first, token.kind == .rightParen {
      let depth = lastDepth
      try close(.rightParen, "`)`")
      lastDepth = depth
      let whole = Expression(inner.kind, at: span(from: lower))
      return try continueOperand(whole, negatedFrom: nil, from: lower)
    }
    let depth = lastDepth
    let body = try parseBody(first: first, from: innerLower)
    try close(.rightParen, "`,` or `)`")
    if continuesExpression, body.alternatives.count == 1, body.alternatives[0].count == 1,
      case .atom(let atom) = body.alternatives[0][0].kind, atom.qualifiers.isEmpty
    {
      lastDepth = depth
      let operand = try expression(of: atom, at: span(from: lower))
      return try continueOperand(operand, negatedFrom: nil, from: lower)
    }
    return .literal(Literal(.group(body), at: span(from: lower)))
  }

  /// An atom in brackets that turned out to be an operand: a call, or a symbol if it has no
  /// brackets of its own.
  private func expression(of atom: Atom, at span: SourceSpan) throws(SyntaxFailure) -> Expression {
    var kind = Expression.Kind.constant(.symbol(atom.name))
    if lexer.byte(atom.span.upper - 1) == UInt8(ascii: ")") {
      kind = try call(atom.name, atom.arguments, from: atom.span.lower).kind
    }
    if atom.isDenial { kind = .unary(.minus, Expression(kind, at: atom.span)) }
    return Expression(kind, at: span)
  }

  // MARK: Comparisons

  /// Goes on with an operand that was read before it was known to be one.
  private mutating func continueOperand(
    _ operand: Expression, negatedFrom lower: Int?, from start: Int
  ) throws(SyntaxFailure) -> BodyItem {
    let left = try parseExpression(after: operand, negatedFrom: lower)
    return try continueComparison(left, from: start)
  }

  /// The comparison whose left side has been read; the expression itself if none follows.
  private mutating func continueComparison(
    _ left: Expression, from lower: Int
  ) throws(SyntaxFailure) -> BodyItem {
    let comparison: ComparisonOperator
    switch token.kind {
    case .equal: comparison = .equal
    case .notEqual: comparison = .notEqual
    case .less: comparison = .less
    case .lessOrEqual: comparison = .lessOrEqual
    case .greater: comparison = .greater
    case .greaterOrEqual: comparison = .greaterOrEqual
    case .name:
      if isWord("in") {
        advance()
        let set = token.kind == .leftBracket ? try parseList() : try parseExpression()
        return .literal(Literal(.membership(left, set), at: span(from: lower)))
      }
      if isWord("overlaps") {
        advance()
        let right = try parseExpression()
        return .literal(Literal(.overlaps(left, right), at: span(from: lower)))
      }
      if isWord("not"), isWord("in", peek()) {
        throw SyntaxFailure(.slip("not in"), at: token.span.joined(peek().span))
      }
      return .expression(left)
    default: return .expression(left)
    }
    advance()
    let right = try parseExpression()
    return .literal(Literal(.comparison(comparison, left, right), at: span(from: lower)))
  }
}

extension ComparisonOperator {
  /// The operator that holds where this one does not.
  public var opposite: ComparisonOperator {
    switch self {
    case .equal: return .notEqual
    case .notEqual: return .equal
    case .less: return .greaterOrEqual
    case .lessOrEqual: return .greater
    case .greater: return .lessOrEqual
    case .greaterOrEqual: return .less
    }
  }
}
