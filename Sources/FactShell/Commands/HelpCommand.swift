import FactLanguage

/// `.help`: the commands and topics, or the text about one of them.
enum HelpCommand {
  static func run(_ session: Session, _ call: CommandCall) throws {
    let width = min(session.console.windowSize()?.columns ?? 80, 100)
    guard let topic = call[0] else {
      return try session.printLines(overview(width: width))
    }
    let topics = HelpTopics()
    switch topics.find(topic, width: width) {
    case .text(let lines): try session.printLines(lines)
    case .several(let names):
      if let lines = command(topic) { return try session.printLines(lines) }
      throw SessionFailure(
        "several topics begin with `\(topic)`", hint: "they are " + names.joined(separator: ", "))
    case .nothing(let nearest):
      if let lines = command(topic) { return try session.printLines(lines) }
      let hint =
        nearest.isEmpty
        ? "`.help` lists the topics" : "nearest: " + nearest.joined(separator: ", ")
      throw SessionFailure("there is no help about `\(topic)`", hint: hint)
    }
  }

  /// What the table of commands says about one.
  private static func command(_ topic: String) -> [String]? {
    let name = topic.hasPrefix(".") ? String(topic.dropFirst()) : topic
    guard let command = Command.all.first(where: { $0.name == name.lowercased() }) else {
      return nil
    }
    let later = command.run == nil ? ["  This version does not have it yet."] : []
    return [command.syntax, "  \(command.summary)"] + later
  }

  static func overview(width: Int) -> [String] {
    let commands = Command.all.filter { $0.run != nil }
    let column = commands.map { DisplayWidth.of($0.syntax) }.max() ?? 0
    var lines = [
      "p(a).          states a fact        p(X)?   asks        p(a)~   retracts",
      "q(X) :- p(X).  states a rule        | count by X   goes on with the last answer",
      "",
    ]
    for command in commands {
      let padding = column - DisplayWidth.of(command.syntax) + 2
      let line = command.syntax + String(repeating: " ", count: padding) + command.summary
      lines.append(DisplayWidth.truncate(line, to: width))
    }
    lines += [""] + HelpTopics().overview(width: width)
    return lines
  }
}
