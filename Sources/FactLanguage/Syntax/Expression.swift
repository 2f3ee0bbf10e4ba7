import FactModel

/// An expression with its place in the text.
public struct Expression: Sendable, Hashable {
  /// What it is.
  public var kind: Kind
  /// Its place in the text.
  public var span: SourceSpan

  /// Takes the parts as they are.
  public init(_ kind: Kind, at span: SourceSpan) {
    self.kind = kind
    self.span = span
  }

  /// What an expression may be. A constant's value is as written: an integer from 1000 to 9999 may
  /// still become a year, and a symbol an EDTF date, where a date is expected.
  public enum Kind: Sendable, Hashable {
    case variable(String)
    /// `_`
    case wildcard
    case constant(Value)
    /// `today`
    case today
    /// `$name`
    case parameter(String)
    indirect case unary(UnaryOperator, Expression)
    indirect case binary(BinaryOperator, Expression, Expression)
    /// A function, or an aggregate where it stands in a head.
    case call(name: String, arguments: [Expression])
    /// `[buy, hold]`, only on the right of `in`.
    case list([Expression])
  }
}

/// An operator before its operand.
public enum UnaryOperator: String, Sendable, CaseIterable {
  case minus = "-"
}

/// An operator between two operands, by the way it is written.
public enum BinaryOperator: String, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case integerDivide = "div"
  case modulo = "mod"
  case power = "**"
}

/// A comparison, by the way it is written.
public enum ComparisonOperator: String, Sendable, CaseIterable {
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}
