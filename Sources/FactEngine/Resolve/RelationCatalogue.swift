import FactLanguage
import FactModel

/// Which relations there are, stated, declared or derived: the one place of this stage that asks
/// the base and the program.
struct RelationCatalogue {
  private let base: FactBase
  private(set) var rules: [ProgramRule] = []
  /// The first head of each derived relation, which says how many attributes there are.
  private var heads: [String: Atom] = [:]

  /// What derived relations take over from those under them; nil where only declarations count.
  var inference: TypeInference?

  init(base: FactBase, program: Program) {
    self.base = base
    update(program)
  }

  /// Takes over a changed program. Complexity: O(1) for each rule that was added at the end.
  mutating func update(_ program: Program) {
    let known = rules.count
    let isExtended = program.rules.begin(with: rules.last, at: known - 1)
    if !isExtended { heads.removeAll() }
    for rule in program.rules[(isExtended ? known : 0)...] {
      let head = rule.syntax.head
      if heads[head.name] == nil { heads[head.name] = head }
    }
    rules = program.rules
  }

  var values: ValueStore { base.values }

  /// Whether rules derive it.
  func isDerived(_ name: String) -> Bool { heads[name] != nil }

  /// Whether a name is a relation: stated, declared, derived or built in.
  func isRelation(_ name: String) -> Bool {
    base.relation(named: name) != nil || isDerived(name)
  }

  /// Whether nothing is stated of a relation and no rule is known to derive rows of it.
  func isWithoutRows(_ name: String) -> Bool {
    guard base.relation(named: name)?.facts.factCount ?? 0 == 0 else { return false }
    if Test(rawValue: name) != nil || name == RelationCatalogue.claim.name, !isRelation(name) {
      return false
    }
    return inference?.types[name] == nil
  }

  /// Says when inferred types may be others: relations have come, or facts of derived ones.
  var typeSignature: [Int] {
    [base.schemaVersion]
      + heads.keys.map { base.relation(named: $0)?.facts.factCount ?? 0 == 0 ? 0 : 1 }
  }

  /// The attributes of a relation, with the types that it takes over where none is declared; nil
  /// where nothing states, declares or derives it.
  func schema(of name: String) -> Schema? {
    guard var schema = statedSchema(of: name) else { return nil }
    guard let types = inference?.types[name], types.count == schema.arity,
      base.relation(named: name)?.facts.factCount ?? 0 == 0
    else { return schema }
    for (position, type) in types.enumerated() {
      guard let type, schema.attributes[position].type == .any,
        schema.attributes[position].unit == nil
      else { continue }
      schema.attributes[position].type = type.type
      schema.attributes[position].unit = type.unit
    }
    return schema
  }

  private func statedSchema(of name: String) -> Schema? {
    if let relation = base.relation(named: name) {
      guard isUnusedBuiltIn(relation), let head = heads[name],
        !RelationCatalogue.fits(head, relation.schema, isRule: true)
      else { return relation.schema }
      return RelationCatalogue.schema(from: head)
    }
    return heads[name].map(RelationCatalogue.schema(from:))
  }

  /// The schema that a fact or head is of: a relation takes its attributes from its first use, and
  /// a predeclared relation that nothing is stated of gives way to one that it does not fit.
  func schema(statedBy atom: Atom, isRule: Bool = false) -> (schema: Schema, isNew: Bool) {
    guard let known = schema(of: atom.name) else {
      return (RelationCatalogue.schema(from: atom), true)
    }
    if let relation = base.relation(named: atom.name), !isDerived(atom.name),
      isUnusedBuiltIn(relation), !RelationCatalogue.fits(atom, relation.schema, isRule: isRule)
    {
      return (RelationCatalogue.schema(from: atom), true)
    }
    return (known, false)
  }

  /// Whether the base holds a relation with these attributes already.
  func isHeld(_ schema: Schema) -> Bool { base.relation(named: schema.name)?.schema == schema }

  /// The names of all relations, for the nearest one.
  var names: [String] {
    var all = Set(heads.keys)
    for relation in base.relations { all.insert(relation.schema.name) }
    all.insert(RelationCatalogue.claim.name)
    return all.sorted()
  }

  /// A predeclared relation of which nothing is stated yet may give way to one of the program's.
  private func isUnusedBuiltIn(_ relation: Relation) -> Bool {
    relation.isBuiltin && relation.isEmpty
  }

  /// Whether an atom may be of a predeclared relation: a rule's head gives all its attributes or
  /// names them, a fact may leave some out if what it gives is of their types.
  static func fits(_ atom: Atom, _ schema: Schema, isRule: Bool) -> Bool {
    if atom.arguments.count > schema.arity { return false }
    let isWhole = atom.arguments.count == schema.arity
    for (position, argument) in atom.arguments.enumerated() {
      var attribute = schema.attributes[position]
      if let name = argument.name {
        guard let named = schema.attributes.first(where: { $0.name == name }) else { return false }
        attribute = named
      } else if isWhole {
        continue
      } else if isRule {
        return false
      }
      if case .constant(let value) = argument.value.kind, !isWhole,
        Coercion.stated(value, as: attribute.type) == nil
      {
        return false
      }
    }
    return true
  }

  /// The attributes that the first use of a relation gives it: the names that it uses, which count
  /// as a declaration, else `arg1`, `arg2`, ….
  private static func schema(from atom: Atom) -> Schema {
    let attributes = atom.arguments.enumerated().map { index, argument in
      Attribute(name: argument.name ?? "arg\(index + 1)")
    }
    return Schema(
      name: atom.name, attributes: attributes,
      isDeclared: atom.arguments.contains { $0.name != nil })
  }

  /// The built-in relation over all claims.
  static var claim: Schema { ClaimCatalogue.schema }

  /// The columns that `.claims` has after the attributes of its relation, in their order.
  static let qualifiers: [Attribute] = [
    Attribute(name: "source", type: .entity), Attribute(name: "document", type: .entity),
    Attribute(name: "place"), Attribute(name: "certainty", type: .text),
    Attribute(name: "known", type: .date), Attribute(name: "valid", type: .date),
  ]

  static let certainties = ["certain", "probable", "possible"]
}

extension [ProgramRule] {
  /// Whether the rules begin as they did when `last` stood at a position, which is -1 for none.
  ///
  /// Rules are only added at the end and removed anywhere, so that one rule in its old place says
  /// that none before it is gone.
  func begin(with last: ProgramRule?, at position: Int) -> Bool {
    guard let last else { return true }
    guard position < count else { return false }
    let rule = self[position]
    return rule.id == last.id && rule.source === last.source && rule.syntax.span == last.syntax.span
  }
}
