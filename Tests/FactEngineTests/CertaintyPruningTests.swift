import FactLanguage
import FactModel
import XCTest

@testable import FactEngine

/// What is not sure enough is dropped where it is seen, and nowhere that it counts. That answers are
/// the same is compared on random programs in `ReferenceTests`; here is what the plans do.
final class CertaintyPruningTests: XCTestCase {
  private let engine = Engine()

  private func run(_ text: String) throws -> [Answer] {
    let source = SourceText(name: "test", bytes: Array(text.utf8))
    let script = parseScript(source)
    XCTAssertTrue(script.diagnostics.isEmpty, "\(script.diagnostics)")
    return try script.statements.compactMap { statement in
      if case .answer(let answer) = try engine.run(statement, in: source) { answer } else { nil }
    }
  }

  private func plan(_ text: String, atLeast least: Certainty) throws -> String {
    engine.settings.leastCertainty = least
    defer { engine.settings.leastCertainty = .possible }
    let source = SourceText(name: "test", bytes: Array(text.utf8))
    guard case .query(let query)? = parseScript(source).statements.first?.kind else { return "" }
    return try engine.explain(query, in: source)
  }

  private func rows(_ text: String, atLeast least: Certainty) throws -> Int {
    engine.settings.leastCertainty = least
    defer { engine.settings.leastCertainty = .possible }
    let answer = try XCTUnwrap(try run(text).last)
    return (0..<answer.rowCount).count { answer.certainty(row: $0).rawValue <= least.rawValue }
  }

  /// 100 facts of which 60 are certain, 20 probable and 20 possible.
  private func state() throws {
    for number in 0..<100 {
      let certainty = number < 60 ? "certain" : number < 80 ? "probable" : "possible"
      _ = try run(
        """
        e(n\(number), m\(number % 10)) @certainty: \(certainty).
        f(m\(number % 10), \(number)..\(number + 1)) @certainty: \(certainty).
        """)
    }
    _ = try run("p(X, Z) :- e(X, Y), f(Y, Z). q(X) :- p(X, Z), Z > 50. r(X) :- e(X, _), not q(X).")
  }

  private func assertSeen(
    _ count: Int, at step: String, in plan: String, line: UInt = #line
  ) {
    let found = plan.split(separator: "\n").filter { $0.contains(step) }
    XCTAssertTrue(
      found.contains { $0.hasSuffix(" \(count) seen") }, "\(step) in\n\(plan)", line: line)
  }

  func testScansJoinsAndComparisonsDropWhatIsNotSureEnough() throws {
    try state()
    let query = "e(X, Y), f(Y, Z), Z > 50?"
    let all = try plan(query, atLeast: .possible)
    let sure = try plan(query, atLeast: .certain)
    assertSeen(100, at: "scan e(X, Y)", in: all)
    assertSeen(60, at: "scan e(X, Y)", in: sure)
    assertSeen(1_000, at: "join f(Y, Z)", in: all)
    assertSeen(360, at: "join f(Y, Z)", in: sure)
    // 50..51 may lie above 50, and above it for sure lie 51 to 59, six joins each.
    assertSeen(54, at: "filter Z > 50", in: sure)
    assertSeen(80, at: "scan e(X, Y)", in: try plan(query, atLeast: .probable))
    XCTAssertTrue(sure.contains("less sure than certain are dropped"))
  }

  func testRulesAndMagicSetsDropIt() throws {
    try state()
    XCTAssertTrue(try plan("p(n7, Z)?", atLeast: .certain).contains("derived: p·bf, 6 rows"))
    XCTAssertTrue(try plan("p(n7, Z)?", atLeast: .possible).contains("derived: p·bf, 10 rows"))
    XCTAssertTrue(try plan("p(X, Z)?", atLeast: .certain).contains("derived: p, 360 rows"))
    XCTAssertTrue(try plan("p(X, Z)?", atLeast: .possible).contains("derived: p, 1000 rows"))
  }

  func testNothingIsDroppedBelowNegationAndAggregates() throws {
    try state()
    // A possible `q` makes the absence of it possible, and so no certain answer.
    XCTAssertTrue(try plan("r(X)?", atLeast: .certain).contains("derived: q, 100 rows"))
    XCTAssertEqual(try rows("r(X)?", atLeast: .certain), 0)
    let counted = try plan("p(X, Z) | N = count?", atLeast: .certain)
    XCTAssertTrue(counted.contains("derived: p, 1000 rows"))
    XCTAssertTrue(counted.contains("all matches are followed"))
    XCTAssertTrue(
      try plan("-e(n1, m1)?\n", atLeast: .certain).contains("as written"))
    _ = try run("-e(n1, m1).")
    XCTAssertTrue(try plan("p(X, Z)?", atLeast: .certain).contains("since disputes depend on them"))
  }

  /// What was left out for one query is there for the next, also where relations are kept.
  func testWhatWasLeftOutComesBack() throws {
    try state()
    _ = try run("t(X, Y) :- e(X, Y). t(X, Z) :- t(X, Y), e(Y, Z). e(m1, n99) @certainty: possible.")
    for query in ["p(X, Z)?", "t(X, Y)?", "t(n1, Y)?", "t(X, Y), Y != z?"] {
      let all = try rows(query, atLeast: .possible)
      let sure = try rows(query, atLeast: .certain)
      XCTAssertLessThan(sure, all, query)
      XCTAssertEqual(try rows(query, atLeast: .possible), all, query)
      XCTAssertEqual(try rows(query, atLeast: .certain), sure, query)
    }
  }

  /// An answer that only lacks certainty says so; one that has nothing at all says what it always
  /// says.
  func testEmptyAnswersSayWhetherCertaintyIsToBlame() throws {
    try state()
    engine.settings.explainsEmptyAnswers = true
    engine.settings.leastCertainty = .certain
    let empty = try XCTUnwrap(try run("p(n99, Z)?").last)
    XCTAssertEqual(
      empty.explanation,
      ["10 answers are less sure than `certain`; `.certainty possible` lets them through"])
    let nothing = try XCTUnwrap(try run("e(nobody, Z)?").last)
    XCTAssertTrue(nothing.explanation.joined().contains("matches nothing"))
  }

  /// A computation that fails in a row that is not sure enough is no error.
  func testFailuresOfRowsThatAreNotSureEnough() throws {
    _ = try run("v(0) @certainty: possible. v(2).")
    XCTAssertEqual(try rows("v(N), M = 4 / N?", atLeast: .certain), 1)
    XCTAssertThrowsError(try run("v(N), M = 4 / N?"))
  }
}
