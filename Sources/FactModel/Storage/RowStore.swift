/// The rows of a derived relation: in the order of their derivation, each once.
///
/// Membership is kept by the cheapest set that fits: a set of words for one column, a matrix of bits
/// for two columns that span few symbols, a set of packed pairs for two columns of symbols, of
/// hashes otherwise. Rows stay for ever, so that boundaries of
/// rounds and of certainty levels are row numbers. For one thread at a time.
public final class RowStore: RowSource {
  /// The number of columns.
  public let arity: Int
  /// The number of rows.
  public private(set) var rowCount = 0

  /// What tells whether a row is there.
  enum Membership {
    case words, pairs, matrix, hashes
  }

  private var columns: [GrowingColumn]
  private(set) var membership: Membership
  var keys = WordSet()
  private var hashes = KeyTable()
  private(set) var matrix: PairMatrix?
  /// What `pairs(before:)` has made, by the number of the view.
  var views: [PairView?] = [nil, nil]
  /// How many pairs there were when a matrix was last found too large.
  private var refused = 0
  var packed: [UInt64] = []
  private var scratch = RowScratch()
  private var indexes: [[Int]: KeyIndex] = [:]
  private var distinct: [Int: (rows: Int, count: Int)] = [:]
  private var charge: MemoryCharge

  /// An empty relation.
  public init(arity: Int, account: MemoryAccount) {
    self.arity = arity
    columns = Array(repeating: GrowingColumn(), count: arity)
    membership = arity == 1 ? .words : arity == 2 ? .pairs : .hashes
    charge = MemoryCharge(account)
  }

  deinit { charge.set(0) }

  /// Bytes held by columns and membership; indexes charge their own.
  public var byteCount: Int {
    let views = self.views.reduce(0) { $0 + ($1?.matrix.byteCount ?? 0) }
    return columns.reduce(keys.byteCount + hashes.byteCount + (matrix?.byteCount ?? 0) + views) {
      $0 + $1.byteCount
    }
  }

  // MARK: Inserting

  /// Appends those of `count` rows, given as columns, that are not there yet.
  ///
  /// Writes the positions of the new rows in the batch, in the order of their row numbers, to the
  /// start of `newSelection`, and returns how many there are. Of equal rows one is new.
  /// Complexity: O(count), expected.
  @discardableResult
  public func insert(columns: [[UInt64]], count: Int, newSelection: inout [UInt32]) -> Int {
    precondition(columns.count == arity, "rows have a word for each column")
    guard count > 0 else { return 0 }
    grow(&newSelection, to: count)
    if arity == 0 {
      newSelection[0] = 0
      let new = rowCount == 0 ? 1 : 0
      rowCount = 1
      return new
    }
    var added = 0
    if membership == .pairs || membership == .matrix {
      if !pack(columns, count) {
        useHashes()
      } else if membership == .matrix {
        if matrix?.covers(packed, count: count) != true { useMatrix(with: count) }
      } else if rowCount >= max(PairMatrix.leastPairs, refused * 4) {
        useMatrix(with: count)
      }
    }
    switch membership {
    case .matrix:
      added = matrix?.insert(packed, count: count, fresh: &newSelection) ?? 0
      append(columns, newSelection, added)
    case .words:
      added = keys.insert(columns[0], count: count, fresh: &newSelection)
      append(columns, newSelection, added)
    case .pairs:
      added = keys.insert(packed, count: count, fresh: &newSelection)
      append(columns, newSelection, added)
    case .hashes:
      added = insertHashed(columns, count, &newSelection)
    }
    charge.set(byteCount)
    return added
  }

  /// Enters one row and says whether it is new.
  @discardableResult
  public func insert(_ words: [UInt64]) -> Bool {
    var selection: [UInt32] = []
    return insert(columns: words.map { [$0] }, count: 1, newSelection: &selection) == 1
  }

  private func append(_ batch: [[UInt64]], _ selection: [UInt32], _ selected: Int) {
    for c in 0..<arity { columns[c].append(batch[c], selection: selection, selected: selected) }
    rowCount += selected
  }

