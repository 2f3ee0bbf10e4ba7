import FactEngine
import FactLanguage
import FactModel
import XCTest

/// The closure of random graphs, by search and condensation and row by row.
final class ClosureTests: XCTestCase {
  /// Numbers that look random and are the same every time.
  private struct Numbers {
    var state: UInt64
    mutating func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  private static let forms = [
    "p(X, Y) :- e(X, Y). p(X, Z) :- p(X, Y), e(Y, Z).",
    "p(X, Y) :- e(X, Y). p(X, Z) :- e(X, Y), p(Y, Z).",
    "p(X, Y) :- e(X, Y). p(X, Z) :- p(X, Y), p(Y, Z).",
    "p(A, B) :- e(A, B) ; e(A, C), p(C, B).",
  ]

  private static let queries = [
    "p(X, Y)?", "p(n1, Y)?", "p(X, n2)?", "p(n1, n2)?", "p(X, X)?", "p(X, Y) | N = count by X?",
    "start(S), p(S, X)?", "start(S), p(X, S)?", "start(S), start(T), p(S, T)?",
    "start(S), not p(S, n3)?", "p(X, Y), start(Y) | count?",
  ]

  func testSearchAndCondensationAgreeWithTheFixpoint() throws {
    var numbers = Numbers(state: 7)
    for round in 0..<60 {
      let nodes = 3 + numbers.next(9)
      let edges = 1 + numbers.next(nodes * 2)
      var program = "start(n1). start(n4). start(other).\n"
      for _ in 0..<edges {
        let level = round % 3 == 0 ? 0 : numbers.next(4)
        let certainty = ["", " @certainty: probable", " @certainty: possible", ""][level]
        program += "e(n\(numbers.next(nodes)), n\(numbers.next(nodes)))\(certainty).\n"
      }
      program += Self.forms[round % Self.forms.count] + "\n" + Self.queries.joined(separator: "\n")
      let fast = try AnswerTexts.of(program)
      let slow = try AnswerTexts.of(program, without: [.linearRecursion])
      XCTAssertEqual(fast, slow, program)
      XCTAssertEqual(fast.count, Self.queries.count)
    }
  }

  func testAnUnknownEndStaysAPair() throws {
    let program = "e(a, b). e(b, _). p(X, Y) :- e(X, Y). p(X, Z) :- p(X, Y), e(Y, Z). p(X, Y)?"
    let answers = try AnswerTexts.of(program)
    XCTAssertEqual(
      answers,
      ["[\"a\", \"b\"] certain false\n[\"a\", \"_\"] certain false\n[\"b\", \"_\"] certain false"])
  }
}
