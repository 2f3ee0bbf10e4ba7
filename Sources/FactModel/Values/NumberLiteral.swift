/// A number as it is written: `14_000`, `14k`, `1.5`, `2e9`, `9%`.
///
/// It keeps the digits as such, so that `~` and `±` can say exactly how far off a number may be.
public struct NumberLiteral: Hashable, Sendable {
  /// The digits without the point, with the sign.
  private var mantissa: Int128
  /// The power of ten of the last digit, percent and suffixes counted.
  private var exponent: Int
  /// Whether it has a decimal point; then all its digits are significant.
  public private(set) var hasPoint: Bool
  /// Whether it is written in percent.
  public private(set) var isPercent: Bool
  /// Whether it has neither point, exponent nor percent sign, so that it must fit 64 bits.
  public private(set) var isInteger: Bool
  /// The value.
  public let value: Scalar

  /// More digits than this are refused; a double tells 17 apart.
  private static let mostDigits = 36

  /// Reads all of a text as one number; a sign may stand before it.
  public static func read(_ text: String) -> Result<NumberLiteral, ReadFailure> {
    var bytes = Array(text.utf8)[...]
    var mantissa: Int128 = 0
    var exponent = 0
    var isNegative = false
    var digits = 0
    var hasPoint = false
    var isPercent = false
    var isInteger = true
    let shape = ReadFailure("`\(text)` is not a number")
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      bytes.removeFirst()
    }
    var lastWasDigit = false
    scan: while let byte = bytes.first {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if mantissa != 0 || byte != UInt8(ascii: "0") { digits += 1 }
        guard digits <= mostDigits else {
          return .failure(ReadFailure("a number has at most \(mostDigits) digits"))
        }
        mantissa = mantissa * 10 + Int128(byte - UInt8(ascii: "0"))
        if hasPoint { exponent -= 1 }
        lastWasDigit = true
      case UInt8(ascii: "_") where lastWasDigit: lastWasDigit = false
      case UInt8(ascii: ".") where lastWasDigit && !hasPoint:
        hasPoint = true
        isInteger = false
        lastWasDigit = false
      default: break scan
      }
      bytes.removeFirst()
    }
    guard lastWasDigit else { return .failure(shape) }
    if let byte = bytes.first {
      bytes.removeFirst()
      switch byte {
      case UInt8(ascii: "k"): exponent += 3
      case UInt8(ascii: "M"): exponent += 6
      case UInt8(ascii: "B"): exponent += 9
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        guard let power = Int(String(decoding: bytes, as: UTF8.self)), abs(power) < 100_000 else {
          return .failure(shape)
        }
        exponent += power
        isInteger = false
        bytes = []
      case UInt8(ascii: "%"):
        isPercent = true
        isInteger = false
        exponent -= 2
      default: return .failure(shape)
      }
    }
    guard bytes.isEmpty else { return .failure(shape) }
    if isNegative { mantissa = -mantissa }
    guard let value = scalar(mantissa, exponent) else {
      return .failure(ReadFailure("`\(text)` is larger than any number"))
    }
    if isInteger, case .number = value, exponent >= 0 {
      return .failure(
        ReadFailure(
          "`\(text)` does not fit into 64 bits; write \(value.text) where that is near enough"))
    }
    return .success(
      NumberLiteral(
        mantissa: mantissa, exponent: exponent, hasPoint: hasPoint, isPercent: isPercent,
        isInteger: isInteger, value: value))
  }

  /// What `~` makes of the number: half a unit of its last significant digit on each side.
  ///
  /// Zeros at the end are significant only where there is a decimal point; a number that is whole
  /// may be off by one at least.
  public var approximation: Result<NumberInterval, ReadFailure> {
    guard mantissa != 0 else {
      return .failure(
        ReadFailure("~0 does not say how far off it may be; write a range such as -1..1"))
    }
    var digits = mantissa
    var power = exponent
    if !hasPoint {
      while digits % 10 == 0 {
        digits /= 10
        power += 1
      }
    }
    let half: Int128 = power == 0 && !isPercent ? 10 : 5
    return NumberLiteral.interval(digits * 10 - half, digits * 10 + half, power - 1)
  }

  /// What `±` makes of two numbers; a negative second one counts as positive.
  public func plusOrMinus(_ margin: NumberLiteral) -> Result<NumberInterval, ReadFailure> {
    let power = min(exponent, margin.exponent)
    let centre = NumberLiteral.scaled(mantissa, by: exponent - power)
    let off = NumberLiteral.scaled(margin.mantissa, by: margin.exponent - power)
    guard let centre, let off else {
      return .failure(ReadFailure("the two sides of ± are too far apart in size"))
    }
    let distance = off < 0 ? -off : off
    return NumberLiteral.interval(centre - distance, centre + distance, power)
  }

  private static func interval(
    _ lower: Int128, _ upper: Int128, _ exponent: Int
  ) -> Result<NumberInterval, ReadFailure> {
    guard let low = scalar(lower, exponent), let high = scalar(upper, exponent) else {
      return .failure(ReadFailure("a bound of this range is larger than any number"))
    }
    return .success(NumberInterval(lower: low, upper: high))
  }

  /// A number times a power of ten, nil where it leaves 38 digits.
  private static func scaled(_ number: Int128, by power: Int) -> Int128? {
    var result = number
    for _ in 0..<power {
      if result == 0 { return 0 }
      let (product, overflow) = result.multipliedReportingOverflow(by: 10)
      // Sums of two such numbers must fit as well.
      if overflow || product > Int128.max / 4 || product < Int128.min / 4 { return nil }
      result = product
    }
    return result
  }

  /// The integer or nearest double of digits and a power of ten; nil where there is none.
  private static func scalar(_ mantissa: Int128, _ exponent: Int) -> Scalar? {
    var digits = mantissa
    var power = exponent
    while power < 0, digits % 10 == 0, digits != 0 {
      digits /= 10
      power += 1
    }
    if digits == 0 { return .integer(0) }
    if power >= 0, power < 40, let whole = scaled(digits, by: power),
      let fits = Int64(exactly: whole)
    {
      return .integer(fits)
    }
    return Double("\(digits)e\(power)").flatMap { Scalar($0) }
  }
}
