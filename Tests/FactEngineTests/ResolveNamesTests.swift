import FactLanguage
import FactModel
import XCTest

@testable import FactEngine

/// Names of relations, attributes, functions, qualifiers and parameters.
final class ResolveNamesTests: XCTestCase {
  func testRelations() {
    assertFindings("rating(jefferies, amazon, buy). rating(X, Y, Z)?")
    assertFindings(
      "rating(jefferies, amazon, buy). ratng(X, Y, Z)?", ["E0201 ratng"],
      hint: "nearest: `rating`")
    assertFindings("p(1). not q(1)?", ["E0201 q"])
  }

  func testRelationThatOnlyRulesName() {
    let text = "rating(a, b, c). r(F) :- ratng(F, _, _). r(F)? r(F)?"
    assertFindings(text, ["W0201 ratng(F, _, _)"], hint: "nearest: `rating`")
    assertFindings("rating(a, b, c). r(F) :- rating(F, _, _). r(F)?")
  }

  func testArity() {
    assertFindings("p(a, b). p(c, d). p(X, Y)?")
    assertFindings(
      "p(a, b). p(a).", ["E0202 p(a)"], note: "its attributes are: arg1, arg2")
    assertFindings("p(a, b). p(X)?", ["E0202 p(X)"])
    assertFindings("p(a, b). q(X) :- p(X, _, _).", ["E0202 p(X, _, _)"])
    assertFindings("p(a, b). p(X) :- p(X, _).", ["E0202 p(X)"])
    assertFindings("p(X, Y) :- e(X, Y). p(X, Y, Z) :- e(X, Y), e(Y, Z).", ["E0202 p(X, Y, Z)"])
  }

  func testAttributesOfDeclaredRelationsMayBeLeftOut() {
    let declared = "relation layoff(event, company, positions: integer). layoff(a, amazon, 3). "
    assertFindings(declared + "layoff(positions: N)?")
    assertFindings(declared + "layoff(cut, positions: 4). layoff(E, positions: N)?")
    assertFindings(declared + "layoff(a, b, 3, 4).", ["E0202 layoff(a, b, 3, 4)"])
  }

  func testAttributesByName() {
    let declared = "relation layoff(event: entity, positions: integer). "
    assertFindings(declared + "layoff(positions: 3, event: a).")
    assertFindings(
      declared + "layoff(a, postions: 3).", ["E0203 postions: 3"], hint: "nearest: `positions`",
      note: "its attributes are: event, positions")
    assertFindings(declared + "layoff(position: N)?", ["E0203 position: N"])
    assertFindings(declared + "layoff(a, event: b).", ["E0204 event: b"])
    assertFindings(declared + "layoff(X, event: Y)?", ["E0204 event: Y"])
  }

  func testDeclarations() {
    assertFindings("relation p(a: integer). relation p(a: integer, b: text). p(1, x).")
    assertFindings(
      "relation p(a: integer, b: text). relation p(a: integer).", ["E0208 p"],
      note: "declaring a relation again may only add attributes at the end")
    assertFindings("relation p(a: integer). relation p(a: date).", ["E0207 a: date"])
    assertFindings("relation contains(a, b).", ["W0202 contains"])
    assertFindings("relation source(node).", ["W0202 source"])
  }

  func testFirstUseByName() {
    assertFindings("p(X, size: Y) :- q(X, Y). q(1, 2). p(size: S)?")
    assertFindings("p(X, size: Y) :- q(X, Y). q(1, 2). p(sze: S)?", ["E0203 sze: S"])
    assertFindings("p(a, size: 3). p(size: S)? p(size: 4). p(sze: S)?", ["E0203 sze: S"])
    assertFindings("p(X, size: Y) :- q(X, Y). q(1, 2). p(1, size: 3). p(size: S)?")
  }

  func testFunctions() {
    assertFindings("p(1). p(X), Y = round(X)?")
    assertFindings("p(1). p(X), Y = rond(X)?", ["E0221 rond(X)"], hint: "nearest: `round`")
    assertFindings("p(1). p(X), Y = sqrt(X, 2)?", ["E0222 sqrt(X, 2)"])
    assertFindings("p(1). p(X), Y = min(X, 2)?")
    assertFindings("p(1). p(X), Y = min(X)?", ["E0229 min(X)"])
    assertFindings("p(1). p(X), Y = sum(X)?", ["E0229 sum(X)"])
  }

