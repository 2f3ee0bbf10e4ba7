/// Rows of words that can be unpacked, gathered and looked up: stored tables and derived relations.
///
/// Rows are numbered densely from 0 in the order of their insertion and never move, so a row number
/// may be kept for ever. Work is done in batches; nothing here is called once a row.
public protocol RowSource: AnyObject {
  /// The number of columns.
  var arity: Int { get }
  /// The number of rows ever inserted, dead ones included.
  var rowCount: Int { get }
  /// Writes the words of one column for a range of rows to the start of `words`.
  func unpack(column: Int, rows: Range<Int>, into words: inout [UInt64])
  /// Writes the words of one column for the first `count` of `rows` to the start of `words`.
  func gather(column: Int, rows: [UInt32], count: Int, into words: inout [UInt64])
}
