import FactLanguage
import FactModel

/// A derived relation that is kept until something under it changes.
struct KeptRelation {
  var relation: Derivation
  /// The version of the program that it was derived by.
  var programVersion: Int
  /// The versions of the relations whose stored facts it rests on.
  var versions: [String: Int]
  /// The version of the whole base, where it reads all claims.
  var baseVersion: Int?
  /// What it has seen of the relations that its rules read and of its own facts, where it could go
  /// on from there; nil where something is negated, aggregated or less than certain.
  var seen: [String: SeenRows]?
}

extension Engine {
  /// Completes what some relations need: strata in order, kept ones where nothing has changed.
  func derive(_ wanted: Set<String>, in evaluation: Evaluation) throws {
    guard wanted.contains(where: { name in program.rules.contains { $0.syntax.head.name == name } })
    else { return }
    let needed = try resolver.resolveProgram(for: wanted)
    for stratum in needed.strata {
      if let kept = keptRelations(of: stratum, from: evaluation.perspective) {
        for relation in kept { evaluation.derived[relation.name] = relation }
        continue
      }
      let rules = stratum.rules.compactMap { needed.rules[$0] }
      let fixpoint = Fixpoint(
        evaluation: evaluation, relations: stratum.relations, rules: rules,
        outside: evaluation.scanSource)
      var derived: [String: Derivation] = [:]
      do {
        if let (relations, seen) = resumable(stratum, rules, in: evaluation) {
          // What is cut short is no longer what the facts say.
          for name in stratum.relations { kept[name] = nil }
          try fixpoint.resume(relations, seen: seen)
          derived = relations.mapValues { .rows($0) }
        } else if let traversal = try traversal(of: stratum, rules, in: evaluation) {
          derived[traversal.name] = .traversal(traversal)
        } else {
          derived = try fixpoint.run().mapValues { .rows($0) }
        }
      } catch let error as FailureError {
        throw diagnosed(error, among: stratum.rules)
      }
      for (name, relation) in derived {
        evaluation.derived[name] = relation
        if !stratum.readsFiles, !evaluation.pruned.contains(name) {
          keep(
            relation, of: stratum, from: evaluation.perspective,
            seen: seen(by: stratum, rules, in: evaluation))
        }
      }
    }
  }

  /// The relations of a stratum that can go on from where they were, since only certain facts were
  /// added under them, with how much each has seen; nil where they have to be derived anew.
  private func resumable(
    _ stratum: Stratum, _ rules: [ResolvedRule], in evaluation: Evaluation
  ) -> (relations: [String: DerivedRelation], seen: [String: Int])? {
    guard evaluation.perspective == .now, evaluation.pruned.isEmpty, evaluation.whole == nil,
      let now = seen(by: stratum, rules, in: evaluation)
    else { return nil }
    var relations: [String: DerivedRelation] = [:]
    var rows: [String: Int] = [:]
    for name in stratum.relations {
      guard let kept = kept[name], kept.programVersion == program.version, let seen = kept.seen,
        seen.count == now.count, case .rows(let relation) = kept.relation, !relation.isUncertain
      else { return nil }
      for (read, old) in seen {
        guard let new = now[read], new.owner === old.owner, new.rows >= old.rows else {
          return nil
        }
        rows[read] = old.rows
      }
      relations[name] = relation
    }
    return (relations, rows)
  }

