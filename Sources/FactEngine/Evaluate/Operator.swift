import FactModel

/// One step of a running plan: takes a batch of matches, passes batches on.
///
/// Dispatch costs one call a batch. `prepare` is called before each run, when the rows of all
/// sources stand still; nothing may extend an index between it and the end of the run.
class Operator {
  let evaluation: Evaluation

  init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  func prepare() throws {}
  func push(_ batch: Batch) throws {}
}

/// Gives the one match without slots from which a plan starts.
final class UnitSource {
  private let batch: Batch
  private let first: Operator

  init(slotCount: Int, first: Operator) {
    batch = Batch(slotCount: slotCount)
    self.first = first
  }

  func run() throws {
    batch.count = 1
    batch.isUncertain = false
    batch.hasFailures = false
    try first.push(batch)
  }
}

/// For each match of its input, the rows of a source that agree with it in the key columns.
final class JoinOperator: Operator {
  /// What a key column is compared with.
  enum Key {
    case slot(Slot)
    case constant(UInt64)
  }

  let source: ScanSource
  private let window: RowWindow
  let keyColumns: [Int]
  let keys: [Key]
  /// The columns that bind a slot.
  let outputs: [(column: Int, slot: Slot)]
  /// Pairs of columns that one variable stands in twice.
  let equalities: [(Int, Int)]
  let carried: [Slot]
  /// Whether it only matters that there is a row: nothing of it is read, and matches are not
  /// counted.
  private let isExistential: Bool
  /// The weakest level of the matches that are wanted.
  private let leastLevel: UInt8
  let next: Operator
  let out: Batch
  private var index: KeyIndex?
  /// Where both columns of a relation are bound and only asked for: its pairs.
  private var pairs: (rows: RowStore, among: RowStore.PairRows)?
  var range = 0..<0
  private var surest: UInt8??
  private var hits = KeyIndex.Hits()
  var probes: [UInt32]
  var matched: [UInt32]
  private var keyWords: [[UInt64]]
  var scratch: [UInt64]
  var otherScratch: [UInt64]
  private var levelScratch: [UInt8]
  /// Rows seen and matches made, for the plan as it ran.
  var matchCount = 0

  init(
    _ evaluation: Evaluation, source: ScanSource, window: RowWindow, keyColumns: [Int], keys: [Key],
    outputs: [(column: Int, slot: Slot)], equalities: [(Int, Int)], carried: [Slot],
    isExistential: Bool, leastLevel: UInt8 = Certainty.possible.rawValue, slotCount: Int,
    next: Operator
  ) {
    self.isExistential = isExistential
    self.leastLevel = leastLevel
    self.source = source
    self.window = window
    self.keyColumns = keyColumns
    self.keys = keys
    self.outputs = outputs
    self.equalities = equalities
    self.carried = carried
    self.next = next
    // Columns and scratch space grow with what flows, so that a small question stays small.
    out = Batch(slotCount: slotCount)
    probes = []
    matched = []
    keyWords = Array(repeating: [], count: keys.count)
    scratch = []
    otherScratch = []
    levelScratch = []
    super.init(evaluation)
  }

  override func prepare() throws {
    range = source.range(source.range(window), atLeast: leastLevel)
    surest = nil
    pairs =
      isExistential && keyColumns.count == 2 && !range.isEmpty ? source.pairs(window) : nil
    if pairs == nil, !keyColumns.isEmpty, !range.isEmpty {
      index = source.index(on: keyColumns)
    }
    try next.prepare()
  }

