import XCTest

@testable import FactEngine

/// Orders of joins by what is expected to match.
final class JoinOrderTests: XCTestCase {
  private func atom(
    _ slots: [Slot?], rows: Double, distinct: [Double]
  ) -> JoinOrder.Atom {
    JoinOrder.Atom(
      columns: zip(slots, distinct).map { ($0, $1) }, rows: rows,
      slots: slots.reduce(0) { bits, slot in slot.map { bits | 1 << UInt64($0) } ?? bits })
  }

  func testAnAtomThatMultipliesMatchesComesLate() {
    // f(G, F, H) of the last round, load(V, B, F) and points(B, G): points by G alone gives many.
    let field = atom([0, 1, 2], rows: 2_000, distinct: [700, 16, 700])
    let load = atom([3, 4, 1], rows: 400, distinct: [400, 400, 16])
    let points = atom([4, 0], rows: 100_000, distinct: [3_600, 800])
    let bound: UInt64 = 0b111
    XCTAssertEqual(JoinOrder(atoms: [points, load], computes: []).first(bound: bound), 1)
    XCTAssertEqual(JoinOrder(atoms: [field, load, points], computes: []).first(bound: 0), 1)
    // With few new rows it is best to begin with those.
    let few = atom([0, 1, 2], rows: 3, distinct: [3, 3, 3])
    XCTAssertEqual(JoinOrder(atoms: [points, load, few], computes: []).first(bound: 0), 2)
  }

  func testWhatAnEqualityBindsIsAKey() {
    // big(X, Y), other(Z, W), with Z = X: the second is looked up by Z.
    let big = atom([0, 1], rows: 100, distinct: [100, 100])
    let other = atom([2, 3], rows: 90, distinct: [90, 90])
    let third = atom([0, 4], rows: 2_000, distinct: [2_000, 2_000])
    let order = JoinOrder(atoms: [third, big, other], computes: [(0b1, 0b100), (0b100, 0b1)])
    XCTAssertNotEqual(order.first(bound: 0), 0)
    // Without it both orders of the other two multiply them.
    XCTAssertEqual(JoinOrder(atoms: [other, big], computes: []).first(bound: 0), 0)
  }

  /// Against all orders of random atoms, with the same costs added up one by one.
  ///
  /// What a set of atoms is expected to match depends a little on the way to it, and only the
  /// cheapest way is kept; so the order may be dearer than the cheapest, but not by much.
  func testTheOrderIsCheap() {
    var state: UInt64 = 9
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    var cheapest = 0
    for _ in 0..<200 {
      let atoms = (0..<(2 + next(4))).map { _ in
        let rows = Double(1 + next(5_000))
        let slots = [next(5), next(5)]
        return atom(slots, rows: rows, distinct: slots.map { _ in Double(1 + next(Int(rows))) })
      }
      func cost(_ order: [Int]) -> Double {
        var bound: UInt64 = 0
        var matches = 1.0
        var total = 0.0
        for number in order {
          if let expected = JoinOrder.matches(atoms[number], bound: bound) {
            total += matches
            matches *= expected
          } else {
            matches *= atoms[number].rows
          }
          total += matches
          bound |= atoms[number].slots
        }
        return total
      }
      func orders(_ rest: [Int]) -> [[Int]] {
        rest.isEmpty
          ? [[]]
          : rest.flatMap { first in orders(rest.filter { $0 != first }).map { [first] + $0 } }
      }
      let all = orders(Array(atoms.indices)).map { (order: $0, cost: cost($0)) }
      let least = all.map(\.cost).min() ?? 0
      let first = JoinOrder(atoms: atoms, computes: []).first(bound: 0)
      let best = all.filter { $0.order.first == first }.map(\.cost).min() ?? .infinity
      if best <= least * (1 + 1e-6) { cheapest += 1 }
      XCTAssertLessThan(best, least * 2)
    }
    XCTAssertGreaterThan(cheapest, 180)
  }
}
