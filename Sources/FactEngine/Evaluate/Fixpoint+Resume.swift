import FactLanguage
import FactModel

/// How much of a relation a derived one has seen.
struct SeenRows {
  /// The facts or the rows that were derived: those, not others of the same name.
  var owner: AnyObject
  /// How many rows it had, all of them certain and live.
  var rows: Int
}

extension Fixpoint {
  /// Goes on from complete relations after facts were added under them, and only added.
  ///
  /// A rule without negation and aggregate derives from more facts what it derived before, and
  /// more: each new match has a new row among its premises, so that each rule runs once for each
  /// atom with new rows, with those in its place. What is found is appended in further rounds, so
  /// that a row still rests on rows of earlier rounds.
  ///
  /// `seen` says for each relation that is read, and for the facts stated of the derived ones, how
  /// many rows were there.
  func resume(_ derived: [String: DerivedRelation], seen: [String: Int]) throws {
    let source = self.source(over: derived)
    for (name, relation) in derived {
      relation.reopen()
      if let stated = evaluation.base.relation(named: name) {
        insertStated(stated, from: seen[name] ?? 0, into: relation)
      }
    }
    let recursive = Set(relations)
    for rule in rules {
      guard let relation = derived[rule.relation] else { continue }
      evaluation.trace?.title = "rule for \(rule.relation), for what is new"
      evaluation.trace?.span = rule.span
      let head = rule.headExpressions
      for literals in rule.body.alternatives {
        for (number, literal) in literals.enumerated() {
          guard case .atom(let atom) = literal.kind, case .relation(let name) = atom.source,
            !recursive.contains(name), let row = seen[name],
            try source(atom.source).rows.rowCount > row
          else { continue }
          let sink = HeadSink(evaluation, relation: relation, head: head)
          try pipeline(
            rule.variables, needed: SlotSet(head.flatMap(\.slots)), sink: sink, source: source,
            recursive: recursive
          ) { $0.plan(literals, new: (number, row)) }.run()
        }
      }
    }
    try finish(derived, source: source)
  }
}

extension ResolvedRule {
  /// Whether more facts under it can only add rows, and those by its positive atoms alone.
  var isPositive: Bool {
    !hasAggregates
      && body.alternatives.joined().allSatisfy { literal in
        switch literal.kind {
        case .negation, .optional: return false
        case .atom(let atom):
          if case .relation = atom.source { return true }
          return false
        case .comparison, .memberOfList, .memberOfRange, .overlaps, .test: return true
        }
      }
  }
}
