import FactLanguage
import TerminalTestSupport
import XCTest

@testable import FactShell

/// What a real terminal emulator shows, which wraps and measures by rules of its own.
final class TmuxTests: EditorSession {
  // A server of its own for each test, because one that is about to end takes no new sessions.
  private let socket = "factsh-test-\(UUID().uuidString.prefix(8))"
  private var sessions = 0
  private var session: String { "s\(sessions)" }

  override func setUpWithError() throws {
    try super.setUpWithError()
    if access("/usr/bin/tmux", X_OK) != 0 { throw XCTSkip("tmux is not installed") }
  }

  override func tearDown() {
    _ = try? tmux("kill-server")
    super.tearDown()
  }

  // Through a shell and a file: the server that the first command leaves behind would hold on to
  // a pipe, and whoever reads that would never see its end.
  @discardableResult
  private func tmux(_ arguments: String...) throws -> String {
    let words = ["-u", "-L", socket, "-f", "/dev/null"] + arguments
    let quoted = words.map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }
    let file = home + "/tmux-output"
    let command = "LANG=C.UTF-8 /usr/bin/tmux \(quoted.joined(separator: " "))"
    XCTAssertGreaterThanOrEqual(system("\(command) >\(file) 2>/dev/null </dev/null"), 0)
    return try String(contentsOfFile: file, encoding: .utf8)
  }

  private func open(columns: Int, rows: Int) throws {
    sessions += 1
    try tmux(
      "new-session", "-d", "-s", session, "-x", "\(columns)", "-y", "\(rows)", "env",
      "HOME=\(home)",
      "LANG=C.UTF-8", EditorSession.productPath("EditorFixture"))
    try waitForPane { $0.hasPrefix("fact>") }
  }

  private func pane() throws -> String {
    var lines = try tmux("capture-pane", "-p", "-t", session).split(
      separator: "\n", omittingEmptySubsequences: false)
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  private func waitForPane(
    file: StaticString = #filePath, line: UInt = #line, _ condition: (String) -> Bool
  ) throws {
    var shown = ""
    for _ in 0..<150 {
      shown = try pane()
      if condition(shown) { return }
      usleep(20_000)
    }
    XCTFail("the pane is:\n\(shown)", file: file, line: line)
  }

  /// Waits until the pane shows what the painter meant, cursor included.
  private func expect(
    _ text: String, cursor: Int? = nil, columns: Int, rows: Int, file: StaticString = #filePath,
    line: UInt = #line
  ) throws {
    var screen = Screen(columns: columns, rows: rows) { DisplayWidth.of($0) }
    var painter = Painter(theme: .plain)
    let frame = EditorFrame(
      prompt: "fact> ", continuations: ["    > "], text: text, cursor: cursor)
    screen.feed(painter.paint(frame, width: columns, height: rows))
    try waitForPane(file: file, line: line) { $0 == screen.text }
    let place = try tmux("display", "-p", "-t", session, "#{cursor_x},#{cursor_y}")
    XCTAssertEqual(
      place, "\(screen.cursorColumn),\(screen.cursorRow)\n", "cursor", file: file, line: line)
  }

  private let text = "漢字漢字漢字漢字漢字漢字漢字漢字漢字 e\u{301}|🇩🇪|👨\u{200d}👩\u{200d}👧|각|नि|ｶﾅ|😀 end"

  func testWideCombiningAndEmojiAtThreeWidths() throws {
    for columns in [40, 80, 200] {
      try open(columns: columns, rows: 12)
      try tmux("send-keys", "-t", session, "-l", text)
      try expect(text, columns: columns, rows: 12)
      // Inserting before wrapped wide characters, and deleting again.
      try tmux("send-keys", "-t", session, "C-a", "Right")
      try tmux("send-keys", "-t", session, "-l", "xあ")
      let edited = "漢xあ" + text.dropFirst()
      try expect(edited, cursor: 7, columns: columns, rows: 12)
      try tmux("send-keys", "-t", session, "BSpace", "BSpace")
      try expect(text, cursor: 3, columns: columns, rows: 12)
    }
  }

  func testResizeAtEveryStep() throws {
    try open(columns: 80, rows: 12)
    try tmux("send-keys", "-t", session, "-l", text)
    for columns in [60, 33, 21, 100, 40, 80] {
      try tmux("resize-window", "-t", session, "-x", "\(columns)", "-y", "12")
      try expect(text, columns: columns, rows: 12)
    }
  }

  func testTallerThanTheWindow() throws {
    for columns in [40, 80, 200] {
      try open(columns: columns, rows: 6)
      let tall = (0..<12).map { "漢字 line \($0)" }.joined(separator: "\n")
      try tmux("set-buffer", tall)
      try tmux("paste-buffer", "-p", "-t", session)
      try expect(tall, columns: columns, rows: 6)
      try tmux("send-keys", "-t", session, "-N", "11", "Up")
      try waitForPane { $0.hasPrefix("fact> 漢字 line 0\n    > 漢字 line 1\n") }
      try tmux("send-keys", "-t", session, "Enter")
      try waitForPane { $0.hasSuffix("\nfact>") }
      let all = try tmux("capture-pane", "-p", "-t", session, "-S", "-50")
      XCTAssertEqual(all.components(separatedBy: "fact> 漢字 line 0").count, 2, all)
    }
  }
}
