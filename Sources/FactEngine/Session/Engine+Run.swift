import FactLanguage
import FactModel

extension Engine {
  /// Runs one statement and says what it did.
  ///
  /// - Parameters:
  ///   - statement: What to run; commands are none of the engine's.
  ///   - source: The text that it stands in, for the places of errors.
  ///   - origin: The file that it comes from, whose rules are replaced when it is read again.
  /// - Returns: What it did, or the answer.
  /// - Throws: `DiagnosticsError` for what is wrong with the statement, `EngineError` for what went
  ///   wrong while it ran.
  public func run(
    _ statement: Statement, in source: SourceText, origin: String? = nil
  ) throws -> Outcome {
    switch statement.kind {
    case .query(let query): return .answer(try ask(query, in: source))
    case .continuation(let stages): return .answer(try continueLast(stages: stages, in: source))
    case .command:
      throw EngineError.failed(
        message: "a command is for the shell, not for the engine", hint: nil)
    default: return try writing { try change(statement, in: source, origin: origin) }
    }
  }

  private func change(
    _ statement: Statement, in source: SourceText, origin: String?
  ) throws -> Outcome {
    resolver.today = today
    switch statement.kind {
    case .fact(let atom): return try state(atom, in: source)
    case .retraction(let atom): return try retract(atom, in: source)
    case .declaration(let declaration): return try declare(declaration, in: source)
    case .rule(let rule):
      let filled = try resolver.filled(rule, in: source)
      let resolution = try resolver.define(rule: filled, in: source)
      diagnostics += resolution.diagnostics
      try ensureRelation(of: filled.head, arity: resolution.value.head.count)
      let id = (program.rules.map(\.id).max() ?? -1) + 1
      program.version += 1
      program.rules.append(
        ProgramRule(id: id, syntax: filled, source: source, origin: origin))
      return .defined
    case .ruleRetraction(let rule): return try remove(rule, in: source)
    case .constraint(let body):
      let filled = try resolver.filled(body, in: source)
      diagnostics += try resolver.resolve(constraint: filled, in: source).diagnostics
      program.version += 1
      program.constraints.append(ProgramConstraint(body: filled, source: source, origin: origin))
      return .defined
    case .namedQuery(let query):
      if program.queries.contains(where: { $0.syntax.name == query.name }) {
        program.queries.removeAll { $0.syntax.name == query.name }
      }
      program.queries.append(ProgramQuery(syntax: query, source: source, origin: origin))
      return .defined
    case .load(let load): return try self.load(load, in: source)
    case .query, .continuation, .command: return .defined
    }
  }

  /// Forgets the rules, constraints and named queries that came from a file, before it is read
  /// again.
  public func beginFile(_ path: String) throws {
    try reading {}
    let isKnown =
      program.rules.contains { $0.origin == path }
      || program.constraints.contains { $0.origin == path }
      || program.queries.contains { $0.origin == path }
    if isKnown { try writing { forgetFile(path) } }
  }

  private func forgetFile(_ path: String) {
    program.version += 1
    program.rules.removeAll { $0.origin == path }
    program.constraints.removeAll { $0.origin == path }
    program.queries.removeAll { $0.origin == path }
  }

  /// Makes sure that a relation that rules derive is there, so that it has attributes.
  private func ensureRelation(of head: Atom, arity: Int) throws {
    if let schema = resolver.newDeclaration(by: head, isRule: true) {
      try base.declare(schema)
    } else {
      _ = base.relation(named: head.name, arity: arity)
    }
  }

  // MARK: Facts

  private func state(_ atom: Atom, in source: SourceText) throws -> Outcome {
    let fact = try resolver.statedFact(atom, in: source)
    for diagnostic in fact.diagnostics { diagnostics.append((diagnostic, source)) }
    let relation = try self.relation(fact.schema, isNew: fact.isNew)
    let table = fact.isDenial ? relation.denialsForWriting() : relation.facts
    let stated = table.state(fact.words, fact.claim)
    return .stated(newFacts: stated.newFact ? 1 : 0, newClaims: stated.newClaim ? 1 : 0)
  }

