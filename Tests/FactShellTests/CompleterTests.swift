import FactEngine
import FactModel
import XCTest

@testable import FactShell

final class CompleterTests: XCTestCase {
  private static let facts = """
    relation layoff(event: entity, company: entity, positions: integer[positions], begins: date).
    relation rating(firm: entity, company: entity, view: entity).
    relation note(company: entity, words: text).
    entity(amazon, company, "Amazon.com"). source(warn_notice, filing, "WARN").
    layoff(cut_2026_01, amazon, 1001..2500, late 2026-01).
    layoff(cut_2025_10, amazon, 14000, 2025-10).
    layoff(cut_ups, ups, ~20000, 2026).
    rating(jefferies, amazon, buy). rating(wolfe, amazon, buy). rating(jpm, ups, hold).
    rating("Bank of America", amazon, buy).
    note(amazon, "two-pronged strategy"). note(amazon, "two more").
    bullish(F) :- rating(F, _, buy).
    query headcount($company = amazon, $least = 0) "How many?": layoff(company: $company) ?
    """

  private var session = Session(engine: Engine(), console: .recording())

  override func setUp() {
    session = Session(engine: Engine(), console: .recording())
    XCTAssertTrue(session.runCommandText(CompleterTests.facts), session.console.errorText)
  }

  /// Completes at `|`.
  private func complete(_ text: String) -> CompletionResult {
    guard let mark = text.firstIndex(of: "▮") else {
      return session.completions(for: text, cursor: text.utf8.count)
    }
    let before = String(text[..<mark])
    let after = String(text[text.index(after: mark)...])
    return session.completions(for: before + after, cursor: before.utf8.count)
  }

  private func texts(_ text: String) -> [String] { complete(text).candidates.map(\.text) }

  func testRelationsWithTheirBracket() {
    XCTAssertEqual(texts("lay"), ["layoff("])
    XCTAssertTrue(texts("bul").contains("bullish("))
    XCTAssertTrue(texts("q(X) :- rat").contains("rating("))
    XCTAssertEqual(complete("lay").candidates.first?.kind, .relation)
  }

  func testValuesOfAnAttributeByPositionMostFrequentFirst() {
    let found = texts("layoff(cut_2026_01, ")
    let amazon = found.firstIndex(of: "amazon") ?? .max
    let ups = found.firstIndex(of: "ups") ?? -1
    XCTAssertLessThan(amazon, ups)
    XCTAssertFalse(found.contains("jefferies"), "another attribute's values")
    XCTAssertEqual(texts("rating(jef"), ["jefferies"])
  }

  func testValuesOfAnAttributeByName() {
    XCTAssertEqual(texts("rating(view: h"), ["hold"])
    XCTAssertEqual(texts("layoff(company: am"), ["amazon"])
  }

  func testValuesInsideQuotes() {
    let result = complete("rating(\"Ban")
    XCTAssertEqual(result.candidates.map(\.text), ["\"Bank of America\""])
    XCTAssertEqual(result.replace, 7..<11)
    XCTAssertEqual(texts("rating('Ban"), ["'Bank of America'"])
    XCTAssertEqual(
      Set(texts("note(amazon, \"two")), ["\"two more\"", "\"two-pronged strategy\""])
  }

  func testAttributesByNameWithTheirTypes() {
    let found = complete("layoff(")
    let begins = found.candidates.first { $0.text == "begins: " }
    XCTAssertEqual(begins?.kind, .attribute)
    XCTAssertEqual(begins?.detail, "date")
    XCTAssertEqual(
      found.candidates.first { $0.text == "positions: " }?.detail, "integer[positions]")
    XCTAssertFalse(texts("layoff(begins: W, ").contains("begins: "))
  }

  func testBoundVariablesOfTheSameTypeComeFirst() {
    let found = complete("layoff(E, C, N, W), rating(F, ")
    let names = found.candidates.filter { $0.kind == .variable }.map(\.text)
    XCTAssertTrue(names.contains("C"), "\(names)")
    XCTAssertTrue(names.contains("E"), "\(names)")
    XCTAssertFalse(names.contains("N"), "an integer is no entity")
    XCTAssertFalse(names.contains("W"), "a date is no entity")
    XCTAssertEqual(found.candidates.first?.kind, .variable)
  }

