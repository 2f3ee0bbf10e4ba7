/// The claims of a relation as rows: its attributes, then source, document, place, certainty, known
/// and valid. What `rating(F, C, V, @source: S)` scans.
///
/// One row for each claim that counts from the view's perspective. Since when a claim could be known
/// is filled in from its document where it was left out. A view does not change; ask for another
/// after the facts have.
public final class ClaimView: RowSource {
  /// The qualifiers in the order of their columns, which follow the attributes.
  public enum Qualifier: Int, Sendable, CaseIterable {
    /// As in the language.
    case source, document, place, certainty, known, valid

    /// The name after the `@`.
    public var name: String {
      switch self {
      case .source: "source"
      case .document: "document"
      case .place: "place"
      case .certainty: "certainty"
      case .known: "known"
      case .valid: "valid"
      }
    }
  }

  /// The attributes and the six qualifiers.
  public let arity: Int
  /// The number of claims.
  public var rowCount: Int { factRows.count }

  private let facts: Table
  private let claims: Table
  private let documents: [Word: Word]
  private let certaintyWords: [Word]
  private let factRows: [UInt32]
  /// The row among the claims, or `noRow` for a plain claim that has none.
  private let claimRows: [UInt32]
  /// Whether some claim is less than certain.
  public let hasUncertainRows: Bool
  private var indexes: [[Int]: KeyIndex] = [:]
  private var charge: MemoryCharge

  init(
    of table: FactTable, judge: ClaimJudge, documents: [Word: Word], certaintyWords: [Word]
  ) {
    facts = table.facts
    claims = table.claims
    arity = table.facts.arity + Qualifier.allCases.count
    self.documents = documents
    self.certaintyWords = certaintyWords
    let counted = table.claims(judge)
    factRows = counted.facts
    claimRows = counted.entries
    hasUncertainRows = counted.levels.contains { $0 != 0 }
    charge = MemoryCharge(table.facts.account)
    charge.set((factRows.capacity + claimRows.capacity) * 4)
  }

  deinit { charge.set(0) }

  /// The fact that a row is a claim of.
  public func factRow(of row: UInt32) -> UInt32 { factRows[Int(row)] }

  /// Writes the facts that the first `count` of `rows` are claims of.
  public func gatherFactRows(rows: [UInt32], count: Int, into result: inout [UInt32]) {
    grow(&result, to: count)
    for i in 0..<count { result[i] = factRows[Int(rows[i])] }
  }

  /// The claim in a row, as it was stated.
  public func claim(at row: UInt32) -> Claim {
    let entry = claimRows[Int(row)]
    return entry == noRow ? .plain : FactTable.claim(in: claims, row: entry)
  }

  /// Writes how sure the first `count` of `rows` are, as raw values of `Certainty`.
  public func gatherLevels(rows: [UInt32], count: Int, into result: inout [UInt8]) {
    grow(&result, to: count)
    for i in 0..<count { result[i] = 0 }
    guard hasUncertainRows else { return }
    var words: [UInt64] = []
    gatherEntries(FactTable.ClaimColumn.certainty, rows, count, Word(symbol: 0), &words)
    for i in 0..<count { result[i] = UInt8(truncatingIfNeeded: words[i]) }
  }

  /// Writes the words of one column for a range of rows to the start of `words`.
  public func unpack(column: Int, rows: Range<Int>, into words: inout [UInt64]) {
    let numbers = (UInt32(rows.lowerBound)..<UInt32(rows.upperBound)).map { $0 }
    gather(column: column, rows: numbers, count: numbers.count, into: &words)
  }

  /// Writes the words of one column for the first `count` of `rows` to the start of `words`.
  public func gather(column: Int, rows: [UInt32], count: Int, into words: inout [UInt64]) {
    if column < facts.arity {
      var numbers: [UInt32] = []
      gatherFactRows(rows: rows, count: count, into: &numbers)
      facts.gather(column: column, rows: numbers, count: count, into: &words)
      return
    }
    guard let qualifier = Qualifier(rawValue: column - facts.arity) else { return }
    switch qualifier {
    case .source:
      gatherEntries(FactTable.ClaimColumn.source, rows, count, .unknown, &words)
    case .document:
      gatherEntries(FactTable.ClaimColumn.document, rows, count, .unknown, &words)
    case .place:
      gatherEntries(FactTable.ClaimColumn.place, rows, count, .unknown, &words)
    case .valid:
      gatherEntries(FactTable.ClaimColumn.valid, rows, count, .unknown, &words)
    case .certainty:
      gatherEntries(FactTable.ClaimColumn.certainty, rows, count, Word(symbol: 0), &words)
      for i in 0..<count {
        words[i] = certaintyWords[Int(UInt8(truncatingIfNeeded: words[i]))].bits
      }
    case .known:
      gatherKnown(rows, count, &words)
    }
  }

  private func gatherKnown(_ rows: [UInt32], _ count: Int, _ words: inout [UInt64]) {
    gatherEntries(FactTable.ClaimColumn.known, rows, count, .unknown, &words)
    var given: [UInt64] = []
    var published: [UInt64] = []
    gatherEntries(FactTable.ClaimColumn.knownIsGiven, rows, count, Word(symbol: 0), &given)
    gatherEntries(FactTable.ClaimColumn.document, rows, count, .unknown, &published)
    let isGiven = Word(symbol: 1).bits
    for i in 0..<count where given[i] != isGiven {
      words[i] = (documents[Word(bits: published[i])] ?? .unknown).bits
    }
  }

