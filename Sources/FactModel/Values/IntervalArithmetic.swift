import Glibc

/// A bound that may be infinite.
enum ExtendedScalar: Comparable {
  case below
  case finite(Scalar)
  case above

  var finite: Scalar? {
    guard case .finite(let scalar) = self else { return nil }
    return scalar
  }

  var sign: Int {
    switch self {
    case .below: -1
    case .finite(let scalar): scalar.sign
    case .above: 1
    }
  }

  static func infinite(sign: Int) -> ExtendedScalar { sign < 0 ? .below : .above }
}

/// The range of all results of an operation on ranges.
///
/// Doubles are rounded to nearest. Since rounding keeps the order, the result computed for any two
/// numbers within the operands lies within the bounds computed for them.
extension NumberInterval {
  typealias Outcome = Result<NumberInterval, EvaluationFailure>
  private typealias Corner = (Scalar, Scalar) -> Scalar?

  private var low: ExtendedScalar { lower.map { .finite($0) } ?? .below }
  private var high: ExtendedScalar { upper.map { .finite($0) } ?? .above }

  private init(_ low: ExtendedScalar, _ high: ExtendedScalar) {
    self.init(lower: low.finite, upper: high.finite)
  }

  static let zero = NumberInterval(.integer(0))
  static let all = NumberInterval(lower: nil, upper: nil)

  func adding(_ other: NumberInterval) -> Outcome {
    ends(.add, (lower, other.lower), (upper, other.upper), Scalar.sum)
  }

  func subtracting(_ other: NumberInterval) -> Outcome {
    ends(.subtract, (lower, other.upper), (upper, other.lower), Scalar.difference)
  }

  /// One result for the lower and one for the upper bound; open where an operand is.
  private func ends(
    _ operation: ValueOperation, _ lows: (Scalar?, Scalar?), _ highs: (Scalar?, Scalar?),
    _ combine: Corner
  ) -> Outcome {
    var result = NumberInterval.all
    if let a = lows.0, let b = lows.1 {
      guard let bound = combine(a, b) else { return .failure(.overflow(operation)) }
      result.lower = bound
    }
    if let a = highs.0, let b = highs.1 {
      guard let bound = combine(a, b) else { return .failure(.overflow(operation)) }
      result.upper = bound
    }
    return .success(result)
  }

  func multiplied(by other: NumberInterval) -> Outcome {
    corners(.multiply, other) { a, b in
      if let x = a.finite, let y = b.finite { return Scalar.product(x, y).map { .finite($0) } }
      let sign = a.sign * b.sign
      return sign == 0 ? .finite(.integer(0)) : .infinite(sign: sign)
    }
  }

  func divided(by other: NumberInterval) -> Outcome {
    quotient(.divide, other, Scalar.quotient)
  }

  /// The quotients cut towards zero. Cutting keeps the order, so the corners suffice here too.
  func wholeDivided(by other: NumberInterval) -> Outcome {
    quotient(.wholeDivide, other, Scalar.wholeQuotient)
  }

  private func quotient(
    _ operation: ValueOperation, _ other: NumberInterval, _ divide: Corner
  ) -> Outcome {
    if other.exact?.isZero == true { return .failure(.divisionByZero(operation)) }
    if exact?.isZero == true { return .success(.zero) }
    func cornerQuotient(_ a: ExtendedScalar, _ b: ExtendedScalar) -> ExtendedScalar? {
      if let x = a.finite, let y = b.finite { return divide(x, y).map { .finite($0) } }
      guard b.finite != nil else { return .finite(.integer(0)) }
      return .infinite(sign: a.sign * b.sign)
    }
    if !other.containsZero { return corners(operation, other, cornerQuotient) }
    // A divisor that comes close to zero from one side makes the quotient endless on one side only.
    let least = other.low.sign
    let greatest = other.high.sign
    if least < 0 && greatest > 0 { return .success(.all) }
    let end = least < 0 ? other.low : other.high
    let towards = least < 0 ? -1 : 1
    guard let first = cornerQuotient(low, end), let last = cornerQuotient(high, end) else {
      return .failure(.overflow(operation))
    }
    if low.sign >= 0 {
      return .success(
        towards > 0 ? NumberInterval(first, .above) : NumberInterval(.below, first))
    }
    if high.sign <= 0 {
      return .success(towards > 0 ? NumberInterval(.below, last) : NumberInterval(last, .above))
    }
    return .success(.all)
  }

