import FactLanguage
import FactModel

extension Engine {
  /// States every answer of a body as a fact, with the certainty that it has.
  ///
  /// All or nothing: rows are collected first and stated at the end, so that a bad row, a limit or
  /// an interrupt leaves the base as it was.
  func load(_ load: RuleSyntax, in source: SourceText) throws -> Outcome {
    if settings.isSafe {
      throw DiagnosticsError(
        [Diagnostic(.error, "E0403", "`load` is not allowed in safe mode", at: load.span)],
        in: source)
    }
    let resolution = try resolver.resolve(load: load, in: source)
    diagnostics += resolution.diagnostics
    let rule = resolution.value
    let evaluation = Evaluation(engine: self)
    defer { finish(evaluation) }
    let new = resolver.newDeclaration(by: load.head, isRule: false)
    let known = base.relation(named: rule.relation)
    let hasQualifiers = !load.head.qualifiers.isEmpty
    let arity = rule.head.count - (hasQualifiers ? ClaimView.Qualifier.allCases.count : 0)
    if let known, known.arity != arity {
      throw EngineError.failed(
        message: "`\(rule.relation)` takes \(known.arity) values, not \(arity)", hint: nil)
    }
    var loader = LoadedRows(arity: arity, hasQualifiers: hasQualifiers)
    let isStreamed =
      durable != nil && !rule.hasAggregates
      && rule.body.readsOnlyFiles(and: { self.staysAsItIs($0, whileLoading: rule.relation) })
    let open: () throws -> Relation = { [self] in
      if let new { try base.declare(new) }
      guard let relation = known ?? base.relation(named: rule.relation, arity: arity) else {
        throw EngineError.failed(message: "`\(rule.relation)` could not be made", hint: nil)
      }
      return relation
    }
    let staged = StagedRows(columnCount: rule.head.count, account: evaluation.account)
    var finished = false
    defer { if isStreamed, !finished { hasTornLoad = loader.rows > 0 } }
    do {
      try derive(rule.body.relations, in: evaluation)
      // Nothing that is read can change, and a failure goes back to the last commit.
      let streamed = isStreamed ? try open() : nil
      try collect(rule, evaluation) { columns, count, levels in
        try self.check(
          columns, count, arity: arity, of: known?.schema, in: source, at: load.head.span)
        staged.append(columns, count: count, levels: levels)
        guard let streamed, staged.count >= LoadedRows.chunk else { return }
        let isFirst = loader.rows == 0
        try self.state(staged, in: streamed, &loader, onlyFull: true)
        if isFirst, loader.newFacts > loader.rows / 10 * 9,
          let rest = evaluation.meter.remainingRows
        {
          streamed.facts.facts.reserve(min(rest, LoadedRows.reserved))
        }
        try self.durable?.relieve()
      }
    } catch let error as FailureError {
      throw DiagnosticsError([error.failure.diagnostic], in: source)
    }
    let relation = try open()
    // Where all can be taken back, it can be stopped until the end.
    let mark = isStreamed || hasQualifiers || !staged.isCertain ? nil : relation.facts.mark
    do {
      try state(
        staged, in: relation, &loader, showing: isStreamed ? nil : evaluation,
        canStop: mark != nil)
    } catch {
      if let mark { relation.facts.rollBack(to: mark) }
      if known == nil { _ = base.drop(relation) }
      throw error
    }
    // A base keeps what tells rows apart, once it is published.
    if durable == nil { relation.facts.facts.settle() }
    finished = true
    return .loaded(
      rows: loader.rows, newFacts: loader.newFacts, newClaims: loader.newClaims,
      skipped: evaluation.skippedRows)
  }

  /// Whether a relation has nothing but stored facts, and those of another relation than the one that
  /// is loaded: then its rows stay what they are while the load states others.
  private func staysAsItIs(_ name: String, whileLoading loaded: String) -> Bool {
    name != loaded && !resolver.isDerived(name) && base.relation(named: name)?.isBuiltin == false
  }

  /// States the rows that wait, and leaves none; with `onlyFull` fewer than fill a segment.
  private func state(
    _ staged: StagedRows, in relation: Relation, _ loader: inout LoadedRows,
    showing evaluation: Evaluation? = nil, canStop: Bool = false, onlyFull: Bool = false
  ) throws {
    var rows: [UInt32] = []
    var done = 0
    let total = staged.count
    try staged.take(onlyFull: onlyFull) { columns, count, levels, frames in
      if canStop { try evaluation?.checkpoint() }
      let claims = claimBatch(
        columns, count, levels, arity: loader.arity, hasQualifiers: loader.hasQualifiers)
      let stated = relation.facts.state(
        columns: Array(columns[0..<loader.arity]), count: count,
        frames: Array(frames.prefix(loader.arity)), claims: claims, rows: &rows)
      loader.newFacts += stated.newFacts
      loader.newClaims += stated.newClaims - stated.newFacts
      loader.rows += count
      // Where nearly all are new so far, the others will be as well.
      if done == 0, stated.newFacts > count / 10 * 9 {
        relation.facts.facts.reserve(total - count)
      }
      done += count
      evaluation?.meter.note(stated: done)
    }
  }

