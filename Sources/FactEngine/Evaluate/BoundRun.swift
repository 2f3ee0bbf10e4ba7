import FactModel

/// What a bound join looks up, and what it takes from a row that is found.
struct BoundLayout {
  /// The column whose bounds are looked up.
  var column: Int
  /// Columns that a row must agree with a match in.
  var keyColumns: [Int]
  /// Columns that must hold a word.
  var constants: [(column: Int, word: UInt64)]
  /// Pairs of columns that one variable stands in twice.
  var equalities: [(Int, Int)]
  /// Columns that are kept in the order of the bounds.
  var outputs: [Int]
}

/// Some rows of a source by the bounds of one column: group by group, each in the order of the lower
/// bounds.
///
/// Those that overlap an interval are the rows that begin within it, which stand side by side, and
/// of those that begin before it the ones that reach it. The latter are found going back from
/// where it begins: as long as the highest end so far reaches it one by one, in leaps over blocks
/// of rows that end too soon after that. Finding them costs O(log rows) and a share of that for each,
/// however long the intervals are.
final class BoundRun {
  /// The rows of the source that were looked at.
  let range: Range<Int>
  /// Where each segment begins, and one more; a segment is a group and a family of values.
  let starts: [UInt32]
  /// The keys of the lower and upper bounds.
  let lower: [UInt64]
  let upper: [UInt64]
  /// The greatest upper bound in the segment up to here.
  let highest: [UInt64]
  /// The rows of the source.
  let rows: [UInt32]
  /// The kept columns.
  let columns: [[UInt64]]
  /// A bit for each family that occurs, by its raw value.
  let families: UInt8
  /// Whether bounds that differ have different keys.
  let isExact: Bool
  /// The groups by their keys; those that only matches ask for come after those of the rows.
  private var groups: GroupTable
  /// The greatest upper bounds of blocks of 16 rows, of 16 such blocks, and so on.
  private let blocks: [[UInt64]]
  private let account: MemoryAccount
  private let charged: Int

  /// Sorts the live rows of a range. Complexity: O(rows), a few passes over them.
  init(
    _ source: ScanSource, range: Range<Int>, layout: BoundLayout, in evaluation: Evaluation
  ) throws {
    self.range = range
    var table = GroupTable(keyCount: layout.keyColumns.count)
    let found = try BoundRun.collect(source, range, layout, &table, evaluation)
    let (order, begins) = try BoundOrder.sorted(
      found.lower, segments: found.segments, segmentCount: max(table.count, 1) * 4
    ) { try evaluation.checkpoint() }
    groups = table
    starts = begins
    lower = BoundRun.picked(found.lower, order)
    upper = BoundRun.picked(found.upper, order)
    rows = order.map { found.rows[Int($0)] }
    families = found.families
    isExact = found.isExact
    try evaluation.checkpoint()
    var kept: [[UInt64]] = []
    for column in layout.outputs {
      var words: [UInt64] = []
      source.rows.gather(column: column, rows: rows, count: rows.count, into: &words)
      if words.count > rows.count { words.removeLast(words.count - rows.count) }
      kept.append(words)
      try evaluation.checkpoint()
    }
    columns = kept
    highest = BoundRun.highest(upper, starts)
    blocks = BoundRun.blocks(upper)
    account = evaluation.account
    charged =
      rows.count * (28 + columns.count * 8) + starts.count * 4
      + table.count * (layout.keyColumns.count * 8 + 20)
    account.add(charged)
  }

  deinit { account.add(-charged) }

  // MARK: Building

  /// Rows in the order of the source.
  private struct Collected {
    var segments: [UInt32] = []
    var lower: [UInt64] = []
    var upper: [UInt64] = []
    var rows: [UInt32] = []
    var families: UInt8 = 0
    var isExact = true
  }

