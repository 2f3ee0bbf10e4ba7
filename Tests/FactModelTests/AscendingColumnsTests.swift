import XCTest

@testable import FactModel

/// Rows that are known to be new by a column that ascends.
final class AscendingColumnsTests: XCTestCase {
  private var rows: [UInt32] = []
  private var isNew: [Bool] = []

  private func row(_ n: Int) -> [UInt64] {
    [Word(symbol: UInt32(n % 50)).bits, Word(integer: Int64(n))?.bits ?? 0]
  }

  @discardableResult
  private func insert(_ numbers: [Int], into table: Table) -> Int {
    let batch = numbers.map { row($0) }
    return table.insert(
      columns: columns(of: batch, arity: 2), count: batch.count, rows: &rows, isNew: &isNew)
  }

  func testRowsThatAscendNeedNoIdentity() {
    let table = Table(arity: 2, account: MemoryAccount())
    for part in 0..<20 {
      XCTAssertEqual(insert(Array(part * 10_000..<(part + 1) * 10_000), into: table), 10_000)
    }
    XCTAssertTrue(table.lacksIdentity)
    XCTAssertEqual(table.identity.count, 0)
    XCTAssertEqual(rows[7], 190_007)
    XCTAssertTrue(isNew[0..<10_000].allSatisfy { $0 })
    // The last word once more is no way up, and some of these rows are there.
    XCTAssertEqual(insert([199_999, 200_000, 5, 200_000], into: table), 1)
    XCTAssertEqual(Array(rows[0..<4]), [199_999, 200_000, 5, 200_000])
    XCTAssertEqual(Array(isNew[0..<4]), [false, true, false, false])
    XCTAssertFalse(table.lacksIdentity)
    table.checkInvariants()
  }

  func testRowsOfAnyOrderAreAsOneByOne() {
    var random = FixedGenerator(seed: 9)
    for round in 0..<12 {
      let table = Table(arity: 2, account: MemoryAccount())
      var model: [[UInt64]: UInt32] = [:]
      var next = 0
      for _ in 0..<8 {
        let size = [5_000, 100, 70_000, 4_096][Int.random(in: 0..<4, using: &random)]
        var numbers: [Int]
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where round > 3:
          numbers = (0..<size).map { _ in Int.random(in: 0..<90_000, using: &random) }
        case 1 where round > 7: numbers = Array((0..<size).map { next + $0 / 2 })
        default: numbers = Array(next..<next + size)
        }
        next = max(next, (numbers.max() ?? 0) + 1)
        if round % 3 == 2 { numbers.swapAt(size - 1, size - 2) }
        let new = insert(numbers, into: table)
        let before = model.count
        for (i, n) in numbers.enumerated() {
          let known = model[row(n)]
          XCTAssertEqual(isNew[i], known == nil)
          if known == nil { model[row(n)] = UInt32(model.count) }
          XCTAssertEqual(rows[i], model[row(n)])
        }
        XCTAssertEqual(new, model.count - before)
        if round == 5 {
          XCTAssertEqual(table.insert(row(next)).isNew, true)
          model[row(next)] = UInt32(model.count)
          next += 1
        }
      }
      for (words, number) in model where number % 11 == 0 {
        XCTAssertEqual(table.words(row: number), words)
        XCTAssertEqual(table.find(words), number)
      }
      XCTAssertNil(table.find(row(next)))
      if round % 4 == 0 { table.checkInvariants() }
    }
  }

  func testRowsThatAscendAreTakenBack() {
    let table = Table(arity: 2, account: MemoryAccount())
    insert(Array(0..<80_000), into: table)
    insert(Array(80_000..<90_000), into: table)
    table.truncate(to: 70_000)
    // What was taken back is new again, though it lies below what was last seen.
    XCTAssertEqual(insert(Array(69_990..<80_000), into: table), 10_000)
    XCTAssertEqual(table.rowCount, 80_000)
    table.checkInvariants()
  }

  func testDeadRowsAreFoundAgain() {
    let table = Table(arity: 2, account: MemoryAccount())
    insert(Array(0..<10_000), into: table)
    table.setLive(9_999, false)
    XCTAssertEqual(insert(Array(9_999..<20_000), into: table), 10_000)
    XCTAssertEqual(rows[0], 9_999)
    XCTAssertEqual(insert([9_999], into: table), 0)
  }
}
