/// Where a run of texts or wide values is.
struct StoredRun {
  var count: Int
  var blob: Int
  var size: Int
}

/// What there is in a base, as of its last seal: small, and rewritten each time.
struct Catalogue {
  /// The tables of the facts or denials of a relation.
  struct Tables {
    var facts: Int
    var claims: Int
    var plainCount: Int
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
  static let format = 1
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
    return writer.sealed
  }

  private static func write(_ tables: Tables, to writer: inout ByteWriter) {
    writer.number(tables.facts)
    writer.number(tables.claims)
    writer.number(tables.plainCount)
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
    Tables(facts: try reader.count(), claims: try reader.count(), plainCount: try reader.count())
  }
}
