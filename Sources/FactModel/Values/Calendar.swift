/// Day arithmetic of the proleptic Gregorian calendar; day 0 is 0001-01-01, a Monday.
public enum Calendar {
  /// The seconds of a day.
  public static let secondsPerDay: Int64 = 86_400
  /// The number of days from 0001-01-01 to 9999-12-31.
  public static let dayCount = 3_652_059

  /// Whether February has 29 days.
  public static func isLeap(year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// The number of days of a month from 1 to 12.
  public static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year: year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The day number of a date that exists. Complexity: O(1).
  ///
  /// The year is taken to begin in March, so that the leap day is its last.
  public static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let marchMonth = month <= 2 ? month + 9 : month - 3
    let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
    return marchYear * 365 + leapDays + (153 * marchMonth + 2) / 5 + day - 1 - 306
  }

  /// The year, month and day of a day number. Complexity: O(1).
  public static func fields(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = number + 306
    let cycle = shifted / 146_097
    let inCycle = shifted % 146_097
    let yearOfCycle = (inCycle - inCycle / 1460 + inCycle / 36_524 - inCycle / 146_096) / 365
    let inYear = inCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
    let marchMonth = (5 * inYear + 2) / 153
    let day = inYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// The day of the week of a day number, from 1 for Monday to 7 for Sunday.
  public static func weekday(ofDay number: Int) -> Int { number % 7 + 1 }
}

extension CalendarDate {
  /// A year from 1 to 9999.
  public init?(year: Int) {
    self.init(year: year, month: 1, day: 1, precision: .year)
  }

  /// The first or second half of a year.
  public init?(year: Int, half: Int) {
    guard half == 1 || half == 2 else { return nil }
    self.init(year: year, month: half * 6 - 5, day: 1, precision: .half)
  }

  /// A quarter from 1 to 4.
  public init?(year: Int, quarter: Int) {
    guard quarter >= 1, quarter <= 4 else { return nil }
    self.init(year: year, month: quarter * 3 - 2, day: 1, precision: .quarter)
  }

  /// A month from 1 to 12.
  public init?(year: Int, month: Int) {
    self.init(year: year, month: month, day: 1, precision: .month)
  }

  /// A day that exists.
  public init?(year: Int, month: Int, day: Int) {
    self.init(year: year, month: month, day: day, precision: .day)
  }

  private init?(year: Int, month: Int, day: Int, precision: DatePrecision) {
    guard year >= 1, year <= 9999, month >= 1, month <= 12, day >= 1,
      day <= Calendar.days(inMonth: month, of: year)
    else { return nil }
    let number = Calendar.dayNumber(year: year, month: month, day: day)
    self.init(start: Int64(number) * Calendar.secondsPerDay, precision: precision)
  }

  /// A day by its number, nil outside the years 0001 to 9999.
  public init?(dayNumber: Int) {
    guard dayNumber >= 0, dayNumber < Calendar.dayCount else { return nil }
    self.init(start: Int64(dayNumber) * Calendar.secondsPerDay, precision: .day)
  }

  /// A moment by its second, nil outside the years 0001 to 9999.
  public init?(second: Int64, precision: DatePrecision = .second) {
    guard second >= 0, second < Int64(Calendar.dayCount) * Calendar.secondsPerDay else {
      return nil
    }
    self.init(start: second, precision: precision)
  }

  /// The first day that is on the calendar.
  public static let earliest = CalendarDate(start: 0, precision: .day)
  /// The last day that is on the calendar.
  public static let latest = CalendarDate(
    start: Int64(Calendar.dayCount - 1) * Calendar.secondsPerDay, precision: .day)

  /// Whether it has a time of day.
  public var isDateTime: Bool { precision.rawValue >= DatePrecision.minute.rawValue }

  /// The number of its first day.
  public var firstDay: Int { Int(start / Calendar.secondsPerDay) }

  /// The number of its last day.
  public var lastDay: Int {
    let months: Int
    switch precision {
    case .day, .minute, .second: return firstDay
    case .month: months = 1
    case .quarter: months = 3
    case .half: months = 6
    case .year: months = 12
    }
    let first = Calendar.fields(ofDay: firstDay)
    let month = first.month + months - 1
    return Calendar.dayNumber(
      year: first.year, month: month, day: Calendar.days(inMonth: month, of: first.year))
  }

  /// The last second for which it may stand; a date-time is one exact second.
  public var lastSecond: Int64 {
    if isDateTime { return start }
    return Int64(lastDay + 1) * Calendar.secondsPerDay - 1
  }

  /// The year, month and day with which it begins.
  public var fields: (year: Int, month: Int, day: Int) { Calendar.fields(ofDay: firstDay) }

  /// The day, half, quarter, month or year whose first and last day these are, if there is one.
  static func unit(firstDay: Int, lastDay: Int) -> CalendarDate? {
    if firstDay == lastDay { return CalendarDate(dayNumber: firstDay) }
    let (year, month, day) = Calendar.fields(ofDay: firstDay)
    guard day == 1, lastDay - firstDay >= 27, lastDay - firstDay <= 365 else { return nil }
    for precision in [DatePrecision.month, .quarter, .half, .year] {
      let monthsAligned: Bool
      switch precision {
      case .quarter: monthsAligned = month % 3 == 1
      case .half: monthsAligned = month % 6 == 1
      case .year: monthsAligned = month == 1
      default: monthsAligned = true
      }
      guard monthsAligned else { continue }
      let unit = CalendarDate(year: year, month: month, day: 1, precision: precision)
      if let unit, unit.lastDay == lastDay { return unit }
    }
    return nil
  }
}

extension CalendarDate: CustomStringConvertible {
  /// The date as the language writes it, such as `2026-Q1` or `2026-01-12T09:31`.
  public var description: String {
    let (year, month, day) = fields
    var text = CalendarDate.padded(year, to: 4)
    switch precision {
    case .year: return text
    case .half: return text + "-H\(month / 6 + 1)"
    case .quarter: return text + "-Q\(month / 3 + 1)"
    case .month: return text + "-" + CalendarDate.padded(month, to: 2)
    case .day, .minute, .second:
      text += "-" + CalendarDate.padded(month, to: 2) + "-" + CalendarDate.padded(day, to: 2)
    }
    guard isDateTime else { return text }
    let second = Int(start % Calendar.secondsPerDay)
    text += "T" + CalendarDate.padded(second / 3600, to: 2)
    text += ":" + CalendarDate.padded(second / 60 % 60, to: 2)
    if precision == .second { text += ":" + CalendarDate.padded(second % 60, to: 2) }
    return text
  }

  private static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
