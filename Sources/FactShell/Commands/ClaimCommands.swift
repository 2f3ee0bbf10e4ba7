import FactEngine
import FactModel

/// `.sources` and `.documents`: who claims what, and where.
enum ClaimCommands {
  /// Claims of each certainty.
  private struct Tally {
    var counts = [0, 0, 0]
    var total: Int { counts.reduce(0, +) }

    mutating func add(_ certainty: Certainty, _ count: Int = 1) {
      counts[Int(certainty.rawValue)] += count
    }
  }

  static func sources(_ session: Session, _ call: CommandCall) throws {
    let base = session.engine.base
    let tallies = tally(base) { $0.source }
    let labels = firstRows(of: "source", in: base)
    var listing = Listing([
      ("source", .entity), ("claims", .integer), ("certain", .integer), ("probable", .integer),
      ("possible", .integer), ("kind", .entity), ("label", .text),
    ])
    for (source, tally) in sorted(tallies, base.values) {
      let row = labels[source]
      listing.add(
        [named(source, base.values), .integer(Int64(tally.total))]
          + tally.counts.map { .integer(Int64($0)) }
          + [1, 2].map { column in known(row.map { $0[column] }, base.values) })
    }
    try listing.print(in: session, ifEmpty: "no claims yet")
  }

  static func documents(_ session: Session, _ call: CommandCall) throws {
    let base = session.engine.base
    var tallies = tally(base) { $0.document }
    tallies[.unknown] = nil
    let rows = firstRows(of: "document", in: base)
    for document in rows.keys where tallies[document] == nil { tallies[document] = Tally() }
    var listing = Listing([
      ("document", .entity), ("claims", .integer), ("title", .text), ("publisher", .entity),
      ("published", .date), ("url", .text),
    ])
    for (document, tally) in sorted(tallies, base.values) {
      let row = rows[document]
      listing.add(
        [named(document, base.values), .integer(Int64(tally.total))]
          + [1, 2, 3, 4].map { column in known(row.map { $0[column] }, base.values) })
    }
    try listing.print(in: session, ifEmpty: "no documents; state one: document(d, \"Title\").")
  }

  /// Counts open claims, of facts and denials, by one of their qualifiers.
  private static func tally(_ base: FactBase, by key: (Claim) -> Word) -> [Word: Tally] {
    var tallies: [Word: Tally] = [:]
    for relation in base.relations {
      for isDenial in [false, true] {
        guard let table = relation.table(denied: isDenial) else { continue }
        var plain = 0
        for row in 0..<UInt32(table.facts.rowCount) where table.facts.isLive(row) {
          for claim in table.claims(of: row) {
            if claim.isPlain {
              plain += 1
            } else {
              tallies[key(claim), default: Tally()].add(claim.certainty)
            }
          }
        }
        if plain > 0 { tallies[.unknown, default: Tally()].add(.certain, plain) }
      }
    }
    return tallies
  }

  private static func firstRows(of name: String, in base: FactBase) -> [Word: [Word]] {
    guard let relation = base.relation(named: name), relation.isBuiltin else { return [:] }
    let table = relation.facts.facts
    var rows: [Word: [Word]] = [:]
    for row in 0..<UInt32(table.rowCount) where table.isLive(row) {
      let words = table.words(row: row).map(Word.init(bits:))
      if rows[words[0]] == nil { rows[words[0]] = words }
    }
    return rows
  }

  private static func sorted(
    _ tallies: [Word: Tally], _ values: ValueStore
  ) -> [(key: Word, value: Tally)] {
    tallies.sorted { a, b in
      if a.value.total != b.value.total { return a.value.total > b.value.total }
      return values.compareForSort(a.key, b.key) < 0
    }
  }

  private static func named(_ word: Word, _ values: ValueStore) -> Value {
    values.value(of: word)
  }

  private static func known(_ word: Word?, _ values: ValueStore) -> Value {
    guard let word, word != .unknown else { return .symbol("") }
    return values.value(of: word)
  }
}
