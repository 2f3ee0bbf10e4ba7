import FactModel

/// For each match of its input, the rows of a source whose value meets that of a slot by meaning,
/// and that agree with the match in the key columns.
///
/// An index of sorted bounds gives the pairs that overlap and no others. Matches are looked up in
/// the order of their own bounds, so that joining n ranges with n others costs two sorts, one pass
/// over both, and what there is to tell.
final class BoundJoinOperator: Operator {
  /// Where the input begins; its matches come to the collector.
  private let first: Operator
  private let collector: MatchCollector
  /// What counts the time that follows the input, where the plan is traced.
  private let counter: PlanTrace.Counter?
  private let source: ScanSource
  private let window: RowWindow
  private let layout: BoundLayout
  private let key: BoundKey
  private let keySlots: [Slot]
  /// The slots that the kept columns of the layout bind.
  private let outputs: [Slot]
  private let carried: [Slot]
  /// Whether it only matters that there is a row: nothing of it is read, and matches are not
  /// counted.
  private let isExistential: Bool
  private let next: Operator
  private let out: Batch
  private var runs: [BoundRun] = []
  private var covered = 0..<0
  private var wanted = 0..<0
  private var keys = BoundKeys()
  private var groups: [Int32] = []
  private var probes: [UInt32] = []
  private var places: [UInt32] = []
  private var matched: [UInt32] = []
  private var words: [UInt64] = []
  private var levelScratch: [UInt8] = []

  init(
    _ evaluation: Evaluation, first: Operator, collector: MatchCollector,
    counter: PlanTrace.Counter? = nil, source: ScanSource, window: RowWindow, layout: BoundLayout,
    key: BoundKey, keySlots: [Slot], outputs: [Slot],
    carried: [Slot], isExistential: Bool, slotCount: Int, next: Operator
  ) {
    self.first = first
    self.collector = collector
    self.counter = counter
    self.source = source
    self.window = window
    self.layout = layout
    self.key = key
    self.keySlots = keySlots
    self.outputs = outputs
    self.carried = carried
    self.isExistential = isExistential
    self.next = next
    out = Batch(slotCount: slotCount)
    super.init(evaluation)
    collector.receive = { [unowned self] in try lookUp() }
  }

  override func prepare() throws {
    wanted = source.range(window)
    try first.prepare()
    try next.prepare()
  }

  override func push(_ batch: Batch) throws {
    guard !wanted.isEmpty else { return }
    // A run that was stopped may have left something.
    collector.clear()
    try first.push(batch)
    // The rest is looked up when the input has come to its end, which has not counted this.
    let start = counter == nil ? 0 : Evaluation.clock()
    defer { if let counter { counter.nanoseconds &+= Evaluation.clock() &- start } }
    try lookUp()
  }

  /// Finds what the collected matches meet.
  private func lookUp() throws {
    try evaluation.checkpoint()
    let block = collector.block
    guard block.count > 0 else { return }
    defer { collector.clear() }
    try cover(wanted)
    let values = block.columns[key.slot]
    keys.read(values.span.extracting(0..<block.count), in: evaluation.values)
    let unknown = Word.unknown.bits
    var families = keys.families
    for slot in keySlots {
      let column = block.columns[slot]
      for row in 0..<block.count where column[row] == unknown { families[row] = 0 }
    }
    let keyWords = keySlots.map { block.columns[$0] }
    if isExistential, key.comparison == .overlaps, !source.isUncertain, keys.isExact,
      runs.allSatisfy(\.isExact)
    {
      return try keepMatched(block, keyWords, families)
    }
    if places.isEmpty {
      probes = Array(repeating: 0, count: Batch.capacity)
      places = probes
    }
    for run in runs {
      run.findGroups(keyWords, count: block.count, into: &groups)
      try match(block, families, with: run)
    }
  }

  // MARK: The index

  /// Makes the runs cover the rows that the window shows.
  ///
  /// Rows that a fixpoint has added since become a run of their own, together with the runs before
  /// that are not much longer: each row is sorted again a number of times that grows with the
  /// logarithm of the rows.
  private func cover(_ range: Range<Int>) throws {
    if range == covered { return }
    if range.lowerBound != covered.lowerBound || range.upperBound < covered.upperBound {
      runs = []
      covered = range.lowerBound..<range.lowerBound
    }
    var start = covered.upperBound
    while let last = runs.last, last.range.count <= 2 * (range.upperBound - start) {
      start = last.range.lowerBound
      runs.removeLast()
    }
    covered = range.lowerBound..<start
    runs.append(
      try BoundRun(source, range: start..<range.upperBound, layout: layout, in: evaluation))
    covered = range
  }

  // MARK: Existence

