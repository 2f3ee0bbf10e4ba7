import Glibc
import XCTest

@testable import FactModel

/// Bases that several read and write at once, and files that are not what they should be.
final class SharedBaseTests: XCTestCase {
  private var folder = ""
  private var path: String { folder + "/base" }

  override func setUp() {
    folder = "/tmp/factsh-shared-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    mkdir(folder, 0o755)
  }

  override func tearDown() {
    for name in ["base", "copy"] {
      for suffix in ["", "-lock", "-users", "-writer", "-compact"] {
        unlink("\(folder)/\(name)\(suffix)")
      }
    }
    rmdir(folder)
  }

  private func change(_ durable: DurableBase, _ body: (FactBase) throws -> Void) throws {
    _ = try durable.beginWriting()
    defer { durable.endWriting() }
    try body(durable.base)
    try durable.commit()
  }

  private func seal(_ durable: DurableBase, _ body: (FactBase) throws -> Void = { _ in }) throws {
    _ = try durable.beginWriting()
    defer { durable.endWriting() }
    try body(durable.base)
    try durable.seal()
  }

  private func size(_ path: String) -> Int {
    var information = stat()
    return stat(path, &information) == 0 ? Int(information.st_size) : -1
  }

  /// Facts with sources, a third of them less than certain, some retracted.
  private func state(_ range: Range<Int>, in base: FactBase) throws {
    let relation = try XCTUnwrap(base.relation(named: "p", arity: 2))
    for i in range {
      var claim = Claim()
      if i % 2 == 0 { claim.source = base.values.word(for: .symbol("desk \(i % 50)")) }
      claim.certainty = Certainty(rawValue: UInt8(i % 3)) ?? .certain
      let words = [
        base.values.word(for: .symbol("text \(i)")).bits,
        base.values.word(for: .integer(Int64(i))).bits,
      ]
      let row = relation.facts.state(words, claim).row
      if i % 10 == 0 {
        let moment = CalendarDate(year: 2026, month: 2, day: 1)?.word ?? .unknown
        base.retract([row], of: relation, matching: ClaimFilter(), at: moment)
      }
    }
  }

  /// All that can be seen of `p`, or of every so many rows of it.
  private func dump(_ base: FactBase, step: Int = 1) throws -> [String] {
    let table = try XCTUnwrap(base.relation(named: "p")).facts
    return stride(from: 0, to: UInt32(table.facts.rowCount), by: step).map { row in
      let words = table.facts.words(row: row).map { base.values.text(of: Word(bits: $0)) }
      let claims = table.claims(of: row, all: true).map {
        "\(base.values.text(of: $0.source)) \($0.certainty) \(base.values.text(of: $0.until))"
      }
      return "\(words) \(table.facts.isLive(row)) \(table.facts.level(of: row)) \(claims)"
    }
  }

  func testWhoReadsForLongKeepsItsMomentAndNoPages() throws {
    let writer = try DurableBase(path: path)
    try change(writer) { try state(0..<2000, in: $0) }
    try seal(writer)
    let reader = try DurableBase(path: path)
    _ = try reader.beginReading()
    let before = try dump(reader.base)
    let sizeBefore = size(path)
    // Statements, each of which writes a few pages anew, and seals that leave pieces behind.
    for i in 0..<400 {
      try change(writer) { try state(2000 + i..<2001 + i, in: $0) }
      if i % 100 == 0 { try seal(writer) }
    }
    XCTAssertEqual(try dump(reader.base), before)
    XCTAssertNil(reader.damage.first)
    // Each commit writes four pages or more: without any of them used again this would be 6 MB.
    XCTAssertLessThan(size(path) - sizeBefore, 2 << 20)
    XCTAssertFalse(writer.catalogue.garbage.isEmpty)
    reader.endReading()
    try seal(writer)
    try seal(writer)
    XCTAssertTrue(writer.catalogue.garbage.isEmpty, "nobody needs it any more")
    _ = try reader.beginReading()
    XCTAssertEqual(try dump(reader.base), try dump(writer.base))
    reader.endReading()
    XCTAssertEqual(try writer.verify().problems, [])
  }

