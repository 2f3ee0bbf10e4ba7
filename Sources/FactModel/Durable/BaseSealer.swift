/// Writes what is in memory into a base: texts, segments, states, indexes and the catalogue.
///
/// Values are written once; the next catalogue names them, all at the same moment. What belongs to
/// nothing any more is deleted by a later seal, once nobody reads a generation that names it.
final class BaseSealer {
  /// The catalogue that comes next.
  private(set) var catalogue: Catalogue
  let base: FactBase
  private let known: [Int: StoredTable]
  /// Segments that were written before the catalogue because they are many.
  private var early: [ObjectIdentifier: [StoredSegment]] = [:]
  /// Those of them that are still in memory as well.
  private var unadopted: [(table: Table, number: Int, segment: StoredSegment)] = []
  private var hasCleaned = false
  /// Values that the next catalogue no longer names.
  private var retired: [Int] = []
  /// The tables as they are stored afterwards.
  private(set) var tables: [(table: Table, stored: StoredTable)] = []
  var indexEntries: [Int: [StoredTable.IndexEntry]] = [:]
  var identities: [Int: [(rows: Range<Int>, blob: Int)]] = [:]

  /// Whether nobody waits, so that all that was left for later is done.
  var isThorough = false
  var thresholds = Thresholds()

  /// Bytes that one transaction may hold in memory.
  static let transactionSize = 32 << 20
  /// Rows of an index that a merge may make after a statement.
  static let mergeLimit = 1 << 21

  init(after catalogue: Catalogue, base: FactBase, known: [Int: StoredTable]) {
    self.catalogue = catalogue
    self.base = base
    self.known = known
  }

  private var allTables: [Table] {
    base.relations.flatMap { relation in
      [relation.facts, relation.denials].compactMap { $0 }.flatMap { [$0.facts, $0.claims] }
    }
  }

  func nextBlob() -> Int {
    catalogue.nextBlob += 1
    return catalogue.nextBlob - 1
  }