  /// Keeps the matches that some row meets; all rows are certain.
  private func keepMatched(
    _ batch: Batch, _ keyWords: [[UInt64]], _ families: [UInt8]
  ) throws {
    var isMet = [Bool](repeating: false, count: batch.count)
    for run in runs {
      run.findGroups(keyWords, count: batch.count, into: &groups)
      for row in 0..<batch.count where families[row] != 0 && !isMet[row] {
        let segment = run.places(of: Int(groups[row]) &<< 2 | Int(families[row]))
        if segment.isEmpty { continue }
        let end = run.firstBeginning(
          after: keys.upper[row], orEqual: false, from: segment.lowerBound, to: segment.upperBound)
        isMet[row] = end > segment.lowerBound && run.highest[end - 1] >= keys.lower[row]
      }
    }
    if probes.isEmpty { probes = Array(repeating: 0, count: Batch.capacity) }
    var count = 0
    for row in 0..<batch.count where isMet[row] {
      probes[count] = UInt32(row)
      count += 1
      if count == Batch.capacity { try pass(batch, &count) }
    }
    if count > 0 { try pass(batch, &count) }
  }

  /// Passes on matches as they are.
  private func pass(_ batch: Batch, _ count: inout Int) throws {
    let total = count
    count = 0
    for slot in carried {
      out.makeRoom(slot, for: total)
      BoundJoinOperator.pick(batch.columns[slot], probes, total, into: &out.columns[slot])
    }
    out.count = total
    out.inherit(batch, probes: probes, count: total)
    try evaluation.checkpoint()
    try next.push(out)
  }

  // MARK: Pairs

  private func match(_ batch: Batch, _ families: [UInt8], with run: BoundRun) throws {
    // Out of the object while they change: each access to a property of a class is checked.
    var probes: [UInt32] = []
    var places: [UInt32] = []
    swap(&probes, &self.probes)
    swap(&places, &self.places)
    defer {
      swap(&probes, &self.probes)
      swap(&places, &self.places)
    }
    let groups = self.groups
    let lows = keys.lower
    let highs = keys.upper
    // A group that no row has, and a match that can meet nothing, come to an empty segment.
    let segmentCount = run.starts.count - 1
    var segments = [UInt32](repeating: 0, count: batch.count)
    for row in 0..<batch.count where families[row] != 0 {
      let segment = Int(groups[row]) &<< 2 | Int(families[row])
      if segment < segmentCount { segments[row] = UInt32(truncatingIfNeeded: segment) }
    }
    let order = try BoundJoinOperator.order(lows, segments, segmentCount, batch.count) {
      try evaluation.checkpoint()
    }
    var current = -1
    var cursor = 0
    var count = 0
    for probe in order {
      let row = Int(truncatingIfNeeded: probe)
      let number = Int(truncatingIfNeeded: segments[row])
      let segment = run.places(of: number)
      if segment.isEmpty { continue }
      let low = lows[row]
      // In order of the bounds the next match begins where this one did, or soon after.
      if number != current || cursor > segment.lowerBound && run.lower[cursor &- 1] >= low {
        current = number
        cursor = segment.lowerBound
      }
      let middle = run.firstBeginning(
        after: low, orEqual: true, from: cursor, to: segment.upperBound)
      cursor = middle
      let end = run.firstBeginning(
        after: highs[row], orEqual: false, from: middle, to: segment.upperBound)
      // What begins within it.
      var place = middle
      while place < end {
        let room = min(end, place &+ (Batch.capacity &- count))
        while place < room {
          probes[count] = probe
          places[count] = UInt32(truncatingIfNeeded: place)
          count &+= 1
          place &+= 1
        }
        if count == Batch.capacity { try flush(batch, run, probes, places, &count) }
      }
      // What begins before it and reaches it.
      var misses = 0
      place = middle
      while place > segment.lowerBound, run.highest[place &- 1] >= low {
        place &-= 1
        if run.upper[place] < low {
          misses &+= 1
          if misses < BoundJoinOperator.patience { continue }
          guard let found = run.lastReaching(low, before: place, from: segment.lowerBound) else {
            break
          }
          place = found
        }
        misses = 0
        probes[count] = probe
        places[count] = UInt32(truncatingIfNeeded: place)
        count &+= 1
        if count == Batch.capacity { try flush(batch, run, probes, places, &count) }
      }
    }
    if count > 0 { try flush(batch, run, probes, places, &count) }
  }

  /// The matches in the order in which they are looked up; as they come where sorting costs more.
  private static func order(
    _ lower: [UInt64], _ segments: [UInt32], _ segmentCount: Int, _ count: Int,
    _ checkpoint: () throws -> Void
  ) throws -> [UInt32] {
    if count < 64 || segmentCount > 16 * count { return (0..<UInt32(count)).map { $0 } }
    let keys = lower.count == count ? lower : Array(lower[0..<count])
    return try BoundOrder.sorted(
      keys, segments: segments, segmentCount: segmentCount, checkpoint: checkpoint
    ).order
  }

