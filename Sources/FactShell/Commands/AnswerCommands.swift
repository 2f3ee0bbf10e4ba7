import FactEngine
import FactLanguage
import FactModel

/// `.last`, `.run`, `.history` and `.quit`.
enum AnswerCommands {
  static func last(_ session: Session, _ call: CommandCall) throws {
    guard let answer = session.lastAnswer else {
      throw SessionFailure("nothing was asked yet", hint: "ask something first")
    }
    guard let target = call[0] else {
      return try show(answer, mode: session.settings.mode, session)
    }
    if let mode = OutputMode(rawValue: target.lowercased()) {
      return try show(answer, mode: mode, session)
    }
    guard target.contains(".") || target.contains("/") else {
      throw SessionFailure(
        "`\(SafeText.escaped(target))` is neither a mode nor a file",
        hint: Nearest.hint(for: target, among: OutputMode.allCases.map(\.rawValue))
          ?? "modes are " + OutputMode.allCases.map(\.rawValue).joined(separator: ", "))
    }
    try FileCommands.write(
      answer, to: Paths.joined(target, to: session.currentDirectory), in: session)
  }

  private static func show(_ answer: Answer, mode: OutputMode, _ session: Session) throws {
    var options = session.renderOptions()
    options.mode = mode
    options.maximumRows = nil
    options.width = nil
    options.digits = nil
    try session.page(unless: false) { try Renderer.render(answer, options: options, to: $0) }
  }

  static func runNamed(_ session: Session, _ call: CommandCall) throws {
    let name = try call.needed(0)
    let arguments = try call.assignments(from: 1)
    if let query = session.engine.program.queries.first(where: { $0.syntax.name == name }) {
      try check(arguments, of: query.syntax)
    }
    try session.answer { try session.engine.runNamed(name, arguments: arguments) }
  }

  /// A misspelt parameter would otherwise leave its default in place without a word.
  private static func check(
    _ arguments: [String: String], of query: NamedQuery
  ) throws(SessionFailure) {
    let names = QueryParameters.names(of: query)
    for name in arguments.keys.sorted() where !names.contains(name) {
      let listed = names.map { "`\($0)`" }.joined(separator: ", ")
      throw SessionFailure(
        "the query `\(query.name)` has no parameter `\(name)`",
        hint: Nearest.hint(for: name, among: names)
          ?? (names.isEmpty ? "it takes none" : "it takes \(listed)"))
    }
  }

  static func history(_ session: Session, _ call: CommandCall) throws {
    let entries = session.historyEntries()
    let pattern = call.rest.lowercased()
    let width = String(entries.count).utf8.count
    var lines: [String] = []
    for (index, entry) in entries.enumerated()
    where pattern.isEmpty || entry.lowercased().contains(pattern) {
      let number = String(index + 1)
      let padding = String(repeating: " ", count: width - number.utf8.count)
      let indented = entry.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: "\n" + String(repeating: " ", count: width + 2))
      lines.append("\(padding)\(number)  \(indented)")
    }
    if lines.isEmpty {
      lines = [pattern.isEmpty ? "no history" : "nothing in the history has `\(call.rest)` in it"]
    }
    try session.printLines(lines)
  }

  static func quit(_ session: Session, _ call: CommandCall) throws {
    session.hasQuit = true
  }
}
