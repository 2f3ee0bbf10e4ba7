import FactModel

/// What is stated of a fact, from the perspective of an evaluation.
struct StatedClaims {
  let evaluation: Evaluation

  private var base: FactBase { evaluation.base }

  /// How surely a fact is stated, or a denial that agrees with it; nil where it is not.
  func level(_ name: String, denied: Bool = false, _ words: [Word]) -> UInt8? {
    guard let (source, rows) = stated(name, denied: denied, words), !rows.isEmpty else {
      return nil
    }
    var levels = [UInt8](repeating: 0, count: rows.count)
    var scratch = levels
    source.raiseLevels(rows: rows, count: rows.count, levels: &levels, scratch: &scratch)
    return levels.min()
  }

  /// The rows that count of a fact, or of the denials that agree with it.
  private func stated(
    _ name: String, denied: Bool, _ words: [Word]
  ) -> (source: ScanSource, rows: [UInt32])? {
    guard let relation = base.relation(named: name), relation.arity == words.count,
      let table = relation.table(denied: denied)?.facts
    else { return nil }
    if denied {
      guard let source = try? evaluation.scanSource(.denials(name)) else { return nil }
      let rows = (0..<UInt32(table.rowCount)).filter { row in
        source.isLive(row)
          && zip(table.words(row: row), words).allSatisfy { bits, word in
            bits == word.bits || bits == Word.anything.bits
          }
      }
      return (source, rows)
    }
    let source = evaluation.stated(relation)
    if words.isEmpty { return (source, table.rowCount > 0 && source.isLive(0) ? [0] : []) }
    let rows = table.index(on: Array(words.indices)).rows(forKey: words.map(\.bits))
    return (source, rows.filter { source.isLive($0) })
  }

  /// The claims that deny a fact, in a period that some of its claims speak of; nothing is left out
  /// for a fact without claims of its own.
  func denials(of relation: Relation, _ words: [Word], _ claims: [Claim]) -> [Claim] {
    if relation.denials == nil { return [] }
    let periods = claims.isEmpty ? [.unknown] : claims.map(\.valid)
    return self.claims(of: relation, denied: true, words)
      .filter { evaluation.values.overlap(periods, [$0.valid]) }
  }

  /// The claims that count of a fact, or of the denials that agree with it, since when each could
  /// be known filled in.
  func claims(
    of relation: Relation, denied: Bool = false, _ words: [Word]
  ) -> [Claim] {
    guard let rows = stated(relation.name, denied: denied, words)?.rows,
      let view = base.claimView(of: relation, denied: denied, from: evaluation.perspective)
    else { return [] }
    let facts = Set(rows)
    var claims: [UInt32] = []
    if denied || words.isEmpty {
      claims = (0..<UInt32(view.rowCount)).filter { facts.contains(view.factRow(of: $0)) }
    } else {
      claims = view.index(on: Array(words.indices)).rows(forKey: words.map(\.bits))
        .filter { facts.contains(view.factRow(of: $0)) }
    }
    let dates = base.documentDates
    return claims.map { row in
      var claim = view.claim(at: row)
      if !claim.knownIsGiven, let date = dates[claim.document] {
        claim.known = date
        claim.knownIsGiven = true
      }
      return claim
    }
  }
}
