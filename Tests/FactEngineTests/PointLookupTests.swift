import FactLanguage
import FactModel
import XCTest

@testable import FactEngine

/// One atom with constants: the answer of a lookup is that of a plan, and it is a lookup where it can
/// be one.
final class PointLookupTests: XCTestCase {
  private static let program = """
    relation paid(company: entity, year: integer, amount: number[usd], day: date, note: text).
    paid(acme, 2020, 3..5, 2020-01, "a b").  paid(acme, 2020, 4, 2020-01-05, "c").
    paid(acme, 2021, 4, 2021-02-03, unknown).  paid(acme, 2020, 4.5, ~2020, "a\\tb").
    paid(bolt, 2020, 4, 2020-01-05, "c").  paid(bolt, 2021, -2, 2020-01-05, "company 10").
    paid(bolt, 2021, -2, 2020-01-05, "company 9").  paid(bolt, 2021, -2, 2020-01-05, "company").
    loose(1, a).  loose(1, "b").  loose(2, 2.5).  loose(1, 2020-01-01).  loose(1, 7).
    """

  private func query(_ text: String) throws -> (Query, SourceText) {
    let source = SourceText(name: "test", bytes: Array(text.utf8))
    guard case .query(let query) = try XCTUnwrap(parseScript(source).statements.first).kind else {
      throw EngineError.failed(message: "no query", hint: nil)
    }
    return (query, source)
  }

  private func isLookup(_ text: String, on engine: Engine) throws -> Bool {
    let (query, source) = try query(text)
    return engine.lookUp(query, in: source) != nil
  }

  private func columns(_ text: String, without passes: [Pass]) throws -> [AnswerColumn] {
    let engine = Engine()
    _ = try AnswerTexts.of(PointLookupTests.program, on: engine)
    engine.settings.disabledPasses = Set(passes.map(\.rawValue))
    let (query, source) = try query(text)
    return try engine.ask(query, in: source).columns
  }

  func testTheAnswerIsThatOfAPlan() throws {
    let queries = [
      "paid(acme, Y, A, D, N)?", "paid(C, 2020, A, D, N)?", "paid(bolt, 2021, -2, D, N)?",
      "paid(C, Y, 4, D, N)?", "paid(C, Y, 3..5, D, N)?", "paid(C, Y, A, 2020-01-05, N)?",
      "paid(C, Y, A, D, \"c\")?", "paid(nobody, Y, A, D, N)?", "loose(1, X)?", "loose(X, 2.5)?",
      "paid(acme, 2020.5, A, D, N)?", "paid(C, Y, A, 2020, N)?", "paid(C, Y, A, D, unknown)?",
      "paid(acme, Y, _, D, N)?", "paid(acme, Y, Y, D, N)?", "paid(acme, _Y, A, D, N)?",
      "paid(acme, 2020, 4, 2020-01-05, \"c\")?", "paid(C, Y, A, D, N)?", "loose(1, b)?",
      "paid(company: acme, amount: A)?",
    ]
    for text in queries {
      let program = PointLookupTests.program + text
      let planned = try AnswerTexts.of(program, without: [.pointLookup])
      XCTAssertEqual(try AnswerTexts.of(program, without: []), planned, text)
      XCTAssertEqual(
        try columns(text, without: []), try columns(text, without: [.pointLookup]), text)
    }
  }

  func testOneAtomWithConstantsIsALookup() throws {
    let engine = Engine()
    _ = try AnswerTexts.of(PointLookupTests.program, on: engine)
    XCTAssertTrue(try isLookup("paid(acme, Y, A, D, N)?", on: engine))
    XCTAssertTrue(try isLookup("paid(bolt, 2021, A, D, N)?", on: engine))
    XCTAssertTrue(try isLookup("paid(nobody, Y, A, D, N)?", on: engine))
    for text in [
      "paid(C, Y, A, D, N)?", "paid(acme, Y, _, D, N)?", "paid(acme, Y, Y, D, N)?",
      "paid(acme, Y, A, D, N), Y > 2020?", "paid(acme, Y, A, D, N) | limit 1?",
      "as of 2020-01-01: paid(acme, Y, A, D, N)?", "-paid(acme, Y, A, D, N)?",
      "paid(acme, Y, A, D, N, @source: S)?", "loose(1, X); loose(2, X)?",
    ] {
      XCTAssertFalse(try isLookup(text, on: engine), text)
    }
    engine.settings.explainsEmptyAnswers = true
    XCTAssertFalse(try isLookup("paid(nobody, Y, A, D, N)?", on: engine), "somebody asks why")
    engine.settings.asOf = .integer(2020)
    XCTAssertFalse(try isLookup("paid(acme, Y, A, D, N)?", on: engine), "of another day")
  }

  /// What is less than certain, denied, retracted or derived goes through a plan.
  func testOtherFactsGoThroughAPlan() throws {
    for (more, expected) in [
      ("p(a, 9) @certainty: possible.", "[\"9\"] possible false"),
      ("-p(a, 1).", "[\"1\"] certain true"), ("p(a, 1)~.", ""),
      ("q(9). p(X, Y) :- q(Y), X = a.", "[\"9\"] certain false"),
    ] {
      let engine = Engine()
      let program = "p(a, 1). p(a, 2). p(b, 3). \(more) p(a, X)?"
      let answers = try AnswerTexts.of(program, on: engine)
      XCTAssertFalse(try isLookup("p(a, X)?", on: engine), more)
      let rows = answers[0].split(separator: "\n").map(String.init)
      if !expected.isEmpty { XCTAssertTrue(rows.contains(expected), "\(more): \(rows)") }
      if more == "p(a, 1)~." { XCTAssertEqual(rows, ["[\"2\"] certain false"]) }
    }
  }

  /// A row can be explained, and stages can go on from the answer.
  func testTheAnswerIsTheLastOne() throws {
    let engine = Engine()
    _ = try AnswerTexts.of(PointLookupTests.program + "loose(1, X)?", on: engine)
    let more = SourceText(name: "test", bytes: Array("loose(1, X) | N = count?".utf8))
    guard case .query(let counted) = try XCTUnwrap(parseScript(more).statements.first).kind else {
      return XCTFail("a query")
    }
    let count = try engine.continueLast(stages: counted.stages, in: more)
    XCTAssertEqual(count.word(row: 0, column: 0).integer, 4)
    let (query, source) = try query("loose(2, X)?")
    let proof = try engine.prove(try engine.ask(query, in: source), row: 0)
    guard case .instance(let instance) = proof.steps[0].support else {
      return XCTFail("\(proof.steps)")
    }
    XCTAssertEqual(instance.premiseSteps.count, 1)
  }

  /// Rows that are added later are found, and many rows go through a plan that can be stopped.
  func testManyRows() throws {
    let engine = Engine()
    _ = try AnswerTexts.of("n(a, 0).", on: engine)
    for size in 1...1100 {
      _ = try AnswerTexts.of("n(a, \(size)).", on: engine)
      if size % 100 != 0 { continue }
      XCTAssertEqual(try isLookup("n(a, X)?", on: engine), size < 1024, "\(size)")
      let rows = try AnswerTexts.of("n(a, X)?", on: engine)[0].split(separator: "\n")
      XCTAssertEqual(rows.count, size + 1)
      XCTAssertEqual(rows.last.map(String.init), "[\"\(size)\"] certain false")
    }
  }
}
