import FactModel

extension StatementParser {
  /// The stages that a query may have, as words.
  static let stageWords = [
    "select", "where", "sort", "limit", "chart", "into", "count", "sum", "min", "max", "avg",
    "list",
    "latest",
  ]

  // MARK: Queries

  /// `as of …:` or `during …:`, if one begins here.
  mutating func parseScope() throws(SyntaxFailure) -> TimeScope? {
    let lower = token.lower
    if isWord("as"), isWord("of", peek()) {
      advance()
      advance()
      let first = try parseExpression()
      var kind = TimeScope.Kind.asOf(first)
      if isWord("and") {
        advance()
        kind = .between(first, try parseExpression())
      }
      let whole = span(from: lower)
      try expect(.colon, "`:`")
      return TimeScope(kind, at: whole)
    }
    guard isWord("during") else { return nil }
    switch peek().kind {
    case .name, .variable, .text, .parameter, .number, .date, .badDate, .range, .tilde: break
    default: return nil
    }
    if peek().kind == .tilde {
      let after = lexer.token(from: peek().upper)
      guard after.kind == .date || after.kind == .number else { return nil }
    }
    advance()
    let period = try parseExpression()
    let whole = span(from: lower)
    try expect(.colon, "`:`")
    return TimeScope(.during(period), at: whole)
  }

  /// A query up to its ending, which is left; its first item may have been read.
  mutating func parseQuery(
    scope: TimeScope?, first: BodyItem?, from lower: Int
  ) throws(SyntaxFailure) -> Query {
    let body: Body
    if let first {
      body = try parseBody(first: first, from: lower)
    } else {
      body = try parseBody()
    }
    let stages = try parseStages()
    return Query(scope: scope, body: body, stages: stages, span: span(from: lower))
  }

  /// `query NAME($parameter = default, …) "TITLE": QUERY ?`
  mutating func parseNamedQuery() throws(SyntaxFailure) -> Statement {
    let lower = token.lower
    advance()
    let name = token
    let nameText = try parseRelationName("a name for the query")
    var parameters: [QueryParameter] = []
    if token.kind == .leftParen { parameters = try parseParameters() }
    var title: String?
    if token.kind == .text {
      title = try unescaped(token)
      advance()
    }
    try expect(.colon, "`:` and the query")
    let start = token.lower
    let scope = try parseScope()
    let query = try parseQuery(scope: scope, first: nil, from: start)
    guard token.kind == .question else { throw missingEnd("`?`") }
    end()
    let whole = span(from: lower)
    let named = NamedQuery(
      name: nameText, nameSpan: name.span, title: title, parameters: parameters, query: query,
      text: text(whole))
    return Statement(.namedQuery(named), at: whole)
  }

  private mutating func parseParameters() throws(SyntaxFailure) -> [QueryParameter] {
    try open()
    var parameters: [QueryParameter] = []
    while token.kind != .rightParen || !parameters.isEmpty {
      guard token.kind == .parameter else { throw unexpected("a parameter such as `$company`") }
      let name = token
      advance()
      var value: Expression?
      if token.kind == .equal {
        advance()
        value = try parseExpression()
      }
      parameters.append(
        QueryParameter(
          name: text(SourceSpan(name.lower + 1, name.upper)), defaultValue: value))
      guard token.kind == .comma else { break }
      advance()
    }
    try close(.rightParen, "`,` or `)`")
    return parameters
  }

  /// The name of a relation or query where only one may stand: a word in either case, or a text.
  mutating func parseRelationName(_ expected: String) throws(SyntaxFailure) -> String {
    switch token.kind {
    case .name, .variable:
      let name = text(token)
      advance()
      return name
    case .text:
      let name = try unescaped(token)
      advance()
      return name
    default: throw unexpected(expected)
    }
  }

  // MARK: Stages

  mutating func parseStages() throws(SyntaxFailure) -> [Stage] {
    var stages: [Stage] = []
    while token.kind == .bar {
      advance()
      stages.append(try parseStage())
    }
    return stages
  }

  private mutating func parseStage() throws(SyntaxFailure) -> Stage {
    let lower = token.lower
    let kind: Stage.Kind
    if isWord("select") {
      advance()
      kind = .select(try parseColumns())
    } else if isWord("where") {
      advance()
      kind = .filter(try parseBody())
    } else if isWord("sort") {
      advance()
      if isWord("by") { advance() }
      kind = .sort(try parseSortKeys())
    } else if isWord("limit") {
      advance()
      let count = try parseExpression()
      var offset: Expression?
      if isWord("offset") {
        advance()
        offset = try parseExpression()
      }
      kind = .limit(count, offset: offset)
    } else if isWord("chart") {
      advance()
      guard token.kind == .name else { throw unexpected("a kind of chart such as `bar`") }
      let form = text(token)
      advance()
      kind = .chart(form, try parseExpression())
    } else if isWord("into") {
      advance()
      guard token.kind == .text || token.kind == .parameter else {
        throw unexpected("a path in quotes")
      }
      kind = .into(try parsePrimary())
    } else {
      kind = try parseAggregates()
    }
    return Stage(kind, at: span(from: lower))
  }

  private mutating func parseColumns() throws(SyntaxFailure) -> [NamedExpression] {
    var columns: [NamedExpression] = []
    while true {
      let lower = token.lower
      let name = try parseColumnName()
      let value = try parseExpression()
      columns.append(NamedExpression(name: name, value: value, span: span(from: lower)))
      guard token.kind == .comma else { return columns }
      advance()
    }
  }

  /// `Name =` before a column or an aggregate.
  private mutating func parseColumnName() throws(SyntaxFailure) -> String? {
    guard token.kind == .variable, peek().kind == .equal else { return nil }
    let name = text(token)
    advance()
    advance()
    return name
  }

