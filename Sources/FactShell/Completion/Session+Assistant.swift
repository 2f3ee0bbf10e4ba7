import FactLanguage

/// What the line editor asks while a text is typed.
extension Session: LineAssistant {
  /// What may stand at the cursor.
  public func completions(for text: String, cursor: Int) -> CompletionResult {
    Completer(base: engine.base, program: engine.program, directory: currentDirectory)
      .completions(for: text, cursor: cursor)
  }

  /// The styled stretches of the text.
  public func highlight(_ text: String) -> [HighlightSpan] { [] }

  /// Whether Enter submits the text.
  public func isComplete(_ text: String) -> InputState {
    switch inputState(text) {
    case .complete: .complete
    case .open(let mark): .needsMore(open: mark)
    }
  }
}
