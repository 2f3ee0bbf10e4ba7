import FactEngine
import FactLanguage
import FactModel
import XCTest

/// Cycles by intersection and by one join after another.
final class IntersectionTests: XCTestCase {
  func testIntersectionsGiveTheSameMatches() throws {
    var state: UInt64 = 5
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Small numbers are frequent, as in a graph with hubs.
      let number = Int(state >> 33) % limit
      return number * number / limit
    }
    let edges = (0..<2_500).map { _ in (next(120), next(120)) }
    var others = ""
    for _ in 0..<2_000 { others += "f(n\(next(150)), \(next(5) == 0 ? "_" : "n\(next(90))")).\n" }
    // As they come, so that no list comes twice in a row, and in the order of either end.
    for order in [edges, edges.sorted { $0 < $1 }, edges.sorted { ($0.1, $0.0) < ($1.1, $1.0) }] {
      try check(order.map { "e(n\($0.0), n\($0.1)).\n" }.joined() + others)
    }
  }

  private func check(_ facts: String) throws {
    var program = facts
    program += """
      e(X, Y), e(Y, Z), e(Z, X) | count?
      e(X, Y), e(Y, Z), e(X, Z) | N = count by X?
      e(X, Y), f(Y, Z), f(X, Z), X != Z | count distinct Z?
      e(n1, Y), e(Y, Z), f(Z, n1)?
      e(X, Y), e(Y, Z), e(Z, W), e(W, X) | count?
      t(X, Y, Z) :- e(X, Y), e(Y, Z), e(Z, X).
      t(X, X, Z)?
      e(X, Y), not e(Y, X), e(Y, Z), e(Z, X) | count?
      """
    let fast = try AnswerTexts.of(program)
    let slow = try AnswerTexts.of(program, without: [.intersection])
    XCTAssertEqual(fast, slow)
    XCTAssertGreaterThan(fast.joined(separator: "\n").split(separator: "\n").count, 100)
  }
}
