/// What kind of value an attribute takes.
public enum AttributeType: UInt8, Sendable, CaseIterable {
  /// Something to ask about: completed and linked.
  case entity
  /// A type of values that are written out.
  case text, integer, number, percent, date
  /// No declared type: anything may stand here.
  case any
}

/// One attribute of a relation.
public struct Attribute: Hashable, Sendable {
  /// The name, unique in its relation; `arg1`, `arg2`, … where none is declared.
  public var name: String
  /// The declared type.
  public var type: AttributeType
  /// The declared unit, such as `usd` or `positions`.
  public var unit: String?
  /// Whether it belongs to the key of the relation.
  public var isKey: Bool

  /// An attribute without type, unit or key unless given.
  public init(name: String, type: AttributeType = .any, unit: String? = nil, isKey: Bool = false) {
    self.name = name
    self.type = type
    self.unit = unit
    self.isKey = isKey
  }
}

/// The name and attributes of a relation.
public struct Schema: Hashable, Sendable {
  /// The name.
  public var name: String
  /// The attributes, in the order of their positions.
  public var attributes: [Attribute]
  /// Whether a `relation` statement (or the program itself, for built-in relations) declares it.
  public var isDeclared: Bool

  /// A schema with all its parts.
  public init(name: String, attributes: [Attribute], isDeclared: Bool) {
    self.name = name
    self.attributes = attributes
    self.isDeclared = isDeclared
  }

  /// The number of attributes.
  public var arity: Int { attributes.count }
}
