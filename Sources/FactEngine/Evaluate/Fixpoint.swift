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
      if let relation { insertStated(relation, into: result) }
      result.excluded = evaluation.excluded[name] ?? []
      derived[name] = result
    }
    let source: (AtomSource) throws -> ScanSource = { atom in
      if case .relation(let name) = atom, let relation = derived[name] {
        return ScanSource(.derived(relation))
      }
      return try outside(atom)
    }
    evaluation.activity = rules.first.map { "; the rule for `\($0.relation)` was running" } ?? ""
    defer { evaluation.activity = "" }

    let recursive = Set(relations)
    for rule in rules {
      let initial = try pipelines(
        for: rule, derived: derived, source: source, recursive: recursive, isInitial: true)
      for pipeline in initial { try pipeline.run() }
    }
    let recursiveRules = rules.filter { $0.reads(recursive) }
    var steps: [Pipeline]?
    for level in UInt8(0)...2 {
      if level > 0 {
        // A relation without rows of this level begins it all the same, for what others bring.
        for relation in derived.values { relation.begin(level: level) }
      }
      while true {
        var hasDelta = false
        for relation in derived.values where relation.endRound() { hasDelta = true }
        guard hasDelta, !recursiveRules.isEmpty else { break }
        if steps == nil {
          steps = try recursiveRules.flatMap {
            try pipelines(
              for: $0, derived: derived, source: source, recursive: recursive, isInitial: false)
          }
        }
        for step in steps ?? [] { try step.run() }
        try evaluation.checkpoint()
      }
    }
    for relation in derived.values { relation.isComplete = true }
    return derived
  }

  private func insertStated(_ relation: Relation, into derived: DerivedRelation) {
    let table = evaluation.stated(relation)
    guard table.liveCount > 0 else { return }
    let arity = relation.arity
    var start = 0
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

  /// The pipelines of a rule: one for each alternative without recursive atoms, for the first round,
  /// or one for each recursive atom of the others, for the rounds after it.
  private func pipelines(
    for rule: ResolvedRule, derived: [String: DerivedRelation],
    source: @escaping (AtomSource) throws -> ScanSource, recursive: Set<String>, isInitial: Bool
  ) throws -> [Pipeline] {
    guard let relation = derived[rule.relation] else { return [] }
    if rule.hasAggregates {
      if isInitial { try aggregate(rule, into: relation, source: source) }
      return []
    }
    evaluation.trace?.title = "rule for \(rule.relation)" + (isInitial ? "" : ", each round")
    let head = rule.head.compactMap { term -> ResolvedExpression? in
      if case .expression(let expression) = term { expression } else { nil }
    }
    let needed = head.reduce(into: SlotSet()) { $0.formUnion($1.slots) }
    var result: [Pipeline] = []
    for literals in rule.body.alternatives {
      let occurrences = literals.recursiveAtoms(recursive)
      if (occurrences == 0) != isInitial { continue }
      for delta in 0..<max(occurrences, 1) {
        let sink = HeadSink(evaluation, relation: relation, head: head)
        result.append(
          try pipeline(
            rule.variables, needed: needed, sink: sink, source: source, recursive: recursive,
            leastLevel: relation.leastLevel
          ) { $0.plan(literals, delta: occurrences > 0 ? delta : nil) })
      }
    }
    return result
  }

  private func pipeline(
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
  /// Whether a positive atom of its body is one of some relations.
  func reads(_ relations: Set<String>) -> Bool {
    body.alternatives.contains { $0.recursiveAtoms(relations) > 0 }
  }
}

extension [ResolvedLiteral] {
  /// How many positive atoms are of some relations.
  func recursiveAtoms(_ relations: Set<String>) -> Int {
    count { literal in
      if case .atom(let atom) = literal.kind, case .relation(let name) = atom.source {
        relations.contains(name)
      } else {
        false
      }
    }
  }
}

extension ResolvedAggregate {
  /// The slots that it reads.
  var slots: SlotSet { SlotSet((argument?.slots ?? []) + (key?.slots ?? [])) }
}

/// Sizes of sources as they are now.
struct SourceStatistics: PlanStatistics {
  let evaluation: Evaluation
  let source: (AtomSource) throws -> ScanSource

  /// A closure that nobody has enumerated yet, and should not be for an estimate.
  private func traversal(_ atom: AtomSource) -> Traversal? {
    guard case .relation(let name) = atom,
      case .traversal(let traversal) = evaluation.derived[name],
      traversal.known == nil
    else { return nil }
    return traversal
  }

  func rowCount(of atom: AtomSource) -> Double {
    // Reading a file to count its rows would read it twice.
    if case .file = atom { return 1_000_000 }
    if let traversal = traversal(atom) { return Double(traversal.graph.targets.count) * 10 }
    guard let source = try? source(atom) else { return 0 }
    // A relation that is being derived will grow.
    return Double(max(source.liveCount, source.isGrowing ? 1_000 : 0))
  }

  func distinctCount(of atom: AtomSource, columns: [Int]) -> Double {
    if case .file = atom { return 1_000 }
    if let traversal = traversal(atom) { return Double(max(1, traversal.graph.nodeCount)) }
    guard let source = try? source(atom) else { return 1 }
    var distinct = 1.0
    for column in columns { distinct *= Double(max(1, source.distinctCount(column: column))) }
    return min(distinct, max(1, rowCount(of: atom)))
  }
}
