import FactEngine
import FactLanguage
import FactModel

/// `.about ENTITY`: everything known of it, by relation and by the attribute in which it stands.
enum AboutCommand {
  static func run(_ session: Session, _ call: CommandCall) throws {
    let typed = try call.needed(0)
    let base = session.engine.base
    let entities = find(typed, in: base)
    guard !entities.isEmpty else {
      throw SessionFailure(
        "nothing is known of `\(typed)`", hint: hint(for: typed, in: base))
    }
    var lines: [String] = []
    let width = session.console.windowSize()?.columns ?? .max
    for entity in entities {
      if !lines.isEmpty { lines.append("") }
      lines += describe(entity, in: base, width: width)
    }
    if entities.count == 1, lines.count == 1 {
      lines.append("no fact has it in an attribute")
    }
    try session.printLines(lines)
  }

  /// By id, label or alias; then without regard to case; then by a number or date as typed.
  static func find(_ typed: String, in base: FactBase) -> [Word] {
    let exact = base.entities(named: typed)
    if !exact.isEmpty { return exact }
    let folded = typed.lowercased()
    var found: [Word] = []
    for id in 0..<UInt32(base.values.symbols.count) {
      let text = base.values.symbols.text(id)
      guard text.utf8.count < 200, text.lowercased() == folded else { continue }
      for entity in base.entities(named: text) where !found.contains(entity) {
        found.append(entity)
      }
    }
    if found.isEmpty, let word = base.values.findWord(for: .symbol(typed)),
      !base.occurrences(of: word).isEmpty
    {
      found = [word]
    }
    return found
  }

  static func hint(for typed: String, in base: FactBase) -> String {
    let names = (0..<UInt32(base.values.symbols.count)).lazy.map { base.values.symbols.text($0) }
      .filter { $0.utf8.count < 60 }
    let near = NearestEntities.names(to: typed, among: names, in: base)
    guard !near.isEmpty else {
      return "an entity is found by id, label or alias; Tab completes them"
    }
    return "nearest: " + near.joined(separator: ", ")
  }

  private static func describe(
    _ entity: Word, in base: FactBase, width: Int
  ) -> [String] {
    let values = base.values
    var heading = values.text(of: entity, style: .table)
    if let label = base.label(of: entity) {
      heading += " · " + values.text(of: label, style: .table)
    }
    var lines = [heading]
    let occurrences = base.occurrences(of: entity).sorted { a, b in
      (a.relation.name, a.column, a.isDenial ? 1 : 0)
        < (b.relation.name, b.column, b.isDenial ? 1 : 0)
    }
    for occurrence in occurrences {
      let relation = occurrence.relation
      let attribute = relation.schema.attributes[occurrence.column].name
      let denied = occurrence.isDenial ? " (denied)" : ""
      lines.append("\(relation.name), as \(attribute)\(denied)")
      for row in occurrence.rows.prefix(limit) {
        lines += statement(of: row, in: occurrence, base, width: width)
      }
      let more = occurrence.rows.count - limit
      if more > 0 { lines.append("  … \(Readable.count(more)) more") }
    }
    return lines
  }

  /// So many facts are listed of each attribute.
  private static let limit = 200

  /// The fact on a line, and behind it (or under it, where that does not fit) what its claims say.
  private static func statement(
    of row: UInt32, in occurrence: FactBase.Occurrence, _ base: FactBase, width: Int
  ) -> [String] {
    guard let table = occurrence.relation.table(denied: occurrence.isDenial) else { return [] }
    let sign = occurrence.isDenial ? "-" : ""
    let atom =
      "  " + sign + occurrence.relation.text(of: row, denied: occurrence.isDenial, base.values)
    let claims = table.claims(of: row).map { text(of: $0, base) }.filter { !$0.isEmpty }
    if claims.isEmpty { return [atom] }
    let line = "\(atom)   [\(claims[0])]"
    if claims.count == 1, DisplayWidth.of(line) <= width { return [line] }
    return [atom] + claims.map { "      [\($0)]" }
  }

  /// `jefferies, boerse_0112 par 2, 2026-01-12, probable`.
  static func text(of claim: Claim, _ base: FactBase) -> String {
    let values = base.values
    var parts: [String] = []
    if claim.source != .unknown { parts.append(values.text(of: claim.source, style: .table)) }
    if claim.document != .unknown {
      var document = values.text(of: claim.document, style: .table)
      if claim.place != .unknown { document += " " + values.text(of: claim.place, style: .table) }
      parts.append(document)
    }
    let published = base.documentDates[claim.document]
    let known = claim.knownIsGiven ? claim.known : published ?? .unknown
    if known != .unknown { parts.append(values.text(of: known, style: .table)) }
    if claim.valid != .unknown {
      parts.append("valid " + values.text(of: claim.valid, style: .table))
    }
    if claim.certainty != .certain { parts.append(claim.certainty.name) }
    return parts.joined(separator: ", ")
  }
}

/// Entities whose names come near to what was typed.
enum NearestEntities {
  static func names(
    to typed: String, among names: some Sequence<String>, in base: FactBase
  ) -> [String] {
    NearestName.nearest(typed, among: names, count: 12).filter { !base.entities(named: $0).isEmpty }
      .prefix(3).map { SafeText.escaped($0) }
  }
}
