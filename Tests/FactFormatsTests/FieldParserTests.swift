import FactModel
import XCTest

@testable import FactFormats

final class FieldParserTests: XCTestCase {
  private func integer(_ text: String) -> Int64? { FieldParser.integer(Array(text.utf8).span) }
  private func number(_ text: String) -> Double? { FieldParser.number(Array(text.utf8).span) }
  private func date(_ text: String) -> CalendarDate? { FieldParser.isoDate(Array(text.utf8).span) }
  private func kinds(_ text: String, isString: Bool = false) -> FieldKinds {
    FieldKinds(Array(text.utf8).span, isString: isString)
  }

  func testIntegers() {
    let cases: [(String, Int64?)] = [
      ("0", 0), ("-0", 0), ("007", 7), ("+5", 5), ("-12", -12), ("", nil), ("-", nil), ("1.0", nil),
      ("9223372036854775807", .max), ("9223372036854775808", nil), ("-9223372036854775808", .min),
      ("-9223372036854775809", nil), ("18446744073709551616", nil), ("1a", nil), (" 1", nil),
      ("999999999999999999", 999_999_999_999_999_999), ("99999999999999999999999", nil),
      ("000000000000000000000001", 1), ("١", nil),
    ]
    for (text, value) in cases { XCTAssertEqual(integer(text), value, text) }
  }

  func testRangesOfIntegers() {
    let cases: [(String, Int64, Int64)] = [
      ("1001..2500", 1001, 2500), ("-5..5", -5, 5), ("1..2", 1, 2), ("-9..-3", -9, -3),
      ("9..3", 9, 3), ("0..9223372036854775807", 0, .max),
    ]
    for (text, lower, upper) in cases {
      let range = FieldParser.integerRange(Array(text.utf8).span)
      XCTAssertEqual(range?.lower, lower, text)
      XCTAssertEqual(range?.upper, upper, text)
    }
    for text in ["", "..", "5..", "..5", "1...2", "1.5..2", "1..2.5", "1.2", "a..b", "1..2..3"] {
      XCTAssertNil(FieldParser.integerRange(Array(text.utf8).span)?.lower, text)
    }
  }

  func testInexactNumbersAndDatesAreReadAsTheyAreWritten() {
    func bounds(_ value: Value?) -> String {
      switch value {
      case .range(let lower, let upper, let text):
        "\(NumberInterval(lower: lower, upper: upper).text) \(text ?? "")"
      case .span(let first, let last, let text):
        "\(DateSpan(first: first, last: last).text) \(text ?? "")"
      default: "none"
      }
    }
    let numbers = [
      ("5..", "5.. 5.."), ("..100", "..100 ..100"), ("~14000", "13500..14500 ~14000"),
      ("14000±500", "13500..14500 14000±500"), ("1.5..2e3", "1.5..2000 1.5..2e3"),
      ("1%..9%", "0.01..0.09 1%..9%"), ("14k..15k", "14000..15000 14k..15k"), ("..", "none"),
      ("9..3", "none"), ("~", "none"), ("~0", "none"), ("a..b", "none"), ("5±", "none"),
      ("1..2..3", "none"), ("5", "none"),
    ]
    for (text, expected) in numbers {
      XCTAssertEqual(bounds(FieldParser.inexactNumber(text)), expected, text)
    }
    let dates = [
      ("late 2026-01", "2026-01-21..2026-01-31 late 2026-01"),
      ("~2026-01-20", "2026-01-19..2026-01-21 ~2026-01-20"), ("..2026-02", "..2026-02 ..2026-02"),
      ("2026-01-21..2026-02", "2026-01-21..2026-02 2026-01-21..2026-02"),
      ("late 2026-01..early 2026-02", "2026-01-21..2026-02-10 late 2026-01..early 2026-02"),
      ("2026-02..2026-01", "none"), ("late x", "none"), ("2026-01", "none"), ("soon", "none"),
    ]
    for (text, expected) in dates {
      XCTAssertEqual(bounds(FieldParser.inexactDate(text)), expected, text)
    }
  }

  func testNumbersAreTheNearestDoubles() {
    var numbers = Numbers(seed: 9)
    for _ in 0..<20_000 {
      var text = numbers.next(below: 2) == 0 ? "-" : ""
      for _ in 0...numbers.next(below: 20) { text += "\(numbers.next(below: 10))" }
      if numbers.next(below: 3) > 0 {
        text += "."
        for _ in 0...numbers.next(below: 20) { text += "\(numbers.next(below: 10))" }
      }
      if numbers.next(below: 3) == 0 { text += "e\(numbers.next(below: 60) - 30)" }
      XCTAssertEqual(number(text), Double(text), text)
    }
    let refused = [
      "", ".", "-", "1.", "e5", "1e", "1e+", "nan", "inf", "0x10", "1,5", "1e999", "1 ",
    ]
    for text in refused { XCTAssertNil(number(text), text) }
    XCTAssertEqual(number(".5"), 0.5)
    XCTAssertEqual(number("1e-999999999999999999999"), 0)
  }

  func testDates() {
    let day = CalendarDate(year: 2024, month: 2, day: 29)
    XCTAssertEqual(date("2024-02-29"), day)
    XCTAssertEqual(date("2024-02"), CalendarDate(year: 2024, month: 2))
    XCTAssertEqual(date("2024-02-29T10:30")?.precision, .minute)
    XCTAssertEqual(date("2024-02-29 10:30:05.25+01:00"), date("2024-02-29T09:30:05Z"))
    let refused = [
      "2023-02-29", "2024-13", "2024", "2024-Q1", "0000-01-01", "2024-02-29x", "2024/02/29",
      "2024-02-29T25:00", "24-02-29", "2024-2-9", "",
    ]
    for text in refused { XCTAssertNil(date(text), text) }
  }

  func testKindsOfFields() {
    let cases: [(String, FieldKinds)] = [
      ("12", [.integer, .number]), ("-3", [.integer, .number]), ("0", [.integer, .number]),
      ("1.5", .number), ("-.5", .number), ("1e6", .number), ("0.10", .number), ("007", []),
      ("00.5", []), ("+5", []), ("1234567890123456789", []), ("1234567890123456789.5", []),
      ("123456789012345678", [.integer, .number]), ("2026-01-05", .date), ("2026-01", .date),
      ("12 Main St", []), ("-", []), ("9%", []), ("1,000", []), ("1e999", []), ("abc", []),
    ]
    for (text, expected) in cases { XCTAssertEqual(kinds(text), expected, text) }
    XCTAssertEqual(kinds("12", isString: true), [])
    XCTAssertEqual(kinds("2026-01-05", isString: true), .date)
  }
}