  private static func collect(
    _ source: ScanSource, _ range: Range<Int>, _ layout: BoundLayout, _ groups: inout GroupTable,
    _ evaluation: Evaluation
  ) throws -> Collected {
    var result = Collected()
    var words: [UInt64] = []
    var keyWords: [[UInt64]] = Array(repeating: [], count: layout.keyColumns.count)
    var other: [UInt64] = []
    var assigned: [Int32] = []
    var keeps: [Bool] = []
    var keys = BoundKeys()
    let hasDeadRows = source.hasDeadRows
    let isPlain = !hasDeadRows && layout.constants.isEmpty && layout.equalities.isEmpty
    result.segments.reserveCapacity(range.count)
    result.lower.reserveCapacity(range.count)
    result.upper.reserveCapacity(range.count)
    result.rows.reserveCapacity(range.count)
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + Batch.capacity, range.upperBound)
      let count = end - start
      source.rows.unpack(column: layout.column, rows: start..<end, into: &words)
      keys.read(words.span.extracting(0..<count), in: evaluation.values)
      for (position, column) in layout.keyColumns.enumerated() {
        source.rows.unpack(column: column, rows: start..<end, into: &keyWords[position])
      }
      groups.assign(keyWords, rowCount: count, into: &assigned)
      if !isPlain {
        keeps = (start..<end).map { !hasDeadRows || source.isLive(UInt32($0)) }
        for (column, word) in layout.constants {
          source.rows.unpack(column: column, rows: start..<end, into: &other)
          for row in 0..<count where other[row] != word { keeps[row] = false }
        }
        for (left, right) in layout.equalities {
          source.rows.unpack(column: left, rows: start..<end, into: &words)
          source.rows.unpack(column: right, rows: start..<end, into: &other)
          for row in 0..<count where words[row] != other[row] || words[row] == Word.unknown.bits {
            keeps[row] = false
          }
        }
      }
      let families = keys.families
      let lower = keys.lower
      let upper = keys.upper
      for row in 0..<count {
        let family = families[row]
        if family == 0 || !isPlain && !keeps[row] { continue }
        result.families |= 1 &<< family
        result.segments.append(UInt32(bitPattern: assigned[row]) &<< 2 | UInt32(family))
        result.lower.append(lower[row])
        result.upper.append(upper[row])
        result.rows.append(UInt32(truncatingIfNeeded: start &+ row))
      }
      start = end
      try evaluation.checkpoint()
    }
    result.isExact = keys.isExact
    return result
  }

  private static func picked(_ keys: [UInt64], _ order: [UInt32]) -> [UInt64] {
    order.map { keys[Int($0)] }
  }

  private static func highest(_ upper: [UInt64], _ starts: [UInt32]) -> [UInt64] {
    var result = upper
    for segment in 0..<(starts.count - 1) {
      let first = Int(starts[segment])
      let end = Int(starts[segment + 1])
      guard first + 1 < end else { continue }
      for place in (first + 1)..<end where result[place] < result[place &- 1] {
        result[place] = result[place &- 1]
      }
    }
    return result
  }

  private static func blocks(_ upper: [UInt64]) -> [[UInt64]] {
    var result: [[UInt64]] = []
    var below = upper
    while below.count > blockSize {
      var level = [UInt64](repeating: 0, count: (below.count + blockSize - 1) / blockSize)
      for place in below.indices where level[place &>> 4] < below[place] {
        level[place &>> 4] = below[place]
      }
      result.append(level)
      below = level
    }
    return result
  }

  private static let blockSize = 16

  // MARK: Looking up

  /// Writes the group of each match by its key words.
  func findGroups(_ keys: [[UInt64]], count: Int, into assigned: inout [Int32]) {
    groups.assign(keys, rowCount: count, into: &assigned)
  }

  /// The places of a segment; none for one that no row has.
  @inline(__always)
  func places(of segment: Int) -> Range<Int> {
    guard segment &+ 1 < starts.count else { return 0..<0 }
    return Int(starts[segment])..<Int(starts[segment &+ 1])
  }

  /// The first place from `start` on whose lower bound is above a key, or at it where `orEqual`;
  /// `end` where there is none before it.
  ///
  /// In leaps that double, then by halves: what is near is found soon.
  @inline(__always)
  func firstBeginning(after key: UInt64, orEqual: Bool, from start: Int, to end: Int) -> Int {
    let limit = orEqual ? key : key &+ 1
    // No row begins above the greatest key.
    if !orEqual, key == .max { return end }
    var low = start
    var step = 1
    while low &+ step <= end, lower[low &+ step &- 1] < limit {
      low = low &+ step
      step = step &* 2
    }
    var count = min(step &- 1, end &- low)
    while count > 0 {
      let half = count &>> 1
      if lower[low &+ half] < limit {
        low = low &+ half &+ 1
        count = count &- half &- 1
      } else {
        count = half
      }
    }
    return low
  }

  /// The last place before `end`, but not before `start`, whose upper bound reaches a key.
  func lastReaching(_ key: UInt64, before end: Int, from start: Int) -> Int? {
    var level = 0
    var end = end
    while true {
      let first = end & ~15
      while end > first {
        end &-= 1
        if reach(end, level) >= key { return descend(end, level, key, start) }
      }
      level += 1
      end = end &>> 4
      if level > blocks.count || (end &<< (4 &* level)) <= start { return nil }
    }
  }

  @inline(__always)
  private func reach(_ place: Int, _ level: Int) -> UInt64 {
    level == 0 ? upper[place] : blocks[level &- 1][place]
  }

  private func descend(_ place: Int, _ level: Int, _ key: UInt64, _ start: Int) -> Int? {
    var place = place
    var level = level
    while level > 0 {
      level -= 1
      let count = level == 0 ? upper.count : blocks[level - 1].count
      var child = min(place * 16 + 16, count) - 1
      while reach(child, level) < key { child -= 1 }
      place = child
    }
    return place >= start ? place : nil
  }

  #if DEBUG
    /// Stops the program where segments, order, reach or blocks are wrong.
    func checkInvariants() {
      precondition(Int(starts.last ?? 0) == rows.count && starts.first == 0)
      for segment in 0..<(starts.count - 1) {
        var most: UInt64 = 0
        for place in places(of: segment) {
          precondition(lower[place] <= upper[place], "bounds in order")
          if place > Int(starts[segment]) { precondition(lower[place - 1] <= lower[place]) }
          most = max(most, upper[place])
          precondition(highest[place] == most, "the highest end so far")
        }
      }
      for level in 1..<(blocks.count + 1) {
        for place in blocks[level - 1].indices {
          let count = level == 1 ? upper.count : blocks[level - 2].count
          let children = (place * 16)..<min(place * 16 + 16, count)
          precondition(
            children.map { reach($0, level - 1) }.max() == reach(place, level), "a block's reach")
        }
      }
    }
  #endif
}

