/// All claims of all relations as rows: statement, relation, polarity, source, document, place,
/// certainty, known, valid. What `claim(…)` scans.
///
/// The text of a statement is made only for rows whose statement is read.
public final class ClaimCatalogue: RowSource {
  /// The attributes of `claim`.
  public static let schema = Schema(
    name: "claim",
    attributes: [
      Attribute(name: "statement", type: .text), Attribute(name: "relation", type: .text),
      Attribute(name: "polarity", type: .text), Attribute(name: "source", type: .entity),
      Attribute(name: "document", type: .entity), Attribute(name: "place", type: .text),
      Attribute(name: "certainty", type: .text), Attribute(name: "known", type: .date),
      Attribute(name: "valid", type: .date),
    ], isDeclared: true)

  /// The number of attributes of `claim`.
  public let arity = 9
  /// The number of claims.
  public private(set) var rowCount = 0
  /// Whether some row is less than certain: never, for that somebody claims something is certain
  /// even where what he claims is not.
  public var hasUncertainRows: Bool { false }

  /// The claims of one relation, facts or denials.
  private struct Part {
    let first: Int
    let relation: Relation
    let name: Word
    let isDenial: Bool
    let view: ClaimView
  }

  private var parts: [Part] = []
  private let values: ValueStore
  private let polarityWords: [Word]
  private let account: MemoryAccount
  private var indexes: [[Int]: KeyIndex] = [:]

  init(_ base: FactBase, _ perspective: Perspective) {
    values = base.values
    account = base.account
    polarityWords = ["stated", "denied"].map { base.values.word(for: .symbol($0)) }
    for relation in base.relations {
      for denied in [false, true] {
        let view = base.claimView(of: relation, denied: denied, from: perspective)
        guard let view, view.rowCount > 0 else { continue }
        parts.append(
          Part(
            first: rowCount, relation: relation, name: values.word(for: .symbol(relation.name)),
            isDenial: denied, view: view))
        rowCount += view.rowCount
      }
    }
  }

  /// The part that holds a row.
  private func part(of row: Int) -> Int {
    var low = 0
    var high = parts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if parts[middle].first <= row { low = middle } else { high = middle }
    }
    return low
  }

  /// Calls `body` for each run of rows that lie in one part, with their numbers there.
  private func split(
    _ rows: [UInt32], _ count: Int, _ body: (Part, Range<Int>, [UInt32]) -> Void
  ) {
    var i = 0
    while i < count {
      let part = parts[part(of: Int(rows[i]))]
      let range = part.first..<(part.first + part.view.rowCount)
      var inner: [UInt32] = []
      var end = i
      while end < count, range.contains(Int(rows[end])) {
        inner.append(rows[end] - UInt32(part.first))
        end += 1
      }
      body(part, i..<end, inner)
      i = end
    }
  }

  /// Writes the words of one column for a range of rows to the start of `words`.
  public func unpack(column: Int, rows: Range<Int>, into words: inout [UInt64]) {
    let numbers = (UInt32(rows.lowerBound)..<UInt32(rows.upperBound)).map { $0 }
    gather(column: column, rows: numbers, count: numbers.count, into: &words)
  }

  /// Writes the words of one column for the first `count` of `rows` to the start of `words`.
  public func gather(column: Int, rows: [UInt32], count: Int, into words: inout [UInt64]) {
    grow(&words, to: count)
    var result = words
    words = []
    split(rows, count) { part, range, inner in
      switch column {
      case 0:
        for (k, i) in range.enumerated() {
          let row = part.view.factRow(of: inner[k])
          let text = part.relation.text(of: row, denied: part.isDenial, values)
          result[i] = values.word(for: .symbol(text)).bits
        }
      case 1: for i in range { result[i] = part.name.bits }
      case 2:
        let polarity = polarityWords[part.isDenial ? 1 : 0].bits
        for i in range { result[i] = polarity }
      default:
        var found: [UInt64] = []
        part.view.gather(
          column: part.relation.arity + column - 3, rows: inner, count: inner.count, into: &found)
        for (k, i) in range.enumerated() { result[i] = found[k] }
      }
    }
    words = result
  }

  /// Writes how sure the first `count` of `rows` are: all are certain.
  public func gatherLevels(rows: [UInt32], count: Int, into result: inout [UInt8]) {
    grow(&result, to: count)
    for row in 0..<count { result[row] = 0 }
  }

  /// The relation and its fact (or denial) that a row is a claim of.
  public func fact(of row: UInt32) -> (relation: Relation, row: UInt32, isDenial: Bool) {
    let part = parts[part(of: Int(row))]
    return (part.relation, part.view.factRow(of: row - UInt32(part.first)), part.isDenial)
  }

  /// The index on some columns, built at first need and kept.
  public func index(on columns: [Int]) -> KeyIndex {
    if let index = indexes[columns] { return index }
    let index = KeyIndex(owner: self, columns: columns, account: account)
    indexes[columns] = index
    return index
  }

  /// About how many distinct words a column has; statements are taken to be all different.
  public func distinctCount(column: Int) -> Int {
    column == 0 ? rowCount : estimateDistinct(self, column: column)
  }
}

extension FactBase {
  /// All claims that count from a perspective; kept until anything changes.
  public func claimCatalogue(from perspective: Perspective = .now) -> ClaimCatalogue {
    if let catalogue, catalogue.version == version, catalogue.perspective == perspective {
      return catalogue.catalogue
    }
    let made = ClaimCatalogue(self, perspective)
    catalogue = (version, perspective, made)
    return made
  }
}
