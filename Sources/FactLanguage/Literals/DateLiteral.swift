import FactModel

/// Dates as the language writes them, and what `early`, `mid`, `late` and `~` make of them.
enum DateLiteral {
  enum Third: String {
    case early, mid, late
  }

  static let secondsPerDay: Int64 = 86_400

  static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  static func daysInMonth(_ month: Int, _ year: Int) -> Int {
    if month == 2 { return isLeap(year) ? 29 : 28 }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
  }

  /// Days from 0001-01-01.
  static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let past = year - 1
    var days = past * 365 + past / 4 - past / 100 + past / 400
    var earlier = 1
    while earlier < month {
      days += daysInMonth(earlier, year)
      earlier += 1
    }
    return days + day - 1
  }

  static func day(_ number: Int) -> CalendarDate? {
    guard number >= 0, number < dayNumber(10_000, 1, 1) else { return nil }
    return CalendarDate(start: Int64(number) * secondsPerDay, precision: .day)
  }

  static func year(_ year: Int) -> CalendarDate? {
    guard year >= 1, year <= 9999 else { return nil }
    return CalendarDate(start: Int64(dayNumber(year, 1, 1)) * secondsPerDay, precision: .year)
  }

  /// Reads a token of kind `date`; nil where the calendar has no such day.
  static func read(_ bytes: ArraySlice<UInt8>) -> CalendarDate? {
    let text = Array(bytes)
    func number(_ lower: Int, _ length: Int) -> Int {
      text[lower..<lower + length].reduce(0) { $0 * 10 + Int($1 &- 0x30) }
    }
    guard text.count >= 7 else { return nil }
    let year = number(0, 4)
    guard year >= 1 else { return nil }
    if text[5] == UInt8(ascii: "Q") || text[5] == UInt8(ascii: "H") {
      let isQuarter = text[5] == UInt8(ascii: "Q")
      let part = number(6, 1)
      guard part >= 1, part <= (isQuarter ? 4 : 2) else { return nil }
      let month = (part - 1) * (isQuarter ? 3 : 6) + 1
      return CalendarDate(
        start: Int64(dayNumber(year, month, 1)) * secondsPerDay,
        precision: isQuarter ? .quarter : .half)
    }
    let month = number(5, 2)
    guard month >= 1, month <= 12 else { return nil }
    if text.count == 7 {
      return CalendarDate(
        start: Int64(dayNumber(year, month, 1)) * secondsPerDay, precision: .month)
    }
    let day = number(8, 2)
    guard day >= 1, day <= daysInMonth(month, year) else { return nil }
    let start = Int64(dayNumber(year, month, day)) * secondsPerDay
    if text.count == 10 { return CalendarDate(start: start, precision: .day) }
    let hour = number(11, 2)
    let minute = number(14, 2)
    guard hour <= 23, minute <= 59 else { return nil }
    var position = 16
    var second = 0
    var precision = DatePrecision.minute
    if position < text.count, text[position] == UInt8(ascii: ":") {
      second = number(17, 2)
      precision = .second
      position = 19
      guard second <= 59 else { return nil }
      if position < text.count, text[position] == UInt8(ascii: ".") {
        position += 1
        while position < text.count, text[position] &- 0x30 < 10 { position += 1 }
      }
    }
    var moment = start + Int64(hour * 3_600 + minute * 60 + second)
    if position + 6 <= text.count {
      let hours = number(position + 1, 2)
      let minutes = number(position + 4, 2)
      guard hours <= 23, minutes <= 59 else { return nil }
      let offset = Int64(hours * 3_600 + minutes * 60)
      moment += text[position] == UInt8(ascii: "+") ? -offset : offset
    }
    guard moment >= 0, moment < Int64(dayNumber(10_000, 1, 1)) * secondsPerDay else { return nil }
    return CalendarDate(start: moment, precision: precision)
  }

  /// The year and month that a date begins in, and how many months it spans; nil for days.
  private static func months(_ date: CalendarDate) -> (year: Int, month: Int, count: Int)? {
    let count: Int
    switch date.precision {
    case .year: count = 12
    case .half: count = 6
    case .quarter: count = 3
    case .month: count = 1
    case .day, .minute, .second: return nil
    }
    let number = Int(date.start / secondsPerDay)
    var year = number / 366 + 1
    while dayNumber(year + 1, 1, 1) <= number { year += 1 }
    var month = 1
    while month < 12, dayNumber(year, month + 1, 1) <= number { month += 1 }
    return (year, month, count)
  }

  /// The first day of the month that lies `offset` months after another.
  private static func monthStart(_ year: Int, _ month: Int, _ offset: Int) -> Int {
    let index = (year * 12 + month - 1) + offset
    return dayNumber(index / 12, index % 12 + 1, 1)
  }

  /// The first and last day, or the moment itself for a date-time.
  static func bounds(_ date: CalendarDate) -> (first: CalendarDate, last: CalendarDate) {
    guard let (year, month, count) = months(date) else { return (date, date) }
    let first = CalendarDate(start: date.start, precision: .day)
    let last = monthStart(year, month, count) - 1
    return (first, CalendarDate(start: Int64(last) * secondsPerDay, precision: .day))
  }

  /// The first, middle or last third; nil for a day or a moment.
  static func third(_ third: Third, of date: CalendarDate) -> (CalendarDate, CalendarDate)? {
    guard let (year, month, count) = months(date) else { return nil }
    let index = third == .early ? 0 : third == .mid ? 1 : 2
    let first: Int
    let end: Int
    if count == 1 {
      let start = monthStart(year, month, 0)
      first = start + index * 10
      end = index == 2 ? monthStart(year, month, 1) : start + index * 10 + 10
    } else {
      first = monthStart(year, month, count * index / 3)
      end = monthStart(year, month, count * (index + 1) / 3)
    }
    guard let from = day(first), let to = day(end - 1) else { return nil }
    return (from, to)
  }

  /// One unit of the precision more on each side, within the years 0001 to 9999.
  static func around(_ date: CalendarDate) -> (CalendarDate, CalendarDate) {
    let end = Int64(dayNumber(10_000, 1, 1)) * secondsPerDay
    guard let (year, month, count) = months(date) else {
      let unit: Int64 =
        date.precision == .day ? secondsPerDay : date.precision == .minute ? 60 : 1
      let first = max(date.start - unit, 0)
      let last = min(date.start + unit, end - unit)
      return (
        CalendarDate(start: first, precision: date.precision),
        CalendarDate(start: last, precision: date.precision)
      )
    }
    let isFirst = year * 12 + month - 1 - count < 12
    let first = isFirst ? 0 : monthStart(year, month, -count)
    let last = min(monthStart(year, month, 2 * count), Int(end / secondsPerDay)) - 1
    return (
      CalendarDate(start: Int64(first) * secondsPerDay, precision: .day),
      CalendarDate(start: Int64(last) * secondsPerDay, precision: .day)
    )
  }
}
