import FactLanguage
import FactModel

/// Completion of a line that begins with a full stop and a letter: the command, then its arguments.
struct CommandCompletion {
  private let typedName: String
  private let nameRange: Range<Int>
  /// The words before the cursor, after the name.
  private let words: [String]
  /// The word at the cursor as typed, and where it stands.
  private let typed: String
  private let range: Range<Int>
  private let quote: Character?
  private let isInName: Bool
  private let rest: (text: String, start: Int)

  /// Nil where the cursor is in no command.
  init?(_ bytes: [UInt8], cursor: Int) {
    var start = cursor
    while start > 0, bytes[start - 1] != 0x0A { start -= 1 }
    while start < cursor, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
    guard start < bytes.count, bytes[start] == UInt8(ascii: "."), start < cursor else { return nil }
    // Something open before it makes the line a part of a statement.
    if start > 0, inputState(String(decoding: bytes[..<start], as: UTF8.self)) != .complete {
      return nil
    }
    var end = start + 1
    while end < bytes.count, CommandCompletion.isNameByte(bytes[end]) { end += 1 }
    typedName = String(decoding: bytes[start + 1..<min(end, cursor)], as: UTF8.self)
    nameRange = start..<end
    isInName = cursor <= end
    if isInName {
      (words, typed, range, quote, rest) = ([], "", cursor..<cursor, nil, ("", cursor))
      return
    }
    var wordStart = end
    var found: [String] = []
    var word: [UInt8] = []
    var open: UInt8?
    for index in end..<cursor {
      let byte = bytes[index]
      if let mark = open {
        if byte == mark { open = nil } else { word.append(byte) }
      } else if byte == 0x22 || byte == 0x27 {
        if word.isEmpty { wordStart = index }
        open = byte
      } else if byte == 0x20 || byte == 0x09 {
        if !word.isEmpty { found.append(String(decoding: word, as: UTF8.self)) }
        word = []
        wordStart = index + 1
      } else {
        if word.isEmpty { wordStart = index }
        word.append(byte)
      }
    }
    var restStart = end
    while restStart < cursor, bytes[restStart] == 0x20 { restStart += 1 }
    words = found
    typed = String(decoding: word, as: UTF8.self)
    range = wordStart..<cursor
    quote = open.map { Character(Unicode.Scalar($0)) }
    rest = (String(decoding: bytes[restStart...], as: UTF8.self), restStart)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
      || byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") || byte == UInt8(ascii: "-")
  }

  func result(from completer: Completer) -> CompletionResult {
    if isInName { return names() }
    let commands = Command.all.filter { $0.run != nil }
    let exact = commands.first { $0.name == typedName }
    let begun = commands.filter { $0.name.hasPrefix(typedName) }
    guard let command = exact ?? (begun.count == 1 ? begun.first : nil) else {
      return CompletionResult(replace: range, candidates: [])
    }
    let place = min(words.count, max(command.parameters.count - 1, 0))
    guard !command.parameters.isEmpty,
      words.count < command.parameters.count || command.parameters[place].isRepeated
    else {
      return CompletionResult(replace: range, candidates: [])
    }
    if command.name == "explain", let found = passes() { return found }
    if case .rest = command.parameters[place].kind, command.name != "history" {
      let inner = completer.completions(for: rest.text, cursor: range.upperBound - rest.start)
      let shifted =
        inner.replace.lowerBound + rest.start..<inner.replace.upperBound + rest.start
      let turns =
        command.name == "explain" && words.isEmpty && !typed.isEmpty
        ? choices(["off ", "on "], kind: .argument) : []
      return CompletionResult(replace: shifted, candidates: inner.candidates + turns)
    }
    let candidates = arguments(command.parameters[place].kind, command, completer)
    return CompletionResult(replace: range, candidates: candidates.map(written))
  }

