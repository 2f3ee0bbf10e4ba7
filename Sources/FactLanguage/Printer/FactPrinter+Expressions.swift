import FactModel

extension FactPrinter {
  /// How tightly a form binds: sums, products, minus, powers, operands.
  private enum Level: Int {
    case sum = 1
    case product, minus, power, operand
  }

  /// An expression.
  public static func text(_ expression: Expression) -> String { text(expression, .sum) }

  /// An expression in brackets if it binds less tightly than `least`.
  private static func text(_ expression: Expression, _ least: Level) -> String {
    let result = bare(expression, isInner: least != .sum)
    return level(expression, isInner: least != .sum).rawValue < least.rawValue
      ? "(" + result + ")" : result
  }

  private static func level(_ expression: Expression, isInner: Bool) -> Level {
    switch expression.kind {
    case .binary(let operation, _, _):
      switch operation {
      case .add, .subtract: return .sum
      case .multiply, .divide, .integerDivide, .modulo: return .product
      case .power: return .power
      }
    case .unary: return .minus
    case .constant(.range), .constant(.span): return isInner ? .sum : .operand
    case .constant(.integer(let integer)): return integer < 0 ? .minus : .operand
    case .constant(.number(let number)): return number < 0 ? .minus : .operand
    default: return .operand
    }
  }

  private static func bare(_ expression: Expression, isInner: Bool) -> String {
    switch expression.kind {
    case .variable(let name): return name
    case .wildcard: return "_"
    case .constant(let value): return text(value)
    case .today: return "today"
    case .parameter(let name): return "$" + name
    case .unary(_, let operand):
      // A minus before digits would become part of the number.
      switch operand.kind {
      case .constant(.integer), .constant(.number), .constant(.range):
        return "-(" + text(operand) + ")"
      default: return "-" + text(operand, .minus)
      }
    case .binary(let operation, let left, let right):
      let (leftLevel, rightLevel): (Level, Level)
      switch operation {
      case .add, .subtract: (leftLevel, rightLevel) = (.sum, .product)
      case .multiply, .divide, .integerDivide, .modulo: (leftLevel, rightLevel) = (.product, .minus)
      case .power: (leftLevel, rightLevel) = (.operand, .minus)
      }
      return operand(left, leftLevel) + " " + operation.rawValue + " "
        + operand(right, rightLevel)
    case .call(let name, let arguments):
      return self.name(name) + "(" + arguments.map { text($0) }.joined(separator: ", ") + ")"
    case .list(let values):
      return "[" + values.map { text($0) }.joined(separator: ", ") + "]"
    }
  }

  /// An operand of a sum or product; a range always stands in brackets there.
  private static func operand(_ expression: Expression, _ least: Level) -> String {
    switch expression.kind {
    case .constant(.range), .constant(.span): return "(" + text(expression) + ")"
    default: return text(expression, least)
    }
  }

  /// A value as the language writes it; a range or vague date as it was first written.
  public static func text(_ value: Value) -> String {
    switch value {
    case .unknown, .anything: return "_"
    case .symbol(let symbol): return symbolText(symbol)
    case .integer(let integer): return String(integer)
    case .number(let number): return Scalar.number(number).text
    case .date(let date): return date.description
    case .range(let lower, let upper, let text):
      return text ?? NumberInterval(lower: lower, upper: upper).text
    case .span(let first, let last, let text):
      return text ?? DateSpan(first: first, last: last).text
    }
  }

  /// A symbol, in quotes where it could be read as something else.
  public static func symbolText(_ symbol: String) -> String {
    isKeyword(symbol) ? SymbolText.quoted(symbol) : SymbolText.written(symbol)
  }

  /// Whether the grammar takes a word for itself in some places.
  public static func isKeyword(_ word: String) -> Bool {
    SymbolText.keywords.contains(word) || furtherKeywords.contains(word)
  }

  private static let furtherKeywords: Set<String> = ["and", "asc", "distinct", "is", "key", "or"]
}