  func testTests() {
    assertFindings(#"p(abc). p(X), contains(X, "b")?"#)
    assertFindings(#"p(abc). p(X), contains(X)?"#, ["E0222 contains(X)"])
    assertFindings(#"p(abc). p(X), not contains(X, "b")?"#)
    assertFindings(#"p(abc). p(X), -contains(X, "b")?"#, [#"E0233 -contains(X, "b")"#])
    assertFindings(#"p(abc). p(X), optional contains(X, "b")?"#, [#"E0230 contains(X, "b")"#])
  }

  func testOwnNamesHideBuiltIns() {
    assertFindings("contains(a, b). contains(X, Y)?", ["W0202 contains"])
    assertFindings("length(amazon, 5). length(X, Y)?", ["W0202 length"])
    assertFindings("unknown(X) :- p(X). p(a). unknown(X)?", ["W0202 unknown"])
    assertFindings("claim(a, b). claim(X, Y)?", ["W0202 claim"])
    assertFindings("alias(a, b, c). alias(X, Y, Z)?", ["W0202 alias"])
    assertFindings(#"alias(amazon, "Amazon.com"). alias(X, Y)?"#)
    assertFindings("document(d, \"T\", p, 2026-01-12). document(X, Y)?")
    assertFindings("source(1). source(X), X > 0?", ["W0202 source"])
    assertFindings("e(1, 2). source(X) :- e(X, _). source(X), X > 0?", ["W0202 source"])
    assertFindings("e(1, 2). source(X, a, b) :- e(X, _). source(X, _, _)?")
    assertFindings("source(1, 2, 3).", ["E0224 1", "E0224 2", "E0224 3"])
  }

  func testClaimCatalogue() {
    assertFindings("p(a). claim(statement: S, certainty: C), C != certain?")
    assertFindings("p(a). claim(S, certanty: C)?", ["E0203 certanty: C"])
    assertFindings("claim(a, b, c, d, e, f, g, h, i).", ["E0206 claim"])
    let fixture = ResolveFixture().run("p(a). claim(statement: S)?")
    guard case .atom(let atom) = fixture.queries[0].body.alternatives[0][0].kind else {
      return XCTFail("no atom")
    }
    XCTAssertEqual(atom.source, .claimCatalogue)
    XCTAssertEqual(atom.arguments.count, 9)
    XCTAssertEqual(atom.arguments[1], .any)
  }

  func testQualifiers() {
    let fact = "p(a) @source: s, @known: 2026-01-12. "
    assertFindings(fact + "p(X, @source: S, @certainty: probable)?")
    assertFindings(fact + "p(X, @source: S, @certainty: C)?")
    assertFindings(fact + "p(X, @certainty: likely)?", ["E0215 likely"])
    assertFindings("p(a) @certainty: likely.", ["E0215 likely"])
    assertFindings("p(a) @known: soon.", ["E0224 soon"])
    assertFindings(
      "p(a). q(X) :- p(X). q(X, @source: S)?", ["E0213 @source"],
      hint: "ask without qualifiers, then `.why 1` shows the claims that it rests on")
    let found = findings("p(a) @sorce: s.") + findings("p(a). p(X, @sorce: s)?")
    XCTAssertEqual(found.count, 2)
  }

  func testQualifiersStandAfterTheAttributes() {
    let fixture = ResolveFixture().run("p(a, 1). p(X, @source: S, @certainty: probable)?")
    XCTAssertEqual(fixture.found, ["E0202 p(X, @source: S, @certainty: probable)"])
    fixture.run("p(X, _, @source: S, @certainty: probable)? -p(X, _, @source: S)? -p(X, 1)?")
    let atoms = fixture.queries.map { query -> ResolvedAtom? in
      if case .atom(let atom) = query.body.alternatives[0][0].kind { return atom }
      return nil
    }
    let probable = fixture.base.values.word(for: .symbol("probable"))
    XCTAssertEqual(atoms[0]?.source, .claims("p"))
    XCTAssertEqual(
      atoms[0]?.arguments,
      [.variable(0), .any, .variable(1), .any, .any, .constant(probable), .any, .any])
    XCTAssertEqual(atoms[1]?.source, .denialClaims("p"))
    XCTAssertEqual(atoms[2]?.source, .denials("p"))
  }

  func testParameters() {
    assertFindings("p(1). p($n)?", parameters: ["n": "1"])
    assertFindings("p(1). p($n)?", ["E0223 $n"], hint: "give it: `--set n=VALUE`")
    assertFindings("query q($n = 1): p($n)? p(1).", ["E0201 p"])
    assertFindings("p(1). query q($n = 1): p($n)?")
    assertFindings("p(1). query q: p($n)?", ["E0223 $n"])
  }

  func testParameterValues() {
    func value(_ text: String) -> Value { ParameterReader.value(text) }
    XCTAssertEqual(value("14k"), .integer(14000))
    XCTAssertEqual(value("-5"), .integer(-5))
    XCTAssertEqual(value("amazon"), .symbol("amazon"))
    XCTAssertEqual(value("Deutsche Bank"), .symbol("Deutsche Bank"))
    XCTAssertEqual(value("X"), .symbol("X"))
    XCTAssertEqual(value("a, b"), .symbol("a, b"))
    XCTAssertEqual(value("a). q(b"), .symbol("a). q(b"))
    XCTAssertEqual(value("a) @source: s. p(b"), .symbol("a) @source: s. p(b"))
    XCTAssertEqual(value(""), .symbol(""))
    XCTAssertEqual(value("../shared/data/wa.csv"), .symbol("../shared/data/wa.csv"))
    XCTAssertEqual(value("\"quoted\""), .symbol("quoted"))
    guard let day = CalendarDate(year: 2026, month: 1, day: 5) else { return XCTFail("no day") }
    XCTAssertEqual(value("2026-01-05"), .date(day))
  }

  func testStagesAndMoments() {
    assertFindings("p(1). p(X) | count?")
    assertFindings("p(1). as of 2026-01-01: p(X)?")
    assertFindings("p(1). during 2026: p(X)?")
    assertFindings("p(1). p(X) | chart bar X?")
    assertFindings("p(1). p(X) | chart pie X?", ["E0245 chart pie X"])
    assertFindings("p(1). p(X) | chart bar X | limit 1?", ["E0245 chart bar X"])
  }

  func testSeveralAtOnceByPlace() {
    assertFindings(
      "relation p(a: date). relation q(b: integer). p(x: X), q(c: Y), rr(Z)?",
      ["E0203 x: X", "E0203 c: Y", "E0201 rr"])
  }
}
