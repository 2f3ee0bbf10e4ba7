import FactModel
import Foundation
import XCTest

@testable import FactLanguage

/// What is printed reads back as the same.
final class PrinterTests: XCTestCase {
  /// Prints each statement of a text, reads it back, and compares the trees without their places.
  private func assertRoundTrip(_ parsed: [Statement], file: String) {
    for statement in parsed {
      let printed = FactPrinter.text(statement)
      let source = SourceText(name: "printed", bytes: Array(printed.utf8))
      let mode: ParsingMode =
        if case .continuation = statement.kind { .prompt } else { .script }
      let again = mode == .script ? parseScript(source) : parsePrompt(source)
      guard again.diagnostics.isEmpty, again.statements.count == 1 else {
        XCTFail("\(file): \(printed): \(again.diagnostics.map(\.message))")
        continue
      }
      XCTAssertEqual(comparable(again.statements[0]), comparable(statement), printed)
      XCTAssertEqual(FactPrinter.text(again.statements[0]), printed)
    }
  }

  private func comparable(_ statement: Statement) -> String {
    guard case .namedQuery(var query) = statement.kind else { return shape(statement) }
    query.text = ""
    return shape(Statement(.namedQuery(query), at: statement.span))
  }

  func testExamplesRoundTrip() {
    assertRoundTrip(statements(ParserTests.taste), file: "taste")
    assertRoundTrip(statements(ParserTests.more), file: "more")
  }

  func testTheCanonicalForm() {
    let cases = [
      (
        "p( a ,'b c' , X1:\"x\",not : 1 )  @source :  'amazon' .",
        "p(a, \"b c\", X1: x, not: 1) @source: amazon."
      ),
      ("p(X):-q(X),not(X>3;r(X)),!s(X) .", "p(X) :- q(X), not (X > 3; r(X)), not s(X)."),
      ("X=(1+2)*3-(4-5)-6,p(X)?", "X = (1 + 2) * 3 - (4 - 5) - 6, p(X)?"),
      ("p(2**3**2,(2**3)**2,-X**2,(-X)**2)?", "p(2 ** 3 ** 2, (2 ** 3) ** 2, -X ** 2, (-X) ** 2)?"),
      (
        "p(-5,-(5),- -3, 3M, 14_000, 9%, 1.50, 2e9, 1e30).",
        "p(-5, -(5), -(-3), 3000000, 14000, 0.09, 1.5, 2000000000, 1e30)."
      ),
      ("p(1001 .. 2500,~350k, 14000 ± 500, 5..)?", "p(1001..2500, ~350k, 14000±500, 5..)?"),
      (
        "p(late   2026-01 .. early 2026-02, mid 2026)?",
        "p(late 2026-01..early 2026-02, mid 2026)?"
      ),
      ("\"not\"(a). \"file\"(b). Odd(c). p().", "\"not\"(a).\n\"file\"(b).\nOdd(c).\np."),
      (
        "p(\"today\", today, \"by\", \"é\", \"a\\u{7}\\nb\").",
        "p(\"today\", today, \"by\", \"é\", \"a\\u{7}\\nb\")."
      ),
    ]
    for (text, expected) in cases {
      let source = SourceText(name: "t", bytes: Array(text.utf8))
      let (parsed, diagnostics) = parseScript(source)
      let isOnlyVariable = diagnostics.allSatisfy { $0.code == "E0120" }
      XCTAssertTrue(isOnlyVariable, "\(text): \(diagnostics.map(\.message))")
      if diagnostics.isEmpty {
        XCTAssertEqual(parsed.map { FactPrinter.text($0) }.joined(separator: "\n"), expected)
      }
    }
  }

  func testGoldenInputsRoundTrip() throws {
    let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Golden")
    let files =
      FileManager.default.enumerator(at: golden, includingPropertiesForKeys: nil)?
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "dl" } ?? []
    if files.isEmpty { throw XCTSkip("no golden inputs") }
    for file in files {
      let bytes = [UInt8](try Data(contentsOf: file))
      let source = SourceText(name: file.lastPathComponent, bytes: bytes)
      let (parsed, diagnostics) = parseScript(source)
      if !file.path.contains("/syntax/") {
        for diagnostic in diagnostics {
          XCTFail(DiagnosticRenderer().render(diagnostic, in: source))
        }
      } else if ProcessInfo.processInfo.environment["SHOW"] != nil {
        print(DiagnosticRenderer().render(diagnostics, in: source))
      }
      assertRoundTrip(parsed, file: file.lastPathComponent)
    }
  }

  func testRandomTreesRoundTrip() {
    var random = RandomSyntax(seed: 20_260_112)
    for _ in 0..<700 { assertRoundTrip([random.statement()], file: "random") }
  }
}