  /// The rests of the division cut towards zero; they have the sign of the dividend.
  func remainder(by other: NumberInterval) -> Outcome {
    if other.exact?.isZero == true { return .failure(.divisionByZero(.modulo)) }
    if let divisor = other.exact, let lower, let upper {
      let first = Scalar.wholeQuotient(lower, divisor)
      if let first, first == Scalar.wholeQuotient(upper, divisor) || lower == upper,
        let low = Scalar.remainder(lower, divisor), let high = Scalar.remainder(upper, divisor)
      {
        return .success(NumberInterval(lower: low, upper: high))
      }
      if lower == upper, let rest = Scalar.remainder(lower, divisor) {
        return .success(NumberInterval(rest))
      }
    }
    // A rest is nearer to zero than the divisor, and no further from it than the dividend.
    guard case .success(let size) = other.magnitude else { return .failure(.overflow(.modulo)) }
    let most = size.high
    var result = NumberInterval.zero
    if low.sign < 0 {
      guard let size = ExtendedScalar.negated(most) else { return .failure(.overflow(.modulo)) }
      result.lower = Swift.max(low, size).finite
    }
    if high.sign > 0 { result.upper = Swift.min(high, most).finite }
    return .success(result)
  }

  var negated: Outcome {
    NumberInterval.zero.ends(
      .negate, (.integer(0), upper), (.integer(0), lower), Scalar.difference)
  }

  var magnitude: Outcome {
    if low.sign >= 0 { return .success(self) }
    guard case .success(let mirrored) = negated else { return .failure(.overflow(.abs)) }
    if high.sign <= 0 { return .success(mirrored) }
    return .success(NumberInterval(.finite(.integer(0)), Swift.max(high, mirrored.high)))
  }

  func raised(to exponent: NumberInterval) -> Outcome {
    if case .integer(let whole)? = exponent.exact { return raised(to: whole) }
    guard low.sign >= 0 else { return .failure(.noRealResult(.power)) }
    if exact?.isZero == true, exponent.high.sign < 0 {
      return .failure(.divisionByZero(.power))
    }
    return corners(.power, exponent) { base, power in
      if let x = base.finite, let y = power.finite {
        if x.isZero, y.sign < 0 { return .above }
        return Scalar.power(x, y).map { .finite($0) }
      }
      let result = pow(base.double, power.double)
      if result == .infinity { return .above }
      return Scalar(result).map { .finite($0) } ?? .finite(.integer(1))
    }
  }

  private func raised(to whole: Int64) -> Outcome {
    if whole < 0 {
      guard whole > Int64.min else { return .failure(.overflow(.power)) }
      if let exact {
        if exact.isZero { return .failure(.divisionByZero(.power)) }
        guard let result = Scalar.power(exact, .integer(whole)) else {
          return .failure(.overflow(.power))
        }
        return .success(NumberInterval(result))
      }
      guard case .success(let positive) = raised(to: -whole) else {
        return .failure(.overflow(.power))
      }
      return NumberInterval(.integer(1)).quotient(.power, positive, Scalar.quotient)
    }
    if whole == 0 { return .success(NumberInterval(.integer(1))) }
    var base = self
    if whole % 2 == 0 {
      guard case .success(let size) = magnitude else { return .failure(.overflow(.power)) }
      base = size
    }
    var result = NumberInterval.all
    if let lower = base.lower {
      guard let bound = Scalar.power(lower, .integer(whole)) else {
        return .failure(.overflow(.power))
      }
      result.lower = bound
    }
    if let upper = base.upper {
      guard let bound = Scalar.power(upper, .integer(whole)) else {
        return .failure(.overflow(.power))
      }
      result.upper = bound
    }
    return .success(result)
  }

  /// The least and greatest of the four results for the bounds; nil among them is an overflow.
  private func corners(
    _ operation: ValueOperation, _ other: NumberInterval,
    _ combine: (ExtendedScalar, ExtendedScalar) -> ExtendedScalar?
  ) -> Outcome {
    guard let first = combine(low, other.low) else { return .failure(.overflow(operation)) }
    if exact != nil, other.exact != nil { return .success(NumberInterval(first, first)) }
    var least = first
    var greatest = first
    for (a, b) in [(low, other.high), (high, other.low), (high, other.high)] {
      guard let corner = combine(a, b) else { return .failure(.overflow(operation)) }
      least = Swift.min(least, corner)
      greatest = Swift.max(greatest, corner)
    }
    return .success(NumberInterval(least, greatest))
  }

  /// Both bounds through a function that keeps the order.
  func mapped(_ function: (Scalar) -> Scalar?) -> NumberInterval {
    NumberInterval(lower: lower.flatMap(function), upper: upper.flatMap(function))
  }
}

extension ExtendedScalar {
  var double: Double {
    switch self {
    case .below: -.infinity
    case .finite(let scalar): scalar.double
    case .above: .infinity
    }
  }

  static func negated(_ bound: ExtendedScalar) -> ExtendedScalar? {
    switch bound {
    case .below: .above
    case .above: .below
    case .finite(let scalar): Scalar.negated(scalar).map { .finite($0) }
    }
  }
}
