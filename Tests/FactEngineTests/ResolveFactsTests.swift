import FactLanguage
import FactModel
import XCTest

@testable import FactEngine

/// Stated facts, retractions, and the types of constants.
final class ResolveFactsTests: XCTestCase {
  private let declared = "relation layoff(event: entity, positions: integer, begins: date). "

  private func words(_ text: String) -> [[String]] {
    let fixture = ResolveFixture().run(text)
    XCTAssertEqual(fixture.found, [], text)
    return fixture.facts.map { fact in fact.words.map { fixture.text(Word(bits: $0)) } }
  }

  func testTypes() {
    assertFindings(declared + "layoff(a, 3, 2026-01). layoff(b, 1001..2500, late 2026-01).")
    assertFindings(
      declared + "layoff(a, many, 2026-01).", ["E0224 many"])
    assertFindings(declared + "layoff(a, 3, soon).", ["E0224 soon"])
    assertFindings(
      declared + "layoff(a, 1.5, 2026-01).", ["E0224 1.5"],
      hint: "a number with a fraction needs the type `number`")
    assertFindings(
      declared + "layoff(7, 3, 2026-01).", ["E0224 7"], hint: "write it in quotes: `\"7\"`")
    assertFindings(declared + "layoff(7, many, soon).", ["E0224 7", "E0224 many", "E0224 soon"])
    assertFindings(declared + "layoff(_, _, _).")
    assertFindings("p(7, many, soon).")
  }

  func testYearsAndStringsBecomeDates() {
    let facts =
      "relation d(at: date). d(2026). d(2025..2026). d(~2026). d(\"2026-01-24/2026-01-31\")."
    XCTAssertEqual(
      words(facts), [["2026"], ["2025..2026"], ["~2026"], ["2026-01-24..2026-01-31"]])
    assertFindings("relation d(at: date). d(999).", ["E0224 999"])
    assertFindings("relation d(at: date). d(\"next week\").", ["E0224 \"next week\""])
    let fixture = ResolveFixture().run(facts)
    for fact in fixture.facts {
      XCTAssertEqual(fixture.base.values.category(of: Word(bits: fact.words[0])), .date)
    }
  }

  /// The first batch of a text.
  private func batch(_ text: String, _ fixture: ResolveFixture, from first: Int = 0) -> StatedBatch?
  {
    let source = SourceText(name: "test", bytes: Array(text.utf8))
    var parser = StatementParser(source)
    guard case .facts(let batch)? = parser.nextItem() else { return nil }
    return fixture.resolver.statedFacts(batch, from: first, in: source)
  }

  func testBatchesSayWhatSingleFactsSay() {
    let fixture = ResolveFixture().run(declared)
    let text = "layoff(a, 3, 2026-01). layoff(\"B c\", 4, 2025). layoff(c, _, 2026-01-05)."
    guard let stated = batch(text, fixture) else { return XCTFail("no batch") }
    XCTAssertNil(stated.failure)
    XCTAssertEqual(stated.count, 3)
    let rows = (0..<3).map { row in stated.columns.map { $0[row] } }
    let single = ResolveFixture().run(declared)
    single.run(text)
    XCTAssertEqual(single.found, [])
    for (row, fact) in zip(rows, single.facts) {
      XCTAssertEqual(
        row.map { fixture.text(Word(bits: $0)) }, fact.words.map { single.text(Word(bits: $0)) })
    }
  }

  func testBatchesEndAtTheFirstError() {
    let fixture = ResolveFixture().run(declared)
    let text = "layoff(a, 3, 2026). layoff(b, many, 2026). layoff(c, 5, 2026). layoff(7, 5, 2026)."
    guard let stated = batch(text, fixture) else { return XCTFail("no batch") }
    XCTAssertEqual(stated.count, 1)
    XCTAssertEqual(stated.columns.map(\.count), [1, 1, 1])
    XCTAssertEqual(stated.failure?.diagnostics.map(\.code), ["E0224"])
    let rest = batch(text, fixture, from: 2)
    XCTAssertEqual(rest?.count, 1)
    XCTAssertEqual(rest?.columns.first.map { fixture.text(Word(bits: $0[0])) }, "c")
    XCTAssertNotNil(rest?.failure)
    let last = batch(text, fixture, from: 3)
    XCTAssertEqual(last?.count, 0)
    XCTAssertNotNil(last?.failure)
    let wrong = batch("layoff(a, 1, 2026, 4).", fixture)
    XCTAssertEqual(wrong?.failure?.diagnostics.map(\.code), ["E0202"])
    let short = batch("layoff(a). layoff(b).", fixture)
    XCTAssertEqual(
      short?.columns.map { $0[1] }.dropFirst(), [Word.unknown.bits, Word.unknown.bits])
    let new = batch("p(a, 1.5). p(b, 2).", fixture)
    XCTAssertEqual(new?.isNew, true)
    XCTAssertEqual(new?.schema.arity, 2)
  }

