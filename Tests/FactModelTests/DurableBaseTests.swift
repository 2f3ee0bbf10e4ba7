import Glibc
import XCTest

@testable import FactModel

/// Bases in files: what is committed is there again.
final class DurableBaseTests: XCTestCase {
  private var folder = ""
  private var path: String { folder + "/base" }

  override func setUp() {
    folder = "/tmp/factsh-durable-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    mkdir(folder, 0o755)
  }

  override func tearDown() {
    for suffix in ["", "-lock", "-users", "-writer"] { unlink(path + suffix) }
    rmdir(folder)
  }

  /// Does something in a transaction of its own.
  private func change(_ durable: DurableBase, _ body: (FactBase) throws -> Void) throws {
    _ = try durable.beginWriting()
    defer { durable.endWriting() }
    try body(durable.base)
    try durable.commit()
  }

  /// Everything in a base that a query can see, as text.
  private func dump(_ base: FactBase) -> [String] {
    var lines: [String] = []
    for relation in base.relations {
      lines.append("\(relation.id) \(relation.schema) \(relation.isBuiltin)")
      for isDenial in [false, true] {
        guard let table = relation.table(denied: isDenial) else { continue }
        for row in 0..<UInt32(table.facts.rowCount) {
          let values = table.facts.words(row: row).map { base.values.text(of: Word(bits: $0)) }
          lines.append(
            "\(isDenial) \(row) \(table.facts.isLive(row)) \(table.facts.level(of: row)) \(values)")
          for claim in table.claims(of: row, all: true) {
            let words = [
              claim.source, claim.document, claim.place, claim.known, claim.valid, claim.until,
            ].map { base.values.text(of: $0) }
            lines.append("  \(words) \(claim.certainty) \(claim.knownIsGiven)")
          }
        }
        lines.append("\(table.factCount) \(table.claimCount)")
      }
    }
    return lines
  }

  private func words(_ base: FactBase, _ values: Value...) -> [UInt64] {
    values.map { base.values.word(for: $0).bits }
  }

  private var everyValue: [Value] {
    [
      .symbol("amazon"), .symbol(""), .symbol("a\u{0}b\n\u{1F600}"), .integer(0), .integer(-5),
      .integer(1 << 50), .integer(.min), .number(0.09), .number(-1e300), .unknown,
      .range(lower: .integer(1001), upper: .integer(2500), text: nil),
      .range(lower: .integer(5), upper: nil, text: "5.."),
      .range(lower: .integer(13500), upper: .integer(14500), text: "~14000"),
    ]
  }

  func testEverythingIsThereAgain() throws {
    var durable: DurableBase? = try DurableBase(path: path)
    func change(_ body: (FactBase) throws -> Void) throws {
      let open = try XCTUnwrap(durable)
      try self.change(open, body)
    }
    try change { base in
      try base.declare(
        Schema(
          name: "p",
          attributes: [
            Attribute(name: "a", type: .any), Attribute(name: "b", type: .integer, unit: "usd"),
          ],
          isDeclared: true))
    }
    for (i, value) in everyValue.enumerated() {
      try change { base in
        let relation = try XCTUnwrap(base.relation(named: "p"))
        relation.facts.state(words(base, value, .integer(Int64(i))))
      }
    }
    try change { base in
      let relation = try XCTUnwrap(base.relation(named: "p"))
      var claim = Claim()
      claim.source = base.values.word(for: .symbol("jefferies"))
      claim.certainty = .probable
      claim.known = CalendarDate(year: 2026, month: 1, day: 12)?.word ?? .unknown
      claim.knownIsGiven = true
      relation.facts.state(words(base, .symbol("amazon"), .integer(0)), claim)
      relation.facts.state(words(base, .symbol("late"), .integer(77)), claim)
      let denied = [base.values.word(for: .symbol("x")).bits, Word.anything.bits]
      relation.denialsForWriting().state(denied, claim)
      // The arity of its first use.
      let other = try XCTUnwrap(base.relation(named: "q", arity: 3))
      other.facts.state(words(base, .integer(1), .integer(2), .integer(3)))
      try XCTUnwrap(base.relation(named: "nothing", arity: 0)).facts.state([])
    }
    try change { base in
      let relation = try XCTUnwrap(base.relation(named: "p"))
      let moment = CalendarDate(year: 2026, month: 2, day: 1)?.word ?? .unknown
      base.retract([1, 0], of: relation, matching: ClaimFilter(), at: moment)
      relation.facts.erase(rows: [2], matching: ClaimFilter())
      try base.declare(
        Schema(
          name: "q", attributes: ["a", "b", "c", "d"].map { Attribute(name: $0) },
          isDeclared: true))
    }
    let before = dump(try XCTUnwrap(durable).base)
    XCTAssertGreaterThan(before.count, 25)
    durable = nil
    // From the log, from segments, and from segments with a log after them.
    for round in 0..<3 {
      durable = try DurableBase(path: path)
      XCTAssertEqual(dump(try XCTUnwrap(durable).base), before, "round \(round)")
      if round == 0 {
        let open = try XCTUnwrap(durable)
        _ = try open.beginWriting()
        try open.seal()
        open.endWriting()
        XCTAssertEqual(dump(open.base), before, "after sealing")
      }
      durable = nil
    }
    durable = try DurableBase(path: path)
    try change { base in
      let relation = try XCTUnwrap(base.relation(named: "p"))
      base.drop(relation)
      let again = try XCTUnwrap(base.relation(named: "p", arity: 1))
      again.facts.state(words(base, .symbol("new")))
      let open = try XCTUnwrap(durable)
      try open.seal()
    }
    let after = dump(try XCTUnwrap(durable).base)
    durable = nil
    durable = try DurableBase(path: path)
    XCTAssertEqual(dump(try XCTUnwrap(durable).base), after)
    try XCTUnwrap(durable).base.relations.forEach { relation in
      relation.facts.checkInvariants()
      relation.denials?.checkInvariants()
    }
  }

