/// Reader of ISO 8601-2 (EDTF) date strings of levels 0 and 1.
///
/// `?`, `~` and `%` widen alike, by one unit of precision on each side; unspecified digits make a
/// span of all that they may be; `..` and an empty side of an interval are open. Seasons 21 to 24
/// are the meteorological ones of the northern half: spring is March to May, winter December to
/// February of the next year. Level 2 and the forms of the draft are refused with a reason.
public enum EDTF {
  /// Reads all of a text; the value is a date, a span, or unknown for `XXXX`.
  public static func read(_ text: String) -> Result<Value, ReadFailure> {
    if let refused = refusal(text) { return .failure(refused) }
    if text == "XXXX" { return .success(.unknown) }
    let sides = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard sides.count <= 2 else {
      return .failure(ReadFailure("an interval has two sides, as in 2026-01-24/2026-01-31"))
    }
    if sides.count == 2 { return interval(sides[0], sides[1]) }
    return single(text).map(\.value)
  }

  /// What one side of an interval, or a string without a slash, says.
  private struct Reading {
    var span: DateSpan
    var value: Value
    /// Whether digits are left open, which intervals do not allow before level 2.
    var isUnspecified = false
  }

  // MARK: Intervals

  private static func interval(_ left: String, _ right: String) -> Result<Value, ReadFailure> {
    let first: DateSpan?
    let last: DateSpan?
    switch side(left) {
    case .success(let span): first = span
    case .failure(let failure): return .failure(failure)
    }
    switch side(right) {
    case .success(let span): last = span
    case .failure(let failure): return .failure(failure)
    }
    if first == nil, last == nil {
      return .failure(ReadFailure("an interval needs a date on one side at least"))
    }
    if let begin = first?.first, let end = last?.last, end.lastSecond < begin.start {
      return .failure(ReadFailure("this interval ends before it begins"))
    }
    return .success(.span(first: first?.first, last: last?.last, text: nil))
  }

  /// A side of an interval; nil is an open or unknown one.
  private static func side(_ text: String) -> Result<DateSpan?, ReadFailure> {
    if text.isEmpty || text == ".." { return .success(nil) }
    switch single(text) {
    case .failure(let failure): return .failure(failure)
    case .success(let reading):
      if reading.isUnspecified {
        return .failure(level2("unspecified digits within an interval"))
      }
      return .success(reading.span)
    }
  }

  // MARK: Single dates

  private static func single(_ text: String) -> Result<Reading, ReadFailure> {
    var body = text
    var isWidened = false
    // `?~` is the draft's way to write `%`.
    while let mark = body.last, "?~%".contains(mark), text.utf8.count - body.utf8.count < 2 {
      isWidened = true
      body.removeLast()
    }
    if body.contains(where: { "?~%".contains($0) }) {
      return .failure(level2("a mark on one part of a date"))
    }
    if body.utf8.contains(UInt8(ascii: "X")) { return unspecified(body, isWidened) }
    if let season = season(body, isWidened) { return season }
    switch CalendarDate.read(body) {
    case .failure(let failure): return .failure(failure)
    case .success(let date):
      // Halves and quarters are of the language, not of EDTF.
      if date.precision == .half || date.precision == .quarter {
        return .failure(
          ReadFailure("`\(body)` is not an EDTF date; write it without quotes"))
      }
      if isWidened {
        return .success(Reading(span: date.widened, value: Value(approximately: date)))
      }
      return .success(Reading(span: DateSpan(date), value: .date(date)))
    }
  }