/// Sorts places by segment, then by key.
enum BoundOrder {
  /// The order of the keys within each segment, and where each segment begins.
  ///
  /// By radix, keys first: only the digits in which they differ, 11 bits at a time, then segments by
  /// counting. Stable. Complexity: O(keys + segments).
  static func sorted(
    _ keys: [UInt64], segments: [UInt32], segmentCount: Int, checkpoint: () throws -> Void
  ) throws -> (order: [UInt32], starts: [UInt32]) {
    var order = [UInt32](repeating: 0, count: keys.count)
    for place in order.indices { order[place] = UInt32(truncatingIfNeeded: place) }
    try sort(&order, by: keys, checkpoint)
    var starts = [UInt32](repeating: 0, count: segmentCount + 1)
    for segment in segments { starts[Int(segment) &+ 1] &+= 1 }
    for segment in 0..<segmentCount { starts[segment &+ 1] &+= starts[segment] }
    var next = starts
    var result = order
    for place in order {
      let segment = Int(segments[Int(place)])
      result[Int(next[segment])] = place
      next[segment] &+= 1
    }
    try checkpoint()
    return (result, starts)
  }

  private static func sort(
    _ order: inout [UInt32], by keys: [UInt64], _ checkpoint: () throws -> Void
  ) throws {
    guard let least = keys.min(), let most = keys.max(), least < most else { return }
    if keys.count < 256 {
      order.sort {
        let a = keys[Int($0)]
        let b = keys[Int($1)]
        return a != b ? a < b : $0 < $1
      }
      return
    }
    var differing: UInt64 = 0
    for key in keys { differing |= key &- least }
    let unused = UInt64(differing.trailingZeroBitCount)
    let width = 64 - UInt64((most &- least).leadingZeroBitCount)
    var codes = keys.map { $0 &- least }
    var otherCodes = codes
    var other = order
    var shift = unused
    while shift < width {
      var counts = [Int](repeating: 0, count: 2_049)
      for code in codes { counts[Int(truncatingIfNeeded: (code &>> shift) & 2_047) &+ 1] &+= 1 }
      for digit in 1..<2_049 { counts[digit] &+= counts[digit &- 1] }
      for place in codes.indices {
        let code = codes[place]
        let digit = Int(truncatingIfNeeded: (code &>> shift) & 2_047)
        let target = counts[digit]
        counts[digit] = target &+ 1
        otherCodes[target] = code
        other[target] = order[place]
      }
      swap(&codes, &otherCodes)
      swap(&order, &other)
      shift &+= 11
      try checkpoint()
    }
  }
}
