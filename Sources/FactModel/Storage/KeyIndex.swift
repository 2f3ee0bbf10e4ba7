/// Rows by key: for some columns of a row source, which rows hold given words.
///
/// Rows up to some point lie in compressed sparse rows: a group for each key, and the rows of a
/// group side by side, ascending. Rows appended since are chained by key, the latest first, and are
/// taken into the groups once they are many. Dead rows are found like all others; equality is that
/// of words, so that a caller for whom unknown joins with nothing leaves it out of the keys.
public final class KeyIndex {
  /// The columns of the key.
  public let columns: [Int]
  /// The number of rows covered; `extend` makes it all of them.
  public var rowLimit: Int { grouped + chained.next.count }

  private(set) unowned var source: any RowSource
  private let kept: (any RowSource)?

  /// How a key is turned into its group.
  enum Lookup {
    /// The words share their upper half, and the lower halves count up closely: group by position.
    case direct(upper: UInt64, least: UInt32)
    /// The words share their upper half: the table's hash is the key.
    case exact(upper: UInt64)
    /// Any words: a group's first row tells whether the key is the one sought.
    case hashed
  }

  var lookup = Lookup.hashed
  var groups = KeyTable()
  var groupCount = 0
  var filledGroups = 0
  /// Where each group begins in `permutation`, and one more for the end.
  var starts: [UInt32] = [0]
  var permutation: [UInt32] = []
  var grouped = 0
  var chained = Chains()
  /// The groups where they lie in a base; then `starts` and `permutation` are empty.
  var stored: StoredIndexRuns?
  var scratch = RowScratch()
  /// Goes up as the groups are built anew, which ends what hits can be expanded.
  var generation = 0
  private var charge: MemoryCharge

  /// Rows appended since the groups were built, chained by key.
  struct Chains {
    var keys = KeyTable()
    /// The latest row of each chain.
    var heads: [UInt32] = []
    /// For each row since, the one before it in its chain, or `noRow`.
    var next: [UInt32] = []

    var byteCount: Int { keys.byteCount + (heads.capacity + next.capacity) * 4 }
  }

  /// An index over all rows that a source has now. It keeps the source.
  public convenience init(source: any RowSource, columns: [Int], account: MemoryAccount? = nil) {
    self.init(source, kept: source, columns: columns, account: account ?? MemoryAccount())
  }

  /// An index that its source keeps, and that therefore does not keep its source.
  public convenience init(owner: any RowSource, columns: [Int], account: MemoryAccount) {
    self.init(owner, kept: nil, columns: columns, account: account)
  }

  /// An index whose groups lie in a base, and which its source keeps.
  convenience init(owner: any RowSource, stored: StoredIndexRuns, account: MemoryAccount) {
    self.init(owner, kept: nil, columns: stored.runs[0].columns, account: account, stored: stored)
  }

  private init(
    _ source: any RowSource, kept: (any RowSource)?, columns: [Int], account: MemoryAccount,
    stored: StoredIndexRuns? = nil
  ) {
    self.source = source
    self.kept = kept
    self.columns = columns
    charge = MemoryCharge(account)
    if let stored {
      self.stored = stored
      grouped = stored.rows
      filledGroups = stored.filledGroups
      lookup = stored.upper.map { .exact(upper: $0) } ?? .hashed
    }
    extend()
  }

  deinit { charge.set(0) }

  /// The number of distinct keys, counted twice where a key has rows on both sides of the last
  /// regrouping; for the order of joins.
  public var keyCount: Int { filledGroups + chained.heads.count }

  /// Bytes held.
  public var byteCount: Int {
    groups.byteCount + (starts.capacity + permutation.capacity) * 4 + chained.byteCount
  }

  /// Covers the rows appended since the last call. Complexity: O(new rows), amortised; where the groups
  /// lie in a base, O(new rows) each time.
  public func extend() {
    let total = source.rowCount
    let new = total - rowLimit
    guard new > 0 else { return }
    // What lies in a base is written anew there: nobody who asks has to wait for all of it.
    if stored == nil, (chained.next.count + new) * 2 > grouped + 64 {
      regroup()
    } else {
      chain(rowLimit..<total)
    }
    charge.set(byteCount)
  }

  /// Goes on as the index of another table that begins with the same rows.
  func move(to owner: any RowSource) {
    source = owner
    extend()
  }

  /// All rows of one key, ascending. For many keys there are `probe` and `expand`.
  public func rows(forKey key: [UInt64]) -> [UInt32] {
    precondition(key.count == columns.count, "a key has a word for each column")
    var hits = Hits()
    probe(keys: key.map { [$0] }, count: 1, into: &hits)
    var found: [UInt32] = []
    if let stored {
      found = storedRows(key[0], stored)
    } else if hits.starts[0] < hits.ends[0] {
      found.append(contentsOf: permutation[Int(hits.starts[0])..<Int(hits.ends[0])])
    }
    var chain: [UInt32] = []
    var row = hits.chains[0]
    while row != noRow {
      chain.append(row)
      row = chained.next[Int(row) - grouped]
    }
    found.append(contentsOf: chain.reversed())
    return found
  }

  #if DEBUG
    /// Stops the program where a group or a chain holds a wrong row, or a row is missing.
    public func checkInvariants() {
      if stored != nil { regroup() }
      precondition(permutation.count == grouped && Int(starts.last ?? 0) == grouped)
      var seen = [Bool](repeating: false, count: rowLimit)
      func key(_ row: UInt32) -> [UInt64] {
        columns.map { column in
          var words: [UInt64] = []
          source.gather(column: column, rows: [row], count: 1, into: &words)
          return words[0]
        }
      }
      for group in 0..<groupCount {
        let rows = permutation[Int(starts[group])..<Int(starts[group + 1])]
        guard let first = rows.first else { continue }
        let wanted = key(first)
        var last: UInt32?
        for row in rows {
          precondition(last.map { $0 < row } ?? true, "rows of a group ascend")
          precondition(key(row) == wanted, "rows of a group share their key")
          seen[Int(row)] = true
          last = row
        }
      }
      for head in chained.heads {
        let wanted = key(head)
        var row = head
        while row != noRow {
          precondition(key(row) == wanted && Int(row) >= grouped, "rows of a chain share their key")
          seen[Int(row)] = true
          row = chained.next[Int(row) - grouped]
        }
      }
      precondition(!seen.contains(false), "every row is in the index")
    }
  #endif
}
