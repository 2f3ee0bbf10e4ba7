import FactLanguage
import FactModel

/// Why an atom does not hold: what is stated comes near it, and where each rule fails.
public struct WhyNot: Sendable {
  /// The atom as it was understood.
  public var atom: String
  /// How surely it holds after all; nil where it does not.
  public var truth: Certainty?
  /// What is said of the facts that are stated, a line each.
  public var stated: [String]
  /// The rules that could give it, in the order of statement; an alternative of a body is one.
  public var rules: [Failure]

  /// Where a rule fails.
  public struct Failure: Sendable {
    /// The rule as written.
    public var rule: String
    /// What its variables were bound to where it failed, in one of the matches so far.
    public var bindings: [Proof.Binding]
    /// The literal that nothing matches, filled in; or the head where that is another one.
    public var literal: String
    /// What is to blame for it, a line each.
    public var reasons: [String]
  }
}

extension Engine {
  /// Finds out why an atom does not hold, walking through the rules that could derive it.
  ///
  /// - Parameters:
  ///   - query: A query that is one atom; its variables stand for anything.
  ///   - source: The text that it stands in.
  /// - Returns: The first literal of each rule that fails, with what was bound before it.
  /// - Throws: `DiagnosticsError` for what is wrong with the atom, `EngineError` for limits.
  public func whyNot(_ query: Query, in source: SourceText) throws -> WhyNot {
    resolver.today = today
    let resolution = try resolver.resolve(query: query, in: source)
    diagnostics += resolution.diagnostics
    let resolved = resolution.value
    guard query.stages.isEmpty, resolved.body.alternatives.count == 1,
      let atom = resolved.body.alternatives[0].compactMap(\.plainAtom).first,
      resolved.body.alternatives[0].count(where: { $0.plainAtom != nil }) == 1
    else {
      throw EngineError.failed(
        message: "`.why not` takes one atom", hint: "write `.why not p(a, b)`")
    }
    let evaluation = Evaluation(engine: self)
    try derive(resolved.body.relations, in: evaluation)
    let text = ProofText(base: base, variables: resolved.variables, slots: [:])
    var result = WhyNot(atom: text.text(atom), truth: nil, stated: [], rules: [])
    let literals = resolved.body.alternatives[0]
    let matches = BodyMatches(literals, variables: resolved.variables, in: evaluation)
    var level: UInt8?
    try matches.run([:]) { found, rows in
      for row in rows { level = min(level ?? 2, found.level(row)) }
      return level != 0
    }
    if let level {
      result.truth = Certainty(rawValue: level) ?? .possible
      return result
    }
    let empty = EmptyAnswer(
      evaluation: evaluation, query: resolved, source: source, sources: evaluation.scanSource)
    guard case .relation(let name) = atom.source, program.derivedRelations.contains(name) else {
      result.stated = try empty.explain()
      return result
    }
    let relation = base.relation(named: name)
    if (relation?.facts.factCount ?? 0) > 0 { result.stated = ["it is not stated"] }
    let needed = try resolver.resolveProgram(for: [name])
    for rule in program.rules where rule.syntax.head.name == name {
      guard let resolvedRule = needed.rules[rule.id] else { continue }
      var line = rule.source.line(of: rule.syntax.span)
      if !line.hasSuffix(".") { line += "." }
      for alternative in resolvedRule.body.alternatives {
        var failure = try RuleWalk(
          rule: resolvedRule, literals: alternative, source: rule.source, evaluation: evaluation
        ).walk(to: atom)
        failure.rule = line
        result.rules.append(failure)
      }
    }
    return result
  }
}

extension ResolvedLiteral {
  fileprivate var plainAtom: ResolvedAtom? {
    if case .atom(let atom) = kind { atom } else { nil }
  }
}

/// Walks through the body of one rule, whose head is to be an atom, to the literal that fails.
private struct RuleWalk {
  let rule: ResolvedRule
  let literals: [ResolvedLiteral]
  let source: SourceText
  let evaluation: Evaluation

