import FactModel
import XCTest

@testable import FactFormats

/// Files that are large enough to be scanned by two threads.
final class ManyRecordsTests: XCTestCase {
  override func tearDown() { Workers.count = 0 }

  /// Lines of three fields, some of which are bad, and what they should be read as.
  private func file(_ count: Int, lineEnd: String) -> (text: String, ReadResult) {
    var numbers = Numbers(seed: 3)
    var text = "\u{FEFF}a,b,c" + lineEnd
    var expected = ReadResult(columns: ["a", "b", "c"])
    for line in 2..<count + 2 {
      let fields = (0..<3).map { _ in
        numbers.next(below: 9) == 0 ? "" : "ö\(numbers.next(below: 100_000))"
      }
      switch numbers.next(below: 400) {
      case 0:
        text += "1,2" + lineEnd
        expected.badRows.append(BadRow(line: line, cause: "2 fields instead of 3"))
      case 1: text += lineEnd
      default:
        text += fields.joined(separator: ",") + lineEnd
        expected.rows.append(fields.map { $0.isEmpty ? nil : $0 })
        expected.lines.append(line)
      }
    }
    return (text, expected)
  }

  func testTwoThreadsReadWhatOneReads() throws {
    let scratch = try Scratch()
    for lineEnd in ["\n", "\r\n"] {
      let (text, expected) = file(120_000, lineEnd: lineEnd)
      let path = try scratch.write("many.csv", text)
      for threads in [1, 2] {
        Workers.count = threads
        let result = try readAll(path)
        XCTAssertEqual(result.columns, expected.columns)
        XCTAssertEqual(result.rows, expected.rows)
        XCTAssertEqual(result.lines, expected.lines)
        XCTAssertEqual(result.badRows, expected.badRows)
      }
    }
  }

  func testALineFeedWithinQuotesDoesNotEndARecord() throws {
    let scratch = try Scratch()
    var text = "a,b\n"
    for n in 0..<60_000 {
      text += n % 3 == 0 ? "\"line \(n)\nand \"\"more\"\"\",x\n" : "\(n),y\n"
    }
    let path = try scratch.write("quoted.csv", text)
    for threads in [1, 2] {
      Workers.count = threads
      let result = try readAll(path)
      XCTAssertEqual(result.rows.count, 60_000)
      XCTAssertEqual(result.rows[30_000], ["line 30000\nand \"more\"", "x"])
      XCTAssertEqual(result.lines[30_000], 40_002)
      XCTAssertEqual(result.badRows, [])
    }
  }

  func testShortRecordsThatNeedMoreRoomThanThereIs() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "short.csv", "a,b\n" + String(repeating: "1,\n,2\n", count: 200_000))
    for threads in [1, 2] {
      Workers.count = threads
      let result = try readAll(path)
      XCTAssertEqual(result.rows.count, 400_000)
      XCTAssertEqual(result.lines.last, 400_001)
      XCTAssertEqual(Set(result.rows), [["1", nil], [nil, "2"]])
    }
  }

  func testNumbersOfAllLengthsAreRead() throws {
    let fields = [
      "0", "7", "-7", "12345678", "-12345678", "123456789", "140737488355327", "-140737488355328",
      "00000012", "", "x", "1x", "12345x78", "-", "+5", "1.5", "140737488355328", "99999999",
      "1:34",
    ]
    let scratch = try Scratch()
    let path = try scratch.write("n.csv", "a,b\n" + fields.map { $0 + ",z\n" }.joined())
    let reader = try RecordReader(path: path)
    var batch = RecordBatch()
    XCTAssertTrue(try reader.next(into: &batch))
    XCTAssertEqual(batch.recordCount, fields.count)
    var words = [UInt64](repeating: 0, count: fields.count)
    var left: [Int] = []
    words.withUnsafeMutableBufferPointer { words in
      guard let base = words.baseAddress else { return }
      left = batch.withFields { $0.integers(column: 0, records: 0..<fields.count, into: base) }
    }
    for (n, field) in fields.enumerated() {
      if field.isEmpty {
        XCTAssertEqual(words[n], Word.unknown.bits)
      } else if let integer = Int64(field), let word = Word(integer: integer), field != "+5" {
        XCTAssertEqual(words[n], word.bits, field)
        XCTAssertFalse(left.contains(n), field)
      } else {
        XCTAssertTrue(left.contains(n), field)
      }
    }
  }

  func testRangesAreReadByColumnAsOneByOne() throws {
    var fields = [
      "", "1..2", "..", "1..", "..2", "1..2..3", "-5..7", "5..-7", "12345678..99999999",
      "123456789..5", "5..123456789", "1.5..2", "1...2", "1..2x", "x..2", "1.2.3", "0..0",
      "00001..00002", "9..8", "1234567..7654321", "1..٣",
    ]
    var state: UInt64 = 8
    func pick(_ range: Range<Int>) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return range.lowerBound + Int(state >> 33) % range.count
    }
    for _ in 0..<2_000 {
      let letters = Array("0123456789..-x")
      fields.append(
        String(
          (0..<pick(1..<17)).map { _ in
            letters[pick(0..<letters.count)]
          }))
    }
    let scratch = try Scratch()
    let path = try scratch.write("r.csv", "a,b\n" + fields.map { $0 + ",z\n" }.joined())
    let reader = try RecordReader(path: path)
    var batch = RecordBatch()
    var row = 0
    while try reader.next(into: &batch) {
      for record in 0..<batch.recordCount {
        let field = fields[row]
        row += 1
        let found = batch.withFields { $0.integerRange(column: 0, record: record) }
        let wanted = FieldParser.integerRange(Array(field.utf8).span)
        XCTAssertEqual(found?.lower, wanted?.lower, field)
        XCTAssertEqual(found?.upper, wanted?.upper, field)
      }
    }
    XCTAssertEqual(row, fields.count)
  }
}
