import Glibc
import XCTest

@testable import FactModel

/// Indexes that lie in a base, on words of all kinds.
final class StoredIndexTests: XCTestCase {
  private var folder = ""
  private var path: String { folder + "/base" }

  override func setUp() {
    folder = "/tmp/factsh-index-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    mkdir(folder, 0o755)
  }

  override func tearDown() {
    for suffix in ["", "-lock", "-users", "-writer"] { unlink(path + suffix) }
    rmdir(folder)
  }

  /// The words of the first column of a row.
  private typealias Word = (Int, ValueStore) -> UInt64

  private func open() throws -> DurableBase {
    let durable = try DurableBase(path: path)
    durable.thresholds.identity = Segment.rowLimit
    durable.thresholds.index = Segment.rowLimit
    durable.thresholds.indexShare = 10
    return durable
  }

  private func state(_ rows: Range<Int>, in durable: DurableBase, _ word: Word) throws {
    _ = try durable.beginWriting()
    defer { durable.endWriting() }
    let relation = try XCTUnwrap(durable.base.relation(named: "e", arity: 2))
    var columns = [[UInt64]](repeating: [], count: 2)
    for i in rows {
      columns[0].append(word(i, durable.base.values))
      columns[1].append(durable.base.values.word(for: .integer(Int64(i))).bits)
    }
    var numbers: [UInt32] = []
    relation.facts.state(
      columns: columns, count: rows.count, claims: ClaimBatch(), rows: &numbers)
    try durable.commit()
  }

  private func integer(_ number: Int, _ values: ValueStore) -> UInt64 {
    values.word(for: .integer(Int64(number))).bits
  }

  private func table(_ durable: DurableBase) throws -> Table {
    try XCTUnwrap(durable.base.relation(named: "e")).facts.facts
  }

  /// Compares what the index says of some words, those of absent rows included, with the rows.
  private func check(_ durable: DurableBase, rows: Int, absent: [UInt64], _ word: Word) throws {
    let table = try table(durable)
    let index = table.index(on: [0])
    XCTAssertNotNil(index.stored)
    var wanted: [UInt64: [UInt32]] = [:]
    for row in 0..<rows { wanted[word(row, durable.base.values), default: []].append(UInt32(row)) }
    var keys = absent
    for row in stride(from: 0, to: rows, by: max(1, rows / 999)) {
      let key = word(row, durable.base.values)
      if keys.count < 5 || !keys[0..<5].contains(key) { keys.append(key) }
    }
    for key in keys.prefix(50) { XCTAssertEqual(index.rows(forKey: [key]), wanted[key] ?? []) }
    var found: [UInt8] = []
    var hits = KeyIndex.Hits()
    index.contains(
      keys: [keys], count: keys.count, within: 0..<UInt32(rows), hits: &hits, into: &found)
    XCTAssertEqual(found[0..<keys.count].map { $0 != 0 }, keys.map { wanted[$0] != nil })
    index.probe(keys: [keys], count: keys.count, into: &hits)
    var matched = [[UInt32]](repeating: [], count: keys.count)
    var more = true
    while more {
      var probes: [UInt32] = []
      var rows: [UInt32] = []
      var count = 0
      more = index.expand(
        &hits, within: 1000..<100_000, probes: &probes, matched: &rows, count: &count,
        capacity: 1000)
      for k in 0..<count { matched[Int(probes[k])].append(rows[k]) }
    }
    for (i, key) in keys.enumerated() {
      XCTAssertEqual(
        matched[i].sorted(), (wanted[key] ?? []).filter { (1000..<100_000).contains($0) })
    }
    XCTAssertNil(durable.damage.first)
    XCTAssertEqual(try durable.verify().problems, [])
  }

