import FactEngine
import FactLanguage
import FactModel

/// Runs the statements of one text in order and says what they did.
final class StatementRunner {
  private let session: Session
  private let source: SourceText
  private let origin: String?
  /// What the facts stated so far did.
  private var newFacts = 0
  private var newClaims = 0
  private var statedFacts = 0
  /// Whether a statement failed and the script went on.
  private var hasFailed = false

  init(session: Session, source: SourceText, origin: String?) {
    self.session = session
    self.source = source
    self.origin = origin
  }

  /// Runs a statement or a batch of facts.
  ///
  /// - Throws: what it throws, or nothing where the session keeps going.
  func run(_ item: ScriptItem) throws {
    switch item {
    case .statement(let statement): try attempt { try runOne(statement) }
    case .facts(let batch):
      var next = 0
      while next < batch.count {
        if session.engine.isInterrupted() { throw EngineError.interrupted }
        let stated = try session.engine.state(batch, from: next, in: source)
        session.showEngineDiagnostics()
        statedFacts += stated.count
        newFacts += stated.newFacts
        newClaims += stated.newClaims
        next += stated.count
        guard let failure = stated.failure else { break }
        try attempt { throw failure }
        next += 1
      }
    }
  }

  private func attempt(_ body: () throws -> Void) throws {
    guard session.keepsGoing else { return try body() }
    do {
      try body()
    } catch {
      if ErrorText.isInterruption(error) { throw error }
      session.report(error)
      hasFailed = true
    }
  }

  private func runOne(_ statement: Statement) throws {
    defer { session.progressLine.clear() }
    switch statement.kind {
    case .command(let text):
      do {
        let line = CommandLine(text, isExact: !session.isPrompting)
        try session.engine.reading { try line.run(in: session) }
      } catch let failure as SessionFailure where !session.isPrompting {
        throw DiagnosticsError([failure.diagnostic(at: statement.span)], in: source)
      }
    case .query(let query):
      try ask(query)
    case .continuation(let stages):
      try session.answer { try session.engine.continueLast(stages: stages, in: source) }
    default:
      let outcome = try session.engine.run(statement, in: source, origin: origin)
      session.progressLine.clear()
      try report(outcome)
    }
  }

  private func ask(_ query: Query) throws {
    let hint = session.isPrompting ? FactHint.text(for: query, in: source) : nil
    do {
      try session.answer { try session.engine.ask(query, in: source) }
    } catch let error as DiagnosticsError {
      guard let hint, let last = error.diagnostics.indices.last else { throw error }
      var diagnostics = error.diagnostics
      diagnostics[last].note = [diagnostics[last].note, hint].compactMap { $0 }
        .joined(separator: "; ")
      throw DiagnosticsError(diagnostics, in: error.source)
    }
    if let hint, session.lastAnswer?.isYesNo == true, session.lastAnswer?.truth == nil {
      session.notice("  \(hint)")
    }
  }

  private func report(_ outcome: Outcome) throws {
    session.showEngineDiagnostics()
    switch outcome {
    case .stated(let facts, let claims):
      statedFacts += 1
      newFacts += facts
      newClaims += claims
    case .retracted(let claims):
      session.notice("\(Readable.count(claims, "claim")) retracted")
    case .defined: break
    case .loaded(let rows, let facts, let claims, _):
      session.notice(StatementRunner.loadText(rows: rows, facts: facts, claims: claims))
    case .answer(let answer): try session.show(answer, seconds: nil)
    }
  }

  /// What is said once all statements have run.
  ///
  /// - Throws: `AlreadyReported` where a statement failed.
  func finish() throws {
    if session.isPrompting, statedFacts > 0 {
      var parts: [String] = []
      if newFacts > 0 { parts.append(Readable.count(newFacts, "new fact")) }
      let merged = newClaims - newFacts
      if merged > 0 { parts.append(Readable.count(merged, "more claim") + " of known facts") }
      session.notice(parts.isEmpty ? "nothing new" : parts.joined(separator: ", "))
    }
    if hasFailed { throw AlreadyReported() }
  }

  /// What a load did; `claims` are those beyond the first of each new fact.
  static func loadText(rows: Int, facts: Int, claims: Int) -> String {
    var text = "\(Readable.count(rows, "row")), \(Readable.count(facts, "new fact"))"
    if claims > 0 { text += ", \(Readable.count(claims, "more claim")) of them" }
    let known = rows - facts - claims
    if known > 0 { text += ", \(Readable.count(known)) known already" }
    return text
  }
}
