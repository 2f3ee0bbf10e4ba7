import FactModel

/// Reads single values: script parameters, and what stands where a date is expected.
public enum ValueReading {
  /// The value that all of a text reads as, such as `3M`, `late 2026-01` or `"Deutsche Bank"`; nil
  /// where it is none, so that a parameter is taken as the text itself.
  public static func value(_ text: String) -> Value? {
    var parser = StatementParser(SourceText(name: "", bytes: Array(text.utf8)), mode: .prompt)
    do throws(SyntaxFailure) {
      let expression =
        switch parser.token.kind {
        case .minus where parser.peek().kind == .number: try parser.parseLiteralValue()
        default: try parser.parsePrimary()
        }
      guard parser.token.kind == .end, case .constant(let value) = expression.kind else {
        return nil
      }
      return value
    } catch {
      return nil
    }
  }

  /// What a constant means where a date is expected: an integer from 1000 to 9999 is that year,
  /// also as a bound and after `~`; a text is read as EDTF. Nil where it is no date.
  public static func date(_ value: Value) -> Value? {
    switch value {
    case .date, .span, .unknown, .anything: return value
    case .integer(let integer): return year(.integer(integer)).map { .date($0) }
    case .number: return nil
    case .symbol(let text):
      guard case .success(let date) = EDTF.read(text) else { return nil }
      return date
    case .range(let lower, let upper, let text):
      if let text, text.utf8.first == UInt8(ascii: "~"), text.utf8.count == 5 {
        guard let number = Int64(text.dropFirst()), let year = year(.integer(number)) else {
          return nil
        }
        return Value(approximately: year)
      }
      let first = lower.flatMap(year)
      let last = upper.flatMap(year)
      if lower != nil && first == nil || upper != nil && last == nil { return nil }
      return .span(first: first, last: last, text: text)
    }
  }

  private static func year(_ scalar: Scalar) -> CalendarDate? {
    guard case .integer(let integer) = scalar, integer >= 1000, integer <= 9999 else { return nil }
    return CalendarDate(year: Int(integer))
  }
}
