import FactManual
import XCTest

@testable import FactShell

final class HelpTopicsTests: XCTestCase {
  private let topics = HelpTopics(pages: [
    (
      "Values",
      """
      # Values

      @Metadata {
        @PageColor(blue)
      }

      What can stand in a fact. More of it.

      ## Ranges

      A **range** is `1..5`; see <doc:Functions>.

      ```
      p(1..5).
      ```

      ## Vague dates

      - early, and
        wrapped
      - late
      """
    ),
    (
      "Functions",
      """
      # Functions

      What computes.

      | function | gives |
      | --- | --- |
      | `round(X, N)` | rounds X to N digits |
      | `rank(X)` | a \\| b |

      ## `.run NAME`

      Asks.
      """
    ),
  ])

  func testAPageIsFoundByThePrefixOfItsName() {
    guard case .text(let lines) = topics.find("val", width: 60) else { return XCTFail("no text") }
    XCTAssertEqual(
      lines,
      [
        "Values", "======", "", "What can stand in a fact. More of it.", "", "Ranges", "------", "",
        "A range is `1..5`; see `.help functions`.", "", "    p(1..5).", "", "Vague dates",
        "-----------", "", "  - early, and wrapped", "  - late",
      ])
  }

  func testASectionEndsBeforeTheNext() {
    guard case .text(let lines) = topics.find("Vague", width: 60) else {
      return XCTFail("no text")
    }
    XCTAssertEqual(
      lines, ["Vague dates", "-----------", "", "  - early, and wrapped", "  - late"])
  }

  func testATermOfATableLeadsToItsSection() {
    guard case .text(let lines) = topics.find("round", width: 60) else {
      return XCTFail("no text")
    }
    XCTAssertEqual(lines.first, "Functions")
    XCTAssertTrue(lines.contains("  `round(X, N)`  rounds X to N digits"))
    XCTAssertTrue(lines.contains("  `rank(X)`      a | b"))
  }

  func testACommandIsFoundWithAndWithoutItsDot() {
    XCTAssertEqual(topics.find(".run", width: 60), topics.find("run", width: 60))
    guard case .text(let lines) = topics.find("RUN", width: 60) else { return XCTFail("no text") }
    XCTAssertEqual(lines, ["`.run NAME`", "-----------", "", "Asks."])
  }

  func testAnAmbiguousPrefixNamesTheTopics() {
    let topics = HelpTopics(pages: [("Rules", "# Rules\n"), ("Run", "# Run\n")])
    XCTAssertEqual(topics.find("ru", width: 60), .several(["rules", "run"]))
  }

  func testOfTopicsThatContinueOneAnotherThePrefixMeansTheShortest() {
    let topics = HelpTopics(pages: [("Rules", "# Rules\n## Sums in heads\nHeads.\n## Sums\nAll.\n")]
    )
    guard case .text(let lines) = topics.find("su", width: 60) else { return XCTFail("no text") }
    XCTAssertEqual(lines.last, "All.")
    let dotted = HelpTopics(pages: [("Rules", "# Rules\n## `.limit`\nOne.\n## Limits\nTwo.\n")])
    guard case .text(let limit) = dotted.find("lim", width: 60) else { return XCTFail("no text") }
    XCTAssertEqual(limit.last, "One.")
  }

  func testAnUnknownTopicNamesTheNearest() {
    XCTAssertEqual(topics.find("vulues", width: 60), .nothing(nearest: ["values"]))
    XCTAssertEqual(topics.find("zzzzzz", width: 60), .nothing(nearest: []))
  }

  func testNoLineIsWiderThanTheWindow() {
    for width in [20, 40, 80, 132] {
      for line in HelpTopics().overview(width: width) {
        XCTAssertLessThanOrEqual(line.count, width, line)
      }
    }
  }

  func testTheManualIsEmbeddedWhole() throws {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let folder = here.appendingPathComponent("../../Sources/FactManual/Manual.docc")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }
    XCTAssertEqual(Set(files), Set(Manual.pages.map(\.name)))
    for page in Manual.pages {
      let text = try String(
        contentsOf: folder.appendingPathComponent("\(page.name).md"), encoding: .utf8)
      XCTAssertEqual(page.text, text, page.name)
    }
  }

  func testEveryLinkOfTheManualLeadsToAPage() {
    let names = Set(Manual.pages.map(\.name))
    for page in Manual.pages {
      for part in page.text.components(separatedBy: "<doc:").dropFirst() {
        let target = part.prefix { $0 != ">" }
        XCTAssertTrue(names.contains(String(target)), "\(page.name) links to \(target)")
      }
    }
  }
}
