import FactLanguage
import FactModel

/// Runs statements against a fact base and its program: the front door of this library.
///
/// One engine serves one session and is used from one thread. Errors in a statement are thrown as
/// `DiagnosticsError` and leave base and program as they were.
public final class Engine {
  public let base: FactBase
  public internal(set) var program = Program()
  public var settings = EngineSettings()
  /// Script parameters (`$name`) by name, as given with `--set`.
  public var parameters: [String: String] = [:]
  /// Polled about once a batch; true stops the statement that runs with `.interrupted`.
  public var isInterrupted: () -> Bool = { false }
  /// Warnings and notices that statements gave besides their outcome; the shell shows and clears them.
  public var diagnostics: [(Diagnostic, SourceText)] = []

  public init(base: FactBase = FactBase()) { self.base = base }
}
