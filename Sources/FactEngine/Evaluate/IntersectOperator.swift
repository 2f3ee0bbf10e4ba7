import FactModel

/// For each word of one column of a binary relation, the words beside it, as sorted numbers.
///
/// All lists of one evaluation number words alike, so that lists of different relations can be
/// intersected. Building costs O(rows), twice counted into place.
struct NeighbourLists {
  private(set) var starts: [Int32] = [0]
  private(set) var targets: [Int32] = []

  init(from: [Int32], to: [Int32], count: Int, nodeCount: Int) {
    // By target first, then by source: each list comes out ascending.
    let byTarget = NeighbourLists.order(to, count: count, nodeCount: nodeCount, of: nil)
    let order = NeighbourLists.order(from, count: count, nodeCount: nodeCount, of: byTarget.order)
    starts = order.starts
    targets = order.order.map { to[Int($0)] }
  }

  private static func order(
    _ keys: [Int32], count: Int, nodeCount: Int, of given: [Int32]?
  ) -> (starts: [Int32], order: [Int32]) {
    var starts = [Int32](repeating: 0, count: nodeCount + 1)
    for row in 0..<count { starts[Int(keys[row]) &+ 1] &+= 1 }
    for node in 0..<nodeCount { starts[node &+ 1] &+= starts[node] }
    var next = starts
    var order = [Int32](repeating: 0, count: count)
    for position in 0..<count {
      let row = given.map { $0[position] } ?? Int32(position)
      let key = Int(keys[Int(row)])
      order[Int(next[key])] = row
      next[key] &+= 1
    }
    return (starts, order)
  }

  /// The list of a node; empty for a node that was numbered later.
  func range(_ node: Int32) -> Range<Int> {
    guard Int(node) + 1 < starts.count else { return 0..<0 }
    return Int(starts[Int(node)])..<Int(starts[Int(node) + 1])
  }
}

/// The numbers of words and the lists that an evaluation has made so far.
final class Neighbourhoods {
  private var numbers = GroupTable(keyCount: 1)
  private var lists: [String: NeighbourLists] = [:]

  func word(_ node: Int32) -> UInt64 { numbers.keys[0][Int(node)] }

  func node(_ word: UInt64) -> Int32? { numbers.group(of: [word]) }

  /// The lists from one column of a relation to the other.
  func lists(_ name: String, from column: Int, in source: ScanSource) -> NeighbourLists {
    let key = "\(column) \(name)"
    if let known = lists[key] { return known }
    let rows = source.rows
    let total = rows.rowCount
    var from: [Int32] = []
    var to: [Int32] = []
    from.reserveCapacity(total)
    to.reserveCapacity(total)
    var words = [UInt64](repeating: 0, count: Batch.capacity)
    var others = words
    var left: [Int32] = []
    var right: [Int32] = []
    var start = 0
    while start < total {
      let end = min(start + Batch.capacity, total)
      rows.unpack(column: column, rows: start..<end, into: &words)
      rows.unpack(column: 1 - column, rows: start..<end, into: &others)
      numbers.assign([words], rowCount: end - start, into: &left)
      numbers.assign([others], rowCount: end - start, into: &right)
      for row in 0..<(end - start) where words[row] != Word.unknown.bits {
        from.append(left[row])
        to.append(right[row])
      }
      start = end
    }
    let made = NeighbourLists(from: from, to: to, count: from.count, nodeCount: numbers.count)
    lists[key] = made
    return made
  }
}

/// Binds one slot by two binary relations at once: to the words that stand beside a bound word in
/// both.
///
/// The join of a cycle is worst-case optimal this way (Ngo, Porat, Ré and Rudra, 2012): for each
/// match the shorter list is gone through and looked for in the longer, so that no match is made
/// that the other relation refuses.
final class IntersectOperator: Operator {
  /// One of the two: its lists, and the slot whose word picks one of them.
  struct Side {
    var name: String
    var source: ScanSource
    var column: Int
    var slot: Slot
  }

  private let sides: (Side, Side)
  private let output: Slot
  /// Joins with one relation after the other, for matches whose words could not be computed.
  private let fallback: Operator
  private let carried: [Slot]
  private let next: Operator
  private let out: Batch
  private var probes: [UInt32]

  init(
    _ evaluation: Evaluation, sides: (Side, Side), output: Slot, fallback: Operator,
    carried: [Slot], slotCount: Int, next: Operator
  ) {
    self.fallback = fallback
    self.sides = sides
    self.output = output
    self.carried = carried
    self.next = next
    out = Batch(slotCount: slotCount)
    for slot in carried { out.carry(slot) }
    out.carry(output)
    probes = Array(repeating: 0, count: Batch.capacity)
    super.init(evaluation)
  }

  override func prepare() throws { try next.prepare() }