  func testLeftOut() {
    XCTAssertEqual(words(declared + "layoff(begins: 2026-01)."), [["_", "_", "2026-01"]])
    let fixture = ResolveFixture().run(declared + "layoff(a, begins: _). -layoff(a, begins: _).")
    XCTAssertEqual(fixture.facts[0].words[1], Word.unknown.bits)
    XCTAssertEqual(fixture.facts[0].words[2], Word.unknown.bits)
    XCTAssertEqual(fixture.facts[1].words[1], Word.anything.bits)
    XCTAssertEqual(fixture.facts[1].words[2], Word.anything.bits)
    XCTAssertTrue(fixture.facts[1].isDenial)
  }

  func testConstantExpressions() {
    XCTAssertEqual(
      words("p(2 * 3 + 1). p(-5). p(today). p(concat(a, b))."),
      [["7"], ["-5"], ["2026-01-20"], ["ab"]])
    assertFindings("p(1 div 0).", ["E0226 1 div 0"])
    assertFindings("p(rond(1)).", ["E0221 rond(1)"])
  }

  func testClaims() {
    let fixture = ResolveFixture().run(
      "p(a) @source: s, @place: \"par 2\", @certainty: probable, @known: 2026, @valid: 2025..2026.")
    let claim = fixture.facts[0].claim
    XCTAssertEqual(fixture.text(claim.source), "s")
    XCTAssertEqual(fixture.text(claim.place), "\"par 2\"")
    XCTAssertEqual(claim.certainty, .probable)
    XCTAssertEqual(claim.known.kind, .date)
    XCTAssertTrue(claim.knownIsGiven)
    XCTAssertEqual(fixture.base.values.category(of: claim.valid), .date)
    XCTAssertTrue(ResolveFixture().run("p(a).").facts[0].claim.isPlain)
    let unknown = ResolveFixture().run("p(a) @known: _.").facts.first?.claim
    XCTAssertEqual(unknown?.knownIsGiven, true)
    XCTAssertEqual(unknown?.known, .unknown)
  }

  func testRetractionPatterns() {
    let fixture = ResolveFixture().run(
      declared + "layoff(a, 3, 2026). layoff(a, X, begins: _)~ layoff(event: a, @source: s)~ "
        + "layoff(begins: 2026)~ @known: 2026-01-28. -layoff(a)~ layof(a)~ layoff(evnt: a)~")
    XCTAssertEqual(fixture.found, ["E0201 layof", "E0203 evnt: a"])
    let patterns = fixture.patterns
    XCTAssertEqual(patterns[0].words.map { $0.map(fixture.text) }, ["a", nil, nil])
    XCTAssertEqual(patterns[1].filter.source.map(fixture.text), "s")
    XCTAssertNil(patterns[1].moment)
    XCTAssertEqual(patterns[2].words.map { $0.map(fixture.text) }, [nil, nil, "2026"])
    XCTAssertEqual(patterns[2].moment.map(fixture.text), "2026-01-28")
    XCTAssertNil(patterns[2].filter.known)
    XCTAssertTrue(patterns[3].isDenial)
  }

  func testConstantsOfBodies() {
    let facts = "relation d(at: date, n: integer). d(2026-01-05, 3). "
    func constant(_ text: String) -> String? {
      let fixture = ResolveFixture().run(facts + text)
      XCTAssertEqual(fixture.found, [], text)
      for literal in fixture.queries[0].body.alternatives[0] {
        switch literal.kind {
        case .comparison(_, _, let right), .memberOfRange(_, let right), .overlaps(_, let right):
          if case .constant(let word) = right.kind {
            return fixture.base.values.category(of: word) == .date ? "date" : "other"
          }
        case .memberOfList(_, let items):
          if case .constant(let word) = items[0].kind {
            return fixture.base.values.category(of: word) == .date ? "date" : "other"
          }
        default: break
        }
      }
      return nil
    }
    XCTAssertEqual(constant("d(at: D), D < 2027?"), "date")
    XCTAssertEqual(constant("D < 2027, d(at: D)?"), "date")
    XCTAssertEqual(constant("d(at: D), E = D, E in 2026?"), "date")
    XCTAssertEqual(constant("d(at: D), D in 2025..2026?"), "date")
    XCTAssertEqual(constant("d(at: D), D overlaps \"2026-01~\"?"), "date")
    XCTAssertEqual(constant("d(at: D), D in [2026, 2027]?"), "date")
    XCTAssertEqual(constant("d(n: N), N < 2027?"), "other")
    assertFindings(facts + "d(2026, N)?")
    assertFindings(facts + "d(amazon, N)?", ["E0224 amazon"])
    assertFindings(facts + "d(n: 1.5)?")
    assertFindings(facts + "d(n: amazon)?", ["E0224 amazon"])
  }
}
