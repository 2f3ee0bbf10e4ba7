import FactEngine
import FactLanguage
import FactModel
import XCTest

/// Bound queries, with magic sets and in full.
final class MagicSetsTests: XCTestCase {
  private struct Numbers {
    var state: UInt64
    mutating func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  private static let programs = [
    // Same generation, and a chain of rules above it.
    """
    sg(X, Y) :- e(P, X), e(P, Y).
    sg(X, Y) :- e(A, X), sg(A, B), e(B, Y).
    twin(X, Y) :- sg(X, Y), X != Y.
    p(X, Y) :- twin(X, Y).
    """,
    // Mutual recursion, a stated fact of a derived relation, a computed head.
    """
    p(X, Y) :- e(X, Y).
    p(X, Y) :- q(X, Z), e(Z, Y).
    q(X, Y) :- p(X, Z), e(Z, Y), not r(Y).
    r(n2). r(X) :- e(X, X).
    p(n0, n5).
    """,
    // Recursion that is no closure, and aggregates and negation below.
    """
    far(X, N) :- start(X), N = 0.
    far(Y, N + 1) :- far(X, N), e(X, Y), N < 4.
    many(X, count(Y)) :- e(X, Y).
    p(X, Y) :- far(X, N), many(X, Y), N <= 3.
    p(X, Y) :- e(Y, X), not far(X, 1).
    """,
  ]

  private static let queries = [
    "p(n1, Y)?", "p(X, n2)?", "X = n1, p(X, Y)?", "p(n1, n2)?", "start(S), p(S, Y)?",
    "p(n1, X), p(X, Y)?", "p(n1, Y) | count?", "p(n1, Y), not p(Y, n1)?", "p(X, Y)?",
    "p(n1, X) ; p(X, n1)?",
  ]

  func testBoundQueriesGiveTheSameAnswers() throws {
    var numbers = Numbers(state: 11)
    for round in 0..<12 {
      let nodes = 3 + numbers.next(6)
      var facts = "start(n1). start(n0).\n"
      for _ in 0..<(1 + numbers.next(nodes * 2)) {
        let certainty = ["", " @certainty: probable", " @certainty: possible", ""][
          round % 2 == 0 ? 0 : numbers.next(4)]
        facts += "e(n\(numbers.next(nodes)), n\(numbers.next(nodes)))\(certainty).\n"
      }
      let program = facts + Self.programs[round % Self.programs.count] + "\n"
      for query in Self.queries {
        // An engine of its own each, so that nothing is kept from one query to the next.
        let fast = try AnswerTexts.of(program + query, without: [])
        let slow = try AnswerTexts.of(program + query, without: [.magicSets])
        let plain = try AnswerTexts.of(program + query, without: Pass.allCases)
        XCTAssertEqual(fast, slow, program + query)
        XCTAssertEqual(slow, plain, program + query)
      }
    }
  }

  func testWhatIsAskedForIsNotWhatAnOptionalAtomHas() throws {
    let program = """
      relation pair(a, b).
      pair(1, 1). seen(a, 1). seen(b, 2).
      best(X, T) :- seen(X, _), optional pair(T, T).
      known(X, T) :- seen(X, T), optional pair(T, U).
      best(X, 1)?
      best(X, 4)?
      known(X, 2)?
      """
    XCTAssertEqual(
      try AnswerTexts.of(program, without: []),
      [#"["a"] certain false"# + "\n" + #"["b"] certain false"#, "", #"["b"] certain false"#])
    XCTAssertEqual(
      try AnswerTexts.of(program, without: []), try AnswerTexts.of(program, without: [.magicSets]))
  }

  /// What an option or a range gives a variable depends on whether it is bound already, so that a
  /// constant of the query must not bind it before them.
  func testConstantsDoNotBindWhatOptionsAndRangesGive() throws {
    let program = """
      s(a). s(b). size(a, 2).
      d(Y) :- s(X), optional size(X, Y).
      c(Y) :- s(X), optional size(X, Z), Y = Z.
      r(N) :- s(_), N in 1..3.

      """
    for query in ["d(2)?", "d(3)?", "c(2)?", "c(3)?", "r(2)?", "r(4)?", "r(1..2)?"] {
      XCTAssertEqual(
        try AnswerTexts.of(program + query, without: []),
        try AnswerTexts.of(program + query, without: [.magicSets]), query)
    }
    XCTAssertEqual(try AnswerTexts.of(program + "d(3)?", without: []).first, "no false")
  }
}
