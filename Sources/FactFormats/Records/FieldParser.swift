import FactModel

/// Reads values from the bytes of a field, without making a string.
///
/// Every function takes the whole field and returns nil where it is not entirely what is asked for;
/// none allocates but `number` in rare cases. Complexity: linear in the field.
public enum FieldParser {
  /// An exact integer: digits after an optional sign; nil beyond 64 bits.
  public static func integer(_ field: Span<UInt8>) -> Int64? {
    let count = field.count
    var at = 0
    var isNegative = false
    guard count > 0 else { return nil }
    if field[0] == UInt8(ascii: "-") || field[0] == UInt8(ascii: "+") {
      isNegative = field[0] == UInt8(ascii: "-")
      at = 1
    }
    if at == count { return nil }
    var magnitude: UInt64 = 0
    if count &- at <= 18 {
      while at < count {
        let digit = field[at] &- 0x30
        if digit > 9 { return nil }
        magnitude = magnitude &* 10 &+ UInt64(digit)
        at &+= 1
      }
    } else {
      while at < count {
        let digit = field[at] &- 0x30
        if digit > 9 { return nil }
        let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
        if overflow || carry { return nil }
        magnitude = sum
        at &+= 1
      }
    }
    if isNegative {
      if magnitude > 1 << 63 { return nil }
      return Int64(truncatingIfNeeded: 0 &- magnitude)
    }
    return magnitude > UInt64(Int64.max) ? nil : Int64(magnitude)
  }

  /// A finite decimal number, with or without a fraction or an exponent, as an IEEE double.
  public static func number(_ field: Span<UInt8>) -> Double? {
    guard let shape = DecimalShape(field) else { return nil }
    // A mantissa of 53 bits and a power of ten that is exact need one correctly rounded operation.
    if !shape.isLong, shape.mantissa <= 1 << 53, shape.exponent >= -22, shape.exponent <= 22 {
      var value = Double(shape.mantissa)
      if shape.exponent < 0 {
        value /= powersOfTen[-shape.exponent]
      } else {
        value *= powersOfTen[shape.exponent]
      }
      return shape.isNegative ? -value : value
    }
    var bytes: [UInt8] = []
    for index in 0..<field.count { bytes.append(field[index]) }
    guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else {
      return nil
    }
    return value
  }

  /// An ISO date: `YYYY-MM-DD`, `YYYY-MM`, or a day with a time after `T` or a blank.
  ///
  /// A date as the language reads it, less a bare year, a half or a quarter. Years from 0001 to 9999;
  /// nil for a day that the calendar does not have.
  public static func isoDate(_ field: Span<UInt8>) -> CalendarDate? {
    // What is clearly no date is told apart here, since a failed reading makes a message.
    guard field.count >= 7, field[4] == UInt8(ascii: "-"), field[5] &- 0x30 <= 9,
      field.count == 7 || field[7] == UInt8(ascii: "-"),
      case .success(let date) = CalendarDate.read(field)
    else { return nil }
    return date
  }
}

private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]

/// The parts of a decimal number.
struct DecimalShape {
  var isNegative = false
  /// The digits without the point; meaningless if `isLong`.
  var mantissa: UInt64 = 0
  /// The power of ten that goes with the mantissa.
  var exponent = 0
  /// Whether there are more than 18 significant digits.
  var isLong = false
  /// Whether it has neither point nor exponent.
  var isInteger = true
  /// Whether the digits before the point begin with a needless zero, or a plus sign stands before.
  var isPadded = false
  /// The number of digits before the point.
  var integerDigits = 0

  /// Returns nil where the field is no decimal number.
  init?(_ field: Span<UInt8>) {
    let count = field.count
    var at = 0
    if at < count, field[at] == UInt8(ascii: "-") || field[at] == UInt8(ascii: "+") {
      isNegative = field[at] == UInt8(ascii: "-")
      isPadded = !isNegative
      at = 1
    }
    let first = at
    var significant = 0
    while at < count {
      let digit = field[at] &- 0x30
      if digit > 9 { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      if significant > 0 || digit > 0 { significant &+= 1 }
      at &+= 1
    }
    integerDigits = at - first
    if integerDigits > 1 && field[first] == 0x30 { isPadded = true }
    var digits = integerDigits
    if at < count, field[at] == UInt8(ascii: ".") {
      isInteger = false
      at &+= 1
      let fraction = at
      while at < count {
        let digit = field[at] &- 0x30
        if digit > 9 { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        if significant > 0 || digit > 0 { significant &+= 1 }
        at &+= 1
      }
      if at == fraction { return nil }
      digits += at - fraction
      exponent = fraction - at
    }
    if digits == 0 { return nil }
    isLong = significant > 18
    if at < count, field[at] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      at &+= 1
      var isDown = false
      if at < count, field[at] == UInt8(ascii: "-") || field[at] == UInt8(ascii: "+") {
        isDown = field[at] == UInt8(ascii: "-")
        at &+= 1
      }
      let start = at
      var power = 0
      while at < count {
        let digit = field[at] &- 0x30
        if digit > 9 { break }
        if power < 100_000 { power = power * 10 + Int(digit) }
        at &+= 1
      }
      if at == start { return nil }
      exponent += isDown ? -power : power
    }
    if at != count { return nil }
  }
}
