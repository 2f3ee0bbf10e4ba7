import FactModel

extension BinaryOperator {
  /// How tightly it binds; `**` binds from the right.
  var level: Int {
    switch self {
    case .add, .subtract: return 1
    case .multiply, .divide, .integerDivide, .modulo: return 2
    case .power: return 3
    }
  }
}

extension StatementParser {
  /// Expressions deeper than this are refused, so that no later stage runs out of stack.
  static let expressionLimit = 300

  // MARK: Operators

  /// The arithmetic operator that the current token is.
  var binaryOperator: BinaryOperator? {
    switch token.kind {
    case .plus: return .add
    case .minus: return .subtract
    case .times: return .multiply
    case .slash: return .divide
    case .power: return .power
    case .name:
      if isWord("div") { return .integerDivide }
      return isWord("mod") ? .modulo : nil
    default: return nil
    }
  }

  /// Whether the current token makes what stands before it an operand rather than an atom.
  var continuesExpression: Bool {
    switch token.kind {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .plus, .times, .slash,
      .power, .plusMinus, .range:
      return true
    case .minus: return !startsDenial
    case .name:
      return isWord("in") || isWord("overlaps") || isWord("div") || isWord("mod")
    default: return false
    }
  }

  /// Whether the current minus begins a line of its own: at the prompt always, in a file if an atom
  /// follows, since a full stop was then forgotten.
  private var startsDenial: Bool {
    guard token.startsLine, openBrackets.isEmpty else { return false }
    if mode == .prompt { return true }
    let next = peek()
    return next.kind == .name && next.lower == token.upper && isBeforeParen(next)
  }

  /// Whether an operand may begin with this token.
  func startsOperand(_ token: Token) -> Bool {
    switch token.kind {
    case .name, .variable, .wildcard, .text, .number, .date, .parameter, .leftParen, .minus,
      .tilde, .range:
      return true
    default: return false
    }
  }

  /// Notes one more level of recursion.
  mutating func deepen(_ span: SourceSpan) throws(SyntaxFailure) {
    nesting += 1
    if nesting > 3 * StatementParser.nestingLimit {
      throw SyntaxFailure(.tooDeep(limit: StatementParser.nestingLimit), at: span)
    }
  }

  /// An expression whose operators bind at least as tightly as `minimum`; its first operand may
  /// have been read already, and a minus before that one.
  mutating func parseExpression(
    after operand: Expression? = nil, negatedFrom: Int? = nil, minimum: Int = 1
  ) throws(SyntaxFailure) -> Expression {
    try deepen(token.span)
    let lower = negatedFrom ?? operand?.span.lower ?? token.lower
    var left: Expression
    if negatedFrom != nil {
      let inner = try parseExpression(after: operand, minimum: BinaryOperator.power.level)
      left = Expression(.unary(.minus, inner), at: span(from: lower))
      lastDepth += 1
    } else if let operand {
      left = operand
    } else {
      left = try parseUnary()
    }
    var depth = lastDepth
    while let operation = binaryOperator, operation.level >= minimum {
      if token.kind == .minus, startsDenial { break }
      advance()
      let next = operation == .power ? operation.level : operation.level + 1
      let right = try parseExpression(minimum: next)
      depth = max(depth, lastDepth) + 1
      left = Expression(.binary(operation, left, right), at: span(from: lower))
      if depth > StatementParser.expressionLimit {
        throw SyntaxFailure(.tooDeep(limit: StatementParser.expressionLimit), at: left.span)
      }
    }
    lastDepth = depth
    nesting -= 1
    return left
  }

  private mutating func parseUnary() throws(SyntaxFailure) -> Expression {
    guard token.kind == .minus else { return try parsePrimary() }
    let lower = token.lower
    let next = peek()
    if next.kind == .number, lexer.token(from: next.upper).kind != .power {
      return try parseLiteralValue()
    }
    advance()
    let operand = try parseExpression(minimum: BinaryOperator.power.level)
    lastDepth += 1
    return Expression(.unary(.minus, operand), at: span(from: lower))
  }

  // MARK: Operands

