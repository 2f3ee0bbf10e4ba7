import Foundation
import XCTest

@testable import FactModel

final class EDTFTests: XCTestCase {
  /// First and last day of an EDTF string, `unknown`, or the reason why it was refused.
  private func bounds(_ text: String) -> String {
    switch EDTF.read(text) {
    case .failure(let failure): return "error: \(failure.message)"
    case .success(let value):
      let store = ValueStore()
      let word = store.word(for: value)
      guard let span = store.dates(of: word) else { return store.text(of: word) }
      let days = [span.firstDay, span.lastDay].map { number in
        number.flatMap(CalendarDate.init(dayNumber:))?.description ?? ""
      }
      return days.joined(separator: "..")
    }
  }

  func testLevels0And1() {
    for (text, expected) in [
      ("2026", "2026-01-01..2026-12-31"), ("2026-01", "2026-01-01..2026-01-31"),
      ("2026-01-12", "2026-01-12..2026-01-12"),
      ("2026-01~", "2025-12-01..2026-02-28"), ("2026-01?", "2025-12-01..2026-02-28"),
      ("2026-01%", "2025-12-01..2026-02-28"), ("1984?~", "1983-01-01..1985-12-31"),
      ("2004-06-11?", "2004-06-10..2004-06-12"),
      ("2026-01-24/2026-01-31", "2026-01-24..2026-01-31"),
      ("2026-XX", "2026-01-01..2026-12-31"), ("2026-01-XX", "2026-01-01..2026-01-31"),
      ("2026-XX-XX", "2026-01-01..2026-12-31"), ("201X", "2010-01-01..2019-12-31"),
      ("20XX", "2000-01-01..2099-12-31"), ("201X~", "2000-01-01..2029-12-31"),
      ("00XX", "0001-01-01..0099-12-31"),
      ("2026-21", "2026-03-01..2026-05-31"), ("2026-22", "2026-06-01..2026-08-31"),
      ("2026-23", "2026-09-01..2026-11-30"), ("2026-24", "2026-12-01..2027-02-28"),
      ("9999-24", "9999-12-01..9999-12-31"),
      ("2026-01/..", "2026-01-01.."), ("../2026", "..2026-12-31"), ("/2026", "..2026-12-31"),
      ("2026/", "2026-01-01.."), ("1984~/2004-06", "1983-01-01..2004-06-30"),
      ("1984-06-02?/2004-08-08~", "1984-06-01..2004-08-09"), ("XXXX", "_"),
      ("2004-01-01T02:10:10+05:00", "2003-12-31..2003-12-31"),
    ] {
      XCTAssertEqual(bounds(text), expected, text)
    }
  }

  func testRefusesDraftAndLevel2WithAReason() {
    for (text, reason) in [
      ("199u", "draft"), ("uuuu", "draft"), ("open", "draft"), ("2004-01-01/open", "draft"),
      ("unknown", "draft"), ("unknown/2006", "draft"), ("y170000002", "draft"),
      ("Y170000002", "0001 to 9999"), ("-0999", "0001 to 9999"), ("0000", "0001 to 9999"),
      ("196x", "write X"), ("156X-12-25", "level 2"), ("1XXX", "level 2"), ("X026", "level 2"),
      ("2004-06~-11", "level 2"), ("?2004-06", "level 2"), ("2004-06-(01)~", "level 2"),
      ("[1667,1668]", "level 2"), ("{1667,1668}", "level 2"), ("2026-25", "level 2"),
      ("2001-21^southernHemisphere", "level 2"), ("2004-06-XX/2004-07-03", "level 2"),
      ("1950S2", "level 2"), ("2026-42", "no month or season"), ("2026-02-30", "28 days"),
      ("..", "four digits"), ("../..", "one side"), ("/", "one side"), ("2026/2025", "ends before"),
      ("2026/2027/2028", "two sides"), ("", "empty"), ("xyz", "four digits"),
      ("2026-Q1", "without quotes"),
    ] {
      let message = bounds(text)
      XCTAssertTrue(message.hasPrefix("error: "), "\(text): \(message)")
      XCTAssertTrue(message.contains(reason), "\(text): \(message)")
    }
  }

  // MARK: The shared cases

  /// The lines of a feature file, or a skip where the shared data is not there.
  private func feature(_ name: String) throws -> [String] {
    var folders: [URL] = []
    if let path = ProcessInfo.processInfo.environment["FACTSH_SHARED"] {
      folders.append(URL(fileURLWithPath: path))
    }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    folders.append(root.appendingPathComponent("../shared"))
    folders.append(root.appendingPathComponent("../../shared"))
    for folder in folders {
      let url = folder.appendingPathComponent("data/edtf/features").appendingPathComponent(name)
      if let text = try? String(contentsOf: url, encoding: .utf8) {
        return text.components(separatedBy: "\n")
      }
    }
    throw XCTSkip("the shared EDTF cases are not there")
  }

