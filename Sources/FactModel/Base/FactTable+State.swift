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

  /// What a long statement goes back to where it is given up.
  public struct Mark {
    fileprivate let rowCount: Int
    fileprivate let plainCount: Int
  }

  /// The table as it is now; nil where stating plain facts may do more than add rows.
  public var mark: Mark? {
    guard journal == nil, facts.stored == nil, claims.rowCount == 0, !facts.hasDeadRows,
      !facts.hasUncertainRows
    else { return nil }
    return Mark(rowCount: facts.rowCount, plainCount: plainCount)
  }

  /// Takes back the plain facts that were stated since; nothing else may have been done.
  public func rollBack(to mark: Mark) {
    facts.truncate(to: mark.rowCount)
    plainCount = mark.plainCount
    version += 1
  }

  /// States one fact: adds it if it is new, and the claim if the fact has not the same one open.
  @discardableResult
  public func state(_ words: [UInt64], _ claim: Claim = .plain) -> (
    row: UInt32, newFact: Bool, newClaim: Bool
  ) {
    journal?.stated(words, claim)
    let (row, isNew) = facts.insert(words)
    let wasLive = !isNew && facts.isLive(row)
    let added = isNew ? addFirst(claim, to: row) : add(claim, to: row)
    if added { version += 1 }
    return (row, !wasLive, added)
  }

  /// States `count` facts given as columns, each with its claim. `rows` gets where they are.
  ///
  /// `frames` are the columns packed, where the facts fill a segment. Complexity: O(count),
  /// expected, and the claims of those facts that have some.
  @discardableResult
  public func state(
    columns: [[UInt64]], count: Int, frames: [Column] = [], claims batch: ClaimBatch,
    rows: inout [UInt32]
  ) -> Stated {
    journal?.stated(columns, count, batch)
    var isNew: [Bool] = []
    var stated = Stated()
    stated.newFacts = facts.insert(
      columns: columns, count: count, frames: frames, rows: &rows, isNew: &isNew)
    stated.newClaims = stated.newFacts
    if batch.isPlain {
      plainCount += stated.newFacts
    } else if stated.newFacts > 0 {
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
}
