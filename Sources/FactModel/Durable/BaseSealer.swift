/// Writes what is in memory into a base: texts, segments, states, indexes and the catalogue.
///
/// Values are written once; the next catalogue names them, all at the same moment. What belongs to
/// nothing any more is deleted by a later seal, once nobody reads a generation that names it.
final class BaseSealer {
  /// The catalogue that comes next.
  var catalogue: Catalogue
  let base: FactBase
  private let known: [Int: StoredTable]
  /// Segments that were written before the catalogue because they are many.
  var early: [ObjectIdentifier: [StoredSegment]] = [:]
  /// Those of them that are still in memory as well.
  var unadopted: [(table: Table, number: Int, segment: StoredSegment)] = []
  /// Runs of rows that are written and that no table uses yet.
  var spilled: [(table: Table, rows: Range<Int>, blob: Int)] = []
  var hasSpilledTexts = false
  /// What writes them, beside the statement.
  var writing: BackgroundWork?
  /// From where on values are what an earlier writer left, if those are still to be deleted.
  var leftovers: Int?
  /// Values that the next catalogue no longer names.
  private var retired: [Int] = []
  /// The tables as they are stored afterwards.
  private(set) var tables: [(table: Table, stored: StoredTable)] = []
  var indexEntries: [Int: [StoredTable.IndexEntry]] = [:]
  var identities: [Int: [(rows: Range<Int>, blob: Int)]] = [:]
  /// What the indexes of a table become.
  var planned: [ObjectIdentifier: PlannedIndexes] = [:]
  /// Large values that are planned and not written yet.
  var values: [SealedValue] = []
  /// Those of them that take longest to be made.
  var indexes: [SealedValue] = []

  /// Whether nobody waits, so that all that was left for later is done.
  var isThorough = false
  var thresholds = Thresholds()

  init(after catalogue: Catalogue, base: FactBase, known: [Int: StoredTable]) {
    self.catalogue = catalogue
    self.base = base
    self.known = known
    leftovers = catalogue.nextBlob
  }

  deinit {
    // Nobody waits for what is given up, but it must have ended before others may write.
    try? finishEarly()
  }

  var allTables: [Table] {
    base.relations.flatMap { relation in
      [relation.facts, relation.denials].compactMap { $0 }.flatMap { [$0.facts, $0.claims] }
    }
  }

  func nextBlob() -> Int {
    catalogue.nextBlob += 1
    return catalogue.nextBlob - 1
  }

  /// Deletes what an earlier writer wrote and never published, from a number on.
  static func clean(from number: Int, _ writer: MapWriter) throws {
    let first = StoreKey.blob(number)
    try writer.deleteAll(from: first) { $0.isLike(first) }
  }

  /// Leaves a value to be deleted when nobody needs it any more.
  func retire(_ blob: Int) { retired.append(blob) }

  /// Deletes what nobody needs any more: whoever begins to read now reads the present generation,
  /// and `oldest` is the oldest that anybody reads.
  private func deleteGarbage(_ writer: MapWriter, oldest: Int?) throws {
    for part in catalogue.garbage where part.generation <= oldest ?? .max {
      for number in part.blobs { try writer.delete(.blob(number)) }
    }
    catalogue.garbage.removeAll { $0.generation <= oldest ?? .max }
    if !retired.isEmpty {
      catalogue.garbage.append(
        StoredGarbage(generation: catalogue.generation + 1, blobs: retired))
    }
    retired = []
  }

  // MARK: Everything

