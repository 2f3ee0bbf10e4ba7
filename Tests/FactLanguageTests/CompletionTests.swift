import XCTest

@testable import FactLanguage

/// What may come at a cursor, which `‸` marks.
final class CompletionTests: XCTestCase {
  private func context(_ text: String) -> CompletionContext {
    let parts = text.split(separator: "‸", maxSplits: 1, omittingEmptySubsequences: false)
    let before = String(parts[0])
    return CompletionContext(
      before + (parts.count > 1 ? String(parts[1]) : ""), cursor: before.utf8.count)
  }

  private func expected(_ text: String) -> [Expectation] { context(text).expectations }

  func testStatementsAndLiterals() {
    XCTAssertEqual(expected("‸"), [.statement, .relation])
    XCTAssertEqual(expected("lay‸"), [.statement, .relation])
    XCTAssertEqual(expected("p(a). lay‸"), [.statement, .relation])
    XCTAssertEqual(expected("with @source: s { lay‸"), [.statement, .relation])
    let literal: [Expectation] = [
      .relation, .variable, .function, .keyword(["not", "optional"]),
    ]
    XCTAssertEqual(expected("p(X), ‸"), literal)
    XCTAssertEqual(expected("p(X) :- q‸"), literal)
    XCTAssertEqual(expected("p(X), not ‸"), literal)
    XCTAssertEqual(expected("p(X), (q(X); r‸"), literal)
    XCTAssertEqual(expected("as of 2026-01-05: lay‸"), literal)
    XCTAssertEqual(expected("query h \"t\": lay‸"), literal)
    XCTAssertEqual(expected("p(X) | where ‸"), literal)
    XCTAssertEqual(expected("load not‸"), [.relation])
    XCTAssertEqual(expected("# lay‸"), [])
    XCTAssertEqual(expected("p(X), N ‸"), [.keyword(["in", "overlaps", "div", "mod"])])
  }

  func testArguments() {
    XCTAssertEqual(
      expected("layoff(‸"),
      [
        .value(relation: "layoff", position: 0, attribute: nil), .variable,
        .attribute(relation: "layoff", used: []), .function,
      ])
    XCTAssertEqual(
      expected("layoff(cut, am‸)?"),
      [
        .value(relation: "layoff", position: 1, attribute: nil), .variable,
        .attribute(relation: "layoff", used: []), .function,
      ])
    XCTAssertEqual(
      expected("layoff(company: ‸"),
      [.value(relation: "layoff", position: nil, attribute: "company"), .variable, .function])
    XCTAssertEqual(
      expected("layoff(company: amazon, ‸"),
      [.attribute(relation: "layoff", used: ["company"]), .function])
    XCTAssertEqual(
      expected("layoff(company: \"Am‸"),
      [.value(relation: "layoff", position: nil, attribute: "company")])
    XCTAssertEqual(
      expected("layoff(-abs(‸"), [.variable, .function])
    XCTAssertEqual(expected("p(X, @‸)"), [.qualifierName(used: [])])
    XCTAssertEqual(
      expected("p(X, @source: s, @kn‸)"), [.qualifierName(used: ["source"])])
    XCTAssertEqual(expected("p(X, @certainty: ‸"), [.qualifierValue("certainty"), .variable])
    XCTAssertEqual(expected("p(a) @so‸"), [.qualifierName(used: [])])
    XCTAssertEqual(expected("p(a) @certainty: pro‸"), [.qualifierValue("certainty")])
    XCTAssertEqual(expected("p($‸"), [.parameter])
    XCTAssertEqual(expected("p(X) :- file(\"wa‸"), [.filePath])
  }

  func testComparisonsKnowWhereTheirVariableStands() {
    let text = "rating(Firm, amazon, view: V), V = ‸"
    XCTAssertEqual(
      expected(text),
      [.value(relation: "rating", position: nil, attribute: "view"), .variable, .function])
    XCTAssertEqual(context(text).comparedVariable, "V")
    XCTAssertEqual(
      expected("rating(F, amazon, V), F in [‸"),
      [.value(relation: "rating", position: 0, attribute: nil)])
    XCTAssertEqual(
      expected("rating(F, amazon, V) | where V = \"b‸"),
      [.value(relation: "rating", position: 2, attribute: nil)])
  }

