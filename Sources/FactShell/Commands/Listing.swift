import FactEngine
import FactModel

/// A table that a command prints: rows of values under named columns.
///
/// It becomes an answer, so that a listing obeys `.mode` like any answer; the last answer of the
/// session stays what it was.
struct Listing {
  private var columns: [AnswerColumn]
  private var words: [[UInt64]]
  private let values = ValueStore()
  private var count = 0

  init(_ columns: [(name: String, type: AttributeType)]) {
    self.columns = columns.map { AnswerColumn(name: $0.name, type: $0.type) }
    words = columns.map { _ in [] }
  }

  var isEmpty: Bool { count == 0 }

  mutating func add(_ row: [Value]) {
    for (column, value) in row.enumerated() where column < words.count {
      words[column].append(values.word(for: value).bits)
    }
    count += 1
  }

  /// Prints the rows, or a sentence where there are none and people read.
  func print(in session: Session, ifEmpty sentence: String) throws {
    var options = session.renderOptions()
    options.hasFooter = false
    options.maximumRows = nil
    options.isNumbered = false
    if isEmpty, !options.mode.isMachineReadable {
      try session.printLines([sentence])
      return
    }
    let answer = Answer(
      columns: columns, rowCount: count, words: words, levels: nil, truth: nil, isYesNo: false,
      values: values)
    try session.page(unless: false) { try Renderer.render(answer, options: options, to: $0) }
  }
}
