import FactLanguage
import FactModel
import XCTest

@testable import FactEngine

/// Binding, stratification, types and units.
final class CheckTests: XCTestCase {
  func testBinding() {
    assertFindings("q(1). p(X) :- q(X). p(X) :- q(X), X > 2, not r(X).")
    assertFindings(
      "q(1). p(X, Y) :- q(X).", ["E0301 Y"],
      hint: "use `Y` in an atom of the body, or write a constant")
    assertFindings("q(1). p(X) :- q(X), Y > 2.", ["E0301 Y"])
    assertFindings("q(1). q(X), Z < 2?", ["E0301 Z"])
    assertFindings("q(1). q(X), contains(Z, \"a\")?", ["E0301 Z"])
    assertFindings("q(1). q(X), Y = Z?", ["E0301 Y", "E0301 Z"])
  }

  func testNegatedVariables() {
    assertFindings(
      "q(1). r(1, 1). p(X) :- q(X), not r(Y, X).", ["E0301 Y"],
      hint: "write `_` if any value will do")
    assertFindings("q(1). r(1, 1). p(X) :- q(X), not r(_, X).")
    assertFindings("q(1). r(1, 1). p(X) :- q(X), not (r(Y, X), Y > 2).")
    assertFindings("q(1). r(1, 1). p(X) :- q(X), not (r(_, X), Y > 2).", ["E0301 Y"])
    assertFindings("q(1). r(1, 1). p(X) :- not q(X).", ["E0301 X"])
    assertFindings("q(1). not q(X)?", ["E0301 X"])
    assertFindings("q(1). not q(_)?")
  }

  func testLocalVariablesOfNegationsAreApart() {
    let fixture = ResolveFixture().run(
      "q(1). r(1, 1). q(X), not (r(X, Y), Y > 1), not (r(Y, X), Y > 2)?")
    XCTAssertEqual(fixture.found, [])
    XCTAssertEqual(fixture.queries[0].variables.map(\.name), ["X", "Y", "Y"])
    XCTAssertEqual(fixture.queries[0].columns, [0])
  }

  func testWhatBinds() {
    assertFindings("q(1). q(X), Y = X + 1, Z = Y * 2?")
    assertFindings("q(1). q(X), X + 1 = Y?")
    assertFindings("X in [buy, hold]? X in 1..10? X = 3?")
    assertFindings("X in 1..?", ["E0301 X"])
    assertFindings("X in 0.5..2?", ["E0301 X"])
    assertFindings("q(1). q(X), optional q(Y), Y = X?")
    assertFindings("q(1). q(X + Y), X = 2?", ["E0301 Y"])
  }

  func testBranches() {
    assertFindings("p(1). q(2). p(X); q(X)?")
    assertFindings("p(1). q(2). p(X); q(Y)?", ["E0302 X", "E0302 Y"])
    assertFindings("p(1). q(2). r(X) :- p(X); q(_).", ["E0302 X"])
    assertFindings("p(1). q(2). p(_X); q(_Y)?")
    assertFindings("p(1). q(2). p(_X); q(_Y) | sort _X?", ["E0302 _X"])
    assertFindings("p(1). q(2). (p(X), X > 1; q(X)), X < 5?")
    assertFindings("p(1). q(2). p(X), Y > 1; q(X), Y = X?", ["E0301 Y"])
  }

  func testStratification() {
    assertFindings("move(a, b). win(X) :- move(X, Y), not lose(Y). lose(a). win(X)?")
    assertFindings(
      "move(a, b). win(X) :- move(X, Y), not win(Y).", ["E0303 not win(Y)"],
      note: "the cycle is: win → not win")
    assertFindings("p(1). p(count()) :- p(X).", ["E0303 p(X)"])
    assertFindings("p(1). p(X) :- q(X), optional p(X).", ["E0303 optional p(X)"])
    assertFindings(
      "e(1, 2). t(X, Y) :- e(X, Y). t(X, Y) :- t(X, Z), t(Z, Y). n(count()) :- t(_, _).")
  }

  func testStratificationOverSeveralRules() {
    assertFindings(
      "e(1). a(X) :- e(X), not b(X). b(X) :- e(X), c(X). c(X) :- a(X).", ["E0303 c(X)"],
      note: "the cycle is: a → not b → c → a")
    assertFindings("e(1). a(X) :- e(X), not b(X). b(X) :- e(X), -a(X).")
  }