  mutating func parsePrimary() throws(SyntaxFailure) -> Expression {
    let first = token
    lastDepth = 1
    switch token.kind {
    case .number, .date, .tilde, .range: return try parseLiteralValue()
    case .text:
      let value = try unescaped(token)
      advance()
      return Expression(.constant(.symbol(value)), at: first.span)
    case .name:
      if isVagueWord(token) { return try parseLiteralValue() }
      if peek().kind == .leftParen { return try parseCall() }
      let isToday = isWord("today")
      advance()
      try rejectRange(after: first)
      return Expression(isToday ? .today : .constant(.symbol(text(first))), at: first.span)
    case .variable:
      if isBeforeParen(token) { return try parseCall() }
      advance()
      try rejectRange(after: first)
      return Expression(.variable(text(first)), at: first.span)
    case .wildcard:
      advance()
      try rejectRange(after: first)
      return Expression(.wildcard, at: first.span)
    case .parameter:
      advance()
      try rejectRange(after: first)
      return Expression(
        .parameter(text(SourceSpan(first.lower + 1, first.upper))), at: first.span)
    case .leftParen:
      try open()
      let inner = try parseExpression()
      let depth = lastDepth
      try close(.rightParen, "`)` or an operator")
      lastDepth = depth
      return Expression(inner.kind, at: span(from: first.lower))
    default: throw unexpected("a value")
    }
  }

  /// `1..N` is no range, since the bounds of one are written out.
  private func rejectRange(after first: Token) throws(SyntaxFailure) {
    guard token.kind == .range else { return }
    throw SyntaxFailure(.openBound(text(first)), at: first.span.joined(token.span))
  }

  private mutating func parseCall() throws(SyntaxFailure) -> Expression {
    let name = token
    advance()
    let (arguments, qualifiers) = try parseArguments()
    if let qualifier = qualifiers.first {
      throw SyntaxFailure(
        .namedFunctionArgument("@" + qualifier.name), at: span(of: qualifier))
    }
    return try call(text(name), arguments, from: name.lower)
  }

  /// `[a, b]`, on the right of `in`.
  mutating func parseList() throws(SyntaxFailure) -> Expression {
    let lower = token.lower
    try open()
    var values: [Expression] = []
    var depth = 0
    if token.kind != .rightBracket {
      values.append(try parseExpression())
      depth = lastDepth
      while token.kind == .comma {
        advance()
        values.append(try parseExpression())
        depth = max(depth, lastDepth)
      }
    }
    try close(.rightBracket, "`,` or `]`")
    lastDepth = depth + 1
    return Expression(.list(values), at: span(from: lower))
  }

  // MARK: Arguments and qualifiers

  /// The arguments in brackets; `lastDepth` is that of the deepest, plus one.
  mutating func parseArguments() throws(SyntaxFailure) -> ([Argument], [Qualifier]) {
    guard token.kind == .leftParen else { throw unexpected("`(`") }
    try open()
    var arguments: [Argument] = []
    var qualifiers: [Qualifier] = []
    var depth = 0
    while token.kind != .rightParen || !(arguments.isEmpty && qualifiers.isEmpty) {
      if token.kind == .qualifier {
        let qualifier = try parseQualifier(isOutside: false)
        if qualifiers.contains(where: { $0.name == qualifier.name }) {
          throw SyntaxFailure(.duplicateQualifier(qualifier.name), at: span(of: qualifier))
        }
        qualifiers.append(qualifier)
      } else {
        let argument = try parseArgument()
        if let name = argument.name {
          if arguments.contains(where: { $0.name == name }) {
            throw SyntaxFailure(.duplicateAttribute(name), at: argument.span)
          }
        } else if arguments.last?.name != nil {
          throw SyntaxFailure(.positionalAfterNamed, at: argument.span)
        }
        arguments.append(argument)
      }
      depth = max(depth, lastDepth)
      guard token.kind == .comma else { break }
      advance()
    }
    try close(.rightParen, "`,` or `)`")
    lastDepth = depth + 1
    return (arguments, qualifiers)
  }

  private mutating func parseArgument() throws(SyntaxFailure) -> Argument {
    let first = token
    switch first.kind {
    case .name, .variable, .text:
      guard mayBeAttribute(first), peek().kind == .colon else { break }
      let name = first.kind == .text ? try unescaped(first) : text(first)
      advance()
      advance()
      let value = try parseExpression()
      return Argument(name: name, value: value, span: span(from: first.lower))
    default: break
    }
    let value = try parseExpression()
    return Argument(name: nil, value: value, span: value.span)
  }

