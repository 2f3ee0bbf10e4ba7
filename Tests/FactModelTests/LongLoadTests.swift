import Glibc
import XCTest

@testable import FactModel

/// Statements that are too long for memory: what is written ahead of the commit.
final class LongLoadTests: XCTestCase {
  private var folder = ""
  private var path: String { folder + "/base" }

  override func setUp() {
    folder = "/tmp/factsh-long-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    mkdir(folder, 0o755)
  }

  override func tearDown() {
    for suffix in ["", "-lock", "-users", "-writer"] { unlink(path + suffix) }
    rmdir(folder)
  }

  /// A base that writes ahead and forgets after few rows and texts.
  private func open() throws -> DurableBase {
    let durable = try DurableBase(path: path)
    durable.thresholds.identity = Segment.rowLimit
    durable.thresholds.index = Segment.rowLimit
    durable.thresholds.transaction = 1 << 19
    durable.thresholds.spilledRows = 3 * Segment.rowLimit / 2
    durable.thresholds.spilledTexts = 1 << 20
    return durable
  }

  private static let chunk = 50_000
  private static let chunks = 8

  /// States a part of all rows; a third of each are those of the one before.
  private func state(_ part: Int, in base: FactBase) throws -> Int {
    let relation = try XCTUnwrap(base.relation(named: "e", arity: 3))
    var columns = [[UInt64]](repeating: [], count: 3)
    for i in part * LongLoadTests.chunk * 2 / 3..<part * LongLoadTests.chunk * 2 / 3
      + LongLoadTests.chunk
    {
      columns[0].append(base.values.word(for: .symbol("entity \(i / 4)")).bits)
      columns[1].append(base.values.word(for: .integer(Int64(i) << 20)).bits)
      columns[2].append(base.values.word(for: .symbol("desk \(i % 7)")).bits)
    }
    var rows: [UInt32] = []
    return relation.facts.state(
      columns: columns, count: LongLoadTests.chunk, claims: ClaimBatch(), rows: &rows
    ).newFacts
  }

  private func load(into durable: DurableBase, parts: Range<Int>) throws -> Int {
    var new = 0
    for part in parts {
      new += try state(part, in: durable.base)
      try durable.relieve()
    }
    return new
  }

  private func reopened(_ durable: inout DurableBase?) throws -> DurableBase {
    durable = nil
    let new = try open()
    durable = new
    return new
  }

  func testWhatIsWrittenAheadIsWhatIsStated() throws {
    let memory = FactBase()
    var wanted = 0
    for part in 0..<LongLoadTests.chunks { wanted += try state(part, in: memory) }
    var kept: DurableBase? = try open()
    var durable = try XCTUnwrap(kept)
    _ = try durable.beginWriting()
    let new = try load(into: durable, parts: 0..<LongLoadTests.chunks)
    XCTAssertEqual(new, wanted)
    let table = try XCTUnwrap(durable.base.relation(named: "e")).facts.facts
    XCTAssertFalse(table.spilled.isEmpty, "rows are told apart by the base")
    XCTAssertGreaterThan(durable.base.values.symbols.storage.stored?.count ?? 0, 10_000)
    try durable.commit()
    durable.endWriting()
    for round in 0..<2 {
      let verified = try durable.verify()
      XCTAssertEqual(verified.problems, [])
      let found = try XCTUnwrap(durable.base.relation(named: "e")).facts.facts
      let same = try XCTUnwrap(memory.relation(named: "e")).facts.facts
      XCTAssertEqual(found.rowCount, same.rowCount)
      for row in stride(from: 0, to: UInt32(same.rowCount), by: 97) {
        let texts = same.words(row: row).map { memory.values.text(of: Word(bits: $0)) }
        let words = found.words(row: row)
        XCTAssertEqual(words.map { durable.base.values.text(of: Word(bits: $0)) }, texts)
        XCTAssertEqual(found.find(words), row)
      }
      let entity = durable.base.values.word(for: .symbol("entity 5000")).bits
      XCTAssertEqual(
        found.index(on: [0]).rows(forKey: [entity]), (20_000..<20_004).map { UInt32($0) })
      // All of it is known, in whatever order it comes.
      _ = try durable.beginWriting()
      XCTAssertEqual(try state(3, in: durable.base), 0)
      try durable.rollback()
      durable.endWriting()
      if round == 0 { durable = try reopened(&kept) }
    }
  }

