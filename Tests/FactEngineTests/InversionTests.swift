import FactEngine
import FactLanguage
import XCTest

/// Atoms that are looked up by what an equality says about a variable in a sum.
final class InversionTests: XCTestCase {
  private func explained(_ program: String, _ query: String) throws -> String {
    let engine = Engine()
    _ = try AnswerTexts.of(program, on: engine)
    let source = SourceText(name: "test", bytes: Array((query + "?").utf8))
    guard case .query(let query)? = parseScript(source).statements.first?.kind else {
      XCTFail("a query")
      return ""
    }
    return try engine.explain(query, in: source)
  }

  func testASumIsSolvedForItsVariable() throws {
    let program = """
      relation f(n: integer, v: integer).
      f(0, 1). f(1, 1).
      f(N + 1, A + B) :- f(N, A), f(N - 1, B), N < 60.

      """
    XCTAssertEqual(
      try AnswerTexts.of(program + "f(20, V)?"),
      try AnswerTexts.of(program + "f(20, V)?", without: [.inversion]))
    let plan = try explained(program, "f(N, V), V > 5000")
    XCTAssertTrue(plan.contains("compute N = (_1 + 1)"), plan)
  }

  func testSolvedOrNotTheAnswersAreTheSame() throws {
    let facts = [
      "g(0). g(5). g(-3). k(-1). k(4). k(1). k(2.5). k(8). k(a).\n",
      // 1e-20 - 1 is -1 as well: what is rounded cannot be solved.
      "g(0). g(1e-20). g(0.1). g(2..3). g(5). g(_). k(-1). k(1..2). k(4). k(-0.9). k(9).\n",
    ]
    let queries = [
      "k(K), K = N - 1, g(N)?", "k(K), K = 1 - N, g(N)?", "k(K), K = -N, g(N)?",
      "k(K), K + 1 = N, g(N)?", "k(K), 3 + (N - 2) = K, g(N)?", "k(K), K = N - 1, g(N), not k(N)?",
    ]
    for (turn, facts) in facts.enumerated() {
      for query in queries {
        let run = { (passes: [Pass]) -> String in
          do {
            return try AnswerTexts.of(facts + query, without: passes).joined()
          } catch {
            return "failed"
          }
        }
        XCTAssertEqual(run([]), run([.inversion]), query)
        XCTAssertEqual(run([]), run(Pass.allCases), query)
        if turn == 1 { XCTAssertNotEqual(run([]), "failed", query) }
      }
    }
  }
}
