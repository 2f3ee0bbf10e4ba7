import FactLanguage
import FactModel
import XCTest

@testable import FactEngine

/// Whole programs resolve: the golden cases with answers, the example, and classic programs.
final class ResolveProgramsTests: XCTestCase {
  private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func programs(in folder: URL) throws -> [URL] {
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    return files.filter { $0.pathExtension == "dl" }.sorted { $0.path < $1.path }
  }

  private func errors(in file: URL, parameters: [String: String] = [:]) throws -> [String] {
    let fixture = ResolveFixture(parameters: parameters)
    fixture.run(try String(contentsOf: file, encoding: .utf8))
    return fixture.diagnostics.filter { $0.severity == .error }.map { "\($0.code) \($0.message)" }
  }

  func testGoldenAnswers() throws {
    for folder in ["answers", "plan"] {
      for file in try programs(in: root.appendingPathComponent("Tests/Golden/\(folder)")) {
        let name = file.lastPathComponent
        XCTAssertEqual(try errors(in: file, parameters: ["least": "1"]), [], name)
      }
    }
  }

  func testExample() throws {
    let folder = root.appendingPathComponent("scripts/examples/amazon")
    let fixture = ResolveFixture(parameters: ["register": "wa.csv", "results": "4"])
    let names = ["amazon.dl", "queries.dl", "reconcile.dl"]
    for name in names {
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      fixture.run(text)
    }
    XCTAssertEqual(fixture.found, [])
    XCTAssertEqual(fixture.loads.count, 1)
    XCTAssertGreaterThanOrEqual(fixture.queries.count, 12)
  }

  func testClassicPrograms() throws {
    let shared = ProcessInfo.processInfo.environment["FACTSH_SHARED"]
    let folder =
      shared.map { URL(fileURLWithPath: $0) }
      ?? root.deletingLastPathComponent().appendingPathComponent("shared")
    let datalog = folder.appendingPathComponent("data/datalog")
    guard FileManager.default.fileExists(atPath: datalog.path) else {
      throw XCTSkip("no classic programs in \(datalog.path)")
    }
    for file in try programs(in: datalog) {
      let expected = file.deletingPathExtension().appendingPathExtension("expected")
      guard FileManager.default.fileExists(atPath: expected.path) else { continue }
      XCTAssertEqual(try errors(in: file), [], file.lastPathComponent)
    }
  }
}
