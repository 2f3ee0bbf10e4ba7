/// Stored rows: sealed segments of frames, and a tail of plain words that becomes the next one.
///
/// A row number is dense and for ever: segment and offset in one. Rows die and come alive again but
/// never move. Not for use from several threads at once while it changes.
public final class Table: RowSource {
  /// The number of columns.
  public let arity: Int
  /// Whether equal rows are one; otherwise rows are only ever appended.
  public let isSet: Bool
  /// The number of rows ever inserted, dead ones included.
  public internal(set) var rowCount = 0
  /// The number of rows that are alive.
  public internal(set) var liveCount = 0
  /// The number of rows that are less than certain, dead ones included.
  public internal(set) var uncertainCount = 0

  var segments: [Segment] = []
  /// The same frames by column, for rows that lie far apart.
  var paged: [PagedColumn]
  var tail: [[UInt64]]
  var tailCount = 0
  var identity = KeyTable()
  /// One bit a row and one array a segment; empty where all rows of the segment are alive.
  var live: [[UInt64]] = []
  /// One byte a row and one array a segment; empty where all rows of the segment are certain.
  var levels: [[UInt8]] = []
  var indexes: [[Int]: KeyIndex] = [:] { didSet { lastIndex = nil } }
  /// The index that was asked for last: finding it again takes no hashing.
  var lastIndex: KeyIndex?
  var distinct: [Int: (rows: Int, count: Int)] = [:]
  var scratch = RowScratch()
  /// What of this table lies in a base.
  var stored: StoredTable?
  /// Bitmaps and levels of it that were not read yet.
  var states: StoredStates?
  /// The rows, from the first one on, that `identity` does not know but the base, or `settled`.
  var identityFloor = 0
  var settled: SettledIdentity?
  /// Runs over those of them that a statement which is under way has written to the base.
  var spilled: [IdentityRun] = []
  /// Whether rows are not in `identity` yet that were read from a base, or that ascend.
  var lacksIdentity = false
  /// What tells rows apart that come in an ascending order.
  var ascending = AscendingColumns()
  /// The segments whose bitmap or levels have changed since they were stored.
  var changedBlocks: [Bool] = []
  private var segmentBytes = 0
  private var charge: MemoryCharge

  /// An empty table. Without `isSet` it keeps equal rows apart and needs no memory to tell them.
  public init(arity: Int, account: MemoryAccount, isSet: Bool = true) {
    self.arity = arity
    self.isSet = isSet
    tail = Array(repeating: [], count: arity)
    paged = (0..<arity).map { _ in PagedColumn() }
    charge = MemoryCharge(account)
  }

  deinit { charge.set(0) }

  /// The account that this table charges.
  public var account: MemoryAccount { charge.account }

  /// Whether some row is dead, so that rows found must pass `compactLive`.
  public var hasDeadRows: Bool { liveCount < rowCount }

  /// Whether some row is less than certain.
  public var hasUncertainRows: Bool { uncertainCount > 0 }

  /// The segments that are written for good.
  public var sealedSegments: [Segment] { segments }

  /// Bytes held by columns, identity, bitmaps and levels; indexes charge their own.
  public var byteCount: Int {
    var bytes = segmentBytes + identity.byteCount + (settled?.byteCount ?? 0)
    for column in tail { bytes += column.capacity * 8 }
    for bits in live { bytes += bits.count * 8 }
    for bytesOfSegment in levels { bytes += bytesOfSegment.count }
    return bytes
  }

  func updateCharge() { charge.set(byteCount) }

  // MARK: Reading

  /// Writes the words of one column for a range of rows to the start of `words`.
  public func unpack(column: Int, rows: Range<Int>, into words: inout [UInt64]) {
    grow(&words, to: rows.count)
    var row = rows.lowerBound
    var position = 0
    while row < rows.upperBound {
      let block = row >> 16
      let end = min(rows.upperBound, (block + 1) << 16)
      let offset = row & 0xFFFF
      if block < segments.count {
        segments[block].columns[column]
          .unpack(offset..<(offset + end - row), into: &words, at: position)
      } else {
        let plain = tail[column]
        for i in 0..<(end - row) { words[position &+ i] = plain[offset &+ i] }
      }
      position += end - row
      row = end
    }
  }