  private mutating func parseSortKeys() throws(SyntaxFailure) -> [SortKey] {
    var keys: [SortKey] = []
    while true {
      let value = try parseExpression()
      var isDescending = false
      if isWord("desc") || isWord("asc") {
        isDescending = isWord("desc")
        advance()
      }
      keys.append(SortKey(value: value, isDescending: isDescending))
      guard token.kind == .comma else { return keys }
      advance()
    }
  }

  private mutating func parseAggregates() throws(SyntaxFailure) -> Stage.Kind {
    var aggregates: [NamedAggregate] = []
    repeat {
      if !aggregates.isEmpty { advance() }
      aggregates.append(try parseAggregate(isFirst: aggregates.isEmpty))
    } while token.kind == .comma
    var groups: [Expression] = []
    if isWord("by") {
      repeat {
        advance()
        groups.append(try parseExpression())
      } while token.kind == .comma
    }
    return .aggregate(aggregates, by: groups)
  }

  private mutating func parseAggregate(isFirst: Bool) throws(SyntaxFailure) -> NamedAggregate {
    let lower = token.lower
    let name = try parseColumnName()
    guard token.kind == .name else {
      throw unexpected(name == nil ? "a stage such as `count`, `select` or `sort`" : "an aggregate")
    }
    let word = text(token)
    guard let function = AggregateFunction(rawValue: word) else {
      let nearest = NearestName.nearest(word, among: StatementParser.stageWords).first
      throw SyntaxFailure(.unknownStage(word, nearest: nearest), at: token.span)
    }
    advance()
    var isDistinct = false
    if function == .count, isWord("distinct") {
      isDistinct = true
      advance()
    }
    var argument: Expression?
    if startsOperand(token), !isWord("by"), !(mode == .prompt && token.startsLine) {
      argument = try parseExpression()
    }
    if argument == nil, function != .count || isDistinct {
      guard token.kind != .end else { throw unexpected("what `\(word)` is taken of") }
      throw SyntaxFailure(
        .aggregateNeeds(isDistinct ? "count distinct" : word, what: "a variable or expression"),
        at: span(from: lower))
    }
    var key: Expression?
    if function == .latest {
      guard isWord("on") else {
        if token.kind == .end { throw unexpected("`on` and a key") }
        throw SyntaxFailure(.aggregateNeeds(word, what: "`on` and a key"), at: span(from: lower))
      }
      advance()
      key = try parseExpression()
    }
    return NamedAggregate(
      name: name, function: function, isDistinct: isDistinct, argument: argument, key: key,
      span: span(from: lower))
  }

  // MARK: Declarations and loads

  /// `load HEAD :- BODY.`
  mutating func parseLoad() throws(SyntaxFailure) -> Statement {
    let lower = token.lower
    advance()
    let headLower = token.lower
    guard case .literal(let literal) = try parseItem(), case .atom(let head) = literal.kind else {
      throw SyntaxFailure(.badHead, at: span(from: headLower))
    }
    try checkHead(head)
    try expect(.implies, "`:-`")
    let body = try parseBody()
    try endWithStop()
    let rule = RuleSyntax(head: head, body: body, span: span(from: headLower))
    return Statement(.load(rule), at: span(from: lower))
  }

  /// `relation NAME(attribute: TYPE[unit] key, …).`
  mutating func parseDeclaration() throws(SyntaxFailure) -> Statement {
    let lower = token.lower
    advance()
    let nameSpan = token.span
    let name = try parseRelationName("the name of the relation")
    var attributes: [Attribute] = []
    var spans: [SourceSpan] = []
    if token.kind == .leftParen {
      try open()
      while token.kind != .rightParen || !attributes.isEmpty {
        let start = token.lower
        let attribute = try parseAttribute()
        let span = span(from: start)
        if attributes.contains(where: { $0.name == attribute.name }) {
          throw SyntaxFailure(.duplicateAttribute(attribute.name), at: span)
        }
        attributes.append(attribute)
        spans.append(span)
        guard token.kind == .comma else { break }
        advance()
      }
      try close(.rightParen, "`,` or `)`")
    }
    try endWithStop()
    let schema = Schema(name: name, attributes: attributes, isDeclared: true)
    let declaration = RelationDeclaration(
      schema: schema, nameSpan: nameSpan, attributeSpans: spans)
    return Statement(.declaration(declaration), at: span(from: lower))
  }

  private mutating func parseAttribute() throws(SyntaxFailure) -> Attribute {
    var attribute = Attribute(name: try parseRelationName("the name of an attribute"))
    if token.kind == .colon {
      advance()
      guard token.kind == .name else { throw unexpected("a type such as `entity` or `integer`") }
      let word = text(token)
      guard let type = AttributeType.named(word) else {
        throw SyntaxFailure(.unknownType(word), at: token.span)
      }
      attribute.type = type
      advance()
      if token.kind == .leftBracket {
        try open()
        guard token.kind == .name || token.kind == .text || token.kind == .variable else {
          throw SyntaxFailure(.badUnit(text(token)), at: token.span)
        }
        attribute.unit = try parseRelationName("a unit")
        try close(.rightBracket, "`]`")
      }
    }
    if isWord("key") {
      attribute.isKey = true
      advance()
    }
    return attribute
  }
}

extension AttributeType {
  /// The types as a declaration writes them.
  static let words: [(String, AttributeType)] = [
    ("entity", .entity), ("text", .text), ("integer", .integer), ("number", .number),
    ("percent", .percent), ("date", .date),
  ]

  /// The type that a declaration calls `word`.
  static func named(_ word: String) -> AttributeType? {
    words.first { $0.0 == word }?.1
  }
}