  override func push(_ batch: Batch) throws {
    try evaluation.checkpoint()
    let ends = [sides.0.slot, sides.1.slot]
    if batch.hasFailures,
      let failed = batch.takeFailed(in: ends, slots: Array(Set(carried).union(ends)))
    {
      try fallback.prepare()
      try fallback.push(failed)
    }
    let places = evaluation.neighbourhoods
    let left = places.lists(sides.0.name, from: sides.0.column, in: sides.0.source)
    let right = places.lists(sides.1.name, from: sides.1.column, in: sides.1.source)
    let leftTargets = left.targets
    let rightTargets = right.targets
    let unknown = Word.unknown.bits
    var count = 0
    for row in 0..<batch.count {
      let a = batch.columns[sides.0.slot][row]
      let b = batch.columns[sides.1.slot][row]
      guard a != unknown, b != unknown, let first = places.node(a), let second = places.node(b)
      else { continue }
      let one = left.range(first)
      let other = right.range(second)
      let isLeftShorter = one.count <= other.count
      let short = isLeftShorter ? leftTargets : rightTargets
      let long = isLeftShorter ? rightTargets : leftTargets
      let shortRange = isLeftShorter ? one : other
      var low = isLeftShorter ? other.lowerBound : one.lowerBound
      let end = isLeftShorter ? other.upperBound : one.upperBound
      for place in shortRange {
        let node = short[place]
        low = IntersectOperator.seek(long, node, low, end)
        if low == end { break }
        guard long[low] == node else { continue }
        let word = places.word(node)
        if word == unknown { continue }
        out.columns[output][count] = word
        probes[count] = UInt32(row)
        count += 1
        if count == Batch.capacity { try flush(batch, &count) }
      }
    }
    try flush(batch, &count)
  }

  /// The first place from `low` on that holds `node` or more: in leaps that double, then by halves.
  @inline(__always)
  private static func seek(_ list: [Int32], _ node: Int32, _ start: Int, _ end: Int) -> Int {
    var low = start
    if low == end || list[low] >= node { return low }
    var step = 1
    while low + step < end, list[low + step] < node {
      low += step
      step *= 2
    }
    var high = min(low + step, end)
    low += 1
    while low < high {
      let middle = (low + high) / 2
      if list[middle] < node { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func flush(_ batch: Batch, _ count: inout Int) throws {
    guard count > 0 else { return }
    for slot in carried {
      var column: [UInt64] = []
      swap(&column, &out.columns[slot])
      let input = batch.columns[slot]
      for position in 0..<count { column[position] = input[Int(probes[position])] }
      swap(&column, &out.columns[slot])
    }
    out.count = count
    out.inherit(batch, probes: probes, count: count)
    count = 0
    try evaluation.checkpoint()
    try next.push(out)
  }
}

extension PipelineCompiler {
  /// The two sides of an intersection, where a plan joins a binary relation for a new slot and then
  /// checks the slot in another (or the same) binary relation.
  func intersection(
    _ first: Scan, _ check: Scan, bound: SlotSet
  ) -> (sides: (IntersectOperator.Side, IntersectOperator.Side), output: Slot)? {
    guard !evaluation.settings.disabledPasses.contains(Pass.intersection.rawValue),
      let (firstSlot, firstColumn, output) = binary(first.atom, bound: bound),
      let (checkSlot, checkColumn, checked) = binary(check.atom, bound: bound), checked == output,
      let one = plainSource(first), let other = plainSource(check)
    else { return nil }
    return (
      (
        IntersectOperator.Side(
          name: one.name, source: one.source, column: firstColumn, slot: firstSlot),
        IntersectOperator.Side(
          name: other.name, source: other.source, column: checkColumn, slot: checkSlot)
      ), output
    )
  }

  /// The bound slot of an atom of two variables, its column, and the other slot.
  private func binary(
    _ atom: ResolvedAtom, bound: SlotSet
  ) -> (slot: Slot, column: Int, other: Slot)? {
    guard atom.arguments.count == 2, case .variable(let left) = atom.arguments[0],
      case .variable(let right) = atom.arguments[1], left != right
    else { return nil }
    if bound.contains(left), !bound.contains(right) { return (left, 0, right) }
    if bound.contains(right), !bound.contains(left) { return (right, 1, left) }
    return nil
  }

  /// A relation all of whose rows are there and certain, large enough to be worth lists.
  private func plainSource(_ scan: Scan) -> (name: String, source: ScanSource)? {
    guard scan.window == .all, case .relation(let name) = scan.atom.source,
      let source = try? source(scan.atom.source), source.rows.arity == 2, !source.isUncertain,
      !source.hasDeadRows, !source.isGrowing, source.liveCount >= 1_000
    else { return nil }
    return (name, source)
  }
}
