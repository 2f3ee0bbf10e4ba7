import XCTest

@testable import FactFormats

final class DelimitedTests: XCTestCase {
  func testHeaderQuotesAndLineNumbers() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "a.csv",
      "id,Name,note\r\n1,\"Smith, J\",\"said \"\"no\"\"\"\r\n2,\"two\nlines\",x\r\n3,,\"\"\r\n")
    let result = try readAll(path)
    XCTAssertEqual(result.columns, ["id", "Name", "note"])
    XCTAssertEqual(
      result.rows,
      [["1", "Smith, J", "said \"no\""], ["2", "two\nlines", "x"], ["3", nil, nil]])
    XCTAssertEqual(result.lines, [2, 3, 5])
    XCTAssertEqual(result.kinds, [.integer, .text, .text])
    XCTAssertEqual(result.badRows, [])
    let reader = try RecordReader(path: path)
    XCTAssertEqual(reader.column(named: "NAME"), 1)
    XCTAssertNil(reader.column(named: "names"))
  }

  func testByteOrderMarkMissingLastLineEndAndBlankLines() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.csv", "\u{FEFF}\n\na,b\n\n1,2\r\n\r\n3,4")
    let result = try readAll(path)
    XCTAssertEqual(result.columns, ["a", "b"])
    XCTAssertEqual(result.rows, [["1", "2"], ["3", "4"]])
    XCTAssertEqual(result.lines, [5, 7])
  }

  func testMissingAndSurplusFieldsAreReportedByLine() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.csv", "a,b\n1\n1,2\n1,2,3\n\"x\"y,2\n5,6\n")
    let result = try readAll(path)
    XCTAssertEqual(result.rows, [["1", "2"], ["5", "6"]])
    XCTAssertEqual(
      result.badRows,
      [
        BadRow(line: 2, cause: "1 field instead of 2"),
        BadRow(line: 4, cause: "3 fields instead of 2"),
        BadRow(line: 5, cause: "text follows a closing quote"),
      ])
  }

  func testFactsFilesHaveNoHeaderAndNoQuotes() throws {
    let scratch = try Scratch()
    let path = try scratch.write("owns.facts", "a\t\"b\nc\td\n")
    let result = try readAll(path)
    XCTAssertEqual(result.format, .tsv)
    XCTAssertEqual(result.columns, ["c1", "c2"])
    XCTAssertEqual(result.rows, [["a", "\"b"], ["c", "d"]])
    XCTAssertEqual(result.lines, [1, 2])
  }

  func testHeaderlessCSV() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.csv", "\n1,2\n3,4\n")
    let result = try readAll(path, ReadOptions(format: nil, hasHeader: false))
    XCTAssertEqual(result.columns, ["c1", "c2"])
    XCTAssertEqual(result.rows, [["1", "2"], ["3", "4"]])
    XCTAssertEqual(result.lines, [2, 3])
  }

  func testColumnNamesAreMadeUnique() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.csv", "a,, A ,a\n1,2,3,4\n")
    XCTAssertEqual(try readAll(path).columns, ["a", "c2", "A_2", "a_3"])
  }

  func testOneColumn() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.csv", "a\nx\n\n\"\"\r\n\r\ny")
    let result = try readAll(path)
    XCTAssertEqual(result.rows, [["x"], [nil], ["y"]])
    XCTAssertEqual(result.lines, [2, 4, 6])
  }

  func testEmptyFilesAndHeadersAlone() throws {
    let scratch = try Scratch()
    XCTAssertEqual(try readAll(scratch.write("a.csv", "")).columns, [])
    XCTAssertEqual(try readAll(scratch.write("b.csv", "\n\n")).rows, [])
    let header = try readAll(scratch.write("c.csv", "a,b"))
    XCTAssertEqual(header.columns, ["a", "b"])
    XCTAssertEqual(header.rows, [])
    XCTAssertEqual(header.kinds, [.text, .text])
  }

  func testKindsOfColumns() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "a.csv",
      """
      int,num,zip,long,day,time,mixed,none,month
      1,1,01234,1234567890123456789,2026-01-05,2026-01-05T10:00,1,,2026-01
      -20,2.5,98101,1,,2026-01-05 10:00:01Z,x,,2026-02
      999999999999999999,1e3,1,2,2024-02-29,2026-01-05T10:00:00.5+01:00,2,,2026-12

      """)
    let result = try readAll(path)
    XCTAssertEqual(
      result.kinds, [.integer, .number, .text, .text, .date, .date, .text, .text, .date])
  }

  func testKindsLookAtTheSampleAlone() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.csv", "a\n1\n2\nx\n")
    var options = ReadOptions()
    options.sampleSize = 2
    let result = try readAll(path, options)
    XCTAssertEqual(result.kinds, [.integer])
    XCTAssertEqual(result.rows.count, 3)
  }

  /// Random records, written with and without quotes and line ends of both kinds, read back across
  /// windows and batches.
  func testRandomRecordsReadBack() throws {
    let scratch = try Scratch()
    var numbers = Numbers(seed: 7)
    let alphabet = ["a", "é", ",", "\"", "\n", "\r\n", "\t", "漢", "x y", "😀", "1"]
    for delimiter in [",", "\t"] {
      for columns in [1, 2, 5] {
        var text = (0..<columns).map { "h\($0)" }.joined(separator: delimiter) + "\n"
        var expected: [[String?]] = []
        var lines: [Int] = []
        var line = 2
        for _ in 0..<20_000 {
          var row: [String?] = []
          var written: [String] = []
          for _ in 0..<columns {
            let field = (0..<numbers.next(below: 6)).map { _ in
              alphabet[numbers.next(below: alphabet.count)]
            }.joined()
            row.append(field.isEmpty ? nil : field)
            let needs = field.isEmpty || field.contains(where: { ",\"\n\r\n\t".contains($0) })
            written.append(
              needs || numbers.next(below: 4) == 0
                ? "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : field)
          }
          let record =
            written.joined(separator: delimiter) + (numbers.next(below: 2) == 0 ? "\n" : "\r\n")
          expected.append(row)
          lines.append(line)
          line += record.utf8.filter { $0 == 0x0A }.count
          text += record
        }
        let path = try scratch.write(delimiter == "," ? "a.csv" : "a.tsv", text)
        let result = try readAll(path)
        XCTAssertEqual(result.badRows, [])
        XCTAssertTrue(result.rows == expected, "\(columns) columns")
        XCTAssertEqual(result.lines, lines)
      }
    }
  }

  func testRegisterOfNotices() throws {
    let path = try sharedData("warn/wa.csv")
    let reader = try RecordReader(path: path)
    XCTAssertEqual(reader.columns.count, 45)
    let positions = try XCTUnwrap(reader.column(named: "Employees_Affected"))
    let notice = try XCTUnwrap(reader.column(named: "notice_date"))
    let state = try XCTUnwrap(reader.column(named: "state"))
    XCTAssertEqual(reader.kinds[positions], .integer)
    XCTAssertEqual(reader.kinds[notice], .date)
    XCTAssertEqual(reader.kinds[state], .text)
    var batch = RecordBatch()
    var count = 0
    while try reader.next(into: &batch) {
      XCTAssertEqual(batch.badRows, [])
      count += batch.recordCount
      for record in 0..<batch.recordCount {
        XCTAssertEqual(batch.text(column: state, record: record), "WA")
      }
    }
    XCTAssertEqual(count, 2835)
  }
}
