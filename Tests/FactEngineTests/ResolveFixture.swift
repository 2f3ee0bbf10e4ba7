import FactLanguage
import FactModel
import XCTest

@testable import FactEngine

/// Runs statements as far as resolving and checking them, and notes what is found.
final class ResolveFixture {
  let base = FactBase()
  var program = Program()
  var resolver: Resolver
  /// `CODE place`, in the order found; the place is the text that is underlined.
  var found: [String] = []
  var diagnostics: [Diagnostic] = []
  var queries: [ResolvedQuery] = []
  var loads: [ResolvedRule] = []
  var rules: [ResolvedRule] = []
  var facts: [StatedFact] = []
  var patterns: [RetractionPattern] = []

  init(parameters: [String: String] = [:]) {
    resolver = Resolver(
      base: base, program: Program(), parameters: parameters,
      today: CalendarDate(year: 2026, month: 1, day: 20) ?? .earliest)
  }

  /// Runs all statements of a text, going on after errors.
  @discardableResult
  func run(_ text: String, directory: String? = nil) -> ResolveFixture {
    let source = SourceText(name: "test", directory: directory, bytes: Array(text.utf8))
    let (statements, errors) = parseScript(source)
    for error in errors { note(error, source) }
    for statement in statements {
      do {
        try run(statement, source)
      } catch let error as DiagnosticsError {
        for diagnostic in error.diagnostics { note(diagnostic, error.source) }
      } catch {
        found.append("\(error)")
      }
    }
    return self
  }

  private func note(_ diagnostic: Diagnostic, _ source: SourceText) {
    diagnostics.append(diagnostic)
    found.append("\(diagnostic.code) \(source[diagnostic.span])")
  }

  private func take<Value>(_ resolution: Resolution<Value>) -> Value {
    for (diagnostic, source) in resolution.diagnostics { note(diagnostic, source) }
    return resolution.value
  }

  private func run(_ statement: Statement, _ source: SourceText) throws {
    switch statement.kind {
    case .fact(let atom): state(try resolver.statedFact(atom, in: source), source)
    case .retraction(let atom): patterns.append(try resolver.retractionPattern(atom, in: source))
    case .rule(let rule):
      let new = resolver.newDeclaration(by: rule.head, isRule: true)
      rules.append(take(try resolver.define(rule: rule, in: source)))
      if let new { try base.declare(new) }
      let filled = try resolver.filled(rule, in: source)
      program.rules.append(
        ProgramRule(id: program.rules.count, syntax: filled, source: source, origin: nil))
      resolver.program = program
    case .constraint(let body): _ = take(try resolver.resolve(constraint: body, in: source))
    case .query(let query):
      let query = take(try resolver.resolve(query: query, in: source))
      _ = try resolver.resolveProgram(for: query.body.relations)
      queries.append(query)
    case .declaration(let declaration):
      for diagnostic in try resolver.declare(declaration, in: source) { note(diagnostic, source) }
    case .load(let rule): loads.append(take(try resolver.resolve(load: rule, in: source)))
    case .namedQuery(let named):
      queries.append(
        take(
          try resolver.resolve(query: named.query, in: source, defaults: named.parameters)))
    case .continuation(let stages):
      guard let last = queries.last else { return }
      queries.append(take(try resolver.resolve(stages: stages, continuing: last, in: source)))
    case .ruleRetraction, .command: break
    }
  }

  private func state(_ fact: StatedFact, _ source: SourceText) {
    for diagnostic in fact.diagnostics { note(diagnostic, source) }
    facts.append(fact)
    if fact.isNew, fact.schema.isDeclared { _ = try? base.declare(fact.schema) }
    let relation = base.relation(named: fact.schema.name, arity: fact.schema.arity)
    guard let relation else { return found.append("no relation") }
    let table = fact.isDenial ? relation.denialsForWriting() : relation.facts
    _ = table.state(fact.words, fact.claim)
  }

  /// A word as the language writes it.
  func text(_ word: Word) -> String { base.values.text(of: word) }
}

/// What a text gives: `CODE place` for each finding.
func findings(_ text: String, parameters: [String: String] = [:]) -> [String] {
  ResolveFixture(parameters: parameters).run(text).found
}

/// Asserts the findings of a text, and optionally the hint of the first.
func assertFindings(
  _ text: String, _ expected: [String] = [], hint: String? = nil, note: String? = nil,
  parameters: [String: String] = [:], file: StaticString = #filePath, line: UInt = #line
) {
  let fixture = ResolveFixture(parameters: parameters).run(text)
  XCTAssertEqual(fixture.found, expected, text, file: file, line: line)
  if let hint { XCTAssertEqual(fixture.diagnostics.first?.hint, hint, file: file, line: line) }
  if let note { XCTAssertEqual(fixture.diagnostics.first?.note, note, file: file, line: line) }
}
