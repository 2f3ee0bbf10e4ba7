import FactLanguage
import CLibEdit
import Glibc

/// Reads statements as plain lines, where input is no terminal or the terminal cannot move its
/// cursor.
public final class PlainReader: StatementReader {
  private let assistant: any LineAssistant
  private let input: Int32
  private let showsPrompt: Bool
  private var buffer: [UInt8] = []
  private var next = 0
  private var isAtEnd = false

  /// Reads from the descriptor `input`; prompts go to standard output if `showsPrompt`.
  public init(assistant: any LineAssistant, input: Int32 = STDIN_FILENO, showsPrompt: Bool) {
    self.assistant = assistant
    self.input = input
    self.showsPrompt = showsPrompt
  }

  /// Reads lines until they make a complete text. What stands open at the end of the input comes
  /// back as it is.
  public func readStatement(prompt: String) -> EditorEvent {
    var text = ""
    var shown = prompt
    while true {
      if showsPrompt { Terminal.write(Array(shown.utf8)) }
      switch readLine() {
      case .interrupted:
        // It was meant for this text, not for what runs next.
        Interrupts.reset()
        if showsPrompt { Terminal.write([0x0a]) }
        return .interrupted
      case .endOfInput:
        if showsPrompt { Terminal.write([0x0a]) }
        return text.isEmpty ? .endOfInput : .text(text)
      case .text(let line):
        if text.isEmpty && line.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) {
          continue
        }
        text += text.isEmpty ? line : "\n" + line
      }
      switch assistant.isComplete(text) {
      case .complete: return .text(text)
      case .needsMore(let open): shown = Continuation.prompt(open: open, under: prompt)
      }
    }
  }

  private func readLine() -> EditorEvent {
    while true {
      if let newline = buffer[next...].firstIndex(of: 0x0a) {
        let line = String(decoding: buffer[next..<newline], as: UTF8.self)
        next = newline + 1
        return .text(line)
      }
      if isAtEnd {
        if next == buffer.count { return .endOfInput }
        let line = String(decoding: buffer[next...], as: UTF8.self)
        next = buffer.count
        return .text(line)
      }
      buffer.removeFirst(next)
      next = 0
      switch Terminal.wait(input: input, milliseconds: -1) {
      case .signal(SIGINT): return .interrupted
      case .signal(SIGTERM), .signal(SIGHUP): return .endOfInput
      case .signal, .timeout: continue
      case .input:
        if !Terminal.read(input, { buffer.append(contentsOf: $0) }) { isAtEnd = true }
      }
    }
  }
}

/// What stands before the second and later lines of a statement.
enum Continuation {
  /// A prompt as wide as `prompt` that ends with `open`, the mark of what is open, and `> `.
  static func prompt(open: String, under prompt: String) -> String {
    let width = DisplayWidth.of(prompt)
    let mark = open + "> "
    return String(repeating: " ", count: max(width - DisplayWidth.of(mark), 0)) + mark
  }
}