  override func push(_ batch: Batch) throws {
    try evaluation.checkpoint()
    guard !range.isEmpty, batch.count > 0 else { return }
    if keyColumns.isEmpty {
      if isExistential { return try pass(batch, atLevel: surestLevel()) }
      return try scan(batch)
    }
    dropUnknownKeys(batch)
    if batch.hasFailures, let failed = batch.takeFailed(in: keySlots, slots: readSlots) {
      try joinAnything(failed)
    }
    guard batch.count > 0 else { return }
    for (position, key) in keys.enumerated() {
      switch key {
      case .slot(let slot): keyWords[position] = batch.columns[slot]
      case .constant(let word):
        let missing = batch.count - keyWords[position].count
        if missing > 0 {
          keyWords[position].append(contentsOf: repeatElement(word, count: missing))
        }
      }
    }
    if let pairs { return try keepPairs(batch, pairs.rows, pairs.among) }
    guard let index else { return }
    if isExistential { return try keepMatched(batch, index) }
    index.probe(keys: keyWords, count: batch.count, into: &hits)
    for (position, key) in keys.enumerated() {
      if case .slot = key { keyWords[position] = [] }
    }
    let within = UInt32(range.lowerBound)..<UInt32(range.upperBound)
    // One match most often has few rows.
    var capacity = batch.count == 1 ? 64 : Batch.capacity
    var isFull = true
    while isFull {
      var count = 0
      isFull = index.expand(
        &hits, within: within, probes: &probes, matched: &matched, count: &count,
        capacity: capacity)
      if count > 0 { try emit(batch, count: count, rows: nil) }
      if isFull { try evaluation.checkpoint() }
      capacity = Batch.capacity
    }
  }

  /// Makes room for a batch of pairs that are written one by one.
  func makeRoom() {
    if probes.count < Batch.capacity { probes = Array(repeating: 0, count: Batch.capacity) }
    if matched.count < Batch.capacity { matched = Array(repeating: 0, count: Batch.capacity) }
  }

  // MARK: Existence

  /// The raw level of the surest row there is, nil without any; found once a run.
  private func surestLevel() -> UInt8? {
    if let surest { return surest }
    makeRoom()
    var best: UInt8?
    var start = range.lowerBound
    while start < range.upperBound, best != 0 {
      let end = min(start + Batch.capacity, range.upperBound)
      for position in 0..<(end - start) { matched[position] = UInt32(start + position) }
      let count = keepLiveAndEqual(end - start)
      if count > 0 {
        var levels = [UInt8](repeating: 0, count: count)
        if source.isUncertain {
          source.raiseLevels(rows: matched, count: count, levels: &levels, scratch: &levelScratch)
        }
        best = min(best ?? 2, levels.min() ?? 2)
      }
      start = end
    }
    surest = .some(best)
    return best
  }

  /// Passes a whole batch on, no surer than a level.
  private func pass(_ batch: Batch, atLevel level: UInt8?) throws {
    guard let level else { return }
    if level > 0 {
      batch.beginLevels()
      for row in 0..<batch.count where batch.levels[row] < level { batch.levels[row] = level }
    }
    matchCount += batch.count
    try next.push(batch)
  }

  /// Keeps the matches that some row agrees with, each as sure as the surest of those rows.
  private func keepMatched(_ batch: Batch, _ index: KeyIndex) throws {
    let within = UInt32(range.lowerBound)..<UInt32(range.upperBound)
    makeRoom()
    var best = [UInt8](repeating: MarkOperator.none, count: batch.count)
    if !source.isUncertain, !source.hasDeadRows, equalities.isEmpty {
      index.contains(
        keys: keyWords, count: batch.count, within: within, hits: &hits, into: &levelScratch)
      for row in 0..<batch.count where levelScratch[row] != 0 { best[row] = 0 }
    } else {
      index.probe(keys: keyWords, count: batch.count, into: &hits)
      var isFull = true
      while isFull {
        var count = 0
        isFull = index.expand(
          &hits, within: within, probes: &probes, matched: &matched, count: &count,
          capacity: Batch.capacity)
        count = keepLiveAndEqual(count)
        var levels = [UInt8](repeating: 0, count: count)
        if source.isUncertain {
          source.raiseLevels(rows: matched, count: count, levels: &levels, scratch: &levelScratch)
        }
        for position in 0..<count where levels[position] < best[Int(probes[position])] {
          best[Int(probes[position])] = levels[position]
        }
        if isFull { try evaluation.checkpoint() }
      }
    }
    // Whoever holds a column as well makes it be copied before it is compacted.
    for (position, key) in keys.enumerated() {
      if case .slot = key { keyWords[position] = [] }
    }
    var kept = 0
    for row in 0..<batch.count where best[row] != MarkOperator.none {
      probes[kept] = UInt32(row)
      if best[row] > 0 { batch.beginLevels() }
      kept += 1
    }
    guard kept > 0 else { return }
    if batch.isUncertain {
      for row in 0..<batch.count where best[row] > batch.levels[row] {
        batch.levels[row] = best[row]
      }
    }
    batch.compact(probes, count: kept, slots: carried)
    matchCount += kept
    try next.push(batch)
  }

