import FactEngine
import FactModel

/// The columns that are printed of an answer: its own, and `certainty` where that is due.
struct AnswerColumns {
  struct Column {
    var name: String
    var isPercent: Bool
    /// The column of the answer; nil is the certainty.
    var index: Int?
  }

  let columns: [Column]
  let hasCertainty: Bool

  init(_ answer: Answer, certaintyColumn: CertaintyColumn) {
    switch certaintyColumn {
    case .never: hasCertainty = false
    case .always: hasCertainty = true
    case .auto: hasCertainty = AnswerColumns.isAnyLessThanCertain(answer)
    }
    var columns = answer.columns.enumerated().map { index, column in
      Column(
        name: column.name, isPercent: column.isPercent || column.type == .percent, index: index)
    }
    if hasCertainty { columns.append(Column(name: "certainty", isPercent: false, index: nil)) }
    self.columns = columns
  }

  static func isAnyLessThanCertain(_ answer: Answer) -> Bool {
    if answer.isYesNo { return (answer.truth ?? .certain) != .certain }
    return answer.levels?.contains { $0 != 0 } ?? false
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
