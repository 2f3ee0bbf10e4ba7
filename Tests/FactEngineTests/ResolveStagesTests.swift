import FactLanguage
import FactModel
import XCTest

@testable import FactEngine

/// Stages, heads, files, and the shape of resolved bodies.
final class ResolveStagesTests: XCTestCase {
  private let facts = "p(a, 3, 2026-01-03). "

  private func columns(_ text: String) -> [String] {
    let fixture = ResolveFixture().run(facts + text)
    XCTAssertEqual(fixture.found, [], text)
    guard let query = fixture.queries.last else { return [] }
    return query.answerColumns.map { query.variables[$0].name }
  }

  func testColumnsOfTheBody() {
    XCTAssertEqual(columns("p(X, N, _)?"), ["X", "N"])
    XCTAssertEqual(columns("N > 2, p(X, N, _D)?"), ["N", "X"])
    XCTAssertEqual(columns("p(X, N + 1, _), N = 2?"), ["X", "N"])
    XCTAssertEqual(columns("p(X, _, _), not (p(Y, M, _), M > 3)?"), ["X"])
    XCTAssertEqual(columns("p(a, 3, _)?"), [])
  }

  func testNamesOfColumns() {
    XCTAssertEqual(
      columns("p(X, N, _) | select N, Twice = 2 * N, N + 1?"), ["N", "Twice", "N + 1"])
    XCTAssertEqual(
      columns("p(X, N, D) | count, count X, count distinct X, Total = sum N, latest N on D by X?"),
      ["X", "Count", "Count_X", "Count_X_2", "Total", "Latest_N"])
    XCTAssertEqual(
      columns("p(X, N, _) | sum N * 2 by X | where Sum > 3 | sort Sum?"), ["X", "Sum"])
    XCTAssertEqual(columns("p(X, N, _D) | sort _D | limit 3 offset 1?"), ["X", "N"])
  }

  func testStageVariables() {
    assertFindings(facts + "p(X, N, _) | select X | where N > 2?", ["E0241 N"])
    assertFindings(
      facts + "p(X, Number, _) | where Numbr > 2?", ["E0241 Numbr"], hint: "nearest: `Number`")
    assertFindings(facts + "p(X, N, _) | select X, X?", ["E0242 X"])
    assertFindings(facts + "p(X, N, _) | select X, Y = X?")
    assertFindings(facts + "p(X, N, _) | limit 1.5?", ["E0243 1.5"])
    assertFindings(facts + "p(X, N, _) | where p(X, N, _)?", ["E0244 p(X, N, _)"])
    assertFindings(facts + "p(X, N, _) | where contains(X, \"a\")?")
    assertFindings(facts + "p(X, N, _) | where N in [1, 2], not N > 3?")
  }

  func testContinuation() {
    let fixture = ResolveFixture().run(facts + "p(X, N, _) | Total = sum N by X?")
    let source = SourceText(name: "prompt", bytes: Array("| where Total > 2 | select X".utf8))
    let (statements, errors) = parsePrompt(source)
    XCTAssertEqual(errors, [])
    guard case .continuation(let stages)? = statements.first?.kind else {
      return XCTFail("no continuation")
    }
    let query = try? fixture.resolver.resolve(
      stages: stages, continuing: fixture.queries[0], in: source
    ).value
    XCTAssertEqual(query?.stages.count, 3)
    XCTAssertEqual(query?.answerColumns.compactMap { query?.variables[$0].name }, ["X"])
  }

  func testContinuationKnowsOnlyTheColumns() {
    let fixture = ResolveFixture().run(facts + "p(X, N, _) | Total = sum N by X?")
    let source = SourceText(name: "prompt", bytes: Array("| where N > 2".utf8))
    guard case .continuation(let stages)? = parsePrompt(source).statements.first?.kind else {
      return XCTFail("no continuation")
    }
    XCTAssertThrowsError(
      try fixture.resolver.resolve(stages: stages, continuing: fixture.queries[0], in: source)
    ) { error in
      XCTAssertEqual((error as? DiagnosticsError)?.diagnostics.map(\.code), ["E0241"])
    }
  }

  func testPercentAndTypesOfColumns() {
    let fixture = ResolveFixture().run(
      "relation g(c: entity, gain: percent). g(a, 9%). "
        + "g(C, G) | select C, G, P = percent(0.5), T = G * 2?")
    XCTAssertEqual(fixture.found, [])
    let query = fixture.queries[0]
    let percent = query.answerColumns.map { query.percentSlots.contains($0) }
    XCTAssertEqual(percent, [false, true, true, false])
    XCTAssertEqual(query.answerColumns.map { query.variables[$0].type }[0], .entity)
  }

  func testGroupsAreMultipliedOut() {
    let fixture = ResolveFixture().run(facts + "q(1). (p(X, _, _); q(X)), (X = a; X = 1)?")
    XCTAssertEqual(fixture.found, [])
    XCTAssertEqual(fixture.queries[0].body.alternatives.map(\.count), [2, 2, 2, 2])
    let pair = "(q(X); q(X))"
    let many = Array(repeating: pair, count: 10).joined(separator: ", ")
    assertFindings("q(1). \(many)?", ["E0227 \(many)"])
    let fewer = Array(repeating: pair, count: 9).joined(separator: ", ")
    assertFindings("q(1). \(fewer)?")
  }

