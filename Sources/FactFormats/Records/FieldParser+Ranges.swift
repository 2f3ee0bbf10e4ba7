import FactModel

extension FieldParser {
  /// Two exact integers with `..` between them, such as `1001..2500`; nil for any other range.
  ///
  /// What nearly all ranges in files are; the bounds may stand in any order. Allocates nothing.
  public static func integerRange(_ field: Span<UInt8>) -> (lower: Int64, upper: Int64)? {
    let count = field.count
    guard count >= 4 else { return nil }
    var dots = 1
    while dots < count - 2, field[dots] != UInt8(ascii: ".") { dots &+= 1 }
    guard field[dots] == UInt8(ascii: "."), field[dots &+ 1] == UInt8(ascii: "."),
      let lower = integer(field.extracting(0..<dots)),
      let upper = integer(field.extracting((dots &+ 2)..<count))
    else { return nil }
    return (lower, upper)
  }

  /// A range or approximate number as the language writes it: `5..`, `..1.5`, `0..9%`, `~14000`,
  /// `14000±500`.
  ///
  /// Nil also where the lower bound is above the upper, or both sides are open. The value keeps the
  /// text as it was written.
  public static func inexactNumber(_ text: String) -> Value? {
    func value(_ interval: NumberInterval) -> Value {
      .range(lower: interval.lower, upper: interval.upper, text: text)
    }
    if text.hasPrefix("~") {
      guard case .success(let number) = NumberLiteral.read(String(text.dropFirst())),
        case .success(let interval) = number.approximation
      else { return nil }
      return value(interval)
    }
    if let sign = text.firstIndex(of: "±") {
      guard case .success(let centre) = NumberLiteral.read(String(text[..<sign])),
        case .success(let margin) = NumberLiteral.read(String(text[text.index(after: sign)...])),
        case .success(let interval) = centre.plusOrMinus(margin)
      else { return nil }
      return value(interval)
    }
    guard let (left, right) = sides(of: text) else { return nil }
    var bounds: [Scalar?] = []
    for side in [left, right] {
      if side.isEmpty {
        bounds.append(nil)
      } else if case .success(let number) = NumberLiteral.read(String(side)) {
        bounds.append(number.value)
      } else {
        return nil
      }
    }
    if let lower = bounds[0], let upper = bounds[1], upper < lower { return nil }
    return value(NumberInterval(lower: bounds[0], upper: bounds[1]))
  }

  /// A vague date as the language writes it: `late 2026-01`, `~2026-01-20`, `..2026-02`,
  /// `2026-01-21..2026-02`; nil for anything else.
  public static func inexactDate(_ text: String) -> Value? {
    if text.hasPrefix("~") {
      guard case .success(let date) = CalendarDate.read(String(text.dropFirst())) else {
        return nil
      }
      return Value(approximately: date)
    }
    if let span = third(text[...]) { return span }
    guard let (left, right) = sides(of: text) else { return nil }
    var result: (first: CalendarDate?, last: CalendarDate?)
    if !left.isEmpty {
      guard let span = span(left) else { return nil }
      result.first = span.first
    }
    if !right.isEmpty {
      guard let span = span(right) else { return nil }
      result.last = span.last
    }
    if let first = result.first, let last = result.last, last.lastSecond < first.start {
      return nil
    }
    return .span(first: result.first, last: result.last, text: text)
  }

  /// What stands before and after `..`, not both empty.
  private static func sides(of text: String) -> (Substring, Substring)? {
    guard let dots = text.range(of: "..") else { return nil }
    let left = text[..<dots.lowerBound]
    let right = text[dots.upperBound...]
    return left.isEmpty && right.isEmpty ? nil : (left, right)
  }

  /// `early`, `mid` or `late` of a date.
  private static func third(_ text: Substring) -> Value? {
    let words = text.split(separator: " ", maxSplits: 1)
    guard words.count == 2, let third = DateThird(rawValue: String(words[0])),
      case .success(let date) = CalendarDate.read(String(words[1]))
    else { return nil }
    return Value(third, of: date)
  }

  /// A bound of a span: a date, or a third of one.
  private static func span(_ text: Substring) -> DateSpan? {
    if case .span(let first, let last, _)? = third(text) {
      return DateSpan(first: first, last: last)
    }
    guard case .success(let date) = CalendarDate.read(String(text)) else { return nil }
    return DateSpan(date)
  }
}

extension String {
  /// Where a text first occurs in this one, byte by byte.
  fileprivate func range(of part: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(part) {
        return start..<index(start, offsetBy: part.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
