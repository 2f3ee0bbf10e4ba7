import XCTest

@testable import FactModel

final class FactBaseTests: XCTestCase {
  private let base = FactBase()

  private func word(_ text: String) -> Word { base.values.word(for: .symbol(text)) }

  private func relation(_ name: String, _ arity: Int) throws -> Relation {
    try XCTUnwrap(base.relation(named: name, arity: arity))
  }

  private func state(_ relation: Relation, _ words: [Word], _ claim: Claim = .plain) {
    relation.facts.state(words.map(\.bits), claim)
  }

  private func day(_ n: Int) -> Word {
    CalendarDate(year: 2026, month: 1, day: n).map(\.word) ?? .unknown
  }

  func testBuiltinRelationsAreThereAndGiveWayWhileEmpty() throws {
    XCTAssertEqual(base.relations.map(\.name), ["entity", "alias", "document", "source"])
    let source = try relation("source", 2)
    XCTAssertFalse(source.isBuiltin)
    XCTAssertEqual(source.schema.attributes.map(\.name), ["arg1", "arg2"])
    XCTAssertTrue(base.relation(named: "source") === source)
    state(try relation("alias", 2), [word("bofa"), word("Bank of America")])
    XCTAssertNil(base.relation(named: "alias", arity: 3))
    XCTAssertNil(base.relation(named: "source", arity: 3))
    let own = Schema(name: "document", attributes: [Attribute(name: "number")], isDeclared: true)
    XCTAssertEqual(try base.declare(own).what, .hidesBuiltin)
    XCTAssertEqual(base.documentDates, [:])
    base.drop(try relation("document", 1))
    XCTAssertEqual(base.relation(named: "document")?.isBuiltin, true)
  }

  func testDeclaringExtendsAtTheEndAndNumbersOfRowsStay() throws {
    var schema = Schema(
      name: "rating", attributes: [Attribute(name: "firm", type: .entity)], isDeclared: true)
    let rating = try base.declare(schema).relation
    XCTAssertEqual(try base.declare(schema).what, .unchanged)
    var weak = Claim()
    weak.certainty = .possible
    for n in 0..<5000 { state(rating, [word("firm\(n)")], n % 7 == 0 ? weak : .plain) }
    rating.facts.retract(rows: [3], matching: ClaimFilter(), at: day(5))
    rating.denialsForWriting().state([word("x").bits])
    schema.attributes.append(Attribute(name: "view", type: .entity))
    XCTAssertEqual(try base.declare(schema).what, .extended)
    XCTAssertEqual(rating.facts.facts.words(row: 4321), [word("firm4321").bits, Word.unknown.bits])
    XCTAssertEqual(rating.denials?.facts.words(row: 0), [word("x").bits, Word.anything.bits])
    XCTAssertEqual(rating.facts.factCount, 4999)
    XCTAssertEqual(rating.facts.facts.level(of: 14), .possible)
    rating.facts.checkInvariants()
    schema.attributes.removeLast()
    XCTAssertThrowsError(try base.declare(schema)) { error in
      XCTAssertEqual(
        error as? FactBase.DeclarationError, .fewerAttributes(existing: 2, declared: 1))
    }
    schema.attributes = [Attribute(name: "firm", type: .text), Attribute(name: "view")]
    XCTAssertThrowsError(try base.declare(schema))
  }

  func testRelationsWithoutAttributes() throws {
    let rain = try relation("rain", 0)
    XCTAssertTrue(rain.facts.state([]).newFact)
    XCTAssertFalse(rain.facts.state([]).newFact)
    XCTAssertEqual(rain.facts.retract(rows: [0], matching: ClaimFilter(), at: day(3)), 1)
    XCTAssertEqual(rain.facts.factCount, 0)
    XCTAssertTrue(rain.facts.state([]).newFact)
    XCTAssertEqual(base.claimView(of: rain)?.rowCount, 1)
    var rows: [UInt32] = []
    let stated = rain.facts.state(columns: [], count: 3, claims: ClaimBatch(), rows: &rows)
    XCTAssertEqual(stated.newClaims, 0)
    XCTAssertEqual(rain.text(of: 0, base.values), "rain()")
    rain.facts.checkInvariants()
  }