  func testArgumentExpressionsAreLifted() {
    let fixture = ResolveFixture().run("fib(1, 1). fib(N, _), fib(N - 1, X)?")
    let literals = fixture.queries[0].body.alternatives[0]
    XCTAssertEqual(literals.count, 3)
    guard case .comparison(.equal, let left, let right) = literals[1].kind,
      case .variable(let slot) = left.kind, case .call(.subtract, _) = right.kind,
      case .atom(let atom) = literals[2].kind
    else { return XCTFail("not lifted: \(literals)") }
    XCTAssertEqual(atom.arguments[0], .variable(slot))
    assertFindings("fib(1, 1). fib(N - 1, X)?", ["E0301 N"])
  }

  func testHeads() {
    let fixture = ResolveFixture().run(
      facts
        + "t(X, sum(N)) :- p(X, N, _). l(X, latest(N, D)) :- p(X, N, D). n(count()) :- p(_, _, _)."
        + "m(X, min(N, 2)) :- p(X, N, _).")
    XCTAssertEqual(fixture.found, [])
    XCTAssertEqual(fixture.rules.map(\.hasAggregates), [true, true, true, false])
    guard case .aggregate(let latest) = fixture.rules[1].head[1] else { return XCTFail("latest") }
    XCTAssertEqual(latest.function, .latest)
    XCTAssertNotNil(latest.key)
    assertFindings(facts + "t(sum(N) / 2) :- p(_, N, _).", ["E0229 sum(N)"])
  }

  func testLoadHeads() {
    let text =
      "relation n(id: text, size: integer, filed: date). "
      + "load n(id: K, filed: F, @known: F, @source: wa) :- file(\"wa.csv\", key: K, day: F)."
    let fixture = ResolveFixture().run(text)
    XCTAssertEqual(fixture.found, [])
    guard let load = fixture.loads.first else { return XCTFail("no load") }
    XCTAssertEqual(load.head.count, 9)
    func word(_ index: Int) -> Word? {
      if case .expression(let expression) = load.head[index],
        case .constant(let word) = expression.kind
      {
        return word
      }
      return nil
    }
    XCTAssertEqual(word(1), .unknown)
    XCTAssertEqual(word(3).map(fixture.text), "wa")
    XCTAssertEqual(word(4), .anything)
    XCTAssertNil(word(7))
    let plain = ResolveFixture().run("load n(K) :- file(\"wa.csv\", key: K).")
    XCTAssertEqual(plain.loads.first?.head.count, 1)
  }

  func testFiles() {
    let fixture = ResolveFixture().run(
      "relation n(id: text, size: integer[positions], filed: date). n(a, 1, 2026). "
        + "load n(K, N, F) :- file(\"wa.csv\", K, size: N, day: F, zip: \"01234\", @header: no). "
        + "file(\"x.json\", a: S, b: T), n(size: S), T > 3?", directory: "data")
    XCTAssertEqual(fixture.found, [])
    guard case .atom(let load)? = fixture.loads.first?.body.alternatives[0][0].kind,
      case .file(let first) = load.source,
      case .atom(let query)? = fixture.queries.first?.body.alternatives[0][0].kind,
      case .file(let second) = query.source
    else { return XCTFail("no files") }
    XCTAssertEqual(first.path, "data/wa.csv")
    XCTAssertEqual(first.hasHeader, false)
    XCTAssertEqual(first.columns.map(\.type), [.text, .integer, .date, .text])
    XCTAssertEqual(
      first.columns.map(\.key), [.position(0), .name("size"), .name("day"), .name("zip")])
    XCTAssertEqual(second.columns.map(\.type), [.integer, nil])
    assertFindings("file(\"a.csv\", X, @header: maybe)?", ["E0217 maybe"])
    assertFindings("file(\"a.csv\", X, @fromat: csv)?", ["E0211 @fromat"])
    assertFindings("file($p, X)?", ["E0218 $p"], parameters: ["p": "12"])
    assertFindings("file($p, X)?", parameters: ["p": "data/a.csv"])
    let paths = ResolveFixture(parameters: ["p": "a.csv"])
    paths.run("file($p, X), file(\"a.csv\", X), file(\"/a.csv\", X), X = 3?", directory: "data/")
    let files = paths.queries[0].body.alternatives[0].compactMap { literal -> ResolvedFile? in
      guard case .atom(let atom) = literal.kind, case .file(let file) = atom.source else {
        return nil
      }
      return file
    }
    XCTAssertEqual(files.map(\.path), ["a.csv", "data/a.csv", "/a.csv"])
    XCTAssertEqual(files.map { $0.columns[0].type }, [nil, nil, nil])
  }

  func testTypesDifferByAlternative() {
    let declared = "relation a(n: number). relation b(d: date). a(1). b(2026). "
    let fixture = ResolveFixture().run(declared + "a(X); b(X)? a(X), X > 2000; b(X), X > 2000?")
    XCTAssertEqual(fixture.found, [])
    XCTAssertEqual(fixture.queries[0].variables[0].type, .any)
  }
}
