import XCTest

@testable import FactShell

final class EditorMotionTests: XCTestCase {
  func testClusters() {
    let text = "ae\u{301}🇩🇪b"
    XCTAssertEqual(TextMotion.right(text, 1), 4)
    XCTAssertEqual(TextMotion.right(text, 4), 12)
    XCTAssertEqual(TextMotion.left(text, 12), 4)
    XCTAssertEqual(TextMotion.left(text, 4), 1)
    XCTAssertEqual(TextMotion.left(text, 0), 0)
    XCTAssertEqual(TextMotion.right(text, 13), 13)
    XCTAssertEqual(TextMotion.scalarCount(text, 1..<12), 4)
  }

  func testLines() {
    let text = "ab\n漢字x\n\nend"
    XCTAssertEqual(TextMotion.lineStart(text, 5), 3)
    XCTAssertEqual(TextMotion.lineEnd(text, 3), 10)
    XCTAssertEqual(TextMotion.lineEnd(text, 11), 11)
    XCTAssertNil(TextMotion.up(text, 2))
    XCTAssertNil(TextMotion.down(text, 13))
    // Column 2 is after the first wide character.
    XCTAssertEqual(TextMotion.down(text, 2), 6)
    XCTAssertEqual(TextMotion.up(text, 6), 2)
    XCTAssertEqual(TextMotion.up(text, 10), 2)
    XCTAssertEqual(TextMotion.down(text, 10), 11)
    XCTAssertEqual(TextMotion.up(text, 11), 3)
    XCTAssertEqual(TextMotion.up(text, 14), 11)
  }

  func testWords() {
    let text = "layoff_x(C, \"é漢\")"
    XCTAssertEqual(TextMotion.wordRight(text, 0), 8)
    XCTAssertEqual(TextMotion.wordRight(text, 8), 10)
    XCTAssertEqual(TextMotion.wordLeft(text, text.utf8.count), 13)
    XCTAssertEqual(TextMotion.wordLeft(text, 10), 9)
    XCTAssertEqual(TextMotion.wordLeft(text, 9), 0)
    XCTAssertEqual(TextMotion.wordLeft(text, 0), 0)
  }

  func testUndoOfLongTextsKeepsFewStates() {
    var stack = UndoStack()
    let long = String(repeating: "x", count: 1_500_000)
    for index in 0..<10 { stack.note(long + "\(index)", 0) }
    XCTAssertEqual(stack.pop(current: long + "9")?.text, long + "8")
    XCTAssertNil(stack.pop(current: long + "8"))
  }

  func testInterruptsAreRaisedAndForgotten() {
    Interrupts.reset()
    XCTAssertFalse(Interrupts.isRaised)
    Interrupts.raise()
    XCTAssertTrue(Interrupts.isRaised)
    Interrupts.reset()
    XCTAssertFalse(Interrupts.isRaised)
    XCTAssertNil(Interrupts.termination)
  }

  func testUndoTakesWordsBack() {
    var stack = UndoStack()
    for text in ["", "a", "ab", "abc", "abc ", "abc d", "abc de"] {
      stack.note(text, text.utf8.count)
    }
    XCTAssertEqual(stack.pop(current: "abc de")?.text, "abc ")
    XCTAssertEqual(stack.pop(current: "abc ")?.text, "abc")
    XCTAssertEqual(stack.pop(current: "abc")?.text, "")
    XCTAssertNil(stack.pop(current: ""))
  }
}