  /// Deletes what an earlier writer wrote and never published.
  private func clean(_ writer: MapWriter) throws {
    guard !hasCleaned else { return }
    let first = StoreKey.blob(catalogue.nextBlob)
    try writer.deleteAll(from: first) { $0.isLike(first) }
    hasCleaned = true
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

  // MARK: Early segments

  /// Writes full segments in transactions of their own while they are too much for one; false
  /// where they are not.
  func writeEarly(in environment: MapEnvironment, isInterrupted: () -> Bool) throws -> Bool {
    var todo: [(Table, Int)] = []
    var size = 0
    for table in allTables {
      let written = early[ObjectIdentifier(table)]?.count ?? 0
      let first = (table.stored?.segments.count ?? 0) + written
      for i in first..<max(table.segments.count, first) {
        todo.append((table, i))
        size += table.segments[i].byteCount
      }
    }
    guard size > BaseSealer.transactionSize else { return false }
    var next = 0
    while next < todo.count {
      if isInterrupted() {
        throw BaseError(.interrupted, "interrupted; nothing of it was kept")
      }
      next = try environment.write { writer in
        try clean(writer)
        var at = next
        var written = 0
        while at < todo.count, written < BaseSealer.transactionSize {
          let (table, i) = todo[at]
          written += table.segments[i].byteCount
          let columns = try table.segments[i].columns.map { try store($0, writer) }
          let segment = StoredSegment(count: Segment.rowLimit, columns: columns)
          early[ObjectIdentifier(table), default: []].append(segment)
          unadopted.append((table, i, segment))
          at += 1
        }
        return at
      }
    }
    return true
  }

  /// Reads segments that were written ahead from the base, so that memory can be given back.
  func adoptEarly(_ loader: BaseLoader) throws {
    for (table, number, segment) in unadopted {
      let columns = try loader.columns(segment)
      table.replace(number..<number + 1) { _ in columns }
    }
    unadopted = []
  }

  // MARK: Everything

  /// Writes all that is new and the catalogue. `oldest` is the oldest generation that is read.
  func seal(_ writer: MapWriter, program: [UInt8]?, logs: Range<Int>, oldest: Int?) throws {
    try clean(writer)
    try storeTexts(writer)
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

  // MARK: Values

  private func storeTexts(_ writer: MapWriter) throws {
    let symbols = base.values.symbols
    let first = catalogue.textCount
    let count = symbols.count - first
    guard count > 0 else { return }
    var ends = [UInt32](repeating: 0, count: count)
    var pairs = [UInt64](repeating: 0, count: count)
    var size = 0
    for i in 0..<count {
      let id = UInt32(first + i)
      symbols.withBytes(id) { text in
        size += text.count
        pairs[i] = SymbolHash.hash(text) & 0xFFFF_FFFF_0000_0000 | UInt64(id)
      }
      guard let end = UInt32(exactly: size) else {
        throw BaseError(
          .failed, "one statement states more than 4 GB of text", hint: "load it in parts")
      }
      ends[i] = end
    }
    let number = nextBlob()
    let total = count * 4 + size
    try writer.put(.blob(number), size: StoredBlob.storedSize(total)) { value in
      ends.withUnsafeBytes { value.copyMemory(from: $0) }
      var at = count * 4
      for i in 0..<count {
        symbols.withBytes(UInt32(first + i)) { text in
          UnsafeMutableRawBufferPointer(rebasing: value[at..<at + text.count])
            .copyMemory(from: text)
          at += text.count
        }
      }
      StoredBlob.finish(value, size: total)
    }
    catalogue.texts.append(StoredRun(count: count, blob: number, size: total))
    pairs.sort()
    try storeHashes(pairs, writer)
  }

  /// Adds a run of hashes, merged with shorter runs before it.
  private func storeHashes(_ pairs: [UInt64], _ writer: MapWriter) throws {
    var pairs = pairs
    while let last = catalogue.hashes.last, last.count < pairs.count * 4,
      last.count + pairs.count <= BaseSealer.mergeLimit
    {
      guard let value = try writer.reader.value(.blob(last.blob)), value.count >= last.count * 8
      else { throw UnreadableBytes() }
      pairs = BaseSealer.merge(value, last.count, pairs)
      retire(last.blob)
      catalogue.hashes.removeLast()
    }
    let number = nextBlob()
    let size = pairs.count * 8
    try writer.put(.blob(number), size: StoredBlob.storedSize(size)) { value in
      pairs.withUnsafeBytes { value.copyMemory(from: $0) }
      StoredBlob.finish(value, size: size)
    }
    catalogue.hashes.append(StoredRun(count: pairs.count, blob: number, size: size))
  }

  private static func merge(
    _ left: UnsafeRawBufferPointer, _ leftCount: Int, _ right: [UInt64]
  ) -> [UInt64] {
    var result: [UInt64] = []
    result.reserveCapacity(leftCount + right.count)
    var i = 0
    var j = 0
    while i < leftCount || j < right.count {
      let a = i < leftCount ? left.loadUnaligned(fromByteOffset: i * 8, as: UInt64.self) : .max
      if j == right.count || i < leftCount && a <= right[j] {
        result.append(a)
        i += 1
      } else {
        result.append(right[j])
        j += 1
      }
    }
    return result
  }

  private func storeWides(_ writer: MapWriter) throws {
    let wides = base.values.wides
    let first = catalogue.wideCount
    guard wides.count > first else { return }
    var bytes = ByteWriter()
    for id in first..<wides.count { wides.write(UInt32(id), to: &bytes) }
    let number = nextBlob()
    let size = bytes.bytes.count
    try writer.put(.blob(number), size: StoredBlob.storedSize(size)) { value in
      bytes.bytes.withUnsafeBytes { value.copyMemory(from: $0) }
      StoredBlob.finish(value, size: size)
    }
    catalogue.wides.append(StoredRun(count: wides.count - first, blob: number, size: size))
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
    try storeIdentity(table, old, stored, writer)
    try storeIndexes(table, old, stored, writer)
    let isIndexed = indexEntries[stored.id]?.first?.blob != old?.indexes.first?.blob.number
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
  private func write(_ bytes: UnsafeRawBufferPointer, _ writer: MapWriter) throws -> Int {
    let number = nextBlob()
    try writer.put(.blob(number), size: StoredBlob.storedSize(bytes.count)) { value in
      value.copyMemory(from: bytes)
      StoredBlob.finish(value, size: bytes.count)
    }
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

  /// Writes codes in as few bytes as they need.
  private func pack<T: FixedWidthInteger & UnsignedInteger>(
    _ codes: [T], of column: Column, into result: inout StoredColumn, _ writer: MapWriter
  ) throws {
    let width = StoredCodes.width(of: column.maximum &- column.base)
    let size = codes.count * width
    result.width = width
    result.blob = nextBlob()
    try writer.put(.blob(result.blob), size: StoredBlob.storedSize(size)) { value in
      StoredCodes.pack(codes, width: width, into: value)
      StoredBlob.finish(value, size: size)
    }
  }

  private func store(_ column: Column, _ writer: MapWriter) throws -> StoredColumn {
    var result = StoredColumn(
      form: 2, width: column.width, kinds: column.kinds, base: column.base,
      maximum: column.maximum, blob: 0)
    func write(_ bytes: UnsafeRawBufferPointer) throws {
      result.blob = try self.write(bytes, writer)
    }
    switch column.codes {
    case .constant: result.form = 0
    case .run: result.form = 1
    case .bytes(let codes): try codes.withUnsafeBytes(write)
    case .halves(let codes): try codes.withUnsafeBytes(write)
    case .words(let codes): try pack(codes, of: column, into: &result, writer)
    case .full(let codes): try pack(codes, of: column, into: &result, writer)
    case .stored(let codes):
      codes.blob.touch(0, codes.blob.bytes.count)
      try write(codes.blob.bytes)
    }
    return result
  }
}
