import Glibc

extension Scalar {
  /// The scalar of a double: the integer where it is integral and fits, nil where it is not finite.
  @inlinable public init?(_ number: Double) {
    guard number.isFinite else { return nil }
    if number >= -0x1p63, number < 0x1p63 {
      let whole = Int64(number)
      if Double(whole) == number {
        self = .integer(whole)
        return
      }
    }
    self = .number(number)
  }

  /// The nearest double; exact for integers up to 2^53.
  @inlinable public var double: Double {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    }
  }

  /// −1, 0 or 1.
  public var sign: Int {
    switch self {
    case .integer(let integer): Int(integer.signum())
    case .number(let number): number < 0 ? -1 : number > 0 ? 1 : 0
    }
  }

  /// Whether it is exactly zero.
  public var isZero: Bool { sign == 0 }
}

extension Scalar: Comparable {
  /// Compares exactly: an integer is never rounded to a double first.
  public static func < (left: Scalar, right: Scalar) -> Bool {
    switch (left, right) {
    case (.integer(let a), .integer(let b)): a < b
    case (.number(let a), .number(let b)): a < b
    case (.integer(let a), .number(let b)): order(a, b) < 0
    case (.number(let a), .integer(let b)): order(b, a) > 0
    }
  }

  /// −1, 0 or 1 as an integer lies below, at or above a finite double.
  static func order(_ integer: Int64, _ number: Double) -> Int {
    if number >= 0x1p63 { return -1 }
    if number < -0x1p63 { return 1 }
    let whole = number.rounded(.towardZero)
    let truncated = Int64(whole)
    if integer != truncated { return integer < truncated ? -1 : 1 }
    if number == whole { return 0 }
    return number > whole ? -1 : 1
  }
}

/// Arithmetic that says when it leaves the range: nil is an overflow, never a wrap or an infinity.
extension Scalar {
  static func sum(_ left: Scalar, _ right: Scalar) -> Scalar? {
    if case .integer(let a) = left, case .integer(let b) = right {
      let (result, overflow) = a.addingReportingOverflow(b)
      return overflow ? nil : .integer(result)
    }
    return Scalar(left.double + right.double)
  }

  static func difference(_ left: Scalar, _ right: Scalar) -> Scalar? {
    if case .integer(let a) = left, case .integer(let b) = right {
      let (result, overflow) = a.subtractingReportingOverflow(b)
      return overflow ? nil : .integer(result)
    }
    return Scalar(left.double - right.double)
  }

  static func product(_ left: Scalar, _ right: Scalar) -> Scalar? {
    if case .integer(let a) = left, case .integer(let b) = right {
      let (result, overflow) = a.multipliedReportingOverflow(by: b)
      return overflow ? nil : .integer(result)
    }
    return Scalar(left.double * right.double)
  }

  /// The real quotient; an integer where the division leaves no rest. The divisor is not zero.
  static func quotient(_ left: Scalar, _ right: Scalar) -> Scalar? {
    if case .integer(let a) = left, case .integer(let b) = right {
      let (result, overflow) = a.dividedReportingOverflow(by: b)
      if overflow { return b == 0 ? nil : Scalar(Double(a) / Double(b)) }
      if result &* b == a { return .integer(result) }
    }
    return Scalar(left.double / right.double)
  }

  /// The quotient without its fraction, cut towards zero. The divisor is not zero.
  static func wholeQuotient(_ left: Scalar, _ right: Scalar) -> Scalar? {
    if case .integer(let a) = left, case .integer(let b) = right {
      let (result, overflow) = a.dividedReportingOverflow(by: b)
      return overflow ? nil : .integer(result)
    }
    return Scalar((left.double / right.double).rounded(.towardZero))
  }