  /// Writes the words of one column for the first `count` of `rows` to the start of `words`.
  public func gather(column: Int, rows: [UInt32], count: Int, into words: inout [UInt64]) {
    grow(&words, to: count)
    guard count > 0 else { return }
    let block = rows[0] &>> 16
    var difference: UInt32 = 0
    for i in 0..<count { difference |= rows[i] &>> 16 ^ block }
    if difference != 0 {
      paged[column].gather(rows, count: count, tail: tail[column], into: &words)
    } else if Int(block) < segments.count {
      segments[Int(block)].columns[column].gather(rows, positions: 0..<count, into: &words)
    } else {
      let plain = tail[column]
      for i in 0..<count { words[i] = plain[Int(truncatingIfNeeded: rows[i] & 0xFFFF)] }
    }
  }

  /// The word of one row. For loops there are `unpack` and `gather`.
  public func word(row: UInt32, column: Int) -> UInt64 {
    let block = Int(row >> 16)
    if block < segments.count { return segments[block].columns[column].word(at: Int(row & 0xFFFF)) }
    return tail[column][Int(row & 0xFFFF)]
  }

  /// All words of one row.
  public func words(row: UInt32) -> [UInt64] {
    (0..<arity).map { word(row: row, column: $0) }
  }

  // MARK: Appending

  /// Appends the rows at the first `selected` positions of `selection`, counted from `offset`.
  func append(_ columns: [[UInt64]], offset: Int, selection: [UInt32], selected: Int) {
    var from = 0
    while from < selected {
      let end = min(selected, from + Segment.rowLimit - tailCount)
      for c in 0..<arity {
        let source = columns[c]
        // Out of the table while it grows: each append to a property of a class is checked.
        var plain = tail[c]
        tail[c] = []
        plain.append(addingCapacity: end - from) { room in
          for i in from..<end {
            room.append(source[offset &+ Int(truncatingIfNeeded: selection[i])])
          }
        }
        tail[c] = plain
      }
      tailCount += end - from
      from = end
      if tailCount == Segment.rowLimit { seal() }
    }
    rowCount += selected
    liveCount += selected
    extendBitmaps()
  }

  /// Appends a whole segment of rows that are known to be new; there must be no tail.
  func append(_ segment: Segment) {
    enter(segment)
    rowCount += Segment.rowLimit
    liveCount += Segment.rowLimit
    extendBitmaps()
  }

  private func seal() {
    enter(Segment(columns: tail.map { Column(encoding: $0, count: tailCount) }))
    for c in 0..<arity { tail[c].removeAll(keepingCapacity: true) }
    tailCount = 0
  }

  private func enter(_ segment: Segment) {
    segments.append(segment)
    for c in 0..<arity { paged[c].append(segment.columns[c]) }
    segmentBytes += segment.byteCount
  }

  /// Puts the same rows as they lie in a base in the place of segments that were in memory.
  func replace(_ numbers: Range<Int>, by columns: (Int) -> [Column]) {
    for number in numbers {
      segmentBytes -= segments[number].byteCount
      segments[number].columns = columns(number)
      segmentBytes += segments[number].byteCount
    }
    for c in 0..<arity {
      paged[c] = PagedColumn()
      for segment in segments { paged[c].append(segment.columns[c]) }
    }
    updateCharge()
  }

  /// Takes over rows from a base: full segments in place, the others as a copy.
  ///
  /// Bitmaps and levels are read at need; how many rows are alive and less than certain is known.
  func restore(
    _ stored: StoredTable, segments: [Segment], tail: [[UInt64]], tailCount: Int,
    states: StoredStates, live: Int, uncertain: Int
  ) {
    precondition(rowCount == 0, "only an empty table takes over stored rows")
    for segment in segments { enter(segment) }
    self.tail = tail
    self.tailCount = tailCount
    self.stored = stored
    rowCount = stored.rowCount
    liveCount = live
    uncertainCount = uncertain
    self.states = states.isEmpty ? nil : states
    lacksIdentity = isSet
    identityFloor = stored.identified
    extendBitmaps()
    updateCharge()
  }

