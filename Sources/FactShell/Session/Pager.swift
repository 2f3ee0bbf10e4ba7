import Glibc

/// Shows text that is longer than the window through `less`, and shorter text as it is.
///
/// What is typed ahead would go to the pager as its commands, so pending input is dropped before
/// and after, and LESSSECURE keeps it from starting programs or writing files.
final class Pager {
  private let rows: Int
  private let console: Console
  private var held: [UInt8] = []
  private var lines = 0
  private var child: pid_t = 0
  private var pipe: Int32 = -1
  private var hasFailed = false

  /// A pager for a window of so many rows.
  init(rows: Int, console: Console) {
    self.rows = rows
    self.console = console
  }

  /// Where the text is written to.
  private(set) lazy var sink = TextSink.closure { [unowned self] chunk in try self.take(chunk) }

  private func take(_ chunk: Span<UInt8>) throws {
    if pipe >= 0 { return try TextSink.writeAll(chunk, to: pipe) }
    chunk.withUnsafeBufferPointer { held.append(contentsOf: $0) }
    for index in chunk.indices where chunk[index] == 0x0A { lines += 1 }
    if lines >= rows, !hasFailed { try start() }
    if hasFailed || pipe >= 0 {
      let text = held
      held = []
      try pipe >= 0 ? TextSink.writeAll(text.span, to: pipe) : console.output.write(text)
    }
  }

  /// Shows what is left and waits until the reader has seen it.
  func finish() throws {
    try sink.flush()
    if pipe < 0 {
      let text = held
      held = []
      try console.output.write(text)
      return
    }
    close()
  }

  /// Waits for the pager to end.
  func close() {
    guard pipe >= 0 else { return }
    Glibc.close(pipe)
    pipe = -1
    _ = ChildProcess.wait(for: child)
    tcflush(STDIN_FILENO, TCIFLUSH)
    signal(SIGPIPE, SIG_DFL)
  }

  private func start() throws {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else {
      hasFailed = true
      return
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
    defer { posix_spawn_file_actions_destroy(&actions) }
    tcflush(STDIN_FILENO, TCIFLUSH)
    // Leaving the pager early must not end the session.
    signal(SIGPIPE, SIG_IGN)
    let command = Pager.command()
    let arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    let environment: [UnsafeMutablePointer<CChar>?] = Pager.environment().map { strdup($0) } + [nil]
    defer { for text in arguments + environment { free(text) } }
    let result = posix_spawnp(&child, command[0], &actions, nil, arguments, environment)
    Glibc.close(ends[0])
    if result == 0 {
      pipe = ends[1]
    } else {
      Glibc.close(ends[1])
      signal(SIGPIPE, SIG_DFL)
      hasFailed = true
    }
  }

  /// The pager of the user, else `less`.
  private static func command() -> [String] {
    guard let own = Environment.value(of: "PAGER"), !own.isEmpty, own != "less" else {
      return ["less", "-FRX"]
    }
    return ["/bin/sh", "-c", own]
  }

  /// What `less` may know: no LESS or LESSOPEN of the user's, which may start programs.
  private static func environment() -> [String] {
    var result = ["LESSSECURE=1"]
    for name in ["PATH", "TERM", "LANG", "LC_ALL", "LC_CTYPE", "HOME", "COLUMNS", "LINES"] {
      if let value = Environment.value(of: name) { result.append("\(name)=\(value)") }
    }
    return result
  }
}
