/// A line that starts with a full stop, taken apart and run.
struct CommandLine {
  let name: String
  let rest: String
  /// Whether the name must be whole, as in scripts.
  let isExact: Bool

  /// Takes the text after the full stop.
  init(_ text: String, isExact: Bool) {
    let trimmed = CommandLine.trimmed(text[...])
    let end = trimmed.firstIndex(where: \.isWhitespace) ?? trimmed.endIndex
    name = String(trimmed[..<end])
    rest = String(CommandLine.trimmed(trimmed[end...]))
    self.isExact = isExact
  }

  /// Finds the command, checks its arguments and runs it.
  func run(in session: Session) throws {
    let command = try find()
    let call = CommandCall(command: command, words: try words(for: command), rest: rest)
    if session.isSafe, command.isUnsafe {
      throw SessionFailure.unsafe("`.\(command.name)`")
    }
    guard let run = command.run else {
      throw SessionFailure(
        "this version does not have `.\(command.name)` yet", hint: "`.help` lists what it has")
    }
    try check(call)
    try run(session, call)
  }

  /// The command of that name or, at the prompt, of that beginning.
  private func find() throws(SessionFailure) -> Command {
    let folded = name.lowercased()
    let aliased = folded == "exit" ? "quit" : folded
    if let exact = Command.all.first(where: { $0.name == aliased }) { return exact }
    let matches = folded.isEmpty ? [] : Command.all.filter { $0.name.hasPrefix(folded) }
    let available = matches.filter { $0.run != nil }
    if !isExact, let only = available.count == 1 ? available.first : matches.first,
      available.count == 1 || matches.count == 1
    {
      return only
    }
    if !isExact, matches.count > 1 {
      throw SessionFailure(
        "`.\(SafeText.escaped(name))` is the beginning of several commands",
        hint: "they are " + matches.map { "`.\($0.name)`" }.joined(separator: ", "))
    }
    let near =
      isExact && matches.count == 1
      ? "in a script the whole name is written: `.\(matches[0].name)`"
      : Nearest.hint(for: folded, among: Command.all.map(\.name), prefix: ".")
    throw SessionFailure(
      "there is no command `.\(SafeText.escaped(name))`", hint: near ?? "`.help` lists them")
  }

  private func words(for command: Command) throws(SessionFailure) -> [String] {
    if case .rest? = command.parameters.first?.kind { return rest.isEmpty ? [] : [rest] }
    return try CommandLine.split(rest)
  }

  private func check(_ call: CommandCall) throws(SessionFailure) {
    let parameters = call.command.parameters
    let needed = parameters.count { !$0.isOptional }
    if call.words.count < needed { _ = try call.needed(call.words.count) }
    if call.words.count > parameters.count, parameters.last?.isRepeated != true {
      let extra = call.words[parameters.count]
      let count = parameters.isEmpty ? "no argument" : Readable.count(parameters.count, "argument")
      throw SessionFailure(
        "`.\(call.command.name)` takes \(count), so `\(SafeText.escaped(extra))` is too much",
        hint: parameters.isEmpty
          ? nil : "write \(call.command.syntax), with quotes around what has spaces in it")
    }
  }

  /// Words between spaces; quotes keep spaces together, also within a word (`a="b c"`).
  static func split(_ text: String) throws(SessionFailure) -> [String] {
    var words: [String] = []
    var word = ""
    var isInWord = false
    var quote: Character?
    var isEscaped = false
    for character in text {
      if let open = quote {
        if isEscaped {
          word.append(character)
          isEscaped = false
        } else if character == "\\", open == "\"" {
          isEscaped = true
        } else if character == open {
          quote = nil
        } else {
          word.append(character)
        }
      } else if character == "\"" || character == "'" {
        quote = character
        isInWord = true
      } else if character.isWhitespace {
        if isInWord { words.append(word) }
        word = ""
        isInWord = false
      } else {
        word.append(character)
        isInWord = true
      }
    }
    if let quote {
      throw SessionFailure("a quote `\(quote)` is not closed", hint: "add `\(quote)`")
    }
    if isInWord { words.append(word) }
    return words
  }

  static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
  }
}
