import FactEngine
import FactModel
import XCTest

@testable import FactShell

final class RowRendererTests: XCTestCase {
  private func text(_ answer: Answer, _ mode: OutputMode) -> String {
    Renderer.text(answer, options: .whole(mode))
  }

  func testCSVQuotesWhatNeedsIt() {
    XCTAssertEqual(
      text(AnswerBuilder.everyKind(), .csv),
      """
      Who,N,Part,Day,Note,certainty
      amazon,1001..2500,9%,late 2026-01,"a, ""b"" | c",probable
      Deutsche Bank,~14000,0..9%,2026-01-12,,certain
      ups,5..,,2026-01,"tab\there
      line",certain

      """)
  }

  func testTSVQuotesTabsAndLines() {
    XCTAssertEqual(
      text(AnswerBuilder.everyKind(), .tsv),
      [
        "Who\tN\tPart\tDay\tNote\tcertainty",
        "amazon\t1001..2500\t9%\tlate 2026-01\t\"a, \"\"b\"\" | c\"\tprobable",
        "Deutsche Bank\t~14000\t0..9%\t2026-01-12\t\tcertain",
        "ups\t5..\t\t2026-01\t\"tab\there\nline\"\tcertain", "",
      ].joined(separator: "\n"))
  }

  func testJSONGivesBoundsOfRangesAndWideDates() {
    let first =
      #"{"Who":"amazon","N":{"min":1001,"max":2500,"text":"1001..2500"},"Part":0.09,"#
      + #""Day":{"min":"2026-01-21","max":"2026-01-31","text":"late 2026-01"},"#
      + #""Note":"a, \"b\" | c","certainty":"probable"}"#
    let second =
      #"{"Who":"Deutsche Bank","N":{"min":13500,"max":14500,"text":"~14000"},"#
      + #""Part":{"min":0,"max":0.09,"text":"0..9%"},"Day":"2026-01-12","Note":null}"#
    let third =
      #"{"Who":"ups","N":{"min":5,"text":"5.."},"Part":null,"#
      + #""Day":{"min":"2026-01-01","max":"2026-01-31","text":"2026-01"},"#
      + #""Note":"tab\there\nline"}"#
    XCTAssertEqual(
      text(AnswerBuilder.everyKind(), .json), "[\(first),\n\(second),\n\(third)]\n")
    XCTAssertEqual(
      text(AnswerBuilder.everyKind(), .jsonl), "\(first)\n\(second)\n\(third)\n")
  }

  func testMarkdownKeepsCellsOnTheirLine() {
    XCTAssertEqual(
      text(AnswerBuilder.everyKind(), .markdown),
      """
      | Who | N | Part | Day | Note | certainty |
      | --- | ---: | ---: | --- | --- | --- |
      | amazon | 1001..2500 | 9% | late 2026-01 | a, "b" \\| c | probable |
      | Deutsche Bank | ~14000 | 0..9% | 2026-01-12 | ? | certain |
      | ups | 5.. | ? | 2026-01 | tab here line | certain |

      """)
  }

  func testLineModeAlignsNames() {
    let answer = AnswerBuilder.answer(
      [AnswerColumn(name: "X"), AnswerColumn(name: "Total")],
      [[.symbol("a"), .integer(1)], [.symbol("b"), .integer(2)]])
    XCTAssertEqual(
      text(answer, .line), "    X = a\nTotal = 1\n\n    X = b\nTotal = 2\n")
  }

  func testFactsOfOneAtomReadBack() throws {
    let atom = try XCTUnwrap(AnswerBuilder.atom("p(X, \"B c\", when: W)?"))
    let answer = AnswerBuilder.answer(
      [AnswerColumn(name: "X"), AnswerColumn(name: "W")],
      [[.symbol("Deutsche Bank"), .unknown], [.symbol("ups"), .integer(3)]], levels: [2, 0],
      atom: atom, atomColumns: [0, nil, 1])
    XCTAssertEqual(
      text(answer, .facts),
      """
      p("Deutsche Bank", "B c", when: _) @certainty: possible.
      p(ups, "B c", when: 3).

      """)
  }

  func testFactsOfAClaimCarryItsQualifiers() throws {
    let atom = try XCTUnwrap(AnswerBuilder.atom("p(X, @source: S)?"))
    let answer = AnswerBuilder.answer(
      [AnswerColumn(name: "X"), AnswerColumn(name: "S")],
      [[.symbol("a"), .symbol("the paper")]], levels: [1], atom: atom, atomColumns: [0])
    XCTAssertEqual(
      text(answer, .facts), "p(a) @source: \"the paper\", @certainty: probable.\n")
  }

