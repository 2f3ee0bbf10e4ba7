import FactModel
import XCTest

@testable import FactLanguage

/// What literals mean.
final class ValueTests: XCTestCase {
  private func day(_ text: String) -> CalendarDate? { try? CalendarDate.read(text).get() }

  func testNumbers() {
    XCTAssertEqual(value("14_000"), .integer(14_000))
    XCTAssertEqual(value("14k"), .integer(14_000))
    XCTAssertEqual(value("3M"), .integer(3_000_000))
    XCTAssertEqual(value("2B"), .integer(2_000_000_000))
    XCTAssertEqual(value("1.0"), .integer(1))
    XCTAssertEqual(value("1.5"), .number(1.5))
    XCTAssertEqual(value("2e9"), .integer(2_000_000_000))
    XCTAssertEqual(value("9%"), .number(0.09))
    XCTAssertEqual(value("-9223372036854775808"), .integer(.min))
    XCTAssertEqual(value("- 5"), .integer(-5))
    XCTAssertEqual(errors("p(9223372036854775808).").count, 1)
    XCTAssertEqual(errors("p(1e400).").count, 1)
  }

  func testRanges() {
    XCTAssertEqual(
      value("1001..2500"), .range(lower: .integer(1001), upper: .integer(2500), text: "1001..2500"))
    XCTAssertEqual(value("5.."), .range(lower: .integer(5), upper: nil, text: "5.."))
    XCTAssertEqual(value("..9%"), .range(lower: nil, upper: .number(0.09), text: "..9%"))
    XCTAssertEqual(
      value("-5..-2"), .range(lower: .integer(-5), upper: .integer(-2), text: "-5..-2"))
    XCTAssertEqual(value("7..7"), .integer(7))
    XCTAssertEqual(
      value("~14000"), .range(lower: .integer(13_500), upper: .integer(14_500), text: "~14000"))
    XCTAssertEqual(
      value("~350k"), .range(lower: .integer(345_000), upper: .integer(355_000), text: "~350k"))
    XCTAssertEqual(value("~5"), .range(lower: .integer(4), upper: .integer(6), text: "~5"))
    XCTAssertEqual(
      value("14000±500"),
      .range(lower: .integer(13_500), upper: .integer(14_500), text: "14000±500"))
  }

  func testDates() {
    XCTAssertEqual(value("2026-01"), day("2026-01").map { .date($0) })
    XCTAssertEqual(value("2026-Q1"), day("2026-Q1").map { .date($0) })
    XCTAssertEqual(value("2026-01-12T09:31"), day("2026-01-12T09:31").map { .date($0) })
    XCTAssertEqual(
      value("late 2026-01"),
      .span(first: day("2026-01-21"), last: day("2026-01-31"), text: "late 2026-01"))
    XCTAssertEqual(
      value("late 2026-01..early 2026-02"),
      .span(first: day("2026-01-21"), last: day("2026-02-10"), text: "late 2026-01..early 2026-02"))
    XCTAssertEqual(
      value("~2026-01-20"),
      .span(first: day("2026-01-19"), last: day("2026-01-21"), text: "~2026-01-20"))
    XCTAssertEqual(value("..2026-02"), .span(first: nil, last: day("2026-02"), text: "..2026-02"))
    XCTAssertEqual(value("2026..2026-03").map { ValueReading.date($0) == $0 }, true)
    guard case .span(let first, let last, "mid 2026") = value("mid 2026") else {
      return XCTFail("mid 2026 is a date")
    }
    XCTAssertEqual(first?.firstDay, day("2026-05-01")?.firstDay)
    XCTAssertEqual(last?.lastDay, day("2026-08-31")?.lastDay)
  }

  func testWhatIsExpectedToBeADate() {
    XCTAssertEqual(ValueReading.date(.integer(2026)), day("2026").map { .date($0) })
    XCTAssertNil(ValueReading.date(.integer(14)))
    XCTAssertEqual(ValueReading.date(.symbol("2026-01~")).map { _ in true }, true)
    XCTAssertNil(ValueReading.date(.symbol("amazon")))
    let approximate = ValueReading.value("~2020").flatMap(ValueReading.date)
    XCTAssertEqual(approximate, day("2020").map { Value(approximately: $0) })
    XCTAssertEqual(
      ValueReading.value("2024..2026").flatMap(ValueReading.date),
      .span(first: day("2024"), last: day("2026"), text: "2024..2026"))
  }

  func testParametersAreValuesWhereAllOfThemReadsAsOne() {
    XCTAssertEqual(ValueReading.value("amazon"), .symbol("amazon"))
    XCTAssertEqual(ValueReading.value("\"a b\""), .symbol("a b"))
    XCTAssertEqual(ValueReading.value("-3k"), .integer(-3000))
    XCTAssertNil(ValueReading.value("Deutsche Bank"))
    XCTAssertNil(ValueReading.value("a b"))
    XCTAssertNil(ValueReading.value("3 apples"))
    XCTAssertNil(ValueReading.value(""))
  }

  func testTextsAndNames() {
    XCTAssertEqual(value("\"a\\n\\t\\\"\\u{e9}\""), .symbol("a\n\t\"é"))
    XCTAssertEqual(value("'it\\'s'"), .symbol("it's"))
    XCTAssertEqual(value("naïve_1"), .symbol("naïve_1"))
    XCTAssertEqual(value("日本"), .symbol("日本"))
    XCTAssertEqual(value("late"), .symbol("late"))
  }
}
