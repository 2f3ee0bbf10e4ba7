import XCTest

@testable import FactModel

/// Different rows with one hash, which random rows of a test hardly ever have.
final class HashCollisionTests: XCTestCase {
  /// Pairs of rows of two numbers that share all 32 bits of their hash.
  private static let pairs: [([UInt64], [UInt64])] = {
    var seen: [UInt32: [UInt64]] = [:]
    var found: [([UInt64], [UInt64])] = []
    var n: UInt64 = 0
    while found.count < 6, n < 2_000_000 {
      let row = [(Double(n) + 0.5).bitPattern, Word(symbol: UInt32(n % 1000)).bits]
      if let other = seen.updateValue(row, forKey: Hashing.row(row)) { found.append((other, row)) }
      n += 1
    }
    return found
  }()

  func testRowsOfOneHashAreToldApart() {
    XCTAssertEqual(HashCollisionTests.pairs.count, 6)
    let table = Table(arity: 2, account: MemoryAccount())
    let store = RowStore(arity: 2, account: MemoryAccount())
    var distinct = 0
    for (a, b) in HashCollisionTests.pairs {
      // Both in one batch, and again when they are there.
      for batch in [[a, b, a, b], [b, a]] {
        var rows: [UInt32] = []
        var isNew: [Bool] = []
        let new = table.insert(
          columns: columns(of: batch, arity: 2), count: batch.count, rows: &rows, isNew: &isNew)
        var selection: [UInt32] = []
        let added = store.insert(
          columns: columns(of: batch, arity: 2), count: batch.count, newSelection: &selection)
        XCTAssertEqual(new, batch.count == 4 ? 2 : 0)
        XCTAssertEqual(added, new)
        XCTAssertEqual(Array(selection.prefix(added)), added == 2 ? [0, 1] : [])
        for (i, row) in batch.enumerated() { XCTAssertEqual(table.words(row: rows[i]), row) }
      }
      distinct += 2
    }
    XCTAssertEqual(store.rowCount, distinct)
    table.checkInvariants()
    store.checkInvariants()
  }

  /// A log is replayed in pieces of another size, or where the base tells rows apart: the same rows
  /// must get the same numbers.
  func testRowsOfOneHashAreNumberedInTheirOrder() {
    var batch: [[UInt64]] = []
    for (n, (a, b)) in HashCollisionTests.pairs.enumerated() {
      let others = (0..<3).map { [Word(symbol: UInt32(n * 3 + $0)).bits, Word.unknown.bits] }
      batch += [others[0], a, others[1], a, b, others[2], b]
    }
    // The first rows of two pairs are there before.
    for known in [[], [HashCollisionTests.pairs[0].0, HashCollisionTests.pairs[3].1]] {
      var wanted = known
      for row in batch where !wanted.contains(row) { wanted.append(row) }
      for size in [1, 2, 5, batch.count] {
        let table = Table(arity: 2, account: MemoryAccount())
        for row in known { table.insert(row) }
        var start = 0
        while start < batch.count {
          let part = Array(batch[start..<min(batch.count, start + size)])
          var rows: [UInt32] = []
          var isNew: [Bool] = []
          table.insert(
            columns: columns(of: part, arity: 2), count: part.count, rows: &rows, isNew: &isNew)
          for (i, row) in part.enumerated() { XCTAssertEqual(table.words(row: rows[i]), row) }
          start += size
        }
        XCTAssertEqual((0..<UInt32(table.rowCount)).map { table.words(row: $0) }, wanted)
        table.checkInvariants()
      }
    }
  }

  func testKeysOfOneHashAreToldApart() {
    for grouped in [0, 1, 2] {
      for (a, b) in HashCollisionTests.pairs {
        // The first keys are in groups, later ones in chains.
        let table = Table(arity: 3, account: MemoryAccount())
        let rows: [[UInt64]] = [a, b, a, b, a, b]
        let filler = (0..<200).map { n in
          [Word(symbol: UInt32(n)).bits, Word.unknown.bits, Word.unknown.bits]
        }
        for row in filler { table.insert(row) }
        for (n, row) in rows.prefix(grouped * 2).enumerated() {
          table.insert(row + [UInt64(n)])
        }
        let index = table.index(on: [0, 1])
        for (n, row) in rows.enumerated().dropFirst(grouped * 2) {
          table.insert(row + [UInt64(n)])
        }
        index.extend()
        XCTAssertEqual(index.grouped, 200 + grouped * 2)
        XCTAssertEqual(index.rows(forKey: a), [200, 202, 204])
        XCTAssertEqual(index.rows(forKey: b), [201, 203, 205])
        index.checkInvariants()
      }
    }
  }

  func testAKeyThatOnlySharesItsHashIsNotFound() {
    for (a, b) in HashCollisionTests.pairs {
      let table = Table(arity: 2, account: MemoryAccount())
      table.insert(a)
      XCTAssertNil(table.find(b))
      let index = table.index(on: [0, 1])
      XCTAssertEqual(index.rows(forKey: b), [])
      var hits = KeyIndex.Hits()
      var found: [UInt8] = []
      index.contains(
        keys: columns(of: [b, a], arity: 2), count: 2, within: 0..<1, hits: &hits, into: &found)
      XCTAssertEqual(Array(found.prefix(2)), [0, 1])
    }
  }
}
