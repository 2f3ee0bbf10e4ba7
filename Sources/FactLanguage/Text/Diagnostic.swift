/// One finding about a text, ready to be shown: a sentence, its place, and what may help.
///
/// Each stage has an enum of its own findings with payloads; only there a finding becomes text, so
/// that code and wording stay together and tests may match either.
public struct Diagnostic: Sendable, Hashable {
  /// Whether it stops the statement.
  public enum Severity: UInt8, Sendable, Comparable {
    case error, warning, notice
    /// An error comes before a warning.
    public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
  }

  /// Whether it stops the statement.
  public var severity: Severity
  /// A stable code such as `E0201`, for the manual and for tests.
  public var code: String
  /// One sentence without a full stop that stands on its own.
  public var message: String
  /// The whole bad expression.
  public var span: SourceSpan
  /// More about the cause.
  public var note: String?
  /// What to write instead, or the nearest name.
  public var hint: String?

  /// A finding at its place.
  public init(
    _ severity: Severity, _ code: String, _ message: String, at span: SourceSpan,
    note: String? = nil, hint: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.span = span
    self.note = note
    self.hint = hint
  }
}

/// Diagnostics that end a statement, with the text they speak of.
public struct DiagnosticsError: Error {
  /// What was found, by place.
  public var diagnostics: [Diagnostic]
  /// The text that the places are of.
  public var source: SourceText

  /// Ends a statement with what was found in `source`.
  public init(_ diagnostics: [Diagnostic], in source: SourceText) {
    self.diagnostics = diagnostics
    self.source = source
  }
}
