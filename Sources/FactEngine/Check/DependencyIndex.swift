import FactLanguage

/// What the rules of a program depend on, kept while the program grows.
struct DependencyIndex {
  /// In the order of statement.
  private(set) var rules: [RuleDependencies] = []
  /// All relations that some body uses.
  private var used: Set<String> = []
  /// Whether some body negates, or some head aggregates.
  private var hasMarks = false
  /// The built-in names that relations hid when the rules were read.
  private var hidden: [String] = []
  /// The last rule that was read.
  private var last: ProgramRule?

  /// Takes over a changed program. Complexity: O(1) for each rule that was added at the end.
  mutating func update(_ program: [ProgramRule], isRelation: (String) -> Bool) {
    let names = Test.allCases.map(\.rawValue) + [RelationCatalogue.claim.name]
    let nowHidden = names.filter(isRelation)
    let isExtended =
      nowHidden == hidden && program.begin(with: last, at: rules.count - 1)
    if !isExtended { self = DependencyIndex() }
    hidden = nowHidden
    for rule in program[rules.count...] {
      let read = RuleDependencies(id: rule.id, rule: rule.syntax, isRelation: isRelation)
      for use in read.uses {
        used.insert(use.relation)
        if use.mark != nil { hasMarks = true }
      }
      rules.append(read)
    }
    last = program.last
  }

  /// The recursion through negation that a further rule would bring about.
  ///
  /// A rule whose relation nothing reads yet closes no cycle, so that a program in the usual order
  /// is checked in time proportional to its length.
  func violation(adding rule: RuleDependencies) -> Stratifier.Violation? {
    guard used.contains(rule.head) || rule.uses.contains(where: { $0.relation == rule.head }),
      hasMarks || rule.uses.contains(where: { $0.mark != nil })
    else { return nil }
    return Stratifier(rules + [rule]).violation(preferring: rule.id)
  }
}