  /// Whether a colon may follow, judged by one byte, so that most arguments need no second token.
  private func mayBeAttribute(_ token: Token) -> Bool {
    switch lexer.byte(token.upper) {
    case UInt8(ascii: ","), UInt8(ascii: ")"), UInt8(ascii: "("): return false
    default: return true
    }
  }

  mutating func parseQualifier(isOutside: Bool) throws(SyntaxFailure) -> Qualifier {
    let name = token
    advance()
    try expect(.colon, "`:` after `\(text(name))`")
    let value = try parseExpression()
    switch value.kind {
    case .unary, .binary:
      if containsBareName(value) {
        throw SyntaxFailure(.notAName(text(value.span)), at: value.span)
      }
      throw SyntaxFailure(.qualifierExpression(text(name)), at: value.span)
    case .call, .list:
      throw SyntaxFailure(.qualifierExpression(text(name)), at: value.span)
    default: break
    }
    return Qualifier(
      name: text(SourceSpan(name.lower + 1, name.upper)), nameSpan: name.span, value: value,
      isOutside: isOutside)
  }

  private func containsBareName(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .constant(.symbol): return true
    case .unary(_, let operand): return containsBareName(operand)
    case .binary(_, let left, let right): return containsBareName(left) || containsBareName(right)
    default: return false
    }
  }

  /// The qualifiers after a statement, or before the `{` of a block.
  mutating func parseOutsideQualifiers() throws(SyntaxFailure) -> [Qualifier] {
    var qualifiers: [Qualifier] = []
    while true {
      guard token.kind == .qualifier else { throw unexpected("a qualifier such as `@source: …`") }
      let qualifier = try parseQualifier(isOutside: true)
      if qualifiers.contains(where: { $0.name == qualifier.name }) {
        throw SyntaxFailure(.duplicateQualifier(qualifier.name), at: span(of: qualifier))
      }
      qualifiers.append(qualifier)
      guard token.kind == .comma else { return qualifiers }
      // In a body a comma may also lead to the next literal; the caller then reports the place.
      guard peek().kind == .qualifier else { return qualifiers }
      advance()
    }
  }

  // MARK: Texts

  /// What a quoted text says.
  func unescaped(_ token: Token) throws(SyntaxFailure) -> String {
    let inner = lexer.bytes[token.lower + 1..<token.upper - 1]
    guard inner.contains(0x5C) else { return String(decoding: inner, as: UTF8.self) }
    var result: [UInt8] = []
    result.reserveCapacity(inner.count)
    var position = inner.startIndex
    while position < inner.endIndex {
      let byte = inner[position]
      if byte != 0x5C {
        result.append(byte)
        position += 1
        continue
      }
      let escape = lexer.byte(position + 1)
      switch escape {
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "\""), UInt8(ascii: "'"), 0x5C: result.append(escape)
      case UInt8(ascii: "u"):
        position = try unescapeScalar(position, inner.endIndex, &result)
        continue
      default:
        let length = CharacterClass.scalar(lexer.bytes, position + 1).length
        let span = SourceSpan(position, position + 1 + length)
        throw SyntaxFailure(.badEscape(text(span)), at: span)
      }
      position += 2
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Reads `\u{…}` at `start` and returns the offset after it.
  private func unescapeScalar(
    _ start: Int, _ end: Int, _ result: inout [UInt8]
  ) throws(SyntaxFailure) -> Int {
    var position = start + 2
    var value: UInt32 = 0
    var digits = 0
    if lexer.byte(position) == UInt8(ascii: "{") {
      position += 1
      while position < end, digits < 7,
        let digit = Character(Unicode.Scalar(lexer.bytes[position])).hexDigitValue
      {
        value = value * 16 + UInt32(digit)
        digits += 1
        position += 1
      }
    }
    guard digits > 0, digits < 7, position < end, lexer.bytes[position] == UInt8(ascii: "}"),
      let scalar = Unicode.Scalar(value)
    else {
      let span = SourceSpan(start, min(max(position, start + 2), end))
      throw SyntaxFailure(.badEscape(text(span)), at: span)
    }
    result.append(contentsOf: Array(String(Character(scalar)).utf8))
    return position + 1
  }
}
