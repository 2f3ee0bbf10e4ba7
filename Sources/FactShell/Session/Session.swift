import FactEngine
import FactLanguage
import FactModel
import Glibc

/// A conversation with a fact base: runs scripts and what is typed, prints what comes of it.
///
/// Holds the engine, the settings, and the last answer with the query that gave it. Nothing in it
/// reads a terminal; a prompt hands it the texts that were typed. Used from one thread.
public final class Session {
  /// What runs the statements.
  public let engine: Engine
  /// Where answers, errors and notices go.
  public let console: Console
  /// How things are shown.
  public var settings = SessionSettings()
  /// Whether statements and commands may neither touch files nor start programs.
  public let isSafe: Bool
  /// Whether a script goes on after a failed statement.
  public var keepsGoing = false
  /// Whether an empty answer or a `no` makes the exit status 1.
  public var failsOnEmpty = false
  /// Whether notices are left out.
  public var isQuiet = false

  /// The answer that `.last` shows again.
  public internal(set) var lastAnswer: Answer?
  /// Whether what runs was typed at the prompt.
  public internal(set) var isPrompting = false
  /// What was typed last, commands aside; `.edit` changes it.
  var lastTyped = ""
  /// Whether `.quit` was given.
  public internal(set) var hasQuit = false
  /// How it went so far; the worst of all runs.
  public private(set) var status = SessionStatus.succeeded
  /// Entries of the history that a prompt keeps, oldest first; `.history` shows them.
  public var historyEntries: () -> [String] = { [] }

  /// The files that are being read, outermost first.
  var readingFiles: [String] = []
  var printedAnswers = 0
  /// What stands on the terminal while files are read.
  private(set) lazy var progressLine = ProgressLine(console, isQuiet: isQuiet)

  /// A session over an engine.
  public init(engine: Engine, console: Console, isSafe: Bool = false) {
    self.engine = engine
    self.console = console
    self.isSafe = isSafe
    engine.settings.isSafe = isSafe
    if console.errorsAreTerminal {
      engine.onProgress = { [unowned self] in progressLine.show($0) }
    }
  }

  /// The folder that relative paths start from: that of the script that is being read.
  var currentDirectory: String? { readingFiles.last.flatMap(Paths.directory(of:)) }

  /// Keeps the gravest status.
  func note(_ status: SessionStatus) {
    if status == .interrupted || self.status == .succeeded { self.status = status }
  }

  // MARK: Running texts

  /// Runs a text as typed at the prompt: a complete line without an ending is a query.
  ///
  /// - Returns: whether all went well.
  @discardableResult
  public func runPrompt(_ text: String) -> Bool {
    isPrompting = true
    engine.settings.explainsEmptyAnswers = true
    defer {
      isPrompting = false
      engine.settings.explainsEmptyAnswers = false
    }
    if !text.hasPrefix(".") { lastTyped = text }
    let source = SourceText(name: "<prompt>", bytes: Array(text.utf8))
    return guarding { try run(source, mode: .prompt, origin: nil) }
  }

  /// Runs the text of `-c`, which is read as at the prompt.
  @discardableResult
  public func runCommandText(_ text: String) -> Bool {
    let source = SourceText(name: "<command>", bytes: Array(text.utf8))
    return guarding { try run(source, mode: .prompt, origin: nil) }
  }

  /// Runs what stands on standard input.
  @discardableResult
  public func runStandardInput() -> Bool {
    guarding {
      let source = try SourceText.read(descriptor: STDIN_FILENO, name: "<stdin>")
      try run(source, mode: .script, origin: nil)
    }
  }

  /// Reads and runs a script file.
  @discardableResult
  public func runFile(_ path: String) -> Bool {
    guarding { try read(path, parameters: [:]) }
  }

  /// Asks a named query, as `--run` does.
  @discardableResult
  public func runNamed(_ name: String) -> Bool {
    guarding {
      try answer { try engine.runNamed(name, arguments: [:]) }
    }
  }

  /// Opens a durable base, as `--base` does.
  public func open(base path: String, isReadOnly: Bool) -> Bool {
    guarding { try engine.open(base: path, isReadOnly: isReadOnly) }
  }

