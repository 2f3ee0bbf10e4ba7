/// Makes the tables of a base from what is stored, without a pass over the facts.
struct BaseLoader {
  let reader: MapReader
  let environment: MapEnvironment
  let damage: DamageNote
  let account: MemoryAccount

  private var path: String { environment.path }

  /// A large value by its number.
  func blob(_ number: Int, _ size: Int) throws -> StoredBlob {
    guard let value = try reader.value(.blob(number)),
      let blob = StoredBlob(
        number: number, value: value, size: size, owner: environment, damage: damage)
    else { throw BaseError.damaged(path, "value \(number) is missing or too short") }
    return blob
  }

  /// All texts and their hashes.
  func dictionary(_ catalogue: Catalogue) throws -> StoredDictionary {
    var first = 0
    var texts: [StoredDictionary.TextRun] = []
    for run in catalogue.texts {
      texts.append(.init(first: first, count: run.count, blob: try blob(run.blob, run.size)))
      first += run.count
    }
    let hashes = try catalogue.hashes.map {
      StoredDictionary.HashRun(count: $0.count, blob: try blob($0.blob, $0.size))
    }
    guard let dictionary = StoredDictionary(texts: texts, hashes: hashes) else {
      throw BaseError.damaged(path, "the dictionary of texts does not hang together")
    }
    return dictionary
  }

  /// The values of a base; wide ones are read when one is first asked for.
  func values(_ catalogue: Catalogue) throws -> ValueStore {
    let values = ValueStore()
    values.symbols.adopt(try dictionary(catalogue))
    guard !catalogue.wides.isEmpty else { return values }
    let blobs = try catalogue.wides.map { ($0.count, try blob($0.blob, $0.size)) }
    let damage = self.damage
    values.wides.restore = { wides in
      for (count, blob) in blobs {
        blob.touch(0, blob.bytes.count)
        var reader = ByteReader(blob.bytes)
        for _ in 0..<count {
          do { try wides.enter(&reader) } catch {
            damage.note("wide values")
            return
          }
        }
      }
    }
    return values
  }

  /// A base with the relations of a catalogue.
  func base(_ catalogue: Catalogue) throws -> FactBase {
    let values = try values(catalogue)
    let relations = try catalogue.entries.map { entry in
      let relation = Relation(
        id: entry.id, schema: entry.schema, isBuiltin: entry.isBuiltin, account: account)
      try restore(relation.facts, entry.facts)
      if let denials = entry.denials { try restore(relation.denialsForWriting(), denials) }
      return relation
    }
    return FactBase(
      values: values, account: account, relations: relations, nextID: catalogue.nextRelation)
  }

  private func restore(_ table: FactTable, _ stored: Catalogue.Tables) throws {
    try restore(table.facts, stored.facts)
    try restore(table.claims, stored.claims)
    table.plainCount = stored.plainCount
    try readState(stored.facts) { kind, block, bytes in
      guard kind == StateKind.entries.rawValue else { return }
      let wanted = block * 1024 + bytes.count / 8
      if table.hasEntries.count < wanted {
        table.hasEntries.append(
          contentsOf: repeatElement(0, count: wanted - table.hasEntries.count))
      }
      for i in 0..<bytes.count / 8 {
        table.hasEntries[block * 1024 + i] =
          bytes.loadUnaligned(fromByteOffset: i * 8, as: UInt64.self)
      }
    }
    try readState(stored.claims) { kind, _, bytes in
      guard kind == StateKind.retractions.rawValue else { return }
      var reader = ByteReader(bytes)
      for _ in 0..<(try reader.count(of: 9)) {
        guard let row = UInt32(exactly: try reader.number()) else { throw UnreadableBytes() }
        table.retractions[row] = Word(bits: try reader.word())
      }
    }
  }

  private func restore(_ table: Table, _ id: Int) throws {
    guard let bytes = try reader.value(.directory(id)) else {
      throw BaseError.damaged(path, "the directory of table \(id) is missing")
    }
    let stored: StoredTable
    do {
      stored = try StoredTable(id: id, arity: table.arity, reading: bytes) { number, size in
        try blob(number, size)
      }
    } catch is UnreadableBytes {
      throw BaseError.damaged(path, "the directory of table \(id) does not read")
    }
    let segments = try stored.segments.map { Segment(columns: try columns($0)) }
    var tail = [[UInt64]](repeating: [], count: table.arity)
    var tailCount = 0
    for piece in stored.pieces {
      for (c, column) in try columns(piece).enumerated() {
        grow(&tail[c], to: tailCount + piece.count)
        column.unpack(0..<piece.count, into: &tail[c], at: tailCount)
      }
      tailCount += piece.count
    }
    table.restore(stored, segments: segments, tail: tail, tailCount: tailCount)
    try readState(id) { kind, block, bytes in
      guard block < table.live.count || kind > StateKind.levels.rawValue else {
        throw UnreadableBytes()
      }
      switch StateKind(rawValue: kind) {
      case .live:
        table.live[block] = (0..<bytes.count / 8).map {
          bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)
        }
      case .levels: table.levels[block] = Array(bytes)
      default: break
      }
    }
    table.countStates()
  }

  /// The columns of a segment, read in place.
  func columns(_ segment: StoredSegment) throws -> [Column] {
    try segment.columns.map { column in
      let codes: Column.Codes
      switch column.form {
      case 0: codes = .constant
      case 1: codes = .run
      default:
        let blob = try blob(column.blob, segment.count * column.width)
        guard let stored = StoredCodes(blob, width: column.width, count: segment.count) else {
          throw BaseError.damaged(path, "value \(column.blob) is too short")
        }
        codes = .stored(stored)
      }
      return Column(
        base: column.base, maximum: column.maximum, count: segment.count, kinds: column.kinds,
        codes: codes)
    }
  }

  /// Calls `body` with kind, block and bytes of what is stored of a table's state.
  private func readState(
    _ table: Int, _ body: (Int, Int, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let first = StoreKey.state(table, 0, 0)
    do {
      try reader.forEach(from: first) { key, value in
        guard key.isLike(first), key.number(0) == table else { return false }
        guard value.count >= 8 else { throw UnreadableBytes() }
        _ = try ByteReader(sealed: value)
        try body(
          key.number(1), key.number(2),
          UnsafeRawBufferPointer(rebasing: value[0..<value.count - 8]))
        return true
      }
    } catch is UnreadableBytes {
      throw BaseError.damaged(path, "the state of table \(table) does not read")
    }
  }
}

/// What is stored of a table's rows beside their words.
enum StateKind: Int {
  case live = 0
  case levels, entries, retractions
}

extension Table {
  /// Counts what is alive and what is less than certain from bitmaps and levels.
  func countStates() {
    var alive = 0
    var uncertain = 0
    for block in live.indices {
      let count = min(Segment.rowLimit, rowCount - block << 16)
      if live[block].isEmpty {
        alive += count
      } else {
        for at in 0..<(count + 63) / 64 {
          var bits = live[block][at]
          if at == count / 64 { bits &= 1 << UInt64(count & 63) &- 1 }
          alive += bits.nonzeroBitCount
        }
      }
      for level in levels[block].prefix(count) where level != 0 { uncertain += 1 }
    }
    liveCount = arity == 0 && live.isEmpty ? rowCount : alive
    uncertainCount = uncertain
  }
}