  func testKnownComesFromTheDocument() throws {
    let document = try relation("document", 5)
    let report = word("report")
    state(document, [report, word("A report"), word("boerse"), day(12), .unknown])
    let rating = try relation("rating", 1)
    var claim = Claim()
    claim.document = report
    state(rating, [word("buy")], claim)
    let view = try XCTUnwrap(base.claimView(of: rating))
    var words: [UInt64] = []
    view.gather(column: 1 + ClaimView.Qualifier.known.rawValue, rows: [0], count: 1, into: &words)
    XCTAssertEqual(words[0], day(12).bits)
    let before = base.rowFilter(of: rating, from: Perspective(asOf: day(11)))
    XCTAssertEqual(before?.liveCount, 0)
    XCTAssertEqual(base.rowFilter(of: rating, from: Perspective(asOf: day(12)))?.liveCount, 1)
    let month = CalendarDate(year: 2026, month: 1).map(\.word)
    XCTAssertEqual(base.rowFilter(of: rating, from: Perspective(asOf: month))?.liveCount, 1)
    XCTAssertEqual(base.retract([0], of: rating, matching: ClaimFilter(), at: day(11)), 0)
    XCTAssertEqual(base.retract([0], of: rating, matching: ClaimFilter(), at: day(20)), 1)
    XCTAssertEqual(base.rowFilter(of: rating, from: Perspective(asOf: day(19)))?.liveCount, 1)
    XCTAssertEqual(base.rowFilter(of: rating, from: Perspective(asOf: day(20)))?.liveCount, 0)
  }

  func testClaimCatalogueListsFactsAndDenials() throws {
    let rating = try relation("rating", 2)
    state(rating, [word("Wolfe Research"), base.values.word(for: .integer(7))])
    var claim = Claim()
    claim.certainty = .probable
    claim.place = word("par 2")
    rating.denialsForWriting().state([Word.anything.bits, word("sell").bits], claim)
    let catalogue = base.claimCatalogue()
    XCTAssertTrue(catalogue === base.claimCatalogue())
    var read: [[String]] = []
    for c in 0..<catalogue.arity {
      var words: [UInt64] = []
      catalogue.unpack(column: c, rows: 0..<catalogue.rowCount, into: &words)
      read.append(words.prefix(2).map { base.values.text(of: Word(bits: $0), style: .table) })
    }
    XCTAssertEqual(read[0], ["rating(\"Wolfe Research\", 7)", "rating(arg2: sell)"])
    XCTAssertEqual(read[1], ["rating", "rating"])
    XCTAssertEqual(read[2], ["stated", "denied"])
    XCTAssertEqual(read[5], ["?", "par 2"])
    XCTAssertEqual(read[6], ["certain", "probable"])
    var levels: [UInt8] = []
    catalogue.gatherLevels(rows: [1, 0], count: 2, into: &levels)
    XCTAssertEqual(levels, [0, 0], "that somebody claims something is certain")
    XCTAssertEqual(catalogue.index(on: [2]).rows(forKey: [word("denied").bits]), [1])
    state(rating, [word("x"), word("y")])
    XCTAssertEqual(base.claimCatalogue().rowCount, 3)
    XCTAssertEqual(base.claimCount, 3)
    XCTAssertEqual(base.denialCount, 1)
  }

