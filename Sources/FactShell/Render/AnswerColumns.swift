import FactEngine
import FactModel

/// The columns that are printed of an answer: its own, then `certainty` and `disputed` where those
/// are due.
struct AnswerColumns {
  struct Column {
    var name: String
    var isPercent: Bool
    var content: Content
    /// The column of the answer, if it is one.
    var index: Int? { if case .words(let index) = content { index } else { nil } }
  }

  /// What stands in a column.
  enum Content {
    /// A column of the answer.
    case words(Int)
    case certainty
    case disputed
  }

  let columns: [Column]
  let hasCertainty: Bool
  let hasDisputed: Bool

  init(_ answer: Answer, certaintyColumn: CertaintyColumn) {
    switch certaintyColumn {
    case .never: hasCertainty = false
    case .always: hasCertainty = true
    case .auto: hasCertainty = AnswerColumns.isAnyLessThanCertain(answer)
    }
    var columns = answer.columns.enumerated().map { index, column in
      Column(
        name: column.name, isPercent: column.isPercent || column.type == .percent,
        content: .words(index))
    }
    hasDisputed = certaintyColumn != .never && answer.disputed?.contains(true) ?? false
    if hasCertainty {
      columns.append(Column(name: "certainty", isPercent: false, content: .certainty))
    }
    if hasDisputed {
      columns.append(Column(name: "disputed", isPercent: false, content: .disputed))
    }
    self.columns = columns
  }

  static func isAnyLessThanCertain(_ answer: Answer) -> Bool {
    if answer.isYesNo { return (answer.truth ?? .certain) != .certain }
    return answer.levels?.contains { $0 != 0 } ?? false
  }
}

extension Answer {
  /// What stands in a cell that is no value: how sure a row is, or whether it is disputed.
  func remark(_ content: AnswerColumns.Content, row: Int) -> String {
    switch content {
    case .words: ""
    case .certainty: certainty(row: row).name
    case .disputed: isDisputed(row: row) ? "yes" : "no"
    }
  }
}

extension Certainty {
  /// The word of the language for it.
  var name: String {
    switch self {
    case .certain: "certain"
    case .probable: "probable"
    case .possible: "possible"
    }
  }
}
