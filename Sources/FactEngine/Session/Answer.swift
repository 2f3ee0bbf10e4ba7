import FactLanguage
import FactModel

/// One column of an answer.
public struct AnswerColumn: Sendable, Hashable {
  /// The variable's name, or that of a column that a stage made.
  public var name: String
  /// The declared type of what binds it, `any` where none does.
  public var type: AttributeType
  /// The declared unit, such as `usd`.
  public var unit: String?
  /// Whether its numbers print as percentages.
  public var isPercent: Bool

  /// A column of some name.
  public init(
    name: String, type: AttributeType = .any, unit: String? = nil, isPercent: Bool = false
  ) {
    self.name = name
    self.type = type
    self.unit = unit
    self.isPercent = isPercent
  }
}

/// The rows that a query gave: a set, in the order in which they are shown.
///
/// Holds copies of words and nothing of the base but its values, so that it may be shown again,
/// in another form, after the base has changed.
public final class Answer {
  /// The columns from left to right; none for a query without variables.
  public let columns: [AnswerColumn]
  /// How many rows there are.
  public let rowCount: Int
  /// The words by column, each `rowCount` long.
  public let words: [[UInt64]]
  /// The certainty of each row, as raw values; nil where all are certain.
  public let levels: [UInt8]?
  /// Whether every derivation of a row rests on a disputed fact; nil where of none. For a query
  /// without variables that holds: one element.
  public var disputed: [Bool]?
  /// For a query without variables: how surely it holds; nil where it does not, or for other queries.
  public let truth: Certainty?
  /// Whether the query has no variables and is answered yes or no.
  public let isYesNo: Bool
  /// The elements of cells that `list` made, by the word of their text.
  public let lists: [Word: [Word]]
  /// The atom of a one-atom query without stages, whose filled-in form `facts` mode prints.
  public let atom: Atom?
  /// For each argument of `atom` the column whose value fills it, nil where it stands as written.
  public let atomColumns: [Int?]
  /// The values that the words name.
  public let values: ValueStore
  /// Why the answer is empty, a line each; filled in only when asked for at the prompt.
  public var explanation: [String] = []
  /// The column that a `chart bar` stage draws as bars.
  public var chartColumn: Int?
  /// The path of an `into` stage: where whoever shows the answer is to write it instead.
  public var into: String?

  /// An answer over words of `values`.
  public init(
    columns: [AnswerColumn], rowCount: Int, words: [[UInt64]], levels: [UInt8]?, truth: Certainty?,
    isYesNo: Bool, lists: [Word: [Word]] = [:], atom: Atom? = nil, atomColumns: [Int?] = [],
    values: ValueStore
  ) {
    self.columns = columns
    self.rowCount = rowCount
    self.words = words
    self.levels = levels
    self.truth = truth
    self.isYesNo = isYesNo
    self.lists = lists
    self.atom = atom
    self.atomColumns = atomColumns
    self.values = values
  }

  /// The word at a row and column.
  public func word(row: Int, column: Int) -> Word { Word(bits: words[column][row]) }

  /// Whether every derivation of a row (or of a yes) rests on a fact that somebody denies.
  public func isDisputed(row: Int) -> Bool { disputed?[row] ?? false }

  /// The certainty of a row.
  public func certainty(row: Int) -> Certainty {
    guard let levels else { return .certain }
    return Certainty(rawValue: levels[row]) ?? .possible
  }
}