  func testItLooksRightOfTheCursor() {
    let found = complete("rating(F, ▮, V), layoff(E, Company)")
    XCTAssertTrue(found.candidates.map(\.text).contains("Company"))
  }

  func testQualifiersStagesAndFunctions() {
    XCTAssertTrue(texts("rating(F, C, V, @so").contains("@source: "))
    XCTAssertEqual(texts("rating(F, C, V, @certainty: pr"), ["probable"])
    XCTAssertTrue(texts("rating(F, C, V, @source: w").contains("warn_notice"))
    XCTAssertEqual(texts("rating(F, C, V) | so"), ["sort "])
    XCTAssertTrue(texts("rating(F, C, V), up").contains("upper("))
  }

  func testCommandsAndTheirArguments() {
    XCTAssertEqual(texts(".rel"), [".relations "])
    XCTAssertEqual(texts(".mode js"), ["json", "jsonl"])
    XCTAssertEqual(texts(".describe lay"), ["layoff"])
    XCTAssertEqual(texts(".run he"), ["headcount"])
    XCTAssertEqual(texts(".run headcount "), ["company=", "least="])
    XCTAssertEqual(texts(".run headcount company=x l"), ["least="])
    XCTAssertEqual(texts(".set certainty-column al"), ["always"])
    XCTAssertTrue(texts(".about jef").contains("jefferies"))
    XCTAssertEqual(texts(".about Ban"), ["\"Bank of America\""])
    XCTAssertEqual(texts(".about \"Ban"), ["\"Bank of America\""])
    XCTAssertEqual(texts(".explain lay"), ["layoff("])
    XCTAssertTrue(texts(".").contains(".why "))
  }

  func testNothingIsOfferedThatDoesNotStartWithWhatWasTyped() {
    for text in ["layf", "rating(jeffries", "ov", "rating(F, C, V) | srt", ".relatoins"] {
      for candidate in complete(text).candidates {
        let typed = String(text.utf8.dropFirst(complete(text).replace.lowerBound)) ?? ""
        XCTAssertTrue(
          candidate.isDidYouMean || candidate.text.hasPrefix(typed)
            || candidate.label.hasPrefix(typed), "\(text): \(candidate)")
      }
    }
    XCTAssertTrue(complete("layof").candidates.contains { !$0.isDidYouMean })
    XCTAssertTrue(complete("layyoff").candidates.contains { $0.isDidYouMean })
    XCTAssertTrue(
      complete("rating(jeffries").candidates.contains { $0.isDidYouMean && $0.text == "jefferies" })
    XCTAssertEqual(texts("rating(jeffries"), ["jefferies"], "each is offered once")
  }

  func testNeverFailsWhateverIsTyped() {
    let text = "as of 2026: layoff(company: \"a\", N), not (rating(F, _, 'b') | count by X\n.mode é"
    for cursor in 0...text.utf8.count {
      _ = session.completions(for: text, cursor: cursor)
    }
    for length in 0...text.count {
      let part = String(text.prefix(length))
      _ = session.completions(for: part, cursor: part.utf8.count)
      _ = session.highlight(part)
      _ = session.isComplete(part)
    }
  }

  func testEnterKnowsWhatIsOpen() {
    XCTAssertEqual(session.isComplete("p(X)"), .complete)
    XCTAssertEqual(session.isComplete("p(X"), .needsMore(open: "("))
    XCTAssertEqual(session.isComplete(".mode csv"), .complete)
    guard case .needsMore = session.isComplete("q(X) :- p(X)") else {
      return XCTFail("a rule goes on until its full stop")
    }
  }

  func testHighlightCoversTheText() {
    let spans = session.highlight("rating(F, amazon, \"x\") # why")
    XCTAssertEqual(spans.first, HighlightSpan(0..<6, .relation))
    XCTAssertTrue(spans.contains(HighlightSpan(7..<8, .variable)))
    XCTAssertTrue(spans.contains(HighlightSpan(23..<28, .comment)))
  }
}
