/// Where a run of texts or wide values is.
struct StoredRun {
  var count: Int
  var blob: Int
  var size: Int
}

/// Values that nothing names any more from a generation on.
struct StoredGarbage {
  var generation: Int
  var blobs: [Int]
}

/// What there is in a base, as of its last seal: small, and rewritten each time.
struct Catalogue {
  /// The tables of the facts or denials of a relation.
  struct Tables {
    var facts: Int
    var claims: Int
    /// Facts that stand and have no entry among the claims.
    var plainCount: Int
    /// Facts that stand, facts that are less than certain, claims that are open.
    var liveFacts: Int
    var uncertainFacts: Int
    var liveClaims: Int
  }

  /// A relation.
  struct Entry {
    var id: Int
    var isBuiltin: Bool
    var schema: Schema
    var facts: Tables
    var denials: Tables?
  }

  /// The format that this program writes.
  static let format = 4
  static let magic = Array("factsh base\n".utf8)

  /// Goes up with each seal, so that a process sees that it must read anew.
  var generation = 0
  /// The first log record after this seal.
  var firstLog = 1
  /// Values from this number on are nobody's.
  var nextBlob = 1
  var nextTable = 1
  var nextRelation = 0
  var texts: [StoredRun] = []
  var hashes: [StoredRun] = []
  var wides: [StoredRun] = []
  var entries: [Entry] = []
  /// What is deleted once nobody reads an older generation.
  var garbage: [StoredGarbage] = []

  /// The numbers of texts and wide values that are stored apart from the log.
  var textCount: Int { texts.reduce(0) { $0 + $1.count } }
  var wideCount: Int { wides.reduce(0) { $0 + $1.count } }

  init() {}

  var encoded: [UInt8] {
    var writer = ByteWriter()
    for number in [generation, firstLog, nextBlob, nextTable, nextRelation] {
      writer.number(number)
    }
    for runs in [texts, hashes, wides] {
      writer.number(runs.count)
      for run in runs {
        writer.number(run.count)
        writer.number(run.blob)
        writer.number(run.size)
      }
    }
    writer.number(entries.count)
    for entry in entries {
      writer.number(entry.id)
      writer.flag(entry.isBuiltin)
      entry.schema.write(to: &writer)
      Catalogue.write(entry.facts, to: &writer)
      writer.flag(entry.denials != nil)
      if let denials = entry.denials { Catalogue.write(denials, to: &writer) }
    }
    writer.number(garbage.count)
    for part in garbage {
      writer.number(part.generation)
      writer.number(part.blobs.count)
      for number in part.blobs { writer.number(number) }
    }
    return writer.sealed
  }

  private static func write(_ tables: Tables, to writer: inout ByteWriter) {
    for number in [
      tables.facts, tables.claims, tables.plainCount, tables.liveFacts, tables.uncertainFacts,
      tables.liveClaims,
    ] {
      writer.number(number)
    }
  }

  init(reading bytes: UnsafeRawBufferPointer) throws(UnreadableBytes) {
    var reader = try ByteReader(sealed: bytes)
    generation = try reader.count()
    firstLog = try reader.count()
    nextBlob = try reader.count()
    nextTable = try reader.count()
    nextRelation = try reader.count()
    texts = try Catalogue.runs(&reader)
    hashes = try Catalogue.runs(&reader)
    wides = try Catalogue.runs(&reader)
    for _ in 0..<(try reader.count(of: 8)) {
      let id = try reader.count()
      let isBuiltin = try reader.flag()
      let schema = try Schema(reading: &reader)
      let facts = try Catalogue.tables(&reader)
      let denials = try reader.flag() ? try Catalogue.tables(&reader) : nil
      entries.append(
        Entry(id: id, isBuiltin: isBuiltin, schema: schema, facts: facts, denials: denials))
    }
    for _ in 0..<(try reader.count(of: 2)) {
      var part = StoredGarbage(generation: try reader.count(), blobs: [])
      for _ in 0..<(try reader.count(of: 1)) { part.blobs.append(try reader.count()) }
      garbage.append(part)
    }
  }

  /// The generation alone, which is looked at before every statement.
  static func generation(of bytes: UnsafeRawBufferPointer) throws(UnreadableBytes) -> Int {
    var reader = try ByteReader(sealed: bytes)
    return try reader.count()
  }

  private static func runs(_ reader: inout ByteReader) throws(UnreadableBytes) -> [StoredRun] {
    var runs: [StoredRun] = []
    for _ in 0..<(try reader.count(of: 3)) {
      runs.append(
        StoredRun(count: try reader.count(), blob: try reader.count(), size: try reader.count()))
    }
    return runs
  }

  private static func tables(_ reader: inout ByteReader) throws(UnreadableBytes) -> Tables {
    Tables(
      facts: try reader.count(), claims: try reader.count(), plainCount: try reader.count(),
      liveFacts: try reader.count(), uncertainFacts: try reader.count(),
      liveClaims: try reader.count())
  }
}