  func testKinds() {
    let declared =
      "relation a(n: number). relation b(d: date). relation c(t: text). a(1). b(2026-01). c(x). "
    assertFindings(declared + "a(X), X > 3?")
    assertFindings(declared + "a(X), b(Y), X < Y?", ["E0304 X < Y"])
    assertFindings(declared + "a(X), b(Y), X != Y?", ["E0304 X != Y"])
    assertFindings(declared + "a(X), b(X)?", ["E0304 X"])
    assertFindings(declared + "a(X), X = amazon?", ["E0304 X = amazon"])
    assertFindings(declared + "b(X), X > 2025?")
    assertFindings(declared + "b(X), X > 20?", ["E0304 X > 20"])
    assertFindings(declared + "b(X), X in 5..9?", ["E0304 X in 5..9"])
    assertFindings(declared + "a(X), X in [1, buy]?", ["E0304 buy"])
    assertFindings(declared + "a(X), X in amazon?", ["E0306 amazon"])
    assertFindings(declared + "a(X), b(Y), X overlaps Y?", ["E0304 X overlaps Y"])
    assertFindings("p(1). q(2026-01). p(X), q(Y), X < Y?")
  }

  func testArgumentsOfFunctions() {
    let declared =
      "relation a(n: number). relation b(d: date). relation c(t: text). a(1). b(2026-01). c(x). "
    assertFindings(declared + "b(X), Y = year(X), Z = X + 30, W = X - 2026-01-01?")
    assertFindings(declared + "a(X), Y = year(X)?", ["E0306 X"])
    assertFindings(declared + "c(X), Y = X + 1?", ["E0306 X"])
    assertFindings(declared + "b(X), b(Y), Z = X + Y?", ["E0306 Y"])
    assertFindings(declared + "b(X), b(Y), Z = X - Y, Z > 3?")
    assertFindings(declared + "a(X), contains(X, \"1\")?", ["E0306 X"])
    assertFindings(declared + "a(X), b(Y), Z = min(X, Y)?", ["E0304 min(X, Y)"])
    assertFindings(declared + "b(X) | sum X?", ["E0306 X"])
    assertFindings(declared + "b(X) | max X?")
  }

  func testUnits() {
    let declared = "relation a(n: number[usd]). relation b(n: number[eur]). a(1). b(2). "
    assertFindings(declared + "a(X), a(Y), X < Y, Z = X + Y, X > 3?")
    assertFindings(declared + "a(X), b(Y), X < Y?", ["E0305 X < Y"])
    assertFindings(declared + "a(X), b(Y), Z = X + Y?", ["E0305 X + Y"])
    assertFindings(declared + "a(X), b(X)?", ["E0305 X"])
    assertFindings(declared + "a(X), b(Y), Z = X / Y, W = X * 2 + Y * 2?")
    assertFindings(declared + "a(X); b(X)?")
  }

  func testHeads() {
    let declared = "relation a(n: number). relation b(d: date). a(1). "
    assertFindings(declared + "b(X) :- a(X).", ["E0307 X"])
    assertFindings(declared + "a(X) :- a(Y), X = Y + 1.")
    assertFindings(declared + "b(2026) :- a(_).")
    assertFindings(declared + "b(soon) :- a(_).", ["E0224 soon"])
    assertFindings(declared + "c(_) :- a(_).", ["E0310 _"])
    assertFindings(declared + "b(sum(X)) :- a(X).", ["E0307 sum(X)"])
  }

  func testHeadsThatAreNoFacts() {
    // The parser refuses these already; the resolver does not rely on it.
    let source = SourceText(name: "test", bytes: Array("q(1). p(X) :- q(X).".utf8))
    let fixture = ResolveFixture().run("q(1).")
    guard case .rule(var rule)? = parseScript(source).statements.last?.kind else {
      return XCTFail("no rule")
    }
    rule.head.isDenial = true
    rule.head.qualifiers = [
      Qualifier(
        name: "source", nameSpan: rule.head.nameSpan,
        value: Expression(.constant(.symbol("s")), at: rule.head.nameSpan))
    ]
    XCTAssertThrowsError(try fixture.resolver.define(rule: rule, in: source)) { error in
      XCTAssertEqual((error as? DiagnosticsError)?.diagnostics.map(\.code), ["E0308", "E0309"])
    }
  }

  func testSingletons() {
    assertFindings(
      "q(1, 2). p(X) :- q(X, Y).", ["W0301 Y"], hint: "write `_` or `_Y` if that is meant")
    assertFindings("q(1, 2). p(X) :- q(X, _Y). p(X) :- q(X, _). q(X, Y)?")
    assertFindings("q(1, 2). p(X) :- q(X, 1); q(_, X).")
  }

