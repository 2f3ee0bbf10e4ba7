import XCTest

final class PasteTests: EditorSession {
  func testTenThousandCharactersRunNothingEarly() throws {
    try start()
    let text = "p(\"" + String(repeating: "0123456789", count: 1_000) + "\")"
    try type(text.pasted)
    try expectScreen { $0.text.hasSuffix("6789\")") }
    try type("\r")
    try expect("[1: 10005 bytes, 0123456789\")]")
    try end()
  }

  func testTenThousandCharactersWithoutBrackets() throws {
    try start()
    let text = "p(\"" + String(repeating: "0123456789", count: 1_000) + "\")"
    try type(text + "\r")
    try expect("[1: 10005 bytes, 0123456789\")]")
    try end()
  }

  func testScriptOfTwoHundredLinesIsOneText() throws {
    try start()
    let script = (0..<200).map { "layoff(event_\($0), \t\"text\")." }.joined(separator: "\n")
    try type(script.pasted)
    try expect("event_199")
    XCTAssertFalse(try terminal.screen.text.contains("[1:"), "ran before Enter")
    try type("\r")
    try expect("[1: \(script.utf8.count) bytes")
    try end()
  }

  func testPastedControlCharactersDoNothing() throws {
    try start()
    try type("a\u{03}\u{04}\u{1b}[A\tb".pasted)
    try expect("a^C^D^[[A")
    try type("\u{03}")
    try expect("[interrupted]")
    try end()
  }

  func testPasteIntoTheMiddle() throws {
    try start()
    try type("ab" + .leftKey)
    try type("\u{1b}[200~1\r\n2\u{1b}[201~")
    try expectRow("    > 2b")
    try type("\r")
    try expect("[1: a1\\n2b]")
    try end()
  }

  func testTextTallerThanTheWindow() throws {
    try start(columns: 40, rows: 8)
    let script = (0..<20).map { "line \($0)" }.joined(separator: "\n")
    try type(script.pasted)
    try expectRow("    > line 19")
    XCTAssertEqual(try terminal.screen.lines.first, "    > line 12")
    for _ in 0..<19 { try terminal.send(.upKey) }
    try expectRow("fact> line 0")
    XCTAssertEqual(try terminal.screen.lines.last, "    > line 7")
    try type("\r")
    try expect("[1: line 0\\nline 1\\n")
    XCTAssertTrue(try terminal.screen.scrollback.contains("fact> line 0"))
    try end()
  }
}
