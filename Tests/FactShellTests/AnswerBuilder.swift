import FactEngine
import FactLanguage
import FactModel

@testable import FactShell

/// Answers made by hand.
enum AnswerBuilder {
  static func answer(
    _ columns: [AnswerColumn], _ rows: [[Value]], levels: [UInt8]? = nil, atom: Atom? = nil,
    atomColumns: [Int?] = [], values: ValueStore = ValueStore()
  ) -> Answer {
    var words = columns.map { _ in [UInt64]() }
    for row in rows {
      for (index, value) in row.enumerated() { words[index].append(values.word(for: value).bits) }
    }
    return Answer(
      columns: columns, rowCount: rows.count, words: words, levels: levels, truth: nil,
      isYesNo: false, atom: atom, atomColumns: atomColumns, values: values)
  }

  static func truth(_ truth: Certainty?, atom: Atom? = nil) -> Answer {
    Answer(
      columns: [], rowCount: 0, words: [], levels: nil, truth: truth, isYesNo: true, atom: atom,
      values: ValueStore())
  }

  /// The atom of a query such as `p(X, b)?`.
  static func atom(_ query: String) -> Atom? {
    var parser = StatementParser(
      SourceText(name: "test", bytes: Array(query.utf8)), mode: .prompt)
    guard let statement = parser.next(), case .query(let query) = statement.kind,
      case .atom(let atom)? = query.body.alternatives.first?.first?.kind
    else { return nil }
    return atom
  }

  /// One row of every kind of value.
  static func everyKind() -> Answer {
    answer(
      [
        AnswerColumn(name: "Who", type: .entity), AnswerColumn(name: "N", type: .integer),
        AnswerColumn(name: "Part", type: .percent), AnswerColumn(name: "Day", type: .date),
        AnswerColumn(name: "Note", type: .text),
      ],
      [
        [
          .symbol("amazon"), .range(lower: .integer(1001), upper: .integer(2500), text: nil),
          .number(0.09),
          .span(
            first: CalendarDate(year: 2026, month: 1, day: 21),
            last: CalendarDate(year: 2026, month: 1, day: 31), text: "late 2026-01"),
          .symbol("a, \"b\" | c"),
        ],
        [
          .symbol("Deutsche Bank"),
          .range(lower: .integer(13500), upper: .integer(14500), text: "~14000"),
          .range(lower: .integer(0), upper: .number(0.09), text: "0..9%"),
          CalendarDate(year: 2026, month: 1, day: 12).map { .date($0) } ?? .unknown, .unknown,
        ],
        [
          .symbol("ups"), .range(lower: .integer(5), upper: nil, text: nil), .unknown,
          CalendarDate(year: 2026, month: 1).map { .date($0) } ?? .unknown,
          .symbol("tab\there\nline"),
        ],
      ], levels: [1, 0, 0])
  }
}
