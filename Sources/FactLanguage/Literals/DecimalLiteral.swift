import FactModel

/// A number as written: digits and a power of ten, kept exactly until it becomes a value.
struct DecimalLiteral: Sendable {
  /// Why digits make no number.
  enum Failure: Error {
    case tooLarge
  }

  /// All digits, without the point.
  var mantissa: Int128
  /// The power of ten that the mantissa is multiplied by.
  var exponent: Int
  /// Whether it was written with a point, so that its trailing zeros count.
  var hasPoint: Bool

  /// Reads a token of kind `number`, with `k`, `M`, `B`, `%` or an exponent at its end.
  init(_ bytes: ArraySlice<UInt8>) throws(Failure) {
    mantissa = 0
    exponent = 0
    hasPoint = false
    var written = 0
    var isNegativeExponent = false
    var inExponent = false
    var dropped = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let digit = Int(byte &- 0x30)
        if inExponent {
          written = min(written * 10 + digit, 100_000)
        } else if mantissa > 10_000_000_000_000_000_000_000_000_000_000_000 {
          // More than 34 digits: what is left cannot change the double, nor fit an integer.
          dropped += 1
          if hasPoint { exponent -= 1 }
        } else {
          mantissa = mantissa * 10 + Int128(digit)
          if hasPoint { exponent -= 1 }
        }
      case UInt8(ascii: "."): hasPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"): inExponent = true
      case UInt8(ascii: "-"): isNegativeExponent = true
      case UInt8(ascii: "k"): exponent += 3
      case UInt8(ascii: "M"): exponent += 6
      case UInt8(ascii: "B"): exponent += 9
      case UInt8(ascii: "%"): exponent -= 2
      default: break
      }
    }
    exponent += (isNegativeExponent ? -written : written) + dropped
    if exponent > 1_000, mantissa != 0 { throw .tooLarge }
  }

  private init(mantissa: Int128, exponent: Int, hasPoint: Bool) {
    self.mantissa = mantissa
    self.exponent = exponent
    self.hasPoint = hasPoint
  }

  /// The value: the integer where it has no fraction and fits, else the nearest double.
  ///
  /// An integer that was written with digits alone and does not fit is an error, never a rounded
  /// double; one with a point or exponent becomes a double.
  func scalar(isPlainInteger: Bool) throws(Failure) -> Scalar {
    if mantissa == 0 { return .integer(0) }
    var value = mantissa
    var power = exponent
    while power < 0, value % 10 == 0 {
      value /= 10
      power += 1
    }
    while power > 0, abs(value) < (Int128(1) << 100) {
      value *= 10
      power -= 1
    }
    if power == 0, let integer = Int64(exactly: value) { return .integer(integer) }
    if isPlainInteger { throw .tooLarge }
    guard let number = Double("\(mantissa)e\(exponent)"), number.isFinite else { throw .tooLarge }
    return number == 0 ? .integer(0) : .number(number)
  }

  /// Half a unit of the last significant digit; for integers at least one. Zeros at the end of a
  /// number without a point are not significant.
  var halfUnit: DecimalLiteral {
    var digits = mantissa
    var power = exponent
    if !hasPoint {
      while digits != 0, digits % 10 == 0 {
        digits /= 10
        power += 1
      }
    }
    if !hasPoint, power == 0 {
      return DecimalLiteral(mantissa: 1, exponent: 0, hasPoint: false)
    }
    return DecimalLiteral(mantissa: 5, exponent: power - 1, hasPoint: true)
  }

  var negated: DecimalLiteral {
    DecimalLiteral(mantissa: -mantissa, exponent: exponent, hasPoint: hasPoint)
  }

  /// The sum, exactly where both fit one scale.
  func adding(_ other: DecimalLiteral) throws(Failure) -> DecimalLiteral {
    let scale = min(exponent, other.exponent)
    let left = try scaled(to: scale)
    let (sum, overflow) = left.addingReportingOverflow(try other.scaled(to: scale))
    if overflow { throw .tooLarge }
    return DecimalLiteral(mantissa: sum, exponent: scale, hasPoint: scale < 0)
  }

  private func scaled(to scale: Int) throws(Failure) -> Int128 {
    var value = mantissa
    var power = exponent
    while power > scale, value != 0 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { throw .tooLarge }
      value = product
      power -= 1
    }
    return value
  }
}
