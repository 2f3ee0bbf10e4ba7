/// How a comparison or condition turns out where values may be inexact.
///
/// The raw values are those of `Certainty`, so that the weakest of several is their maximum.
public enum Truth: UInt8, Sendable, CaseIterable {
  /// It holds for all the values within the bounds.
  case certain = 0
  /// It holds for some of them.
  case possible = 2
  /// It holds for none.
  case never = 3

  /// Both this and another.
  public func and(_ other: Truth) -> Truth { rawValue >= other.rawValue ? self : other }

  /// This or another.
  public func or(_ other: Truth) -> Truth { rawValue <= other.rawValue ? self : other }

  /// The opposite.
  public var negated: Truth {
    switch self {
    case .certain: .never
    case .possible: .possible
    case .never: .certain
    }
  }
}

/// The comparisons of the language.
public enum Comparison: UInt8, Sendable, CaseIterable {
  /// By identity.
  case equal, notEqual
  /// By meaning.
  case less, lessOrEqual, greater, greaterOrEqual
  /// `X in R`: whether a value lies within a range or span.
  case inside
  /// Whether two ranges or spans have something in common.
  case overlaps

  /// As it is written.
  public var symbol: String {
    switch self {
    case .equal: "="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    case .inside: "in"
    case .overlaps: "overlaps"
    }
  }

  /// The comparison that holds where this one does not; `in` and `overlaps` have none.
  public var opposite: Comparison? {
    switch self {
    case .equal: .notEqual
    case .notEqual: .equal
    case .less: .greaterOrEqual
    case .lessOrEqual: .greater
    case .greater: .lessOrEqual
    case .greaterOrEqual: .less
    case .inside, .overlaps: nil
    }
  }

  /// The same comparison with its sides exchanged; `in` has none.
  public var mirrored: Comparison? {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    case .equal, .notEqual, .overlaps: self
    case .inside: nil
    }
  }
}

/// Two bounds that can be compared; nil is an open side.
struct Bounds<Bound: Comparable> {
  var lower: Bound?
  var upper: Bound?

  /// Whether every value here is below every value there.
  func isBelow(_ other: Bounds, orEqual: Bool) -> Bool {
    guard let upper, let lower = other.lower else { return false }
    return orEqual ? upper <= lower : upper < lower
  }

  /// Whether some value here is below some value there.
  func mayBeBelow(_ other: Bounds, orEqual: Bool) -> Bool {
    guard let lower, let upper = other.upper else { return true }
    return orEqual ? lower <= upper : lower < upper
  }

  func intersects(_ other: Bounds) -> Bool {
    mayBeBelow(other, orEqual: true) && other.mayBeBelow(self, orEqual: true)
  }

  func lies(within other: Bounds) -> Bool {
    if let least = other.lower {
      guard let lower, least <= lower else { return false }
    }
    if let greatest = other.upper {
      guard let upper, upper <= greatest else { return false }
    }
    return true
  }

  func compare(_ comparison: Comparison, _ other: Bounds) -> Truth {
    switch comparison {
    case .less, .lessOrEqual:
      let orEqual = comparison == .lessOrEqual
      if isBelow(other, orEqual: orEqual) { return .certain }
      return mayBeBelow(other, orEqual: orEqual) ? .possible : .never
    case .greater: return other.compare(.less, self)
    case .greaterOrEqual: return other.compare(.lessOrEqual, self)
    case .inside:
      if lies(within: other) { return .certain }
      return intersects(other) ? .possible : .never
    case .overlaps: return intersects(other) ? .certain : .never
    case .equal, .notEqual: return .never
    }
  }
}

extension DateSpan {
  /// The numbers of the first and last day.
  var dayBounds: Bounds<Int64> {
    Bounds(lower: firstDay.map(Int64.init), upper: lastDay.map(Int64.init))
  }

  /// The first and last second.
  var secondBounds: Bounds<Int64> { Bounds(lower: first?.start, upper: last?.lastSecond) }
}

extension ValueStore {
  /// Compares two words: `=` and `!=` by identity, all else by meaning.
  ///
  /// Unknown satisfies nothing. Two kinds satisfy `!=` alone. A date stands for one moment in its
  /// span; two date-times compare exactly, all else by days. A value compared with itself has the
  /// same number on both sides, so that `X < X` is never possible.
  public func compare(_ comparison: Comparison, _ left: Word, _ right: Word) -> Truth {
    let leftKind = left.kind
    let rightKind = right.kind
    if leftKind == .integer, rightKind == .integer {
      return ValueStore.holds(comparison, left.bits, right.bits) ? .certain : .never
    }
    if leftKind.rawValue >= WordKind.unknown.rawValue
      || rightKind.rawValue >= WordKind.unknown.rawValue
    {
      return .never
    }
    switch comparison {
    case .equal: return left == right ? .certain : .never
    case .notEqual: return left == right ? .never : .certain
    default: break
    }
    if left == right {
      return comparison == .less || comparison == .greater ? .never : .certain
    }
    if leftKind == .symbol || rightKind == .symbol {
      guard leftKind == rightKind else { return .never }
      let order = symbols.order(left.symbol, right.symbol)
      return ValueStore.holds(comparison, order, 0) ? .certain : .never
    }
    if let a = numbers(of: left) {
      guard let b = numbers(of: right) else { return .never }
      return Bounds(lower: a.lower, upper: a.upper)
        .compare(comparison, Bounds(lower: b.lower, upper: b.upper))
    }
    guard let a = dates(of: left), let b = dates(of: right) else { return .never }
    if a.isOfMoments, b.isOfMoments { return a.secondBounds.compare(comparison, b.secondBounds) }
    return a.dayBounds.compare(comparison, b.dayBounds)
  }

  /// A year, or years, written as a number from 1000 to 9999 or a range of such, as the date that it
  /// is; nil for what is none.
  ///
  /// A year that stands in the text on the right of `in` or `overlaps` is meant so beside a date.
  public func yearsWord(of word: Word) -> Word? {
    guard numbers(of: word) != nil, case .success(let date) = value(of: word).asDate else {
      return nil
    }
    return self.word(for: date)
  }

  /// Whether a comparison of two exact values holds.
  @inline(__always)
  static func holds<T: Comparable>(_ comparison: Comparison, _ left: T, _ right: T) -> Bool {
    switch comparison {
    case .equal, .inside, .overlaps: left == right
    case .notEqual: left != right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    }
  }
}
