/// Where a field lies in the bytes of its batch, and whether it is there at all.
public struct FieldSlice: Hashable, Sendable {
  /// Offset in the low 32 bits, length in the next 28, flags above.
  @usableFromInline let bits: UInt64

  /// The longest field in bytes.
  static let lengthLimit = (1 << 28) - 1
  static let stringFlag: UInt64 = 1 << 60
  @usableFromInline static let missingFlag: UInt64 = 1 << 61
  /// The text still has its escapes: only between scan and the end of its record.
  static let escapedFlag: UInt64 = 1 << 62

  /// A field that is not there: empty in CSV, null or left out in JSON.
  public static let missing = FieldSlice(bits: missingFlag)

  init(bits: UInt64) { self.bits = bits }

  init(offset: Int, length: Int, flags: UInt64 = 0) {
    bits = UInt64(truncatingIfNeeded: offset) | UInt64(truncatingIfNeeded: length) &<< 32 | flags
  }

  /// The first byte of the field in the batch's `bytes`.
  @inlinable public var offset: Int { Int(truncatingIfNeeded: bits & 0xFFFF_FFFF) }
  /// The number of bytes.
  @inlinable public var length: Int { Int(truncatingIfNeeded: (bits &>> 32) & 0xFFF_FFFF) }
  /// Where the field lies in the batch's `bytes`.
  @inlinable public var range: Range<Int> { offset..<(offset &+ length) }
  /// Whether the field is not there, which is the unknown value.
  @inlinable public var isMissing: Bool { bits & FieldSlice.missingFlag != 0 }
  /// Whether the file says that it is a text (a JSON string), so that digits are no number.
  public var isString: Bool { bits & FieldSlice.stringFlag != 0 }

  var isEscaped: Bool { bits & FieldSlice.escapedFlag != 0 }
}

/// Some thousands of records of a file, as slices of bytes that the batch owns.
///
/// A consumer takes `bytes` and `fields` once and then loops: the field of a record in a column is
/// `fields[record * stride + column]`, its text `bytes[slice.range]`, always valid UTF-8. A batch is
/// reused from call to call, so nothing of it may be kept beyond the next one.
public struct RecordBatch: Sendable {
  /// The bytes that slices point into; longer than what is in use.
  public internal(set) var bytes: [UInt8] = []
  /// The fields record by record; longer than what is in use.
  public internal(set) var fields: [FieldSlice] = []
  /// The line on which each record begins, counted from 1; longer than what is in use.
  public internal(set) var lines: [UInt32] = []
  /// How many records there are.
  public internal(set) var recordCount = 0
  /// How many columns there are.
  public internal(set) var columnCount = 0
  /// How many fields lie between a record and the next; at least `columnCount`.
  public internal(set) var stride = 0
  /// Records that were left out: too few or too many fields, or not readable by themselves.
  public internal(set) var badRows: [BadRow] = []

  /// An empty batch, to be filled by `RecordReader.next(into:)`.
  public init() {}

  /// The slice of one field.
  public func field(column: Int, record: Int) -> FieldSlice { fields[record * stride + column] }

  /// The text of a slice; for messages and tests, since it makes a string.
  public func text(_ slice: FieldSlice) -> String {
    String(decoding: bytes[slice.range], as: UTF8.self)
  }

  /// The text of a field, or nil where it is missing; for messages and tests.
  public func text(column: Int, record: Int) -> String? {
    let slice = field(column: column, record: record)
    return slice.isMissing ? nil : text(slice)
  }

  /// Empties the batch and gives it a shape.
  mutating func reset(columnCount: Int) {
    recordCount = 0
    badRows.removeAll(keepingCapacity: true)
    self.columnCount = columnCount
    stride = columnCount
  }

  /// Makes room for a number of records, keeping what is there.
  mutating func reserveRecords(_ count: Int) {
    if lines.count < count {
      lines += [UInt32](repeating: 0, count: count - lines.count)
    }
    let slots = count * stride
    if fields.count < slots {
      fields += [FieldSlice](repeating: .missing, count: slots - fields.count)
    }
  }

  /// Adds columns that earlier records of the batch do not have, also while one is being added.
  mutating func widen(toColumns count: Int) {
    if count > stride {
      let newStride = max(count, stride * 2, 8)
      let rows = stride > 0 ? min(recordCount + 1, fields.count / stride) : 0
      var wider = [FieldSlice](repeating: .missing, count: max(recordCount + 1, 16) * newStride)
      for record in 0..<rows {
        for column in 0..<columnCount {
          wider[record * newStride + column] = fields[record * stride + column]
        }
      }
      fields = wider
      stride = newStride
    }
    columnCount = max(columnCount, count)
  }
}
