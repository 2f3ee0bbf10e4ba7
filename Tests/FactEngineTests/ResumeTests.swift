import FactLanguage
import FactModel
import XCTest

@testable import FactEngine

/// Derived relations after facts were added under them: gone on from where they were, or anew.
final class ResumeTests: XCTestCase {
  private struct Numbers {
    var state: UInt64
    mutating func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  private static let rules = """
    relation e(from, to). relation f(a, b). relation mark(x).
    p(X, Y) :- e(X, Y).
    p(X, Z) :- p(X, Y), q(Y, Z).
    q(X, Y) :- f(X, Y), mark(X).
    q(X, Z) :- p(X, Y), f(Y, Z), X != Z.
    top(X, Z) :- p(X, Y), q(Y, Z).
    top(X, N + 1) :- top(X, N), N < 3.
    lone(X) :- e(X, _), not p(X, X).

    """
  private static let queries = ["p(X, Y)?", "q(X, Y)?", "top(X, Y)?", "lone(X)?", "p(n1, Y)?"]

  func testAnswersAreThoseOfANewSession() throws {
    var numbers = Numbers(state: 17)
    for turn in 0..<25 {
      let engine = Engine()
      var facts = ""
      _ = try AnswerTexts.of(Self.rules, on: engine)
      for step in 0..<6 {
        var added = ""
        for _ in 0..<(1 + numbers.next(4)) {
          let a = "n\(numbers.next(6))"
          let b = "n\(numbers.next(6))"
          switch numbers.next(turn % 3 == 0 ? 8 : 5) {
          case 0, 1: added += "e(\(a), \(b)).\n"
          case 2: added += "f(\(a), \(b)).\n"
          case 3: added += "mark(\(a)).\n"
          case 4: added += "p(\(a), \(b)).\n"
          case 5: added += "e(\(a), \(b)) @certainty: possible.\n"
          case 6: added += "e(\(a), _)~\n"
          default: added += "top(\(a), \(numbers.next(4))).\n"
          }
        }
        facts += added
        _ = try AnswerTexts.of(added, on: engine)
        // Now and then nothing is asked between two changes.
        if step % 3 == 1 { continue }
        let queries = Self.queries.joined(separator: "\n")
        let found = try AnswerTexts.of(queries, on: engine)
        let anew = try AnswerTexts.of(Self.rules + facts + queries)
        XCTAssertEqual(found, anew, "after\n\(added)of\n\(facts)")
      }
    }
  }

  private func rows(_ name: String, _ engine: Engine) -> RowStore? {
    if case .rows(let relation) = engine.kept[name]?.relation { relation.rows } else { nil }
  }

  func testOnlyAddedCertainFactsAreGoneOnFrom() throws {
    let engine = Engine()
    engine.settings.disabledPasses = [Pass.linearRecursion.rawValue]
    let rules = """
      relation e(from, to).
      p(X, Y) :- e(X, Y).
      p(X, Z) :- p(X, Y), e(Y, Z).
      far(X) :- p(X, Y), Y = d.
      alone(X) :- e(X, _), not p(X, c).
      e(a, b). e(b, c).
      far(X)?
      alone(X)?
      """
    _ = try AnswerTexts.of(rules, on: engine)
    let first = try XCTUnwrap(rows("p", engine))
    XCTAssertEqual(
      try AnswerTexts.of("e(c, d). far(X)? p(X, Y) | N = count?", on: engine)[1],
      "[\"6\"] certain false")
    XCTAssertTrue(rows("p", engine) === first, "added facts are gone on from")
    XCTAssertEqual(first.rowCount, 6)
    // The facts that it has stated itself.
    _ = try AnswerTexts.of("p(d, e). p(X, Y)?", on: engine)
    XCTAssertTrue(rows("p", engine) === first)
    // A retraction may take rows away.
    _ = try AnswerTexts.of("e(c, d)~ p(X, Y)?", on: engine)
    XCTAssertFalse(rows("p", engine) === first)
    let second = try XCTUnwrap(rows("p", engine))
    // A dead row stays in the table, and less than certain rows have an order of their own.
    _ = try AnswerTexts.of("e(c, f) @certainty: possible. p(X, Y)?", on: engine)
    XCTAssertFalse(rows("p", engine) === second)
  }

  func testProofsOfWhatCameLaterEnd() throws {
    let engine = Engine()
    engine.settings.disabledPasses = [Pass.linearRecursion.rawValue]
    _ = try AnswerTexts.of(
      """
      relation e(from, to).
      p(X, Y) :- e(X, Y).
      p(X, Z) :- p(X, Y), p(Y, Z).
      e(a, b). e(b, a). e(c, d).
      p(X, Y)?
      e(d, a). e(b, c).
      """, on: engine)
    let source = SourceText(name: "test", bytes: Array("p(X, Y)?".utf8))
    guard
      case .answer(let answer)? = try parseScript(source).statements.first.map({
        try engine.run($0, in: source)
      })
    else { return XCTFail("an answer") }
    XCTAssertEqual(answer.rowCount, 16)
    for row in 0..<answer.rowCount {
      XCTAssertGreaterThan(try engine.prove(answer, row: row).steps.count, 1)
    }
  }
}
