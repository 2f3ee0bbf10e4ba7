import FactLanguage
import FactModel

extension Engine {
  /// Derives only what the constants of a query reach, and returns the query over that; nil where
  /// nothing is bound, or where everything is there already.
  func deriveBound(_ query: ResolvedQuery, in evaluation: Evaluation) throws -> ResolvedQuery? {
    guard !settings.disabledPasses.contains(Pass.magicSets.rawValue),
      !program.rules.isEmpty, query.stageRelations.isEmpty,
      // Rewritten by themselves, alternatives would no longer show that they share their matches.
      query.stages.isEmpty
        || SharedMatches.classes(of: query.body.alternatives).allSatisfy({ $0.choices.isEmpty })
    else { return nil }
    let needed = try resolver.resolveProgram(for: query.body.relations)
    guard !needed.strata.isEmpty else { return nil }
    var rulesOf: [String: [ResolvedRule]] = [:]
    var eligible: Set<String> = []
    for stratum in needed.strata {
      let rules = stratum.rules.compactMap { needed.rules[$0] }
      for rule in rules { rulesOf[rule.relation, default: []].append(rule) }
      guard keptRelations(of: stratum, from: evaluation.perspective) == nil,
        !rules.contains(where: \.hasAggregates), !isTraversal(stratum, rules, in: evaluation)
      else { continue }
      eligible.formUnion(stratum.relations)
    }
    let isSmall: (AtomSource) -> Bool = { atom in
      guard case .relation(let name) = atom, rulesOf[name] == nil,
        let relation = self.base.relation(named: name)
      else { return false }
      return relation.facts.factCount <= 100
    }
    let alternatives = query.body.alternatives.map { $0.withConstantsSpread() }
    guard
      let magic = MagicSets(
        query, alternatives: alternatives, rulesOf: rulesOf, eligible: eligible, isSmall: isSmall)
    else { return nil }
    try derive(magic.full, in: evaluation)
    let fixpoint = Fixpoint(
      evaluation: evaluation, relations: magic.relations.keys.sorted(), rules: magic.rules,
      arities: magic.relations, outside: evaluation.scanSource)
    do {
      for (name, relation) in try fixpoint.run() { evaluation.derived[name] = .rows(relation) }
    } catch let error as FailureError {
      throw diagnosed(error, among: needed.strata.flatMap(\.rules))
    }
    var bound = query
    bound.body = ResolvedBody(alternatives: magic.alternatives)
    return bound
  }

  /// Whether a stratum is a closure, which is searched from what is bound in any case.
  private func isTraversal(
    _ stratum: Stratum, _ rules: [ResolvedRule], in evaluation: Evaluation
  ) -> Bool {
    guard stratum.isRecursive, stratum.relations.count == 1,
      !settings.disabledPasses.contains(Pass.linearRecursion.rawValue),
      let relation = base.relation(named: stratum.relations[0]),
      evaluation.stated(relation).liveCount == 0
    else { return false }
    return LinearRecursion(relation: relation.name, rules: rules) != nil
  }
}

extension [ResolvedLiteral] {
  /// The literals with `X = constant` also in the atoms that name X, so that every spelling of a
  /// bound query is one.
  func withConstantsSpread() -> [ResolvedLiteral] {
    var constants: [Slot: Word] = [:]
    for literal in self {
      guard case .comparison(.equal, let left, let right) = literal.kind else { continue }
      if case .variable(let slot) = left.kind, case .constant(let word) = right.kind {
        constants[slot] = word
      }
      if case .variable(let slot) = right.kind, case .constant(let word) = left.kind {
        constants[slot] = word
      }
    }
    guard !constants.isEmpty else { return self }
    return map { literal in
      guard case .atom(var atom) = literal.kind else { return literal }
      atom.arguments = atom.arguments.map { argument in
        guard case .variable(let slot) = argument, let word = constants[slot], word != .unknown
        else { return argument }
        return .constant(word)
      }
      return ResolvedLiteral(.atom(atom), at: literal.span)
    }
  }
}