  /// The rows of the tables of a feature, each with the tags that stand above its table.
  private func rows(_ name: String) throws -> [(tags: String, cells: [String: String])] {
    var result: [(String, [String: String])] = []
    var tags = ""
    var header: [String]?
    for line in try feature(name) {
      let text = line.trimmingCharacters(in: .whitespaces)
      if text.hasPrefix("#") { continue }
      if text.hasPrefix("@") {
        tags = text
        header = nil
      } else if text.hasPrefix("|") {
        let cells = text.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        if let header {
          guard cells.count >= header.count else { continue }
          result.append((tags, Dictionary(uniqueKeysWithValues: zip(header, cells))))
        } else {
          header = cells
        }
      } else {
        header = nil
      }
    }
    XCTAssertFalse(result.isEmpty, name)
    return result
  }

  func testSharedDates() throws {
    var checked = 0
    for name in ["parser/dates.feature", "parser/unspecified.feature"] {
      for (tags, cells) in try rows(name) {
        guard let text = cells["string"] else { continue }
        let found = bounds(text)
        let isLater = tags.contains("@level2") || tags.contains("@draft")
        // In the table of unspecified dates one row of the draft is XX already.
        let year = Int(cells["year"] ?? "") ?? 0
        if isLater || year < 1 {
          XCTAssertTrue(found.hasPrefix("error: "), "\(text): \(found)")
          checked += 1
          continue
        }
        let first = try XCTUnwrap(
          CalendarDate(
            year: year, month: Int(cells["month"] ?? "") ?? 1, day: Int(cells["day"] ?? "") ?? 1))
        let body = text.trimmingCharacters(in: CharacterSet(charactersIn: "?~%"))
        XCTAssertTrue(bounds(body).hasPrefix("\(first).."), "\(text): \(bounds(body))")
        if body != text {
          let widened = try CalendarDate.read(body).get().widened
          let days = [widened.first?.firstDay, widened.last?.lastDay].compactMap { number in
            number.flatMap(CalendarDate.init(dayNumber:))?.description
          }
          XCTAssertEqual(found, days.joined(separator: ".."), text)
        }
        checked += 1
      }
    }
    XCTAssertGreaterThan(checked, 25)
  }

  func testSharedDateTimes() throws {
    for (_, cells) in try rows("parser/date_times.feature") {
      guard let text = cells["string"], !text.contains("#") else { continue }
      let date = try CalendarDate.read(text).get()
      let time = Int(date.start % 86_400)
      XCTAssertEqual(String(date.fields.year), cells["year"], text)
      XCTAssertEqual(String(date.fields.month), cells["month"], text)
      XCTAssertEqual(String(date.fields.day), cells["day"], text)
      XCTAssertEqual(String(time / 3600), cells["hours"], text)
      XCTAssertEqual(String(time / 60 % 60), cells["minutes"], text)
      XCTAssertEqual(String(time % 60), cells["seconds"], text)
    }
  }

  func testSharedIntervalsCoverTheirDates() throws {
    let store = ValueStore()
    for (_, cells) in try rows("parser/intervals.feature") {
      guard let text = cells["string"], let date = cells["date"] else { continue }
      let word = store.word(for: try EDTF.read(text).get())
      XCTAssertEqual(store.compare(.inside, store.date(date), word), .certain, text)
    }
  }

  func testSharedLevel2IsRefused() throws {
    for name in ["parser/precision.feature", "parser/uncertain_or_approximate.feature"] {
      for (_, cells) in try rows(name) {
        guard let text = cells["string"] else { continue }
        // With a mark at its end alone a string is of level 1.
        let body = text.trimmingCharacters(in: CharacterSet(charactersIn: "?~%"))
        let isPlain = body.allSatisfy { $0.isNumber || $0 == "-" }
        XCTAssertEqual(bounds(text).hasPrefix("error: "), !isPlain, text)
      }
    }
  }

  func testSharedLevel1Strings() throws {
    var draft = false
    var checked = 0
    for line in try feature("print/level_1_edtf.feature") {
      if line.contains("@draft") { draft = true } else if line.contains("@1") { draft = false }
      guard let start = line.range(of: "parse the string \"") else { continue }
      let text = String(line[start.upperBound...].prefix { $0 != "\"" })
      let refused = bounds(text).hasPrefix("error: ")
      let isDraft = ["u", "y", "Y", "unknown", "open"].contains { text.contains($0) }
      XCTAssertEqual(refused, isDraft, "\(text): \(bounds(text))")
      if draft { checked += 1 }
    }
    XCTAssertGreaterThan(checked, 0)
  }
}
