/// Turns the bytes of one format into records.
///
/// The reader hands over a window of bytes that lies at the start of the batch's `bytes`; the decoder
/// adds the records that are whole in it and says how far it came. What is left is seen again at the
/// start of the next window, so that a decoder never keeps half a record.
protocol RecordDecoder: AnyObject {
  /// The columns found so far.
  var columns: [String] { get }
  /// The line of the first byte of the next window, counted from 1.
  var line: Int { get }
  /// Keys that turned up after the columns were settled, each with its first line.
  var lateColumns: [LateColumn] { get }

  /// From now on the columns stay as they are.
  func settleColumns()

  /// Adds records from `bytes[0..<end]` and returns the number of bytes that it is done with.
  ///
  /// At least eight bytes of the batch's `bytes` follow `end`.
  func decode(_ batch: inout RecordBatch, end: Int, isLast: Bool) throws(FormatFailure) -> Int
}

/// A key of JSON objects that first occurs after the records that decide on the columns.
public struct LateColumn: Hashable, Sendable {
  /// The key.
  public var name: String
  /// The line of the first object that has it.
  public var line: Int
}

/// Limits that hold for every format.
enum RecordLimits {
  /// Records in a batch.
  static let records = 32_768
  /// Fields in a batch, so that wide files have shorter batches.
  static let fields = 1 << 19
  /// Columns of a file.
  static let columns = 4096
  /// Bytes that are read at once; many enough that sharing them between threads pays, few enough to
  /// stay in the caches.
  static let window = 1 << 20
  /// Bytes after a window that may be loaded (never used) by scanners.
  static let padding = 16

  /// The records of a batch with so many columns.
  static func records(columns: Int) -> Int { max(16, min(records, fields / max(columns, 1))) }
}
