import Glibc
import XCTest

/// The shell itself at a prompt: statements, completion, interrupts.
final class ShellTests: EditorSession {
  private func startShell(_ arguments: String..., environment: [String: String] = [:]) throws {
    try startProgram(
      [EditorSession.productPath("factsh"), "--no-init"] + arguments, waitsFor: "fact>",
      environment: environment)
  }

  func testStatesAndAsks() throws {
    try startShell()
    try type("likes(ann, tea). likes(bob, tea).\r")
    try expectRow("fact>")
    try type("likes(X, tea)?\r")
    try expect("bob")
    try expect("2 answers")
    try end()
  }

  func testStatementOverSeveralLines() throws {
    try startShell()
    try type("edge(a, b). edge(b, c).\r")
    try expectRow("fact>")
    try type("path(X, Y) :-\r")
    try expectRow("   …>")
    try type("edge(X, Y).\r")
    try expectRow("fact>")
    try type("path(a,\r")
    try expectRow("   (>")
    try type("X)?\r")
    try expect("1 answer")
    try type(.upKey)
    try expectRow("fact> path(a,")
    try end(afterClearing: true)
  }

  func testSettingChoosesTheKeysOfVi() throws {
    try startShell()
    try type(".set keys vi\r")
    try expectRow("fact>")
    try type("likes(one, two)" + .escape + "0")
    try expectScreen { $0.cursorColumn == 6 }
    try type("cwrating" + .escape)
    try expectRow("fact> rating(one, two)")
    try type("\u{03}")
    try type(".set keys emacs\r")
    try type("one\u{01}x\r")
    try expect("xone")
    try end()
  }

  func testCompletesCommands() throws {
    try startShell()
    try type(".relat\t")
    try expectRow("fact> .relations")
    try end(afterClearing: true)
  }

  func testInterruptStopsAQueryAndKeepsTheSession() throws {
    try startShell()
    try type("n(0). n(X + 1) :- n(X), X < 1000000000.\r")
    try expectRow("fact>")
    try type("n(X) | count?\r")
    XCTAssertTrue(try terminal.wait { _ in (try? terminal.isCooked) == true })
    usleep(200_000)
    try type("\u{03}")
    try expectRow("fact>")
    try type("likes(ann, tea).\r")
    try type("likes(X, Y)?\r")
    try expect("1 answer")
    try end()
  }

  func testErrorIsShownAndTheTextCanBeRecalled() throws {
    try startShell()
    try type("likes(ann, )?\r")
    try expect("error")
    try expectRow("fact>")
    try type(.upKey)
    try expectRow("fact> likes(ann, )?")
    try end(afterClearing: true)
  }

  func testPastedScriptIsSplit() throws {
    try startShell()
    let script = (0..<200).map { "layoff(event_\($0), \($0))." }.joined(separator: "\n")
    try type(script.pasted)
    try expect("event_199")
    try type("\r")
    try expectRow("fact>")
    try type("layoff(E, N) | count?\r")
    try expect("200")
    try end()
  }

  func testDumbTerminal() throws {
    try startShell(environment: ["TERM": "dumb"])
    try type("likes(ann, tea).\r")
    try type("likes(X, tea)?\r")
    try expect("1 answer")
    try type(".quit\r")
    XCTAssertEqual(try terminal.waitForExit(), 0)
    XCTAssertFalse(try terminal.output.contains(0x1b), "an escape sequence on a dumb terminal")
  }

  private func end(afterClearing: Bool) throws {
    try type("\u{03}")
    try expectRow("fact>")
    try end()
  }
}