  /// Words of a column of the claims, `missing` for claims that have no row there.
  private func gatherEntries(
    _ column: Int, _ rows: [UInt32], _ count: Int, _ missing: Word, _ words: inout [UInt64]
  ) {
    grow(&words, to: count)
    var entries = [UInt32](repeating: 0, count: count)
    var found = 0
    for i in 0..<count {
      let entry = claimRows[Int(rows[i])]
      entries[found] = entry
      if entry != noRow { found &+= 1 }
    }
    guard found < count else {
      claims.gather(column: column, rows: entries, count: found, into: &words)
      return
    }
    var stated: [UInt64] = []
    claims.gather(column: column, rows: entries, count: found, into: &stated)
    var next = 0
    for i in 0..<count {
      if claimRows[Int(rows[i])] == noRow {
        words[i] = missing.bits
      } else {
        words[i] = stated[next]
        next &+= 1
      }
    }
  }

  /// The index on some columns, built at first need and kept.
  public func index(on columns: [Int]) -> KeyIndex {
    if let index = indexes[columns] { return index }
    let index = KeyIndex(owner: self, columns: columns, account: facts.account)
    indexes[columns] = index
    return index
  }

  /// About how many distinct words a column has.
  public func distinctCount(column: Int) -> Int { estimateDistinct(self, column: column) }
}

extension FactTable {
  /// The claims that count: the fact of each, its row among the claims (or `noRow`), its certainty.
  func claims(_ judge: ClaimJudge) -> (facts: [UInt32], entries: [UInt32], levels: [UInt8]) {
    ensureRestored()
    var factRows: [UInt32] = []
    factRows.reserveCapacity(claimCount)
    var rows: [UInt32] = []
    var row = 0
    while row < facts.rowCount, plainCount > 0 {
      let end = min(row + batchSize, facts.rowCount)
      let count = facts.liveRows(in: row..<end, into: &rows)
      for i in 0..<count where !hasEntries(rows[i]) { factRows.append(rows[i]) }
      row = end
    }
    var entries = [UInt32](repeating: noRow, count: factRows.count)
    var levels = [UInt8](repeating: 0, count: factRows.count)
    entries.reserveCapacity(claimCount)
    levels.reserveCapacity(claimCount)
    let isNow = judge.perspective == .now
    let isPast = judge.perspective.asOf != nil
    var words = [[UInt64]](repeating: [], count: ClaimColumn.count)
    let needed = isNow ? [ClaimColumn.fact, ClaimColumn.certainty] : Array(0..<ClaimColumn.count)
    row = 0
    while row < claims.rowCount {
      let end = min(row + batchSize, claims.rowCount)
      for c in needed { claims.unpack(column: c, rows: row..<end, into: &words[c]) }
      for i in 0..<(end - row) {
        let entry = UInt32(truncatingIfNeeded: row &+ i)
        let isOpen = claims.isLive(entry)
        var until = Word.unknown
        if !isOpen {
          guard isPast, let closed = retractions[entry] else { continue }
          until = closed
        }
        if !isNow {
          let document = Word(bits: words[ClaimColumn.document][i])
          let isGiven = words[ClaimColumn.knownIsGiven][i] == Word(symbol: 1).bits
          let known = isGiven ? Word(bits: words[ClaimColumn.known][i]) : nil
          let valid = Word(bits: words[ClaimColumn.valid][i])
          if !judge.counts(known: known, document, valid: valid, until: until) { continue }
        }
        let fact = UInt32(truncatingIfNeeded: words[ClaimColumn.fact][i])
        // Only a damaged base has claims of no fact.
        guard Int(fact) < facts.rowCount else { continue }
        factRows.append(fact)
        entries.append(entry)
        levels.append(UInt8(truncatingIfNeeded: words[ClaimColumn.certainty][i]))
      }
      row = end
    }
    return (factRows, entries, levels)
  }

  /// The claims that count from a perspective as rows; the last one is kept until something changes.
  func claimView(
    _ perspective: Perspective, values: ValueStore, documents: [Word: Word],
    documentsVersion: Int, certaintyWords: [Word]
  ) -> ClaimView {
    let current = version + documentsVersion
    if let view, view.version == current, view.perspective == perspective { return view.view }
    let judge = ClaimJudge(perspective, values: values, documents: documents)
    let made = ClaimView(
      of: self, judge: judge, documents: documents, certaintyWords: certaintyWords)
    view = (current, perspective, made)
    return made
  }

  /// Which facts count from a perspective; nil where it is the present one, kept in the table itself.
  func rowFilter(
    _ perspective: Perspective, values: ValueStore, documents: [Word: Word], documentsVersion: Int
  ) -> RowFilter? {
    guard perspective != .now else { return nil }
    let current = version + documentsVersion
    if let filter, filter.version == current, filter.perspective == perspective {
      return filter.filter
    }
    let judge = ClaimJudge(perspective, values: values, documents: documents)
    let made = RowFilter(rowCount: facts.rowCount)
    let counted = claims(judge)
    made.add(counted.facts, counted.levels, rowCount: facts.rowCount)
    filter = (current, perspective, made)
    return made
  }
}