  /// States a run of plain facts, from one of them on, up to the first that is wrong.
  ///
  /// `count` is how many were stated; `failure` says what is wrong with the one after them, after
  /// which one may go on. Complexity: O(cells), with one look-up for each symbol.
  public func state(
    _ batch: FactBatch, from first: Int = 0, in source: SourceText
  ) throws -> (count: Int, newFacts: Int, newClaims: Int, failure: DiagnosticsError?) {
    try writing { try stateNow(batch, from: first, in: source) }
  }

  private func stateNow(
    _ batch: FactBatch, from first: Int, in source: SourceText
  ) throws -> (count: Int, newFacts: Int, newClaims: Int, failure: DiagnosticsError?) {
    let facts = resolver.statedFacts(batch, from: first, in: source)
    for diagnostic in facts.diagnostics { diagnostics.append((diagnostic, source)) }
    guard facts.count > 0 else { return (0, 0, 0, facts.failure) }
    let relation = try self.relation(facts.schema, isNew: facts.isNew)
    var rows: [UInt32] = []
    let stated = relation.facts.state(
      columns: facts.columns, count: facts.count, claims: ClaimBatch(common: facts.claim),
      rows: &rows)
    return (facts.count, stated.newFacts, stated.newClaims, facts.failure)
  }

  /// The relation of a stated fact; a new one comes into being with its first statement, declared
  /// where that names its attributes.
  private func relation(_ schema: Schema, isNew: Bool) throws -> Relation {
    if isNew, schema.isDeclared { return try base.declare(schema).relation }
    if let relation = base.relation(named: schema.name, arity: schema.arity) { return relation }
    throw EngineError.failed(
      message: "`\(schema.name)` takes \(base.relation(named: schema.name)?.arity ?? 0) values",
      hint: nil)
  }

  private func declare(_ declaration: RelationDeclaration, in source: SourceText) throws -> Outcome
  {
    for diagnostic in try resolver.declare(declaration, in: source) {
      diagnostics.append((diagnostic, source))
    }
    program.version += 1
    return .defined
  }

  private func retract(_ atom: Atom, in source: SourceText) throws -> Outcome {
    let pattern = try resolver.retractionPattern(atom, in: source)
    guard let relation = base.relation(named: pattern.relation) else {
      return .retracted(claims: 0)
    }
    let rows = matchingRows(pattern, relation)
    let closed = base.retract(
      rows, of: relation, denied: pattern.isDenial, matching: pattern.filter,
      at: pattern.moment ?? today.word)
    return .retracted(claims: closed)
  }

  /// Removes claims of facts as if they had never been stated; for typing errors.
  ///
  /// Returns the number of facts and denials that are gone.
  public func erase(_ atom: Atom, in source: SourceText) throws -> Int {
    try writing { try forget(atom, in: source) }
  }

  private func forget(_ atom: Atom, in source: SourceText) throws -> Int {
    let pattern = try resolver.retractionPattern(atom, in: source)
    guard let relation = base.relation(named: pattern.relation),
      let table = relation.table(denied: pattern.isDenial)
    else { return 0 }
    return table.erase(rows: matchingRows(pattern, relation), matching: pattern.filter)
  }

  private func matchingRows(_ pattern: RetractionPattern, _ relation: Relation) -> [UInt32] {
    guard let table = relation.table(denied: pattern.isDenial)?.facts else { return [] }
    var columns: [Int] = []
    var key: [UInt64] = []
    for (column, word) in pattern.words.enumerated() {
      guard let word else { continue }
      columns.append(column)
      key.append(word.bits)
    }
    if columns.isEmpty { return (0..<UInt32(table.rowCount)).filter { table.isLive($0) } }
    return table.index(on: columns).rows(forKey: key).filter { table.isLive($0) }
  }

  private func remove(_ rule: RuleSyntax, in source: SourceText) throws -> Outcome {
    let filled = try resolver.filled(rule, in: source)
    let text = source.words(of: filled.span)
    guard
      let index = program.rules.firstIndex(where: { $0.source.words(of: $0.syntax.span) == text })
    else {
      throw DiagnosticsError(
        [
          Diagnostic(
            .error, "E0209", "there is no such rule", at: rule.span,
            hint: "`.rules \(rule.head.name)` shows those there are")
        ], in: source)
    }
    program.version += 1
    program.rules.remove(at: index)
    return .defined
  }
}

extension SourceText {
  /// The text of a span without white space, to compare statements by.
  func words(of span: SourceSpan) -> String { String(self[span].filter { !$0.isWhitespace }) }
}