  private func names() -> CompletionResult {
    let commands = Command.all.filter { $0.run != nil }
    var candidates = commands.filter { $0.name.hasPrefix(typedName.lowercased()) }.map {
      CompletionCandidate(
        text: ".\($0.name)" + ($0.parameters.isEmpty ? "" : " "), label: $0.syntax,
        detail: $0.summary, kind: .command)
    }
    if candidates.isEmpty, typedName.utf8.count > 1 {
      let near = NearestName.nearest(typedName, among: commands.map(\.name))
      candidates = near.map {
        CompletionCandidate(
          text: ".\($0)", kind: .command, isDidYouMean: true)
      }
    }
    return CompletionResult(replace: nameRange, candidates: candidates)
  }

  private func arguments(
    _ kind: CommandParameter.Kind, _ command: Command, _ completer: Completer
  ) -> [CompletionCandidate] {
    switch kind {
    case .file: return completer.files(typed)
    case .relation:
      let found = completer.relations(typed)
      return found.isEmpty
        ? completer.didYouMean(typed, among: completer.relationNames, kind: .relation) : found
    case .entity:
      return completer.entities(typed).map {
        CompletionCandidate(text: $0.label, detail: $0.detail, kind: $0.kind)
      }
    case .query: return completer.queries(typed)
    case .mode: return modes()
    case .modeOrFile: return modes() + (typed.isEmpty ? [] : completer.files(typed))
    case .setting:
      return Setting.all.filter { $0.name.hasPrefix(typed) }.map {
        CompletionCandidate(text: $0.name + " ", label: $0.name, detail: $0.summary, kind: .setting)
      }
    case .settingValue:
      let setting = words.first.flatMap { Setting.named($0) }
      return choices(setting?.kind.words ?? [], kind: .setting)
    case .topic:
      return HelpTopics().names.filter { $0.hasPrefix(typed.lowercased()) }
        .prefix(Completer.limit).map { CompletionCandidate(text: $0, kind: .argument) }
    case .toggle(let words): return choices(words, kind: .argument)
    case .assignment: return assignments(command, completer)
    case .text, .rest: return []
    }
  }

  /// The passes after `.explain off` and `.explain on`; nil elsewhere.
  private func passes() -> CompletionResult? {
    guard !words.isEmpty, ExplainCommand.turn(words) != nil else { return nil }
    let names = (ExplainCommand.passNames + [ExplainCommand.everyPass]).filter {
      !words.contains($0)
    }
    let found = choices(names, kind: .argument)
    return found.isEmpty && !typed.isEmpty && typed.contains("(")
      ? nil : CompletionResult(replace: range, candidates: found)
  }

  private func modes() -> [CompletionCandidate] {
    OutputMode.allCases.filter { $0.rawValue.hasPrefix(typed) }.map {
      CompletionCandidate(text: $0.rawValue, detail: $0.summary, kind: .argument)
    }
  }

  private func choices(_ words: [String], kind: CompletionKind) -> [CompletionCandidate] {
    words.filter { $0.hasPrefix(typed) }.map { CompletionCandidate(text: $0, kind: kind) }
  }

  /// The parameters of the query that `.run` names, those given already left out.
  private func assignments(_ command: Command, _ completer: Completer) -> [CompletionCandidate] {
    guard command.name == "run", let name = words.first,
      let query = completer.program.queries.first(where: { $0.syntax.name == name })
    else { return [] }
    let given = words.dropFirst().compactMap { CommandCall.assignment($0)?.name }
    return QueryParameters.names(of: query.syntax)
      .filter { !given.contains($0) && $0.hasPrefix(typed) }
      .map { CompletionCandidate(text: $0 + "=", label: $0, detail: "parameter", kind: .argument) }
  }

  /// The candidate as it must stand in a command line: in quotes where it has spaces in it.
  private func written(_ candidate: CompletionCandidate) -> CompletionCandidate {
    var candidate = candidate
    let text = candidate.text
    let needsQuotes = text.dropLast(text.hasSuffix(" ") ? 1 : 0).contains { $0.isWhitespace }
    if let quote {
      candidate.text = "\(quote)\(text)" + (text.hasSuffix("/") ? "" : "\(quote)")
    } else if needsQuotes || text.contains("\"") || text.contains("'") {
      candidate.text =
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    return candidate
  }
}
