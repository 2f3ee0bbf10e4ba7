import XCTest

@testable import FactFormats

final class JSONTests: XCTestCase {
  func testArrayOfObjects() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "a.json",
      """
      [
        {"id": 1, "name": "caf\\u00e9 \\ud83d\\ude00\\n\\"q\\"", "ok": true},
        {"id": -2.50e1, "name": null, "extra": {"a": [1, "}"]}},
        {}
      ]
      """)
    let result = try readAll(path)
    XCTAssertEqual(result.format, .json)
    XCTAssertEqual(result.columns, ["id", "name", "ok", "extra"])
    XCTAssertEqual(
      result.rows,
      [
        ["1", "café 😀\n\"q\"", "true", nil],
        ["-2.50e1", nil, nil, "{\"a\": [1, \"}\"]}"],
        [nil, nil, nil, nil],
      ])
    XCTAssertEqual(result.lines, [2, 3, 4])
    XCTAssertEqual(result.kinds, [.number, .text, .text, .text])
  }

  func testStringsAreNoNumbersButMayBeDates() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "a.jsonl", "{\"a\": \"12\", \"b\": \"2026-01-05\", \"c\": 12}\n{\"c\": 13, \"a\": \"\"}\n")
    let result = try readAll(path)
    XCTAssertEqual(result.kinds, [.text, .date, .integer])
    XCTAssertEqual(result.rows, [["12", "2026-01-05", "12"], ["", nil, "13"]])
  }

  func testBadLinesOfJSONLinesAreLeftOut() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "a.jsonl", "{\"a\": 1}\n{\"a\": 1,}\n[1]\n{\"a\": \"x\ny\"}\n{\"a\": \"\\ud800\"}\n{\"a\": 2}"
    )
    let result = try readAll(path)
    XCTAssertEqual(result.rows, [["1"], ["2"]])
    XCTAssertEqual(result.badRows.map(\.line), [2, 3, 4, 5, 6])
    XCTAssertEqual(result.badRows.first?.cause, "not JSON: a string expected, `}` found")
  }

  func testMalformedArrays() throws {
    let scratch = try Scratch()
    let cases: [(String, Int, String)] = [
      ("[{\"a\": 1}\n {\"a\": 2}]", 2, "a comma or `]` expected after an object"),
      ("[1]", 1, "an object expected, `1` found"),
      ("[{\"a\": 1}] x", 1, "text follows the array's `]`"),
      ("[{\"a\": 01}]", 1, "a comma or `}` expected, `1` found"),
      ("[{\"a\": \"\\x\"}]", 1, "an escape expected, `x` found"),
      ("[{\"a\": tru}]", 1, "a value expected, `}` found"),
    ]
    for (text, line, detail) in cases {
      let path = try scratch.write("a.json", text)
      XCTAssertEqual(
        failure(path),
        FormatFailure(
          file: path, line: line, problem: .malformed(format: .json, detail: detail)), text)
    }
  }

  func testKeysThatComeLateAreReported() throws {
    let scratch = try Scratch()
    let text = (0..<90_000).map { $0 < 80_000 ? "{\"a\":\($0)}\n" : "{\"late\":1,\"a\":\($0)}\n" }
    let path = try scratch.write("a.jsonl", text.joined())
    let result = try readAll(path)
    XCTAssertEqual(result.columns, ["a"])
    XCTAssertEqual(result.rows.count, 90_000)
    XCTAssertEqual(result.rows.last, ["89999"])
    XCTAssertEqual(result.lateColumns, [LateColumn(name: "late", line: 80_001)])
  }

  func testManyObjectsWithKeysInAnyOrder() throws {
    let scratch = try Scratch()
    var numbers = Numbers(seed: 3)
    let names = ["alpha", "b\\u00e9", "c", "d", "e", "f", "g", "h", "i", "j", "k"]
    let columns = names.map { $0.replacingOccurrences(of: "\\u00e9", with: "é") }
    var text = "["
    var expected: [[String: String]] = []
    for index in 0..<25_000 {
      var row: [String: String] = [:]
      var parts: [String] = []
      for _ in 0..<numbers.next(below: 5) {
        let key = numbers.next(below: names.count)
        row[columns[key]] = "v\(index)"
        parts.append("\"\(names[key])\" : \"v\(index)\"")
      }
      expected.append(row)
      text += (index == 0 ? "" : ",\n") + "{" + parts.joined(separator: ", ") + "}"
    }
    let path = try scratch.write("a.json", text + "]")
    let result = try readAll(path)
    XCTAssertEqual(result.rows.count, expected.count)
    for (index, row) in result.rows.enumerated() {
      var found: [String: String] = [:]
      for (column, value) in row.enumerated() { found[result.columns[column]] = value }
      if found != expected[index] { return XCTFail("record \(index)") }
      XCTAssertEqual(result.lines[index], index + 1)
    }
  }

  func testFormatByContent() throws {
    let scratch = try Scratch()
    XCTAssertEqual(try readAll(scratch.write("a", "[{\"a\":1}]")).format, .json)
    XCTAssertEqual(try readAll(scratch.write("b", "{\"a\":1}")).format, .jsonl)
    XCTAssertEqual(try readAll(scratch.write("c.json", "{\"a\":1}\n{\"a\":2}")).rows.count, 2)
    XCTAssertEqual(try readAll(scratch.write("d", "a\tb,c\td\n")).format, .tsv)
    XCTAssertEqual(try readAll(scratch.write("e", "<a> <b> <c> .\n")).format, .ntriples)
    XCTAssertEqual(FileFormat(path: "dir.csv/x.TSV.gz"), .tsv)
    XCTAssertNil(FileFormat(path: "dir.csv/x"))
  }

  func testEmptyArray() throws {
    let scratch = try Scratch()
    let result = try readAll(scratch.write("a.json", " [ ] \n"))
    XCTAssertEqual(result.columns, [])
    XCTAssertEqual(result.rows, [])
  }
}
