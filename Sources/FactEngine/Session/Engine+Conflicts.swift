import FactModel

/// Two statements that do not go together.
public struct Conflict: Sendable, Hashable {
  /// Why they do not.
  public enum Kind: String, Sendable {
    /// One denies the other.
    case denied
    /// They are of one key and cannot both hold.
    case key
  }

  /// Why they do not go together.
  public let kind: Kind
  /// The fact.
  public let statement: String
  /// Who states it: sources, or documents where no source is given; empty for what rules derive.
  public let sources: [Word]
  /// The denial, or the other fact.
  public let against: String
  /// Who states that.
  public let againstSources: [Word]
  /// How sure the fact is.
  public var certainty = Certainty.certain
  /// How sure the denial or the other fact is.
  public var againstCertainty = Certainty.certain
}

extension Engine {
  /// The most conflicts that are listed.
  public static let conflictLimit = 10_000

  /// Facts that hold and are denied, and facts of one key that cannot both hold, as of the moment
  /// of the session.
  ///
  /// Two facts of a key cannot both hold where they differ in an attribute that both know, unless
  /// ranges or spans overlap there, and where their valid periods overlap.
  /// Complexity: O(facts) of relations with a key, and the pairs within each key.
  ///
  /// - Throws: `EngineError` where it was stopped or a limit was reached.
  public func conflicts() throws -> [Conflict] {
    resolver.today = today
    let evaluation = Evaluation(engine: self)
    let names = base.relations.filter { relation in
      relation.denials != nil || relation.schema.attributes.contains(where: \.isKey)
    }
    try derive(Set(names.map(\.name)), in: evaluation)
    var found: [Conflict] = []
    for relation in names {
      found += try denied(relation, evaluation)
      found += try excluding(relation, evaluation)
    }
    if found.count > Engine.conflictLimit {
      notices.append("\(found.count) conflicts; the first \(Engine.conflictLimit) are listed")
      found.removeLast(found.count - Engine.conflictLimit)
    }
    return found
  }

  private func denied(_ relation: Relation, _ evaluation: Evaluation) throws -> [Conflict] {
    let finder = DisputeFinder(evaluation: evaluation)
    let denials = try finder.denials(of: relation)
    if denials.isEmpty { return [] }
    let pairs = try finder.statedPairs(of: relation, denials)
    let stating = sources(of: relation, denied: false, evaluation)
    let denying = sources(of: relation, denied: true, evaluation)
    let stated = evaluation.stated(relation)
    let denied = try evaluation.scanSource(.denials(relation.name))
    var result = pairs.map { pair in
      Conflict(
        kind: .denied, statement: relation.text(of: pair.fact, base.values),
        sources: stating[pair.fact] ?? [],
        against: "-" + relation.text(of: pair.denial, denied: true, base.values),
        againstSources: denying[pair.denial] ?? [], certainty: stated.certainty(of: pair.fact),
        againstCertainty: denied.certainty(of: pair.denial))
    }
    guard evaluation.derived[relation.name] != nil else { return result }
    let derived = try evaluation.scanSource(.relation(relation.name))
    let known = Set(result.map(\.statement))
    for denial in denials {
      for words in try finder.derivedRows(relation.name, arity: relation.arity, [denial]) {
        let text = relation.text(of: words.map(Word.init(bits:)), base.values)
        if known.contains(text) { continue }
        let rows = words.isEmpty ? [0] : derived.index(on: Array(words.indices)).rows(forKey: words)
        result.append(
          Conflict(
            kind: .denied, statement: text, sources: [],
            against: "-" + relation.text(of: denial.row, denied: true, base.values),
            againstSources: denying[denial.row] ?? [],
            certainty: rows.first.map { derived.certainty(of: $0) } ?? .certain,
            againstCertainty: denied.certainty(of: denial.row)))
      }
    }
    return result
  }