  func testIndexesInSeveralRunsFindAllRows() throws {
    var kept: DurableBase? = try open()
    var durable = try XCTUnwrap(kept)
    durable.thresholds.merged = Segment.rowLimit
    durable.thresholds.longRun = Segment.rowLimit
    for part in 0..<4 {
      _ = try durable.beginWriting()
      let relation = try XCTUnwrap(durable.base.relation(named: "e", arity: 2))
      var columns = [[UInt64]](repeating: [], count: 2)
      for i in 0..<70_000 {
        columns[0].append(durable.base.values.word(for: .symbol("entity \(i % 30_000)")).bits)
        columns[1].append(durable.base.values.word(for: .integer(Int64(part * 70_000 + i))).bits)
      }
      var rows: [UInt32] = []
      relation.facts.state(columns: columns, count: 70_000, claims: ClaimBatch(), rows: &rows)
      try durable.commit()
      durable.endWriting()
    }
    for round in 0..<2 {
      let table = try XCTUnwrap(durable.base.relation(named: "e")).facts.facts
      XCTAssertGreaterThan(table.stored?.indexes.count ?? 0, 2)
      XCTAssertEqual(table.stored?.indexes.last?.rows.upperBound, 4 * Segment.rowLimit)
      let index = table.index(on: [0])
      let names = [7, 29_999, 12_345, 10_000, 7]
      let words = names.map { durable.base.values.word(for: .symbol("entity \($0)")).bits }
      let wanted = names.map { name in
        (0..<UInt32(280_000)).filter { $0 % 70_000 % 30_000 == UInt32(name) }
      }
      for (word, rows) in zip(words, wanted) { XCTAssertEqual(index.rows(forKey: [word]), rows) }
      // A few at a time, within some of the rows.
      var hits = KeyIndex.Hits()
      index.probe(keys: [words], count: words.count, into: &hits)
      var found = [[UInt32]](repeating: [], count: words.count)
      var more = true
      while more {
        var probes: [UInt32] = []
        var matched: [UInt32] = []
        var count = 0
        more = index.expand(
          &hits, within: 50_000..<270_000, probes: &probes, matched: &matched, count: &count,
          capacity: 3)
        for k in 0..<count { found[Int(probes[k])].append(matched[k]) }
      }
      XCTAssertEqual(
        found.map { $0.sorted() }, wanted.map { $0.filter { (50_000..<270_000).contains($0) } })
      var isThere: [UInt8] = []
      let absent = durable.base.values.word(for: .symbol("desk")).bits
      index.contains(
        keys: [words + [absent]], count: 6, within: 0..<280_000, hits: &hits, into: &isThere)
      XCTAssertEqual(isThere.prefix(6), [1, 1, 1, 1, 1, 0])
      XCTAssertEqual(try durable.verify().problems, [])
      if round == 0 { durable = try reopened(&kept) }
    }
    // Written as one where somebody waits for that.
    _ = try durable.compact()
    let table = try XCTUnwrap(durable.base.relation(named: "e")).facts.facts
    XCTAssertEqual(table.stored?.indexes.count, 1)
  }

  func testNothingIsLeftOfALoadThatIsGivenUp() throws {
    var kept: DurableBase? = try open()
    var durable = try XCTUnwrap(kept)
    _ = try durable.beginWriting()
    _ = try state(0, in: durable.base)
    try durable.commit()
    durable.endWriting()
    let before = durable.base.factCount
    let texts = durable.base.values.symbols.count
    _ = try durable.beginWriting()
    _ = try load(into: durable, parts: 1..<LongLoadTests.chunks)
    try durable.rollback()
    durable.endWriting()
    for round in 0..<2 {
      XCTAssertEqual(durable.base.factCount, before)
      XCTAssertEqual(durable.base.values.symbols.count, texts)
      XCTAssertNil(durable.base.values.symbols.find("entity 40000"))
      if round == 0 { durable = try reopened(&kept) }
    }
    // The next statement gives the numbers of what was written ahead to others.
    _ = try durable.beginWriting()
    let new = try load(into: durable, parts: 2..<LongLoadTests.chunks)
    try durable.commit()
    durable.endWriting()
    XCTAssertEqual(durable.base.factCount, before + new)
    durable = try reopened(&kept)
    XCTAssertEqual(durable.base.factCount, before + new)
    XCTAssertEqual(try durable.verify().problems, [])
  }

  func testAFullDiskAheadOfTheCommitFailsTheStatement() throws {
    let durable = try open()
    _ = try durable.beginWriting()
    _ = try state(0, in: durable.base)
    try durable.commit()
    durable.endWriting()
    let before = durable.base.factCount
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    let unlimited = limit
    limit.rlim_cur = rlim_t(try durable.information().fileSize + 200_000)
    _ = try durable.beginWriting()
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    defer {
      var unlimited = unlimited
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &unlimited)
    }
    XCTAssertThrowsError(try load(into: durable, parts: 1..<LongLoadTests.chunks))
    try durable.rollback()
    durable.endWriting()
    XCTAssertEqual(durable.base.factCount, before)
  }
}
