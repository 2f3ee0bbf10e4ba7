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
  private var rowsOfRows = 0
  private var disputed = 0
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
    XCTAssertGreaterThan(rowsOfRows, 4)
  }

  /// Rows that are disputed, as of a moment, in a period, and changed between two moments.
  func testProofsOfClaims() throws {
    for seed in UInt64(5_001)...5_160 {
      try check(seed: seed, isMixed: seed % 2 == 0, isClaimed: true, disabledPasses: [])
    }
    XCTAssertGreaterThan(checkedRows, 100)
    XCTAssertGreaterThan(disputed, 10)
    XCTAssertGreaterThan(uncertain, 20)
  }

  func testProofsWithPassesOff() throws {
    for seed in UInt64(1_000)..<1_060 {
      let passes = Set(Pass.allCases.map(\.rawValue))
      try check(seed: seed, isMixed: true, disabledPasses: passes)
    }
    XCTAssertGreaterThan(checkedSteps, 50)
  }

  private func check(
    seed: UInt64, isMixed: Bool, isClaimed: Bool = false, disabledPasses: Set<String>
  ) throws {
    var generator = ReferenceGenerator(seed: seed, isMixed: isMixed, isClaimed: isClaimed)
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
      let checker = ProofChecker(
        proof: proof, run: run, program: program, scope: run.scope(of: answer, row: row))
      for problem in checker.problems(
        certainty: certainty, isDisputed: answer.isDisputed(row: answer.isYesNo ? 0 : row))
      {
        XCTFail("seed \(seed), row \(row): \(problem)\n\(program.text)")
      }
      checkedRows += 1
      checkedSteps += proof.steps.count
      aggregates += proof.steps.count { if case .aggregate = $0.support { true } else { false } }
      rowsOfRows += proof.steps.dropFirst().count {
        if case .row = $0.conclusion { true } else { false }
      }
      if certainty != .certain { uncertain += 1 }
      if answer.isDisputed(row: row) { disputed += 1 }
    }
  }

  /// Of more inputs than are listed the number is right, and those listed are among them.
  func testAggregatesOfManyInputs() throws {
    var facts = (0..<60).map { number in
      "n(g\(number % 2), \(number % 7 == 0 ? "\(number)..\(number + 3)" : "\(number)"))"
        + (number % 5 == 0 ? " @certainty: possible." : ".")
    }
    facts.append("-n(g0, 2).")
    let rules = [
      ReferenceProgram.Rule(head: "total(G, count(), sum(N))", body: [["n(G, N)"]]),
      ReferenceProgram.Rule(head: "spread(G, min(N), max(N))", body: [["n(G, N)", "N > 1"]]),
    ]
    func program(_ query: [String], _ stages: [String]) -> ReferenceProgram {
      ReferenceProgram(facts: facts, rules: rules, query: [query], stages: stages)
    }
    for program in [
      program(["total(G, C, S)"], []), program(["spread(G, L, M)"], ["where M > 3"]),
      program(["n(G, N)"], ["C = count, S = sum N by G"]),
      program(["n(G, N)", "N > 3"], ["A = avg N"]),
      program(["n(G, N)"], ["select G, T = N + 1", "C = count, M = max T by G", "where C > 3"]),
    ] {
      let run = ReferenceRun(program)
      let answer = try run.engine.ask(XCTUnwrap(run.query), in: run.source)
      XCTAssertGreaterThan(answer.rowCount, 0)
      for row in 0..<answer.rowCount {
        let proof = try run.engine.prove(answer, row: row)
        let checker = ProofChecker(proof: proof, run: run, program: program, scope: nil)
        XCTAssertEqual(
          checker.problems(
            certainty: answer.certainty(row: row), isDisputed: answer.isDisputed(row: row)), [])
        let cut = proof.steps.compactMap { step -> Proof.Aggregation? in
          if case .aggregate(let found) = step.support { found } else { nil }
        }
        XCTAssertTrue(cut.contains { $0.inputCount > $0.inputs.count }, program.question)
        XCTAssertTrue(cut.allSatisfy { $0.inputs.count <= Proof.inputLimit })
      }
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
      XCTAssertTrue(ProofChecker(proof: proof, run: run).isAcyclic)
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
      let checker = ProofChecker(
        proof: proof, run: run, program: ReferenceProgram(query: [["p(X, Y)"]]))
      XCTAssertEqual(checker.problems(certainty: answer.certainty(row: row)), [])
      let all = try run.engine.proveAll(answer, row: row)
      XCTAssertEqual(all.proofs.first?.steps[0].certainty, answer.certainty(row: row))
      for proof in all.proofs {
        XCTAssertTrue(ProofChecker(proof: proof, run: run).isAcyclic)
      }
    }
  }

  /// Where an optional atom found nothing for sure, the proof is as sure as the row, and says what
  /// there may be.
  func testOptionalOfUncertainFacts() throws {
    let facts = """
      e(a, b). e(b, c). e(c, d). e(d, _) @certainty: probable. e(f, g).
      size(b, 15) @certainty: possible. size(b, 16) @certainty: probable. size(d, _).
      size(_, 3). size(g, 5). size(g, 6) @certainty: possible.

      """
    let rule = "q(X, N) :- e(X, Y), optional size(Y, N)."
    for (rules, query) in [
      ("", ["e(X, Y)", "optional size(Y, N)"]), (rule, ["q(X, N)"]),
      ("", ["e(X, K)", "K = Y", "optional size(Y, N)"]),
    ] {
      let run = ReferenceRun(text: facts + rules + "\n" + query.joined(separator: ", ") + "?")
      let answer = try run.engine.ask(XCTUnwrap(run.query), in: run.source)
      XCTAssertEqual(answer.rowCount, 8)
      var unsure = 0
      for row in 0..<answer.rowCount {
        let proof = try run.engine.prove(answer, row: row)
        let checker = ProofChecker(
          proof: proof, run: run, program: ReferenceProgram(query: [query]))
        XCTAssertEqual(checker.problems(certainty: answer.certainty(row: row)), [])
        if answer.certainty(row: row) != .certain { unsure += 1 }
      }
      XCTAssertGreaterThanOrEqual(unsure, 5)
    }
  }

  /// A negation that something uncertain might contradict is as sure as that leaves it, and names it;
  /// of a cycle each row is derived before what rests on it, where no search finds the proof.
  func testNegationsAndCyclesWithoutSearch() throws {
    let facts = """
      e(a, b). e(b, a). e(b, c) @certainty: probable. e(c, d). e(d, a). e(a, d) @certainty: possible.
      v(a). v(b). v(c). w(a) @certainty: possible. w(b) @certainty: probable.

      """
    for (rules, query) in [
      ("", ["v(X)", "not w(X)"]), ("n(X) :- v(X), not w(X).", ["n(X)"]),
      ("n(X) :- v(X), not e(X, d).", ["n(X)"]),
      ("p(X, Y) :- e(X, Y). p(X, Z) :- p(X, Y), p(Y, Z).", ["p(X, Y)"]),
      ("p(X, Y) :- q(X, Y). q(X, Y) :- e(X, Y). q(X, Z) :- p(X, Y), e(Y, Z).", ["p(X, Y)"]),
    ] {
      let run = ReferenceRun(
        text: facts + rules + "\n" + query.joined(separator: ", ") + "?",
        disabledPasses: Set(Pass.allCases.map(\.rawValue)))
      let answer = try run.engine.ask(XCTUnwrap(run.query), in: run.source)
      XCTAssertGreaterThan(answer.rowCount, 1)
      for row in 0..<answer.rowCount {
        let checker = ProofChecker(
          proof: try run.engine.prove(answer, row: row), run: run,
          program: ReferenceProgram(query: [query]))
        XCTAssertEqual(checker.problems(certainty: answer.certainty(row: row)), [])
      }
    }
  }
}
