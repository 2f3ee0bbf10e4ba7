/// The operators and functions of expressions.
public enum ValueOperation: UInt8, Sendable, CaseIterable {
  case add = 0
  case subtract, multiply, divide, wholeDivide, modulo, power, negate
  case abs, min, max, round, floor, ceil, sqrt, lower, upper, mid, width, percent
  case year, quarter, month, day, weekday, addMonths
  case length, concat, substring, number, text, date, coalesce

  /// As it is written: `+`, `div`, `add_months`.
  public var name: String {
    switch self {
    case .add: "+"
    case .subtract, .negate: "-"
    case .multiply: "*"
    case .divide: "/"
    case .wholeDivide: "div"
    case .modulo: "mod"
    case .power: "**"
    case .addMonths: "add_months"
    default: ValueOperation.plainNames[Int(rawValue - ValueOperation.abs.rawValue)]
    }
  }

  /// The names of the functions in the order of the cases; reflection would find them at the cost
  /// of a millisecond at start.
  private static let plainNames: [String] = [
    "abs", "min", "max", "round", "floor", "ceil", "sqrt", "lower", "upper", "mid", "width",
    "percent", "year", "quarter", "month", "day", "weekday", "add_months", "length", "concat",
    "substring", "number", "text", "date", "coalesce",
  ]

  /// Whether it is written as `name(…)`.
  public var isFunction: Bool { rawValue >= ValueOperation.abs.rawValue }

  /// How many operands it takes.
  public var arity: ClosedRange<Int> {
    switch self {
    case .negate: 1...1
    case .add, .subtract, .multiply, .divide, .wholeDivide, .modulo, .power, .addMonths: 2...2
    case .min, .max, .coalesce: 2...64
    case .concat: 1...64
    case .round, .date: 1...2
    case .substring: 2...3
    default: 1...1
    }
  }

  /// The function of a name, nil if there is none.
  public static func function(named name: String) -> ValueOperation? {
    functions[name]
  }

  /// The names of all functions, sorted.
  public static let functionNames: [String] = functions.keys.sorted()

  private static let functions: [String: ValueOperation] = Dictionary(
    uniqueKeysWithValues: allCases.filter(\.isFunction).map { ($0.name, $0) })
}

/// Why an expression has no value for a row.
///
/// Unknown operands are no failure: they make the result unknown. The cases hold no text, so that
/// returning one costs nothing on the path of a row.
public enum EvaluationFailure: Error, Hashable, Sendable {
  /// A divisor is zero.
  case divisionByZero(ValueOperation)
  /// An integer would leave 64 bits, or a number would be infinite.
  case overflow(ValueOperation)
  /// An operand is of a kind that the operation does not take.
  case wrongKind(ValueOperation, ValueCategory)
  /// The operands are of two kinds that do not go together.
  case mixedKinds(ValueOperation, ValueCategory, ValueCategory)
  /// There is no real number that is the result.
  case noRealResult(ValueOperation)
  /// A date would lie outside the years 0001 to 9999.
  case outsideCalendar(ValueOperation)
  /// An operand that has to be a whole number is none.
  case notWhole(ValueOperation)
  /// The format of `date(T, F)` cannot be used.
  case badDateFormat
  /// The number of operands is wrong.
  case wrongCount(ValueOperation)

  /// The sentence for the person who asked.
  public var message: String {
    switch self {
    case .divisionByZero(let operation): "division by zero in `\(operation.name)`"
    case .overflow(let operation):
      "the result of `\(operation.name)` does not fit into 64 bits"
    case .wrongKind(let operation, let kind):
      "`\(operation.name)` cannot be applied to \(kind.phrase)"
    case .mixedKinds(let operation, let left, let right):
      "`\(operation.name)` cannot be applied to \(left.phrase) and \(right.phrase)"
    case .noRealResult(let operation):
      "`\(operation.name)` has no real result for a negative number here"
    case .outsideCalendar(let operation):
      "the date that `\(operation.name)` gives lies outside the years 0001 to 9999"
    case .notWhole(let operation): "`\(operation.name)` needs a whole number here"
    case .badDateFormat:
      "the format of `date` needs at least YYYY or YY, as in \"MM/DD/YYYY\""
    case .wrongCount(let operation):
      "`\(operation.name)` takes \(EvaluationFailure.count(operation.arity))"
    }
  }

  private static func count(_ arity: ClosedRange<Int>) -> String {
    if arity == 1...1 { return "one operand" }
    if arity.count == 1 { return "\(arity.lowerBound) operands" }
    return "\(arity.lowerBound) to \(arity.upperBound) operands"
  }
}

extension ValueCategory {
  /// The kind with its article, for messages.
  public var phrase: String {
    switch self {
    case .number: "a number"
    case .date: "a date"
    case .symbol: "a text"
    case .unknown: "an unknown value"
    case .anything: "an open attribute"
    }
  }
}

extension ValueStore {
  /// The value of an operation; unknown if an operand is.
  ///
  /// Ranges give the range of all results, each occurrence taken by itself. `mod` and `div` cut
  /// towards zero as in C, so that `-7 mod 3` is -1.
  public func apply(
    _ operation: ValueOperation, _ operands: [Word]
  ) -> Result<Word, EvaluationFailure> {
    guard operation.arity.contains(operands.count) else { return .failure(.wrongCount(operation)) }
    switch operands.count {
    case 1: return apply(operation, operands[0])
    case 2: return apply(operation, operands[0], operands[1])
    default: return applyMany(operation, operands)
    }
  }
}