  /// Rows in a row that end too soon, after which it is time to leap.
  private static let patience = 16

  /// Passes pairs on as matches, and begins anew.
  private func flush(
    _ batch: Batch, _ run: BoundRun, _ probes: [UInt32], _ places: [UInt32], _ count: inout Int
  ) throws {
    let total = count
    count = 0
    try evaluation.checkpoint()
    for slot in carried {
      out.makeRoom(slot, for: total)
      BoundJoinOperator.pick(batch.columns[slot], probes, total, into: &out.columns[slot])
    }
    for (position, slot) in outputs.enumerated() {
      out.makeRoom(slot, for: total)
      BoundJoinOperator.pick(run.columns[position], places, total, into: &out.columns[slot])
    }
    out.count = total
    out.inherit(batch, probes: probes, count: total)
    let mustCompare = !keys.isExact || !run.isExact
    if source.isUncertain || key.comparison != .overlaps || mustCompare {
      matched = places[0..<total].map { run.rows[Int($0)] }
    }
    if source.isUncertain {
      out.beginLevels()
      source.raiseLevels(rows: matched, count: total, levels: &out.levels, scratch: &levelScratch)
    }
    if mustCompare || key.comparison != .overlaps { judge(batch, run, probes, places) }
    if out.count > 0 { try next.push(out) }
  }

  private static func pick(
    _ column: [UInt64], _ rows: [UInt32], _ count: Int, into result: inout [UInt64]
  ) {
    let source = column.span
    var target = result.mutableSpan
    var position = 0
    while position < count {
      target[position] = source[Int(truncatingIfNeeded: rows[position])]
      position &+= 1
    }
  }

  /// Weakens what only may hold, and drops pairs that do not hold after all.
  private func judge(_ batch: Batch, _ run: BoundRun, _ probes: [UInt32], _ places: [UInt32]) {
    let total = out.count
    let isExact = keys.isExact && run.isExact
    var truths = [UInt8](repeating: 0, count: total)
    if isExact, run.families == 1 << BoundKeys.Family.number.rawValue, key.comparison != .overlaps {
      // Within each other by their keys.
      let possible = Truth.possible.rawValue
      for position in 0..<total {
        let row = Int(probes[position])
        let place = Int(places[position])
        var isWithin = run.lower[place] <= keys.lower[row] && keys.upper[row] <= run.upper[place]
        if key.comparison == .contains {
          isWithin = keys.lower[row] <= run.lower[place] && run.upper[place] <= keys.upper[row]
        }
        if !isWithin { truths[position] = possible }
      }
    } else {
      source.rows.gather(column: layout.column, rows: matched, count: total, into: &words)
      let column = batch.columns[key.slot]
      for position in 0..<total {
        let left = Word(bits: column[Int(probes[position])])
        let right = Word(bits: words[position])
        let truth =
          switch key.comparison {
          case .overlaps: evaluation.values.compare(.overlaps, left, right)
          case .liesIn: evaluation.values.compare(.inside, left, right)
          case .contains: evaluation.values.compare(.inside, right, left)
          }
        truths[position] = truth.rawValue
      }
    }
    var kept: [UInt32] = []
    var weakest: UInt8 = 0
    for position in 0..<total where truths[position] != Truth.never.rawValue {
      weakest |= truths[position]
      kept.append(UInt32(position))
    }
    if weakest != 0 {
      out.beginLevels()
      for position in kept.map(Int.init) where truths[position] > out.levels[position] {
        out.levels[position] = truths[position]
      }
    }
    out.compact(kept, count: kept.count, slots: carried + outputs)
  }
}

extension PipelineCompiler {
  /// What a bound join looks up in its source.
  ///
  /// `outputs` are the columns that bind slots which are needed after it.
  static func layout(
    of scan: Scan, column: Int, keyColumns: [Int], keys: [JoinOperator.Key],
    outputs: [(column: Int, slot: Slot)], equalities: [(Int, Int)]
  ) -> (layout: BoundLayout, keySlots: [Slot]) {
    var layout = BoundLayout(
      column: column, keyColumns: [], constants: [], equalities: equalities,
      outputs: outputs.map(\.column))
    var slots: [Slot] = []
    for (column, key) in zip(keyColumns, keys) {
      switch key {
      case .constant(let word): layout.constants.append((column, word))
      case .slot(let slot):
        layout.keyColumns.append(column)
        slots.append(slot)
      }
    }
    return (layout, slots)
  }
}
