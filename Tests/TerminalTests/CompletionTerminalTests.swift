import XCTest

final class CompletionTerminalTests: EditorSession {
  func testOnlyCandidateIsInserted() throws {
    try start()
    try type("rat\t")
    try expectRow("fact> rating(")
    try type("a)\r")
    try expect("[1: rating(a)]")
    try end()
  }

  func testSharedStartThenMenuThenCycle() throws {
    try start()
    try type("l\t")
    try expectRow("fact> layo")
    try type("\t")
    try expect("layoff(  relation  event, company, positions")
    try expect("layout(")
    try type("\t")
    try expectRow("fact> layoff(")
    try type("\t")
    try expectRow("fact> layout(")
    try type(.shiftTab)
    try expectRow("fact> layoff(")
    // Enter takes the choice, and only the next one submits.
    try type("\r")
    try expectScreen { $0.text == "fact> layoff(" }
    try type("X)\r")
    try expect("[1: layoff(X)]")
    try end()
  }

  func testAnotherKeyClosesTheMenu() throws {
    try start()
    try type("layo\t")
    try expect("layout(  relation")
    try type("f")
    try expectScreen { $0.text == "fact> layof" }
    try type("\t")
    try expectRow("fact> layoff(")
    try type("1)\r")
    try end()
  }

  func testInterruptClosesMenuAndClearsAtOnce() throws {
    try start()
    try type("layo\t\t")
    try expectRow("fact> layoff(")
    try type("\u{03}")
    try expect("[interrupted]")
    try expectRow("fact>")
    try end()
  }

  func testDidYouMeanIsOfferedAndNotInserted() throws {
    try start()
    try type("persn\t")
    try expect("did you mean? entity")
    try expectRow("fact> persn")
    try type("\t")
    try expectRow("fact> person")
    try type("\u{07}")
    try expectScreen { $0.text == "fact> persn" }
    try type("\r")
    try expect("[1: persn]")
    try end()
  }

  func testNothingFitsRingsTheBell() throws {
    try start()
    try type("zzz\t")
    XCTAssertTrue(try terminal.wait { $0.bells == 1 })
    try type("\r")
    try end()
  }
}
