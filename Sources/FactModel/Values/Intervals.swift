/// The numbers between two bounds, both included; nil is an open side.
public struct NumberInterval: Hashable, Sendable {
  /// The least number, nil if unbounded.
  public var lower: Scalar?
  /// The greatest number, nil if unbounded.
  public var upper: Scalar?

  /// Takes bounds in any order of magnitude; `canonical` puts them right.
  public init(lower: Scalar?, upper: Scalar?) {
    self.lower = lower
    self.upper = upper
  }

  /// One exact number.
  public init(_ exact: Scalar) {
    lower = exact
    upper = exact
  }

  /// The number if both bounds are it.
  public var exact: Scalar? { lower == upper ? lower : nil }

  /// Whether zero lies within.
  public var containsZero: Bool {
    (lower.map { $0.sign <= 0 } ?? true) && (upper.map { $0.sign >= 0 } ?? true)
  }

  /// With integral doubles as integers and the bounds in order.
  var canonical: NumberInterval {
    let low = lower.flatMap { $0.canonical }
    let high = upper.flatMap { $0.canonical }
    if let low, let high, high < low { return NumberInterval(lower: high, upper: low) }
    return NumberInterval(lower: low, upper: high)
  }

  /// As the language writes it, such as `1001..2500`.
  public var text: String { (lower?.text ?? "") + ".." + (upper?.text ?? "") }

  /// As the language writes it in percent, such as `0%..9%`.
  public var percentText: String { (lower?.percentText ?? "") + ".." + (upper?.percentText ?? "") }
}

extension Scalar {
  /// The integer where it is integral and fits; nil where it is not finite.
  var canonical: Scalar? {
    if case .number(let number) = self { return Scalar(number) }
    return self
  }
}

/// The days or moments between two dates, both included; nil is an open side.
public struct DateSpan: Hashable, Sendable {
  /// The date with whose first day it begins, nil if unbounded.
  public var first: CalendarDate?
  /// The date with whose last day it ends, nil if unbounded.
  public var last: CalendarDate?

  /// Takes dates of any precision; `canonical` makes days or moments of them.
  public init(first: CalendarDate?, last: CalendarDate?) {
    self.first = first
    self.last = last
  }

  /// All of one date.
  public init(_ date: CalendarDate) {
    first = date
    last = date
  }

  /// Whether it lies between date-times, so that moments are meant and not days.
  public var isOfMoments: Bool {
    (first?.isDateTime ?? true) && (last?.isDateTime ?? true) && !(first == nil && last == nil)
  }

  /// The number of the first day, nil if unbounded.
  public var firstDay: Int? { first?.firstDay }

  /// The number of the last day, nil if unbounded.
  public var lastDay: Int? { last?.lastDay }

  /// As the language writes it, such as `2026-01-21..2026-01-31`.
  public var text: String { (first?.description ?? "") + ".." + (last?.description ?? "") }

  /// A span with days or moments as bounds, or the calendar unit that it exactly is.
  enum Canonical {
    case date(CalendarDate)
    case span(DateSpan)
  }

  /// A date-time beside a bound that is none counts as its day.
  var canonical: Canonical {
    if isOfMoments {
      guard let first, let last else { return .span(self) }
      if first == last { return .date(first) }
      return .span(first.start <= last.start ? self : DateSpan(first: last, last: first))
    }
    if let first, let last, first == last, !first.isDateTime { return .date(first) }
    let from = first.flatMap { CalendarDate(dayNumber: $0.firstDay) }
    let to = last.flatMap { CalendarDate(dayNumber: $0.lastDay) }
    guard let from, let to else { return .span(DateSpan(first: from, last: to)) }
    if to.start < from.start { return DateSpan(first: last, last: first).canonical }
    if let unit = CalendarDate.unit(firstDay: from.firstDay, lastDay: to.firstDay) {
      return .date(unit)
    }
    return .span(DateSpan(first: from, last: to))
  }
}
