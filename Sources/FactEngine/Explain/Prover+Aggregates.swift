import FactLanguage
import FactModel

extension Prover {
  /// What goes into an aggregated row: the aggregates, what groups, and the alternatives.
  struct Grouping {
    var rule: Int?
    var text: String
    var aggregates: [ResolvedAggregate]
    /// What the inputs have in common.
    var bindings: [Slot: Word]
    var equal: [(ResolvedExpression, Word)]
    var alternatives: [[ResolvedLiteral]]
    var variables: [ResolvedVariable]
    var group: [Proof.Binding]
    /// Whether there are groups, so that one without inputs is not there.
    var isGrouped: Bool
    /// How the aggregates are called, with what they have to come to.
    var results: [Proof.Binding]
  }

  /// A rule with aggregates as a way to derive a row; nil where its result is another one.
  func aggregated(_ id: Int, _ rule: ResolvedRule, _ key: Key) throws -> Candidate? {
    guard let (bindings, equal) = rule.bindings(forHead: key.words),
      let program = context.program.rules.first(where: { $0.id == id })
    else { return nil }
    var aggregates: [ResolvedAggregate] = []
    var results: [Proof.Binding] = []
    for (position, term) in rule.head.enumerated() {
      guard case .aggregate(let aggregate) = term else { continue }
      aggregates.append(aggregate)
      results.append(
        Proof.Binding(
          name: program.source.line(of: aggregate.span), word: key.words[position]))
    }
    var text = program.source.line(of: program.syntax.span)
    if !text.hasSuffix(".") { text += "." }
    let grouping = Grouping(
      rule: id, text: text, aggregates: aggregates, bindings: bindings, equal: equal,
      alternatives: rule.body.alternatives, variables: rule.variables,
      group: self.bindings(rule.variables, bindings), isGrouped: aggregates.count < rule.head.count,
      results: results)
    guard let level = try level(of: grouping) else { return nil }
    return Candidate(level: level, ranks: []) { prover in
      .aggregate(try prover.aggregation(grouping))
    }
  }

  /// How sure the row of a group is; nil where the aggregates come to something else.
  private func level(of grouping: Grouping) throws -> UInt8? {
    // One group, so that what its surest match says of it is known; none where nothing groups.
    let hasGroup = !grouping.bindings.isEmpty || !grouping.equal.isEmpty || grouping.isGrouped
    let aggregator = Aggregator(
      evaluation: evaluation, groupCount: hasGroup ? 1 : 0, aggregates: grouping.aggregates)
    let inputs = aggregator.inputs
    let evaluator = ExpressionEvaluator(evaluation: evaluation)
    for shared in SharedMatches.classes(of: grouping.alternatives) {
      let matches = BodyMatches(shared, variables: grouping.variables, in: evaluation)
      try matches.run(grouping.bindings, equal: grouping.equal) { found, rows in
        let last = found.slots.max().map { $0 + 1 } ?? 0
        let batch = Batch(slotCount: max(last, matches.variables.count))
        let given = found.given.filter { !found.slots.contains($0.key) }
        for slot in found.slots + given.keys { batch.carry(slot) }
        for (place, row) in rows.enumerated() {
          for (position, slot) in found.slots.enumerated() {
            batch.columns[slot][place] = found.columns[position][row]
          }
          for (slot, word) in given { batch.columns[slot][place] = word.bits }
        }
        batch.count = rows.count
        var columns = inputs.map { evaluator.evaluate($0, over: batch) }
        try self.evaluation.raiseFailures(of: batch)
        if hasGroup { columns.insert(Array(repeating: 0, count: Batch.capacity), at: 0) }
        try aggregator.add(columns, count: rows.count, levels: rows.map { found.level($0) })
        return true
      }
    }
    var level: UInt8?
    let wanted = grouping.results.map(\.word.bits)
    try aggregator.finish { columns, count, levels in
      let results = columns.dropFirst(hasGroup ? 1 : 0)
      for row in 0..<count where results.map({ $0[row] }) == wanted {
        level = min(level ?? 2, levels?[row] ?? 0)
      }
    }
    return level
  }

  /// The inputs of a group: how many, and the first of them with what they rest on.
  func aggregation(_ grouping: Grouping) throws -> Proof.Aggregation {
    var result = Proof.Aggregation(
      rule: grouping.rule, text: grouping.text, group: grouping.group, results: grouping.results,
      inputCount: 0, inputs: [])
    var kept: [Input] = []
    let classes = SharedMatches.classes(of: grouping.alternatives)
    for (number, shared) in classes.enumerated() {
      let matches = BodyMatches(shared, variables: grouping.variables, in: evaluation)
      try matches.run(grouping.bindings, equal: grouping.equal) { found, rows in
        result.inputCount += rows.count
        for row in rows where kept.count < Prover.sortedInputs {
          kept.append(
            Input(
              alternative: number, matches: matches, slots: found.match(row),
              level: found.level(row)))
        }
        return true
      }
    }
    let values = evaluation.values
    for input in kept.sorted(by: { $0.isBefore($1, values) }).prefix(Proof.inputLimit) {
      result.inputs.append(
        .match(
          try instance(
            rule: nil, input.alternative, input.matches.literals(of: input.slots),
            input.matches.variables,
            slots: input.slots, level: input.level)))
    }
    return result
  }

  /// So many inputs are put in order before the first of them are listed.
  private static let sortedInputs = 10_000

  private struct Input {
    var alternative: Int
    var matches: BodyMatches
    var slots: [Slot: Word]
    var level: UInt8

    func isBefore(_ other: Input, _ values: ValueStore) -> Bool {
      if alternative != other.alternative { return alternative < other.alternative }
      for slot in slots.keys.sorted() {
        let order = values.compareForSort(slots[slot] ?? .unknown, other.slots[slot] ?? .unknown)
        if order != 0 { return order < 0 }
      }
      return false
    }
  }
}