  /// Writes all that is new and the catalogue; `prepare` has come before. `oldest` is the oldest generation that is read.
  func seal(_ writer: MapWriter, program: [UInt8]?, logs: Range<Int>, oldest: Int?) throws {
    if let leftovers { try BaseSealer.clean(from: leftovers, writer) }
    leftovers = nil
    for value in values { try value.write(writer) }
    for index in indexes { try index.write(writer) }
    values = []
    indexes = []
    try storeWides(writer)
    var kept: Set<Int> = []
    catalogue.entries = try base.relations.map { relation in
      let facts = try store(relation.facts, writer, &kept)
      let denials = try relation.denials.map { try store($0, writer, &kept) }
      return Catalogue.Entry(
        id: relation.id, isBuiltin: relation.isBuiltin, schema: relation.schema, facts: facts,
        denials: denials)
    }
    for (id, table) in known where !kept.contains(id) {
      for number in table.blobs { retire(number) }
      try writer.delete(.directory(id))
    }
    if let program {
      var bytes = ByteWriter()
      bytes.append(program)
      try writer.put(.program, bytes.sealed)
    }
    for number in logs { try writer.delete(.log(number)) }
    try deleteGarbage(writer, oldest: oldest)
    catalogue.firstLog = logs.upperBound
    catalogue.generation += 1
    catalogue.nextRelation = base.nextID
    try writer.put(.catalogue, catalogue.encoded)
  }

  // MARK: Tables

  private func store(
    _ table: FactTable, _ writer: MapWriter, _ kept: inout Set<Int>
  ) throws -> Catalogue.Tables {
    let isNew = table.facts.stored == nil
    // What was not read has not changed, but a table that is new has nothing in the base yet.
    if isNew { table.ensureRestored() }
    var entries: [(kind: StateKind, block: Int, bytes: [UInt8])] = []
    for block in 0..<(table.hasEntries.count + 1023) / 1024
    where isNew || table.facts.isChanged(block) {
      let words = table.hasEntries[block * 1024..<min(table.hasEntries.count, (block + 1) * 1024)]
      if words.allSatisfy({ $0 == 0 }) { continue }
      entries.append((.entries, block, words.withUnsafeBytes { Array($0) }))
    }
    var retractions: [(kind: StateKind, block: Int, bytes: [UInt8])] = []
    if table.hasChangedRetractions {
      var bytes = ByteWriter()
      bytes.number(table.retractions.count)
      for (row, word) in table.retractions {
        bytes.number(Int(row))
        bytes.word(word.bits)
      }
      retractions.append((.retractions, 0, bytes.bytes))
    }
    let facts = try store(table.facts, entries, writer)
    let claims = try store(table.claims, retractions, writer)
    kept.insert(facts)
    kept.insert(claims)
    return Catalogue.Tables(
      facts: facts, claims: claims, plainCount: table.plainCount,
      liveFacts: table.facts.liveCount, uncertainFacts: table.facts.uncertainCount,
      liveClaims: table.claims.liveCount)
  }

  private func store(
    _ table: Table, _ others: [(kind: StateKind, block: Int, bytes: [UInt8])],
    _ writer: MapWriter
  ) throws -> Int {
    let old = table.stored
    let stored = StoredTable(id: old?.id ?? catalogue.nextTable)
    if old == nil { catalogue.nextTable += 1 }
    tables.append((table, stored))
    stored.rowCount = table.rowCount
    stored.segments = (old?.segments ?? []) + (early[ObjectIdentifier(table)] ?? [])
    for i in stored.segments.count..<table.segments.count {
      let columns = try table.segments[i].columns.map { try store($0, writer) }
      stored.segments.append(StoredSegment(count: Segment.rowLimit, columns: columns))
    }
    try storePieces(table, old, stored, writer)
    stored.states = old?.states ?? []
    var states = others
    for block in table.live.indices where old == nil || table.isChanged(block) {
      if !table.live[block].isEmpty {
        states.append((.live, block, table.live[block].withUnsafeBytes { Array($0) }))
      }
      if !table.levels[block].isEmpty { states.append((.levels, block, table.levels[block])) }
    }
    for (kind, block, bytes) in states { try put(kind, block, bytes, of: stored, writer) }
    noteIndexes(of: table, stored)
    let isIndexed = indexEntries[stored.id]?.map(\.blob) != old?.indexes.map(\.blob.number)
    if old == nil || old?.rowCount != stored.rowCount || !states.isEmpty || isIndexed {
      try writer.put(.directory(stored.id), encoded(stored))
    }
    return stored.id
  }