  func testVersionsNeverComeBack() throws {
    var seen: Set<Int> = [base.version]
    func changed() { XCTAssertTrue(seen.insert(base.version).inserted) }
    for round in 0..<3 {
      let p = try relation("p", 1)
      changed()
      state(p, [word("a\(round)")])
      changed()
      let document = try relation("document", 5)
      let date = day(round + 1)
      state(document, [word("d"), .unknown, .unknown, date, .unknown])
      changed()
      XCTAssertEqual(base.documentDates, [word("d"): date])
      var claim = Claim()
      claim.document = word("d")
      state(p, [word("b")], claim)
      XCTAssertEqual(base.rowFilter(of: p, from: Perspective(asOf: date))?.liveCount, 2)
      base.drop(document)
      changed()
      XCTAssertEqual(base.documentDates, [:])
      XCTAssertEqual(base.claimCatalogue().rowCount, 2)
      base.drop(p)
      changed()
      XCTAssertEqual(base.claimCatalogue().rowCount, 0)
    }
    XCTAssertEqual(base.relations.count, 4)
  }

  func testLookingUpEntitiesAndFrequentValues() throws {
    let owns = try relation("owns", 2)
    for n in 0..<70_000 { state(owns, [word("firm\(n % 50)"), word("unit\(n)")]) }
    let odd = owns.facts.facts
    owns.facts.erase(rows: (0..<70_000).filter { $0 % 50 == 7 }, matching: ClaimFilter())
    let frequent = base.frequentValues(of: owns, column: 0, prefix: "firm1", limit: 3)
    XCTAssertEqual(frequent.map { base.values.text(of: $0.word) }, ["firm1", "firm10", "firm11"])
    XCTAssertEqual(frequent.map(\.count), [1400, 1400, 1400])
    XCTAssertEqual(base.frequentValues(of: owns, column: 0, prefix: "firm7"), [])
    XCTAssertEqual(base.frequentValues(of: owns, column: 1, limit: 5).count, 5)
    state(owns, [word("firm3"), word("more")])
    XCTAssertEqual(
      base.frequentValues(of: owns, column: 0, limit: 1).map(\.word), [word("firm3")])
    XCTAssertEqual(
      base.frequentValues(of: owns, column: 0, prefix: "firm3", limit: 2).map(\.count),
      [1401, 1400])
    let units = base.frequentValues(of: owns, column: 1, prefix: "unit6999", limit: 20)
    XCTAssertEqual(
      Set(units.map { base.values.text(of: $0.word) }),
      Set((69_990..<70_000).filter { $0 % 50 != 7 }.map { "unit\($0)" } + ["unit6999"]))
    XCTAssertEqual(base.frequentValues(of: owns, column: 1, prefix: "unit", limit: 7).count, 7)
    XCTAssertEqual(base.frequentValues(of: owns, column: 1, prefix: "unit699990"), [])
    let sizes = try relation("size", 1)
    for n in 0..<5_000 { state(sizes, [base.values.word(for: .integer(Int64(n)))]) }
    let numbers = base.frequentValues(of: sizes, column: 0, prefix: "499", limit: 20)
    XCTAssertEqual(
      Set(numbers.map { base.values.text(of: $0.word) }),
      Set(["499"] + (0..<10).map { "499\($0)" }))
    let found = base.occurrences(of: word("unit69999"))
    XCTAssertEqual(found.map(\.rows), [[69_999]])
    XCTAssertEqual(found.map(\.column), [1])
    XCTAssertEqual(base.occurrences(of: word("unit7")).count, 0)
    XCTAssertEqual(odd.distinctCount(column: 0), 50)
    state(try relation("entity", 3), [word("bofa"), word("bank"), word("Bank of America Corp")])
    state(try relation("alias", 2), [word("bofa"), word("Bank of America")])
    XCTAssertEqual(base.entities(named: "Bank of America"), [word("bofa")])
    XCTAssertEqual(base.entities(named: "Bank of America Corp"), [word("bofa")])
    XCTAssertEqual(base.entities(named: "bofa"), [word("bofa")])
    XCTAssertEqual(base.entities(named: "nobody"), [])
    XCTAssertEqual(base.label(of: word("bofa")), word("Bank of America Corp"))
  }
}
