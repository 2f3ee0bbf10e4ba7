import FactLanguage
import FactModel
import XCTest

@testable import FactEngine

/// Proofs are checked step by step: each is derived again by an engine that knows its premises, its
/// rule, and nothing else.
final class ProofTests: XCTestCase {
  private var checkedSteps = 0
  private var checkedRows = 0
  private var aggregates = 0
  private var uncertain = 0

  func testProofsOfRandomPrograms() throws {
    for seed in UInt64(1)...160 {
      try check(seed: seed, isMixed: seed % 2 == 0, disabledPasses: [])
    }
    // What was checked is worth something only if it was there.
    XCTAssertGreaterThan(checkedRows, 120)
    XCTAssertGreaterThan(checkedSteps, 240)
    XCTAssertGreaterThan(aggregates, 8)
    XCTAssertGreaterThan(uncertain, 20)
  }

  func testProofsWithPassesOff() throws {
    for seed in UInt64(1_000)..<1_060 {
      let passes = Set(Pass.allCases.map(\.rawValue))
      try check(seed: seed, isMixed: true, disabledPasses: passes)
    }
    XCTAssertGreaterThan(checkedSteps, 50)
  }

  private func check(seed: UInt64, isMixed: Bool, disabledPasses: Set<String>) throws {
    var generator = ReferenceGenerator(seed: seed, isMixed: isMixed)
    let program = generator.program()
    let run = ReferenceRun(program, disabledPasses: disabledPasses)
    guard let query = run.query, run.resolved != nil,
      let answer = try? run.engine.ask(query, in: run.source)
    else { return }
    let count = answer.isYesNo ? (answer.truth == nil ? 0 : 1) : answer.rowCount
    for row in 0..<min(count, 4) {
      let proof: Proof
      do {
        proof = try run.engine.prove(answer, row: row)
      } catch {
        XCTFail("seed \(seed), row \(row): \(error)\n\(program.text)")
        continue
      }
      let certainty = answer.isYesNo ? answer.truth ?? .possible : answer.certainty(row: row)
      let checker = ProofChecker(proof: proof, run: run, question: program.question)
      for problem in checker.problems(certainty: certainty) {
        XCTFail("seed \(seed), row \(row): \(problem)\n\(program.text)")
      }
      checkedRows += 1
      checkedSteps += proof.steps.count
      aggregates += proof.steps.count { if case .aggregate = $0.support { true } else { false } }
      if certainty != .certain { uncertain += 1 }
    }
  }

  /// A chain is as deep as the data; a proof of it needs no deep stack, and each row one step.
  func testProofOfLongChain() throws {
    var text = (0..<1_500).map { "edge(n\($0), n\($0 + 1))." }.joined(separator: "\n")
    text += "\npath(X, Y) :- edge(X, Y).\npath(X, Z) :- path(X, Y), edge(Y, Z).\npath(n0, n1500)?"
    for passes: Set<String> in [[], [Pass.linearRecursion.rawValue]] {
      let run = ReferenceRun(text: text, disabledPasses: passes)
      let query = try XCTUnwrap(run.query)
      let answer = try run.engine.ask(query, in: run.source)
      let proof = try run.engine.prove(answer, row: 0)
      XCTAssertEqual(proof.steps.count, 1 + 1_500 + 1_500)
      XCTAssertTrue(ProofChecker(proof: proof, run: run, question: "").isAcyclic)
    }
  }

  /// A cycle that is entered by a weak edge: the way round is never taken for its own proof.
  func testRecursionThroughCycles() throws {
    let run = ReferenceRun(
      text: """
        e(a, b). e(b, a). e(b, c) @certainty: probable. e(c, d). e(a, d) @certainty: possible.
        p(X, Y) :- e(X, Y).
        p(X, Z) :- p(X, Y), p(Y, Z).
        p(X, Y)?
        """)
    let query = try XCTUnwrap(run.query)
    let answer = try run.engine.ask(query, in: run.source)
    for row in 0..<answer.rowCount {
      let proof = try run.engine.prove(answer, row: row)
      let checker = ProofChecker(proof: proof, run: run, question: "p(X, Y)?")
      XCTAssertEqual(checker.problems(certainty: answer.certainty(row: row)), [])
      let all = try run.engine.proveAll(answer, row: row)
      XCTAssertEqual(all.proofs.first?.steps[0].certainty, answer.certainty(row: row))
      for proof in all.proofs {
        XCTAssertTrue(ProofChecker(proof: proof, run: run, question: "").isAcyclic)
      }
    }
  }
}

/// Checks one proof against the base and the rules that it speaks of.
struct ProofChecker {
  let proof: Proof
  let run: ReferenceRun
  /// The query as written.
  let question: String

  func problems(certainty: Certainty) -> [String] {
    var problems: [String] = []
    if proof.steps[0].certainty != certainty {
      problems.append("the proof is \(proof.steps[0].certainty), the row \(certainty)")
    }
    if !isAcyclic { problems.append("a step rests on itself") }
    for (number, step) in proof.steps.enumerated() {
      if let problem = problem(of: step, isFirst: number == 0) { problems.append(problem) }
    }
    return problems
  }

