import FactLanguage
import FactShell
import Glibc
import TerminalTestSupport
import XCTest

/// A test case that starts the editor fixture in a terminal, each time with a home of its own.
class EditorSession: XCTestCase {
  private(set) var home = ""
  private var process: TerminalProcess?

  override func setUpWithError() throws {
    var template = Array("/tmp/factsh-terminal-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw XCTSkip("no temporary directory") }
    home = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  override func tearDown() {
    process = nil
    XCTAssertNoThrow(try FileManager.default.removeItem(atPath: home))
  }

  /// The terminal in use.
  var terminal: TerminalProcess {
    get throws { try XCTUnwrap(process, "no program is running") }
  }

  var historyPath: String { home + "/state/factsh/history" }

  /// Starts the fixture and waits for its prompt.
  @discardableResult
  func start(
    _ arguments: String..., environment: [String: String] = [:], columns: Int = 80, rows: Int = 24,
    waitsForPrompt: Bool = true
  ) throws -> TerminalProcess {
    try startProgram(
      [EditorSession.productPath("EditorFixture")] + arguments,
      waitsFor: waitsForPrompt ? "fact>" : "", environment: environment, columns: columns,
      rows: rows)
  }

  /// Starts any program and waits for a text.
  @discardableResult
  func startProgram(
    _ arguments: [String], waitsFor text: String, environment: [String: String] = [:],
    columns: Int = 80, rows: Int = 24
  ) throws -> TerminalProcess {
    let started = try XCTUnwrap(
      TerminalProcess(
        arguments,
        environment: [
          "HOME": home, "XDG_STATE_HOME": home + "/state", "TERM": "xterm-256color",
          "LANG": "C.UTF-8",
        ].merging(environment) { $1 },
        columns: columns, rows: rows, width: { DisplayWidth.of($0) }))
    process = started
    if !text.isEmpty { try expect(text) }
    return started
  }

  /// Waits until the screen shows `text`.
  func expect(
    _ text: String, file: StaticString = #filePath, line: UInt = #line
  ) throws {
    let terminal = try terminal
    if !terminal.wait(for: text) {
      XCTFail("no “\(text)” in:\n\(terminal.screen.text)", file: file, line: line)
    }
  }

  /// Waits until the row of the cursor is `text`, without what history suggests.
  func expectRow(_ text: String, file: StaticString = #filePath, line: UInt = #line) throws {
    let terminal = try terminal
    let isThere = terminal.wait { $0.lines.count > $0.cursorRow && $0.lines[$0.cursorRow] == text }
    if !isThere {
      XCTFail("no row “\(text)” in:\n\(terminal.screen.text)", file: file, line: line)
    }
  }

  /// Waits until `condition` holds for the screen.
  func expectScreen(
    file: StaticString = #filePath, line: UInt = #line, _ condition: (Screen) -> Bool
  ) throws {
    let terminal = try terminal
    if !terminal.wait(until: condition) {
      XCTFail("the screen is:\n\(terminal.screen.text)", file: file, line: line)
    }
  }

  /// Sends `keys` once all earlier ones were dealt with.
  func type(_ keys: String) throws {
    let terminal = try terminal
    terminal.settle(milliseconds: 15)
    terminal.send(keys)
  }

  /// Writes a file under the home.
  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: home + "/" + name))
  }

  /// Ends the program with Ctrl-D.
  func end(file: StaticString = #filePath, line: UInt = #line) throws {
    try type("\u{04}")
    XCTAssertEqual(try terminal.waitForExit(), 0, file: file, line: line)
    XCTAssertEqual(try terminal.screen.unknown, [], file: file, line: line)
  }

  /// A product beside the test bundle.
  static func productPath(_ name: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let executable =
      CommandLine.arguments.first { $0.hasSuffix(".xctest") }
      ?? String(decoding: buffer[..<max(count, 0)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return URL(fileURLWithPath: executable).deletingLastPathComponent().path + "/" + name
  }
}

extension String {
  static let escape = "\u{1b}"
  static let upKey = "\u{1b}[A"
  static let downKey = "\u{1b}[B"
  static let rightKey = "\u{1b}[C"
  static let leftKey = "\u{1b}[D"
  static let shiftTab = "\u{1b}[Z"

  /// As a terminal sends it when it is pasted.
  var pasted: String { "\u{1b}[200~\(replacingOccurrences(of: "\n", with: "\r"))\u{1b}[201~" }
}
