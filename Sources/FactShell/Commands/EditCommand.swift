import Glibc

/// `.edit`: the last text that was run at the prompt, in the editor of the user's choice, then run.
enum EditCommand {
  static func run(_ session: Session, _ call: CommandCall) throws {
    guard session.isPrompting, session.console.inputIsTerminal, session.console.outputIsTerminal
    else {
      throw SessionFailure("`.edit` needs a prompt in a terminal")
    }
    let text = try edited(session.lastTyped)
    let trimmed = String(CommandLine.trimmed(text[...]))
    guard !trimmed.isEmpty, trimmed != session.lastTyped else {
      return session.notice("nothing changed, nothing run")
    }
    try session.console.output.write(SafeText.escaped(trimmed, keepingLines: true) + "\n")
    session.runPrompt(trimmed)
  }

  /// Lets the editor change a text in a file of its own.
  private static func edited(_ text: String) throws -> String {
    let folder = Environment.value(of: "TMPDIR") ?? "/tmp"
    var template = Array("\(folder)/factsh-XXXXXX.dl".utf8CString)
    let file = mkstemps(&template, 3)
    guard file >= 0 else {
      let reason = String(cString: strerror(errno))
      throw SessionFailure("no file for the editor in \(folder): \(reason)")
    }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    try TextSink.writeAll(Array((text + "\n").utf8).span, to: file)
    close(file)
    let editor =
      Environment.value(of: "VISUAL") ?? Environment.value(of: "EDITOR") ?? "vi"
    // The variable may hold options, so a shell splits it.
    guard let status = ChildProcess.runShell(editor + " \"$1\"", [path]), status == 0 else {
      throw SessionFailure(
        "the editor `\(editor)` did not end well", hint: "set $EDITOR to another one")
    }
    return try read(path)
  }

  private static func read(_ path: String) throws -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw SessionFailure("what was edited could not be read") }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count > 0 { bytes.append(contentsOf: chunk[..<count]) }
      if count == 0 || count < 0 && errno != EINTR { break }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
