import FactModel

/// The kinds of values that compare with one another.
enum ValueKind: UInt8, Hashable {
  case number, date, symbol

  /// The kind in a sentence.
  var phrase: String {
    switch self {
    case .number: "a number"
    case .date: "a date"
    case .symbol: "a text"
    }
  }
}

extension AttributeType {
  /// The kind of the values of this type; nil where anything may stand.
  var kind: ValueKind? {
    switch self {
    case .entity, .text: .symbol
    case .integer, .number, .percent: .number
    case .date: .date
    case .any: nil
    }
  }

  /// The narrowest type that holds the values of both; `any` where their kinds differ.
  func widened(_ other: AttributeType) -> AttributeType {
    if self == other { return self }
    guard let kind, kind == other.kind else { return .any }
    switch kind {
    case .symbol: return .text
    case .number: return .number
    case .date: return .date
    }
  }
}

/// The type and unit that flow from attributes to variables and expressions.
struct ValueType: Hashable {
  var type: AttributeType = .any
  var unit: String?

  static let any = ValueType()

  var kind: ValueKind? { type.kind }

  init(_ type: AttributeType = .any, unit: String? = nil) {
    self.type = type
    self.unit = unit
  }

  init(_ attribute: Attribute) {
    type = attribute.type
    unit = attribute.unit
  }

  /// The type of a constant.
  init(of value: Value) {
    switch value {
    case .unknown, .anything: type = .any
    case .symbol: type = .text
    case .integer: type = .integer
    case .number: type = .number
    case .range(let lower, let upper, _):
      type = .integer
      if case .number = lower { type = .number }
      if case .number = upper { type = .number }
    case .date, .span: type = .date
    }
  }

  /// The type of a value that is one of either.
  func widened(_ other: ValueType) -> ValueType {
    ValueType(type.widened(other.type), unit: unit == other.unit ? unit : nil)
  }
}
