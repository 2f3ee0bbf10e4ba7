import FactLanguage

/// What a command or the session itself cannot do, as a sentence and what may help.
public struct SessionFailure: Error, Sendable, Hashable {
  /// One sentence without a full stop.
  public var message: String
  /// What to do instead.
  public var hint: String?

  /// A sentence, and what may help.
  public init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }

  /// What safe mode refuses.
  static func unsafe(_ what: String) -> SessionFailure {
    SessionFailure(
      "\(what) is not allowed in safe mode",
      hint: "factsh was started with --safe, so that nothing touches files or starts programs")
  }

  /// The failure at its place in a script.
  func diagnostic(at span: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "E0901", message, at: span, hint: hint)
  }
}

/// How a run of statements ended.
public enum SessionStatus: Int32, Sendable {
  case succeeded = 0
  case failed = 1
  case wrongUsage = 2
  case baseUnavailable = 3
  case interrupted = 130
}

/// Names that come near to what was typed.
enum Nearest {
  /// `did you mean X?`, or nil where nothing is near.
  static func hint(
    for typed: String, among names: some Sequence<String>, prefix: String = ""
  ) -> String? {
    let near = NearestName.nearest(typed, among: names).map { "`\(prefix)\($0)`" }
    guard let last = near.last else { return nil }
    if near.count == 1 { return "did you mean \(last)?" }
    return "did you mean " + near.dropLast().joined(separator: ", ") + " or \(last)?"
  }
}
