import XCTest

@testable import FactShell

final class EditorMenuTests: XCTestCase {
  private final class Fixed: LineAssistant {
    let result: CompletionResult
    init(_ result: CompletionResult) { self.result = result }
    func completions(for text: String, cursor: Int) -> CompletionResult { result }
    func highlight(_ text: String) -> [HighlightSpan] { [] }
    func isComplete(_ text: String) -> InputState { .complete }
  }

  private func candidate(
    _ text: String, label: String? = nil, isDidYouMean: Bool = false
  ) -> CompletionCandidate {
    CompletionCandidate(
      text: text, label: label, detail: "of a kind", kind: .relation, isDidYouMean: isDidYouMean)
  }

  private func complete(
    _ menu: inout CompletionMenu, _ text: String, _ candidates: [CompletionCandidate],
    replace: Range<Int>? = nil, cursor: Int? = nil
  ) -> CompletionMenu.Edit? {
    let cursor = cursor ?? text.utf8.count
    let result = CompletionResult(replace: replace ?? 0..<cursor, candidates: candidates)
    return menu.complete(text, cursor: cursor, assistant: Fixed(result))
  }

  func testNothingFits() {
    var menu = CompletionMenu()
    XCTAssertNil(complete(&menu, "x", []))
    XCTAssertFalse(menu.isOpen)
  }

  func testOnlyCandidate() {
    var menu = CompletionMenu()
    XCTAssertEqual(
      complete(&menu, "p(lay", [candidate("layoff(")], replace: 2..<5),
      CompletionMenu.Edit(range: 2..<5, text: "layoff("))
    XCTAssertFalse(menu.isOpen)
    XCTAssertNil(complete(&menu, "layoff(", [candidate("layoff(")]))
    XCTAssertFalse(menu.isOpen, "what is there already needs no menu")
  }

  func testReplacesTextRightOfTheCursor() {
    var menu = CompletionMenu()
    XCTAssertEqual(
      complete(&menu, "layof", [candidate("layoff(")], replace: 0..<5, cursor: 3),
      CompletionMenu.Edit(range: 0..<5, text: "layoff("))
  }

  func testSharedStartThenMenu() {
    var menu = CompletionMenu()
    let both = [candidate("layoff("), candidate("layout(")]
    XCTAssertEqual(
      complete(&menu, "l", both), CompletionMenu.Edit(range: 0..<1, text: "layo"))
    XCTAssertFalse(menu.isOpen)
    XCTAssertNil(complete(&menu, "layo", both))
    XCTAssertTrue(menu.isOpen)
    XCTAssertNil(menu.selection)
    XCTAssertEqual(menu.choose(), CompletionMenu.Edit(range: 0..<4, text: "layoff("))
    XCTAssertEqual(menu.choose(), CompletionMenu.Edit(range: 0..<7, text: "layout("))
    XCTAssertEqual(menu.choose(), CompletionMenu.Edit(range: 0..<7, text: "layoff("))
    XCTAssertEqual(
      menu.choose(backwards: true), CompletionMenu.Edit(range: 0..<7, text: "layout("))
    XCTAssertEqual(menu.cancel(), CompletionMenu.Edit(range: 0..<7, text: "layo"))
    XCTAssertFalse(menu.isOpen)
  }

  func testSharedStartEndsAtAClusterBoundary() {
    var menu = CompletionMenu()
    // Both begin with the same byte of a two-byte character.
    XCTAssertNil(complete(&menu, "a", [candidate("aé"), candidate("aè")]))
    XCTAssertTrue(menu.isOpen)
  }

  func testNeverInsertsWhatDoesNotStartLikeIt() {
    var menu = CompletionMenu()
    XCTAssertNil(complete(&menu, "persn", [candidate("person", isDidYouMean: true)]))
    XCTAssertTrue(menu.isOpen)
    XCTAssertTrue(menu.rows(limit: 5)[0].detail.hasPrefix("did you mean?"))
    // Nor if the assistant forgets to say so.
    XCTAssertNil(complete(&menu, "lay", [candidate("overlay")]))
    XCTAssertTrue(menu.isOpen)
    XCTAssertEqual(menu.choose(), CompletionMenu.Edit(range: 0..<3, text: "overlay"))
    // Quotes that the candidate needs do not count.
    XCTAssertEqual(
      complete(&menu, "Deu", [candidate("\"Deutsche Bank\"", label: "Deutsche Bank")])?.text,
      "\"Deutsche Bank\"")
  }

  func testCaseMayDiffer() {
    var menu = CompletionMenu()
    XCTAssertEqual(
      complete(&menu, "AMA", [candidate("amazon")]),
      CompletionMenu.Edit(range: 0..<3, text: "amazon"))
    XCTAssertEqual(
      complete(&menu, "AM", [candidate("amazon"), candidate("amazed")]),
      CompletionMenu.Edit(range: 0..<2, text: "amaz"))
    XCTAssertNil(complete(&menu, "a", [candidate("amazon"), candidate("Amazon")]))
    XCTAssertTrue(menu.isOpen)
  }

  func testRowsAreAWindowAroundTheChoice() {
    var menu = CompletionMenu()
    XCTAssertNil(
      complete(&menu, "", (0..<10).map { candidate("c\($0)", label: "\($0)") } + [candidate("x")]))
    XCTAssertEqual(menu.rows(limit: 4).map(\.label), ["0", "1", "2", "… 8 more"])
    for _ in 0..<5 { _ = menu.choose() }
    XCTAssertEqual(menu.rows(limit: 4).map(\.label), ["2", "3", "4", "… 2 above, 6 more"])
    XCTAssertEqual(menu.rows(limit: 4).map(\.isSelected), [false, false, true, false])
    XCTAssertEqual(menu.rows(limit: 20).count, 11)
    XCTAssertEqual(menu.rows(limit: 1).map(\.label), ["4"])
    XCTAssertEqual(menu.rows(limit: 0), [])
  }

  func testWrongRangesDoNoHarm() {
    var menu = CompletionMenu()
    XCTAssertEqual(
      complete(&menu, "ab", [candidate("abc")], replace: 0..<99),
      CompletionMenu.Edit(range: 0..<2, text: "abc"))
    XCTAssertEqual(
      complete(&menu, "ab", [candidate("c")], replace: 50..<99),
      CompletionMenu.Edit(range: 2..<2, text: "c"))
  }
}
