import XCTest

@testable import FactModel

final class CalendarTests: XCTestCase {
  func testEveryDayGoesThereAndBack() {
    var number = 0
    for year in 1...9999 {
      for month in 1...12 {
        let days = Calendar.days(inMonth: month, of: year)
        XCTAssertEqual(Calendar.dayNumber(year: year, month: month, day: 1), number)
        for day in [1, 28, days] {
          let fields = Calendar.fields(ofDay: number + day - 1)
          guard fields == (year, month, day) else {
            return XCTFail("\(year)-\(month)-\(day) came back as \(fields)")
          }
        }
        number += days
      }
    }
    XCTAssertEqual(number, Calendar.dayCount)
  }

  func testKnownDays() {
    XCTAssertEqual(Calendar.dayNumber(year: 1, month: 1, day: 1), 0)
    // Day 719162 is 1970-01-01, as the rata die counts from 1.
    XCTAssertEqual(Calendar.dayNumber(year: 1970, month: 1, day: 1), 719_162)
    XCTAssertEqual(CalendarDate(year: 2026, month: 1, day: 12)?.firstDay, 739_627)
    XCTAssertEqual(Calendar.weekday(ofDay: 739_627), 1)
    XCTAssertTrue(Calendar.isLeap(year: 2000))
    XCTAssertFalse(Calendar.isLeap(year: 1900))
  }

  func testReadsAndPrintsEachPrecision() {
    for text in [
      "2026", "0001", "9999", "2026-H1", "2026-H2", "2026-Q1", "2026-Q4", "2026-01", "2026-12",
      "2024-02-29", "2026-01-12T09:31", "2026-01-12T23:59:59",
    ] {
      guard case .success(let date) = CalendarDate.read(text) else {
        XCTFail("\(text) was not read")
        continue
      }
      XCTAssertEqual(date.description, text)
      XCTAssertEqual(CalendarDate(word: date.word), date)
    }
  }

  func testTurnsOffsetsIntoUTC() {
    let cases = [
      "2004-01-01T10:10:10Z": "2004-01-01T10:10:10",
      "2004-01-01T10:10:10+05:00": "2004-01-01T05:10:10",
      "2004-01-01T02:10:10+05:00": "2003-12-31T21:10:10",
      "2004-01-01T22:10-0530": "2004-01-02T03:40",
      "2004-01-01 22:10:05.123Z": "2004-01-01T22:10:05",
    ]
    for (text, expected) in cases {
      XCTAssertEqual(try CalendarDate.read(text).get().description, expected, text)
    }
  }

  func testSaysWhyATextIsNoDate() {
    let cases = [
      "2026-02-29": "2026-02, which has 28 days",
      "2026-13": "no month 13",
      "2026-00-10": "no month 0",
      "2026-Q5": "Q1 to Q4",
      "2026-H3": "H1 and H2",
      "0000-01-01": "0001 to 9999",
      "2026-1-5": "is written as",
      "2026-01-12T24:00": "00:00:00 to 23:59:59",
      "2026-01-12T9:31": "a time is written as",
      "2026-01-12T09:31Zulu": "a time is written as",
      "0001-01-01T00:00+01:00": "outside the years",
      "": "four digits", "202": "four digits", "2026-": "is written as",
      "2026-01-1": "is written as", "2026-01-12T": "a time is written as",
    ]
    for (text, reason) in cases {
      guard case .failure(let failure) = CalendarDate.read(text) else {
        XCTFail("\(text) was read")
        continue
      }
      XCTAssertTrue(failure.message.contains(reason), "\(text): \(failure.message)")
    }
  }

  func testFirstAndLastDays() throws {
    for (text, first, last) in [
      ("2026", "2026-01-01", "2026-12-31"), ("2026-H2", "2026-07-01", "2026-12-31"),
      ("2026-Q1", "2026-01-01", "2026-03-31"), ("2024-02", "2024-02-01", "2024-02-29"),
      ("2026-01-12T09:31", "2026-01-12", "2026-01-12"),
    ] {
      let date = try CalendarDate.read(text).get()
      XCTAssertEqual(CalendarDate(dayNumber: date.firstDay)?.description, first)
      XCTAssertEqual(CalendarDate(dayNumber: date.lastDay)?.description, last)
    }
  }

  func testThirdsAndApproximateDates() throws {
    let store = ValueStore()
    func bounds(_ word: Word) -> String {
      guard let span = store.dates(of: word) else { return "no date" }
      return span.text
    }
    for (third, text, expected) in [
      (DateThird.early, "2026-01", "2026-01-01..2026-01-10"),
      (.mid, "2026-02", "2026-02-11..2026-02-20"), (.late, "2026-01", "2026-01-21..2026-01-31"),
      (.late, "2026", "2026-09-01..2026-12-31"), (.mid, "2026", "2026-05-01..2026-08-31"),
      (.late, "2026-Q2", "2026-06-01..2026-06-30"), (.mid, "2026-H2", "2026-09-01..2026-10-31"),
    ] {
      let value = try XCTUnwrap(Value(third, of: CalendarDate.read(text).get()))
      XCTAssertEqual(bounds(store.word(for: value)), expected)
    }
    XCTAssertNil(try CalendarDate.read("2026-01-12").get().third(.late))
    for (text, expected) in [
      ("2026-01-20", "2026-01-19..2026-01-21"), ("2026-01", "2025-12-01..2026-02-28"),
      ("2026", "2025-01-01..2027-12-31"), ("2026-Q1", "2025-10-01..2026-06-30"),
      ("2026-H1", "2025-07-01..2026-12-31"), ("0001", "0001-01-01..0002-12-31"),
      ("9999-12", "9999-11-01..9999-12-31"), ("9999-12-31", "9999-12-30..9999-12-31"),
      ("2026-01-12T09:31", "2026-01-12T09:30..2026-01-12T09:32"),
    ] {
      let value = Value(approximately: try CalendarDate.read(text).get())
      XCTAssertEqual(bounds(store.word(for: value)), expected, text)
    }
    let late = store.word(for: try XCTUnwrap(Value(.late, of: CalendarDate.read("2026-01").get())))
    XCTAssertEqual(store.text(of: late), "late 2026-01")
  }

  func testDateFormats() {
    func read(_ format: String, _ text: String) -> String? {
      DateFormat(format)?.read(text)?.description
    }
    XCTAssertEqual(read("MM/DD/YYYY", "01/28/2026"), "2026-01-28")
    XCTAssertEqual(read("MM/DD/YYYY", "1/8/2026"), "2026-01-08")
    XCTAssertEqual(read("DD.MM.YY", "28.01.26"), "2026-01-28")
    XCTAssertEqual(read("YY", "69"), "1969")
    XCTAssertEqual(read("YYYYMMDD", "20260128"), "2026-01-28")
    XCTAssertEqual(read("MMMM D, YYYY", "January 28, 2026"), "2026-01-28")
    XCTAssertEqual(read("D MMM YYYY hh:mm", "28 jan 2026 09:31"), "2026-01-28T09:31")
    XCTAssertEqual(read("MM/YYYY", "01/2026"), "2026-01")
    for text in ["13/28/2026", "02/29/2026", "01-28-2026", "01/28/20261", "01/28/26", "", "x"] {
      XCTAssertNil(read("MM/DD/YYYY", text), text)
    }
    XCTAssertNil(DateFormat("MM/DD"))
  }
}
