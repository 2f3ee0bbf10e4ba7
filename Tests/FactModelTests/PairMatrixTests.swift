import FactModel
import XCTest

/// Rows of two symbols against a plain set, while the set behind them changes its form.
final class PairMatrixTests: XCTestCase {
  private struct Numbers {
    var state: UInt64
    mutating func next(_ limit: Int) -> UInt32 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt32(Int(state >> 33) % limit)
    }
  }

  private func insert(
    _ pairs: [(UInt32, UInt32)], into store: RowStore, _ known: inout Set<UInt64>,
    words: (UInt32, UInt32) -> (UInt64, UInt64) = { (Word(symbol: $0).bits, Word(symbol: $1).bits) }
  ) {
    var columns: [[UInt64]] = [[], []]
    for pair in pairs {
      let (left, right) = words(pair.0, pair.1)
      columns[0].append(left)
      columns[1].append(right)
    }
    var fresh: [UInt32] = []
    let added = store.insert(columns: columns, count: pairs.count, newSelection: &fresh)
    var expected: [UInt32] = []
    for (position, pair) in pairs.enumerated()
    where known.insert(UInt64(pair.0) << 32 | UInt64(pair.1)).inserted {
      expected.append(UInt32(position))
    }
    XCTAssertEqual(added, expected.count)
    XCTAssertEqual(fresh.prefix(added).sorted(), expected)
  }

  func testPairsStayASetWhileTheyOutgrowTheMatrix() {
    var numbers = Numbers(state: 3)
    let store = RowStore(arity: 2, account: MemoryAccount())
    var known: Set<UInt64> = []
    // A narrow span, a wider one, ids below the first ones, and a span too large for any matrix.
    for (base, span, rounds) in [
      (5_000, 150, 20), (5_000, 700, 20), (10, 5_400, 10), (0, 3_000_000, 10),
    ] {
      for _ in 0..<rounds {
        let pairs = (0..<2_000).map { _ in
          (UInt32(base) + numbers.next(span), UInt32(base) + numbers.next(span))
        }
        insert(pairs, into: store, &known)
      }
      XCTAssertEqual(store.rowCount, known.count)
    }
    // Once something else than symbols comes, what is there must still be known.
    let pairs = (0..<2_000).map { _ in (numbers.next(5_000), numbers.next(5_000)) }
    insert(pairs, into: store, &known) { (Word(symbol: $0).bits, Word(symbol: $1).bits) }
    var fresh: [UInt32] = []
    let integer = Word(integer: 7)?.bits ?? 0
    XCTAssertEqual(
      store.insert(columns: [[integer], [integer]], count: 1, newSelection: &fresh), 1)
    XCTAssertEqual(
      store.insert(columns: [[integer], [integer]], count: 1, newSelection: &fresh), 0)
    insert(pairs, into: store, &known)
    XCTAssertEqual(store.rowCount, known.count + 1)
  }
}
