import FactLanguage
import FactModel

/// What one rule depends on, read from its text.
struct RuleDependencies {
  /// A relation that a body names.
  struct Use {
    var relation: String
    /// `not`, `optional` or `aggregate of` where the relation has to be complete before; nil for a
    /// plain positive use.
    var mark: String?
    var span: SourceSpan
  }

  /// The id of the rule.
  var id: Int
  /// The relation that it derives.
  var head: String
  var uses: [Use] = []
  /// Relations of which stored denials or claims are read, not what rules derive.
  var stored: Set<String> = []
  var readsAllClaims = false
  var readsFiles = false

  /// Reads the dependencies of a rule; `isRelation` tells relations from tests of that name.
  init(id: Int, rule: RuleSyntax, isRelation: (String) -> Bool) {
    self.init(
      id: id, head: rule.head.name, body: rule.body,
      mark: RuleDependencies.aggregates(rule.head) ? "aggregate of" : nil, isRelation: isRelation)
  }

  /// Reads the dependencies of a body alone, such as a query's, as if it derived `head`.
  init(
    id: Int, head: String, body: Body, mark: String? = nil, isRelation: (String) -> Bool
  ) {
    self.id = id
    self.head = head
    read(body, mark: mark, isRelation)
  }

  private mutating func read(_ body: Body, mark: String?, _ isRelation: (String) -> Bool) {
    for literals in body.alternatives {
      for literal in literals { read(literal, mark: mark, at: literal.span, isRelation) }
    }
  }

  private mutating func read(
    _ literal: Literal, mark: String?, at span: SourceSpan, _ isRelation: (String) -> Bool
  ) {
    switch literal.kind {
    case .atom(let atom):
      if isRelation(atom.name) {
        if atom.isDenial || !atom.qualifiers.isEmpty {
          stored.insert(atom.name)
        } else {
          uses.append(Use(relation: atom.name, mark: mark, span: span))
        }
      } else if atom.name == RelationCatalogue.claim.name {
        readsAllClaims = true
      } else if Test(rawValue: atom.name) == nil {
        // Nothing is known of it yet; it may be stated later.
        uses.append(Use(relation: atom.name, mark: mark, span: span))
      }
    case .file: readsFiles = true
    case .comparison, .membership, .overlaps: break
    case .negation(let body):
      if body.alternatives.count == 1, body.alternatives[0].count == 1 {
        read(body.alternatives[0][0], mark: mark ?? "not", at: span, isRelation)
      } else {
        read(body, mark: mark ?? "not", isRelation)
      }
    case .optional(let inner): read(inner, mark: mark ?? "optional", at: span, isRelation)
    case .group(let body): read(body, mark: mark, isRelation)
    }
  }

  /// Whether a head has an aggregate among its arguments.
  private static func aggregates(_ head: Atom) -> Bool {
    head.arguments.contains { argument in
      guard case .call(let name, let arguments) = argument.value.kind,
        let function = AggregateFunction(rawValue: name)
      else { return false }
      return function == .latest ? arguments.count == 2 : arguments.count <= 1
    }
  }
}
