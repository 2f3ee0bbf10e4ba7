import FactLanguage
import FactModel

extension ValueOperation {
  /// The operation of an operator.
  init(_ operation: BinaryOperator) {
    switch operation {
    case .add: self = .add
    case .subtract: self = .subtract
    case .multiply: self = .multiply
    case .divide: self = .divide
    case .integerDivide: self = .wholeDivide
    case .modulo: self = .modulo
    case .power: self = .power
    }
  }

  /// Whether its arguments have to agree in kind and unit.
  var wantsAlikeArguments: Bool {
    switch self {
    case .add, .subtract, .min, .max: true
    default: false
    }
  }

  /// The kind that an argument has to be of; nil where several will do.
  func kind(ofArgument index: Int) -> ValueKind? {
    switch self {
    case .multiply, .divide, .wholeDivide, .modulo, .power, .negate, .abs, .round, .floor,
      .ceil, .sqrt, .percent:
      .number
    case .year, .quarter, .month, .day, .weekday: .date
    case .addMonths: index == 0 ? .date : .number
    case .substring: index == 0 ? .symbol : .number
    case .length: .symbol
    case .date: index == 1 ? .symbol : nil
    default: nil
    }
  }

  /// The type of the result for arguments of given types.
  func result(of arguments: [ValueType]) -> ValueType {
    let first = arguments.first ?? .any
    switch self {
    case .add, .subtract: return sum(arguments)
    case .multiply, .divide, .power, .sqrt, .number: return ValueType(.number)
    case .wholeDivide, .modulo: return ValueType(.number)
    case .negate, .abs: return first.kind == .number ? first : ValueType(.number)
    case .round, .floor, .ceil:
      return ValueType(first.type == .integer ? .integer : .number, unit: first.unit)
    case .min, .max, .coalesce:
      return arguments.dropFirst().reduce(first) { $0.widened($1) }
    case .lower, .upper, .mid: return first
    case .width:
      return first.kind == .date ? ValueType(.integer) : ValueType(.number, unit: first.unit)
    case .percent: return ValueType(.percent)
    case .year, .quarter, .month, .day, .weekday, .length: return ValueType(.integer)
    case .addMonths, .date: return ValueType(.date)
    case .concat, .substring, .text: return ValueType(.text)
    }
  }

  /// Date − date is days, date ± number a date; numbers keep their unit.
  private func sum(_ arguments: [ValueType]) -> ValueType {
    guard arguments.count == 2 else { return .any }
    let (left, right) = (arguments[0], arguments[1])
    if left.kind == .date {
      if self == .subtract, right.kind == .date { return ValueType(.integer) }
      return right.kind == .number ? ValueType(.date) : .any
    }
    if right.kind == .date { return self == .add ? ValueType(.date) : .any }
    guard left.kind == .number, right.kind == .number else { return .any }
    return ValueType(left.type.widened(right.type), unit: left.unit ?? right.unit)
  }
}

extension Test {
  /// How many arguments it takes.
  var arity: Int { self == .unknown ? 1 : 2 }
}
