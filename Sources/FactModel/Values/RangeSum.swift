/// A sum of many numbers that is rounded once at its end, whatever their order.
///
/// Integers are added in 128 bits. Doubles are added to two running sums, of which the second takes
/// what the first loses; what that loses in turn, which is rare, goes to a list of parts that do
/// not overlap (Shewchuk's expansions), so that nothing is lost on the way.
struct ExactSum: Sendable {
  private var integers: Int128 = 0
  private var high = 0.0
  private var low = 0.0
  private var parts: [Double] = []
  private var hasDoubles = false

  mutating func add(_ integer: Int64) { integers += Int128(integer) }

  mutating func add(_ scalar: Scalar) {
    switch scalar {
    case .integer(let integer): integers += Int128(integer)
    case .number(let number): add(number)
    }
  }

  private mutating func add(_ number: Double) {
    hasDoubles = true
    var lost: Double
    (high, lost) = ExactSum.sum(high, number)
    (low, lost) = ExactSum.sum(low, lost)
    if lost != 0 { addPart(lost) }
  }

  /// A rounded sum and what the rounding lost, whichever operand is larger.
  @inline(__always)
  private static func sum(_ a: Double, _ b: Double) -> (Double, lost: Double) {
    let sum = a + b
    let second = sum - a
    return (sum, (a - (sum - second)) + (b - second))
  }

  private mutating func addPart(_ number: Double) {
    var rest = number
    var kept = 0
    for i in parts.indices {
      var part = parts[i]
      if rest.magnitude < part.magnitude { swap(&rest, &part) }
      let sum = rest + part
      let lost = part - (sum - rest)
      if lost != 0 {
        parts[kept] = lost
        kept += 1
      }
      rest = sum
    }
    parts.removeSubrange(kept...)
    parts.append(rest)
  }

  mutating func add(_ other: ExactSum) {
    integers += other.integers
    guard other.hasDoubles else { return }
    add(other.high)
    add(other.low)
    for part in other.parts { add(part) }
  }

  /// The sum rounded to nearest; nil is an overflow.
  var value: Scalar? {
    if !hasDoubles { return Int64(exactly: integers).map { .integer($0) } }
    var all = self
    let rounded = Double(integers)
    for part in [low, high, Double(integers - Int128(rounded)), rounded] { all.addPart(part) }
    return all.roundedParts.flatMap { Scalar($0) }
  }

  /// The parts from the greatest down to the first that no longer counts, halves to even.
  private var roundedParts: Double? {
    guard var sum = parts.last else { return 0 }
    guard sum.isFinite else { return nil }
    var i = parts.count - 2
    var lost = 0.0
    while i >= 0 {
      let previous = sum
      sum = previous + parts[i]
      lost = parts[i] - (sum - previous)
      i -= 1
      if lost != 0 { break }
    }
    if i >= 0, lost < 0 && parts[i] < 0 || lost > 0 && parts[i] > 0 {
      let twice = lost * 2
      let nudged = sum + twice
      if twice == nudged - sum { sum = nudged }
    }
    return sum
  }
}

/// The sum of a column whose values may be ranges and whose rows may be uncertain.
///
/// Exact numbers add exactly, ranges add their bounds, and a row that may not be there adds from
/// zero: the least it may add is 0 or its lower bound, the most 0 or its upper bound.
public struct RangeSum: Sendable {
  private var exact = ExactSum()
  private var below = ExactSum()
  private var above = ExactSum()
  private var isOpenBelow = false
  private var isOpenAbove = false
  /// The rows that were added; those with an unknown value are not among them.
  public private(set) var count = 0

  /// The sum of nothing: 0.
  public init() {}

  /// Adds the value of one row; unknown adds nothing.
  ///
  /// - Parameters:
  ///   - word: a number, range or unknown.
  ///   - isCertain: whether the row is there for sure.
  ///   - store: the store of the word.
  /// - Returns: the failure if the value is no number.
  public mutating func add(
    _ word: Word, isCertain: Bool = true, in store: ValueStore
  ) -> EvaluationFailure? {
    if isCertain, word.kind == .integer {
      exact.add(word.integer)
      count += 1
      return nil
    }
    if word == .unknown { return nil }
    guard let interval = store.numbers(of: word) else {
      return .wrongKind(.add, store.category(of: word))
    }
    count += 1
    if isCertain, let number = interval.exact {
      exact.add(number)
      return nil
    }
    let zero = Scalar.integer(0)
    if let lower = interval.lower {
      below.add(isCertain ? lower : min(lower, zero))
    } else {
      isOpenBelow = true
    }
    if let upper = interval.upper {
      above.add(isCertain ? upper : max(upper, zero))
    } else {
      isOpenAbove = true
    }
    return nil
  }

  /// Adds a batch of rows that are all certain.
  public mutating func add(_ words: Span<UInt64>, in store: ValueStore) -> EvaluationFailure? {
    for i in 0..<words.count {
      if let failure = add(Word(bits: words[i]), in: store) { return failure }
    }
    return nil
  }

  /// Adds the rows of another sum, as from another thread.
  public mutating func add(_ other: RangeSum) {
    exact.add(other.exact)
    below.add(other.below)
    above.add(other.above)
    isOpenBelow = isOpenBelow || other.isOpenBelow
    isOpenAbove = isOpenAbove || other.isOpenAbove
    count += other.count
  }

  /// The bounds of the sum; a failure if one does not fit.
  public var bounds: Result<NumberInterval, EvaluationFailure> {
    var low = exact
    low.add(below)
    var high = exact
    high.add(above)
    var result = NumberInterval.all
    if !isOpenBelow {
      guard let lower = low.value else { return .failure(.overflow(.add)) }
      result.lower = lower
    }
    if !isOpenAbove {
      guard let upper = high.value else { return .failure(.overflow(.add)) }
      result.upper = upper
    }
    return .success(result)
  }

  /// The sum as a word.
  public func word(in store: ValueStore) -> Result<Word, EvaluationFailure> {
    bounds.map { store.word(range: $0) }
  }
}
