import FactLanguage

/// The findings about one statement: each once, in the order of their places.
struct DiagnosticCollector {
  let source: SourceText
  private var findings: [Diagnostic] = []
  private var seen: Set<Diagnostic> = []

  init(source: SourceText) { self.source = source }

  mutating func report(_ problem: ResolveProblem, at span: SourceSpan) {
    add(problem.diagnostic(at: span))
  }

  mutating func report(_ problem: CheckProblem, at span: SourceSpan) {
    add(problem.diagnostic(at: span))
  }

  mutating func add(_ finding: Diagnostic) {
    if seen.insert(finding).inserted { findings.append(finding) }
  }

  var hasErrors: Bool { findings.contains { $0.severity == .error } }

  /// The findings by place; at one place errors stand first.
  var sorted: [Diagnostic] {
    findings.sorted { a, b in
      if a.span.lower != b.span.lower { return a.span.lower < b.span.lower }
      if a.severity != b.severity { return a.severity < b.severity }
      return a.code < b.code
    }
  }

  /// Throws what was found if anything of it is an error.
  func throwErrors() throws {
    if hasErrors { throw DiagnosticsError(sorted, in: source) }
  }
}

/// What an entry point of the resolver gives: a value, and warnings and notices beside it, each
/// with the text that it speaks of.
struct Resolution<Value> {
  var value: Value
  var diagnostics: [(Diagnostic, SourceText)] = []
}
