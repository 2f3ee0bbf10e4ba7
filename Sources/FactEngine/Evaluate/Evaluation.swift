import FactLanguage
import FactModel
import Glibc

/// Why a statement ended without an outcome, apart from diagnostics of its text.
public enum EngineError: Error, Equatable {
  /// The user stopped it.
  case interrupted
  /// A limit on time or memory was reached; the message names the rule, where one was running.
  case limit(String)
  /// It failed while it ran: a division by zero, an unreadable file.
  case failed(message: String, hint: String?)
}

/// A computation that failed in some row, kept until the row has passed everything else.
struct RowFailure: Equatable {
  var message: String
  var span: SourceSpan
}

/// What one run of a statement shares: the base, what has been derived, limits and failures.
final class Evaluation {
  let base: FactBase
  let values: ValueStore
  let account: MemoryAccount
  let settings: EngineSettings
  let today: CalendarDate
  /// From when the facts are looked at.
  let perspective: Perspective
  /// Complete derived relations by name.
  var derived: [String: Derivation] = [:]
  /// Records of files that had to be kept for a join, by what is read of them.
  var fileTables: [ResolvedFile: Table] = [:]
  /// Where disputed facts are left out: the evaluation that has them, which negation looks at.
  var whole: Evaluation?
  /// The stated facts that are left out, by relation.
  var hidden: [String: HiddenRows] = [:]
  /// What rules must not derive, by relation.
  var excluded: [String: Set<[UInt64]>] = [:]
  /// Derived relations of which weaker rows than `leastLevel` are left out.
  private(set) var pruned: Set<String> = []
  private(set) var leastLevel = Certainty.possible.rawValue
  /// The weakest level of a match that an answer can need; `possible` where answers are counted.
  private(set) var leastAnswerLevel = Certainty.possible.rawValue
  var failures: [RowFailure] = []
  /// Lists for intersections; relations do not change while a statement runs.
  lazy var neighbourhoods = Neighbourhoods()
  /// Where plans are traced for `.explain`.
  var trace: PlanTrace?
  /// What is running, for the message of a limit.
  var activity = ""
  /// Bad rows of files that were left out.
  var skippedRows = 0
  /// The first of them.
  var badRows: [FileBadRow] = []
  /// Keys of JSON files that turned up too late to be columns, as sentences.
  var lateColumns: [String] = []
  /// Told how far the reading of files has come; nil where nobody asks.
  let meter: ProgressMeter
  private let isInterrupted: () -> Bool
  private let deadline: UInt64

  init(engine: Engine, perspective: Perspective? = nil) {
    self.perspective = perspective ?? engine.perspective
    base = engine.base
    values = engine.base.values
    account = engine.base.account
    settings = engine.settings
    today = engine.today
    isInterrupted = engine.isInterrupted
    meter = ProgressMeter(engine.onProgress)
    if let limit = engine.settings.timeLimit {
      deadline = Evaluation.clock() &+ UInt64(limit * 1e9)
    } else {
      deadline = .max
    }
  }

  /// Nanoseconds of a clock that only goes forward.
  static func clock() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// Called once a batch: stops the statement where the user or a limit says so.
  func checkpoint() throws {
    if isInterrupted() { throw EngineError.interrupted }
    if account.isExceeded {
      throw EngineError.limit(
        "the limit on memory (\(formatBytes(account.limit))) is reached\(activity)")
    }
    if deadline != .max, Evaluation.clock() > deadline {
      throw EngineError.limit(
        "the limit on time (\(settings.timeLimit ?? 0) s) is reached\(activity)")
    }
  }

  /// Leaves out what is less sure than a level: rows of some relations, and matches of the query.
  func prune(_ relations: Set<String>, below least: Certainty) {
    pruned = relations
    leastLevel = least.rawValue
    leastAnswerLevel = least.rawValue
  }

  /// Numbers a failure, so that rows can carry it.
  func note(_ failure: RowFailure) -> UInt16 {
    if let known = failures.firstIndex(of: failure) { return UInt16(known + 1) }
    guard failures.count < Int(UInt16.max) - 1 else { return UInt16(failures.count) }
    failures.append(failure)
    return UInt16(failures.count)
  }

  /// Throws the first failure that a row of a batch carries.
  func raiseFailures(of batch: Batch) throws {
    guard batch.hasFailures else { return }
    for row in 0..<batch.count where batch.failures[row] != 0 {
      throw FailureError(failure: failures[Int(batch.failures[row]) - 1])
    }
  }

  private func formatBytes(_ bytes: Int) -> String {
    bytes >= 1 << 30 ? "\(bytes >> 30) GB" : "\(bytes >> 20) MB"
  }
}

/// A row failure on its way out; the engine adds the text that its span speaks of.
struct FailureError: Error {
  var failure: RowFailure
}