  /// Runs something and reports what it throws.
  private func guarding(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      try console.output.flush()
      return true
    } catch {
      report(error)
      return false
    }
  }

  /// Reads a script: from its folder, with parameters of its own on top of those given before.
  func read(_ path: String, parameters: [String: String]) throws {
    guard readingFiles.count < Session.readingDepth else {
      throw SessionFailure(
        "scripts read one another more than \(Session.readingDepth) deep",
        hint:
          "look for a script that reads itself: \(readingFiles.suffix(2).joined(separator: ", "))")
    }
    let full = Paths.joined(path, to: currentDirectory)
    let source = try SourceText.read(path: full)
    let outer = engine.parameters
    engine.parameters.merge(parameters) { $1 }
    readingFiles.append(full)
    defer {
      readingFiles.removeLast()
      engine.parameters = outer
    }
    try run(source, mode: .script, origin: Paths.canonical(full))
  }

  static let readingDepth = 32

  /// Parses a text whole, then runs its statements in order; a syntax error anywhere runs nothing.
  private func run(_ source: SourceText, mode: ParsingMode, origin: String?) throws {
    var parser = StatementParser(source, mode: mode)
    var items: [ScriptItem] = []
    var isWhole = true
    while let item = parser.nextItem() {
      if items.count < Session.keptItems { items.append(item) } else { isWhole = false }
    }
    if parser.hasErrors { throw DiagnosticsError(parser.diagnostics, in: source) }
    let runner = StatementRunner(session: self, source: source, origin: origin)
    guard mode == .script else {
      return try run(items, isWhole, source, mode, origin, runner)
    }
    try engine.transaction { try run(items, isWhole, source, mode, origin, runner) }
  }

  private func run(
    _ items: [ScriptItem], _ isWhole: Bool, _ source: SourceText, _ mode: ParsingMode,
    _ origin: String?, _ runner: StatementRunner
  ) throws {
    if let origin { try engine.beginFile(origin) }
    for item in items where !hasQuit { try runner.run(item) }
    if !isWhole, !hasQuit {
      // A long file of facts is parsed again rather than held in memory.
      var parser = StatementParser(source, mode: mode)
      for _ in 0..<items.count { _ = parser.nextItem() }
      while !hasQuit, let item = parser.nextItem() { try runner.run(item) }
    }
    try runner.finish()
  }

  /// So many statements, or batches of facts, are kept between parsing and running.
  private static let keptItems = 20_000

  // MARK: Reporting

  /// Says what went wrong, and remembers the status that follows from it.
  func report(_ error: any Error) {
    showEngineDiagnostics()
    switch error {
    case is AlreadyReported: return
    case let error as OutputError where error.isClosedPipe:
      hasQuit = true
      return
    default: break
    }
    let failure = ErrorText(error, renderer: diagnosticRenderer)
    console.report(failure.text)
    errorCount += 1
    note(failure.status)
  }

  /// How many errors and warnings were shown so far; the first line of the prompt tells.
  private(set) var errorCount = 0
  private(set) var warningCount = 0

  /// Shows the warnings and notices that the engine gathered.
  func showEngineDiagnostics() {
    let notices = engine.notices
    engine.notices = []
    for text in notices { notice(text) }
    guard !engine.diagnostics.isEmpty else { return }
    let found = engine.diagnostics
    engine.diagnostics = []
    warningCount += found.count { $0.0.severity == .warning }
    for (diagnostic, source) in found where !(isQuiet && diagnostic.severity == .notice) {
      console.report(diagnosticRenderer.render(diagnostic, in: source))
    }
  }

  private var diagnosticRenderer: DiagnosticRenderer {
    guard console.errorsAreTerminal else { return DiagnosticRenderer() }
    return DiagnosticRenderer(
      isColored: console.usesColour, width: console.windowSize()?.columns ?? 100)
  }

  /// Says something that is neither answer nor error.
  func notice(_ text: String) {
    if !isQuiet { console.report(SafeText.escaped(text, keepingLines: true)) }
  }
}

/// Thrown after a failure was shown, so that it is not shown again further out.
struct AlreadyReported: Error {}
