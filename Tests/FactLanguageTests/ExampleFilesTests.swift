import Foundation
import XCTest

@testable import FactLanguage

/// The example and the golden cases are read without an error, unless they are there to show one.
final class ExampleFilesTests: XCTestCase {
  private let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  func testTheExampleHasNoSyntaxError() throws {
    try check("scripts/examples/amazon", atLeast: 3)
  }

  func testTheGoldenCasesOfLaterStagesHaveNoSyntaxError() throws {
    for stage in ["check", "plan", "answers", "shell"] {
      try check("Tests/Golden/\(stage)", atLeast: 2)
    }
  }

  private func check(_ folder: String, atLeast count: Int) throws {
    let folder = root.appendingPathComponent(folder)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".dl") }
    XCTAssertGreaterThanOrEqual(files.count, count, folder.path)
    for file in files {
      let bytes = try Data(contentsOf: folder.appendingPathComponent(file))
      let source = SourceText(name: file, bytes: Array(bytes))
      for diagnostic in parseScript(source).diagnostics {
        let place = source.position(of: diagnostic.span.lower)
        XCTFail("\(file):\(place.line):\(place.column): \(diagnostic.message)")
      }
    }
  }
}
