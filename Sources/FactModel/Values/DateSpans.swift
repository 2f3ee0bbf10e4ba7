/// A third of a calendar unit.
public enum DateThird: String, Sendable, CaseIterable {
  case early, mid, late
}

extension CalendarDate {
  /// The first, middle or last third: of a month days 1–10, 11–20 and 21–end, of a quarter one
  /// month each, of a half two, of a year four. Nil for days and date-times, which have none.
  public func third(_ third: DateThird) -> DateSpan? {
    let (year, month, _) = fields
    let index =
      switch third {
      case .early: 0
      case .mid: 1
      case .late: 2
      }
    let months: Int
    switch precision {
    case .day, .minute, .second: return nil
    case .month:
      let end = third == .late ? Calendar.days(inMonth: month, of: year) : index * 10 + 10
      return DateSpan(
        first: CalendarDate(year: year, month: month, day: index * 10 + 1),
        last: CalendarDate(year: year, month: month, day: end))
    case .quarter: months = 1
    case .half: months = 2
    case .year: months = 4
    }
    let first = month + index * months
    return DateSpan(
      first: CalendarDate(year: year, month: first),
      last: CalendarDate(year: year, month: first + months - 1))
  }

  /// What `~` makes of a date: one unit of its precision more on each side, within the calendar.
  public var widened: DateSpan {
    let months: Int
    switch precision {
    case .second: return widened(bySeconds: 1)
    case .minute: return widened(bySeconds: 60)
    case .day: return widened(byDays: 1)
    case .month: months = 1
    case .quarter: months = 3
    case .half: months = 6
    case .year: months = 12
    }
    return DateSpan(self).widened(byMonths: months)
  }

  private func widened(bySeconds seconds: Int64) -> DateSpan {
    DateSpan(
      first: CalendarDate(second: start - seconds, precision: precision) ?? self,
      last: CalendarDate(second: start + seconds, precision: precision) ?? self)
  }

  private func widened(byDays days: Int) -> DateSpan {
    DateSpan(
      first: CalendarDate(dayNumber: firstDay - days) ?? self,
      last: CalendarDate(dayNumber: firstDay + days) ?? self)
  }

  /// The date so many days later; nil outside the calendar and for dates wider than a day.
  public func adding(days: Int) -> CalendarDate? {
    guard precision.rawValue >= DatePrecision.day.rawValue else { return nil }
    let (offset, overflow) = Int64(days).multipliedReportingOverflow(by: Calendar.secondsPerDay)
    let (moment, overflowed) = start.addingReportingOverflow(offset)
    if overflow || overflowed { return nil }
    return CalendarDate(second: moment, precision: precision)
  }

  /// The same day and time so many months later, at most the last day of that month.
  ///
  /// Dates of a month or wider move by whole months; where a half or quarter would no longer be
  /// one, it is given by its first month. Nil outside the calendar.
  public func adding(months: Int) -> CalendarDate? {
    let (year, month, day) = fields
    let (total, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
    guard !overflow, total >= 12, total < 10_000 * 12 else { return nil }
    let newYear = total / 12
    let newMonth = total % 12 + 1
    if precision.rawValue <= DatePrecision.month.rawValue {
      return CalendarDate(year: newYear, month: newMonth)
    }
    let newDay = min(day, Calendar.days(inMonth: newMonth, of: newYear))
    let date = CalendarDate(year: newYear, month: newMonth, day: newDay)
    guard let date, isDateTime else { return date }
    return CalendarDate(start: date.start + start % Calendar.secondsPerDay, precision: precision)
  }

  /// The months of which it consists as first and last, for dates of a month or wider.
  var months: (first: CalendarDate, last: CalendarDate)? {
    guard precision.rawValue <= DatePrecision.month.rawValue,
      let first = CalendarDate(year: fields.year, month: fields.month),
      let day = CalendarDate(dayNumber: lastDay),
      let last = CalendarDate(year: day.fields.year, month: day.fields.month)
    else { return nil }
    return (first, last)
  }
}

extension DateSpan {
  /// The span with whole months more on each side, within the calendar.
  ///
  /// A span that begins and ends with a month goes on doing so.
  func widened(byMonths months: Int) -> DateSpan {
    var result = self
    if let first {
      result.first = first.adding(months: -months) ?? .earliest
    }
    if let last {
      let lastMonth = last.months?.last ?? last
      result.last = lastMonth.adding(months: months) ?? .latest
    }
    return result
  }

  /// The span so many days later; nil where it would leave the calendar.
  func adding(days: Int) -> DateSpan? {
    var result = self
    if let first {
      guard let moved = first.adding(days: days) else { return nil }
      result.first = moved
    }
    if let last {
      guard let moved = last.adding(days: days) else { return nil }
      result.last = moved
    }
    return result
  }
}

extension Value {
  /// `early`, `mid` or `late` of a date, with its text; nil for days and date-times.
  public init?(_ third: DateThird, of date: CalendarDate) {
    guard let span = date.third(third) else { return nil }
    self = .span(first: span.first, last: span.last, text: "\(third.rawValue) \(date)")
  }

  /// `~` of a date, with its text.
  public init(approximately date: CalendarDate) {
    let span = date.widened
    self = .span(first: span.first, last: span.last, text: "~\(date)")
  }
}
