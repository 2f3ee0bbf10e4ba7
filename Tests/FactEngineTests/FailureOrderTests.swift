import FactLanguage
import FactModel
import XCTest

@testable import FactEngine

/// A computation that fails is an error once its row passes every other condition, in whatever order
/// literals stand and are evaluated.
final class FailureOrderTests: XCTestCase {
  private static let facts = """
    n(0). n(2). k(1). k(7). pair(2, a). pair(9, b). e(1, 2). e(2, 3). none(5).
    none(5)~
    t(X, Y) :- e(X, Y). t(X, Z) :- t(X, Y), e(Y, Z).
    """

  private func outcomes(_ literals: [String]) -> Set<String> {
    var found: Set<String> = []
    for order in [literals, literals.reversed(), Array(literals.dropFirst()) + literals.prefix(1)] {
      for passes in [Set<String>(), Set(Pass.allCases.map(\.rawValue))] {
        let query = order.joined(separator: ", ")
        let run = ReferenceRun(
          text: "\(FailureOrderTests.facts)\n\(query) | N = count?", disabledPasses: passes)
        XCTAssertEqual(run.refusal, "", query)
        switch run.answer() {
        case .rows(let rows): found.insert(rows.joined())
        case .failed: found.insert("failed")
        case .refused: found.insert("refused")
        }
      }
    }
    return found
  }

  func testAFailedKeyAgreesWithEveryRow() {
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "k(Y)"]), ["failed"])
    // Where nothing is there to agree with, the row does not pass.
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "none(Y)"]), ["0"])
    // The other columns have to agree all the same.
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "pair(Y, a)"]), ["failed"])
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "pair(Y, c)"]), ["0"])
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "k(Y)", "pair(Y, a)"]), ["0"])
  }

  func testWhatTheRowSaysIsJudged() {
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "k(Y)", "Y > 100"]), ["0"])
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "k(Y)", "Y > 5"]), ["failed"])
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "k(Y)", "X > 0"]), ["1"])
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "k(Y)", "Z = Y + 1", "Z > 100"]), ["0"])
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "k(Y)", "not k(Y)"]), ["0"])
  }

  func testNegationsDoNotFailAtOnce() {
    XCTAssertEqual(outcomes(["n(X)", "not (k(Y), Y > 2 / X)"]), ["failed"])
    XCTAssertEqual(outcomes(["n(X)", "not (k(Y), Y > 2 / X)", "X > 5"]), ["0"])
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "not k(Y)"]), ["failed"])
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "not k(Y)", "X > 0"]), ["0"])
    // What holds without the computation decides, whatever cannot be told beside it.
    XCTAssertEqual(outcomes(["n(X)", "not (k(Y) ; k(Z), Z > 2 / X)"]), ["0"])
  }

  func testOptionalDoesNotFailAtOnce() {
    XCTAssertEqual(
      outcomes(["n(X)", "Y = 2 / X", "optional pair(Y, A)", "X > 0"]), ["1"])
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "optional pair(Y, A)"]), ["failed"])
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "optional pair(2, A)", "A != a"]), ["0"])
  }

  func testSearches() {
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "t(Y, Z)"]), ["failed"])
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "t(Z, Y)", "Z > 2"]), ["0"])
    XCTAssertEqual(outcomes(["n(X)", "Y = 2 / X", "t(Y, 3)", "Y > 1", "X > 1"]), ["0"])
  }
}
