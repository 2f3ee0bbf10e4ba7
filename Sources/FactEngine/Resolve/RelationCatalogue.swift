import FactLanguage
import FactModel

/// Which relations there are, stated, declared or derived: the one place of this stage that asks
/// the base and the program.
struct RelationCatalogue {
  private let base: FactBase
  let rules: [ProgramRule]
  /// The heads of rules by relation; the first one says how many attributes there are.
  private var heads: [String: [Atom]] = [:]

  init(base: FactBase, program: Program) {
    self.base = base
    rules = program.rules
    for rule in program.rules { heads[rule.syntax.head.name, default: []].append(rule.syntax.head) }
  }

  var values: ValueStore { base.values }

  /// Whether rules derive it.
  func isDerived(_ name: String) -> Bool { heads[name] != nil }

  /// Whether a name is a relation: stated, declared, derived or built in.
  func isRelation(_ name: String) -> Bool {
    base.relation(named: name) != nil || isDerived(name)
  }

  /// The attributes of a relation; nil where nothing states, declares or derives it.
  func schema(of name: String) -> Schema? {
    if let relation = base.relation(named: name) {
      guard isUnusedBuiltIn(relation), let head = heads[name]?.first,
        !RelationCatalogue.fits(head, relation.schema)
      else { return relation.schema }
      return RelationCatalogue.schema(from: head)
    }
    return heads[name]?.first.map(RelationCatalogue.schema(from:))
  }

  /// The schema that a fact or head is of: a relation takes its attributes from its first use, and
  /// a predeclared relation that nothing is stated of gives way to one with more attributes.
  func schema(statedBy atom: Atom) -> (schema: Schema, isNew: Bool) {
    guard let known = schema(of: atom.name) else {
      return (RelationCatalogue.schema(from: atom), true)
    }
    if let relation = base.relation(named: atom.name), !isDerived(atom.name),
      isUnusedBuiltIn(relation), !RelationCatalogue.fits(atom, relation.schema)
    {
      return (RelationCatalogue.schema(from: atom), true)
    }
    return (known, false)
  }

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

  /// Whether an atom has no more attributes than a relation, and none of another name.
  static func fits(_ atom: Atom, _ schema: Schema) -> Bool {
    if atom.arguments.count > schema.arity { return false }
    return atom.arguments.allSatisfy { argument in
      guard let name = argument.name else { return true }
      return schema.attributes.contains { $0.name == name }
    }
  }

  /// The attributes that the first use of a relation gives it: the names that it uses, else
  /// `arg1`, `arg2`, ….
  private static func schema(from atom: Atom) -> Schema {
    let attributes = atom.arguments.enumerated().map { index, argument in
      Attribute(name: argument.name ?? "arg\(index + 1)")
    }
    return Schema(name: atom.name, attributes: attributes, isDeclared: false)
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
