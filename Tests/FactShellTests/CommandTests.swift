import FactEngine
import FactModel
import XCTest

@testable import FactShell

final class CommandTests: XCTestCase {
  private func session(_ text: String = "", isTerminal: Bool = false) -> Session {
    let session = Session(
      engine: Engine(), console: .recording(width: 100, isTerminal: isTerminal))
    XCTAssertTrue(session.runCommandText(text), session.console.errorText)
    return session
  }

  /// What a command prints on a session of its own.
  private func output(_ command: String, after text: String) -> String {
    let session = session(text)
    XCTAssertTrue(session.runCommandText(command), session.console.errorText)
    return session.console.text
  }

  func testAnyUnambiguousBeginningWillDoAtThePrompt() {
    let session = session("p(1).")
    XCTAssertTrue(session.runPrompt(".rel"), session.console.errorText)
    XCTAssertTrue(session.console.text.contains("p/1"))
    XCTAssertFalse(session.runPrompt(".re"))
    XCTAssertTrue(session.console.errorText.contains(".read"), session.console.errorText)
  }

  func testAScriptNeedsTheWholeName() {
    let session = session()
    XCTAssertFalse(session.runCommandText(".rel"))
    XCTAssertTrue(
      session.console.errorText.contains("whole name is written: `.relations`"),
      session.console.errorText)
  }

  func testAMisspeltCommandIsNamed() {
    let session = session()
    XCTAssertFalse(session.runPrompt(".relatoins"))
    XCTAssertTrue(session.console.errorText.contains("did you mean `.relations`?"))
  }

  func testLaterCommandsSaySo() {
    for command in Command.all where command.run == nil {
      let session = session()
      XCTAssertFalse(session.runPrompt(".\(command.name)"), command.name)
      XCTAssertTrue(session.console.errorText.contains("does not have"), command.name)
    }
  }

  func testArgumentsAreCounted() {
    let session = session()
    XCTAssertFalse(session.runPrompt(".describe"))
    XCTAssertTrue(session.console.errorText.contains("needs RELATION"))
    XCTAssertFalse(session.runPrompt(".mode csv json"))
    XCTAssertTrue(session.console.errorText.contains("takes 1 argument"))
  }

