import FactEngine
import FactModel
import Glibc

/// What the command line asks for.
public struct LaunchOptions: Sendable {
  /// Scripts, read first; `-` is standard input.
  public var files: [String] = []
  /// Statements to run, after the files.
  public var commands: [String] = []
  /// Named queries to ask, after the statements.
  public var queries: [String] = []
  /// The durable base to open or create.
  public var base: String?
  /// Whether the base is opened for reading only.
  public var isReadOnly = false
  /// How answers are printed.
  public var mode = OutputMode.table
  /// Script parameters, `name=value`.
  public var parameters: [String] = []
  /// The date as of which queries are answered.
  public var asOf: String?
  /// What `today` is.
  public var today: String?
  /// The least certainty of answers that are shown.
  public var certainty: Certainty?
  /// No prompt after the files.
  public var isBatch = false
  /// Go on after a failed statement.
  public var keepsGoing = false
  /// An empty answer or a `no` makes the exit status 1.
  public var failsOnEmpty = false
  /// Neither files nor programs may be touched.
  public var isSafe = false
  /// Whether the file of settings of one's own is read before a prompt.
  public var readsInitFile = true
  /// No first line and no notices.
  public var isQuiet = false

  /// Nothing asked for: a prompt, or the script on standard input.
  public init() {}
}

/// One start of the program, from its options to its exit status.
public struct Launch {
  /// The version that `--version` and the first line say.
  public static let version = "0.1.0"

  private let options: LaunchOptions
  private let session: Session

  /// Prepares a session on the streams of the process.
  ///
  /// - Throws: `SessionFailure` where an option makes no sense, which is wrong usage.
  public init(_ options: LaunchOptions, console: Console = .standard()) throws(SessionFailure) {
    self.options = options
    let engine = Engine()
    for word in options.parameters {
      guard let (name, value) = CommandCall.assignment(word) else {
        throw SessionFailure(
          "`\(word)` is no parameter", hint: "write --set name=value, as in --set company=amazon")
      }
      engine.parameters[name] = value
    }
    if let today = options.today { engine.settings.today = try Launch.day(today) }
    if let asOf = options.asOf {
      do {
        engine.settings.asOf = try engine.moment(asOf)
      } catch {
        throw SessionFailure(
          "`\(SafeText.escaped(asOf))` is no date that answers could be as of",
          hint: "write --as-of 2026-01-12")
      }
    }
    engine.isInterrupted = { Interrupts.isRaised }
    if options.isReadOnly, options.base == nil {
      throw SessionFailure("--read-only is about a base", hint: "write --base PATH --read-only")
    }
    session = Session(engine: engine, console: console, isSafe: options.isSafe)
    engine.waitNotice = { [unowned session] in session.notice($0) }
    session.settings.mode = options.mode
    session.settings.leastCertainty = options.certainty ?? .possible
    engine.settings.leastCertainty = options.certainty ?? .possible
    session.keepsGoing = options.keepsGoing
    session.failsOnEmpty = options.failsOnEmpty
    session.isQuiet = options.isQuiet
  }

  /// Says on standard error what is wrong with the command line.
  public static func reportWrongUsage(_ message: String, hint: String?) {
    let console = Console.standard()
    let isColored = console.errorsAreTerminal && console.usesColour
    let sentence = message.prefix(1).lowercased() + message.dropFirst()
    console.report(ErrorText.sentence(sentence, hint: hint, isColored: isColored))
  }

  private static func day(_ text: String) throws(SessionFailure) -> CalendarDate {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    if text.utf8.count == 10, parts.count == 3, let year = parts[0], let month = parts[1],
      let day = parts[2], let date = CalendarDate(year: year, month: month, day: day)
    {
      return date
    }
    throw SessionFailure(
      "`\(SafeText.escaped(text))` is no day", hint: "write --today 2026-01-12")
  }

  /// Runs everything, opens the prompt where there is one, and gives the exit status.
  public func run() -> Int32 {
    Interrupts.install()
    if let base = options.base {
      guard session.open(base: base, isReadOnly: options.isReadOnly) else { return finish() }
    }
    let isPrompt = opensPrompt
    if isPrompt, options.readsInitFile, !options.isSafe { readInitFile() }
    guard runTexts() else { return finish() }
    if isPrompt, !session.hasQuit, session.status != .interrupted {
      session.isQuiet = options.isQuiet
      Prompt(session: session, loaded: options.files, greets: !options.isQuiet).run()
      return finish(ofPrompt: true)
    }
    return finish()
  }

  private var opensPrompt: Bool {
    options.commands.isEmpty && options.queries.isEmpty && !options.isBatch
      && !options.files.contains("-") && session.console.inputIsTerminal
      && session.console.outputIsTerminal
  }

  private var readsStandardInput: Bool {
    options.commands.isEmpty && options.queries.isEmpty && options.files.isEmpty && !opensPrompt
  }

  /// Files, then statements, then named queries; false where one failed and the rest must not run.
  private func runTexts() -> Bool {
    // Before a prompt a failed file is reported, and the prompt opens all the same.
    let goesOn = options.keepsGoing || opensPrompt
    var files = options.files
    if readsStandardInput { files = ["-"] }
    for file in files where !session.hasQuit {
      let isWell = file == "-" ? session.runStandardInput() : session.runFile(file)
      if session.status == .interrupted || !isWell && !goesOn { return false }
    }
    for command in options.commands where !session.hasQuit {
      let isWell = session.runCommandText(command)
      if session.status == .interrupted || !isWell && !goesOn { return false }
    }
    for query in options.queries where !session.hasQuit {
      let isWell = session.runNamed(query)
      if session.status == .interrupted || !isWell && !goesOn { return false }
    }
    return true
  }

  /// The file of settings and rules of one's own, which is announced so that it never surprises.
  private func readInitFile() {
    let folder =
      Environment.value(of: "XDG_CONFIG_HOME")
      ?? Environment.value(of: "HOME").map { $0 + "/.config" }
    guard let folder else { return }
    let path = folder + "/factsh/init"
    guard access(path, R_OK) == 0 else { return }
    session.notice("reading \(path)")
    session.runFile(path)
  }

  private func finish(ofPrompt: Bool = false) -> Int32 {
    do {
      try session.console.output.flush()
    } catch let error as OutputError where error.isClosedPipe {
      return session.status.rawValue
    } catch {
      session.report(error)
    }
    if let signal = Interrupts.termination { return 128 + signal }
    // What went wrong while a person was typing is no failure of the program.
    return ofPrompt ? 0 : session.status.rawValue
  }
}
