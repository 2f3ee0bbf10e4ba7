extension FactTable {
  /// What stating a batch did.
  public struct Stated: Hashable, Sendable {
    /// Facts that did not stand before.
    public var newFacts = 0
    /// Claims that were not open before, those of new facts included.
    public var newClaims = 0

    /// Nothing new.
    public init() {}
  }

  /// States one fact: adds it if it is new, and the claim if the fact has not the same one open.
  @discardableResult
  public func state(_ words: [UInt64], _ claim: Claim = .plain) -> (
    row: UInt32, newFact: Bool, newClaim: Bool
  ) {
    let (row, isNew) = facts.insert(words)
    let wasLive = !isNew && facts.isLive(row)
    let added = isNew ? addFirst(claim, to: row) : add(claim, to: row)
    if added { version += 1 }
    return (row, !wasLive, added)
  }

  /// States `count` facts given as columns, each with its claim. `rows` gets where they are.
  ///
  /// Complexity: O(count), expected; a further claim of a fact that has some takes longer than the
  /// first one.
  @discardableResult
  public func state(
    columns: [[UInt64]], count: Int, claims batch: ClaimBatch, rows: inout [UInt32]
  ) -> Stated {
    var isNew: [Bool] = []
    var stated = Stated()
    stated.newFacts = facts.insert(columns: columns, count: count, rows: &rows, isNew: &isNew)
    stated.newClaims = stated.newFacts
    if batch.isPlain {
      plainCount += stated.newFacts
    } else {
      addFirst(batch, rows, isNew, count)
    }
    if stated.newFacts < count {
      let isSimple = batch.isPlain && claims.rowCount == 0 && !facts.hasDeadRows
      if !isSimple { addFurther(batch, rows, isNew, count, &stated) }
    }
    if stated.newClaims > 0 { version += 1 }
    return stated
  }

  /// The claim of a fact that was never there.
  private func addFirst(_ claim: Claim, to row: UInt32) -> Bool {
    if claim.isPlain {
      plainCount += 1
    } else {
      _ = appendEntry(claim, of: row)
      facts.setLevel(row, claim.certainty)
    }
    return true
  }

  /// A claim of a fact that is there, dead or alive; false where the same is open already.
  func add(_ claim: Claim, to row: UInt32) -> Bool {
    let wasLive = facts.isLive(row)
    var stated = claim
    stated.until = .unknown
    if !hasEntries(row) {
      if stated.isPlain {
        if wasLive { return false }
        plainCount += 1
        facts.setLive(row, true)
        facts.setLevel(row, .certain)
        return true
      }
      if wasLive { _ = writeDefault(of: row) }
    } else {
      for entry in entries(of: row) where claims.isLive(entry) {
        if self.claim(inRow: entry) == stated { return false }
      }
    }
    _ = appendEntry(stated, of: row)
    if !wasLive {
      facts.setLive(row, true)
      facts.setLevel(row, stated.certainty)
    } else if stated.certainty.rawValue < facts.level(of: row).rawValue {
      facts.setLevel(row, stated.certainty)
    }
    return true
  }

  /// The claims of those facts of a batch that were never there.
  private func addFirst(_ batch: ClaimBatch, _ rows: [UInt32], _ isNew: [Bool], _ count: Int) {
    var columns = [[UInt64]](repeating: [], count: ClaimColumn.count)
    var factRows: [UInt32] = []
    func fill(_ column: Int, _ position: Int, _ words: [UInt64]?, _ common: Word) {
      if let words {
        columns[column].append(words[position])
      } else {
        columns[column].append(common.bits)
      }
    }
    for i in 0..<count where isNew[i] {
      let claim = batch.claim(at: i)
      if claim.isPlain {
        plainCount += 1
        continue
      }
      let row = rows[i]
      factRows.append(row)
      columns[ClaimColumn.fact].append(FactTable.reference(row))
      fill(ClaimColumn.source, i, batch.sources, claim.source)
      fill(ClaimColumn.document, i, batch.documents, claim.document)
      fill(ClaimColumn.place, i, batch.places, claim.place)
      columns[ClaimColumn.certainty].append(Word(symbol: UInt32(claim.certainty.rawValue)).bits)
      fill(ClaimColumn.known, i, batch.known, claim.known)
      columns[ClaimColumn.knownIsGiven].append(Word(symbol: claim.knownIsGiven ? 1 : 0).bits)
      fill(ClaimColumn.valid, i, batch.valid, claim.valid)
      setHasEntries(row)
      if claim.certainty != .certain { facts.setLevel(row, claim.certainty) }
    }
    var claimRows: [UInt32] = []
    var claimIsNew: [Bool] = []
    claims.insert(columns: columns, count: factRows.count, rows: &claimRows, isNew: &claimIsNew)
  }

  /// The claims of those facts of a batch that were there before, or stood earlier in the batch.
  private func addFurther(
    _ batch: ClaimBatch, _ rows: [UInt32], _ isNew: [Bool], _ count: Int, _ stated: inout Stated
  ) {
    let isPlain = batch.isPlain
    for i in 0..<count where !isNew[i] {
      let row = rows[i]
      let wasLive = facts.isLive(row)
      if isPlain, wasLive, !hasEntries(row) { continue }
      if add(batch.claim(at: i), to: row) {
        stated.newClaims += 1
        if !wasLive { stated.newFacts += 1 }
      }
    }
  }
}
