/// Why a text is not the value that it was read as: a sentence for the person who wrote it.
public struct ReadFailure: Error, Hashable, Sendable {
  /// What is wrong, and where there is one, the cure.
  public var message: String

  /// Takes the whole sentence.
  public init(_ message: String) { self.message = message }
}

extension CalendarDate {
  /// Reads a date or date-time: `2026`, `2026-Q1`, `2026-01`, `2026-01-12`, `2026-01-12T09:31Z`.
  ///
  /// Offsets are turned into UTC; a fraction of a second is dropped. Instead of the `T` there may
  /// be a space, as database dumps have it.
  public static func read(_ text: String) -> Result<CalendarDate, ReadFailure> {
    let bytes = Array(text.utf8)
    return read(bytes.span)
  }

  /// Reads a date or date-time given as UTF-8; allocates nothing where it succeeds.
  public static func read(_ bytes: Span<UInt8>) -> Result<CalendarDate, ReadFailure> {
    guard let year = number(bytes, at: 0, digits: 4) else {
      return .failure(ReadFailure("a date begins with a year of four digits, as in 2026-01-12"))
    }
    guard year >= 1 else { return .failure(ReadFailure("years go from 0001 to 9999")) }
    if bytes.count == 4 { return found(CalendarDate(year: year), "years go from 0001 to 9999") }
    guard bytes.count >= 7, bytes[4] == UInt8(ascii: "-") else {
      return .failure(shape(bytes))
    }
    if bytes[5] == UInt8(ascii: "Q") || bytes[5] == UInt8(ascii: "H") {
      guard bytes.count == 7, let part = number(bytes, at: 6, digits: 1) else {
        return .failure(shape(bytes))
      }
      if bytes[5] == UInt8(ascii: "Q") {
        return found(CalendarDate(year: year, quarter: part), "quarters go from Q1 to Q4")
      }
      return found(CalendarDate(year: year, half: part), "halves of a year are H1 and H2")
    }
    guard let month = number(bytes, at: 5, digits: 2) else { return .failure(shape(bytes)) }
    guard month >= 1, month <= 12 else {
      return .failure(ReadFailure("there is no month \(month); months go from 01 to 12"))
    }
    if bytes.count == 7 { return found(CalendarDate(year: year, month: month), "no such month") }
    guard bytes[7] == UInt8(ascii: "-"), let day = number(bytes, at: 8, digits: 2) else {
      return .failure(shape(bytes))
    }
    guard let date = CalendarDate(year: year, month: month, day: day) else {
      return .failure(noDay(day, month: month, year: year))
    }
    if bytes.count == 10 { return .success(date) }
    return readTime(bytes, on: date)
  }

  /// Reads what follows the day: the time and the offset from UTC.
  private static func readTime(
    _ bytes: Span<UInt8>, on date: CalendarDate
  ) -> Result<CalendarDate, ReadFailure> {
    let timeShape = ReadFailure(
      "a time is written as T09:31 or T09:31:05, with Z or an offset such as +01:00 after it")
    guard bytes.count >= 16, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
      let hour = number(bytes, at: 11, digits: 2), bytes[13] == UInt8(ascii: ":"),
      let minute = number(bytes, at: 14, digits: 2)
    else { return .failure(timeShape) }
    var second = 0
    var position = 16
    var precision = DatePrecision.minute
    if position < bytes.count, bytes[position] == UInt8(ascii: ":") {
      guard let seconds = number(bytes, at: position + 1, digits: 2) else {
        return .failure(timeShape)
      }
      second = seconds
      precision = .second
      position += 3
      if position + 1 < bytes.count, bytes[position] == UInt8(ascii: "."),
        isDigit(bytes[position + 1])
      {
        position += 1
        while position < bytes.count, isDigit(bytes[position]) { position += 1 }
      }
    }
    guard hour < 24, minute < 60, second < 60 else {
      return .failure(ReadFailure("times of day go from 00:00:00 to 23:59:59"))
    }
    guard let offset = offset(bytes, at: position) else { return .failure(timeShape) }
    let start = date.start + Int64(hour * 3600 + minute * 60 + second - offset)
    return found(
      CalendarDate(second: start, precision: precision),
      "in UTC this lies outside the years 0001 to 9999")
  }

  /// The offset from UTC in seconds; 0 at the end of the text, nil if there is something else.
  private static func offset(_ bytes: Span<UInt8>, at position: Int) -> Int? {
    if position == bytes.count { return 0 }
    if bytes[position] == UInt8(ascii: "Z") { return position + 1 == bytes.count ? 0 : nil }
    let sign: Int
    switch bytes[position] {
    case UInt8(ascii: "+"): sign = 1
    case UInt8(ascii: "-"): sign = -1
    default: return nil
    }
    guard let hours = number(bytes, at: position + 1, digits: 2), hours < 24 else { return nil }
    var next = position + 3
    if next == bytes.count { return sign * hours * 3600 }
    if bytes[next] == UInt8(ascii: ":") { next += 1 }
    guard let minutes = number(bytes, at: next, digits: 2), minutes < 60,
      next + 2 == bytes.count
    else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }

  /// A number of exactly so many digits.
  private static func number(_ bytes: Span<UInt8>, at start: Int, digits: Int) -> Int? {
    guard start + digits <= bytes.count else { return nil }
    var value = 0
    for i in start..<start + digits {
      guard isDigit(bytes[i]) else { return nil }
      value = value * 10 + Int(bytes[i] - UInt8(ascii: "0"))
    }
    return value
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private static func found(
    _ date: CalendarDate?, _ reason: String
  ) -> Result<CalendarDate, ReadFailure> {
    guard let date else { return .failure(ReadFailure(reason)) }
    return .success(date)
  }

  private static func shape(_ bytes: Span<UInt8>) -> ReadFailure {
    ReadFailure(
      "a date is written as 2026, 2026-H1, 2026-Q1, 2026-01, 2026-01-12 or 2026-01-12T09:31")
  }

  private static func noDay(_ day: Int, month: Int, year: Int) -> ReadFailure {
    guard let first = CalendarDate(year: year, month: month) else {
      return ReadFailure("there is no such day")
    }
    let days = Calendar.days(inMonth: month, of: year)
    return ReadFailure("there is no day \(day) in \(first), which has \(days) days")
  }
}
