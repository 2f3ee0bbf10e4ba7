import CLibEdit
import Glibc

/// Where a session writes: answers to one place, errors, warnings and notices to another.
public final class Console {
  /// Answers, and nothing else.
  public let output: TextSink
  /// Errors, warnings and notices.
  public let errors: TextSink
  /// Whether a person types.
  public var inputIsTerminal: Bool
  /// Whether a person reads the answers.
  public var outputIsTerminal: Bool
  /// Whether a person reads the errors.
  public var errorsAreTerminal: Bool
  /// Whether escape sequences may colour what is printed.
  public var usesColour: Bool
  /// The columns and rows of the window, asked for anew each time; nil where there is none.
  public var windowSize: () -> (columns: Int, rows: Int)?

  init(output: TextSink, errors: TextSink, isTerminal: Bool) {
    self.output = output
    self.errors = errors
    inputIsTerminal = isTerminal
    outputIsTerminal = isTerminal
    errorsAreTerminal = isTerminal
    usesColour = false
    windowSize = { nil }
  }

  /// The streams of this process.
  public static func standard() -> Console {
    let console = Console(
      output: .descriptor(STDOUT_FILENO), errors: .descriptor(STDERR_FILENO), isTerminal: false)
    console.inputIsTerminal = isatty(STDIN_FILENO) == 1
    console.outputIsTerminal = isatty(STDOUT_FILENO) == 1
    console.errorsAreTerminal = isatty(STDERR_FILENO) == 1
    console.usesColour = console.outputIsTerminal && Console.allowsColour()
    if console.outputIsTerminal { console.windowSize = Console.terminalSize }
    return console
  }

  /// A console in memory, as tests use it; `text` and `errorText` give back what was written.
  public static func recording(width: Int? = nil, isTerminal: Bool = false) -> Console {
    let console = Console(output: .memory(), errors: .memory(), isTerminal: isTerminal)
    if let width { console.windowSize = { (width, 24) } }
    return console
  }

  /// What a console in memory was given as answers.
  public var text: String { output.text }

  /// What a console in memory was given as errors and notices.
  public var errorText: String { errors.text }

  /// Writes a notice or error after the answers before it.
  func report(_ text: String) {
    // A closed error stream leaves nobody to tell.
    try? output.flush()
    try? errors.write(text.hasSuffix("\n") ? text : text + "\n")
    try? errors.flush()
  }

  private static func allowsColour() -> Bool {
    if let value = getenv("NO_COLOR"), value[0] != 0 { return false }
    guard let terminal = getenv("TERM") else { return false }
    return strcmp(terminal, "dumb") != 0
  }

  private static func terminalSize() -> (columns: Int, rows: Int)? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), max(Int(size.ws_row), 2))
  }
}
