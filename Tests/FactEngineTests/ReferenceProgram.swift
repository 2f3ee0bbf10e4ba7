import FactLanguage
import FactModel

@testable import FactEngine

/// A program and one query in parts, so that parts can be left out of it.
struct ReferenceProgram {
  struct Rule {
    var head: String
    /// Alternatives of literals.
    var body: [[String]]
  }

  var facts: [String] = []
  var rules: [Rule] = []
  var query: [[String]] = []
  var stages: [String] = []

  private static func text(_ body: [[String]]) -> String {
    body.map { $0.joined(separator: ", ") }.joined(separator: " ; ")
  }

  /// The statements before the query, one to a line.
  var statements: [String] {
    facts + rules.map { "\($0.head) :- \(ReferenceProgram.text($0.body))." }
  }

  var question: String {
    ([ReferenceProgram.text(query)] + stages).joined(separator: " | ") + "?"
  }

  /// The whole program as a script.
  var text: String { (statements + [question]).joined(separator: "\n") }

  /// The programs with one part left out.
  var smaller: [ReferenceProgram] {
    var result: [ReferenceProgram] = []
    func add(_ change: (inout ReferenceProgram) -> Void) {
      var copy = self
      change(&copy)
      result.append(copy)
    }
    for index in rules.indices { add { $0.rules.remove(at: index) } }
    for index in stages.indices { add { $0.stages.remove(at: index) } }
    for index in facts.indices { add { $0.facts.remove(at: index) } }
    for branch in query.indices {
      if query.count > 1 { add { $0.query.remove(at: branch) } }
      if query[branch].count > 1 {
        for literal in query[branch].indices { add { $0.query[branch].remove(at: literal) } }
      }
    }
    for rule in rules.indices {
      for branch in rules[rule].body.indices {
        if rules[rule].body.count > 1 { add { $0.rules[rule].body.remove(at: branch) } }
        if rules[rule].body[branch].count > 1 {
          for literal in rules[rule].body[branch].indices {
            add { $0.rules[rule].body[branch].remove(at: literal) }
          }
        }
      }
    }
    return result
  }

  /// The smallest program, leaving out part after part, for which something still holds.
  func shrunk(while holds: (ReferenceProgram) -> Bool) -> ReferenceProgram {
    var program = self
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for smaller in program.smaller where holds(smaller) {
        program = smaller
        hasChanged = true
        break
      }
    }
    return program
  }
}

/// What a program answers, as text: rows in order, or why there are none.
enum ReferenceOutcome: Equatable {
  case rows([String])
  case failed
  /// The text is refused, so that there is nothing to compare.
  case refused
}

/// A program read by an engine, and the same rules for the reference.
final class ReferenceRun {
  let engine = Engine()
  let source: SourceText
  private(set) var resolved: ResolvedQuery?
  private(set) var rules: [ResolvedRule] = []
  private(set) var refusal = ""

  convenience init(_ program: ReferenceProgram, disabledPasses: Set<String> = []) {
    self.init(text: program.text, disabledPasses: disabledPasses)
  }

  init(text: String, disabledPasses: Set<String> = []) {
    source = SourceText(name: "program", bytes: Array(text.utf8))
    engine.settings.disabledPasses = disabledPasses
    engine.settings.timeLimit = 10
    let (statements, errors) = parseScript(source)
    do {
      if let error = errors.first { throw EngineError.failed(message: error.message, hint: nil) }
      for statement in statements {
        guard case .query(let query) = statement.kind else {
          _ = try engine.run(statement, in: source)
          continue
        }
        self.query = query
        let resolved = try engine.resolver.resolve(query: query, in: source).value
        let relations = resolved.body.relations.union(resolved.stageRelations)
        let needed = try engine.resolver.resolveProgram(for: relations)
        rules = needed.rules.sorted { $0.key < $1.key }.map(\.value)
        self.resolved = resolved
      }
    } catch let error as DiagnosticsError {
      refusal = error.diagnostics.map(\.message).joined(separator: "; ")
    } catch {
      refusal = "\(error)"
    }
  }

  private(set) var query: Query?

  /// What the engine answers.
  func answer() -> ReferenceOutcome {
    guard let query, resolved != nil else { return .refused }
    do {
      let answer = try engine.ask(query, in: source)
      if answer.isYesNo { return .rows(answer.truth.map { ["yes \($0)"] } ?? []) }
      return .rows(
        (0..<answer.rowCount).map { row in
          line(answer.words.map { $0[row] }, answer.certainty(row: row).rawValue)
        })
    } catch is DiagnosticsError {
      return .failed
    } catch EngineError.failed {
      return .failed
    } catch {
      return .rows(["\(error)"])
    }
  }

  /// What the reference answers.
  func expected() -> ReferenceOutcome {
    guard let resolved else { return .refused }
    let reference = ReferenceEvaluator(base: engine.base, relations: relations)
    do {
      try reference.derive(rules)
      let rows = try reference.rows(of: resolved)
      if isYesNo {
        let best = rows.map(\.level).min().flatMap { Certainty(rawValue: $0) }
        return .rows(best.map { ["yes \($0)"] } ?? [])
      }
      return .rows(rows.map { line($0.words, $0.level) })
    } catch {
      return .failed
    }
  }

  /// All relations that the query or a rule reads or derives.
  var relations: Set<String> {
    guard let resolved else { return [] }
    return rules.reduce(into: resolved.body.relations.union(resolved.stageRelations)) {
      $0.insert($1.relation)
      $0.formUnion($1.body.relations)
    }
  }

  var isYesNo: Bool {
    guard let resolved else { return false }
    return resolved.columns.isEmpty && resolved.stages.allSatisfy { !$0.makesColumns }
  }

  func line(_ words: [UInt64], _ level: UInt8) -> String {
    let row = words.map { engine.base.values.text(of: Word(bits: $0)) }.joined(separator: " | ")
    return level == 0 ? row : "\(row) @\(Certainty(rawValue: level) ?? .possible)"
  }
}
