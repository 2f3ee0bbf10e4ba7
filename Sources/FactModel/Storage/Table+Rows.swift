extension Table {
  // MARK: Life

  /// Whether a row counts. Complexity: O(1).
  public func isLive(_ row: UInt32) -> Bool {
    ensureState(ofBlock: Int(row >> 16))
    let bits = live[Int(row >> 16)]
    if bits.isEmpty { return true }
    return bits[Int(row & 0xFFFF) >> 6] >> UInt64(row & 63) & 1 == 1
  }

  /// Lets a row die or come alive; it keeps its number and words either way.
  public func setLive(_ row: UInt32, _ isLive: Bool) {
    guard self.isLive(row) != isLive else { return }
    let block = Int(row >> 16)
    if live[block].isEmpty {
      live[block] = [UInt64](repeating: .max, count: Segment.rowLimit / 64)
    }
    noteChange(ofBlock: block)
    live[block][Int(row & 0xFFFF) >> 6] ^= 1 << UInt64(row & 63)
    liveCount += isLive ? 1 : -1
    updateCharge()
  }

  /// Keeps of the first `count` rows those that are alive, in their order.
  public func compactLive(rows: inout [UInt32], count: inout Int) {
    guard hasDeadRows else { return }
    ensureStates(rows, count)
    let live = self.live
    var kept = 0
    for i in 0..<count {
      let row = rows[i]
      let bits = live[Int(truncatingIfNeeded: row &>> 16)]
      rows[kept] = row
      if bits.isEmpty {
        kept &+= 1
      } else {
        let word = bits[Int(truncatingIfNeeded: (row & 0xFFFF) &>> 6)]
        kept &+= Int(truncatingIfNeeded: (word &>> UInt64(row & 63)) & 1)
      }
    }
    count = kept
  }

  /// Writes the live rows of a range to the start of `rows` and returns how many there are.
  public func liveRows(in range: Range<Int>, into rows: inout [UInt32]) -> Int {
    grow(&rows, to: range.count)
    let first = UInt32(truncatingIfNeeded: range.lowerBound)
    for i in 0..<range.count { rows[i] = first &+ UInt32(truncatingIfNeeded: i) }
    var count = range.count
    compactLive(rows: &rows, count: &count)
    return count
  }

  // MARK: Certainty

  /// How sure a row is.
  public func level(of row: UInt32) -> Certainty {
    ensureState(ofBlock: Int(row >> 16))
    let bytes = levels[Int(row >> 16)]
    if bytes.isEmpty { return .certain }
    return Certainty(rawValue: bytes[Int(row & 0xFFFF)]) ?? .certain
  }

  /// Says how sure a row is.
  public func setLevel(_ row: UInt32, _ level: Certainty) {
    let old = self.level(of: row)
    guard old != level else { return }
    let block = Int(row >> 16)
    if levels[block].isEmpty {
      levels[block] = [UInt8](repeating: 0, count: Segment.rowLimit)
    }
    noteChange(ofBlock: block)
    levels[block][Int(row & 0xFFFF)] = level.rawValue
    if old == .certain { uncertainCount += 1 }
    if level == .certain { uncertainCount -= 1 }
    updateCharge()
  }

  /// Writes the levels of the first `count` rows, as raw values of `Certainty`.
  public func gatherLevels(rows: [UInt32], count: Int, into result: inout [UInt8]) {
    grow(&result, to: count)
    for i in 0..<count { result[i] = 0 }
    guard hasUncertainRows else { return }
    ensureStates(rows, count)
    let levels = self.levels
    for i in 0..<count {
      let row = rows[i]
      let bytes = levels[Int(truncatingIfNeeded: row &>> 16)]
      if !bytes.isEmpty { result[i] = bytes[Int(truncatingIfNeeded: row & 0xFFFF)] }
    }
  }

  // MARK: Whole columns

  /// The least and the greatest word of a column, where all its words are of one kind other than
  /// `number`; nil otherwise, and without rows. Complexity: O(segments + rows of the tail).
  public func bounds(column: Int, kind: WordKind) -> (least: Word, most: Word)? {
    guard rowCount > 0 else { return nil }
    var least = UInt64.max
    var most: UInt64 = 0
    for segment in segments {
      let frame = segment.columns[column]
      guard frame.kinds == 1 << kind.rawValue else { return nil }
      least = min(least, frame.minimum)
      most = max(most, frame.maximum)
    }
    for word in tail[column] {
      least = min(least, word)
      most = max(most, word)
    }
    // Words of one kind lie side by side.
    guard Word(bits: least).kind == kind, Word(bits: most).kind == kind else { return nil }
    return (Word(bits: least), Word(bits: most))
  }

  /// Verifies what of some columns lies in a base and was not verified yet; from then on several
  /// threads may read them.
  public func verify(columns: [Int]) { verify(columns: columns, rows: 0..<rowCount) }

  /// The same for the segments of some rows.
  func verify(columns: [Int], rows: Range<Int>) {
    let first = rows.lowerBound / Segment.rowLimit
    let end = min(segments.count, (rows.upperBound + Segment.rowLimit - 1) / Segment.rowLimit)
    for number in first..<max(first, end) {
      for column in columns {
        if case .stored(let codes) = segments[number].columns[column].codes {
          codes.blob.touch(0, codes.blob.size)
        }
      }
    }
  }

  // MARK: Indexes and counts

  /// The index on some columns, covering all rows; built at first need and kept.
  ///
  /// It finds dead rows as well: what it expands must pass `compactLive`.
  public func index(on columns: [Int]) -> KeyIndex {
    if let index = lastIndex, index.columns == columns {
      index.extend()
      return index
    }
    if let index = indexes[columns] {
      index.extend()
      lastIndex = index
      return index
    }
    let index: KeyIndex
    if let found = stored.flatMap({ StoredIndexRuns($0.indexes, columns: columns) }) {
      index = KeyIndex(owner: self, stored: found, account: account)
    } else {
      index = KeyIndex(owner: self, columns: columns, account: account)
    }
    indexes[columns] = index
    return index
  }

  /// The index on some columns if there is one, as far as it was last extended.
  public func existingIndex(on columns: [Int]) -> KeyIndex? { indexes[columns] }

  /// About how many distinct words a column has; exact where an index on it exists.
  public func distinctCount(column: Int) -> Int {
    if let index = indexes[[column]], index.rowLimit == rowCount { return index.keyCount }
    if let index = stored.flatMap({ StoredIndexRuns($0.indexes, columns: [column]) }),
      rowCount - index.rows <= rowCount / 4
    {
      return index.filledGroups
    }
    if let known = distinct[column], rowCount < known.rows + known.rows / 4 + 16 {
      return known.count
    }
    let count = estimateDistinct(self, column: column)
    distinct[column] = (rowCount, count)
    return count
  }

  /// Words of a column for an estimate: what lies in a base is not verified, which would mean to read
  /// far more than is asked for.
  func sample(column: Int, rows: [UInt32]) -> [UInt64] {
    rows.map { row in
      let block = Int(row >> 16)
      guard block < segments.count, case .stored(let codes) = segments[block].columns[column].codes
      else { return word(row: row, column: column) }
      return segments[block].columns[column].base &+ codes.unverifiedCode(at: Int(row & 0xFFFF))
    }
  }

  #if DEBUG
    /// Stops the program where counts, bitmaps, identity and columns disagree.
    public func checkInvariants() {
      precondition(rowCount == segments.count * Segment.rowLimit + tailCount || arity == 0)
      for segment in segments {
        precondition(segment.columns.count == arity)
        for column in segment.columns {
          precondition(column.count == Segment.rowLimit)
          column.checkInvariants()
        }
      }
      for column in tail { precondition(column.count == tailCount) }
      var alive = 0
      var uncertain = 0
      for row in 0..<UInt32(rowCount) {
        if isLive(row) { alive += 1 }
        if level(of: row) != .certain { uncertain += 1 }
        if isSet { precondition(find(words(row: row)) == row, "identity of a row") }
      }
      precondition(alive == liveCount && uncertain == uncertainCount)
      if isSet, stored == nil { precondition(identityFloor + identity.count == rowCount) }
      for index in indexes.values { index.checkInvariants() }
    }
  #endif
}

