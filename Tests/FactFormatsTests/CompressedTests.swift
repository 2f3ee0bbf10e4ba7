import Foundation
import XCTest

@testable import FactFormats

final class CompressedTests: XCTestCase {
  /// The bytes of a text as one member of gzip.
  private func gzip(_ text: String, _ scratch: Scratch) throws -> [UInt8] {
    let path = scratch.path("member.gz")
    let file = try AtomicFile(path: path)
    try file.write(text)
    try file.commit()
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  func testLargeFileIsStreamed() throws {
    let scratch = try Scratch()
    let text = "a,b\n" + (0..<100_000).map { "\($0),x\($0 % 7)\n" }.joined()
    let path = try scratch.write("a.csv.gz", gzip(text, scratch))
    let result = try readAll(path)
    XCTAssertEqual(result.rows.count, 100_000)
    XCTAssertEqual(result.rows[77_777], ["77777", "x0"])
    XCTAssertEqual(result.lines[77_777], 77_779)
  }

  func testMembersInARowAndPadding() throws {
    let scratch = try Scratch()
    let bytes = try gzip("a,b\n1,2\n3", scratch) + gzip(",4\n", scratch) + [0, 0, 0]
    // The content says that it is compressed, whatever the name.
    let result = try readAll(scratch.write("a.csv", bytes))
    XCTAssertEqual(result.rows, [["1", "2"], ["3", "4"]])
  }

  func testEmptyMember() throws {
    let scratch = try Scratch()
    XCTAssertEqual(try readAll(scratch.write("a.csv.gz", gzip("", scratch))).columns, [])
  }

  func testTruncatedAndDamagedData() throws {
    let scratch = try Scratch()
    let whole = try gzip(
      "a,b\n" + (0..<3000).map { "\($0),\($0 * 7919 % 1000)\n" }.joined(), scratch)
    for length in [2, 5, 10, whole.count / 2, whole.count - 9, whole.count - 1] {
      let path = try scratch.write("a.csv.gz", Array(whole.prefix(length)))
      XCTAssertEqual(failure(path)?.problem, .truncatedGzip, "\(length)")
    }
    var damaged = whole
    damaged[whole.count / 2] ^= 0x55
    XCTAssertEqual(failure(try scratch.write("b.csv.gz", damaged))?.problem, .damagedGzip)
    var sum = whole
    sum[whole.count - 6] ^= 0x01
    XCTAssertEqual(failure(try scratch.write("c.csv.gz", sum))?.problem, .damagedGzip)
    let trailing = try scratch.write("d.csv.gz", whole + Array("garbage".utf8))
    XCTAssertEqual(failure(trailing)?.problem, .damagedGzip)
  }

  func testPipes() throws {
    let scratch = try Scratch()
    let path = scratch.path("pipe")
    XCTAssertEqual(mkfifo(path, 0o600), 0)
    let text = "a\tb\n" + (0..<50_000).map { "\($0)\tx\n" }.joined()
    let writer = Thread {
      guard let handle = FileHandle(forWritingAtPath: path) else { return }
      for start in stride(from: 0, to: text.utf8.count, by: 10_007) {
        handle.write(Data(Array(text.utf8.dropFirst(start).prefix(10_007))))
      }
      try? handle.close()
    }
    writer.start()
    let result = try readAll(path)
    XCTAssertEqual(result.format, .tsv)
    XCTAssertEqual(result.rows.count, 50_000)
  }

  func testSilentPipeCanBeStopped() throws {
    let scratch = try Scratch()
    let path = scratch.path("pipe")
    XCTAssertEqual(mkfifo(path, 0o600), 0)
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    var asked = 0
    var problem: FormatProblem?
    do throws(FormatFailure) {
      _ = try RecordReader(path: path) {
        asked += 1
        return asked > 2
      }
    } catch {
      problem = error.problem
    }
    XCTAssertEqual(problem, .stopped)
  }

  func testExpansionOfPatterns() throws {
    let scratch = try Scratch()
    for name in ["b.csv", "a.csv", "c.tsv", "[x].csv"] { _ = try scratch.write(name, "a\n") }
    XCTAssertEqual(
      expand(pattern: scratch.path("?.csv")), [scratch.path("a.csv"), scratch.path("b.csv")])
    XCTAssertEqual(expand(pattern: scratch.path("[x].csv")), [scratch.path("[x].csv")])
    XCTAssertEqual(expand(pattern: scratch.path("none.csv")), [scratch.path("none.csv")])
    XCTAssertEqual(expand(pattern: scratch.path("*.none")), [])
  }
}