  /// `201X`, `20XX`, `2026-XX`, `2026-01-XX`, `2026-XX-XX`.
  private static func unspecified(_ body: String, _ isWidened: Bool) -> Result<Reading, ReadFailure>
  {
    let parts = body.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    let year = parts[0]
    var span: DateSpan?
    var months = 12
    if parts.count == 1, year.utf8.count == 4 {
      let known = year.prefix { $0 != "X" }
      let open = 4 - known.count
      guard open <= 2, year.suffix(open).allSatisfy({ $0 == "X" }), let number = Int(known) else {
        return .failure(level2("unspecified digits other than the last one or two of a year"))
      }
      let size = open == 1 ? 10 : 100
      months = size * 12
      span = DateSpan(
        first: CalendarDate(year: max(1, number * size)),
        last: CalendarDate(year: number * size + size - 1))
    } else if parts.count == 2 || parts.count == 3, parts.last == "XX" {
      let known = parts.dropLast(parts.count == 3 && parts[1] == "XX" ? 2 : 1)
      guard !known.joined().contains("X") else {
        return .failure(level2("unspecified digits before specified ones"))
      }
      switch CalendarDate.read(known.joined(separator: "-")) {
      case .failure(let failure): return .failure(failure)
      case .success(let date):
        span = DateSpan(date)
        months = date.precision == .month ? 1 : 12
      }
    }
    guard var span else { return .failure(level2("these unspecified digits")) }
    if isWidened { span = span.widened(byMonths: months) }
    return .success(reading(span, isUnspecified: true))
  }

  /// `2026-21` to `2026-24`; nil where the text is no season.
  private static func season(_ body: String, _ isWidened: Bool) -> Result<Reading, ReadFailure>? {
    let bytes = Array(body.utf8)
    guard bytes.count == 7, bytes[4] == UInt8(ascii: "-"), let number = Int(body.suffix(2)),
      number > 20, let year = Int(body.prefix(4)), year >= 1
    else { return nil }
    guard number <= 24 else {
      return number <= 41
        ? .failure(level2("the season codes 25 to 41"))
        : .failure(ReadFailure("there is no month or season \(number)"))
    }
    let begin = CalendarDate(year: year, month: (number - 20) * 3)
    var span = DateSpan(first: begin, last: begin?.adding(months: 2) ?? .latest)
    if isWidened { span = span.widened(byMonths: 3) }
    return .success(reading(span))
  }

  private static func reading(_ span: DateSpan, isUnspecified: Bool = false) -> Reading {
    Reading(
      span: span, value: .span(first: span.first, last: span.last, text: nil),
      isUnspecified: isUnspecified)
  }

  // MARK: What is refused

  private static func level2(_ what: String) -> ReadFailure {
    ReadFailure("\(what) are EDTF level 2; levels 0 and 1 are read")
  }

  /// The reason why a text cannot be EDTF of level 0 or 1, from its characters alone.
  private static func refusal(_ text: String) -> ReadFailure? {
    guard let first = text.utf8.first else { return ReadFailure("an empty text is no date") }
    if first == UInt8(ascii: "Y") || first == UInt8(ascii: "-") {
      return ReadFailure("years go from 0001 to 9999")
    }
    if first == UInt8(ascii: "y") {
      return ReadFailure("`y` before a long year is of the EDTF draft; years go from 0001 to 9999")
    }
    for side in text.split(separator: "/") where side == "open" || side == "unknown" {
      return ReadFailure("`\(side)` is of the EDTF draft; write .. for an open side")
    }
    let startsWithDigit = first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9")
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "u") where startsWithDigit || text == "uuuu":
        return ReadFailure("`u` is of the EDTF draft; write X for an unspecified digit")
      case UInt8(ascii: "x") where startsWithDigit:
        return ReadFailure("write X for an unspecified digit")
      case UInt8(ascii: "["), UInt8(ascii: "{"): return level2("sets of dates")
      case UInt8(ascii: "("), UInt8(ascii: ")"):
        return ReadFailure("brackets are of the EDTF draft, and level 2; levels 0 and 1 are read")
      case UInt8(ascii: "^"): return level2("qualified seasons and calendars")
      case UInt8(ascii: "S"), UInt8(ascii: "E"): return level2("significant digits of years")
      default: break
      }
    }
    return nil
  }
}
