import XCTest

final class HistoryTerminalTests: EditorSession {
  private func history() throws -> String {
    try String(contentsOfFile: historyPath, encoding: .utf8)
  }

  func testSuggestionIsGreyAndRightAcceptsIt() throws {
    try start()
    try type("layoff(amazon, N)\r")
    try expect("[1: layoff(amazon, N)]")
    try type("lay")
    try expectRow("fact> layoff(amazon, N)")
    let row = try terminal.screen.cursorRow
    XCTAssertEqual(try terminal.screen.text(inRendition: "90", row: row), "off(amazon, N)")
    XCTAssertEqual(try terminal.screen.cursorColumn, 9)
    try type(.rightKey)
    XCTAssertTrue(try terminal.wait { $0.cursorColumn == 23 })
    try type("\r")
    try expect("[2: layoff(amazon, N)]")
    try type("lay\r")
    try expect("[3: lay]")
    try end()
  }

  func testMultiLineStatementIsRecalledAndEditedAsOne() throws {
    try start()
    try type("layoff(X,\rY,\rZ)\r")
    try expect("[1: layoff(X,\\nY,\\nZ)]")
    try type(.upKey)
    try expectRow("fact> layoff(X,")
    XCTAssertTrue(try terminal.screen.text.hasSuffix("fact> layoff(X,\n   (> Y,\n   (> Z)"))
    try type(.downKey + "\u{05}")
    try expectRow("   (> Y,")
    try type("W,\r")
    try expect("[2: layoff(X,\\nY,W,\\nZ)]")
    XCTAssertEqual(
      try history(),
      "_HiStOrY_V2_\nlayoff(X,\\012Y,\\012Z)\nlayoff(X,\\012Y,W,\\012Z)\n")
    try end()
  }

  func testUpGoesOnThroughMultiLineEntries() throws {
    try start()
    try type("first\r")
    try expect("[1: first]")
    try type("a(\rb)\r")
    try expect("[2: a(\\nb)]")
    try type("half")
    try type(.upKey)
    XCTAssertTrue(try terminal.wait { $0.bells == 1 }, "an entry without the typed start was found")
    try type("\u{15}" + .upKey)
    try expectRow("fact> a(")
    try type(.upKey)
    try expectRow("fact> first")
    try type(.downKey)
    try expectRow("   (> b)")
    try type(.downKey)
    try expectRow("fact>")
    try end()
  }

  func testUpFindsByTypedStart() throws {
    try start()
    for text in ["rating(a)", "layoff(b)", "rating(c)"] { try type(text + "\r") }
    try expect("[3: rating(c)]")
    try type("layo" + .upKey)
    try expectRow("fact> layoff(b)")
    try type(.downKey)
    try type("\u{15}rat" + .upKey + .upKey)
    try expectRow("fact> rating(a)")
    try type("\r")
    try expect("[4: rating(a)]")
    try end()
  }

  func testReverseSearch() throws {
    try start()
    for text in ["layoff(one)", "rating(x)", "layoff(two)"] { try type(text + "\r") }
    try expect("[3: layoff(two)]")
    try type("\u{12}off")
    try expect("search: off   1 of 2")
    try expectRow("fact> layoff(two)")
    try type("\u{12}")
    try expect("search: off   2 of 2")
    try expectRow("fact> layoff(one)")
    try type("\r")
    try expect("[4: layoff(one)]")
    try type("keep\u{12}rati")
    try expectRow("fact> rating(x)")
    try type("\u{07}")
    try expectRow("fact> keep")
    try type("\u{12}zzz")
    try expect("no match")
    try type("\u{03}")
    try expect("[interrupted]")
    try end()
  }

  func testHistoryOutlivesTheShell() throws {
    try start()
    try type("p(\"é 漢\", X)\r")
    try expect("[1: ")
    try end()
    var status = stat()
    XCTAssertEqual(stat(historyPath, &status), 0)
    XCTAssertEqual(status.st_mode & 0o777, 0o600)
    try start()
    try type(.upKey)
    try expectRow("fact> p(\"é 漢\", X)")
    try type("\r")
    try expect("[1: p(\"é 漢\", X)]")
    try end()
  }

  func testHistoryThatIsADirectoryIsSaidAndHarmless() throws {
    try FileManager.default.createDirectory(
      atPath: historyPath, withIntermediateDirectories: true)
    try start()
    try type("abc\r")
    try expect("[1: abc]")
    try type(.upKey)
    try expectRow("fact> abc")
    try type("\u{15}quit\r")
    try expect("history is not kept")
    XCTAssertEqual(try terminal.waitForExit(), 0)
  }
}
