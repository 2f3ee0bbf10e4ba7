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

  /// Look-ups among all rows and among the first ones, in each form that the set may have.
  func testPairsAreFoundAmongTheRowsThatWerePrepared() {
    var numbers = Numbers(state: 5)
    for span in [30, 900, 3_000_000] {
      let store = RowStore(arity: 2, account: MemoryAccount())
      var found: [UInt8] = []
      var bounds = [0, 0]
      var known: Set<UInt64> = []
      for _ in 0..<12 {
        let pairs = (0..<2_000).map { _ in (7 + numbers.next(span), 3 + numbers.next(span)) }
        insert(pairs, into: store, &known)
        bounds = [bounds[1], store.rowCount]
        var left = (0..<500).map { _ in Word(symbol: numbers.next(span + 20)).bits }
        var right = (0..<500).map { _ in Word(symbol: numbers.next(span + 20)).bits }
        for row in 0..<500 where row < store.rowCount {
          left.append(store.word(row: UInt32(row * 3 % store.rowCount), column: 0))
          right.append(store.word(row: UInt32(row * 3 % store.rowCount), column: 1))
        }
        left += [Word(integer: 9)?.bits ?? 0, left[0], Word.unknown.bits, .max]
        right += [right[0], Word(integer: 9)?.bits ?? 0, right[0], .max]
        for (view, bound) in [(0, bounds[0]), (1, bounds[1]), (2, store.rowCount)] {
          let among: RowStore.PairRows = view == 2 ? .all : .first(bound, view: view)
          guard store.preparePairs(among) else {
            XCTAssertTrue(view < 2, "all pairs of symbols can be looked up")
            continue
          }
          store.contains(pairs: left, right, count: left.count, among: among, into: &found)
          for position in left.indices {
            let row = store.find([left[position], right[position]])
            let isThere = row.map { Int($0) < bound } ?? false
            XCTAssertEqual(found[position] != 0, isThere, "\(span) \(view) \(position)")
          }
        }
      }
    }
  }
}