  func testVariablesOfTheWholeStatement() {
    let found = context("p(x). h(‸) :- p(A, B), q(b: A, @source: S). r(C)?")
    XCTAssertEqual(found.variableNames, ["A", "B", "S"])
    XCTAssertEqual(
      found.variables,
      [
        VariableUse(name: "A", relation: "p", position: 0, attribute: nil),
        VariableUse(name: "B", relation: "p", position: 1, attribute: nil),
        VariableUse(name: "A", relation: "q", position: nil, attribute: "b"),
        VariableUse(name: "S", relation: "q", position: nil, attribute: "@source"),
      ])
  }

  func testStages() {
    XCTAssertEqual(expected("p(X) | ‸"), [.stage])
    XCTAssertEqual(expected("p(X) | cou‸"), [.stage])
    XCTAssertEqual(expected("| cou‸"), [.stage])
    XCTAssertEqual(expected("p(X) | N = ‸"), [.aggregate])
    XCTAssertEqual(expected("p(X) | N = count, M = s‸"), [.aggregate])
    XCTAssertEqual(expected("p(X) | sum ‸"), [.variable, .function])
    XCTAssertEqual(expected("p(X) | sum X ‸"), [.keyword(["by", "div", "mod"])])
    XCTAssertEqual(
      expected("p(X) | count ‸"), [.variable, .function, .keyword(["distinct", "by"])])
    XCTAssertEqual(expected("p(X) | count by ‸"), [.variable, .function])
    XCTAssertEqual(expected("p(X) | latest X ‸"), [.keyword(["on", "by", "div", "mod"])])
    XCTAssertEqual(expected("p(X) | sort X ‸"), [.keyword(["desc", "div", "mod"])])
    XCTAssertEqual(expected("p(X) | limit 3 ‸"), [.keyword(["offset"])])
    XCTAssertEqual(expected("p(X) | chart ‸"), [.keyword(["bar"])])
    XCTAssertEqual(expected("p(X) | chart bar ‸"), [.variable])
    XCTAssertEqual(expected("p(X) | into \"a‸"), [.filePath])
    XCTAssertEqual(expected("as ‸"), [.keyword(["of"])])
    XCTAssertEqual(expected("as of ‸"), [.date])
    XCTAssertEqual(expected("as of 2026-01-01 ‸"), [.keyword(["and"])])
    XCTAssertEqual(expected("relation p(a: ‸"), [.type])
    XCTAssertEqual(expected("relation p(a: entity ‸"), [.keyword(["key"])])
  }

  func testCommands() {
    XCTAssertEqual(expected(".‸"), [.command])
    XCTAssertEqual(expected(".rel‸ x"), [.command])
    XCTAssertEqual(
      expected(".export layoff ‸"),
      [.commandArgument(command: "export", index: 1, words: ["layoff"])])
    let about = context(".about \"Bank of‸")
    XCTAssertEqual(about.expectations, [.commandArgument(command: "about", index: 0, words: [])])
    XCTAssertEqual(about.prefix, "Bank of")
    XCTAssertEqual(expected("p(X)\n.rel‸"), [.command])
    XCTAssertEqual(
      expected(".explain layoff(company: ‸"),
      [.value(relation: "layoff", position: nil, attribute: "company"), .variable, .function])
  }

  func testWhatIsReplaced() {
    func replaced(_ text: String) -> (String, String) {
      let found = context(text)
      let whole = Array(text.replacing("‸", with: "").utf8)
      return (String(decoding: whole[found.replace], as: UTF8.self), found.prefix)
    }
    XCTAssertTrue(replaced("layoff(comp‸any: a)") == ("company", "comp"))
    XCTAssertTrue(replaced("p(\"Deu‸") == ("\"Deu", "Deu"))
    XCTAssertTrue(replaced("p(\"Deu‸\")?") == ("\"Deu\"", "Deu"))
    XCTAssertTrue(replaced("p(\"Deu‸, X)?") == ("\"Deu", "Deu"))
    XCTAssertTrue(replaced("p(X, @so‸)") == ("@so", "so"))
    XCTAssertTrue(replaced("p(‸)") == ("", ""))
  }

