import FactLanguage
import TerminalTestSupport
import XCTest

@testable import FactShell

final class EditorPainterTests: XCTestCase {
  /// Paints frames one after the other; gives the screen after the last one.
  private func screen(
    _ frames: [EditorFrame], columns: Int, rows: Int = 24, theme: Theme = .plain
  ) -> Screen {
    var screen = Screen(columns: columns, rows: rows) { DisplayWidth.of($0) }
    var painter = Painter(theme: theme)
    for frame in frames { screen.feed(painter.paint(frame, width: columns, height: rows)) }
    XCTAssertEqual(screen.unknown, [])
    return screen
  }

  private func shown(
    _ frame: EditorFrame, columns: Int, rows: Int = 24
  ) -> String {
    screen([frame], columns: columns, rows: rows).textWithCursor
  }

  private func frame(_ text: String, cursor: Int? = nil) -> EditorFrame {
    EditorFrame(prompt: "fact> ", continuations: ["  ... "], text: text, cursor: cursor)
  }

  func testEmptyText() {
    XCTAssertEqual(shown(frame(""), columns: 40), "fact> ▮")
  }

  func testCursorStandsInTheText() {
    XCTAssertEqual(shown(frame("layoff(X)?", cursor: 6), columns: 40), "fact> layoff▮(X)?")
  }

  func testWrapsAtTheWidth() {
    let text = String(repeating: "0123456789", count: 9)
    XCTAssertEqual(
      shown(frame(text), columns: 40),
      """
      fact> 0123456789012345678901234567890123
      4567890123456789012345678901234567890123
      4567890123456789▮
      """)
    XCTAssertEqual(
      shown(frame(text, cursor: 34), columns: 80),
      """
      fact> 0123456789012345678901234567890123▮4567890123456789012345678901234567890123
      4567890123456789
      """)
    XCTAssertEqual(shown(frame(text), columns: 200), "fact> \(text)▮")
  }

  func testCursorAfterAFullRowStandsOnTheNext() {
    XCTAssertEqual(
      shown(frame(String(repeating: "x", count: 14)), columns: 20),
      """
      fact> xxxxxxxxxxxxxx
      ▮
      """)
    // The same before a line end.
    let text = String(repeating: "x", count: 14) + "\nb"
    XCTAssertEqual(
      shown(frame(text, cursor: 14), columns: 20),
      """
      fact> xxxxxxxxxxxxxx
      ▮
        ... b
      """)
    XCTAssertEqual(
      shown(frame(text), columns: 20),
      """
      fact> xxxxxxxxxxxxxx
        ... b▮
      """)
  }

  func testLinesHaveContinuationPrompts() {
    let frame = EditorFrame(
      prompt: "fact> ", continuations: ["   (> ", "rule> "], text: "a(\nb\nc\n", cursor: 4)
    XCTAssertEqual(
      shown(frame, columns: 40),
      """
      fact> a(
         (> b▮
      rule> c
      rule>
      """)
  }

  func testWideCharactersNeverStraddleTheEdge() {
    XCTAssertEqual(
      shown(frame("x漢字漢字漢字漢字", cursor: 1), columns: 15),
      """
      fact> x▮漢字漢字
      漢字漢字
      """)
  }

  func testCombiningMarksAndClustersTakeTheirCells() {
    XCTAssertEqual(
      shown(frame("e\u{301}|🇩🇪|👨\u{200d}👩\u{200d}👧|각|"), columns: 40),
      "fact> e\u{301}|🇩🇪|👨\u{200d}👩\u{200d}👧|각|▮")
    let screen = screen([frame("e\u{301}|🇩🇪|👨\u{200d}👩\u{200d}👧|각|")], columns: 40)
    XCTAssertEqual(screen.cursorColumn, 6 + 2 + 3 + 3 + 3)
  }

  func testColumnsHoldWhereTheTerminalDisagrees() {
    // A terminal that counts a heart with a variation selector as one cell, and had other text
    // in its place before.
    var screen = Screen(columns: 40, rows: 4) { $0 == "❤️" ? 1 : DisplayWidth.of($0) }
    var painter = Painter(theme: .plain)
    screen.feed(painter.paint(frame("abcdef"), width: 40, height: 4))
    screen.feed(painter.paint(frame("❤️|x"), width: 40, height: 4))
    XCTAssertEqual(screen.textWithCursor, "fact> ❤️ |x▮")
  }

  func testControlCharactersAreMadeVisible() {
    XCTAssertEqual(
      shown(frame("a\u{1b}[2J\tb\u{7f}\u{9b}\u{202e}\u{301}"), columns: 60),
      "fact> a^[[2J  b^?<9B><202E>◌\u{301}▮")
    XCTAssertEqual(shown(frame("\u{301}x"), columns: 40), "fact> ◌\u{301}x▮")
  }