  /// Stores a bitmap or the like in the place of the one that was there.
  private func put(
    _ kind: StateKind, _ block: Int, _ bytes: [UInt8], of table: StoredTable, _ writer: MapWriter
  ) throws {
    table.states.removeAll { state in
      guard state.kind == kind, state.block == block else { return false }
      retire(state.blob)
      return true
    }
    let number = try bytes.withUnsafeBytes { try write($0, writer) }
    table.states.append(
      StoredStateEntry(kind: kind, block: block, blob: number, size: bytes.count))
  }

  /// Writes bytes as a value of their own and returns its number.
  func write(_ bytes: UnsafeRawBufferPointer, _ writer: MapWriter) throws -> Int {
    let number = nextBlob()
    try writer.put(blob: number, bytes)
    return number
  }

  /// Stores the rows after the last full segment; earlier pieces stay, unless they are many.
  private func storePieces(
    _ table: Table, _ old: StoredTable?, _ stored: StoredTable, _ writer: MapWriter
  ) throws {
    let full = table.segments.count * Segment.rowLimit
    var first = full
    if let old {
      let isKept =
        old.segments.count == table.segments.count
        && (old.pieces.count < 16 || old.rowCount == table.rowCount)
      if isKept {
        stored.pieces = old.pieces
        first = max(full, old.rowCount)
      } else {
        for column in old.pieces.flatMap(\.columns) where column.blob != 0 {
          retire(column.blob)
        }
      }
    }
    let count = table.rowCount - first
    guard count > 0 else { return }
    let columns = try table.tail.map { tail in
      try store(Column(encoding: Array(tail[(first - full)...]), count: count), writer)
    }
    stored.pieces.append(StoredSegment(count: count, columns: columns))
  }

  // MARK: Columns

  private func store(_ column: Column, _ writer: MapWriter) throws -> StoredColumn {
    let stored = describe(column)
    try BaseSealer.write(column, as: stored, writer)
    return stored
  }

  /// What a column is in the base, its codes in as few bytes as they need; `write` is to follow.
  func describe(_ column: Column) -> StoredColumn {
    var result = StoredColumn(
      form: 2, width: column.width, kinds: column.kinds, base: column.base,
      maximum: column.maximum, blob: 0)
    switch column.codes {
    case .constant: result.form = 0
    case .run: result.form = 1
    case .words, .full: result.width = StoredCodes.width(of: column.maximum &- column.base)
    case .stored(let codes): codes.blob.touch(0, codes.blob.size)
    case .bytes, .halves: break
    }
    if result.form == 2 { result.blob = nextBlob() }
    return result
  }

  /// Writes the codes of a column.
  static func write(_ column: Column, as stored: StoredColumn, _ writer: MapWriter) throws {
    func pack<T: FixedWidthInteger & UnsignedInteger>(_ codes: [T]) throws {
      let size = codes.count * stored.width
      try writer.put(.blob(stored.blob), size: StoredBlob.storedSize(size)) { value in
        StoredCodes.pack(codes, width: stored.width, into: value)
        StoredBlob.finish(value, size: size)
      }
    }
    switch column.codes {
    case .constant, .run: break
    case .bytes(let codes): try codes.withUnsafeBytes { try writer.put(blob: stored.blob, $0) }
    case .halves(let codes): try codes.withUnsafeBytes { try writer.put(blob: stored.blob, $0) }
    case .words(let codes): try pack(codes)
    case .full(let codes): try pack(codes)
    case .stored(let codes): try writer.put(blob: stored.blob, codes.blob.bytes)
    }
  }
}

extension MapWriter {
  /// Writes bytes as a large value with its checksums.
  func put(blob number: Int, _ bytes: UnsafeRawBufferPointer) throws {
    try put(.blob(number), size: StoredBlob.storedSize(bytes.count)) { value in
      value.copyMemory(from: bytes)
      StoredBlob.finish(value, size: bytes.count)
    }
  }
}
