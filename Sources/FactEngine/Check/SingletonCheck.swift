import FactLanguage

/// Finds the variables that a rule uses only once, which is most often a slip.
enum SingletonCheck {
  /// The names with their places; those that begin with `_` are meant.
  static func singletons(of rule: RuleSyntax) -> [(name: String, span: SourceSpan)] {
    var places: [String: (count: Int, span: SourceSpan)] = [:]
    let walk = VariableWalk(entersNegations: true) { name, span in
      guard !name.hasPrefix("_") else { return }
      places[name, default: (0, span)].count += 1
    }
    walk.walk(rule.head)
    walk.walk(rule.body)
    let single = places.compactMap { name, use in use.count == 1 ? (name, use.span) : nil }
    return single.sorted { $0.1.lower < $1.1.lower }
  }
}
