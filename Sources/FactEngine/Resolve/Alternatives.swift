import FactLanguage

/// Multiplies groups out, so that a body is alternatives of plain conjunctions.
enum Alternatives {
  /// How many alternatives one body may come to.
  static let limit = 1000
  /// How many literals they may have together.
  static let literalLimit = 100_000

  /// The conjunctions of a body; nil where there would be more than `limit`.
  static func expand(_ body: Body) -> [[Literal]]? {
    if body.alternatives.count <= limit, !body.alternatives.contains(where: hasGroup) {
      return body.alternatives
    }
    var all: [[Literal]] = []
    for literals in body.alternatives {
      guard let some = expand(literals), all.count + some.count <= limit else { return nil }
      all += some
    }
    return all
  }

  private static func hasGroup(_ literals: [Literal]) -> Bool {
    literals.contains { if case .group = $0.kind { true } else { false } }
  }

  private static func expand(_ literals: [Literal]) -> [[Literal]]? {
    var conjunctions: [[Literal]] = [[]]
    for literal in literals {
      guard case .group(let body) = literal.kind else {
        for index in conjunctions.indices { conjunctions[index].append(literal) }
        continue
      }
      guard let inner = expand(body), conjunctions.count * inner.count <= limit else { return nil }
      conjunctions = conjunctions.flatMap { start in inner.map { start + $0 } }
      if conjunctions.count > 1, conjunctions.count * literals.count > literalLimit { return nil }
    }
    return conjunctions
  }
}
