import FactLanguage
import FactModel

/// Finds the types and units that derived relations take over from those under them.
///
/// A date stays a date, and a percentage one, where a rule passes it on, so that `D in 2026` means
/// the year for a derived relation too. What is found holds for every row there can be: a relation
/// of which facts are stated as well, or whose rules differ, has no type.
struct TypeInference {
  /// The types by relation and attribute; nil where no rule has said anything yet.
  private(set) var types: [String: [ValueType?]] = [:]

  /// Starts from nothing and goes on until no rule adds anything, which takes few rounds: types
  /// only get wider. Complexity: O(*n*) in the literals of all rules, for each round.
  init(_ catalogue: RelationCatalogue) {
    var catalogue = catalogue
    catalogue.inference = self
    var isChanged = true
    while isChanged {
      isChanged = false
      for rule in catalogue.rules {
        if add(rule, catalogue) {
          isChanged = true
          catalogue.inference = self
        }
      }
    }
  }

  /// Widens the types of a head by what one rule says; false where nothing changes.
  private mutating func add(_ rule: ProgramRule, _ catalogue: RelationCatalogue) -> Bool {
    let head = rule.syntax.head
    guard let schema = catalogue.schema(of: head.name),
      let alternatives = Alternatives.expand(rule.syntax.body)
    else { return false }
    let old = types[head.name] ?? Array(repeating: nil, count: schema.arity)
    guard old.count == schema.arity else { return false }
    var new = old
    for literals in alternatives where !TypeInference.isEmpty(literals, catalogue) {
      let body = BodyResolver(
        catalogue: catalogue, isQuery: false, collector: DiagnosticCollector(source: rule.source))
      body.levels[0].names = BodyResolver.names {
        $0.walk(literals)
        $0.walk(head)
      }
      body.flowTypes(literals)
      guard let matched = body.match(head, to: schema) else { return false }
      for (position, value) in matched.enumerated() {
        guard let value else { continue }
        let type = TypeInference.type(of: value, body)
        new[position] = new[position]?.widened(type) ?? type
      }
    }
    if new == types[head.name] { return false }
    types[head.name] = new
    return true
  }

  /// Whether an atom reads a relation that has no rows as far as is known, so that the conjunction
  /// adds none.
  private static func isEmpty(_ literals: [Literal], _ catalogue: RelationCatalogue) -> Bool {
    literals.contains { literal in
      guard case .atom(let atom) = literal.kind, !atom.isDenial else { return false }
      return catalogue.isWithoutRows(atom.name)
    }
  }

  private static func type(of value: Expression, _ body: BodyResolver) -> ValueType {
    if case .call(let name, let arguments) = value.kind,
      let function = AggregateFunction(rawValue: name), function.isAggregate(of: arguments.count)
    {
      return function.result(of: arguments.first.map { body.infer($0) } ?? .any)
    }
    return body.infer(value)
  }
}

extension AggregateFunction {
  /// In a head an aggregate's name with one argument aggregates, `latest` with two, `count` also
  /// with none.
  func isAggregate(of count: Int) -> Bool {
    switch self {
    case .latest: count == 2
    case .count: count <= 1
    default: count == 1
    }
  }

  /// The type of the result for values of a type.
  func result(of type: ValueType) -> ValueType {
    switch self {
    case .count: return ValueType(.integer)
    case .list: return ValueType(.text)
    case .sum, .avg:
      let isWhole = self == .avg && type.type == .integer
      return type.kind != .number || isWhole ? ValueType(.number, unit: type.unit) : type
    case .min, .max, .latest: return type
    }
  }
}
