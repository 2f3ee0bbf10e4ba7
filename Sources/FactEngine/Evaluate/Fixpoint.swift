import FactLanguage
import FactModel

/// Derives the relations of one stratum: semi-naive evaluation, level after level.
///
/// In the first round every rule sees what is stated; afterwards a rule runs once for each of its
/// recursive atoms, with the rows of the last round in that place, so that each match is found once.
struct Fixpoint {
  let evaluation: Evaluation
  let relations: [String]
  let rules: [ResolvedRule]
  /// Arities of relations that the base does not know, such as those of magic sets.
  var arities: [String: Int] = [:]
  /// Whether weaker rows are wanted even where the statement leaves them out.
  var isWhole = false
  /// Gives sources of relations outside the stratum.
  let outside: (AtomSource) throws -> ScanSource

  /// Runs to the end and returns the derived relations by name.
  func run() throws -> [String: DerivedRelation] {
    var derived: [String: DerivedRelation] = [:]
    for name in relations {
      let relation = evaluation.base.relation(named: name)
      guard let arity = arities[name] ?? relation?.schema.arity else { continue }
      let result = DerivedRelation(name: name, arity: arity, account: evaluation.account)
      if isWhole {
        // Nothing is left out.
      } else if evaluation.pruned.contains(name) {
        result.leastLevel = evaluation.leastLevel
      } else if arities[name] != nil {
        // What magic sets make is asked by the answer alone, never below a negation.
        result.leastLevel = evaluation.leastAnswerLevel
      }
      if let relation { insertStated(relation, from: 0, into: result) }
      result.excluded = evaluation.excluded[name] ?? []
      derived[name] = result
    }
    let source = self.source(over: derived)
    evaluation.activity = rules.first.map { "; the rule for `\($0.relation)` was running" } ?? ""
    defer { evaluation.activity = "" }

    let recursive = Set(relations)
    for rule in rules {
      let initial = try pipelines(
        for: rule, derived: derived, source: source, recursive: recursive)
      for pipeline in initial { try pipeline.run() }
    }
    try finish(derived, source: source)
    return derived
  }

  /// Where atoms read: the relations of the stratum as they grow, and what lies outside.
  func source(
    over derived: [String: DerivedRelation]
  ) -> (AtomSource) throws -> ScanSource {
    let outside = self.outside
    return { atom in
      if case .relation(let name) = atom, let relation = derived[name] {
        return ScanSource(.derived(relation))
      }
      return try outside(atom)
    }
  }

  /// Goes on from what has been inserted, round after round and level after level, to the end.
  func finish(
    _ derived: [String: DerivedRelation], source: @escaping (AtomSource) throws -> ScanSource
  ) throws {
    let recursive = Set(relations)
    let recursiveRules = rules.filter { $0.reads(recursive) }
    let steps = recursiveRules.flatMap {
      self.steps(for: $0, derived: derived, source: source, recursive: recursive)
    }
    for level in UInt8(0)...2 {
      if level > 0 {
        // A relation without rows of this level begins it all the same, for what others bring.
        for relation in derived.values { relation.begin(level: level) }
      }
      while true {
        var hasDelta = false
        for relation in derived.values where relation.endRound() { hasDelta = true }
        guard hasDelta, !steps.isEmpty else { break }
        for step in steps { try step.run() }
        try evaluation.checkpoint()
      }
    }
    for relation in derived.values { relation.isComplete = true }
  }

  /// Inserts the facts that are stated of a relation, from a row of theirs on.
  func insertStated(_ relation: Relation, from first: Int, into derived: DerivedRelation) {
    let table = evaluation.stated(relation)
    guard table.liveCount > 0 else { return }
    let arity = relation.arity
    var start = first
    var columns = Array(repeating: [UInt64](repeating: 0, count: Batch.capacity), count: arity)
    var levels = [UInt8](repeating: 0, count: Batch.capacity)
    var scratch = levels
    var rows = [UInt32](repeating: 0, count: Batch.capacity)
    let rowCount = table.rows.rowCount
    while start < rowCount {
      let end = min(start + Batch.capacity, rowCount)
      var live = 0
      for row in UInt32(start)..<UInt32(end) where table.isLive(row) {
        rows[live] = row
        live += 1
      }
      for column in 0..<arity {
        table.rows.gather(column: column, rows: rows, count: live, into: &columns[column])
      }
      if table.isUncertain {
        for position in 0..<live { levels[position] = 0 }
        table.raiseLevels(rows: rows, count: live, levels: &levels, scratch: &scratch)
        derived.insert(columns: columns, count: live, levels: levels)
      } else {
        derived.insert(columns: columns, count: live, levels: nil)
      }
      start = end
    }
  }

  /// The pipelines of a rule for the first round: one for each alternative without recursive atoms.
  private func pipelines(
    for rule: ResolvedRule, derived: [String: DerivedRelation],
    source: @escaping (AtomSource) throws -> ScanSource, recursive: Set<String>
  ) throws -> [Pipeline] {
    guard let relation = derived[rule.relation] else { return [] }
    if rule.hasAggregates {
      try aggregate(rule, into: relation, source: source)
      return []
    }
    evaluation.trace?.title = "rule for \(rule.relation)"
    evaluation.trace?.span = rule.span
    let head = rule.headExpressions
    var result: [Pipeline] = []
    for literals in rule.body.alternatives where literals.recursiveAtoms(recursive) == 0 {
      let sink = HeadSink(evaluation, relation: relation, head: head)
      result.append(
        try pipeline(
          rule.variables, needed: SlotSet(head.flatMap(\.slots)), sink: sink, source: source,
          recursive: recursive, leastLevel: relation.leastLevel
        ) { $0.plan(literals) })
    }
    return result
  }