  func testTypesOfDerivedRelations() {
    let declared =
      "relation a(n: number[usd], d: date, p: percent). a(1, 2026-01, 9%). "
      + "v(D, N, P) :- a(N, D, P). "
    assertFindings(declared + "v(D, _, _), D in 2026?")
    assertFindings(declared + "v(D, _, _), D > 5?", ["E0304 D > 5"])
    assertFindings(declared + "v(_, N, _), N > 5, M = N * 2?")
    assertFindings(
      declared + "relation b(n: number[eur]). b(1). v(_, N, _), b(M), N < M?", ["E0305 N < M"])
    // Facts that are stated as well, or another rule, leave it open.
    assertFindings(declared + "v(soon, 1, 2). v(D, _, _), D > 5?")
    assertFindings(declared + "q(5). v(D, 1, 2) :- q(D). v(D, _, _), D > 5?")
    // Only a query knows all rules.
    assertFindings(declared + "w(D) :- v(D, _, _), D > 5. q(6). v(D, 1, 2) :- q(D). w(X)?")
    let fixture = ResolveFixture().run(
      declared + "t(P) :- v(_, _, P). t(X)? s(sum(P)) :- t(P). s(X)?")
    XCTAssertEqual(fixture.found, [])
    XCTAssertEqual(fixture.queries.map { $0.percentSlots }, [[0], [0]])
  }

  func testTypesOfRecursiveRelations() {
    let text =
      "relation e(a: entity, d: date). e(x, 2026). "
      + "t(X, D) :- t(Y, D), e(X, _), X = Y. t(X, D) :- e(X, D). n(count()) :- t(_, _). "
    assertFindings(text + "t(X, D), D in 2026?")
    assertFindings(text + "t(X, D), X = D?", ["E0304 X = D"])
    assertFindings(text + "n(N), N = amazon?", ["E0304 N = amazon"])
    assertFindings("p(X) :- p(X). p(X), X > 3?")
  }

  func testConstraints() {
    assertFindings("q(1). :- q(X), X > 3.")
    assertFindings("q(1). :- q(X), Y > 3.", ["E0301 Y"])
  }

  func testStrata() {
    let fixture = ResolveFixture().run(
      "e(1, 2). t(X, Y) :- e(X, Y). t(X, Y) :- t(X, Z), e(Z, Y). "
        + "even(X) :- e(X, _), not odd(X). odd(X) :- t(X, _). n(count()) :- even(_). "
        + "other(X) :- claim(statement: X).")
    XCTAssertEqual(fixture.found, [])
    let stratifier = Stratifier(fixture.resolver.dependencies())
    let strata = stratifier.strata(for: ["n"])
    XCTAssertEqual(strata.map(\.relations), [["t"], ["odd"], ["even"], ["n"]])
    XCTAssertEqual(strata.map(\.rules), [[0, 1], [3], [2], [4]])
    XCTAssertEqual(strata.map(\.isRecursive), [true, false, false, false])
    XCTAssertEqual(strata[3].uses, ["even"])
    XCTAssertEqual(strata[3].reads, ["n", "even", "odd", "t", "e"])
    XCTAssertFalse(strata[3].readsAllClaims)
    XCTAssertEqual(stratifier.strata(for: ["other"]).map(\.readsAllClaims), [true])
    XCTAssertEqual(stratifier.strata().count, 5)
  }

  func testMutualRecursionIsOneStratum() {
    let fixture = ResolveFixture().run(
      "e(1, 2). a(X) :- e(X, Y), b(Y). b(X) :- e(X, Y), a(Y). a(1).")
    let strata = Stratifier(fixture.resolver.dependencies()).strata()
    XCTAssertEqual(strata.map(\.relations), [["a", "b"]])
    XCTAssertEqual(strata.map(\.isRecursive), [true])
  }

  func testLongChainOfRulesIsNoDeepRecursion() {
    let count = 50_000
    let components = Components(successors: (0..<count).map { $0 + 1 < count ? [$0 + 1] : [] })
    XCTAssertEqual(components.components.count, count)
    XCTAssertEqual(components.components.first, [count - 1])
  }

  func testRulesAreResolvedAgainAsRelationsChange() {
    assertFindings(
      "r(X) :- p(company: X). relation p(company, size). p(a, 3). r(X)?")
    assertFindings(
      "r(X) :- p(compny: X). relation p(company, size). p(a, 3). r(X)?", ["E0203 compny: X"],
      hint: "nearest: `company`")
  }
}

/// Long programs stay cheap to take in.
final class CheckCostTests: XCTestCase {
  func testManyRules() {
    let fixture = ResolveFixture()
    let rules = (1...1000).map { "r\($0)(X) :- r\($0 - 1)(X), not s(X)." }
    let start = ContinuousClock.now
    fixture.run("r0(1). s(2). " + rules.joined(separator: "\n") + " r1000(X)?")
    XCTAssertEqual(fixture.queries.count, 1)
    XCTAssertLessThan(start.duration(to: .now), .seconds(10))
  }

  func testManyFacts() {
    let fixture = ResolveFixture()
    let facts = (1...20_000).map { "p(a\($0 % 100), \($0))." }
    let start = ContinuousClock.now
    fixture.run(facts.joined(separator: "\n"))
    XCTAssertEqual(fixture.base.factCount, 20_000)
    XCTAssertLessThan(start.duration(to: .now), .seconds(10))
  }
}
