import Foundation
import XCTest

@testable import FactFormats

final class OutputTests: XCTestCase {
  func testFieldsAreQuotedOnlyWhereNeeded() {
    let cases = [
      ("abc", "abc", "abc"), ("", "", ""), ("a,b", "\"a,b\"", "a,b"), ("a\tb", "a\tb", "\"a\tb\""),
      ("a\"b", "\"a\"\"b\"", "\"a\"\"b\""), ("a\nb", "\"a\nb\"", "\"a\nb\""),
      (" a", "\" a\"", "\" a\""),
      ("é😀", "é😀", "é😀"),
    ]
    for (text, csv, tsv) in cases {
      var output: [UInt8] = []
      DelimitedWriter.appendCSV(field: text, to: &output)
      XCTAssertEqual(String(decoding: output, as: UTF8.self), csv)
      output = []
      DelimitedWriter.appendTSV(field: text, to: &output)
      XCTAssertEqual(String(decoding: output, as: UTF8.self), tsv)
    }
  }

  func testStringsOfJSON() throws {
    var output: [UInt8] = []
    JSONWriter.append(string: "a\"\\\n\t\r\u{8}\u{C}\u{0}\u{1F}\u{7F}é😀/", to: &output)
    XCTAssertEqual(
      String(decoding: output, as: UTF8.self),
      "\"a\\\"\\\\\\n\\t\\r\\b\\f\\u0000\\u001f\\u007fé😀/\"")
  }

  func testWhatIsWrittenReadsBack() throws {
    let scratch = try Scratch()
    let fields = ["plain", "a,b\t\"c\"\r\nd", " x ", "\u{1}\u{7F}", "漢字", "\\n"]
    for name in ["a.csv", "a.tsv", "a.csv.gz", "a.jsonl.gz"] {
      let file = try AtomicFile(path: scratch.path(name))
      var output: [UInt8] = []
      if !name.contains("json") { output += Array("h\n".utf8) }
      for field in fields {
        if name.hasPrefix("a.csv") {
          DelimitedWriter.appendCSV(field: field, to: &output)
        } else if name == "a.tsv" {
          DelimitedWriter.appendTSV(field: field, to: &output)
        } else {
          output += Array("{\"h\":".utf8)
          JSONWriter.append(string: field, to: &output)
          output += Array("}".utf8)
        }
        output.append(0x0A)
      }
      try file.write(output)
      try file.commit()
      let result = try readAll(scratch.path(name))
      XCTAssertEqual(result.rows, fields.map { [$0] }, name)
      XCTAssertEqual(result.columns, ["h"])
    }
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: scratch.folder).count, 4)
  }

  func testAnAbandonedFileLeavesTheOldOne() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.csv", "old")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    do {
      let file = try AtomicFile(path: path)
      try file.write("new")
      XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: scratch.folder).count, 2)
    }
    XCTAssertEqual(try String(contentsOfFile: path, encoding: .utf8), "old")
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: scratch.folder), ["a.csv"])
    let file = try AtomicFile(path: path)
    try file.write("new")
    try file.commit()
    XCTAssertEqual(try String(contentsOfFile: path, encoding: .utf8), "new")
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    XCTAssertEqual(attributes[.posixPermissions] as? Int, 0o640)
  }

  func testLinksAndDevicesStay() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a.csv", "old")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("link.csv"), withDestinationPath: path)
    let file = try AtomicFile(path: scratch.path("link.csv"))
    try file.write("new")
    try file.commit()
    XCTAssertEqual(try String(contentsOfFile: path, encoding: .utf8), "new")
    XCTAssertEqual(
      try FileManager.default.destinationOfSymbolicLink(atPath: scratch.path("link.csv")), path)
    let device = try AtomicFile(path: "/dev/null")
    try device.write("x")
    try device.commit()
    XCTAssertTrue(FileManager.default.fileExists(atPath: "/dev/null"))
  }

  func testPlacesThatCannotBeWritten() throws {
    let scratch = try Scratch()
    func problem(_ path: String) -> FormatProblem? {
      do throws(FormatFailure) {
        _ = try AtomicFile(path: path)
        return nil
      } catch {
        return error.problem
      }
    }
    XCTAssertEqual(problem(scratch.folder), .directory)
    XCTAssertEqual(
      problem(scratch.path("none/a.csv")),
      .system(action: "write it", reason: "No such file or directory"))
  }

  func testFullDisk() throws {
    let file = try AtomicFile(path: "/dev/full")
    XCTAssertThrowsError(
      try {
        try file.write([UInt8](repeating: 0x61, count: 1 << 20))
        try file.commit()
      }())
  }
}
