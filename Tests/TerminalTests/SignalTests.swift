import FactLanguage
import FactShell
import Glibc
import XCTest

final class SignalTests: EditorSession {
  func testInterruptStopsWhatRuns() throws {
    try start()
    try type("spin\r")
    try expect("[spinning]")
    XCTAssertTrue(try terminal.isCooked, "the terminal must be in its ordinary mode")
    try type("\u{03}")
    try expect("[stopped]")
    try expectRow("fact>")
    XCTAssertFalse(try terminal.isCooked)
    try type("x\r")
    try expect("[1: x]")
    try end()
    XCTAssertTrue(try terminal.isCooked, "the terminal must be restored")
  }

  func testInterruptFromOutsideClearsTheLine() throws {
    try start()
    try type("abc")
    try expectRow("fact> abc")
    try terminal.signal(SIGINT)
    try expect("[interrupted]")
    try end()
  }

  func testTerminationRestoresTheTerminal() throws {
    try start()
    try type("abc")
    try expectRow("fact> abc")
    try terminal.signal(SIGTERM)
    try expect("[end by signal 15]")
    XCTAssertEqual(try terminal.waitForExit(), 0)
    XCTAssertTrue(try terminal.isCooked)
  }

  func testHangUpEnds() throws {
    try start()
    try terminal.signal(SIGHUP)
    XCTAssertNotNil(try terminal.waitForExit())
  }

  func testGoesOnAfterAStopFromOutside() throws {
    try start()
    try type("abc")
    try expectRow("fact> abc")
    try terminal.signal(SIGSTOP)
    XCTAssertTrue(try terminal.waitForStop())
    try terminal.signal(SIGCONT)
    try type("d\r")
    try expect("[1: abcd]")
    try end()
  }

  func testTypedAheadIsKept() throws {
    try start()
    try type("spin\r")
    try expect("[spinning]")
    try type("after\r")
    try terminal.signal(SIGINT)
    try expect("[1: after]")
    try end()
  }

  func testInterruptOnADumbTerminal() throws {
    try start(environment: ["TERM": "dumb"])
    try type("half(\r")
    try expect("(>")
    try type("\u{03}")
    try expect("[interrupted]")
    try type("x\r")
    try expect("[1: x]")
    try type("\u{04}")
    XCTAssertEqual(try terminal.waitForExit(), 0)
  }

  func testSuspendAndResumeKeepTheLine() throws {
    try startUnderShell()
    try type("half")
    try expectRow("fact> half")
    try type("\u{1a}")
    try expect("Stopped")
    try type("fg\r")
    try expectScreen { $0.lines.last == "fact> half" && $0.cursorColumn == 10 }
    try type("-typed\r")
    try expect("[1: half-typed]")
    try type("quit\r")
    try expect("$")
  }

  func testResizeRedraws() throws {
    try start(columns: 40, rows: 10)
    let text = "layoff(" + String(repeating: "abcdefghi,", count: 6) + "X)"
    try type(text)
    try expect("X)")
    for columns in [60, 25, 80, 16, 40] {
      try terminal.resize(columns: columns, rows: 10) { DisplayWidth.of($0) }
      let whole = "fact> " + text
      try expectScreen { $0.lines.joined() == whole }
    }
    try type("\r")
    try expect("[1: layoff(")
    try end()
  }

  // Only a shell with job control can show stopping and going on.
  private func startUnderShell() throws {
    let shell = "/bin/bash"
    if access(shell, X_OK) != 0 { throw XCTSkip("no bash for job control") }
    try startProgram(
      [shell, "--norc", "--noprofile", "--noediting", "-i"], waitsFor: "$",
      environment: ["PS1": "$ "])
    try type("'\(EditorSession.productPath("EditorFixture"))'\r")
    try expectRow("fact>")
  }
}
