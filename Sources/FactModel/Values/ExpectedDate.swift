import Glibc

extension CalendarDate {
  /// The day it is now where the program runs.
  public static func today() -> CalendarDate {
    var now = time(nil)
    var local = tm()
    guard localtime_r(&now, &local) != nil else { return .earliest }
    return CalendarDate(
      year: Int(local.tm_year) + 1900, month: Int(local.tm_mon) + 1, day: Int(local.tm_mday))
      ?? .earliest
  }
}

extension Value {
  /// What a value means where a date is expected.
  ///
  /// An integer from 1000 to 9999 is that year, also as a bound of a range, and a text is read as a
  /// date or EDTF string. Dates, spans and unknown stay what they are. The text as first written is
  /// kept for ranges of years.
  public var asDate: Result<Value, ReadFailure> {
    switch self {
    case .unknown, .anything, .date, .span: return .success(self)
    case .integer(let year): return Value.year(.integer(year)).map { .date($0) }
    case .number: return .failure(Value.noDate)
    case .symbol(let text):
      if case .success(let date) = CalendarDate.read(text) { return .success(.date(date)) }
      return EDTF.read(text)
    case .range(let lower, let upper, let text):
      // As a number `~2020` is off by five, as a year by one.
      if let text, text.first == "~", let year = Int64(text.dropFirst()) {
        return Value.year(.integer(year)).map { Value(approximately: $0) }
      }
      var first: CalendarDate?
      var last: CalendarDate?
      if let lower {
        guard case .success(let date) = Value.year(lower) else { return .failure(Value.noDate) }
        first = date
      }
      if let upper {
        guard case .success(let date) = Value.year(upper) else { return .failure(Value.noDate) }
        last = date
      }
      return .success(.span(first: first, last: last, text: text))
    }
  }

  private static let noDate = ReadFailure(
    "a date is expected here; a number is one only as a year from 1000 to 9999")

  private static func year(_ number: Scalar) -> Result<CalendarDate, ReadFailure> {
    guard case .integer(let year) = number, year >= 1000, year <= 9999,
      let date = CalendarDate(year: Int(year))
    else { return .failure(noDate) }
    return .success(date)
  }
}
