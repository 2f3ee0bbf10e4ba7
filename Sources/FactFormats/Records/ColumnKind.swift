/// What a column of a file holds.
public enum ColumnKind: UInt8, Sendable {
  case text, integer, number, date
}

/// The kinds that one field can be read as.
public struct FieldKinds: OptionSet, Sendable {
  /// One bit a kind.
  public let rawValue: UInt8
  /// Takes the bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// An integer of at most 18 digits without leading zeros or a plus sign.
  public static let integer = FieldKinds(rawValue: 1)
  /// A decimal number without leading zeros; every integer is one too.
  public static let number = FieldKinds(rawValue: 2)
  /// An ISO date or date-time.
  public static let date = FieldKinds(rawValue: 4)

  /// The kinds of the bytes of a field; none means text.
  ///
  /// A text of the file's own making (a JSON string) may be a date, never a number.
  public init(_ field: Span<UInt8>, isString: Bool) {
    self.init(rawValue: FieldKinds.bits(field, isString: isString))
  }

  private static func bits(_ field: Span<UInt8>, isString: Bool) -> UInt8 {
    guard field.count > 0 else { return 0 }
    let first = field[0]
    let isDigit = first &- 0x30 <= 9
    guard isDigit || first == UInt8(ascii: "-") || first == UInt8(ascii: ".") else { return 0 }
    if !isString, let shape = DecimalShape(field) {
      if shape.isPadded || shape.integerDigits > 18 { return 0 }
      if shape.isInteger { return 3 }
      return FieldParser.number(field) != nil ? 2 : 0
    }
    return isDigit && FieldParser.isoDate(field) != nil ? 4 : 0
  }
}

/// Judges what the columns of a file hold by its first records.
struct KindSample {
  private var possible: [FieldKinds] = []
  private var hasValue: [Bool] = []
  private var recordCount = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  var isFull: Bool { recordCount >= limit }

  /// Looks at the records of a batch, up to the limit.
  mutating func add(_ batch: RecordBatch) {
    while possible.count < batch.columnCount {
      possible.append([.integer, .number, .date])
      hasValue.append(false)
    }
    let count = min(batch.recordCount, limit - recordCount)
    let bytes = batch.bytes.span
    for column in 0..<batch.columnCount {
      var kinds = possible[column]
      var record = 0
      while record < count, !kinds.isEmpty {
        let slice = batch.fields[record * batch.stride + column]
        if !slice.isMissing {
          hasValue[column] = true
          kinds.formIntersection(
            FieldKinds(bytes.extracting(slice.range), isString: slice.isString))
        }
        record += 1
      }
      possible[column] = kinds
    }
    recordCount += count
  }

  /// The verdict; a column without any value holds text.
  func kinds(columnCount: Int) -> [ColumnKind] {
    var result = [ColumnKind](repeating: .text, count: columnCount)
    for column in 0..<min(columnCount, possible.count) where hasValue[column] {
      if possible[column].contains(.integer) {
        result[column] = .integer
      } else if possible[column].contains(.number) {
        result[column] = .number
      } else if possible[column].contains(.date) {
        result[column] = .date
      }
    }
    return result
  }
}