  private func excluding(_ relation: Relation, _ evaluation: Evaluation) throws -> [Conflict] {
    let attributes = relation.schema.attributes
    let keys = attributes.indices.filter { attributes[$0].isKey }
    let others = attributes.indices.filter { !attributes[$0].isKey }
    if keys.isEmpty || others.isEmpty { return [] }
    let isDerived = evaluation.derived[relation.name] != nil
    let source = try evaluation.scanSource(.relation(relation.name))
    let rows = (0..<UInt32(source.rows.rowCount)).filter { source.isLive($0) }
    let columns = attributes.indices.map { column in
      var words: [UInt64] = []
      source.rows.gather(column: column, rows: rows, count: rows.count, into: &words)
      return words
    }
    var table = GroupTable(keyCount: keys.count)
    var groups: [Int32] = []
    table.assign(keys.map { columns[$0] }, rowCount: rows.count, into: &groups)
    var members = [[Int]](repeating: [], count: table.count)
    let unknown = Word.unknown.bits
    for row in rows.indices where !keys.contains(where: { columns[$0][row] == unknown }) {
      members[Int(groups[row])].append(row)
    }
    var pairs: [(Int, Int)] = []
    for group in members where group.count > 1 {
      try evaluation.checkpoint()
      for (place, left) in group.enumerated() {
        for right in group[(place + 1)...]
        where others.contains(where: { excludes(columns[$0][left], columns[$0][right]) }) {
          pairs.append((left, right))
        }
        if pairs.count > Engine.conflictLimit { break }
      }
    }
    if pairs.isEmpty { return [] }
    let stating = isDerived ? [:] : sources(of: relation, denied: false, evaluation)
    let periods =
      isDerived
      ? [:]
      : DisputeFinder(evaluation: evaluation).periods(
        of: relation, denied: false, rows: Set(pairs.flatMap { [rows[$0.0], rows[$0.1]] }))
    func text(_ row: Int) -> String {
      relation.text(of: columns.map { Word(bits: $0[row]) }, base.values)
    }
    return pairs.compactMap { left, right in
      let first = rows[left]
      let second = rows[right]
      guard base.values.overlap(periods[first] ?? [.unknown], periods[second] ?? [.unknown]) else {
        return nil
      }
      return Conflict(
        kind: .key, statement: text(left), sources: stating[first] ?? [], against: text(right),
        againstSources: stating[second] ?? [], certainty: source.certainty(of: first),
        againstCertainty: source.certainty(of: second))
    }
  }

  /// Whether two values of one attribute cannot both hold.
  private func excludes(_ left: UInt64, _ right: UInt64) -> Bool {
    let unknown = Word.unknown.bits
    if left == right || left == unknown || right == unknown { return false }
    return base.values.compare(.overlaps, Word(bits: left), Word(bits: right)) == .never
  }

  /// Who claims each fact or denial of a relation.
  private func sources(
    of relation: Relation, denied: Bool, _ evaluation: Evaluation
  ) -> [UInt32: [Word]] {
    guard
      let view = base.claimView(of: relation, denied: denied, from: evaluation.perspective)
    else { return [:] }
    var result: [UInt32: [Word]] = [:]
    for row in 0..<UInt32(view.rowCount) {
      let claim = view.claim(at: row)
      let who = claim.source == .unknown ? claim.document : claim.source
      let fact = view.factRow(of: row)
      if who != .unknown, result[fact]?.contains(who) != true {
        result[fact, default: []].append(who)
      }
    }
    return result
  }
}

extension ScanSource {
  /// How sure one row is.
  fileprivate func certainty(of row: UInt32) -> Certainty {
    guard isUncertain else { return .certain }
    var levels: [UInt8] = [0]
    var scratch: [UInt8] = [0]
    raiseLevels(rows: [row], count: 1, levels: &levels, scratch: &scratch)
    return Certainty(rawValue: levels[0]) ?? .possible
  }
}