/// Estimates the distinct words of a column from at most 4,096 rows spread over all.
///
/// Words seen once in the sample stand for the square root of what was not sampled (the guaranteed
/// error estimator); exact where the sample is everything.
func estimateDistinct(_ source: any RowSource, column: Int) -> Int {
  let total = source.rowCount
  let table = source as? Table
  // Each row of a base is likely to be another page of the file.
  let size = min(total, table?.stored == nil ? 4096 : 1024)
  guard size > 0 else { return 0 }
  var rows = [UInt32](repeating: 0, count: size)
  for i in 0..<size { rows[i] = UInt32(i * total / size) }
  var words: [UInt64] = []
  if let table {
    words = table.sample(column: column, rows: rows)
  } else {
    source.gather(column: column, rows: rows, count: size, into: &words)
  }
  var sorted = Array(words.prefix(size))
  sorted.sort()
  var once = 0
  var distinct = 0
  var i = 0
  while i < size {
    var end = i + 1
    while end < size, sorted[end] == sorted[i] { end += 1 }
    distinct += 1
    if end == i + 1 { once += 1 }
    i = end
  }
  guard size < total else { return distinct }
  // An almost unique sample says that the column is a key; the square root would hide that.
  if once > size * 9 / 10 { return total * (once / 16) / (size / 16) }
  let factor = (Double(total) / Double(size)).squareRoot()
  return min(total, distinct - once + Int(Double(once) * factor))
}

extension Table {
  /// Takes over which rows of another table are alive and how sure they are; both number the same
  /// rows alike.
  func adoptState(of other: Table) {
    precondition(rowCount == other.rowCount, "the same rows")
    other.readAllStates()
    live = other.live
    levels = other.levels
    liveCount = other.liveCount
    uncertainCount = other.uncertainCount
    updateCharge()
  }
}
