import FactModel

/// How constants become values of the type that is expected where they stand.
enum Coercion {
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

  /// The date that a value stands for where a date is expected; nil where it is none.
  static func date(_ value: Value) -> Value? {
    if case .success(let date) = value.asDate { return date }
    return nil
  }

  /// Why a value is not of a type, where there is more to say than that.
  static func reason(_ value: Value, as type: AttributeType) -> String? {
    guard type == .date, case .symbol = value, case .failure(let failure) = value.asDate else {
      return nil
    }
    return failure.message
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