  /// Packs pairs of symbols into words; false where something else is among them.
  func pack(_ batch: [[UInt64]], _ count: Int) -> Bool {
    grow(&packed, to: count)
    let tag = Word(symbol: 0).bits
    let left = batch[0]
    let right = batch[1]
    var other: UInt64 = 0
    for i in 0..<count {
      let a = left[i] ^ tag
      let b = right[i] ^ tag
      other |= a | b
      packed[i] = a &<< 32 | b
    }
    return other &>> 32 == 0
  }

  /// Changes over to a matrix of bits that covers all rows and the packed pairs, or to a set of
  /// packed pairs where it would be too large.
  private func useMatrix(with count: Int) {
    var rowIDs = UInt64.max...UInt64.max
    var columnIDs = UInt64.max...UInt64.max
    for (column, range) in [bounds(of: 0), bounds(of: 1)].enumerated() {
      var low = range?.lowerBound ?? .max
      var high = range?.upperBound ?? 0
      for i in 0..<count {
        let id = column == 0 ? packed[i] &>> 32 : packed[i] & 0xFFFF_FFFF
        low = min(low, id)
        high = max(high, id)
      }
      if column == 0 { rowIDs = low...high } else { columnIDs = low...high }
    }
    let next = PairMatrix(rows: rowIDs, columns: columnIDs, pairs: rowCount + count)
    let hadPairs = membership == .pairs
    if next == nil { refused = rowCount }
    matrix = next
    membership = next == nil ? .pairs : .matrix
    if next == nil, hadPairs { return }
    keys = WordSet()
    let batch = packed
    var fresh: [UInt32] = []
    var left: [UInt64] = []
    var right: [UInt64] = []
    var row = 0
    while row < rowCount {
      let size = min(batchSize, rowCount - row)
      unpack(column: 0, rows: row..<(row + size), into: &left)
      unpack(column: 1, rows: row..<(row + size), into: &right)
      grow(&fresh, to: size)
      _ = pack([left, right], size)
      if matrix != nil {
        _ = matrix?.insert(packed, count: size, fresh: &fresh)
      } else {
        _ = keys.insert(packed, count: size, fresh: &fresh)
      }
      row += size
    }
    packed = batch
  }

  /// The least and the greatest symbol id of a column, nil without rows.
  private func bounds(of column: Int) -> ClosedRange<UInt64>? {
    guard rowCount > 0 else { return nil }
    var words: [UInt64] = []
    var low = UInt64.max
    var high: UInt64 = 0
    var row = 0
    while row < rowCount {
      let size = min(batchSize, rowCount - row)
      unpack(column: column, rows: row..<(row + size), into: &words)
      for i in 0..<size {
        let id = words[i] & 0xFFFF_FFFF
        if id < low { low = id }
        if id > high { high = id }
      }
      row += size
    }
    return low...high
  }

  /// Changes over to hashes of rows, once a pair is not of two symbols.
  private func useHashes() {
    membership = .hashes
    keys = WordSet()
    matrix = nil
    packed = []
    var batch = [[UInt64]](repeating: [], count: arity)
    var partial: [UInt64] = []
    var rowHashes: [UInt32] = []
    var row = 0
    while row < rowCount {
      let size = min(batchSize, rowCount - row)
      for c in 0..<arity { unpack(column: c, rows: row..<(row + size), into: &batch[c]) }
      Hashing.rows(batch, offset: 0, count: size, partial: &partial, into: &rowHashes)
      for i in 0..<size { hashes.insert(hash: rowHashes[i], id: UInt32(row + i)) }
      row += size
    }
  }