  /// The steps of a rule for the rounds after the first: one for each recursive atom of each
  /// alternative.
  private func steps(
    for rule: ResolvedRule, derived: [String: DerivedRelation],
    source: @escaping (AtomSource) throws -> ScanSource, recursive: Set<String>
  ) -> [RecursiveStep] {
    guard !rule.hasAggregates, let relation = derived[rule.relation] else { return [] }
    return rule.body.alternatives.flatMap { literals in
      let read = literals.compactMap { $0.relation(among: recursive).flatMap { derived[$0] } }
      return read.indices.map { delta in
        RecursiveStep(
          evaluation: evaluation, rule: rule, literals: literals, delta: delta, read: read,
          head: relation, recursive: recursive, source: source)
      }
    }
  }

  func pipeline(
    _ variables: [ResolvedVariable], needed: SlotSet, sink: Operator,
    source: @escaping (AtomSource) throws -> ScanSource, recursive: Set<String>,
    countsMatches: Bool = false, leastLevel: UInt8 = Certainty.possible.rawValue,
    plan makePlan: (inout BodyPlanner) -> Plan
  ) throws -> Pipeline {
    var planner = BodyPlanner(
      variables: variables, statistics: SourceStatistics(evaluation: evaluation, source: source),
      disabledPasses: evaluation.settings.disabledPasses, recursive: recursive)
    let plan = makePlan(&planner)
    evaluation.trace?.variables = variables
    var compiler = PipelineCompiler(
      evaluation: evaluation, variableCount: variables.count, plan: plan,
      countsMatches: countsMatches, leastLevel: leastLevel, source: source)
    return try compiler.compile(plan, needed: needed, sink: sink)
  }

  /// A rule with aggregates: its body is complete before, so it runs once and then groups.
  func aggregate(
    _ rule: ResolvedRule, into relation: DerivedRelation,
    source: @escaping (AtomSource) throws -> ScanSource
  ) throws {
    var groupTerms: [ResolvedExpression] = []
    var aggregates: [ResolvedAggregate] = []
    // For each argument of the head: whether it is an aggregate, and which of its kind.
    var layout: [(isAggregate: Bool, position: Int)] = []
    for term in rule.head {
      switch term {
      case .expression(let expression):
        layout.append((false, groupTerms.count))
        groupTerms.append(expression)
      case .aggregate(let aggregate):
        layout.append((true, aggregates.count))
        aggregates.append(aggregate)
      }
    }
    let aggregator = Aggregator(
      evaluation: evaluation, groupCount: groupTerms.count, aggregates: aggregates)
    var needed: SlotSet = []
    for term in groupTerms { needed.formUnion(term.slots) }
    for aggregate in aggregates { needed.formUnion(aggregate.slots) }
    let inputs = groupTerms + aggregator.inputs
    var runs: [Pipeline] = []
    for shared in SharedMatches.classes(of: rule.body.alternatives) {
      let sink = ColumnSink(evaluation, expressions: inputs) { columns, count, levels in
        try aggregator.add(columns, count: count, levels: levels)
      }
      runs.append(
        try pipeline(
          rule.variables, needed: needed, sink: sink, source: source, recursive: [],
          countsMatches: true
        ) { $0.plan(shared) })
    }
    for run in runs { try run.run() }
    let groupCount = groupTerms.count
    try aggregator.finish { columns, count, levels in
      let ordered = layout.map { columns[$0.isAggregate ? groupCount + $0.position : $0.position] }
      guard let whole = evaluation.whole else {
        return relation.insert(columns: ordered, count: count, levels: levels)
      }
      // A group counts as undisputed where leaving facts out has not changed its row.
      let same = try whole.holds(rows: ordered, count: count, of: rule.relation)
      relation.insert(
        columns: ordered.map { column in same.map { column[$0] } }, count: same.count,
        levels: levels.map { levels in same.map { levels[$0] } })
    }
  }
}

extension ResolvedRule {
  /// The expressions of a head without aggregates.
  var headExpressions: [ResolvedExpression] {
    head.compactMap { if case .expression(let expression) = $0 { expression } else { nil } }
  }

  /// Whether a positive atom of its body is one of some relations.
  func reads(_ relations: Set<String>) -> Bool {
    body.alternatives.contains { $0.recursiveAtoms(relations) > 0 }
  }
}

extension [ResolvedLiteral] {
  /// How many positive atoms are of some relations.
  func recursiveAtoms(_ relations: Set<String>) -> Int {
    count { $0.relation(among: relations) != nil }
  }
}

extension ResolvedLiteral {
  /// The relation of a positive atom, if it is one of some.
  func relation(among relations: Set<String>) -> String? {
    guard case .atom(let atom) = kind, case .relation(let name) = atom.source,
      relations.contains(name)
    else { return nil }
    return name
  }
}

extension ResolvedAggregate {
  /// The slots that it reads.
  var slots: SlotSet { SlotSet((argument?.slots ?? []) + (key?.slots ?? [])) }
}
