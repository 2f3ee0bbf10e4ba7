/// What has been done to a base since the last commit, as the bytes of one log record.
///
/// Replaying them does the same to the same base: rows get the same numbers. A transaction that
/// does too much for one record is not noted further; it is stored as segments.
final class Journal {
  /// What one entry does.
  enum Operation: UInt8 {
    case use = 1
    case declare, drop, state, stateBatch, retract, erase, program
  }

  private var writer = ByteWriter()
  /// Rows stated, retracted or erased.
  private(set) var rows = 0
  /// Whether anything was done.
  private(set) var isEmpty = true
  /// Whether it is too much for a record.
  private(set) var isTooLong = false
  /// Whether what happens is the replay of a record, which is noted already.
  var isReplaying = false

  static let rowLimit = 8192
  static let byteLimit = 1 << 20

  /// The bytes of all entries.
  var bytes: [UInt8] { writer.bytes }

  func clear() {
    writer = ByteWriter()
    rows = 0
    isEmpty = true
    isTooLong = false
  }

  private func note(_ operation: Operation, rows count: Int, _ body: (inout ByteWriter) -> Void) {
    if isReplaying { return }
    isEmpty = false
    rows += count
    if rows > Journal.rowLimit || writer.bytes.count > Journal.byteLimit {
      isTooLong = true
      writer.removeAll()
    }
    if isTooLong { return }
    writer.byte(operation.rawValue)
    body(&writer)
  }

  func used(_ name: String, _ arity: Int) {
    note(.use, rows: 0) {
      $0.text(name)
      $0.number(arity)
    }
  }

  func declared(_ schema: Schema) {
    note(.declare, rows: 0) { schema.write(to: &$0) }
  }

  func dropped(_ name: String) {
    note(.drop, rows: 0) { $0.text(name) }
  }

  func programmed(_ text: [UInt8]) {
    note(.program, rows: 0) { $0.raw(text) }
  }

  func retracted(
    _ rows: [UInt32], _ relation: Int, _ isDenial: Bool, _ filter: ClaimFilter, _ moment: Word
  ) {
    note(.retract, rows: rows.count) { writer in
      writer.number(relation)
      writer.flag(isDenial)
      writer.rows(rows)
      filter.write(to: &writer)
      writer.word(moment.bits)
    }
  }

  func erased(_ rows: [UInt32], _ relation: Int, _ isDenial: Bool, _ filter: ClaimFilter) {
    note(.erase, rows: rows.count) { writer in
      writer.number(relation)
      writer.flag(isDenial)
      writer.rows(rows)
      filter.write(to: &writer)
    }
  }

  func stated(_ words: [UInt64], _ claim: Claim, _ relation: Int, _ isDenial: Bool) {
    note(.state, rows: 1) { writer in
      writer.number(relation)
      writer.flag(isDenial)
      writer.number(words.count)
      for word in words { writer.word(word) }
      claim.write(to: &writer)
    }
  }

  func stated(
    _ columns: [[UInt64]], _ count: Int, _ claims: ClaimBatch, _ relation: Int, _ isDenial: Bool
  ) {
    note(.stateBatch, rows: count) { writer in
      writer.number(relation)
      writer.flag(isDenial)
      writer.number(count)
      writer.number(columns.count)
      for column in columns {
        for i in 0..<count { writer.word(column[i]) }
      }
      claims.write(to: &writer, count: count)
    }
  }
}

/// The journal of a base, as one table of facts or denials writes to it.
struct TableJournal {
  let journal: Journal
  let relation: Int
  let isDenial: Bool

  func stated(_ words: [UInt64], _ claim: Claim) {
    journal.stated(words, claim, relation, isDenial)
  }

  func stated(_ columns: [[UInt64]], _ count: Int, _ claims: ClaimBatch) {
    journal.stated(columns, count, claims, relation, isDenial)
  }

  func erased(_ rows: [UInt32], _ filter: ClaimFilter) {
    journal.erased(rows, relation, isDenial, filter)
  }
}