  /// The rest of the division cut towards zero; it has the sign of the dividend.
  static func remainder(_ left: Scalar, _ right: Scalar) -> Scalar? {
    if case .integer(let a) = left, case .integer(let b) = right {
      if b == 0 { return nil }
      return .integer(b == -1 ? 0 : a % b)
    }
    return Scalar(fmod(left.double, right.double))
  }

  static func negated(_ scalar: Scalar) -> Scalar? { difference(.integer(0), scalar) }

  static func magnitude(_ scalar: Scalar) -> Scalar? {
    scalar.sign < 0 ? negated(scalar) : scalar
  }

  /// The power of two exact numbers; integers to a whole exponent stay exact.
  ///
  /// Nil also where there is no real power, as of a negative number to a fraction.
  static func power(_ base: Scalar, _ exponent: Scalar) -> Scalar? {
    guard case .integer(var factor) = base, case .integer(var rest) = exponent, rest >= 0 else {
      return Scalar(pow(base.double, exponent.double))
    }
    var result: Int64 = 1
    while true {
      if rest & 1 == 1 {
        let (product, overflow) = result.multipliedReportingOverflow(by: factor)
        if overflow { return nil }
        result = product
      }
      rest >>= 1
      if rest == 0 { return .integer(result) }
      // 0 and 1 stay what they are; any other base soon leaves the range.
      if factor == 0 || factor == 1 { return .integer(factor == 0 ? 0 : result) }
      let (square, overflow) = factor.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      factor = square
    }
  }
}

extension Scalar {
  /// The number as the language writes it: shortest digits that read back as the same double.
  public var text: String {
    switch self {
    case .integer(let integer): String(integer)
    case .number(let number): Scalar.text(of: number)
    }
  }

  /// A double in its shortest form, the exponent without a plus sign.
  static func text(of number: Double) -> String {
    let shortest = number.description
    guard shortest.utf8.contains(UInt8(ascii: "+")) else { return shortest }
    return String(shortest.filter { $0 != "+" })
  }

  /// The number as a percentage, such as `9%` for 0.09.
  ///
  /// The decimal point of the shortest digits is moved, so that no rounding can show.
  public var percentText: String {
    let decimal = Decimal(shortestOf: self)
    return decimal.text(pointMovedBy: 2) + "%"
  }
}

/// A decimal number as its digits and the power of ten of the last one.
struct Decimal {
  var isNegative = false
  var digits: [UInt8] = []
  var exponent = 0

  /// The shortest digits that name a scalar.
  init(shortestOf scalar: Scalar) {
    let text: String
    switch scalar {
    case .integer(let integer): text = String(integer)
    case .number(let number): text = number.description
    }
    var seenPoint = false
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "-"): isNegative = true
      case UInt8(ascii: "."): seenPoint = true
      case UInt8(ascii: "e"):
        exponent += Int(String(decoding: bytes, as: UTF8.self)) ?? 0
        bytes = []
      default:
        digits.append(byte)
        if seenPoint { exponent -= 1 }
      }
    }
  }

  /// The number times a power of ten, written out; with an exponent where that would be long.
  func text(pointMovedBy places: Int) -> String {
    var shown = digits
    var power = exponent + places
    while shown.count > 1, shown[0] == UInt8(ascii: "0") { shown.removeFirst() }
    while power < 0, shown.count > 1, shown.last == UInt8(ascii: "0") {
      shown.removeLast()
      power += 1
    }
    if shown == [UInt8(ascii: "0")] { return "0" }
    let sign = isNegative ? "-" : ""
    if power > 20 || power < -20 {
      return sign + String(decoding: shown, as: UTF8.self) + "e\(power)"
    }
    if power >= 0 {
      shown.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: power))
    } else {
      let missing = 1 - power - shown.count
      if missing > 0 {
        shown.insert(contentsOf: repeatElement(UInt8(ascii: "0"), count: missing), at: 0)
      }
      shown.insert(UInt8(ascii: "."), at: shown.count + power)
    }
    return sign + String(decoding: shown, as: UTF8.self)
  }
}
