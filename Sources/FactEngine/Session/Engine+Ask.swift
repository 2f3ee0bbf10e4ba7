import FactLanguage
import FactModel

extension Engine {
  /// Asks a query; `arguments` stand in for its parameters before the script's.
  public func ask(
    _ query: Query, in source: SourceText, defaults: [QueryParameter] = [],
    arguments: [String: String] = [:]
  ) throws -> Answer {
    try reading {
      try askNow(query, in: source, defaults: defaults, arguments: arguments)
    }
  }

  private func askNow(
    _ query: Query, in source: SourceText, defaults: [QueryParameter],
    arguments: [String: String]
  ) throws -> Answer {
    let saved = parameters
    if !arguments.isEmpty { parameters.merge(arguments) { _, new in new } }
    defer { if !arguments.isEmpty { parameters = saved } }
    if let answer = lookUp(query, in: source) { return answer }
    resolver.today = today
    let resolution = try resolver.resolve(query: query, in: source, defaults: defaults)
    diagnostics += resolution.diagnostics
    let answer = try self.answer(resolution.value, syntax: query, in: source)
    last = (resolution.value, query)
    lastSource = source
    return answer
  }

  /// Applies further stages to the last query.
  public func continueLast(stages: [Stage], in source: SourceText) throws -> Answer {
    try reading { try continueNow(stages: stages, in: source) }
  }

  private func continueNow(stages: [Stage], in source: SourceText) throws -> Answer {
    guard let last, let query = try resolvedLast() else {
      throw EngineError.failed(
        message: "there is no query yet that a line with `|` could go on from", hint: nil)
    }
    let resolution = try resolver.resolve(stages: stages, continuing: query, in: source)
    diagnostics += resolution.diagnostics
    var syntax = last.syntax
    syntax.stages += stages
    let answer = try self.answer(resolution.value, syntax: syntax, in: source)
    self.last = (resolution.value, syntax)
    return answer
  }

  /// The last query over slots and words; nil before the first.
  func resolvedLast() throws -> ResolvedQuery? {
    guard let last else { return nil }
    if let query = last.query { return query }
    let resolution = try resolver.resolve(
      query: last.syntax, in: lastSource ?? SourceText(name: "", bytes: []))
    self.last = (resolution.value, last.syntax)
    return resolution.value
  }

  /// Asks a named query.
  public func runNamed(_ name: String, arguments: [String: String]) throws -> Answer {
    try reading { try runNow(name, arguments: arguments) }
  }

  private func runNow(_ name: String, arguments: [String: String]) throws -> Answer {
    guard let query = program.queries.first(where: { $0.syntax.name == name }) else {
      let near = NearestName.nearest(name, among: program.queries.map(\.syntax.name))
      throw EngineError.failed(
        message: "there is no query `\(name)`",
        hint: near.first.map { "the nearest name is `\($0)`" } ?? "`.queries` lists those there are"
      )
    }
    return try ask(
      query.syntax.query, in: query.source, defaults: query.syntax.parameters,
      arguments: arguments)
  }

  /// Answers a resolved query, at the moment or between the moments that it names.
  func answer(
    _ query: ResolvedQuery, syntax: Query, in source: SourceText
  ) throws -> Answer {
    var perspective = self.perspective
    switch query.scope {
    case nil: break
    case .asOf(let moment): perspective.asOf = moment
    case .during(let period): perspective.during = period
    case .between(let first, let second):
      perspective.asOf = first
      // What changes is found before answers that are not sure enough are left out.
      let least = settings.leastCertainty
      settings.leastCertainty = .possible
      defer { settings.leastCertainty = least }
      let before = try answer(query, syntax: syntax, in: source, from: perspective)
      perspective.asOf = second
      let after = try answer(query, syntax: syntax, in: source, from: perspective)
      return AnswerChange(before: before, after: after).answer(
        isSorted: query.stages.contains { if case .sort = $0 { true } else { false } })
    }
    return try answer(query, syntax: syntax, in: source, from: perspective)
  }

  /// Runs a resolved query and copies its rows out.
  private func answer(
    _ query: ResolvedQuery, syntax: Query, in source: SourceText, from perspective: Perspective
  ) throws -> Answer {
    let evaluation = Evaluation(engine: self, perspective: perspective)
    defer { finish(evaluation) }
    let result: QueryRunner.Result
    do {
      result = try run(query, in: evaluation)
    } catch let error as FailureError {
      throw DiagnosticsError([error.failure.diagnostic], in: source)
    }
    let block = result.block
    let columns = block.slots.map { slot in
      let variable = query.variables[slot]
      return AnswerColumn(
        name: variable.name, type: variable.type, unit: variable.unit,
        isPercent: query.percentSlots.contains(slot))
    }
    let (atom, atomColumns) = singleAtom(of: syntax, columns: columns)
    let hasLevels = block.levels.contains { $0 > 0 }
    let answer = Answer(
      columns: columns, rowCount: block.count, words: block.columns,
      levels: hasLevels ? block.levels : nil, truth: result.truth, isYesNo: result.isYesNo,
      lists: result.lists, atom: atom, atomColumns: atomColumns, values: base.values)
    answer.into = result.into
    answer.chartColumn = query.chart.flatMap { block.slots.firstIndex(of: $0) }
    if !block.disputed.isEmpty {
      answer.disputed = result.isYesNo ? [block.disputed.allSatisfy { $0 }] : block.disputed
    }
    let least = settings.leastCertainty.rawValue
    let isEmpty =
      result.isYesNo
      ? (result.truth?.rawValue ?? .max) > least
      : block.count == 0 || least < Certainty.possible.rawValue && block.levels.min() ?? 0 > least
    if settings.explainsEmptyAnswers, isEmpty {
      if let lessSure = try? answersLessSure(query, perspective) {
        answer.explanation = [lessSure]
        return answer
      }
      // What was left out for being less sure is no reason then.
      let evaluation = Evaluation(engine: self, perspective: perspective)
      try? derive(query.body.relations, in: evaluation)
      let reason = EmptyAnswer(
        evaluation: evaluation, query: query, source: source, sources: evaluation.scanSource)
      answer.explanation = (try? reason.explain()) ?? []
      if let elsewhere = try? answersElsewhere(query, perspective) {
        answer.explanation.append(elsewhere)
      }
    }
    return answer
  }