  private func insertHashed(
    _ batch: [[UInt64]], _ count: Int, _ selection: inout [UInt32]
  ) -> Int {
    var work = scratch
    scratch = RowScratch()
    work.reserve(min(count, batchSize))
    var added = 0
    var offset = 0
    while offset < count {
      let size = min(batchSize, count - offset)
      Hashing.rows(batch, offset: offset, count: size, partial: &work.partial, into: &work.hashes)
      let fresh = hashes.findOrInsert(
        hashes: work.hashes, count: size, firstID: UInt32(rowCount), ids: &work.ids,
        fresh: &work.fresh)
      let shift = UInt32(truncatingIfNeeded: offset)
      for k in 0..<fresh { work.fresh[k] = work.fresh[k] &+ shift }
      append(batch, work.fresh, fresh)
      for k in 0..<fresh { selection[added &+ k] = work.fresh[k] }
      added += fresh
      let found = work.listCandidates(count: size)
      for c in 0..<arity {
        gather(column: c, rows: work.candidates, count: found, into: &work.words)
        work.compare(batch[c], offset: offset, found: found)
      }
      for k in 0..<found where work.differs[k] != 0 {
        // Another row has the same hash: one at a time is fast enough for these.
        let i = Int(work.positions[k])
        let words = batch.map { $0[offset + i] }
        if findHashed(words, work.hashes[i]) == nil {
          hashes.insert(hash: work.hashes[i], id: UInt32(rowCount))
          append(batch, [UInt32(offset + i)], 1)
          selection[added] = UInt32(offset + i)
          added += 1
        }
      }
      offset += size
    }
    scratch = work
    return added
  }

  // MARK: Looking up

  private func findHashed(_ words: [UInt64], _ hash: UInt32) -> UInt32? {
    var row = hashes.following(noRow, hash: hash)
    while row != noRow {
      if (0..<arity).allSatisfy({ columns[$0].word(at: Int(row)) == words[$0] }) { return row }
      row = hashes.following(row, hash: hash)
    }
    return nil
  }

  /// The row that has these words. Complexity: O(1), after an index at first need for one or two
  /// columns.
  public func find(_ words: [UInt64]) -> UInt32? {
    precondition(words.count == arity, "a row has a word for each column")
    if arity == 0 { return rowCount > 0 ? 0 : nil }
    if membership == .hashes { return findHashed(words, Hashing.row(words)) }
    return index(on: Array(0..<arity)).rows(forKey: words).first
  }

  /// The word of one row. For loops there are `unpack` and `gather`.
  public func word(row: UInt32, column: Int) -> UInt64 { columns[column].word(at: Int(row)) }

  /// Writes the words of one column for a range of rows to the start of `words`.
  public func unpack(column: Int, rows: Range<Int>, into words: inout [UInt64]) {
    grow(&words, to: rows.count)
    columns[column].unpack(rows, into: &words)
  }

  /// Writes the words of one column for the first `count` of `rows` to the start of `words`.
  public func gather(column: Int, rows: [UInt32], count: Int, into words: inout [UInt64]) {
    grow(&words, to: count)
    columns[column].gather(rows, count: count, into: &words)
  }

  /// The index on some columns, covering all rows; built at first need and kept.
  public func index(on columns: [Int]) -> KeyIndex {
    if let index = indexes[columns] {
      index.extend()
      return index
    }
    let index = KeyIndex(owner: self, columns: columns, account: charge.account)
    indexes[columns] = index
    return index
  }

  /// About how many distinct words a column has; exact where an index on it exists.
  public func distinctCount(column: Int) -> Int {
    if let index = indexes[[column]], index.rowLimit == rowCount { return index.keyCount }
    if let known = distinct[column], rowCount < known.rows + known.rows / 4 + 16 {
      return known.count
    }
    let count = estimateDistinct(self, column: column)
    distinct[column] = (rowCount, count)
    return count
  }

  #if DEBUG
    /// Stops the program where columns, membership and indexes disagree.
    public func checkInvariants() {
      for column in columns { precondition(column.count == rowCount) }
      for row in 0..<rowCount {
        let words = columns.map { $0.word(at: row) }
        precondition(find(words) == UInt32(row), "identity of a row")
      }
      if membership != .matrix {
        let members = membership == .hashes ? hashes.count : keys.count
        precondition(members == rowCount || arity == 0)
      }
      for index in indexes.values { index.checkInvariants() }
    }
  #endif
}
