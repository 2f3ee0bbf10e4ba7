/// What kind of value an attribute takes.
public enum AttributeType: UInt8, Sendable, CaseIterable {
  /// Something to ask about: completed and linked.
  case entity
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

  public init(name: String, type: AttributeType = .any, unit: String? = nil, isKey: Bool = false) {
    self.name = name
    self.type = type
    self.unit = unit
    self.isKey = isKey
  }
}

/// The name and attributes of a relation.
public struct Schema: Hashable, Sendable {
  public var name: String
  public var attributes: [Attribute]
  /// Whether a `relation` statement (or the program itself, for built-in relations) declares it.
  public var isDeclared: Bool

  public init(name: String, attributes: [Attribute], isDeclared: Bool) {
    self.name = name
    self.attributes = attributes
    self.isDeclared = isDeclared
  }

  public var arity: Int { attributes.count }
}
