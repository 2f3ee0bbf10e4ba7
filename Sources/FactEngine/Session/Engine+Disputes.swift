import FactModel

extension Engine {
  /// Whether something is denied of what a query reads, however far below.
  func readsDenied(_ wanted: @autoclosure () -> Set<String>) throws -> Bool {
    guard base.relations.contains(where: { $0.denials != nil }) else { return false }
    let denied = base.relations.filter { $0.denials != nil }.map(\.name)
    let wanted = wanted()
    let strata = try resolver.resolveProgram(for: wanted).strata
    return !strata.reduce(into: wanted) { $0.formUnion($1.reads) }.isDisjoint(with: denied)
  }

  /// The same evaluation once more, without the facts that are disputed; nil where nothing that is
  /// asked rests on one.
  ///
  /// What is found here is undisputed, and of the other rows every derivation rests on a disputed
  /// fact. Negation, and what `optional` does not find, are judged by the whole evaluation, so that
  /// leaving facts out never adds a row; a group of an aggregate counts where its row is the same in
  /// both.
  ///
  /// `wanted` are the relations that the query reads, derived or not; in `whole` they are derived.
  func undisputed(_ wanted: Set<String>, whole: Evaluation) throws -> Evaluation? {
    let needed = try resolver.resolveProgram(for: wanted)
    let read = needed.strata.reduce(into: wanted) { $0.formUnion($1.reads) }
    let finder = DisputeFinder(evaluation: whole)
    let clean = Evaluation(engine: self, perspective: whole.perspective)
    clean.whole = whole
    for name in read {
      guard let relation = base.relation(named: name) else { continue }
      let denials = try finder.denials(of: relation)
      if denials.isEmpty { continue }
      let pairs = try finder.statedPairs(of: relation, denials)
      if !pairs.isEmpty { clean.hidden[name] = HiddenRows(Set(pairs.map(\.fact))) }
      if whole.derived[name] != nil {
        let rows = try finder.derivedRows(name, arity: relation.arity, denials)
        if !rows.isEmpty { clean.excluded[name] = Set(rows) }
      }
    }
    let disputed = Set(clean.hidden.keys).union(clean.excluded.keys)
    if disputed.isEmpty { return nil }
    for stratum in needed.strata {
      guard !stratum.reads.isDisjoint(with: disputed) else {
        for name in stratum.relations { clean.derived[name] = whole.derived[name] }
        continue
      }
      let rules = stratum.rules.compactMap { needed.rules[$0] }
      let fixpoint = Fixpoint(
        evaluation: clean, relations: stratum.relations, rules: rules, outside: clean.scanSource)
      for (name, relation) in try fixpoint.run() { clean.derived[name] = .rows(relation) }
    }
    return clean
  }
}

extension ResolvedBody {
  /// The relations of which facts, claims or denials are read, also under negations.
  var storedRelations: Set<String> {
    var names: Set<String> = []
    for literal in alternatives.joined() {
      switch literal.kind {
      case .atom(let atom), .optional(let atom):
        switch atom.source {
        case .relation(let name), .claims(let name): names.insert(name)
        case .denials, .denialClaims, .claimCatalogue, .file: break
        }
      case .negation(let body): names.formUnion(body.storedRelations)
      case .comparison, .memberOfList, .memberOfRange, .overlaps, .test: break
      }
    }
    return names
  }
}
