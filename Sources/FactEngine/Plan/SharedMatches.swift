import FactLanguage

/// Alternatives of a body that have the same matches and differ in conditions alone.
///
/// `p(X), (X < 2 ; X > 0)` is one match for each fact of p, however many branches hold of it. What
/// counts matches therefore takes such alternatives together; where rows become a set they may run
/// one by one.
struct SharedMatches {
  /// What binds, and the conditions that all alternatives have.
  var common: [ResolvedLiteral]
  /// All conditions of each alternative, so that those of one variable are judged together; empty
  /// where there is only one.
  var choices: [[ResolvedLiteral]]

  /// Puts alternatives with the same matches together, in the order of their first ones; `outer`
  /// slots are bound before.
  static func classes(
    of alternatives: [[ResolvedLiteral]], outer: SlotSet = []
  ) -> [SharedMatches] {
    if alternatives.count == 1 { return [SharedMatches(common: alternatives[0], choices: [])] }
    var classes: [(sources: Set<ResolvedLiteral>, members: [[ResolvedLiteral]])] = []
    for literals in alternatives {
      let sources = Set(literals.filter { !isCondition($0, in: literals, outer) })
      if let known = classes.firstIndex(where: { $0.sources == sources }) {
        classes[known].members.append(literals)
      } else {
        classes.append((sources, [literals]))
      }
    }
    return classes.map { sources, members in
      if members.count == 1 { return SharedMatches(common: members[0], choices: []) }
      let rest = members.dropFirst().map { Set($0) }
      return SharedMatches(
        common: members[0].filter { literal in rest.allSatisfy { $0.contains(literal) } },
        choices: members.map { literals in literals.filter { !sources.contains($0) } })
    }
  }

  /// Whether a literal binds nothing, since atoms of its conjunction bind all that it reads.
  private static func isCondition(
    _ literal: ResolvedLiteral, in literals: [ResolvedLiteral], _ outer: SlotSet
  ) -> Bool {
    switch literal.kind {
    case .atom, .optional: return false
    case .negation, .test, .overlaps: return true
    case .comparison(let comparison, _, _) where comparison != .equal: return true
    case .comparison, .memberOfList, .memberOfRange:
      var bound = outer
      for other in literals {
        if case .atom(let atom) = other.kind { bound.formUnion(atom.slots) }
      }
      return literal.slots.isSubset(of: bound)
    }
  }
}
