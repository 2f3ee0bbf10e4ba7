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

  /// An ISO date: `YYYY-MM-DD`, `YYYY-MM`, or a day with a time after `T` or a blank (`hh:mm`,
  /// `hh:mm:ss`, a fraction of a second is cut off) and an optional `Z` or offset, turned into UTC.
  ///
  /// Years from 0001 to 9999; nil for a day that the calendar does not have.
  public static func isoDate(_ field: Span<UInt8>) -> CalendarDate? {
    let count = field.count
    guard count >= 7, field[4] == UInt8(ascii: "-"),
      let high = twoDigits(field, 0), let low = twoDigits(field, 2),
      let month = twoDigits(field, 5), month >= 1, month <= 12
    else { return nil }
    let year = high * 100 + low
    guard year >= 1 else { return nil }
    if count == 7 {
      return CalendarDate(start: dayNumber(year, month, 1) * 86_400, precision: .month)
    }
    guard count >= 10, field[7] == UInt8(ascii: "-"), let day = twoDigits(field, 8),
      day >= 1, day <= dayCount(year, month)
    else { return nil }
    let start = dayNumber(year, month, day) * 86_400
    if count == 10 { return CalendarDate(start: start, precision: .day) }
    return dateTime(field, start)
  }

  /// The rest of a date-time, from the byte after its day.
  private static func dateTime(_ field: Span<UInt8>, _ dayStart: Int64) -> CalendarDate? {
    let count = field.count
    guard count >= 16, field[10] == UInt8(ascii: "T") || field[10] == UInt8(ascii: " "),
      field[13] == UInt8(ascii: ":"), let hour = twoDigits(field, 11), hour < 24,
      let minute = twoDigits(field, 14), minute < 60
    else { return nil }
    var seconds = dayStart + hour * 3600 + minute * 60
    var precision = DatePrecision.minute
    var at = 16
    if at < count, field[at] == UInt8(ascii: ":") {
      guard at + 3 <= count, let second = twoDigits(field, at + 1), second < 60 else { return nil }
      seconds += second
      precision = .second
      at += 3
      if at < count, field[at] == UInt8(ascii: ".") {
        at += 1
        let first = at
        while at < count, field[at] &- 0x30 <= 9 { at += 1 }
        if at == first { return nil }
      }
    }
    if at < count {
      guard let offset = utcOffset(field, at) else { return nil }
      seconds -= offset
    }
    guard seconds >= 0, seconds < yearsEnd else { return nil }
    return CalendarDate(start: seconds, precision: precision)
  }

  /// The seconds of `Z`, `+hh:mm`, `-hhmm` or `+hh` at the end of a field.
  private static func utcOffset(_ field: Span<UInt8>, _ start: Int) -> Int64? {
    let rest = field.count - start
    if field[start] == UInt8(ascii: "Z") { return rest == 1 ? 0 : nil }
    let isNegative = field[start] == UInt8(ascii: "-")
    guard isNegative || field[start] == UInt8(ascii: "+"), rest >= 3,
      let hours = twoDigits(field, start + 1), hours < 24
    else { return nil }
    var minutes: Int64 = 0
    if rest > 3 {
      let at = field[start + 3] == UInt8(ascii: ":") ? start + 4 : start + 3
      guard at + 2 == field.count, let given = twoDigits(field, at), given < 60 else { return nil }
      minutes = given
    }
    let seconds = hours * 3600 + minutes * 60
    return isNegative ? -seconds : seconds
  }

  private static func twoDigits(_ field: Span<UInt8>, _ at: Int) -> Int64? {
    guard at + 2 <= field.count else { return nil }
    let tens = field[at] &- 0x30
    let ones = field[at + 1] &- 0x30
    if tens > 9 || ones > 9 { return nil }
    return Int64(tens) * 10 + Int64(ones)
  }

  private static func dayCount(_ year: Int64, _ month: Int64) -> Int64 {
    if month == 2 {
      return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
  }

  /// Days from 0001-01-01, counting years from March so that the leap day comes last.
  private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let index = month <= 2 ? month + 9 : month - 3
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400
    return days + (index * 153 + 2) / 5 + day - 1 - 306
  }

  private static let yearsEnd = dayNumber(10_000, 1, 1) * 86_400
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
