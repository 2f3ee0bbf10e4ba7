import Glibc
import XCTest

/// The line that says how far a long load has come.
final class ProgressTests: EditorSession {
  private func startShell(_ environment: [String: String] = [:]) throws {
    try startProgram(
      [EditorSession.productPath("factsh"), "--no-init"], waitsFor: "fact>",
      environment: environment)
  }

  private static let row = "a name that is long enough to fill windows soon,"

  /// Feeds rows to a pipe until a condition holds or some seconds are over; returns how many.
  private func feed(
    _ pipe: Int32, from first: Int, seconds: Double, until condition: () throws -> Bool
  ) throws -> Int {
    var next = first
    var rest: [UInt8] = []
    for _ in 0..<Int(seconds * 50) {
      if try condition() { break }
      for _ in 0..<20 {
        if rest.isEmpty {
          for i in next..<next + 500 { rest += Array("\(ProgressTests.row)\(i)\n".utf8) }
          next += 500
        }
        let written = Glibc.write(pipe, rest, rest.count)
        if written <= 0 { break }
        rest.removeFirst(written)
      }
      _ = try terminal.wait(0.02) { _ in false }
    }
    while !rest.isEmpty {
      let written = Glibc.write(pipe, rest, rest.count)
      if written > 0 {
        rest.removeFirst(written)
      } else {
        _ = try terminal.wait(0.01) { _ in false }
      }
    }
    return next
  }

  func testALongLoadSaysHowFarItIsAndLeavesNothingOfThat() throws {
    let path = home + "/rows.csv"
    XCTAssertEqual(mkfifo(path, 0o600), 0)
    try startShell()
    let pipe = open(path, O_RDWR | O_NONBLOCK)
    XCTAssertGreaterThanOrEqual(pipe, 0)
    try type("load kept(N, I) :- file(\"\(path)\", name: N, number: I).\r")
    let header = Array("name,number\n".utf8)
    XCTAssertEqual(Glibc.write(pipe, header, header.count), header.count)
    func isShown() throws -> Bool {
      var found = false
      _ = try terminal.wait(0.001) { screen in
        found = screen.text.contains(" rows · ") && screen.text.contains(" MB/s · rows.csv")
        return found
      }
      return found
    }
    // Nothing is said before a second is over.
    var next = try feed(pipe, from: 0, seconds: 0.3) { try isShown() }
    XCTAssertFalse(try isShown())
    next = try feed(pipe, from: next, seconds: 8) { try isShown() }
    let shown = try self.terminal
    XCTAssertTrue(try isShown(), shown.screen.text)
    close(pipe)
    XCTAssertTrue(shown.wait(for: "new facts", seconds: 60), shown.screen.text)
    try expectScreen { !$0.text.contains("MB/s") }
    try type("kept(_, I) | N = count, M = max I?\r")
    try expect("\(next - 1)")
    try end()
  }

  func testNothingIsDrawnOnADumbTerminal() throws {
    let path = home + "/rows.csv"
    XCTAssertEqual(mkfifo(path, 0o600), 0)
    try startShell(["TERM": "dumb"])
    let terminal = try terminal
    let pipe = open(path, O_RDWR | O_NONBLOCK)
    try type("load kept(N, I) :- file(\"\(path)\", name: N, number: I).\r")
    let header = Array("name,number\n".utf8)
    XCTAssertEqual(Glibc.write(pipe, header, header.count), header.count)
    _ = try feed(pipe, from: 0, seconds: 1.6) { false }
    close(pipe)
    XCTAssertTrue(terminal.wait(for: "new facts", seconds: 60), terminal.screen.text)
    try type(".quit\r")
    XCTAssertEqual(terminal.waitForExit(), 0)
    XCTAssertFalse(String(decoding: terminal.output, as: UTF8.self).contains("MB/s"))
  }
}
