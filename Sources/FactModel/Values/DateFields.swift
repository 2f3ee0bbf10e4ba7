extension DateSpan {
  /// The year, quarter, month, day or weekday of the moment for which a span stands: one number
  /// where it is the same throughout, else the range of all that occur.
  func field(_ operation: ValueOperation) -> NumberInterval {
    let days = Bounds(lower: firstDay, upper: lastDay)
    switch operation {
    case .year:
      return NumberInterval(
        lower: days.lower.map { .integer(Int64(Calendar.fields(ofDay: $0).year)) },
        upper: days.upper.map { .integer(Int64(Calendar.fields(ofDay: $0).year)) })
    case .quarter:
      let months = monthBounds(days)
      return DateSpan.interval((months.lower + 2) / 3, (months.upper + 2) / 3)
    case .month:
      let months = monthBounds(days)
      return DateSpan.interval(months.lower, months.upper)
    case .weekday:
      guard let first = days.lower, let last = days.upper, last - first < 6 else {
        return DateSpan.interval(1, 7)
      }
      return DateSpan.bounds(of: (first...last).map(Calendar.weekday(ofDay:)))
    default: return dayOfMonth(days)
    }
  }

  /// The months from 1 to 12; all of them where the turn of a year lies within.
  private func monthBounds(_ days: Bounds<Int>) -> (lower: Int, upper: Int) {
    guard let first = days.lower, let last = days.upper else { return (1, 12) }
    let from = Calendar.fields(ofDay: first)
    let to = Calendar.fields(ofDay: last)
    return from.year == to.year ? (from.month, to.month) : (1, 12)
  }

  private func dayOfMonth(_ days: Bounds<Int>) -> NumberInterval {
    guard let first = days.lower, let last = days.upper, last - first <= 62 else {
      return DateSpan.interval(1, 31)
    }
    return DateSpan.bounds(of: (first...last).map { Calendar.fields(ofDay: $0).day })
  }

  private static func bounds(of numbers: [Int]) -> NumberInterval {
    interval(numbers.min() ?? 1, numbers.max() ?? 31)
  }

  private static func interval(_ lower: Int, _ upper: Int) -> NumberInterval {
    NumberInterval(lower: .integer(Int64(lower)), upper: .integer(Int64(upper)))
  }

  /// The day or second in the middle, the earlier of two; nil where a side is open.
  var middle: CalendarDate? {
    guard let first, let last else { return nil }
    if isOfMoments {
      let precision = first == last ? first.precision : .second
      return CalendarDate(second: (first.start + last.start) / 2, precision: precision)
    }
    return CalendarDate(dayNumber: (first.firstDay + last.lastDay) / 2)
  }
}

/// A way to write dates, such as `MM/DD/YYYY`.
///
/// `YYYY` is the year, `YY` its last two digits (69 to 99 are of the 20th century), `MM` or `M` the
/// month, `MMM` or `MMMM` its English name, `DD` or `D` the day, `hh`, `mm` and `ss` the time.
/// Numbers may have fewer digits than letters where no digit follows. Everything else stands for
/// itself.
public struct DateFormat: Hashable, Sendable {
  private enum Part: Hashable {
    case number(UInt8, width: Int)
    case monthName
    case literal(UInt8)
  }

  private let parts: [Part]

  /// Takes a format apart; nil if it names no year.
  public init?(_ format: String) {
    var parts: [Part] = []
    var hasYear = false
    let bytes = Array(format.utf8)
    var position = 0
    while position < bytes.count {
      let letter = bytes[position]
      var width = 1
      while position + width < bytes.count, bytes[position + width] == letter { width += 1 }
      switch letter {
      case UInt8(ascii: "Y") where width == 4 || width == 2:
        hasYear = true
        parts.append(.number(letter, width: width))
      case UInt8(ascii: "M") where width == 3 || width == 4: parts.append(.monthName)
      case UInt8(ascii: "M") where width <= 2, UInt8(ascii: "D") where width <= 2,
        UInt8(ascii: "h") where width <= 2, UInt8(ascii: "m") where width <= 2,
        UInt8(ascii: "s") where width <= 2:
        parts.append(.number(letter, width: 2))
      default: parts.append(contentsOf: repeatElement(.literal(letter), count: width))
      }
      position += width
    }
    guard hasYear else { return nil }
    self.parts = parts
  }

  /// The date that a text writes in this format, nil where it does not.
  public func read(_ text: String) -> CalendarDate? {
    var bytes = Array(text.utf8)[...]
    var fields: [UInt8: Int] = [:]
    for (index, part) in parts.enumerated() {
      switch part {
      case .literal(let byte):
        guard bytes.popFirst() == byte else { return nil }
      case .monthName:
        guard let month = DateFormat.monthName(&bytes) else { return nil }
        fields[UInt8(ascii: "M")] = month
      case .number(let letter, let width):
        // Directly before another number all digits are needed to tell the two apart.
        var least = 1
        if index + 1 < parts.count, case .number = parts[index + 1] { least = width }
        if letter == UInt8(ascii: "Y") { least = width }
        guard var value = DateFormat.number(&bytes, least...width) else { return nil }
        if letter == UInt8(ascii: "Y"), width == 2 { value += value >= 69 ? 1900 : 2000 }
        fields[letter] = value
      }
    }
    return bytes.isEmpty ? DateFormat.date(fields) : nil
  }

  private static func date(_ fields: [UInt8: Int]) -> CalendarDate? {
    guard let year = fields[UInt8(ascii: "Y")] else { return nil }
    guard let month = fields[UInt8(ascii: "M")] else { return CalendarDate(year: year) }
    guard let day = fields[UInt8(ascii: "D")] else {
      return CalendarDate(year: year, month: month)
    }
    guard let date = CalendarDate(year: year, month: month, day: day) else { return nil }
    guard let hour = fields[UInt8(ascii: "h")] else { return date }
    let minute = fields[UInt8(ascii: "m")] ?? 0
    let second = fields[UInt8(ascii: "s")]
    guard hour < 24, minute < 60, second ?? 0 < 60 else { return nil }
    return CalendarDate(
      second: date.start + Int64(hour * 3600 + minute * 60 + (second ?? 0)),
      precision: second == nil ? .minute : .second)
  }

  private static func number(_ bytes: inout ArraySlice<UInt8>, _ digits: ClosedRange<Int>) -> Int? {
    var value = 0
    var count = 0
    while count < digits.upperBound, let byte = bytes.first, byte >= UInt8(ascii: "0"),
      byte <= UInt8(ascii: "9")
    {
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
      bytes.removeFirst()
      count += 1
    }
    return count >= digits.lowerBound ? value : nil
  }

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]

  /// A month by its English name, in full or its first three letters, in any case.
  private static func monthName(_ bytes: inout ArraySlice<UInt8>) -> Int? {
    var name: [UInt8] = []
    while let byte = bytes.first, byte | 0x20 >= UInt8(ascii: "a"), byte | 0x20 <= UInt8(ascii: "z")
    {
      name.append(byte | 0x20)
      bytes.removeFirst()
    }
    let text = String(decoding: name, as: UTF8.self)
    return months.firstIndex { $0 == text || $0.prefix(3) == text }.map { $0 + 1 }
  }
}
