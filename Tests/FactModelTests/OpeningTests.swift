import Glibc
import XCTest

@testable import FactModel

/// What opening a base looks at.
final class OpeningTests: XCTestCase {
  private var folder = ""
  private var path: String { folder + "/base" }

  override func setUp() {
    folder = "/tmp/factsh-opening-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    mkdir(folder, 0o755)
  }

  override func tearDown() {
    for name in ["base", "other"] {
      for suffix in ["", "-lock", "-users", "-writer"] { unlink("\(folder)/\(name)\(suffix)") }
    }
    rmdir(folder)
  }

  /// LMDB forbids a process to have a file open twice.
  private func opened(after durable: inout DurableBase?) throws -> DurableBase {
    durable = try DurableBase(path: folder + "/other")
    let new = try DurableBase(path: path)
    durable = new
    return new
  }

  private func make(rows: Int) throws -> DurableBase {
    let durable = try DurableBase(path: path)
    durable.thresholds.identity = Segment.rowLimit
    durable.thresholds.index = Segment.rowLimit
    _ = try durable.beginWriting()
    defer { durable.endWriting() }
    let relation = try XCTUnwrap(durable.base.relation(named: "e", arity: 3))
    var columns = [[UInt64]](repeating: [], count: 3)
    for i in 0..<rows {
      columns[0].append(durable.base.values.word(for: .symbol("entity \(i / 10)")).bits)
      columns[1].append(durable.base.values.word(for: .integer(Int64(i * 7919 % 100_003))).bits)
      columns[2].append(durable.base.values.word(for: .integer(Int64(i % 1000))).bits)
    }
    var numbers: [UInt32] = []
    relation.facts.state(columns: columns, count: rows, claims: ClaimBatch(), rows: &numbers)
    try durable.commit()
    return durable
  }

  /// The values of the columns of a base that lie in the file.
  private func blobs(_ base: FactBase) throws -> [StoredBlob] {
    let table = try XCTUnwrap(base.relation(named: "e")).facts.facts
    return table.sealedSegments.flatMap(\.columns).compactMap { column in
      guard case .stored(let codes) = column.codes else { return nil }
      return codes.blob
    }
  }

  func testAColumnIsLookedUpWhenItIsRead() throws {
    var kept: DurableBase? = try make(rows: 200_000)
    let durable = try opened(after: &kept)
    _ = try durable.beginReading()
    defer { durable.endReading() }
    let blobs = try blobs(durable.base)
    XCTAssertEqual(blobs.count, 9)
    XCTAssertEqual(blobs.filter(\.isFound).count, 0)
    let stored = try XCTUnwrap(durable.base.relation(named: "e")?.facts.facts.stored)
    XCTAssertFalse(stored.identity.isEmpty || stored.indexes.isEmpty)
    XCTAssertFalse(stored.identity.contains { $0.blob.isFound }, "rows by hash")
    XCTAssertFalse(stored.indexes.contains { $0.blob.isFound }, "rows by the first column")
    let table = try XCTUnwrap(durable.base.relation(named: "e")).facts.facts
    XCTAssertEqual(
      table.word(row: 70_000, column: 2), durable.base.values.word(for: .integer(0)).bits)
    XCTAssertEqual(blobs.filter(\.isFound).count, 1)
    XCTAssertTrue(blobs[5].isFound)
    var words: [UInt64] = []
    table.unpack(column: 1, rows: 0..<200_000, into: &words)
    XCTAssertEqual(
      words[123_456], durable.base.values.word(for: .integer(123_456 * 7919 % 100_003)).bits)
    XCTAssertEqual(blobs.filter(\.isFound).count, 4)
    XCTAssertNil(durable.damage.first)
    table.checkInvariants()
  }

  func testAValueThatIsMissingIsDamage() throws {
    var kept: DurableBase? = try make(rows: 200_000)
    let missing = try blobs(XCTUnwrap(kept).base)[4].number
    try XCTUnwrap(kept).environment.write { try $0.delete(.blob(missing)) }
    let durable = try opened(after: &kept)
    let table = try XCTUnwrap(durable.base.relation(named: "e")).facts.facts
    _ = table.word(row: 5, column: 1)
    XCTAssertNil(durable.damage.first)
    for row in [65_536, 70_000] { _ = table.word(row: UInt32(row), column: 1) }
    XCTAssertEqual(durable.damage.first, "value \(missing) is missing or has another size")
  }
}