  /// How much there is now of what a stratum reads directly and of the facts stated of it; nil where
  /// more of it could take rows away, or rows are less than certain.
  private func seen(
    by stratum: Stratum, _ rules: [ResolvedRule], in evaluation: Evaluation
  ) -> [String: SeenRows]? {
    guard !stratum.readsAllClaims, !stratum.readsFiles, evaluation.perspective == .now,
      rules.allSatisfy(\.isPositive)
    else { return nil }
    var names = Set(stratum.relations)
    for rule in rules {
      for literal in rule.body.alternatives.joined() {
        if case .atom(let atom) = literal.kind, case .relation(let name) = atom.source {
          names.insert(name)
        }
      }
    }
    var found: [String: SeenRows] = [:]
    for name in names {
      if stratum.uses.contains(name) {
        guard case .rows(let relation) = evaluation.derived[name], !relation.isUncertain else {
          return nil
        }
        found[name] = SeenRows(owner: relation, rows: relation.rows.rowCount)
      } else if let relation = base.relation(named: name) {
        let facts = relation.facts.facts
        guard !facts.hasDeadRows, !facts.hasUncertainRows else { return nil }
        found[name] = SeenRows(owner: facts, rows: facts.rowCount)
      }
    }
    return found
  }

  /// The stratum as a closure to be searched, where its rules say no more than that.
  private func traversal(
    of stratum: Stratum, _ rules: [ResolvedRule], in evaluation: Evaluation
  ) throws -> Traversal? {
    guard stratum.isRecursive, stratum.relations.count == 1,
      !settings.disabledPasses.contains(Pass.linearRecursion.rawValue),
      let relation = base.relation(named: stratum.relations[0]),
      evaluation.stated(relation).liveCount == 0,
      let recursion = LinearRecursion(relation: relation.name, rules: rules),
      let graph = try Digraph(recursion, in: evaluation)
    else { return nil }
    return Traversal(name: relation.name, graph: graph, account: base.account) { evaluation in
      // The traversal may be kept, so that it has all rows, whatever this statement wants.
      let fixpoint = Fixpoint(
        evaluation: evaluation, relations: stratum.relations, rules: rules, isWhole: true,
        outside: evaluation.scanSource)
      guard let rows = try fixpoint.run()[relation.name] else {
        return DerivedRelation(name: relation.name, arity: 2, account: evaluation.account)
      }
      return rows
    }
  }

  func keptRelations(
    of stratum: Stratum, from perspective: Perspective
  ) -> [Derivation]? {
    let kept = perspective == .now ? self.kept : keptElsewhere[perspective] ?? [:]
    var found: [Derivation] = []
    for name in stratum.relations {
      guard let kept = kept[name], kept.programVersion == program.version,
        kept.baseVersion == nil || kept.baseVersion == base.version,
        kept.versions.allSatisfy({ base.relation(named: $0.key)?.version ?? -1 == $0.value })
      else { return nil }
      found.append(kept.relation)
    }
    return found
  }

  private func keep(
    _ relation: Derivation, of stratum: Stratum, from perspective: Perspective,
    seen: [String: SeenRows]?
  ) {
    var versions: [String: Int] = [:]
    for name in stratum.reads { versions[name] = base.relation(named: name)?.version ?? -1 }
    // When documents were published says what was known at other times.
    if perspective != .now {
      versions["document"] = base.relation(named: "document")?.version ?? -1
    }
    let entry = KeptRelation(
      relation: relation, programVersion: program.version, versions: versions,
      baseVersion: stratum.readsAllClaims ? base.version : nil, seen: seen)
    if perspective == .now {
      kept[relation.name] = entry
    } else {
      // One view besides the present one is kept.
      if keptElsewhere[perspective] == nil { keptElsewhere = [perspective: [:]] }
      keptElsewhere[perspective]?[relation.name] = entry
    }
  }

  /// A failure in a row of a rule, shown at its place in the rule that has that place.
  func diagnosed(_ error: FailureError, among rules: [Int]) -> any Error {
    for rule in program.rules where rules.contains(rule.id) {
      let span = rule.syntax.span
      if span.lower <= error.failure.span.lower, error.failure.span.upper <= span.upper {
        return DiagnosticsError([error.failure.diagnostic], in: rule.source)
      }
    }
    return EngineError.failed(message: error.failure.message, hint: nil)
  }
}

extension RowFailure {
  /// The failure as it is shown.
  var diagnostic: Diagnostic { Diagnostic(.error, "E0401", message, at: span) }
}