  /// States rows, asks for them, and asks again where the base is open anew.
  private func checkIndex(
    _ shape: (StoredIndexShape) -> Bool, absent: [Int] = [-1, 1 << 40], _ word: Word
  ) throws {
    let rows = 2 * Segment.rowLimit + 1000
    var kept: DurableBase? = try open()
    try state(0..<rows, in: XCTUnwrap(kept), word)
    for _ in 0..<2 {
      let durable = try XCTUnwrap(kept)
      let stored = try XCTUnwrap(table(durable).stored)
      XCTAssertEqual(stored.indexes.map(\.rows), [0..<2 * Segment.rowLimit])
      XCTAssertTrue(stored.indexes.allSatisfy { shape($0.shape) })
      try check(durable, rows: rows, absent: absent.map { integer($0, durable.base.values) }, word)
      kept = nil
      kept = try open()
    }
  }

  func testWordsThatCountUpAreFoundByPosition() throws {
    try checkIndex({ !$0.isHashed && $0.groupCount == 43_691 }) { row, values in
      values.word(for: .integer(Int64(row / 3))).bits
    }
  }

  func testWideWordsOfOneUpperHalf() throws {
    try checkIndex({ $0.isHashed && !$0.isWide }) { row, values in
      values.word(for: .integer(Int64(row % 90_000) * 40_009)).bits
    }
  }

  func testDistinctWordsOfOneUpperHalf() throws {
    try checkIndex({ $0.isHashed && !$0.isWide && $0.groupCount == 2 * Segment.rowLimit }) {
      row, values in values.word(for: .integer(Int64(row) * 20_011)).bits
    }
  }

  func testDistinctWordsOfAnyUpperHalf() throws {
    try checkIndex({ $0.isWide && $0.groupCount == 2 * Segment.rowLimit }, absent: [-1, 5]) {
      row, values in values.word(for: .integer(Int64(row) * 1_000_000_007)).bits
    }
  }

  func testNumbersOfWhichOneIsOften() throws {
    try checkIndex({ $0.isWide && $0.groupCount <= Segment.rowLimit + 1 }) { row, values in
      values.word(for: .number(row % 3 == 0 ? 0.5 : Double(row / 2) * 0.37)).bits
    }
  }

  func testWordsOfSeveralKinds() throws {
    try checkIndex({ $0.isWide }) { row, values in
      row % 2 == 0
        ? values.word(for: .symbol("entity \(row / 10)")).bits
        : values.word(for: .integer(Int64(row))).bits
    }
  }

  /// Words that fall into one bucket, in no order.
  func testWordsWhoseHashesBeginAlike() throws {
    let values = ValueStore()
    let bits = StoredIndexShape.bits(Segment.rowLimit)
    var alike: [Int] = []
    var number = 0
    while alike.count < 500 {
      number += 3
      let word = values.word(for: .integer(Int64(number))).bits
      if StoredIndexShape.bucket(of: word, bits: bits) == 7 { alike.append(number) }
    }
    try checkIndex({ $0.isHashed && $0.groupCount == 500 }) { row, values in
      values.word(for: .integer(Int64(alike[row * 7919 % 500]))).bits
    }
  }

  func testRunsOfSeveralKindsAreAskedAndBecomeOne() throws {
    let word: Word = { row, values in
      switch row / 70_000 {
      case 0: values.word(for: .integer(Int64(row / 2))).bits
      case 1: values.word(for: .integer(Int64(row) << 24)).bits
      default: values.word(for: .symbol("entity \(row % 9)")).bits
      }
    }
    var kept: DurableBase? = try open()
    var durable = try XCTUnwrap(kept)
    durable.thresholds.merged = Segment.rowLimit
    durable.thresholds.longRun = Segment.rowLimit
    for part in 0..<3 { try state(part * 70_000..<(part + 1) * 70_000, in: durable, word) }
    let absent = [integer(-5, durable.base.values)]
    XCTAssertEqual(try table(durable).stored?.indexes.count, 3)
    try check(durable, rows: 210_000, absent: absent, word)
    kept = nil
    durable = try open()
    try check(durable, rows: 210_000, absent: absent, word)
    _ = try durable.compact()
    XCTAssertEqual(try table(durable).stored?.indexes.map(\.rows), [0..<3 * Segment.rowLimit])
    try check(durable, rows: 210_000, absent: absent, word)
  }