  func testWordsKeepQuotedSpaces() throws {
    XCTAssertEqual(
      try CommandLine.split(#"a "b c" d='e f' "q\"x""#), ["a", "b c", "d=e f", "q\"x"])
    XCTAssertThrowsError(try CommandLine.split("\"open"))
  }

  func testEveryCommandHasOneLineOfHelp() {
    let session = session()
    XCTAssertTrue(session.runPrompt("help"))
    for command in Command.all where command.run != nil {
      XCTAssertTrue(session.console.text.contains(command.syntax), command.name)
    }
    XCTAssertEqual(Set(Command.all.map(\.name)).count, Command.all.count)
  }

  func testSettingsAreTyped() {
    let session = session()
    XCTAssertTrue(session.runPrompt(".set digits 3"))
    XCTAssertEqual(session.settings.digits, 3)
    XCTAssertTrue(session.runPrompt(".set certainty-column = always"))
    XCTAssertEqual(session.settings.certaintyColumn, .always)
    XCTAssertFalse(session.runPrompt(".set digits many"))
    XCTAssertFalse(session.runPrompt(".set digts 3"))
    XCTAssertTrue(session.console.errorText.contains("`digits`"), session.console.errorText)
    XCTAssertTrue(session.runPrompt(".mode json"))
    XCTAssertEqual(session.settings.mode, .json)
    XCTAssertTrue(session.runPrompt(".maxrows 0"))
    XCTAssertNil(session.settings.maximumRows)
    XCTAssertTrue(session.runPrompt(".set $company \"Deutsche Bank\""))
    XCTAssertEqual(session.engine.parameters["company"], "Deutsche Bank")
  }

  func testLimitsReadDurationsAndSizes() throws {
    let session = session()
    XCTAssertTrue(session.runPrompt(".limit time 30s memory 2GB"), session.console.errorText)
    XCTAssertEqual(session.engine.settings.timeLimit, 30)
    XCTAssertEqual(session.engine.settings.memoryLimit, 2_000_000_000)
    XCTAssertEqual(try Limits.seconds("500ms"), 0.5)
    XCTAssertEqual(try Limits.seconds("2min"), 120)
    XCTAssertThrowsError(try Limits.seconds("soon"))
    XCTAssertThrowsError(try Limits.bytes("3"))
    XCTAssertTrue(session.runPrompt(".limit off"))
    XCTAssertNil(session.engine.settings.timeLimit)
  }

  func testRelationsListFactsClaimsAndKind() {
    let text = "relation r(a: entity). r(x). r(x) @source: s. -r(y). q(X) :- r(X)."
    XCTAssertEqual(
      output(".mode csv\n.relations", after: text),
      """
      relation,facts,claims,denials,rules,kind
      q/1,0,0,0,1,derived
      r(a),1,2,1,0,declared

      """)
    XCTAssertTrue(output(".relations r*", after: text).contains("r(a)"))
    XCTAssertFalse(output(".relations r*", after: text).contains("q/1"))
  }

  func testDescribeShowsWhatStandsInTheAttributes() {
    let shown = output(
      ".describe r", after: "relation r(a: entity, n: integer). r(x, 1). r(x, 2). r(y, _).")
    XCTAssertEqual(
      shown,
      """
      relation r(a: entity, n: integer).
      3 facts, 3 claims
        a  2 different: x (2), y
        n  2 different, 1 unknown: 1, 2

      """)
    let session = session("layoff(1).")
    XCTAssertFalse(session.runPrompt(".describe layof"))
    XCTAssertTrue(session.console.errorText.contains("`layoff`"))
  }

  func testAboutFindsByIdLabelAndAlias() {
    let text = """
      entity(bofa, company, "Bank of America"). alias(bofa, "BAC").
      document(d, "T", paper, 2026-01-12).
      rating(bofa, amazon, buy) @source: bofa, @document: d, @place: "par 2".
      """
    for name in ["bofa", "\"Bank of America\"", "BAC", "\"bank of america\""] {
      let shown = output(".about \(name)", after: text)
      XCTAssertTrue(shown.hasPrefix("bofa · Bank of America\n"), shown)
      XCTAssertTrue(
        shown.contains("  rating(bofa, amazon, buy)   [bofa, d par 2, 2026-01-12]"), shown)
    }
    let session = session(text)
    XCTAssertFalse(session.runPrompt(".about amazn"))
    XCTAssertTrue(session.console.errorText.contains("amazon"), session.console.errorText)
  }

  func testSourcesAndDocumentsAreCounted() {
    let text = """
      document(d, "T", paper, 2026-01-12). source(s, firm, "Some Firm").
      p(1) @source: s, @document: d. p(2) @source: s, @certainty: possible.
      """
    let sources = output(".mode csv\n.sources", after: text)
    XCTAssertTrue(sources.contains("s,2,1,0,1,firm,Some Firm"), sources)
    let documents = output(".mode csv\n.documents", after: text)
    XCTAssertTrue(documents.contains("d,1,T,paper,2026-01-12,"), documents)
  }

  func testRulesAndQueriesAreShownAsWritten() {
    let text = "p(1).\nq(X) :-  p(X),  X > 0.\nquery big($n = 3) \"Big ones\": p(X), X > $n?"
    XCTAssertEqual(output(".rules", after: text), "q(X) :-  p(X),  X > 0.\n")
    let queries = output(".mode csv\n.queries", after: text)
    XCTAssertEqual(queries, "query,title\nbig($n = 3),Big ones\n")
  }

  func testAMisspeltParameterOfAQueryIsAnError() {
    let session = session("p(1). query above($least = 0) \"Above\": p(X), X > $least?")
    XCTAssertTrue(session.runPrompt(".run above least=1"), session.console.errorText)
    XCTAssertFalse(session.runPrompt(".run above laest=1"))
    XCTAssertTrue(session.console.errorText.contains("did you mean `least`?"))
  }

  func testEraseAndDropRemove() {
    let session = session("p(1). p(2). q(1).")
    XCTAssertTrue(session.runPrompt(".erase p(1)"), session.console.errorText)
    XCTAssertEqual(session.engine.base.relation(named: "p")?.facts.factCount, 1)
    XCTAssertTrue(session.runPrompt(".drop q"), session.console.errorText)
    XCTAssertNil(session.engine.base.relation(named: "q"))
    XCTAssertFalse(session.runPrompt(".erase p(1), p(2)"))
  }

  func testHistoryShowsWhatMatches() {
    let session = session()
    session.historyEntries = { ["p(1).", "q(X)?", "p(X),\n  X > 1?"] }
    XCTAssertTrue(session.runPrompt(".history p("))
    XCTAssertEqual(session.console.text, "1  p(1).\n3  p(X),\n     X > 1?\n")
  }
}
