import Glibc
import XCTest

final class EditingTests: EditorSession {
  func testTypesALineAndEnds() throws {
    try start()
    try type("layoff(X)\r")
    try expect("[1: layoff(X)]")
    try expectRow("fact>")
    try end()
  }

  func testEditsInTheMiddle() throws {
    try start()
    try type("lyoff(X)")
    try type("\u{01}\u{06}a")
    try type("\u{05}?")
    try expectRow("fact> layoff(X)?")
    try type("\u{7f}\u{7f}Y)\r")
    try expect("[1: layoff(XY)]")
    try end()
  }

  func testMovesAndDeletesByGraphemeCluster() throws {
    try start()
    // e with an acute accent, a flag, a family, each one cluster.
    try type("e\u{301}🇩🇪👨\u{200d}👩\u{200d}👧x")
    try type(.leftKey + .leftKey + .leftKey + "|\r")
    try expect("[1: e\u{301}|🇩🇪👨\u{200d}👩\u{200d}👧x]")
    try type("a👨\u{200d}👩\u{200d}👧\u{7f}b\r")
    try expect("[2: ab]")
    try end()
  }

  func testKillsYanksAndUndoes() throws {
    try start()
    try type("one two three")
    try type("\u{17}")
    try expectRow("fact> one two")
    try type("\u{01}\u{19}")
    try expectRow("fact> threeone two")
    try type("\u{1f}")
    try expectRow("fact> one two")
    try type("\u{1f}")
    try expectRow("fact> one two three")
    try type("\r")
    try expect("[1: one two three]")
    try end()
  }

  func testOpenBracketGoesOnAndSaysSo() throws {
    try start()
    try type("layoff(X,\r")
    try expectRow("   (>")
    try type("Y)\r")
    try expect("[1: layoff(X,\\nY)]")
    try type("p \"a\r")
    try expectRow("   \">")
    try type("b\"\r")
    try expect("[2: p \"a\\nb\"]")
    try end()
  }

  func testAltEnterInsertsALine() throws {
    try start()
    try type("a\u{1b}\rb")
    try expectRow("    > b")
    try type("\r")
    try expect("[1: a\\nb]")
    try end()
  }

  func testInterruptClearsTheLine() throws {
    try start()
    try type("half a line")
    try type("\u{03}")
    try expect("half a line^C")
    try expect("[interrupted]")
    try expectRow("fact>")
    try type("x\r")
    try expect("[1: x]")
    try end()
  }

  func testEndOfInputOnlyOnAnEmptyLine() throws {
    try start()
    try type("ab\u{01}\u{04}\r")
    try expect("[1: b]")
    try type("\u{04}")
    try expect("[end]")
    XCTAssertEqual(try terminal.waitForExit(), 0)
  }

  func testClearScreenKeepsTheLine() throws {
    try start()
    try type("one\r")
    try expect("[1: one]")
    try type("two\u{0c}")
    try expectScreen { $0.text == "fact> two" }
    try type("\r")
    try expect("[2: two]")
    try end()
  }

  func testEnterOnNothingShowsAFreshPrompt() throws {
    try start()
    try type("\r")
    try expectScreen { $0.text == "fact>\nfact>" }
    try end()
  }

  func testUnknownSequencesInsertNothing() throws {
    try start()
    try type("a\u{1b}[15~\u{1b}[99;5~b\r")
    try expect("[1: ab]")
    try end()
  }

  func testColoursWhileTyping() throws {
    try start()
    try type("layoff(X)")
    try expectRow("fact> layoff(X)")
    XCTAssertEqual(try terminal.screen.text(inRendition: "36", row: 0), "layoff")
    XCTAssertEqual(try terminal.screen.text(inRendition: "33", row: 0), "X")
    try type("\r")
    try end()
  }

  func testNoColorIsRespected() throws {
    try start(environment: ["NO_COLOR": "1"])
    try type("layoff(X)\r")
    try expect("[1: layoff(X)]")
    try end()
    let output = String(decoding: try terminal.output, as: UTF8.self)
    XCTAssertFalse(output.contains("\u{1b}[3"), "a colour in \(output.debugDescription)")
    XCTAssertFalse(output.contains("\u{1b}[9"), "a colour in \(output.debugDescription)")
  }

  func testWorksWithoutAUTF8Locale() throws {
    try start(environment: ["LANG": "C", "LC_ALL": "POSIX"])
    try type("é漢字\u{7f}\r")
    try expect("[1: é漢]")
    try end()
  }

  func testUnknownTerminalType() throws {
    try start(environment: ["TERM": "no-such-terminal"])
    try type("abc\u{7f}\r")
    try expect("[1: ab]")
    try end()
  }
}