  func testTallTextShowsTheRowsAroundTheCursor() {
    let text = (1...9).map(String.init).joined(separator: "\n")
    let end = frame(text)
    XCTAssertEqual(shown(end, columns: 40, rows: 4), "  ... 6\n  ... 7\n  ... 8\n  ... 9▮")
    // Going up scrolls only when the cursor leaves the window.
    let up = [end, frame(text, cursor: 10), frame(text, cursor: 2)]
    XCTAssertEqual(
      screen(Array(up[...1]), columns: 40, rows: 4).textWithCursor,
      "  ... ▮6\n  ... 7\n  ... 8\n  ... 9")
    XCTAssertEqual(
      screen(up, columns: 40, rows: 4).textWithCursor, "  ... ▮2\n  ... 3\n  ... 4\n  ... 5")
  }

  func testFinishShowsATallTextWhole() {
    let text = (1...9).map(String.init).joined(separator: "\n")
    var screen = Screen(columns: 40, rows: 4) { DisplayWidth.of($0) }
    var painter = Painter(theme: .plain)
    screen.feed(painter.paint(frame(text), width: 40, height: 4))
    screen.feed(painter.finish(frame(text), width: 40))
    XCTAssertEqual(
      (screen.scrollback + screen.lines).suffix(9),
      ["fact> 1"] + (2...9).map { "  ... \($0)" })
    XCTAssertEqual(screen.cursorColumn, 0)
  }

  func testFinishDropsHintAndMenuAndEndsBelow() {
    var screen = Screen(columns: 40, rows: 8) { DisplayWidth.of($0) }
    var painter = Painter(theme: .plain)
    var shown = frame("lay", cursor: 3)
    shown.hint = "off(X)"
    screen.feed(painter.paint(shown, width: 40, height: 8))
    XCTAssertEqual(screen.textWithCursor, "fact> lay▮off(X)")
    shown.hint = ""
    shown.menu = [MenuRow(label: "layoff(", detail: "relation")]
    screen.feed(painter.paint(shown, width: 40, height: 8))
    XCTAssertEqual(screen.textWithCursor, "fact> lay▮\n  layoff(  relation")
    screen.feed(painter.finish(shown, suffix: "^C", width: 40))
    XCTAssertEqual(screen.textWithCursor, "fact> lay^C\n▮")
  }

  func testHintIsShownOnlyAtTheEndAndForThreeRows() {
    var hinted = frame("ab", cursor: 1)
    hinted.hint = "cd"
    XCTAssertEqual(shown(hinted, columns: 40), "fact> a▮b")
    hinted.cursor = 2
    hinted.hint = String(repeating: "0123456789", count: 9) + "\nx"
    XCTAssertEqual(
      shown(hinted, columns: 20),
      """
      fact> ab▮012345678901
      23456789012345678901
      2345678901234567890…
      """)
    hinted.hint = "(\n c"
    XCTAssertEqual(shown(hinted, columns: 40), "fact> ab▮(↵ c")
  }

  func testMenuAlignsAndCutsItsColumns() {
    var menu = frame("l")
    menu.menu = [
      MenuRow(label: "layoff(", detail: "relation  event, company, positions, begins"),
      MenuRow(label: "漢字(", detail: "relation", isSelected: true),
      MenuRow(label: "… 3 more"),
    ]
    XCTAssertEqual(
      shown(menu, columns: 40),
      """
      fact> l▮
        layoff(  relation  event, company, po…
        漢字(    relation
        … 3 more
      """)
    XCTAssertEqual(
      screen([menu], columns: 40).text(inRendition: "7", row: 2), "  漢字(    relation")
  }

  func testRemarksCannotControlTheTerminal() {
    var hostile = frame("x")
    hostile.status = "search: \u{1b}[2J"
    hostile.menu = [MenuRow(label: "a\u{1b}]0;t\u{07}", detail: "\u{9b}2J\r")]
    hostile.hint = "\u{1b}[H"
    XCTAssertEqual(
      shown(hostile, columns: 40), "fact> x▮^[[H\nsearch: ^[[2J\n  a^[]0;t^G  <9B>2J^M")
  }

  func testMenuFitsAnyWidth() {
    var menu = frame("x")
    menu.status = "search: something long"
    menu.menu = [
      MenuRow(label: "layoff(", detail: "relation  event, company"),
      MenuRow(label: String(repeating: "漢", count: 30), detail: "entity"),
    ]
    for columns in 4...60 {
      let screen = screen([menu], columns: columns)
      XCTAssertEqual(screen.lines.count, 4, "\(columns) columns:\n\(screen.text)")
    }
  }

  func testMenuLeavesTheTextHalfTheWindow() {
    var menu = frame((1...6).map(String.init).joined(separator: "\n"))
    menu.menu = (0..<8).map { MenuRow(label: "c\($0)") }
    XCTAssertEqual(
      shown(menu, columns: 40, rows: 6), "  ... 4\n  ... 5\n  ... 6▮\n  c0\n  c1\n  c2")
  }

