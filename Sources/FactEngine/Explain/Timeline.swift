import FactModel

/// One dated fact of an entity.
public struct TimelineEntry: Sendable {
  /// The date, as stated.
  public var date: Word
  /// The days that it spans; nil where it is open.
  public var firstDay: Int?
  /// The last of them.
  public var lastDay: Int?
  /// Whether the date is the period in which a claim holds, rather than a value of the fact.
  public var isValidity: Bool
  /// The fact as the language writes it.
  public var text: String
  /// How surely it is stated.
  public var certainty: Certainty
  /// Whether somebody denies it.
  public var isDisputed: Bool
}

extension Engine {
  /// The stated facts that name an entity and have a date, or claims with a valid period: one entry
  /// for each date, in the order of their first days, then of their last.
  public func timeline(of entity: Word) -> [TimelineEntry] {
    let evaluation = Evaluation(engine: self)
    let stated = StatedClaims(evaluation: evaluation)
    var rows: [String: Set<UInt32>] = [:]
    for occurrence in base.occurrences(of: entity) where !occurrence.isDenial {
      rows[occurrence.relation.name, default: []].formUnion(occurrence.rows)
    }
    var entries: [TimelineEntry] = []
    for relation in base.relations {
      guard let found = rows[relation.name] else { continue }
      let source = evaluation.stated(relation)
      for row in found.sorted() where source.isLive(row) {
        let words = relation.facts.facts.words(row: row).map(Word.init(bits:))
        let level = stated.level(relation.name, words) ?? 0
        let text = relation.text(of: row, base.values)
        var dates = words.map { ($0, false) }
        let claims = stated.claims(of: relation, words)
        let isDisputed = !stated.denials(of: relation, words, claims).isEmpty
        for claim in claims where claim.valid != .unknown {
          if !dates.contains(where: { $0 == (claim.valid, true) }) {
            dates.append((claim.valid, true))
          }
        }
        for (date, isValidity) in dates {
          guard let span = base.values.dates(of: date) else { continue }
          entries.append(
            TimelineEntry(
              date: date, firstDay: span.firstDay, lastDay: span.lastDay, isValidity: isValidity,
              text: text, certainty: Certainty(rawValue: level) ?? .possible,
              isDisputed: isDisputed))
        }
      }
    }
    return entries.sorted { left, right in
      let a = (left.firstDay ?? Int.min, left.lastDay ?? Int.max)
      let b = (right.firstDay ?? Int.min, right.lastDay ?? Int.max)
      return a != b ? a < b : left.text < right.text
    }
  }
}
