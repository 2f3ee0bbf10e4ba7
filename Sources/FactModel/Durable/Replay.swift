/// A log record: the values that a statement has added, then what it did.
enum LogRecord {
  /// The record of a journal; values from `symbols` and `wides` on are new.
  static func encode(
    _ journal: Journal, values: ValueStore, symbols: Int, wides: Int
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.number(symbols)
    writer.number(values.symbols.count - symbols)
    for id in symbols..<values.symbols.count {
      values.symbols.withBytes(UInt32(id)) { writer.raw($0) }
    }
    writer.number(wides)
    writer.number(values.wides.count - wides)
    for id in wides..<values.wides.count { values.wides.write(UInt32(id), to: &writer) }
    writer.append(journal.bytes)
    return writer.sealed
  }

  /// Does again what a record says; gives back the program if the record has one.
  ///
  /// Returns nil where the values in memory have gone another way, so that the base has to be read
  /// anew.
  static func replay(
    _ bytes: UnsafeRawBufferPointer, on base: FactBase, _ program: inout [UInt8]?
  ) throws -> Bool {
    var reader = try ByteReader(sealed: bytes)
    let values = base.values
    guard try reader.count() == values.symbols.count else { return false }
    for _ in 0..<(try reader.count(of: 1)) { _ = values.symbols.intern(try reader.raw()) }
    guard try reader.count() == values.wides.count else { return false }
    for _ in 0..<(try reader.count(of: 1)) { try values.wides.enter(&reader) }
    while !reader.isAtEnd { try replayOne(&reader, base, &program) }
    return true
  }

  private static func replayOne(
    _ reader: inout ByteReader, _ base: FactBase, _ program: inout [UInt8]?
  ) throws {
    guard let operation = Journal.Operation(rawValue: try reader.byte()) else {
      throw UnreadableBytes()
    }
    switch operation {
    case .use:
      let name = try reader.text()
      let arity = try reader.count()
      guard arity <= LogRecord.greatestArity else { throw UnreadableBytes() }
      _ = base.relation(named: name, arity: arity)
    case .declare: _ = try? base.declare(try Schema(reading: &reader))
    case .drop:
      guard let relation = base.relation(named: try reader.text()) else { throw UnreadableBytes() }
      base.drop(relation)
    case .program: program = Array(try reader.raw())
    case .state:
      let (relation, isDenial) = try target(&reader, base)
      let words = try reader.words(try reader.count(of: 8))
      guard words.count == relation.arity else { throw UnreadableBytes() }
      let claim = try Claim(reading: &reader)
      table(relation, isDenial).state(words, claim)
    case .stateBatch:
      let (relation, isDenial) = try target(&reader, base)
      let count = try reader.count()
      guard count <= Journal.rowLimit, try reader.count() == relation.arity else {
        throw UnreadableBytes()
      }
      var columns: [[UInt64]] = []
      for _ in 0..<relation.arity { columns.append(try reader.words(count)) }
      let claims = try ClaimBatch(reading: &reader, count: count)
      var rows: [UInt32] = []
      table(relation, isDenial).state(columns: columns, count: count, claims: claims, rows: &rows)
    case .retract:
      let (relation, isDenial) = try target(&reader, base)
      let rows = try checked(try reader.rows(), relation, isDenial)
      let filter = try ClaimFilter(reading: &reader)
      base.retract(
        rows, of: relation, denied: isDenial, matching: filter,
        at: Word(bits: try reader.word()))
    case .erase:
      let (relation, isDenial) = try target(&reader, base)
      let rows = try checked(try reader.rows(), relation, isDenial)
      table(relation, isDenial).erase(rows: rows, matching: try ClaimFilter(reading: &reader))
    }
  }

  /// More attributes than any statement can write, so that a damaged record does not reserve memory.
  private static let greatestArity = 1 << 16

  private static func target(
    _ reader: inout ByteReader, _ base: FactBase
  ) throws -> (Relation, isDenial: Bool) {
    let id = try reader.number()
    guard let relation = base.relations.first(where: { $0.id == id }) else {
      throw UnreadableBytes()
    }
    return (relation, try reader.flag())
  }

  private static func table(_ relation: Relation, _ isDenial: Bool) -> FactTable {
    isDenial ? relation.denialsForWriting() : relation.facts
  }

  private static func checked(
    _ rows: [UInt32], _ relation: Relation, _ isDenial: Bool
  ) throws -> [UInt32] {
    let count = table(relation, isDenial).facts.rowCount
    guard rows.allSatisfy({ Int($0) < count }) else { throw UnreadableBytes() }
    return rows
  }
}

extension WideTable {
  /// Writes a value with the text it was first written with.
  func write(_ id: UInt32, to writer: inout ByteWriter) {
    let entry = entry(id)
    writer.byte(entry.kind.rawValue)
    writer.word(entry.lower)
    writer.word(entry.upper)
    let text = text(id)
    writer.flag(text != nil)
    if let text { writer.text(text) }
  }

  /// Enters a value that was written so; those of a base come in the order of their ids.
  func enter(_ reader: inout ByteReader) throws(UnreadableBytes) {
    guard let kind = WideKind(rawValue: try reader.byte()) else { throw UnreadableBytes() }
    let entry = WideEntry(kind: kind, lower: try reader.word(), upper: try reader.word())
    _ = intern(entry, text: try reader.flag() ? try reader.text() : nil)
  }
}
