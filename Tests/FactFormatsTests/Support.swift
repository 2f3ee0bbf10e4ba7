import Foundation
import XCTest

@testable import FactFormats

/// A folder of its own for a test's files, gone with the test.
final class Scratch {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "formats-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { folder + "/" + name }

  func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }
}

/// Everything that a reader hands out, as texts.
struct ReadResult {
  var columns: [String] = []
  var kinds: [ColumnKind] = []
  var format = FileFormat.csv
  var rows: [[String?]] = []
  var lines: [Int] = []
  var badRows: [BadRow] = []
  var lateColumns: [LateColumn] = []
}

func readAll(
  _ path: String, _ options: ReadOptions = ReadOptions()
) throws(FormatFailure) -> ReadResult {
  let reader = try RecordReader(path: path, options: options)
  var result = ReadResult(columns: reader.columns, kinds: reader.kinds, format: reader.format)
  var batch = RecordBatch()
  while try reader.next(into: &batch) {
    for record in 0..<batch.recordCount {
      result.rows.append(
        (0..<batch.columnCount).map { batch.text(column: $0, record: record) })
      result.lines.append(Int(batch.lines[record]))
    }
    result.badRows += batch.badRows
  }
  result.lateColumns = reader.lateColumns
  return result
}

/// The failure of reading a file, or nil where it is read.
func failure(_ path: String, _ options: ReadOptions = ReadOptions()) -> FormatFailure? {
  do throws(FormatFailure) {
    _ = try readAll(path, options)
    return nil
  } catch {
    return error
  }
}

/// The folder of shared data, or a skipped test.
func sharedData(_ name: String) throws -> String {
  let root = ProcessInfo.processInfo.environment["FACTSH_SHARED"]
  var candidates: [String] = root.map { [$0] } ?? []
  let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  candidates.append(package.appendingPathComponent("../shared").standardized.path)
  for candidate in candidates {
    let path = candidate + "/data/" + name
    if FileManager.default.fileExists(atPath: path) { return path }
  }
  throw XCTSkip("shared data is absent: \(name)")
}

/// A repeatable source of numbers.
struct Numbers {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
