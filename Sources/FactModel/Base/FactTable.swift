/// The facts of one relation, or its denials, and the claims that state them.
///
/// A fact without an entry among the claims has exactly one plain claim, so that plain facts cost
/// nothing beyond themselves; a second claim writes the first one out. How sure a fact is (the best
/// of its open claims) and whether it stands at all (has an open one) is kept in the table of facts
/// as claims come and go, so that a query without `as of` never looks at claims.
public final class FactTable {
  /// The words of the facts; dead where no claim is open.
  public internal(set) var facts: Table
  /// The claims, by row; those retracted or erased are dead. Columns are `ClaimColumn`s.
  public let claims: Table
  /// Goes up with every change.
  public internal(set) var version = 0
  /// When claims were retracted, by their row.
  var retractions: [UInt32: Word] = [:]
  /// One bit a fact: whether it has entries among the claims.
  var hasEntries: [UInt64] = []
  /// The number of live facts that have no entry.
  var plainCount = 0
  /// Where changes are noted, for a base that is kept on disk.
  var journal: TableJournal?
  /// Reads from a base which facts have entries and what was retracted, before that is asked.
  var restore: (() -> Void)?
  /// Whether `retractions` has changed since it was stored.
  var hasChangedRetractions = false
  var view: (version: Int, perspective: Perspective, view: ClaimView)?
  var filter: (version: Int, perspective: Perspective, filter: RowFilter?)?

  /// The columns of `claims`.
  enum ClaimColumn {
    static let fact = 0
    static let source = 1
    static let document = 2
    static let place = 3
    static let certainty = 4
    static let known = 5
    static let knownIsGiven = 6
    static let valid = 7
    static let count = 8
  }

  /// No facts yet.
  public init(arity: Int, account: MemoryAccount) {
    facts = Table(arity: arity, account: account)
    claims = Table(arity: ClaimColumn.count, account: account, isSet: false)
  }

  /// The number of facts that stand.
  public var factCount: Int { facts.liveCount }

  /// The number of open claims.
  public var claimCount: Int { plainCount + claims.liveCount }

  // MARK: Claims of a fact

  @inline(__always)
  func ensureRestored() {
    if restore != nil { runRestore() }
  }

  private func runRestore() {
    let enter = restore
    restore = nil
    enter?()
  }

  /// Whether a fact has entries among the claims.
  func hasEntries(_ row: UInt32) -> Bool {
    ensureRestored()
    let at = Int(row >> 6)
    return at < hasEntries.count && hasEntries[at] >> UInt64(row & 63) & 1 == 1
  }

  func setHasEntries(_ row: UInt32) {
    ensureRestored()
    let at = Int(row >> 6)
    if at >= hasEntries.count {
      let wanted = (facts.rowCount + 63) / 64
      hasEntries.append(contentsOf: repeatElement(0, count: wanted - hasEntries.count))
    }
    hasEntries[at] |= 1 << UInt64(row & 63)
    facts.noteChange(ofBlock: Int(row >> 16))
  }

  /// The rows of a fact's entries among the claims, dead ones included.
  func entries(of fact: UInt32) -> [UInt32] {
    guard hasEntries(fact) else { return [] }
    return claims.index(on: [ClaimColumn.fact]).rows(forKey: [FactTable.reference(fact)])
  }

  /// How a fact's row is written in a column.
  static func reference(_ row: UInt32) -> UInt64 { Word(symbol: row).bits }

  /// The claim in a row of `claims`, with the day of its retraction if there was one.
  func claim(inRow row: UInt32) -> Claim {
    ensureRestored()
    var claim = FactTable.claim(in: claims, row: row)
    if let until = retractions[row] { claim.until = until }
    return claim
  }

  /// The claim in a row of a table of claims, as it was stated.
  static func claim(in claims: Table, row: UInt32) -> Claim {
    func word(_ column: Int) -> Word { Word(bits: claims.word(row: row, column: column)) }
    var claim = Claim()
    claim.source = word(ClaimColumn.source)
    claim.document = word(ClaimColumn.document)
    claim.place = word(ClaimColumn.place)
    let level = word(ClaimColumn.certainty).symbol
    claim.certainty = Certainty(rawValue: UInt8(truncatingIfNeeded: level)) ?? .certain
    claim.known = word(ClaimColumn.known)
    claim.knownIsGiven = word(ClaimColumn.knownIsGiven).symbol == 1
    claim.valid = word(ClaimColumn.valid)
    return claim
  }

  /// The words of a claim in the order of the columns.
  private func words(of claim: Claim, fact: UInt32) -> [UInt64] {
    [
      FactTable.reference(fact), claim.source.bits, claim.document.bits, claim.place.bits,
      Word(symbol: UInt32(claim.certainty.rawValue)).bits, claim.known.bits,
      Word(symbol: claim.knownIsGiven ? 1 : 0).bits, claim.valid.bits,
    ]
  }

  /// The claims of a fact, in the order stated; with `all`, those retracted too.
  public func claims(of fact: UInt32, all: Bool = false) -> [Claim] {
    guard hasEntries(fact) else { return facts.isLive(fact) ? [.plain] : [] }
    var result: [Claim] = []
    for row in entries(of: fact) {
      if claims.isLive(row) || all && retractions[row] != nil {
        result.append(claim(inRow: row))
      }
    }
    return result
  }

  /// Whether a claim was retracted and not erased since.
  public var hasRetractions: Bool {
    ensureRestored()
    return !retractions.isEmpty
  }

  /// Writes a claim of a fact, which must not have the same one open.
  func appendEntry(_ claim: Claim, of fact: UInt32) -> UInt32 {
    let row = claims.insert(words(of: claim, fact: fact)).row
    setHasEntries(fact)
    return row
  }

  /// Writes out the plain claim of a fact that has no entries.
  func writeDefault(of fact: UInt32) -> UInt32 {
    plainCount -= 1
    return appendEntry(.plain, of: fact)
  }

  // MARK: Extending

  /// Adds columns at the end, unknown in the facts that are there; rows keep their numbers.
  ///
  /// Denials leave the new attributes open instead. Complexity: O(facts).
  func extend(to arity: Int, filling word: Word) {
    ensureRestored()
    let old = facts
    let new = Table(arity: arity, account: old.account)
    var batch = [[UInt64]](
      repeating: [UInt64](repeating: word.bits, count: batchSize), count: arity)
    var rows: [UInt32] = []
    var isNew: [Bool] = []
    var row = 0
    while row < old.rowCount {
      let size = min(batchSize, old.rowCount - row)
      for c in 0..<old.arity { old.unpack(column: c, rows: row..<(row + size), into: &batch[c]) }
      new.insert(columns: batch, count: size, rows: &rows, isNew: &isNew)
      row += size
    }
    new.adoptState(of: old)
    facts = new
    version += 1
  }

  #if DEBUG
    /// Stops the program where facts and claims disagree.
    public func checkInvariants() {
      facts.checkInvariants()
      claims.checkInvariants()
      var plain = 0
      for row in 0..<UInt32(facts.rowCount) {
        let open = claims(of: row)
        precondition(facts.isLive(row) == !open.isEmpty, "a fact stands by its open claims")
        precondition(Set(open).count == open.count, "open claims of a fact differ")
        if let best = open.map(\.certainty.rawValue).min() {
          precondition(facts.level(of: row).rawValue == best, "a fact is as sure as its best claim")
        }
        if !hasEntries(row), facts.isLive(row) { plain += 1 }
      }
      precondition(plain == plainCount)
      ensureRestored()
      for row in retractions.keys { precondition(!claims.isLive(row)) }
    }
  #endif
}
