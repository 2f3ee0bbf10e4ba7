import FactModel

/// How constants become values of the type that is expected where they stand.
enum Coercion {
  /// The years that an integer stands for where a date is expected.
  static let years: ClosedRange<Int64> = 1000...9999

  /// The value as it is stated of an attribute of a declared type; nil where it does not fit.
  static func stated(_ value: Value, as type: AttributeType) -> Value? {
    switch value {
    case .unknown, .anything: return value
    default: break
    }
    switch type {
    case .any: return value
    case .entity, .text:
      if case .symbol = value { return value }
      return nil
    case .number, .percent: return isNumeric(value) ? value : nil
    case .integer: return isWhole(value) ? value : nil
    case .date: return date(value)
    }
  }

  /// The value as it is asked for: a date where one is expected; nil where the kind differs.
  ///
  /// An integer attribute may be asked for a fraction: nothing matches, and that is no mistake.
  static func asked(_ value: Value, as type: AttributeType) -> Value? {
    type == .integer ? stated(value, as: .number) : stated(value, as: type)
  }

  /// The date that a value stands for where a date is expected.
  static func date(_ value: Value) -> Value? {
    switch value {
    case .unknown, .anything, .date, .span: return value
    case .integer(let year): return self.year(year).map(Value.date)
    case .range(let lower, let upper, let text): return span(lower, upper, text)
    case .symbol(let text):
      if case .success(let value) = EDTF.read(text) { return value }
      return nil
    case .number: return nil
    }
  }

  private static func year(_ integer: Int64) -> CalendarDate? {
    years.contains(integer) ? CalendarDate(year: Int(integer)) : nil
  }

  /// A range of years; `~2026`, read as a number before, widens by a year instead.
  private static func span(_ lower: Scalar?, _ upper: Scalar?, _ text: String?) -> Value? {
    if let text, text.hasPrefix("~") {
      guard let number = Int64(text.dropFirst()), let year = year(number) else { return nil }
      return Value(approximately: year)
    }
    var first: CalendarDate?
    var last: CalendarDate?
    if let lower {
      guard case .integer(let integer) = lower, let year = year(integer) else { return nil }
      first = year
    }
    if let upper {
      guard case .integer(let integer) = upper, let year = year(integer) else { return nil }
      last = year
    }
    if first == nil, last == nil { return nil }
    return .span(first: first, last: last, text: text)
  }

  private static func isNumeric(_ value: Value) -> Bool {
    switch value {
    case .integer, .number, .range: true
    default: false
    }
  }

  private static func isWhole(_ value: Value) -> Bool {
    switch value {
    case .integer: return true
    case .range(let lower, let upper, _):
      if case .number = lower { return false }
      if case .number = upper { return false }
      return true
    default: return false
    }
  }
}
