/// How exactly a date is stated; coarser precisions are spans of days.
public enum DatePrecision: UInt8, Sendable, CaseIterable {
  case year = 0
  case half, quarter, month, day, minute, second
}

/// A date of the proleptic Gregorian calendar, years 0001 to 9999, as precise as it was stated.
///
/// Every date is a span of days and stands for one moment in it. A date-time is in UTC.
public struct CalendarDate: Hashable, Sendable {
  /// Seconds from 0001-01-01T00:00:00 to the first second of the span; at most 40 bits.
  public let start: Int64
  /// How exactly it is stated.
  public let precision: DatePrecision

  /// Takes a first second and precision that already agree.
  public init(start: Int64, precision: DatePrecision) {
    self.start = start
    self.precision = precision
  }
}

extension CalendarDate {
  /// The date as a word; words of dates sort by first second, then from coarse to fine.
  public var word: Word {
    Word(kind: .date, payload: UInt64(start) << 3 | UInt64(precision.rawValue))
  }

  /// The date of a word of kind `date`.
  public init(word: Word) {
    start = Int64(word.payload >> 3)
    precision = DatePrecision(rawValue: UInt8(word.payload & 7)) ?? .second
  }
}