  func testRollbackForgets() throws {
    let durable = try DurableBase(path: path)
    try change(durable) { base in
      try XCTUnwrap(base.relation(named: "p", arity: 1)).facts.state(words(base, .symbol("a")))
    }
    let before = dump(durable.base)
    _ = try durable.beginWriting()
    let relation = try XCTUnwrap(durable.base.relation(named: "p"))
    relation.facts.state(words(durable.base, .symbol("b")))
    try durable.rollback()
    durable.endWriting()
    XCTAssertEqual(dump(durable.base), before)
    try change(durable) { base in
      try XCTUnwrap(base.relation(named: "p")).facts.state(words(base, .symbol("c")))
    }
    XCTAssertEqual(durable.base.factCount, 2)
  }

  func testSegmentsAreReadInPlace() throws {
    let total = 300_000
    var durable = try DurableBase(path: path)
    durable.thresholds.identity = 2 * Segment.rowLimit
    durable.thresholds.index = 2 * Segment.rowLimit
    try change(durable) { base in
      let relation = try XCTUnwrap(base.relation(named: "e", arity: 3))
      var start = 0
      while start < total {
        let end = min(total, start + 50_000)
        var columns = [[UInt64]](repeating: [], count: 3)
        for i in start..<end {
          columns[0].append(base.values.word(for: .symbol("entity \(i / 10)")).bits)
          columns[1].append(base.values.word(for: .integer(Int64(i % 1000))).bits)
          columns[2].append(base.values.word(for: .number(Double(i) + 0.5)).bits)
        }
        var rows: [UInt32] = []
        relation.facts.state(
          columns: columns, count: end - start, claims: ClaimBatch(), rows: &rows)
        start = end
      }
    }
    for round in 0..<2 {
      let table = try XCTUnwrap(durable.base.relation(named: "e")).facts
      XCTAssertEqual(table.facts.rowCount, total)
      XCTAssertEqual(table.facts.stored?.segments.count, total / Segment.rowLimit)
      for i in [0, 65_535, 65_536, 123_456, total - 1] {
        let wanted = words(
          durable.base, .symbol("entity \(i / 10)"), .integer(Int64(i % 1000)),
          .number(Double(i) + 0.5))
        XCTAssertEqual(table.facts.words(row: UInt32(i)), wanted)
        XCTAssertEqual(table.facts.find(wanted), UInt32(i))
        XCTAssertFalse(table.state(wanted).newFact)
      }
      let subject = words(durable.base, .symbol("entity 7777"))
      XCTAssertEqual(
        table.facts.index(on: [0]).rows(forKey: subject), (77_770..<77_780).map { UInt32($0) })
      XCTAssertNil(durable.base.values.symbols.find("entity of nobody"))
      XCTAssertNil(durable.damage.first)
      if round == 0 { durable = try reopened(&durable) }
    }
    // More of the same, half of it known.
    try change(durable) { base in
      let relation = try XCTUnwrap(base.relation(named: "e"))
      var columns = [[UInt64]](repeating: [], count: 3)
      for i in (total - 20_000)..<(total + 20_000) {
        columns[0].append(base.values.word(for: .symbol("entity \(i / 10)")).bits)
        columns[1].append(base.values.word(for: .integer(Int64(i % 1000))).bits)
        columns[2].append(base.values.word(for: .number(Double(i) + 0.5)).bits)
      }
      var rows: [UInt32] = []
      let stated = relation.facts.state(
        columns: columns, count: 40_000, claims: ClaimBatch(), rows: &rows)
      XCTAssertEqual(stated.newFacts, 20_000)
    }
    durable = try reopened(&durable)
    XCTAssertEqual(durable.base.factCount, total + 20_000)
    try XCTUnwrap(durable.base.relation(named: "e")).facts.checkInvariants()
  }

  /// LMDB forbids a process to have a file open twice.
  private func reopened(_ durable: inout DurableBase) throws -> DurableBase {
    durable = try DurableBase(path: folder + "/other")
    defer {
      for suffix in ["", "-lock", "-users", "-writer"] { unlink(folder + "/other" + suffix) }
    }
    return try DurableBase(path: path)
  }

  func testForeignFilesAreRefused() throws {
    func kind(_ body: () throws -> Void) -> BaseError.Kind? {
      do { try body() } catch let error as BaseError { return error.kind } catch {}
      return nil
    }
    XCTAssertEqual(kind { _ = try DurableBase(path: path, isReadOnly: true) }, .missing)
    XCTAssertEqual(kind { _ = try DurableBase(path: folder) }, .foreign)
    let file = fopen(path, "w")
    fputs(String(repeating: "p(a).\n", count: 5000), file)
    fclose(file)
    XCTAssertEqual(kind { _ = try DurableBase(path: path) }, .foreign)
    unlink(path)
    do { _ = try DurableBase(path: path) }
    truncate(path, 20_000)
    var information = stat()
    stat(path, &information)
    XCTAssertNotNil(kind { _ = try DurableBase(path: folder + "/missing/base") })
  }
}