  /// What another shell has loaded and indexed is not indexed once more by who reads it.
  func testAReaderTakesUpARunThatOthersWrote() throws {
    let word: Word = { row, values in values.word(for: .symbol("entity \(row / 5)")).bits }
    let writer = try open()
    // Runs are long enough to stay what they are.
    writer.thresholds.longRun = Segment.rowLimit
    try state(0..<132_000, in: writer, word)
    let reader = try DurableBase(path: path)
    _ = try reader.beginReading()
    XCTAssertEqual(try table(reader).index(on: [0]).rowLimit, 132_000)
    reader.endReading()
    try state(132_000..<133_000, in: writer, word)
    _ = try reader.beginReading()
    XCTAssertEqual(try table(reader).index(on: [0]).chained.next.count, 133_000 - 131_072)
    reader.endReading()
    try state(133_000..<280_000, in: writer, word)
    _ = try reader.beginReading()
    defer { reader.endReading() }
    XCTAssertEqual(
      try table(reader).index(on: [0]).chained.next.count, 280_000 - 4 * Segment.rowLimit)
    try check(reader, rows: 280_000, absent: [integer(-5, reader.base.values)], word)
  }

  /// Rows of another kind that come after those in the base are told apart by their whole words.
  func testRowsOfAnotherKindFollow() throws {
    let word: Word = { row, values in
      row < 132_000
        ? values.word(for: .integer(Int64(row % 1000))).bits
        : values.word(for: row % 2 == 0 ? .integer(Int64(row % 1000)) : .number(0.25)).bits
    }
    let durable = try open()
    try state(0..<131_500, in: durable, word)
    _ = try table(durable).index(on: [0])
    try state(131_500..<131_900, in: durable, word)
    try check(durable, rows: 131_900, absent: [], word)
    try state(131_900..<132_100, in: durable, word)
    try check(durable, rows: 132_100, absent: [integer(-5, durable.base.values)], word)
  }

  /// An index that would take nearly as much room as the rows is not kept.
  func testAnIndexIsKeptWhereItIsWorthItsRoom() throws {
    for (distinct, isKept) in [(200_000, false), (100_000, false), (20_000, true), (3_000, true)] {
      let durable = try open()
      durable.thresholds.indexShare = BaseSealer.Thresholds().indexShare
      try state(0..<200_000, in: durable) { i, values in
        values.word(for: .integer(Int64(i % distinct) * 7_000_003)).bits
      }
      let table = try XCTUnwrap(durable.base.relation(named: "e")).facts.facts
      XCTAssertEqual(table.stored?.indexes.isEmpty, !isKept, "\(distinct)")
      let key = durable.base.values.word(for: .integer(14_000_006)).bits
      XCTAssertEqual(
        table.index(on: [0]).rows(forKey: [key]).count, (0..<200_000).count { $0 % distinct == 2 })
      durable.endReading()
      tearDown()
      setUp()
    }
  }

  func testAShapeThatCannotBeIsRefused() {
    let direct = StoredIndexShape(
      keyWidth: 0, isWide: false, base: 5, groupCount: 20, filledGroups: 10)
    let hashed = StoredIndexShape(
      keyWidth: 8, isWide: true, base: 0, groupCount: 10, filledGroups: 10)
    XCTAssertTrue(direct.isPossible(rows: 10) && hashed.isPossible(rows: 10))
    var bad = [StoredIndexShape](repeating: direct, count: 4)
    bad[0].isWide = true
    bad[1].filledGroups = 11
    bad[2].base = 0xFFFF_FFFF
    bad[3].keyWidth = -1
    bad += [StoredIndexShape](repeating: hashed, count: 2)
    bad[4].groupCount = 11
    bad[5].keyWidth = 9
    for shape in bad { XCTAssertFalse(shape.isPossible(rows: 10)) }
    XCTAssertFalse(hashed.isPossible(rows: 0))
  }
}
