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
  /// The moment or period that is asked of, with its colon; empty for now.
  var scope = ""

  private static func text(_ body: [[String]]) -> String {
    body.map { $0.joined(separator: ", ") }.joined(separator: " ; ")
  }

  /// The statements before the query, one to a line.
  var statements: [String] {
    facts + rules.map { "\($0.head) :- \(ReferenceProgram.text($0.body))." }
  }

  var question: String {
    scope + ([ReferenceProgram.text(query)] + stages).joined(separator: " | ") + "?"
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
    if !scope.isEmpty { add { $0.scope = "" } }
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

  /// What the engine answers, less what is weaker than a level.
  func answer(atLeast least: Certainty = .possible) -> ReferenceOutcome {
    guard let query, resolved != nil else { return .refused }
    engine.settings.leastCertainty = least
    defer { engine.settings.leastCertainty = .possible }
    do {
      let answer = try engine.ask(query, in: source)
      if answer.isYesNo {
        guard let truth = answer.truth, truth.rawValue <= least.rawValue else { return .rows([]) }
        return .rows([mark("yes", truth.rawValue, isClean: !answer.isDisputed(row: 0))])
      }
      return .rows(
        (0..<answer.rowCount).compactMap { row in
          let level = answer.certainty(row: row).rawValue
          return level > least.rawValue
            ? nil
            : line(
              answer.words.map { $0[row] }, level, isClean: !answer.isDisputed(row: row))
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
  func expected(atLeast least: Certainty = .possible) -> ReferenceOutcome {
    guard let resolved else { return .refused }
    do {
      let rows = try expectedRows(resolved).filter { $0.level <= least.rawValue }
      if isYesNo, !isChange {
        guard let best = rows.map(\.level).min() else { return .rows([]) }
        return .rows([mark("yes", best, isClean: rows.contains(where: \.isClean))])
      }
      return .rows(rows.map { line($0.words, $0.level, isClean: $0.isClean) })
    } catch {
      return .failed
    }
  }

  private var isChange: Bool {
    if case .between? = resolved?.scope { true } else { false }
  }

  private func expectedRows(_ query: ResolvedQuery) throws -> [ReferenceEvaluator.Row] {
    guard case .between(let first, let second)? = query.scope else {
      return try self.rows(of: query, query.scope)
    }
    let values = engine.base.values
    func changed(_ moment: Word, _ other: Word, _ change: String) throws -> [ReferenceEvaluator.Row]
    {
      let known = Set(try self.rows(of: query, .asOf(other)).map { isYesNo ? [] : $0.words })
      let word = values.word(for: .symbol(change)).bits
      var found = try self.rows(of: query, .asOf(moment))
      if isYesNo, let best = found.min(by: { $0.level < $1.level }) {
        found = [
          ReferenceEvaluator.Row(
            words: [], level: best.level, isClean: found.contains(where: \.isClean))
        ]
      }
      return found.filter { !known.contains($0.words) }.map { row in
        var row = row
        row.words.append(word)
        return row
      }
    }
    let all = try changed(first, second, "gone") + changed(second, first, "new")
    return all.sorted { left, right in
      for (a, b) in zip(left.words, right.words) {
        let order = values.compareForSort(Word(bits: a), Word(bits: b))
        if order != 0 { return order < 0 }
      }
      return false
    }
  }

  /// The rows that the reference finds from a moment, or in a world.
  func rows(
    of query: ResolvedQuery, _ scope: ResolvedScope?, world: ReferenceWorld? = nil
  ) throws -> [ReferenceEvaluator.Row] {
    let reference = ReferenceEvaluator(
      base: engine.base, relations: relations, scope: scope, world: world)
    try reference.derive(rules)
    return try reference.rows(of: query)
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

  func line(_ words: [UInt64], _ level: UInt8, isClean: Bool = true) -> String {
    let row = words.map { engine.base.values.text(of: Word(bits: $0)) }.joined(separator: " | ")
    return mark(row, level, isClean: isClean)
  }

  private func mark(_ row: String, _ level: UInt8, isClean: Bool) -> String {
    (level == 0 ? row : "\(row) @\(Certainty(rawValue: level) ?? .possible)")
      + (isClean ? "" : " disputed")
  }
}
