import FactLanguage
import FactModel

extension Engine {
  /// The plan of a query as text, after it has run: the literals as written, the steps in the order
  /// in which they ran with the expected and the seen number of rows, and the same for the rules
  /// that it needed. Costs what the query costs where nothing has been derived yet: what is kept
  /// from earlier questions is derived anew, so that its plan is there to be seen.
  ///
  /// With `showsTimes` each step says how long it took by itself, making indexes included.
  public func explain(
    _ query: Query, in source: SourceText, showsTimes: Bool = false
  ) throws -> String {
    try reading { try explainNow(query, in: source, showsTimes: showsTimes) }
  }

  /// Switches a pass of the planner off for this session, or on again. Answers stay the same; what
  /// has been derived is dropped, so that the next question shows what the pass does.
  public func switchPass(_ pass: Pass, on isOn: Bool) {
    if isOn {
      settings.disabledPasses.remove(pass.rawValue)
    } else {
      settings.disabledPasses.insert(pass.rawValue)
    }
    dropKept()
  }

  /// Drops what has been derived.
  private func dropKept() {
    kept = [:]
    keptElsewhere = [:]
  }

  private func explainNow(
    _ query: Query, in source: SourceText, showsTimes: Bool
  ) throws -> String {
    dropKept()
    resolver.today = today
    let resolved = try resolver.resolve(query: query, in: source).value
    var perspective = self.perspective
    switch resolved.scope {
    case .asOf(let moment), .between(_, let moment): perspective.asOf = moment
    case .during(let period): perspective.during = period
    case nil: break
    }
    let evaluation = Evaluation(engine: self, perspective: perspective)
    let trace = PlanTrace()
    evaluation.trace = trace
    defer { finish(evaluation) }
    var lines: [String] = []
    do {
      let isDenied = try readsDenied(resolved.body.storedRelations)
      if !isDenied { try prune(resolved, in: evaluation) }
      let bound = try deriveBound(resolved, in: evaluation)
      if bound == nil {
        try derive(resolved.body.relations.union(resolved.stageRelations), in: evaluation)
      }
      trace.title = "query"
      trace.variables = nil
      trace.span = nil
      _ = try QueryRunner(
        evaluation: evaluation, query: bound ?? resolved, source: evaluation.scanSource
      ).run()
      if bound != nil { lines.append("magic sets: only what the constants reach is derived") }
      if settings.leastCertainty != .possible {
        let least = settings.leastCertainty
        lines.append(
          evaluation.leastAnswerLevel == Certainty.possible.rawValue
            ? "certainty: all matches are followed, since "
              + (isDenied ? "disputes" : "counts and limits") + " depend on them; then filtered"
            : "certainty: matches less sure than \(least) are dropped as soon as they are seen")
      }
    } catch let error as FailureError {
      throw DiagnosticsError([error.failure.diagnostic], in: source)
    }
    lines.insert("as written: " + source[query.span], at: 0)
    for name in evaluation.derived.keys.sorted() {
      switch evaluation.derived[name] {
      case .rows(let relation):
        let count = relation.rows.rowCount
        lines.append("derived: \(name), \(count) \(count == 1 ? "row" : "rows")")
      case .traversal(let traversal):
        let rows = traversal.known.map { "\($0.rows.rowCount) rows by condensation" }
        lines.append(
          "closure: \(name), \(traversal.graph.nodeCount) nodes, "
            + "\(traversal.graph.targets.count) edges, \(rows ?? "searched from what is bound")")
      case nil: break
      }
    }
    for entry in trace.entries where entry.plan != .unit {
      lines.append(entry.title.isEmpty ? "plan" : entry.title)
      if let rule = text(of: entry) { lines.append("  as written: " + rule) }
      let names = entry.variables ?? resolved.variables
      let text = PlanText(base: base, variables: names, trace: entry, showsTimes: showsTimes)
      for (number, line) in text.lines(entry.plan).enumerated() {
        lines.append("  \(number + 1). \(line)")
      }
    }
    for stage in query.stages { lines.append("then | " + source[stage.span]) }
    let off = settings.disabledPasses.sorted()
    if !off.isEmpty { lines.append("switched off: " + off.joined(separator: ", ")) }
    return lines.joined(separator: "\n")
  }

  /// The rule that a plan was made of, on one line; nil for a query and for what a pass has made.
  private func text(of entry: PlanTrace.Entry) -> String? {
    guard let span = entry.span,
      let rule = program.rules.first(where: {
        $0.syntax.span == span && entry.title.hasPrefix("rule for \($0.syntax.head.name)")
      })
    else { return nil }
    return rule.source[span].split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