  func walk(to atom: ResolvedAtom) throws -> WhyNot.Failure {
    var bindings: [Slot: Word] = [:]
    var equal: [ResolvedLiteral] = []
    var results: [(ResolvedAggregate, Word)] = []
    for (term, argument) in zip(rule.head, atom.arguments) {
      guard case .constant(let word) = argument else { continue }
      switch term {
      case .aggregate(let aggregate): results.append((aggregate, word))
      case .expression(let expression):
        switch expression.kind {
        case .constant(let constant):
          if constant != word { return differs(expression, word, [:]) }
        case .variable(let slot):
          if let known = bindings[slot], known != word {
            return differs(expression, word, bindings)
          }
          bindings[slot] = word
        case .call:
          equal.append(
            ResolvedLiteral(
              .comparison(
                .equal, expression, ResolvedExpression(.constant(word), at: expression.span)),
              at: expression.span))
        }
      }
    }
    let query = ResolvedQuery(
      body: ResolvedBody(alternatives: [literals]), variables: rule.variables, columns: [],
      stages: [], percentSlots: [], span: rule.span)
    let empty = EmptyAnswer(
      evaluation: evaluation, query: query, source: source, sources: evaluation.scanSource)
    var prefix: [ResolvedLiteral] = []
    var last = bindings
    var before = 1
    for literal in empty.ordered(literals + equal, bound: SlotSet(bindings.keys)) {
      prefix.append(literal)
      let (count, example) = try first(prefix, bindings)
      if count == 0 { return try failure(literal, last, before, empty) }
      last = example
      before = count
    }
    // The body holds, so that the head's aggregates come to something else.
    let text = ProofText(base: evaluation.base, variables: rule.variables, slots: last)
    let wanted = results.map { aggregate, word in
      "\(source[aggregate.span]) = \(evaluation.values.text(of: word))"
    }
    return WhyNot.Failure(
      rule: "", bindings: named(bindings),
      literal: wanted.isEmpty ? text.text(atom) : wanted.joined(separator: ", "),
      reasons: results.isEmpty ? [] : try given(atom))
  }

  /// What the rule gives where its aggregates are left open.
  private func given(_ atom: ResolvedAtom) throws -> [String] {
    var open = atom
    for (place, term) in rule.head.enumerated() {
      if case .aggregate = term { open.arguments[place] = .any }
    }
    let matches = BodyMatches(
      [ResolvedLiteral(.atom(open), at: atom.span)], variables: [], in: evaluation)
    var lines: [String] = []
    try matches.run([:]) { found, rows in
      for row in rows where lines.count < 3 {
        guard case .atom(let named) = matches.literals[0].kind else { continue }
        let text = ProofText(
          base: self.evaluation.base, variables: matches.variables, slots: found.match(row))
        lines.append("it gives \(text.text(named))")
      }
      return lines.count < 3
    }
    return lines
  }

  private func differs(
    _ expression: ResolvedExpression, _ word: Word, _ slots: [Slot: Word]
  ) -> WhyNot.Failure {
    let text = ProofText(base: evaluation.base, variables: rule.variables, slots: slots)
    return WhyNot.Failure(
      rule: "", bindings: [], literal: "the head",
      reasons: ["it has \(text.text(expression)), not \(evaluation.values.text(of: word))"])
  }

  /// How many matches there are, up to a limit, and the first.
  private func first(
    _ literals: [ResolvedLiteral], _ bindings: [Slot: Word]
  ) throws -> (Int, [Slot: Word]) {
    let matches = BodyMatches(literals, variables: rule.variables, in: evaluation)
    var count = 0
    var example: [Slot: Word] = [:]
    try matches.run(bindings) { found, rows in
      if count == 0, let row = rows.first { example = found.match(row) }
      count += rows.count
      return count < 1_000
    }
    return (count, example)
  }

  private func failure(
    _ literal: ResolvedLiteral, _ slots: [Slot: Word], _ before: Int, _ empty: EmptyAnswer
  ) throws -> WhyNot.Failure {
    var bound = slots
    if before > 1 { bound = slots.filter { $0.key < 0 } }
    let text = ProofText(
      base: evaluation.base, variables: rule.variables, slots: before > 1 ? bound : slots)
    var reasons: [String] = []
    switch literal.kind {
    case .atom(var atom) where before == 1:
      atom.arguments = atom.arguments.map { argument in
        if case .variable(let slot) = argument, let word = slots[slot] { return .constant(word) }
        return argument
      }
      let filled = ResolvedLiteral(.atom(atom), at: literal.span)
      let title = text.text(literal) + " matches nothing"
      reasons = try empty.blame(filled, after: 1, isFirst: true).compactMap { line in
        if line == title { return nil }
        return line.hasPrefix(title + ": ") ? String(line.dropFirst(title.count + 2)) : line
      }
    case .negation where before == 1: reasons = ["it holds for sure"]
    default:
      if before > 1 {
        let count = before >= 1_000 ? "1000 or more" : String(before)
        reasons = ["for none of the \(count) matches so far"]
      }
    }
    return WhyNot.Failure(
      rule: "", bindings: named(slots), literal: text.text(literal), reasons: reasons)
  }

  private func named(_ slots: [Slot: Word]) -> [Proof.Binding] {
    rule.variables.enumerated().compactMap { slot, variable in
      guard let word = slots[slot], !variable.name.hasPrefix("_") else { return nil }
      return Proof.Binding(name: variable.name, word: word, isPercent: variable.type == .percent)
    }
  }
}
