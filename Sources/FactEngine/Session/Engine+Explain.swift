import FactLanguage
import FactModel

extension Engine {
  /// The plan of a query as text, after it has run: the literals as written, the steps in the order
  /// in which they ran with the expected and the seen number of rows, and the same for the rules
  /// that it needed. Costs what the query costs.
  public func explain(_ query: Query, in source: SourceText) throws -> String {
    try reading { try explainNow(query, in: source) }
  }

  private func explainNow(_ query: Query, in source: SourceText) throws -> String {
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
      case .rows(let relation): lines.append("derived: \(name), \(relation.rows.rowCount) rows")
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
      let names = entry.variables ?? resolved.variables
      let text = PlanText(base: base, variables: names, trace: entry)
      for (number, line) in text.lines(entry.plan).enumerated() {
        lines.append("  \(number + 1). \(line)")
      }
    }
    for stage in query.stages { lines.append("then | " + source[stage.span]) }
    let off = settings.disabledPasses.sorted()
    if !off.isEmpty { lines.append("switched off: " + off.joined(separator: ", ")) }
    return lines.joined(separator: "\n")
  }
}