  func testLocksOfReadersAreSeen() throws {
    let waiting = BaseLocks.Waiting(isInterrupted: { false }, notice: { _ in })
    let one = try BaseLocks(path: path, isReadOnly: false, waiting: waiting)
    let two = try BaseLocks(path: path, isReadOnly: false, waiting: waiting)
    var three: BaseLocks? = try BaseLocks(path: path, isReadOnly: false, waiting: waiting)
    XCTAssertNil(one.oldestPinned(below: 100))
    XCTAssertTrue(two.pin(7))
    XCTAssertTrue(try XCTUnwrap(three).pin(5))
    XCTAssertTrue(try XCTUnwrap(three).pin(3))
    XCTAssertEqual(one.oldestPinned(below: 100), 3)
    XCTAssertEqual(one.oldestPinned(below: 4), 3)
    XCTAssertNil(one.oldestPinned(below: 3))
    three?.unpin(3)
    XCTAssertEqual(one.oldestPinned(below: 100), 5)
    three = nil
    XCTAssertEqual(one.oldestPinned(below: 100), 7)
    XCTAssertNil(two.oldestPinned(below: 100), "one's own do not count")
  }

  func testBitmapsAndLevelsAreReadWhereTheyAreNeeded() throws {
    let rows = Segment.rowLimit * 2 + 1000
    let step = 500
    do {
      let durable = try DurableBase(path: path)
      try seal(durable) { base in
        let relation = try XCTUnwrap(base.relation(named: "p", arity: 2))
        let first = base.values.word(for: .integer(0)).bits
        let columns = [
          (0..<rows).map { first + UInt64($0) }, [UInt64](repeating: first, count: rows),
        ]
        var entered: [UInt32] = []
        relation.facts.state(
          columns: columns, count: rows, claims: ClaimBatch(), rows: &entered)
        let moment = CalendarDate(year: 2026, month: 2, day: 1)?.word ?? .unknown
        var claim = Claim()
        claim.certainty = .possible
        for row in stride(from: 0, to: rows, by: step) {
          base.retract([UInt32(row)], of: relation, matching: ClaimFilter(), at: moment)
          relation.facts.erase(rows: [UInt32(row + 5)], matching: ClaimFilter())
          relation.facts.state(relation.facts.facts.words(row: UInt32(row + 5)), claim)
        }
      }
    }
    try copyToForget()
    let durable = try DurableBase(path: folder + "/copy")
    let table = try XCTUnwrap(durable.base.relation(named: "p")).facts
    XCTAssertEqual(table.facts.states?.blocks, [0, 1, 2])
    XCTAssertEqual(table.facts.liveCount, rows - (rows + step - 1) / step)
    XCTAssertEqual(table.facts.uncertainCount, (rows + step - 1) / step)
    XCTAssertFalse(table.facts.isLive(UInt32(132 * step)))
    XCTAssertEqual(table.facts.states?.blocks, [0, 2])
    var found: [UInt32] = []
    XCTAssertEqual(table.facts.liveRows(in: 0..<1000, into: &found), 998)
    XCTAssertEqual(table.facts.level(of: 5), .possible)
    XCTAssertEqual(table.facts.states?.blocks, [2])
    // What was not read stays as it is when others are stored.
    try seal(durable) { base in
      try XCTUnwrap(base.relation(named: "p")).facts.erase(rows: [3], matching: ClaimFilter())
    }
    XCTAssertEqual(table.facts.states?.blocks, [2])
    XCTAssertEqual(try durable.verify().problems, [])
    let after = try dump(durable.base, step: 5)
    XCTAssertEqual(after.count, (rows + 4) / 5)
    _ = try durable.beginWriting()
    try durable.rollback()
    durable.endWriting()
    XCTAssertEqual(try dump(durable.base, step: 5), after)
    XCTAssertFalse(try XCTUnwrap(durable.base.relation(named: "p")).facts.facts.isLive(3))
    XCTAssertNil(durable.damage.first)
  }

