import FactModel

/// One fact on the way between two entities.
public struct ConnectionStep: Sendable {
  /// The entity that the way comes from, and the one that the fact leads to.
  public var from: Word
  /// The other entity.
  public var to: Word
  /// The fact as the language writes it.
  public var text: String
  /// How surely it is stated.
  public var certainty: Certainty
  /// Its claims, as of the moment that is looked from.
  public var claims: [Claim]
  /// The claims that deny it.
  public var denials: [Claim]
}

extension Engine {
  /// The fewest stated facts that connect two entities, through any attributes that name entities;
  /// nil where none do, empty where the two are one.
  ///
  /// Breadth-first, so that no way is shorter; among equals the one of the relations and facts
  /// stated first. What the built-in relations say of an entity's kind and names connects nothing.
  /// Complexity: O(facts) at worst, with the indexes on the attributes kept.
  ///
  /// - Throws: `EngineError` where it is interrupted or a limit is reached.
  public func connection(from start: Word, to goal: Word) throws -> [ConnectionStep]? {
    if start == goal { return [] }
    let evaluation = Evaluation(engine: self)
    let edges = base.relations.compactMap { ConnectingRelation($0, evaluation) }
    var reached: [Word: (from: Word, relation: Int, row: UInt32)] = [start: (start, 0, 0)]
    var visited = edges.map { _ in Set<UInt32>() }
    var frontier = [start]
    search: while !frontier.isEmpty {
      var next: [Word] = []
      for entity in frontier {
        try evaluation.checkpoint()
        for (number, edge) in edges.enumerated() {
          for row in edge.rows(of: entity) where visited[number].insert(row).inserted {
            for other in edge.entities(in: row) where reached[other] == nil {
              reached[other] = (entity, number, row)
              if other == goal { break search }
              next.append(other)
            }
          }
        }
      }
      frontier = next
    }
    guard reached[goal] != nil else { return nil }
    var steps: [ConnectionStep] = []
    var at = goal
    while at != start, let step = reached[at] {
      steps.append(edges[step.relation].step(step.row, from: step.from, to: at, evaluation))
      at = step.from
    }
    return steps.reversed()
  }
}

/// A relation as connections between the entities that stand in one fact.
private struct ConnectingRelation {
  let relation: Relation
  let source: ScanSource
  let columns: [Int]
  private let values: ValueStore

  init?(_ relation: Relation, _ evaluation: Evaluation) {
    if relation.isBuiltin, relation.name != "document" { return nil }
    guard relation.facts.factCount > 0 else { return nil }
    self.relation = relation
    source = evaluation.stated(relation)
    values = evaluation.values
    columns = relation.schema.attributes.indices.filter { column in
      let type = relation.schema.attributes[column].type
      return type == .entity || type == .any
    }
    if columns.count < 2 { return nil }
  }

  func rows(of entity: Word) -> [UInt32] {
    var rows: Set<UInt32> = []
    for column in columns {
      for row in source.index(on: [column]).rows(forKey: [entity.bits]) where source.isLive(row) {
        rows.insert(row)
      }
    }
    return rows.sorted()
  }

  func entities(in row: UInt32) -> [Word] {
    let words = relation.facts.facts.words(row: row).map(Word.init(bits:))
    return columns.map { words[$0] }.filter { $0.kind == .symbol }
  }

  func step(
    _ row: UInt32, from: Word, to: Word, _ evaluation: Evaluation
  ) -> ConnectionStep {
    var levels: [UInt8] = [0]
    var scratch: [UInt8] = [0]
    source.raiseLevels(rows: [row], count: 1, levels: &levels, scratch: &scratch)
    let words = relation.facts.facts.words(row: row).map(Word.init(bits:))
    let stated = StatedClaims(evaluation: evaluation)
    let claims = stated.claims(of: relation, words)
    return ConnectionStep(
      from: from, to: to, text: relation.text(of: row, values),
      certainty: Certainty(rawValue: levels[0]) ?? .possible, claims: claims,
      denials: stated.denials(of: relation, words, claims))
  }
}
