import FactFormats
import FactModel

/// Turns batches of records into columns of words, on as many threads as there are.
final class RecordColumns {
  private let values: ValueStore
  private let columns: [Int]
  private let types: [AttributeType]
  private let names: [String]
  private let texts = SymbolBatch()
  private let pieces = [Piece(), Piece()]
  /// The words of the batch, column after column.
  private var words: [UInt64] = []
  private var stride = 0
  /// How many rows there are.
  private(set) var count = 0
  /// How many ranges of the batch were new.
  private(set) var newRanges = 0

  /// What one thread keeps.
  private final class Piece {
    var memo = DayMemo()
    /// The fields that need a closer look, by requested column.
    var left: [(position: Int, records: [Int])] = []
    /// The ranges of integers, by the place of their word.
    var ranges = InexactFields()
  }

  /// Records from which on two threads share them.
  private static let parallelCount = 2_048

  /// Takes which columns are asked for, as what, and what they are called.
  init(_ values: ValueStore, columns: [Int], types: [AttributeType], names: [String]) {
    self.values = values
    self.columns = columns
    self.types = types
    self.names = names
  }

  /// Converts all records of a batch and returns those that cannot be, by number, with the cause.
  func convert(_ batch: RecordBatch) -> [Int: String] {
    count = batch.recordCount
    stride = max(stride, count)
    if words.count < stride * columns.count {
      words = [UInt64](repeating: 0, count: stride * columns.count)
    }
    let isText = types.map { [.entity, .text, .any].contains($0) }
    let textPositions = isText.indices.filter { isText[$0] }
    texts.reset(count: textPositions.count * count)
    // Out of the object while they change: each access to a property of a class is checked.
    var words: [UInt64] = []
    swap(&words, &self.words)
    defer { swap(&words, &self.words) }
    batch.withFields { fields in
      words.withUnsafeMutableBufferPointer { words in
        guard let base = words.baseAddress else { return }
        let shares = count < RecordColumns.parallelCount ? 1 : pieces.count
        for piece in pieces { piece.left = [] }
        parallel(over: shares) { share in
          read(
            fields, count * share / shares..<count * (share + 1) / shares, into: base,
            textPositions, pieces[share])
        }
        texts.ids(of: values.symbols, in: fields.bytes)
        for (number, position) in textPositions.enumerated() {
          texts.words(number * count, count: count, into: base + position * stride)
        }
      }
    }
    return readLeft(batch, &words)
  }

  /// What one thread does: the fields of a range of records.
  private func read(
    _ fields: FieldView, _ records: Range<Int>, into words: UnsafeMutablePointer<UInt64>,
    _ textPositions: [Int], _ piece: Piece
  ) {
    for (number, position) in textPositions.enumerated() {
      let first = number * count
      fields.tokens(column: columns[position], records: records, into: texts.tokens + first)
      texts.hash(
        first + records.lowerBound..<first + records.upperBound, in: fields.bytes,
        for: values.symbols)
    }
    for (position, column) in columns.enumerated() {
      let words = words + position * stride
      var left: [Int]
      switch types[position] {
      case .entity, .text, .any: continue
      case .integer: left = fields.integers(column: column, records: records, into: words)
      case .number, .percent:
        left = fields.numbers(column: column, records: records, into: words)
      case .date:
        left = fields.dates(column: column, records: records, memo: &piece.memo, into: words)
      }
      guard !left.isEmpty else { continue }
      if types[position] != .date {
        left = piece.ranges.take(from: left, of: fields, column: column, at: position * stride)
      }
      if !left.isEmpty { piece.left.append((position, left)) }
    }
  }

  /// Reads the fields that are not what most fields of their type are.
  private func readLeft(_ batch: RecordBatch, _ words: inout [UInt64]) -> [Int: String] {
    var bad: [Int: String] = [:]
    for piece in pieces.dropFirst() { pieces[0].ranges.take(&piece.ranges) }
    newRanges = pieces[0].ranges.enter(into: &words, in: values)
    for piece in pieces {
      for (position, records) in piece.left {
        let type = types[position]
        for record in records {
          let slice = batch.field(column: columns[position], record: record)
          let field = batch.bytes.span.extracting(slice.range)
          let place = position * stride + record
          if let word = word(field, as: type) ?? InexactFields.read(field, as: type, in: values) {
            words[place] = word.bits
            continue
          }
          if bad[record] == nil {
            let isRange = type != .date && FieldParser.integerRange(field) != nil
            let cause =
              isRange ? "a range that ends before it begins" : "which is no \(kind(position))"
            bad[record] = "`\(names[columns[position]])` is `\(batch.text(slice))`, \(cause)"
          }
        }
      }
    }
    return bad
  }

  private func kind(_ position: Int) -> String {
    switch types[position] {
    case .integer: "integer"
    case .date: "date"
    default: "number"
    }
  }

  private func word(_ field: Span<UInt8>, as type: AttributeType) -> Word? {
    switch type {
    case .entity, .text, .any: return nil
    case .integer:
      if let integer = FieldParser.integer(field) { return values.word(integer: integer) }
      guard let number = FieldParser.number(field), number.rounded() == number,
        abs(number) < 9e18
      else { return nil }
      return values.word(number: number)
    case .number, .percent:
      if type == .percent, field.count > 1, field[field.count - 1] == UInt8(ascii: "%") {
        return FieldParser.number(field.extracting(0..<(field.count - 1)))
          .map { values.word(number: $0 / 100) }
      }
      return FieldParser.number(field).map { values.word(number: $0) }
    case .date:
      if let date = FieldParser.isoDate(field) { return date.word }
      var text = ""
      for index in 0..<field.count { text.unicodeScalars.append(Unicode.Scalar(field[index])) }
      guard case .success(let value) = EDTF.read(text) else { return nil }
      return values.word(for: value)
    }
  }

  /// Leaves out the rows of some records.
  func drop(_ records: [Int: String]) {
    guard !records.isEmpty else { return }
    var kept = 0
    for row in 0..<count where records[row] == nil {
      for position in columns.indices {
        words[position * stride + kept] = words[position * stride + row]
      }
      kept += 1
    }
    count = kept
  }

  /// The words of some rows by requested column.
  func columns(_ rows: Range<Int>) -> [[UInt64]] {
    columns.indices.map { position in
      Array(words[position * stride + rows.lowerBound..<position * stride + rows.upperBound])
    }
  }
}
