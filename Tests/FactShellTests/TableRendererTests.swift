import FactLanguage
import FactEngine
import FactModel
import XCTest

@testable import FactShell

final class TableRendererTests: XCTestCase {
  private func terminal(_ width: Int) -> RenderOptions {
    var options = RenderOptions()
    options.isTerminal = true
    options.width = width
    options.maximumRows = 40
    options.digits = 6
    return options
  }

  private func lines(_ answer: Answer, _ options: RenderOptions) -> [String] {
    Renderer.text(answer, options: options).split(separator: "\n").map(String.init)
  }

  private var wide: Answer {
    let names = ["Event", "Company", "Positions", "Begins", "Place", "Url", "Note", "Key"]
    let columns = names.map {
      AnswerColumn(name: $0, type: $0 == "Positions" ? .integer : .text)
    }
    let row: [Value] = [
      .symbol("cut_2026_01_washington"), .symbol("Amazon.com Services LLC"), .integer(1_234_567),
      .symbol("late 2026-01"), .symbol("Seattle, Washington"),
      .symbol("https://esd.wa.gov/about-employees/warn/2026/01/notice-0112.html"),
      .symbol("restructuring of the devices unit"), .symbol("k1"),
    ]
    return AnswerBuilder.answer(columns, [row, row])
  }

  func testAPipeGetsEverythingWhole() {
    let text = lines(wide, .whole(.table))
    XCTAssertTrue(
      text[2].contains("https://esd.wa.gov/about-employees/warn/2026/01/notice-0112.html"))
    XCTAssertEqual(text.last, "2 answers")
    XCTAssertFalse(text[2].hasPrefix("1 "), "no row numbers")
  }

  func testATerminalTableFitsEveryWindow() {
    for width in [12, 20, 40, 60, 80, 120, 200] {
      for line in lines(wide, terminal(width)) {
        XCTAssertLessThanOrEqual(DisplayWidth.of(line), width, "\(width): \(line)")
      }
    }
  }

  func testValuesShrinkBeforeColumnsFold() {
    let at120 = lines(wide, terminal(120))
    for name in ["Event", "Company", "Positions", "Begins", "Place", "Url", "Note", "Key"] {
      XCTAssertTrue(at120[0].contains(name), name)
    }
    XCTAssertTrue(at120[2].contains("…"))
    XCTAssertTrue(at120.last?.contains(".last shows all") ?? false)
    XCTAssertFalse(at120.last?.contains("columns") ?? true)
    let at40 = lines(wide, terminal(40))
    XCTAssertTrue(at40[0].contains("Event") && at40[0].contains("Key"))
    XCTAssertTrue(at40.last?.contains("8 columns (") ?? false, at40.last ?? "")
  }

  func testNumbersAreNeverShortened() {
    XCTAssertTrue(lines(wide, terminal(80))[2].contains("1234567"))
  }

  func testALongAnswerShowsBothEnds() {
    let rows = (1...66_676).map { [Value.integer(Int64($0))] }
    let levels = (1...66_676).map { UInt8($0 <= 12 ? 2 : 0) }
    let answer = AnswerBuilder.answer([AnswerColumn(name: "N")], rows, levels: levels)
    var options = terminal(90)
    options.duration = "18 ms"
    let shown = lines(answer, options)
    XCTAssertEqual(shown.count, 2 + 40 + 1 + 1)
    XCTAssertEqual(shown[2], "    1      1  possible")
    XCTAssertEqual(shown[21], "   20     20  certain")
    XCTAssertTrue(shown[22].contains("·"))
    XCTAssertEqual(shown[42], "66676  66676  certain")
    XCTAssertEqual(
      shown[43], "66,676 answers (40 shown), 66,664 certain, 12 possible · .last shows all · 18 ms")
    options.width = 60
    XCTAssertEqual(
      lines(answer, options).last, "66,676 answers (40 shown), 66,664 certain, 12 possible")
  }

  func testNumbersAlignRightAndAreRounded() {
    let answer = AnswerBuilder.answer(
      [AnswerColumn(name: "Share"), AnswerColumn(name: "P", isPercent: true)],
      [
        [.number(1.0 / 3), .range(lower: .number(0.0384615), upper: .number(0.0421), text: nil)],
        [.integer(12_345_678), .number(0.5)],
      ])
    let shown = lines(answer, terminal(80))
    XCTAssertEqual(shown[2], "1  0.333333  3.84615%..4.21%")
    XCTAssertEqual(shown[3], "2  12345678              50%")
    let whole = lines(answer, .whole(.table))
    XCTAssertTrue(whole[2].contains("0.3333333333333333"))
  }

  func testCertaintyColumnStandsLastWhereItIsDue() {
    let columns = [AnswerColumn(name: "X")]
    let certain = AnswerBuilder.answer(columns, [[.symbol("a")]])
    let mixed = AnswerBuilder.answer(columns, [[.symbol("a")], [.symbol("b")]], levels: [0, 1])
    var options = RenderOptions.whole(.table)
    XCTAssertEqual(lines(certain, options)[0], "X")
    XCTAssertEqual(lines(mixed, options)[0], "X  certainty")
    XCTAssertEqual(lines(mixed, options).last, "2 answers, 1 certain, 1 probable")
    options.certaintyColumn = .always
    XCTAssertEqual(lines(certain, options)[2], "a  certain")
    options.certaintyColumn = .never
    XCTAssertEqual(lines(mixed, options)[0], "X")
  }

  func testWideCharactersTakeTwoCells() {
    let answer = AnswerBuilder.answer(
      [AnswerColumn(name: "Name"), AnswerColumn(name: "Y")],
      [[.symbol("東京電力"), .symbol("a")], [.symbol("é"), .symbol("b")]])
    let shown = lines(answer, .whole(.table))
    XCTAssertEqual(shown[2], "東京電力  a")
    XCTAssertEqual(shown[3], "é         b")
    let narrow = lines(
      AnswerBuilder.answer(
        [AnswerColumn(name: "N"), AnswerColumn(name: "Y")],
        [[.symbol("東京電力株式会社東京電力株式会社"), .symbol("b")]]), terminal(20))
    XCTAssertLessThanOrEqual(DisplayWidth.of(narrow[2]), 20)
  }

  func testColourOnlyWhereItIsWanted() {
    let answer = AnswerBuilder.answer([AnswerColumn(name: "X")], [[.symbol("a")]])
    XCTAssertFalse(Renderer.text(answer, options: terminal(80)).contains("\u{1B}"))
    var options = terminal(80)
    options.usesColour = true
    XCTAssertTrue(Renderer.text(answer, options: options).contains("\u{1B}[2m1\u{1B}[0m"))
  }

  func testLayoutGivesTheRoomToThoseThatNeedIt() {
    let wishes = [10, 60, 60].map {
      TableLayout.Wish(header: 3, cells: $0, isNumeric: false)
    }
    let layout = TableLayout(wishes, available: 80)
    XCTAssertEqual(layout.widths.reduce(0, +) + 4, 80)
    XCTAssertEqual(layout.widths[0], 10)
    XCTAssertTrue(layout.isShortened)
    XCTAssertEqual(TableLayout(wishes, available: nil).widths, [10, 60, 60])
  }
}