  /// A process has one environment of a file; a copy is read as another process would.
  private func copyToForget() throws {
    let file = try XCTUnwrap(fopen(path, "r"))
    let copy = try XCTUnwrap(fopen(folder + "/copy", "w"))
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      XCTAssertEqual(fwrite(buffer, 1, count, copy), count)
    }
    fclose(file)
    fclose(copy)
  }

  func testPagesThatCannotBeAreFound() throws {
    do {
      let durable = try DurableBase(path: path)
      try seal(durable) { try state(0..<5000, in: $0) }
      for i in 5000..<5040 { try change(durable) { try state(i..<i + 1, in: $0) } }
    }
    try copyToForget()
    let pageSize = 4096
    // The page that was written last says where the trees begin.
    func transaction(_ page: Int) throws -> UInt64 { try number(at: page * pageSize + 144) }
    let newest = try transaction(0) > transaction(1) ? 0 : 1
    let root = Int(try number(at: newest * pageSize + 16 + 72 + 40))
    let changes: [(at: Int, byte: UInt8, what: String)] = [
      (newest * pageSize + 16 + 72 + 40, 0xEE, "the root of the tree"),
      (newest * pageSize + 16 + 72 + 44, 0x01, "a root far outside"),
      (newest * pageSize + 16 + 72 + 6, 9, "the depth of the tree"),
      (newest * pageSize + 16 + 72 + 32, 0xEE, "the number of values"),
      (newest * pageSize + 16 + 24 + 40, 3, "the root of the free pages"),
      (newest * pageSize + 16, 0, "what kind of file it is"),
      (newest * pageSize + 24 + 17, 0, "the size of a page"),
      (root * pageSize + 10, 4, "what kind of page it is"), (root * pageSize, 0xEE, "its number"),
      (root * pageSize + 12, 0xFF, "how many entries it has"),
      (root * pageSize + 17, 0xFF, "where an entry is"),
    ]
    for (at, byte, what) in changes {
      let old = try set(at, byte)
      XCTAssertNotEqual(old, byte, what)
      do {
        _ = try DurableBase(path: folder + "/copy")
        XCTFail("\(what) is wrong and nobody says so")
      } catch let error as BaseError {
        XCTAssertTrue([.damaged, .foreign].contains(error.kind), "\(what): \(error.message)")
        XCTAssertNotNil(error.hint, what)
      }
      _ = try set(at, old)
    }
    XCTAssertEqual(try DurableBase(path: folder + "/copy").verify().problems, [])
  }

  private func number(at offset: Int) throws -> UInt64 {
    let file = open(folder + "/copy", O_RDONLY)
    defer { close(file) }
    var value: UInt64 = 0
    XCTAssertEqual(pread(file, &value, 8, off_t(offset)), 8)
    return value
  }

  private func set(_ offset: Int, _ byte: UInt8) throws -> UInt8 {
    let file = open(folder + "/copy", O_RDWR)
    defer { close(file) }
    var old: UInt8 = 0
    var new = byte
    XCTAssertEqual(pread(file, &old, 1, off_t(offset)), 1)
    XCTAssertEqual(pwrite(file, &new, 1, off_t(offset)), 1)
    return old
  }

  func testAnUnfinishedFileIsBegunAnew() throws {
    do { _ = try DurableBase(path: path) }
    for length in [0, 4096] {
      unlink(path + "-lock")
      XCTAssertEqual(truncate(path, off_t(length)), 0)
      // Only a first page of which nothing was kept is one.
      if length > 0 {
        XCTAssertThrowsError(try DurableBase(path: path))
        let file = open(path, O_RDWR)
        var zero: UInt64 = 0
        XCTAssertEqual(pwrite(file, &zero, 8, 144), 8)
        close(file)
      }
      let durable = try DurableBase(path: path)
      try change(durable) { try state(1..<2, in: $0) }
      XCTAssertEqual(durable.base.factCount, 1)
    }
  }
}