  /// The same where the rows are certain pairs: one bit tells.
  private func keepPairs(
    _ batch: Batch, _ rows: RowStore, _ among: RowStore.PairRows
  ) throws {
    let isInOrder = keyColumns[0] == 0
    rows.contains(
      pairs: keyWords[isInOrder ? 0 : 1], keyWords[isInOrder ? 1 : 0], count: batch.count,
      among: among, into: &levelScratch)
    for (position, key) in keys.enumerated() {
      if case .slot = key { keyWords[position] = [] }
    }
    makeRoom()
    var kept = 0
    var row = 0
    while row < batch.count {
      probes[kept] = UInt32(truncatingIfNeeded: row)
      if levelScratch[row] != 0 { kept &+= 1 }
      row &+= 1
    }
    guard kept > 0 else { return }
    batch.compact(probes, count: kept, slots: carried)
    matchCount += kept
    try next.push(batch)
  }

  /// Drops retracted rows, and those in which a variable that stands twice differs; returns how many
  /// of `matched` (and `probes`) are left.
  private func keepLiveAndEqual(_ total: Int) -> Int {
    var count = total
    if source.hasDeadRows {
      var kept = 0
      for position in 0..<count where source.isLive(matched[position]) {
        probes[kept] = probes[position]
        matched[kept] = matched[position]
        kept += 1
      }
      count = kept
    }
    for (left, right) in equalities {
      source.rows.gather(column: left, rows: matched, count: count, into: &scratch)
      source.rows.gather(column: right, rows: matched, count: count, into: &otherScratch)
      var kept = 0
      for position in 0..<count
      where scratch[position] == otherScratch[position] && scratch[position] != Word.unknown.bits {
        probes[kept] = probes[position]
        matched[kept] = matched[position]
        kept += 1
      }
      count = kept
    }
    return leastLevel < Certainty.possible.rawValue && source.isUncertain ? keepSure(count) : count
  }

  /// Drops rows that are less sure than what is wanted.
  private func keepSure(_ count: Int) -> Int {
    var levels = [UInt8](repeating: 0, count: count)
    source.raiseLevels(rows: matched, count: count, levels: &levels, scratch: &levelScratch)
    var kept = 0
    for position in 0..<count where levels[position] <= leastLevel {
      probes[kept] = probes[position]
      matched[kept] = matched[position]
      kept += 1
    }
    return kept
  }

  // MARK: Rows

  /// Unknown joins with nothing.
  private func dropUnknownKeys(_ batch: Batch) {
    let unknown = Word.unknown.bits
    for key in keys {
      guard case .slot(let slot) = key else { continue }
      let column = batch.columns[slot]
      var found = false
      var row = 0
      while row < batch.count {
        if column[row] == unknown { found = true }
        row &+= 1
      }
      guard found else { continue }
      makeRoom()
      var kept = 0
      for row in 0..<batch.count where column[row] != unknown {
        probes[kept] = UInt32(row)
        kept += 1
      }
      var slots = carried
      for case .slot(let other) in keys where !slots.contains(other) { slots.append(other) }
      batch.compact(probes, count: kept, slots: slots)
    }
  }

  func emit(
    _ batch: Batch, count total: Int, rows contiguous: Range<Int>?, anyFailed: Bool = false
  ) throws {
    let count = keepLiveAndEqual(total)
    let contiguous = count == total ? contiguous : nil
    guard count > 0 else { return }
    out.take(batch, probes: probes, count: count, carried: carried)
    for output in outputs {
      if let contiguous {
        read(output.column, rows: contiguous, into: output.slot)
        continue
      }
      out.makeRoom(output.slot, for: count)
      var column: [UInt64] = []
      swap(&column, &out.columns[output.slot])
      source.rows.gather(column: output.column, rows: matched, count: count, into: &column)
      swap(&column, &out.columns[output.slot])
    }
    if anyFailed { bindFailed(count: count) }
    if source.isUncertain {
      out.beginLevels()
      source.raiseLevels(rows: matched, count: count, levels: &out.levels, scratch: &levelScratch)
    }
    matchCount += count
    try next.push(out)
  }
}
