import FactModel

/// Rows of a stored relation that are left out.
final class HiddenRows {
  private(set) var rows: Set<UInt32>

  init(_ rows: Set<UInt32>) { self.rows = rows }

  func contains(_ row: UInt32) -> Bool { rows.contains(row) }
}

/// Finds the facts that hold and are denied, from the perspective of an evaluation.
struct DisputeFinder {
  let evaluation: Evaluation

  /// A denial that stands: its row, and the attributes that it gives.
  struct Denial {
    var row: UInt32
    var columns: [Int]
    var key: [UInt64]
  }

  /// The denials of a relation that count.
  func denials(of relation: Relation) throws -> [Denial] {
    guard let table = relation.denials?.facts else { return [] }
    let source = try evaluation.scanSource(.denials(relation.name))
    var result: [Denial] = []
    for row in 0..<UInt32(table.rowCount) where source.isLive(row) {
      let words = table.words(row: row)
      let columns = words.indices.filter { words[$0] != Word.anything.bits }
      result.append(Denial(row: row, columns: columns, key: columns.map { words[$0] }))
    }
    return result
  }

  /// The pairs of a stated fact and a denial of it, where both may hold in the same period.
  func statedPairs(
    of relation: Relation, _ denials: [Denial]
  ) throws -> [(fact: UInt32, denial: UInt32)] {
    let source = evaluation.stated(relation)
    var pairs: [(fact: UInt32, denial: UInt32)] = []
    for denial in denials {
      try evaluation.checkpoint()
      for row in source.rows(agreeingWith: denial) { pairs.append((row, denial.row)) }
    }
    guard !pairs.isEmpty else { return [] }
    let denied = periods(of: relation, denied: true, rows: Set(pairs.map(\.denial)))
    guard denied.values.contains(where: { !$0.contains(.unknown) }) else { return pairs }
    let stated = periods(of: relation, denied: false, rows: Set(pairs.map(\.fact)))
    return pairs.filter { pair in
      evaluation.values.overlap(stated[pair.fact] ?? [.unknown], denied[pair.denial] ?? [.unknown])
    }
  }

  /// The words of the rows of a derived relation that are denied.
  func derivedRows(_ name: String, arity: Int, _ denials: [Denial]) throws -> [[UInt64]] {
    let source = try evaluation.scanSource(.relation(name))
    var rows: Set<UInt32> = []
    for denial in denials { rows.formUnion(source.rows(agreeingWith: denial)) }
    let sorted = rows.sorted()
    var result = Array(repeating: [UInt64](), count: sorted.count)
    var words: [UInt64] = []
    for column in 0..<arity {
      source.rows.gather(column: column, rows: sorted, count: sorted.count, into: &words)
      for row in sorted.indices { result[row].append(words[row]) }
    }
    return result
  }

  /// The valid periods of the claims of some facts or denials, unknown where one has none.
  func periods(
    of relation: Relation, denied: Bool, rows: Set<UInt32>
  ) -> [UInt32: [Word]] {
    let view = evaluation.base.claimView(
      of: relation, denied: denied, from: evaluation.perspective)
    guard let view else { return [:] }
    var result: [UInt32: [Word]] = [:]
    for row in 0..<UInt32(view.rowCount) {
      let fact = view.factRow(of: row)
      if rows.contains(fact) { result[fact, default: []].append(view.claim(at: row).valid) }
    }
    return result
  }
}

extension ScanSource {
  /// The rows that count and that a denial denies.
  func rows(agreeingWith denial: DisputeFinder.Denial) -> [UInt32] {
    if rows.rowCount == 0 { return [] }
    if denial.columns.isEmpty { return (0..<UInt32(rows.rowCount)).filter(isLive) }
    return index(on: denial.columns).rows(forKey: denial.key).filter(isLive)
  }
}

extension ValueStore {
  /// Whether one of some periods overlaps one of others; unknown is always.
  func overlap(_ some: [Word], _ others: [Word]) -> Bool {
    some.contains { left in
      others.contains { right in
        left == .unknown || right == .unknown || compare(.overlaps, left, right) != .never
      }
    }
  }
}