  /// Takes back all rows from a number on; those before it stay as they are.
  ///
  /// For a long statement that is given up. Indexes are made anew at need. Complexity: O(rows taken
  /// back + slots of the identity).
  func truncate(to count: Int) {
    precondition(count >= identityFloor && stored == nil, "only rows in memory are taken back")
    guard count < rowCount else { return }
    let full = count / Segment.rowLimit
    let rest = count % Segment.rowLimit
    var words: [UInt64] = []
    for c in 0..<arity {
      unpack(column: c, rows: count - rest..<count, into: &words)
      tail[c] = Array(words[0..<rest])
    }
    tailCount = rest
    segments.removeLast(segments.count - full)
    segmentBytes = segments.reduce(0) { $0 + $1.byteCount }
    paged = (0..<arity).map { _ in PagedColumn() }
    for segment in segments {
      for c in 0..<arity { paged[c].append(segment.columns[c]) }
    }
    let blocks = (count + 0xFFFF) >> 16
    live.removeLast(live.count - blocks)
    levels.removeLast(levels.count - blocks)
    // Rows that come later are alive and certain until something else is said.
    for row in rest..<Segment.rowLimit where rest > 0 {
      if !live[full].isEmpty { live[full][row >> 6] |= 1 << UInt64(row & 63) }
      if !levels[full].isEmpty { levels[full][row] = 0 }
    }
    identity.remove(from: UInt32(count))
    indexes = [:]
    distinct = [:]
    rowCount = count
    countStates()
    updateCharge()
  }

  /// Counts what is alive and what is less than certain from bitmaps and levels.
  private func countStates() {
    var alive = 0
    var uncertain = 0
    for block in live.indices {
      let count = min(Segment.rowLimit, rowCount - block << 16)
      if live[block].isEmpty {
        alive += count
      } else {
        for at in 0..<(count + 63) / 64 {
          var bits = live[block][at]
          if at == count / 64 { bits &= 1 << UInt64(count & 63) &- 1 }
          alive += bits.nonzeroBitCount
        }
      }
      for level in levels[block].prefix(count) where level != 0 { uncertain += 1 }
    }
    liveCount = arity == 0 && live.isEmpty ? rowCount : alive
    uncertainCount = uncertain
  }

  /// Notes that a segment's bitmap or levels have to be stored again.
  @inline(__always)
  func noteChange(ofBlock block: Int) {
    if block >= changedBlocks.count {
      changedBlocks.append(
        contentsOf: repeatElement(false, count: block + 1 - changedBlocks.count))
    }
    changedBlocks[block] = true
  }

  /// Gives new rows of a segment that keeps a bitmap or levels their entries there.
  private func extendBitmaps() {
    let blocks = (rowCount + 0xFFFF) >> 16
    while live.count < blocks { live.append([]) }
    while levels.count < blocks { levels.append([]) }
  }
}

/// Arrays that a batch of rows needs, kept from batch to batch.
struct RowScratch {
  var partial: [UInt64] = []
  var hashes: [UInt32] = []
  var ids: [UInt32] = []
  var fresh: [UInt32] = []
  var positions: [UInt32] = []
  var candidates: [UInt32] = []
  var words: [UInt64] = []
  var differs: [UInt8] = []
  /// Keeps reads ahead from being optimised away.
  var touched: UInt32 = 0

  mutating func reserve(_ count: Int) {
    grow(&ids, to: count)
    grow(&fresh, to: count)
    grow(&positions, to: count)
    grow(&candidates, to: count)
    grow(&differs, to: count)
  }

  /// Lists the positions whose id is a row, and those rows.
  mutating func listCandidates(count: Int) -> Int {
    var found = 0
    for i in 0..<count {
      positions[found] = UInt32(truncatingIfNeeded: i)
      candidates[found] = ids[i]
      if ids[i] != noRow { found &+= 1 }
    }
    for k in 0..<found { differs[k] = 0 }
    return found
  }

  /// Marks the first `found` candidates whose gathered words differ from `keys`.
  mutating func compare(_ keys: [UInt64], offset: Int, found: Int) {
    for k in 0..<found {
      if words[k] != keys[offset &+ Int(truncatingIfNeeded: positions[k])] { differs[k] = 1 }
    }
  }
}
