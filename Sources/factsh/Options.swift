import ArgumentParser
import FactModel
import FactShell

/// The options of the command line.
struct Options: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "factsh",
    abstract: "A shell for facts: who said what, how surely, and what follows from it.",
    discussion: """
      The files are read first, then the prompt opens if input and output are terminals. \
      Standard input that is no terminal is a script; it is read only if no file, -c or --run is \
      given, or a file is -.
      """)

  @Argument(
    help: ArgumentHelp(
      "Scripts of facts, rules and queries, read first; - is standard input.", valueName: "file"),
    completion: .file())
  var files: [String] = []

  @Option(
    name: [.customShort("c"), .customLong("command")], parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Run the statements and exit. Repeatable.", valueName: "text"))
  var commands: [String] = []

  @Option(
    name: .customLong("run"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Ask a named query and exit. Repeatable.", valueName: "name"))
  var queries: [String] = []

  @Option(
    name: [.customShort("b"), .long],
    help: ArgumentHelp("Open or create a durable fact base.", valueName: "path"),
    completion: .file())
  var base: String?

  @Option(
    name: [.customShort("m"), .long],
    help: "How answers are printed.")
  var mode = OutputMode.table

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A script parameter. Repeatable.", valueName: "name=value"))
  var parameters: [String] = []

  @Option(help: ArgumentHelp("Answer as could have been said on a day.", valueName: "date"))
  var asOf: String?

  @Option(help: ArgumentHelp("What today is.", valueName: "date"))
  var today: String?

  @Option(
    help: ArgumentHelp(
      "Show only answers at least so sure.", valueName: "level"))
  var certainty: CertaintyLevel?

  @Flag(help: "No prompt after the files.")
  var batch = false

  @Flag(help: "Go on after a failed statement.")
  var keepGoing = false

  @Flag(help: "An empty answer or a no exits 1.")
  var failEmpty = false

  @Flag(help: "Open the base for reading only.")
  var readOnly = false

  @Flag(help: "No file or shell access from statements or commands.")
  var safe = false

  @Flag(help: "Do not read the init file.")
  var noInit = false

  @Flag(help: "No first line and no notices.")
  var quiet = false

  @Flag(help: "Print the version.")
  var version = false

  /// What they ask of the shell.
  var launch: LaunchOptions {
    var launch = LaunchOptions()
    launch.files = files
    launch.base = base
    launch.isReadOnly = readOnly
    launch.commands = commands
    launch.queries = queries
    launch.mode = mode
    launch.parameters = parameters
    launch.asOf = asOf
    launch.today = today
    launch.certainty = certainty?.value
    launch.isBatch = batch
    launch.keepsGoing = keepGoing
    launch.failsOnEmpty = failEmpty
    launch.isSafe = safe
    launch.readsInitFile = !noInit
    launch.isQuiet = quiet
    return launch
  }
}

/// A level as it is typed.
enum CertaintyLevel: String, ExpressibleByArgument, CaseIterable {
  case certain, probable, possible

  var value: Certainty {
    switch self {
    case .certain: .certain
    case .probable: .probable
    case .possible: .possible
    }
  }
}

extension OutputMode: ExpressibleByArgument {}
