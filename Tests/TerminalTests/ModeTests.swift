import XCTest

final class ModeTests: EditorSession {
  func testViMode() throws {
    try start("--vi")
    try type("layoff(one, two)")
    try type(.escape)
    try type("0")
    try expectScreen { $0.cursorColumn == 6 }
    try type("cwrating" + .escape)
    try expectRow("fact> rating(one, two)")
    try type("A!" + .escape + "x")
    try expectRow("fact> rating(one, two)")
    try type("\r")
    try expect("[1: rating(one, two)]")
    // Arrows in insert mode and in command mode; k as Up.
    try type("ab" + .leftKey + "c")
    try expectRow("fact> acb")
    try type(.escape + "ddk")
    try expectRow("fact> rating(one, two)")
    try type("u")
    try type("\u{03}")
    try expect("[interrupted]")
    try end()
  }

  func testViSearch() throws {
    try start("--vi")
    for text in ["layoff(a)", "rating(b)"] { try type(text + "\r") }
    try expect("[2: rating(b)]")
    try type(.escape)
    try type("/layoff\r")
    try expectRow("fact> layoff(a)")
    try type("\r")
    try expect("[3: layoff(a)]")
    try end()
  }

  func testEditrcBindsOwnFunctionsAndOthers() throws {
    try write(
      """
      # a comment
      factsh:bind ^X fact-complete
      no such command
      bind "^T" em-upper-case
      other:bind ^A ed-insert

      """, to: ".editrc")
    try start()
    try type("rat\u{18}")
    try expectRow("fact> rating(")
    try type("\u{01}\u{14}")
    try expectRow("fact> RATING(")
    try type("\u{05}1)\r")
    try expect("[1: RATING(1)]")
    try end()
  }

  func testEditrcChoosesVi() throws {
    try write("bind -v\n", to: ".editrc")
    try start()
    try type("abc" + .escape)
    try type("x")
    try expectRow("fact> ab")
    try type("\r")
    try expect("[1: ab]")
    try end()
  }

  func testDumbTerminalReadsPlainLines() throws {
    try start(environment: ["TERM": "dumb"])
    try type("layoff(X,\r")
    try expect("(>")
    try type("Y)\r")
    try expect("[1: layoff(X,\\nY)]")
    try type("\u{04}")
    try expect("[end]")
    XCTAssertEqual(try terminal.waitForExit(), 0)
    XCTAssertFalse(try terminal.output.contains(0x1b), "an escape sequence on a dumb terminal")
  }

  func testPipeReadsPlainLines() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: EditorSession.productPath("EditorFixture"))
    process.environment = ["HOME": home, "TERM": "xterm"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    input.fileHandleForWriting.write(Data("layoff(X,\nY)\n\nlast(".utf8))
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    XCTAssertEqual(text, "[1: layoff(X,\\nY)]\n[2: last(]\n[end]\n")
  }
}