  private func collect(
    _ rule: ResolvedRule, _ evaluation: Evaluation,
    _ receive: @escaping ([[UInt64]], Int, [UInt8]?) throws -> Void
  ) throws {
    if rule.hasAggregates {
      let fixpoint = Fixpoint(
        evaluation: evaluation, relations: [], rules: [], outside: evaluation.scanSource)
      let relation = DerivedRelation(
        name: rule.relation, arity: rule.head.count, account: evaluation.account)
      try fixpoint.aggregate(rule, into: relation, source: evaluation.scanSource)
      relation.begin(level: 1)
      relation.begin(level: 2)
      let block = RowBlock(relation, slots: Array(0..<rule.head.count))
      try receive(block.columns, block.count, block.levels.isEmpty ? nil : block.levels)
      return
    }
    let head = rule.head.compactMap { term -> ResolvedExpression? in
      if case .expression(let expression) = term { expression } else { nil }
    }
    let needed = head.reduce(into: SlotSet()) { $0.formUnion($1.slots) }
    for literals in rule.body.alternatives {
      var planner = BodyPlanner(
        variables: rule.variables,
        statistics: SourceStatistics(evaluation: evaluation, source: evaluation.scanSource),
        disabledPasses: settings.disabledPasses)
      let plan = planner.plan(literals)
      var compiler = PipelineCompiler(
        evaluation: evaluation, variableCount: rule.variables.count, plan: plan,
        countsMatches: true, source: evaluation.scanSource)
      let sink = ColumnSink(evaluation, expressions: head, receive: receive)
      try compiler.compile(plan, needed: needed, sink: sink).run()
    }
  }

  /// A declared type is checked as facts are stated, also where a rule computes them.
  private func check(
    _ columns: [[UInt64]], _ count: Int, arity: Int, of schema: Schema?, in source: SourceText,
    at span: SourceSpan
  ) throws {
    guard let schema, schema.isDeclared else { return }
    for column in 0..<arity {
      let attribute = schema.attributes[column]
      guard attribute.type != .any else { continue }
      let words = columns[column]
      guard let row = attribute.type.firstRefused(words, count: count, base.values) else {
        continue
      }
      let text = base.values.text(of: Word(bits: words[row]))
      throw DiagnosticsError(
        [
          Diagnostic(
            .error, "E0402",
            "`\(attribute.name)` of `\(schema.name)` takes \(attribute.type.phrase), and \(text) is none",
            at: span)
        ], in: source)
    }
  }

  private func claimBatch(
    _ columns: [[UInt64]], _ count: Int, _ levels: [UInt8]?, arity: Int, hasQualifiers: Bool
  ) -> ClaimBatch {
    var claims = ClaimBatch()
    claims.certainties = levels
    guard hasQualifiers else { return claims }
    let missing = Word.anything.bits
    func column(_ qualifier: ClaimView.Qualifier) -> [UInt64]? {
      let words = columns[arity + qualifier.rawValue][0..<count]
      if words.allSatisfy({ $0 == missing }) { return nil }
      return words.map { $0 == missing ? Word.unknown.bits : $0 }
    }
    claims.sources = column(.source)
    claims.documents = column(.document)
    claims.places = column(.place)
    claims.valid = column(.valid)
    claims.known = column(.known)
    claims.common.knownIsGiven = claims.known != nil
    if let certainties = column(.certainty) {
      let levels = claims.certainties ?? Array(repeating: 0, count: count)
      claims.certainties = zip(levels, certainties).map { level, word in
        let stated = base.certaintyWords.firstIndex(of: Word(bits: word)) ?? 0
        return max(level, UInt8(stated))
      }
    }
    return claims
  }
}

/// What a `load` has stated so far.
private struct LoadedRows {
  let arity: Int
  let hasQualifiers: Bool
  var rows = 0
  var newFacts = 0
  var newClaims = 0

  /// Rows that are stated at once.
  static let chunk = 65_536
  /// Rows for which room is made ahead at most.
  static let reserved = 12 << 20
}

extension ResolvedBody {
  /// Whether nothing is read but files and relations of which `isAllowed` says so.
  fileprivate func readsOnlyFiles(and isAllowed: (String) -> Bool) -> Bool {
    alternatives.joined().allSatisfy { literal in
      switch literal.kind {
      case .atom(let atom), .optional(let atom):
        switch atom.source {
        case .file: true
        case .relation(let name): isAllowed(name)
        default: false
        }
      case .negation(let body): body.readsOnlyFiles(and: isAllowed)
      case .comparison, .memberOfList, .memberOfRange, .overlaps, .test: true
      }
    }
  }
}
