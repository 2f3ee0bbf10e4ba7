import FactLanguage
import FactModel
import Glibc
import Synchronization

/// Runs statements against a fact base and its program: the front door of this library.
///
/// One engine serves one session and is used from one thread. Errors in a statement are thrown as
/// `DiagnosticsError` or `EngineError` and leave base and program as they were.
///
///     let engine = Engine()
///     let source = SourceText(name: "example", bytes: Array("p(1). p(X)?".utf8))
///     for statement in parseScript(source).statements {
///       let outcome = try engine.run(statement, in: source)
///     }
public final class Engine {
  /// The facts, claims and values. With a durable base another object may take its place at the
  /// beginning of a statement, so nobody keeps it from one to the next.
  public private(set) var base: FactBase
  /// The base on disk, if one is open.
  public internal(set) var durable: DurableBase?
  /// Is told what is waited for, where another process writes.
  public var waitNotice: (String) -> Void = { _ in }
  /// The rules, constraints and named queries.
  public internal(set) var program = Program() {
    didSet {
      resolver.program = program
      programIsChanged = true
    }
  }
  /// Limits and choices; may be written between statements.
  public var settings = EngineSettings() {
    didSet { base.account.limit = settings.memoryLimit ?? .max }
  }
  /// Script parameters (`$name`) by name, as given with `--set`.
  public var parameters: [String: String] = [:] {
    didSet { resolver.parameters = parameters }
  }
  /// Polled about once a batch; true stops the statement that runs with `.interrupted`.
  public var isInterrupted: () -> Bool = { false }
  /// Told how far a statement that reads files has come, at most ten times a second.
  public var onProgress: ((Progress) -> Void)?
  /// Warnings and notices that statements gave besides their outcome; who shows them clears them.
  public var diagnostics: [(Diagnostic, SourceText)] = []
  /// Sentences about what a statement did besides its outcome; who shows them clears them.
  public var notices: [String] = []
  /// The rows of files that the last `load` or query left out, at most a thousand.
  public internal(set) var badRows: [FileBadRow] = []

  private(set) var resolver: Resolver
  /// Derived relations that stay until something under them changes.
  var kept: [String: KeptRelation] = [:]
  /// The same as seen from one other moment or period, the last that was asked for.
  var keptElsewhere: [Perspective: [String: KeptRelation]] = [:]
  /// The last query that was asked, for stages that continue it; resolved once somebody needs that.
  var last: (query: ResolvedQuery?, syntax: Query)?
  /// The text that the last query stands in.
  var lastSource: SourceText?

  /// What lookups use again.
  var lookups = PointLookupScratch()

  /// Whether the newest state of a durable base is held.
  var isReading = false
  /// Whether this process alone writes to the durable base.
  var isWriting = false
  /// Whether what is in memory is not the base as it was read last.
  var mustAdopt = false
  var transactionDepth = 0
  /// Whether a `load` failed after it had stated a part of its rows.
  var hasTornLoad = false
  /// Whether the program has changed since it was stored.
  var programIsChanged = false
  /// The program as it was read last.
  var knownProgram: [UInt8] = []

  /// An engine over a base, which it alone changes from then on.
  public init(base: FactBase = FactBase()) {
    self.base = base
    resolver = Resolver(
      base: base, program: Program(), parameters: [:], today: Engine.currentDay())
    base.account.limit = settings.memoryLimit ?? .max
  }

  /// Goes on with another base; what was derived from the one before is forgotten.
  func replaceBase(by new: FactBase) {
    base = new
    kept = [:]
    keptElsewhere = [:]
    resolver = Resolver(base: new, program: program, parameters: parameters, today: today)
    base.account.limit = settings.memoryLimit ?? .max
  }

  /// The date of `today`: what the settings fix, else the day by the clock, local time.
  public var today: CalendarDate { settings.today ?? Engine.currentDay() }

  /// From when queries without a time of their own look at the facts.
  var perspective: Perspective {
    Perspective(asOf: settings.asOf.map { base.values.word(for: $0) })
  }

  /// The day by the clock, looked up in the calendar once a second.
  private static func currentDay() -> CalendarDate {
    let now = time(nil)
    return lastDay.withLock { last in
      if last?.second != now { last = (now, day(at: now)) }
      return last?.day ?? day(at: now)
    }
  }

  private static let lastDay = Mutex<(second: time_t, day: CalendarDate)?>(nil)

  private static func day(at second: time_t) -> CalendarDate {
    var now = second
    var fields = tm()
    localtime_r(&now, &fields)
    return CalendarDate(
      year: Int(fields.tm_year) + 1900, month: Int(fields.tm_mon) + 1, day: Int(fields.tm_mday))
      ?? CalendarDate(start: 0, precision: .day)
  }

  /// How much the base and the program hold.
  public var counts: (facts: Int, claims: Int, denials: Int, rules: Int, queries: Int) {
    (
      base.factCount, base.claimCount, base.denialCount, program.rules.count, program.queries.count
    )
  }
}
