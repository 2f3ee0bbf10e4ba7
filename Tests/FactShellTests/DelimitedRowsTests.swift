import FactEngine
import FactFormats
import FactModel
import XCTest

@testable import FactShell

/// Many rows as text, against fields that are written one by one.
final class DelimitedRowsTests: XCTestCase {
  private let values = ValueStore()

  private func expected(_ answer: Answer, _ mode: OutputMode) -> String {
    var text = answer.columns.map(\.name).joined(separator: mode == .csv ? "," : "\t") + "\n"
    for row in 0..<answer.rowCount {
      let fields = answer.columns.indices.map { column -> String in
        let word = answer.word(row: row, column: column)
        var style = TextStyle.field
        if answer.columns[column].isPercent { style = style.inPercent }
        let plain = values.text(of: word, style: style)
        guard word.kind == .symbol else { return plain }
        var bytes: [UInt8] = []
        if mode == .csv {
          DelimitedWriter.appendCSV(field: plain, to: &bytes)
        } else {
          DelimitedWriter.appendTSV(field: plain, to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
      }
      let line = fields.joined(separator: mode == .csv ? "," : "\t")
      text += (line.isEmpty && mode == .csv ? "\"\"" : line) + "\n"
    }
    return text
  }

  private func check(_ columns: [AnswerColumn], _ rows: [[Value]]) {
    let answer = AnswerBuilder.answer(columns, rows, values: values)
    for mode in [OutputMode.csv, .tsv] {
      let text = Renderer.text(answer, options: .whole(mode))
      // A difference is shown where it begins, not as two megabytes.
      let wanted = expected(answer, mode)
      if text != wanted {
        let place = zip(text.utf8, wanted.utf8).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
        XCTFail("\(mode) differs at byte \(place) of \(wanted.utf8.count)")
      }
    }
  }

  /// Texts of every length around what is copied at once, and such as need quotes.
  private func text(_ number: Int) -> String {
    let odd = ["", " ", ",", "\"", "\n", "\t", "\r", "é", "a\"b\",c"]
    if number % 5 == 0 { return odd[number / 5 % odd.count] }
    return String(repeating: "x", count: number % 53) + "\(number % 700)"
  }

  func testManyRowsOfEveryKind() {
    let columns = [
      AnswerColumn(name: "Name"), AnswerColumn(name: "Number"),
      AnswerColumn(name: "Share", isPercent: true), AnswerColumn(name: "Mixed"),
      AnswerColumn(name: "Day", type: .date),
    ]
    let days = (0..<900).map { CalendarDate(start: Int64($0) * 86_400 * 100, precision: .day) }
    func cells(_ row: Int) -> [Value] {
      let share: Value = row % 3 == 0 ? .integer(Int64(row % 2)) : .number(Double(row % 100) / 200)
      var mixed: Value = row % 2 == 0 ? .symbol(text(row * 3)) : .integer(Int64(row))
      if row % 7 == 0 { mixed = .unknown }
      return [
        .symbol(text(row)), .integer(Int64(row * row) - 5_000), share, mixed,
        .date(days[row % 900]),
      ]
    }
    for count in [0, 1, 5, 1_023, 1_024, 1_025, 2_100] {
      check(columns, (0..<count).map(cells))
    }
  }

  func testOneColumnWithEmptyFields() {
    for count in [3, 5_000] {
      check([AnswerColumn(name: "Name")], (0..<count).map { [.symbol(text($0))] })
    }
  }

  func testLongTextsAreWrittenWhole() {
    let long = String(repeating: "0123456789", count: 70_000)
    check(
      [AnswerColumn(name: "A"), AnswerColumn(name: "B")],
      (0..<3_000).map { [.symbol($0 % 600 == 0 ? long : "short"), .symbol("b\($0)")] })
  }
}