  func testHighlighting() {
    func styled(_ text: String) -> [String] {
      let source = SourceText(name: "", bytes: Array(text.utf8))
      return highlight(text).map { "\($0.1) \(source[$0.0])" }
    }
    XCTAssertEqual(
      styled(
        "layoff(company: amazon, N), not p(\"x\", 5, @source: S), N > abs(2) | count by N? # c"),
      [
        "relation layoff", "attribute company", "value amazon", "variable N", "keyword not",
        "relation p", "string \"x\"", "value 5", "qualifier @source", "variable S", "variable N",
        "relation abs", "value 2", "keyword count", "keyword by", "variable N", "comment # c",
      ])
    XCTAssertEqual(
      styled("relation p(a: entity). as of 2026-01: q?\n.mode csv\nr(a]. (b"),
      [
        "keyword relation", "relation p", "attribute a", "keyword entity", "keyword as",
        "keyword of", "value 2026-01", "relation q", "command .mode", "relation r", "error (",
        "value a", "error ]", "error (", "value b",
      ])
  }

  func testEveryCursorOfEveryTextIsHarmless() {
    let text = ParserTests.taste + "\n" + ParserTests.more
    let bytes = Array(text.utf8)
    for end in stride(from: 0, through: bytes.count, by: 3) {
      let part = String(decoding: bytes[max(0, end - 200)..<end], as: UTF8.self)
      let found = CompletionContext(part, cursor: part.utf8.count)
      XCTAssertLessThanOrEqual(found.replace.upperBound, part.utf8.count)
      _ = highlight(part)
    }
    var random = SplitMix(state: 3)
    for _ in 0..<2_000 {
      let length = Int.random(in: 0..<40, using: &random)
      let raw = (0..<length).map { _ in UInt8.random(in: 32...126, using: &random) }
      let part = String(decoding: raw, as: UTF8.self)
      _ = CompletionContext(part, cursor: Int.random(in: 0...length, using: &random))
      let spans = highlight(part).map(\.0)
      for (a, b) in zip(spans, spans.dropFirst()) {
        XCTAssertLessThanOrEqual(a.upper, b.lower, part)
      }
    }
  }

  func testWhetherInputIsWhole() {
    let cases: [(String, InputCompleteness)] = [
      ("", .complete), ("p(X)", .complete), ("p(X)?", .complete), ("p(a).", .complete),
      ("p(X) :- q(X)", .open(".")), ("p(X) :- q(X).", .complete), ("p(X", .open("(")),
      ("p(X),", .open("…")), ("X in [a,", .open("[")), ("with @source: s {", .open("{")),
      ("with @source: s { p(a). ", .open("{")), ("with @source: s { p(a). }", .complete),
      ("p(X) |", .open("…")), ("relation p(a)", .open(".")), ("p(\"a", .complete),
      (".help", .complete), ("help", .complete), ("p(X) | count", .complete),
      ("load p(X) :- q(X)", .open(".")), ("query h: p(X)", .open("?")),
      ("| count", .complete), ("p(a))", .complete), ("as of 2026-01: p(X)", .complete),
      ("as of 2026-01:", .open("…")), ("# note", .complete), ("p(X) :- q(X) % c", .open(".")),
      ("p(X)\nq(X),", .open("…")),
    ]
    for (text, state) in cases { XCTAssertEqual(inputState(text), state, text) }
  }

  func testThePrompt() {
    func kinds(_ text: String) -> [String] {
      statements(text, mode: .prompt).map { String("\($0.kind)".prefix { $0 != "(" }) }
    }
    XCTAssertEqual(kinds("p(X)\nq(X)"), ["query", "query"])
    XCTAssertEqual(
      kinds("p(X),\nq(X)\n.mode csv\nhelp\nquit"),
      ["query", "query"].prefix(1) + ["command", "command", "command"])
    XCTAssertEqual(kinds("p(a). p(X)\n-p(b).\n| count"), ["fact", "query", "fact", "continuation"])
    XCTAssertEqual(kinds("p(X)\n| count"), ["query"])
    XCTAssertEqual(kinds("help me"), ["command"])
    XCTAssertEqual(kinds("X = 2 + 3"), ["query"])
    XCTAssertEqual(kinds("p(a)~\nq(X)"), ["retraction", "query"])
    XCTAssertEqual(errors("p(X) :- q(X)", mode: .prompt).count, 1)
    XCTAssertEqual(errors("p(a) @source: s", mode: .prompt).count, 1)
  }
}
