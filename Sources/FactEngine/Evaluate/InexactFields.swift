import FactFormats
import FactModel

/// The ranges among the fields of one column of a batch, interned all at once.
struct InexactFields {
  private var rows: [Int] = []
  private var lower: [UInt64] = []
  private var upper: [UInt64] = []
  private var ids: [UInt32] = []

  /// Notes the ranges of small integers among some fields of a column, of which the words begin at a
  /// place, and returns the records of the others. For each thread one.
  mutating func take(
    from records: [Int], of fields: FieldView, column: Int, at first: Int
  ) -> [Int] {
    var others: [Int] = []
    for record in records {
      guard let range = fields.integerRange(column: column, record: record),
        range.lower <= range.upper, let least = Word(integer: range.lower),
        let greatest = Word(integer: range.upper)
      else {
        others.append(record)
        continue
      }
      rows.append(first + record)
      lower.append(least.bits)
      upper.append(greatest.bits)
    }
    return others
  }

  /// Takes over what another one has noted.
  mutating func take(_ other: inout InexactFields) {
    rows += other.rows
    lower += other.lower
    upper += other.upper
    other.forget()
  }

  private mutating func forget() {
    rows.removeAll(keepingCapacity: true)
    lower.removeAll(keepingCapacity: true)
    upper.removeAll(keepingCapacity: true)
  }

  /// Writes the words of what was noted to its rows, and forgets it; returns how many ranges are new.
  /// Equal bounds are the exact value.
  mutating func enter(into words: inout [UInt64], in values: ValueStore) -> Int {
    guard !rows.isEmpty else { return 0 }
    var kept = 0
    for position in rows.indices {
      if lower[position] == upper[position] {
        words[rows[position]] = lower[position]
      } else {
        rows[kept] = rows[position]
        lower[kept] = lower[position]
        upper[kept] = upper[position]
        kept += 1
      }
    }
    let new = values.wides.internRanges(lower: lower, upper: upper, count: kept, into: &ids)
    let first = Word(wide: 0).bits
    for position in 0..<kept { words[rows[position]] = first | UInt64(ids[position]) }
    forget()
    return new
  }

  /// A range, an approximate number or a vague date as the language writes it; nil where the field
  /// is none, or none of the type.
  static func read(_ field: Span<UInt8>, as type: AttributeType, in values: ValueStore) -> Word? {
    guard let text = text(field) else { return nil }
    switch type {
    case .integer:
      guard let value = FieldParser.inexactNumber(text),
        case .range(let lower, let upper, _) = value
      else { return nil }
      for case .number in [lower, upper] { return nil }
      return values.word(for: value)
    case .number, .percent: return FieldParser.inexactNumber(text).map { values.word(for: $0) }
    case .date: return FieldParser.inexactDate(text).map { values.word(for: $0) }
    case .entity, .text, .any: return nil
    }
  }

  /// The field as a text where it may be inexact at all: most bad fields are told apart by this.
  private static func text(_ field: Span<UInt8>) -> String? {
    guard field.count >= 2, field.count <= 100 else { return nil }
    var bytes: [UInt8] = []
    for index in 0..<field.count { bytes.append(field[index]) }
    return String(validating: bytes, as: UTF8.self)
  }
}
