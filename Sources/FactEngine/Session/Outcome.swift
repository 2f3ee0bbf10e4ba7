import FactLanguage
import FactModel
import Glibc

/// What a statement did.
public enum Outcome {
  /// Facts were stated: how many were new, and how many claims were added to known ones.
  case stated(newFacts: Int, newClaims: Int)
  /// Claims were closed.
  case retracted(claims: Int)
  /// A declaration, rule, constraint or named query was taken in, or a rule removed.
  case defined
  /// A file was loaded.
  case loaded(rows: Int, newFacts: Int, newClaims: Int, skipped: Int)
  case answer(Answer)
}

/// The limits and choices that evaluation follows; `.set` and the command line write them.
public struct EngineSettings {
  /// The date of `today`; nil reads the clock.
  public var today: CalendarDate?
  /// The moment as of which queries are answered that name none; nil is now, with all that is
  /// known and not retracted.
  public var asOf: Value?
  /// Answers less sure than this are not wanted, so that what only they need may be left out; who
  /// shows answers still drops those that are there.
  public var leastCertainty = Certainty.possible
  /// Seconds that one statement may take; nil is without limit.
  public var timeLimit: Double?
  /// Bytes that tables and sets may take; nil is without limit. Three quarters of the machine's
  /// memory unless somebody says otherwise, so that an endless rule ends with an error.
  public var memoryLimit: Int? = EngineSettings.defaultMemoryLimit
  /// Whether bad rows of a file are left out (and counted) rather than an error.
  public var skipsBadRows = false
  /// Whether statements may read and write files.
  public var isSafe = false
  /// Passes of the plan that are switched off, by name.
  public var disabledPasses: Set<String> = []
  /// Whether an empty answer looks for its reason.
  public var explainsEmptyAnswers = false

  /// The choices of a new session.
  public init() {}

  private static let defaultMemoryLimit: Int? = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let size = sysconf(Int32(_SC_PAGESIZE))
    return pages > 0 && size > 0 ? pages / 4 * 3 * size : nil
  }()
}