  func testStylesFollowTheSpans() {
    var colored = frame("layoff(X, 漢)")
    colored.spans = [HighlightSpan(0..<6, .relation), HighlightSpan(7..<8, .variable)]
    colored.mark = 10..<13
    let screen = screen([colored], columns: 40, theme: .colored)
    XCTAssertEqual(screen.text(inRendition: "36", row: 0), "layoff")
    XCTAssertEqual(screen.text(inRendition: "33", row: 0), "X")
    XCTAssertEqual(screen.text(inRendition: "7", row: 0), "漢")
    XCTAssertEqual(screen.text(inRendition: "1", row: 0), "fact> ")
    XCTAssertEqual(screen.text(inRendition: "", row: 0).prefix(4), "(, )")
  }

  func testNarrowWindowsShortenThePrompt() {
    XCTAssertEqual(shown(frame("abc"), columns: 10), "> abc▮")
    for columns in 1...8 {
      let screen = screen([frame("a漢\nb", cursor: 4)], columns: columns, rows: 3)
      XCTAssertLessThan(screen.cursorColumn, columns)
    }
  }

  func testUnchangedRowsAreNotSentAgain() {
    var painter = Painter(theme: .plain)
    let long = String(repeating: "x", count: 400)
    _ = painter.paint(frame(long + "\na"), width: 80, height: 24)
    let bytes = painter.paint(frame(long + "\nab"), width: 80, height: 24)
    XCTAssertLessThan(bytes.count, 60, String(decoding: bytes, as: UTF8.self))
  }

  func testResizeFindsTheFrameAgain() {
    // What a terminal that wraps anew shows at 20 columns, the cursor where the text ended.
    let text = String(repeating: "abcdefghij", count: 3)
    var painter = Painter(theme: .plain)
    _ = painter.paint(frame(text), width: 40, height: 10)
    var screen = Screen(columns: 20, rows: 10) { DisplayWidth.of($0) }
    screen.feed(Array("before\r\nfact> \(text)".utf8))
    painter.resize(to: 20, height: 10)
    screen.feed(painter.paint(frame(text), width: 20, height: 10))
    XCTAssertEqual(
      screen.textWithCursor,
      """
      before
      fact> abcdefghijabcd
      efghijabcdefghij▮
      """)
  }

  func testAnySequenceOfFramesEndsLikeAFreshOne() {
    var random = SplitMix(state: 7)
    let pieces = [
      "a", "bc", " ", "漢", "字漢", "e\u{301}", "🇩🇪", "\n", "(", "0123456789", "\t", "❤️",
    ]
    for round in 0..<300 {
      let columns = 8 + Int(random.next() % 30)
      // A low window in every other round, in which texts are taller than it.
      let rows = round % 2 == 0 ? 60 : 5
      var frames: [EditorFrame] = []
      for _ in 0..<6 {
        let count = Int(random.next() % 16)
        let text = (0..<count).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
          .joined()
        let steps = text.isEmpty ? 0 : Int(random.next() % UInt64(text.count + 1))
        var next = frame(text, cursor: text.prefix(steps).utf8.count)
        if random.next() % 3 == 0 { next.hint = pieces.shuffled(using: &random).joined() }
        if random.next() % 3 == 0 {
          next.menu = (0..<Int(random.next() % 6)).map { MenuRow(label: "row \($0)") }
        }
        frames.append(next)
      }
      let last = frames[frames.count - 1]
      let fresh = screen([last], columns: columns, rows: rows)
      let worn = screen(frames, columns: columns, rows: rows)
      XCTAssertEqual(worn.cursorColumn, fresh.cursorColumn)
      XCTAssertEqual(row(of: worn), row(of: fresh), "round \(round), \(columns) columns")
      if rows > 50 {
        XCTAssertEqual(
          Array(worn.lines.dropFirst(worn.cursorRow - fresh.cursorRow)), fresh.lines,
          "round \(round), \(columns) columns")
      }
    }
  }

  private func row(of screen: Screen) -> String {
    screen.cursorRow < screen.lines.count ? screen.lines[screen.cursorRow] : ""
  }

  func testPaintingIsQuick() {
    var painter = Painter(theme: .colored)
    let text = String(repeating: "layoff(Company, N), ", count: 10)
    var frame = frame(text)
    frame.spans = (0..<10).map { HighlightSpan(($0 * 20)..<($0 * 20 + 6), .relation) }
    let clock = ContinuousClock()
    let time = clock.measure {
      for index in 0..<200 {
        frame.text = text + String(index)
        frame.cursor = frame.text.utf8.count
        _ = painter.paint(frame, width: 80, height: 24)
      }
    }
    print("a frame of 200 characters: \(time / 200)")
    XCTAssertLessThan(time / 200, .milliseconds(5))
  }
}

/// A small generator with a fixed seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