  func testFactsOfAnythingElseAreAnswers() {
    XCTAssertEqual(
      text(AnswerBuilder.everyKind(), .facts),
      """
      answer(amazon, 1001..2500, 9%, late 2026-01, "a, \\"b\\" | c") @certainty: probable.
      answer("Deutsche Bank", ~14000, 0..9%, 2026-01-12, _).
      answer(ups, 5.., _, 2026-01, "tab\\there\\nline").

      """)
  }

  func testYesAndNoInEveryMode() throws {
    let atom = try XCTUnwrap(AnswerBuilder.atom("p(a)?"))
    let yes = AnswerBuilder.truth(.possible, atom: atom)
    let no = AnswerBuilder.truth(nil, atom: atom)
    XCTAssertEqual(text(yes, .table), "yes (possible)\n")
    XCTAssertEqual(text(no, .table), "no\n")
    XCTAssertEqual(text(AnswerBuilder.truth(.certain), .line), "yes\n")
    XCTAssertEqual(text(yes, .csv), "answer,certainty\nyes,possible\n")
    XCTAssertEqual(text(no, .tsv), "answer\nno\n")
    XCTAssertEqual(text(yes, .json), "[{\"answer\":true,\"certainty\":\"possible\"}]\n")
    XCTAssertEqual(text(no, .jsonl), "{\"answer\":false}\n")
    XCTAssertEqual(text(yes, .facts), "p(a) @certainty: possible.\n")
    XCTAssertEqual(text(no, .facts), "")
    XCTAssertEqual(text(no, .markdown), "| answer |\n| --- |\n| no |\n")
  }

  func testEmptyAnswersHaveNoDecorationForPrograms() {
    let answer = AnswerBuilder.answer([AnswerColumn(name: "X")], [])
    answer.explanation = ["p(a) matches nothing"]
    XCTAssertEqual(text(answer, .csv), "X\n")
    XCTAssertEqual(text(answer, .json), "[]\n")
    XCTAssertEqual(text(answer, .jsonl), "")
    XCTAssertEqual(text(answer, .facts), "")
    XCTAssertEqual(text(answer, .table), "no answers\n  p(a) matches nothing\n")
  }

  func testListsAreArraysInJSON() {
    let values = ValueStore()
    let listed = values.word(for: .symbol("a, b"))
    let elements = ["a", "b"].map { values.word(for: .symbol($0)) }
    let answer = Answer(
      columns: [AnswerColumn(name: "Firms")], rowCount: 1, words: [[listed.bits]], levels: nil,
      truth: nil, isYesNo: false, lists: [listed: elements], values: values)
    XCTAssertEqual(text(answer, .jsonl), "{\"Firms\":[\"a\",\"b\"]}\n")
    XCTAssertEqual(text(answer, .csv), "Firms\n\"a, b\"\n")
  }

  func testAScreenSeesNoControlCharacterInAnyMode() {
    let answer = AnswerBuilder.answer(
      [AnswerColumn(name: "X")], [[.symbol("\u{1B}[31mred\u{7}\u{9B}\u{202E}")]])
    for mode in OutputMode.allCases {
      var options = RenderOptions.whole(mode)
      options.isTerminal = true
      let shown = Renderer.text(answer, options: options)
      for scalar in shown.unicodeScalars {
        XCTAssertFalse(
          scalar.properties.generalCategory == .control && scalar != "\n", "\(mode): \(shown)")
        XCTAssertNotEqual(scalar.value, 0x202E, "\(mode)")
      }
    }
  }

  func testManyRowsUseTheKeptFormsOfSymbols() {
    let rows = (0..<5000).map { [Value.symbol("a\"\($0 % 7)"), .integer(Int64($0))] }
    let answer = AnswerBuilder.answer([AnswerColumn(name: "X"), AnswerColumn(name: "N")], rows)
    let lines = text(answer, .csv).split(separator: "\n")
    XCTAssertEqual(lines.count, 5001)
    XCTAssertEqual(lines[1], "\"a\"\"0\",0")
    XCTAssertEqual(lines[4999], "\"a\"\"\(4998 % 7)\",4998")
  }
}
