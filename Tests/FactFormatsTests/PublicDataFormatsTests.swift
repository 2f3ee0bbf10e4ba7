import XCTest

@testable import FactFormats

final class PublicDataFormatsTests: XCTestCase {
  func testCompanyFacts() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "a.json",
      """
      {"cik": 12, "entityName": "A \\"B\\", INC.", "facts": {
        "dei": {"Shares": {"label": null, "description": "x", "units": {"shares": [
          {"end": "2009-07-17", "val": 431, "accn": "0001", "fy": 2009, "fp": "Q2", "form": "10-Q",
           "filed": "2009-07-24", "frame": "CY2009Q2I"}]}}},
        "us-gaap": {"Assets": {"label": "Ass\\u00e9ts", "units": {
          "USD": [{"start": "2009-01-01", "end": "2009-12-31", "val": 1.5}, {"val": -2}],
          "EUR": [], "GBP": [{"val": 3}]}}, "Empty": {}}}}
      """)
    let result = try readAll(path)
    XCTAssertEqual(result.format, .companyfacts)
    XCTAssertEqual(
      result.rows,
      [
        [
          "12", "A \"B\", INC.", "dei", "Shares", nil, "shares", nil, "2009-07-17", "431", "0001",
          "2009", "Q2", "10-Q", "2009-07-24", "CY2009Q2I",
        ],
        [
          "12", "A \"B\", INC.", "us-gaap", "Assets", "Asséts", "USD", "2009-01-01", "2009-12-31",
          "1.5", nil, nil, nil, nil, nil, nil,
        ],
        [
          "12", "A \"B\", INC.", "us-gaap", "Assets", "Asséts", "USD", nil, nil, "-2", nil, nil,
          nil,
          nil, nil, nil,
        ],
        [
          "12", "A \"B\", INC.", "us-gaap", "Assets", "Asséts", "GBP", nil, nil, "3", nil, nil, nil,
          nil, nil, nil,
        ],
      ])
    XCTAssertEqual(result.lines, [3, 6, 6, 7])
    XCTAssertEqual(result.kinds[8], .number)
    XCTAssertEqual(result.kinds[13], .date)
    XCTAssertEqual(result.kinds[9], .text)
    XCTAssertEqual(result.kinds[0], .integer)
  }

  func testCompanyFactsCutAtAnyPlace() throws {
    let scratch = try Scratch()
    let whole =
      "{\"cik\":1,\"entityName\":\"E\",\"facts\":{\"t\":{\"C\":{\"label\":\"L\",\"units\":"
      + "{\"U\":[{\"val\":1},{\"val\":2}]}}}}}"
    var options = ReadOptions(format: .companyfacts)
    options.recordLimit = 1024
    for length in 1..<whole.utf8.count {
      let path = try scratch.write("a.json", Array(whole.utf8.prefix(length)))
      XCTAssertEqual(failure(path, options)?.problem, .truncated(format: .companyfacts))
    }
    let path = try scratch.write("b.json", "{\"a\": 1}")
    XCTAssertEqual(
      failure(path, options)?.problem,
      .malformed(format: .companyfacts, detail: "the key `facts` is missing"))
  }

  func testFilingsOfAmazonAndApple() throws {
    // The counts are those of an independent reading of the same files.
    let expected = [("CIK0001018724", 21_286), ("CIK0000320193", 24_579)]
    for (name, count) in expected {
      let result = try readAll(try sharedData("companyfacts/\(name).json.gz"))
      XCTAssertEqual(result.rows.count, count, name)
      XCTAssertEqual(result.badRows, [])
      XCTAssertTrue(result.rows.allSatisfy { $0[0] != nil && $0[3] != nil && $0[8] != nil })
      XCTAssertEqual(result.kinds[6], .date)
      XCTAssertEqual(result.kinds[10], .integer)
    }
  }

  func testTriples() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "a.nt",
      """
      # a comment
      <http://a/s> <http://a/p> "caf\\u00e9 \\"x\\"\\n" . # more

      _:b.1 <http://a/p> <http://a/\\U0001F600> .
      _:b.<http://a/p>_:c.
      <s> <p> "12"^^<http://www.w3.org/2001/XMLSchema#integer> .
      <s> <p> "12"^^<http://www.w3.org/2001/XMLSchema#string> .
      <s> <p> "chat"@fr-CA.\r
      """)
    let result = try readAll(path)
    XCTAssertEqual(result.columns, ["subject", "predicate", "object"])
    XCTAssertEqual(
      result.rows,
      [
        ["http://a/s", "http://a/p", "café \"x\"\n"], ["_:b.1", "http://a/p", "http://a/😀"],
        ["s", "p", "12"], ["s", "p", "12"], ["s", "p", "chat"],
      ])
    XCTAssertEqual(result.lines, [2, 4, 6, 7, 8])
    XCTAssertEqual(result.badRows.map(\.line), [5])
  }

  func testTypedLiteralsMayBeNumbers() throws {
    let scratch = try Scratch()
    let typed = try scratch.write("a.nt", "<s> <p> \"12\"^^<x#integer> .\n<s> <p> \"3\"^^<x#int> .")
    XCTAssertEqual(try readAll(typed).kinds, [.text, .text, .integer])
    let plain = try scratch.write("b.nt", "<s> <p> \"12\" .\n")
    XCTAssertEqual(try readAll(plain).kinds, [.text, .text, .text])
  }

  func testLinesThatAreNoTriples() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "a.nt",
      """
      <s> <p> .
      <s> <p> "x"
      <s> <p "x" .
      "s" <p> "x" .
      <s> <p> "\\q" .
      <s> <p> "x"@ .
      <s> <p> "x"^^y .
      <s> <p> <o> <g> .
      <s> <p> "\\ud800" .
      <s> <p> <o> . x
      """ + "\n_:" + String(repeating: ".", count: 200_000) + "\n<s> <p> <o> .\n")
    let result = try readAll(path)
    XCTAssertEqual(result.rows, [["s", "p", "o"]])
    XCTAssertEqual(result.badRows.map(\.line), Array(1...11))
    XCTAssertTrue(result.badRows.allSatisfy { $0.cause.hasPrefix("no triple: ") })
  }
}
