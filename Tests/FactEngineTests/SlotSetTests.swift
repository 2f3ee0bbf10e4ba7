import FactLanguage
import XCTest

@testable import FactEngine

/// Sets of slots and maps of names against those of the standard library.
final class SlotSetTests: XCTestCase {
  private var state: UInt64 = 5

  private func next(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }

  func testSetsAgree() {
    for limit in [4, 64, 65, 300] {
      for _ in 0..<300 {
        let a = Set((0..<next(12)).map { _ in next(limit) })
        let b = Set((0..<next(12)).map { _ in next(limit) })
        let (x, y) = (SlotSet(a), SlotSet(b))
        XCTAssertEqual(x.sorted(), a.sorted())
        XCTAssertEqual(x.count, a.count)
        XCTAssertEqual(x.isEmpty, a.isEmpty)
        XCTAssertEqual(x.union(y).sorted(), a.union(b).sorted())
        XCTAssertEqual(x.union(b), x.union(y))
        XCTAssertEqual(x.intersection(y).sorted(), a.intersection(b).sorted())
        XCTAssertEqual(x.subtracting(y).sorted(), a.subtracting(b).sorted())
        XCTAssertEqual(x.symmetricDifference(y).sorted(), a.symmetricDifference(b).sorted())
        XCTAssertEqual(x.isSubset(of: y), a.isSubset(of: b))
        XCTAssertEqual(x.isSuperset(of: b), a.isSuperset(of: b))
        XCTAssertEqual(x == y, a == b)
        var (c, z) = (a, x)
        for _ in 0..<5 {
          let slot = next(limit)
          XCTAssertEqual(z.contains(slot), c.contains(slot))
          if next(2) == 0 {
            XCTAssertEqual(z.insert(slot).inserted, c.insert(slot).inserted)
          } else {
            XCTAssertEqual(z.remove(slot), c.remove(slot))
          }
          XCTAssertEqual(z, SlotSet(c))
          XCTAssertEqual(z.hashValue, SlotSet(c).hashValue)
        }
      }
    }
  }

  func testNamesKeepTheirOrder() {
    var names = NameMap<Int>()
    for number in 0..<40 {
      XCTAssertTrue(names.enter("N\(number)", number))
      XCTAssertFalse(names.enter("N\(number / 2)", -1))
      for known in 0...number { XCTAssertEqual(names["N\(known)"], known) }
      XCTAssertFalse(names.contains("N\(number + 1)"))
    }
    XCTAssertEqual(names.map(\.name), (0..<40).map { "N\($0)" })
  }
}