  /// Whether no step rests on itself.
  var isAcyclic: Bool {
    var state = [Int](repeating: 0, count: proof.steps.count)
    for start in proof.steps.indices where state[start] == 0 {
      var path: [(step: Int, below: [Int])] = [(start, below(start))]
      state[start] = 1
      while let top = path.last {
        guard let next = top.below.last else {
          state[top.step] = 2
          path.removeLast()
          continue
        }
        path[path.count - 1].below.removeLast()
        if state[next] == 1 { return false }
        if state[next] == 0 {
          state[next] = 1
          path.append((next, below(next)))
        }
      }
    }
    return true
  }

  private func below(_ number: Int) -> [Int] {
    proof.steps[number].premiseSteps + doubts(proof.steps[number])
  }

  private func doubts(_ step: Proof.Step) -> [Int] {
    var instances: [Proof.Instance] = []
    switch step.support {
    case .instance(let instance): instances = [instance]
    case .aggregate(let aggregation):
      for case .match(let instance) in aggregation.inputs { instances.append(instance) }
    default: break
    }
    return instances.flatMap { instance in
      instance.premises.flatMap { premise -> [Int] in
        if case .condition(let condition) = premise { condition.doubts } else { [] }
      }
    }
  }

  private func problem(of step: Proof.Step, isFirst: Bool) -> String? {
    switch (step.conclusion, step.support) {
    case (.atom(let atom), .stated(let claims)):
      guard case .relation(let name) = atom.source,
        let relation = run.engine.base.relation(named: name)
      else { return "\(atom.text) is no fact" }
      let table = relation.facts.facts
      let row = (0..<UInt32(table.rowCount)).first { row in
        table.isLive(row) && table.words(row: row) == atom.words.map(\.bits)
      }
      guard let row else { return "\(atom.text) is not stated" }
      if relation.facts.facts.level(of: row) != step.certainty {
        return "\(atom.text) is stated as \(table.level(of: row)), shown as \(step.certainty)"
      }
      return claims.isEmpty ? "\(atom.text) has no claims" : nil
    case (.atom(let atom), .instance(let instance)):
      guard let rule = run.engine.program.rules.first(where: { $0.id == instance.rule }) else {
        return "\(atom.text) has no rule"
      }
      let known = premises(step)
      return derive(known, rule.source[rule.syntax.span] + ".", atom.text + "?", step)
    case (.atom(let atom), .aggregate(let aggregation)):
      guard aggregation.inputCount == aggregation.inputs.count else { return nil }
      guard let rule = run.engine.program.rules.first(where: { $0.id == aggregation.rule }) else {
        return "\(atom.text) has no rule"
      }
      return derive(
        premises(step), rule.source[rule.syntax.span] + ".", atom.text + "?", step)
    case (.row, .instance(let instance)):
      // The rows of stages before an aggregate answer another question.
      guard isFirst else { return nil }
      // After an aggregate what a row rests on is a row, which no engine can be told.
      for number in instance.premiseSteps {
        if case .row = proof.steps[number].conclusion { return nil }
      }
      return derive(premises(step), "", question, step)
    case (.row, .aggregate(let aggregation)):
      guard aggregation.inputCount == aggregation.inputs.count, isFirst else {
        return nil
      }
      if case .row? = aggregation.inputs.first { return nil }
      return derive(premises(step), "", question, step)
    default: return "a step of an unexpected kind"
    }
  }

  /// What a step rests on, as statements.
  private func premises(_ step: Proof.Step) -> [String] {
    (step.premiseSteps + doubts(step)).compactMap { number in
      guard case .atom(let atom) = proof.steps[number].conclusion else { return nil }
      return "\(atom.text) @certainty: \(proof.steps[number].certainty)."
    }
  }

  /// Derives a step from its premises alone.
  private func derive(
    _ premises: [String], _ rule: String, _ question: String, _ step: Proof.Step
  ) -> String? {
    let text = (premises + [rule, question]).joined(separator: "\n")
    let small = ReferenceRun(text: text)
    guard let query = small.query, small.resolved != nil else {
      // A query may not ask directly for a relation of which a negation alone speaks.
      return small.refusal.contains("relation") ? nil : "refused: \(small.refusal)\n\(text)"
    }
    guard let answer = try? small.engine.ask(query, in: small.source) else {
      return "failed\n\(text)"
    }
    var found: Certainty?
    if answer.isYesNo {
      found = answer.truth
    } else {
      guard case .row(let bindings) = step.conclusion else { return "rows\n\(text)" }
      let wanted = bindings.map { run.engine.base.values.text(of: $0.word) }
      for row in 0..<answer.rowCount {
        let words = answer.words.map { small.engine.base.values.text(of: Word(bits: $0[row])) }
        if words == wanted { found = answer.certainty(row: row) }
      }
    }
    guard let found else { return "not derived\n\(text)" }
    return found == step.certainty
      ? nil : "derived as \(found), shown as \(step.certainty)\n\(text)"
  }
}
