/// What came of reading at the prompt.
public enum EditorEvent: Sendable, Hashable {
  /// Text that was submitted: one statement, or several where they were pasted together.
  case text(String)
  /// Ctrl-C: what was typed is gone.
  case interrupted
  /// Ctrl-D on an empty line, the end of the input, or a signal that asks the process to end
  /// (`Interrupts.termination` tells which).
  case endOfInput
}

/// Something that reads statements: the line editor in a terminal, plain lines elsewhere.
public protocol StatementReader: AnyObject {
  /// Reads until a text is complete. `prompt` is shown where there is a terminal.
  func readStatement(prompt: String) -> EditorEvent
}
