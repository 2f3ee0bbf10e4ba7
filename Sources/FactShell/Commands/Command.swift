/// One argument that a command takes.
struct CommandParameter: Sendable {
  /// What stands there; decides what completion offers.
  enum Kind: Sendable {
    case file, relation, entity, query, mode, modeOrFile, setting, settingValue, topic, assignment
    case toggle([String])
    case text
    /// All that is left of the line, as it stands.
    case rest
  }

  let name: String
  let kind: Kind
  let isOptional: Bool
  let isRepeated: Bool

  /// An argument that must be given.
  static func needed(_ name: String, _ kind: Kind) -> CommandParameter {
    CommandParameter(name: name, kind: kind, isOptional: false, isRepeated: false)
  }

  /// An argument that may be left out.
  static func optional(_ name: String, _ kind: Kind) -> CommandParameter {
    CommandParameter(name: name, kind: kind, isOptional: true, isRepeated: false)
  }

  /// Any number of `name=value`.
  static let assignments = CommandParameter(
    name: "name=value …", kind: .assignment, isOptional: true, isRepeated: true)
}

/// A command of the shell: its name, what it takes, one line about it, and what it does. Help,
/// parsing and completion are made from the table of these.
struct Command: Sendable {
  let name: String
  let parameters: [CommandParameter]
  let summary: String
  /// Whether it touches files or starts programs, which safe mode refuses.
  var isUnsafe: Bool { Command.unsafeNames.contains(name) }
  private static let unsafeNames: Set = ["read", "save", "export", "open", "edit"]
  /// Nil for those that a later version will have.
  let run: (@Sendable (Session, CommandCall) throws -> Void)?

  init(
    _ name: String, _ parameters: [CommandParameter], _ summary: String,
    _ run: (@Sendable (Session, CommandCall) throws -> Void)? = nil
  ) {
    self.name = name
    self.parameters = parameters
    self.summary = summary
    self.run = run
  }

  /// `.read FILE [name=value …]`.
  var syntax: String {
    ([".\(name)"] + parameters.map { $0.isOptional ? "[\($0.name)]" : $0.name })
      .joined(separator: " ")
  }
}

/// The arguments of one call of a command.
struct CommandCall: Sendable {
  let command: Command
  /// The words after the name, quotes taken off.
  let words: [String]
  /// All that stands after the name, as typed.
  let rest: String

  /// The argument at a place, nil where it was left out.
  subscript(_ index: Int) -> String? { index < words.count ? words[index] : nil }

  /// An argument that the check of the call has found.
  func needed(_ index: Int) throws(SessionFailure) -> String {
    guard let word = self[index] else {
      throw SessionFailure(
        "`.\(command.name)` needs \(command.parameters[index].name)",
        hint: "write \(command.syntax)")
    }
    return word
  }

  /// The `name=value` words from a place on.
  func assignments(from index: Int) throws(SessionFailure) -> [String: String] {
    var result: [String: String] = [:]
    for word in words.dropFirst(index) {
      guard let (name, value) = CommandCall.assignment(word) else {
        throw SessionFailure(
          "`\(SafeText.escaped(word))` is no name=value", hint: "write \(command.syntax)")
      }
      result[name] = value
    }
    return result
  }

  /// A word `name=value` taken apart; the name may have its `$`.
  static func assignment(_ word: String) -> (name: String, value: String)? {
    guard let equals = word.firstIndex(of: "=") else { return nil }
    var name = word[..<equals]
    if name.first == "$" { name = name.dropFirst() }
    let isName =
      name.first.map { $0.isLetter || $0 == "_" } ?? false
      && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    guard isName else { return nil }
    return (String(name), String(word[word.index(after: equals)...]))
  }
}
