/// Whether a text typed at the prompt is whole.
public enum InputCompleteness: Sendable, Hashable {
  /// It can be run, or is wrong in a way that more text does not cure.
  case complete
  /// Something is open: the bracket itself, `.` or `?` for a statement that needs that ending, or
  /// `…` where the next literal is awaited.
  case open(String)
}

/// The statements of a whole file, and every syntax error of it by place. With an error nothing of
/// the file should run.
public func parseScript(
  _ source: SourceText
) -> (statements: [Statement], diagnostics: [Diagnostic]) {
  parseAll(StatementParser(source, mode: .script))
}

/// The statements of a text from the prompt or from `-c`: a complete line without an ending is a
/// query, and `help`, `quit` and `exit` are commands without a dot.
public func parsePrompt(
  _ source: SourceText
) -> (statements: [Statement], diagnostics: [Diagnostic]) {
  parseAll(StatementParser(source, mode: .prompt))
}

private func parseAll(
  _ parser: StatementParser
) -> (statements: [Statement], diagnostics: [Diagnostic]) {
  var parser = parser
  var statements: [Statement] = []
  while let statement = parser.next() { statements.append(statement) }
  return (statements, parser.diagnostics)
}

/// Whether Enter can submit a text, or what it still waits for.
public func inputState(_ text: String) -> InputCompleteness {
  var parser = StatementParser(
    SourceText(name: "<prompt>", bytes: Array(text.utf8)), mode: .prompt)
  while parser.next() != nil {}
  guard let first = parser.failures.first, first.isIncomplete, parser.token.kind == .end else {
    return .complete
  }
  if case .unclosedBracket(let mark) = first.problem { return .open(mark) }
  if case .endOfText(let expected) = first.problem {
    if expected.hasPrefix("`.`") { return .open(".") }
    if expected == "`?`" { return .open("?") }
  }
  return .open("…")
}
