import Foundation
import XCTest

@testable import FactFormats

final class UnhappyPathTests: XCTestCase {
  func testAbsentFileAndDirectory() throws {
    let scratch = try Scratch()
    let absent = failure(scratch.path("none.csv"))
    XCTAssertEqual(
      absent?.description,
      "\(scratch.path("none.csv")): cannot open it: No such file or directory")
    XCTAssertEqual(failure(scratch.folder)?.problem, .directory)
  }

  func testUnreadableFile() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.csv", "a\n1\n")
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    if geteuid() == 0 { throw XCTSkip("root reads every file") }
    XCTAssertEqual(
      failure(path)?.problem, .system(action: "open it", reason: "Permission denied"))
  }

  func testInvalidUTF8IsFoundWithItsLine() throws {
    let scratch = try Scratch()
    let broken: [[UInt8]] = [
      [0xFF], [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xC3], [0xE2, 0x82], [0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
    ]
    for bytes in broken {
      let path = try scratch.write("a.csv", Array("a,b\n1,é\n2,".utf8) + bytes + Array("\n".utf8))
      let found = failure(path)
      XCTAssertEqual(found?.problem, .invalidUTF8, "\(bytes)")
      XCTAssertEqual(found?.line, 3, "\(bytes)")
    }
    // At the end of the file, and far into it.
    let tail = try scratch.write("b.csv", Array("a\n1".utf8) + [0xE2, 0x82])
    XCTAssertEqual(failure(tail)?.problem, .invalidUTF8)
    let far = try scratch.write(
      "c.jsonl",
      Array(String(repeating: "{\"a\": \"é\"}\n", count: 100_000).utf8) + Array("{\"a\": \"".utf8)
        + [0xC3, 0x28])
    XCTAssertEqual(failure(far), FormatFailure(file: far, line: 100_001, problem: .invalidUTF8))
  }

  func testScalarsAcrossWindowsAreValid() throws {
    let scratch = try Scratch()
    for shift in 0..<4 {
      let text = String(repeating: "x", count: shift) + String(repeating: "😀", count: 200_000)
      let path = try scratch.write("a.csv", "a\n\(text)\n")
      XCTAssertEqual(try readAll(path).rows, [[text]])
    }
  }

  func testBinaryAndForeignFiles() throws {
    let scratch = try Scratch()
    let zero = failure(try scratch.write("a.csv", [0x61, 0x0A, 0x31, 0, 0x31]))
    XCTAssertEqual(zero?.problem, .binary)
    XCTAssertEqual(zero?.line, 2)
    let zip = failure(try scratch.write("a.xlsx", [0x50, 0x4B, 0x03, 0x04, 0]))
    XCTAssertEqual(zip?.problem, .unsupported(name: "a zip archive (or a workbook)"))
    let wide = failure(try scratch.write("a.csv", [0xFF, 0xFE, 0x61, 0]))
    XCTAssertEqual(wide?.problem, .unsupported(name: "UTF-16 text"))
  }

  func testOneHugeLine() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.csv", [UInt8](repeating: 0x61, count: 100 << 20))
    XCTAssertEqual(
      failure(path), FormatFailure(file: path, line: 1, problem: .recordTooLong(limit: 64 << 20)))
    var options = ReadOptions()
    options.recordLimit = 4 << 20
    let json = try scratch.write(
      "a.json", Array("[{\"a\":\"".utf8) + [UInt8](repeating: 0x61, count: 5 << 20))
    XCTAssertEqual(
      failure(json, options),
      FormatFailure(file: json, line: 1, problem: .recordTooLong(limit: 4 << 20)))
  }

  func testTheLimitOfARecordIsExact() throws {
    let scratch = try Scratch()
    var options = ReadOptions()
    options.recordLimit = 4096
    let good = try scratch.write("a.csv", "a\n" + String(repeating: "x", count: 4000) + "\nb\n")
    XCTAssertEqual(try readAll(good, options).rows.count, 2)
    let long = try scratch.write("b.csv", "a\nx\n" + String(repeating: "x", count: 4100) + "\n")
    XCTAssertEqual(
      failure(long, options),
      FormatFailure(file: long, line: 3, problem: .recordTooLong(limit: 4096)))
  }

  func testOpenQuote() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.csv", "a,b\n1,2\n3,\"x\n4,5\n")
    XCTAssertEqual(failure(path), FormatFailure(file: path, line: 3, problem: .unclosedQuote))
    let header = try scratch.write("b.csv", "a,\"b\n1,2\n")
    XCTAssertEqual(failure(header), FormatFailure(file: header, line: 1, problem: .unclosedQuote))
  }

  func testTooManyColumns() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.csv", String(repeating: ",", count: 100_000) + "\n")
    XCTAssertEqual(failure(path)?.problem, .tooManyColumns(limit: 4096))
    let keys = (0..<5000).map { "\"k\($0)\":1" }.joined(separator: ",")
    let json = try scratch.write("a.json", "[{\(keys)}]")
    XCTAssertEqual(failure(json)?.problem, .tooManyColumns(limit: 4096))
  }

  func testDeepNesting() throws {
    let scratch = try Scratch()
    let deep = String(repeating: "[", count: 100_000)
    for text in ["[{\"a\": \(deep)", "{\"a\": \(deep)"] {
      let path = try scratch.write("a.json", text)
      XCTAssertEqual(failure(path)?.problem, .tooDeep(limit: 1000), text.prefix(8).description)
    }
    let bare = failure(try scratch.write("b.json", deep))
    guard case .malformed = bare?.problem else { return XCTFail("\(String(describing: bare))") }
  }

  func testTruncatedJSON() throws {
    let scratch = try Scratch()
    let whole = "[{\"a\": 1, \"b\": \"x\\u00e9\"},\n {\"a\": [1, {\"c\": null}]}]\n"
    for length in 1..<(whole.utf8.count - 2) {
      let path = try scratch.write("a.json", Array(whole.utf8.prefix(length)))
      XCTAssertEqual(failure(path)?.problem, .truncated(format: .json), "\(length)")
    }
    let line = try scratch.write("b.jsonl", "{\"a\": 1}\n{\"a\": ")
    XCTAssertEqual(failure(line)?.problem, .truncated(format: .jsonl))
    XCTAssertEqual(failure(line)?.line, 2)
  }

  func testStopping() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.csv", String(repeating: "1,2\n", count: 1_000_000))
    XCTAssertThrowsError(try RecordReader(path: path, shouldStop: { true })) { error in
      XCTAssertEqual((error as? FormatFailure)?.problem, .stopped)
    }
    let reader = try RecordReader(path: path)
    var batch = RecordBatch()
    var stopped: FormatProblem?
    do throws(FormatFailure) {
      while try reader.next(into: &batch, shouldStop: { true }) {}
    } catch {
      stopped = error.problem
    }
    XCTAssertEqual(stopped, .stopped)
  }

  /// Bytes that are nearly right, in every format: a failure or bad rows, never a crash.
  func testMutatedFilesNeverCrash() throws {
    let scratch = try Scratch()
    let samples: [(String, String)] = [
      ("a.csv", "a,b\n1,\"x\"\"y\"\n2,\"p\nq\"\n"),
      ("a.tsv", "a\tb\n1\t\"x\"\n"),
      ("a.json", "[{\"a\": 1.5e3, \"b\": \"\\ud83d\\ude00\\n\"}, {\"c\": {\"d\": [true, null]}}]"),
      ("a.jsonl", "{\"a\": -1}\n{\"b\": \"\\u00e9\"}\n"),
      (
        "f.json",
        "{\"cik\":1,\"entityName\":\"E\",\"facts\":{\"t\":{\"C\":{\"label\":\"L\",\"units\":"
          + "{\"USD\":[{\"end\":\"2020-01-01\",\"val\":1}]}}}}}"
      ),
      ("a.nt", "<a> <b> \"c\\u00e9\"^^<x#integer> .\n_:b1 <p> \"x\"@en . # c\n"),
    ]
    var numbers = Numbers(seed: 11)
    let bytes: [UInt8] = Array("\"\\{}[],:\n\r\t<>.^@u0-e ".utf8) + [0xC3, 0xA9, 0xFF, 0]
    for (name, text) in samples {
      for _ in 0..<250 {
        var mutated = Array(text.utf8)
        for _ in 0...numbers.next(below: 3) {
          let at = numbers.next(below: mutated.count)
          switch numbers.next(below: 3) {
          case 0: mutated[at] = bytes[numbers.next(below: bytes.count)]
          case 1: mutated.insert(bytes[numbers.next(below: bytes.count)], at: at)
          default: mutated.remove(at: at)
          }
        }
        let path = try scratch.write(name, mutated)
        if let found = failure(path) { XCTAssertFalse(found.description.isEmpty) }
      }
    }
  }
}