  /// Derives what a query needs and runs it, with its disputed rows marked.
  private func run(
    _ query: ResolvedQuery, in evaluation: Evaluation
  ) throws -> QueryRunner.Result {
    let isDenied = try readsDenied(query.body.storedRelations)
    // Which facts a row rests on decides whether it is disputed, so that all are followed there.
    if !isDenied { try prune(query, in: evaluation) }
    let bound = isDenied ? nil : try deriveBound(query, in: evaluation)
    if bound == nil, !program.rules.isEmpty {
      try derive(query.body.relations.union(query.stageRelations), in: evaluation)
    }
    var runner = QueryRunner(
      evaluation: evaluation, query: bound ?? query, source: evaluation.scanSource)
    if isDenied { runner.clean = try undisputed(query.body.storedRelations, whole: evaluation) }
    return try runner.run()
  }

  /// Leaves out what is less sure than the least certainty, in the query's own matches and in the
  /// derived relations that no negation, option or aggregate looks at, however far above; nothing
  /// for a query that counts or cuts its rows.
  func prune(_ query: ResolvedQuery, in evaluation: Evaluation) throws {
    let isCounted = query.stages.contains { stage in
      switch stage {
      case .aggregate, .limit: true
      default: false
      }
    }
    guard settings.leastCertainty != .possible, !isCounted else { return }
    var whole = query.body.relationsBelowNegation
    for case .filter(let body) in query.stages { whole.formUnion(body.relationsBelowNegation) }
    let needed = try resolver.resolveProgram(
      for: query.body.relations.union(query.stageRelations))
    for rule in needed.rules.values {
      whole.formUnion(
        rule.hasAggregates ? rule.body.relations : rule.body.relationsBelowNegation)
    }
    for stratum in needed.strata.reversed()
    where !whole.isDisjoint(with: stratum.relations) {
      whole.formUnion(stratum.relations)
      whole.formUnion(stratum.reads)
    }
    evaluation.prune(
      Set(needed.strata.flatMap(\.relations)).subtracting(whole), below: settings.leastCertainty)
  }

  /// What an empty answer says of answers that are less sure than what is asked for; nil where there
  /// are none either.
  private func answersLessSure(
    _ query: ResolvedQuery, _ perspective: Perspective
  ) throws -> String? {
    let least = settings.leastCertainty
    if least == .possible { return nil }
    settings.leastCertainty = .possible
    defer { settings.leastCertainty = least }
    let result = try run(query, in: Evaluation(engine: self, perspective: perspective))
    guard result.block.count > 0 else { return nil }
    let count = result.block.count
    let answers = count == 1 ? "1 answer is" : "\(count) answers are"
    let found = result.isYesNo ? "there is a yes that is" : answers
    return "\(found) less sure than `\(least)`; `.certainty possible` lets them through"
  }

  /// What an empty answer says of other times: how many answers there are without `as of` and
  /// `during`; nil where there are none either.
  private func answersElsewhere(
    _ query: ResolvedQuery, _ perspective: Perspective
  ) throws -> String? {
    guard perspective != .now else { return nil }
    let evaluation = Evaluation(engine: self, perspective: .now)
    let result = try run(query, in: evaluation)
    guard result.block.count > 0 else { return nil }
    let count = result.block.count
    let answers = count == 1 ? "there is 1 answer" : "there are \(count) answers"
    return perspective.during == nil
      ? "not known at that time; now \(answers)" : "not for that period; at any time \(answers)"
  }

  /// The atom of a query that is one atom without stages, and the columns that fill it in.
  private func singleAtom(
    of query: Query, columns: [AnswerColumn]
  ) -> (atom: Atom?, columns: [Int?]) {
    guard query.stages.allSatisfy(\.isOutput), query.body.alternatives.count == 1,
      let only = query.body.alternatives.first, only.count == 1,
      case .atom(let atom) = only[0].kind,
      Test(rawValue: atom.name) == nil || resolver.isRelation(atom.name)
    else { return (nil, []) }
    let filled = atom.arguments.map { argument -> Int? in
      guard case .variable(let name) = argument.value.kind else { return nil }
      return columns.firstIndex { $0.name == name }
    }
    return (atom, filled)
  }

  func finish(_ evaluation: Evaluation) {
    badRows = evaluation.badRows
    notices += evaluation.lateColumns
    guard evaluation.skippedRows > 0 else { return }
    let rows = evaluation.skippedRows
    notices.append(rows == 1 ? "1 bad row was left out" : "\(rows) bad rows were left out")
    let shown = evaluation.badRows.prefix(20)
    for bad in shown { notices.append("\(bad.file):\(bad.line): \(bad.cause)") }
    if rows > shown.count { notices.append("and \(rows - shown.count) more") }
  }
}

extension ResolvedQuery {
  /// The relations that conditions of its stages read.
  var stageRelations: Set<String> {
    stages.reduce(into: []) { names, stage in
      if case .filter(let body) = stage { names.formUnion(body.relations) }
    }
  }
}

extension Stage {
  /// Whether it only says where the rows go.
  fileprivate var isOutput: Bool {
    if case .into = kind { true } else { false }
  }
}
