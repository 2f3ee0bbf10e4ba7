/// Makes the tables of a base from what is stored, without a pass over the facts.
struct BaseLoader {
  let reader: MapReader
  let environment: MapEnvironment
  let damage: DamageNote
  let account: MemoryAccount
  let cache: BlobCache

  private var path: String { environment.path }

  /// A large value by its number, which is looked up when it is first read.
  func blob(_ number: Int, _ size: Int) throws -> StoredBlob {
    guard size >= 0 else { throw BaseError.damaged(path, "value \(number) has no size") }
    if let known = cache.find(number, size: size, in: environment) { return known }
    let blob = StoredBlob(number: number, size: size, owner: environment, damage: damage)
    cache.note(blob)
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
        blob.touch(0, blob.size)
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
      guard !entry.isBuiltin || FactBase.hasBuiltin(entry.schema.name, entry.schema.arity) else {
        throw BaseError.damaged(path, "`\(entry.schema.name)` is not what it should be")
      }
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
    try restore(
      table.facts, stored.facts, live: stored.liveFacts, uncertain: stored.uncertainFacts)
    try restore(table.claims, stored.claims, live: stored.liveClaims, uncertain: 0)
    guard stored.plainCount <= stored.liveFacts else {
      throw BaseError.damaged(path, "the counts of table \(stored.facts) cannot be")
    }
    table.plainCount = stored.plainCount
    let entries = try blobs(.entries, of: table.facts)
    let retractions = try blobs(.retractions, of: table.claims).first?.blob
    guard !entries.isEmpty || retractions != nil else { return }
    table.restore = { [unowned table, damage] in
      table.restoreClaims(entries: entries, retractions: retractions, damage: damage)
    }
  }

  private func blobs(
    _ kind: StateKind, of table: Table
  ) throws -> [(block: Int, blob: StoredBlob)] {
    try (table.stored?.states ?? []).filter { $0.kind == kind }.map {
      ($0.block, try blob($0.blob, $0.size))
    }
  }

  private func restore(_ table: Table, _ id: Int, live: Int, uncertain: Int) throws {
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
    guard max(live, uncertain) <= stored.rowCount else {
      throw BaseError.damaged(path, "the counts of table \(id) cannot be")
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
    let states = StoredStates()
    for state in stored.states where state.kind == .live || state.kind == .levels {
      states.note(state.kind, state.block, try blob(state.blob, state.size))
    }
    table.restore(
      stored, segments: segments, tail: tail, tailCount: tailCount, states: states, live: live,
      uncertain: uncertain)
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
}
