import FactModel

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
  private var firstNodes: [Int32] = []
  private var secondNodes: [Int32] = []

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

  override func prepare() throws {
    // The lists are made here, so that `.explain` counts them with the join that needs them.
    let places = evaluation.neighbourhoods
    for side in [sides.0, sides.1] {
      _ = places.lists(side.name, from: side.column, in: side.source)
    }
    try next.prepare()
  }

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
    // Unknown has a number, but no list.
    places.numbers.find(batch.columns[sides.0.slot], count: batch.count, into: &firstNodes)
    places.numbers.find(batch.columns[sides.1.slot], count: batch.count, into: &secondNodes)
    let words = places.numbers.words
    let leftTargets = left.targets
    let rightTargets = right.targets
    var column: [UInt64] = []
    swap(&column, &out.columns[output])
    var count = 0
    for row in 0..<batch.count {
      let first = firstNodes[row]
      let second = secondNodes[row]
      if first < 0 || second < 0 { continue }
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
        column[count] = words[Int(node)]
        probes[count] = UInt32(truncatingIfNeeded: row)
        count &+= 1
        if count == Batch.capacity {
          swap(&column, &out.columns[output])
          try flush(batch, &count)
          swap(&column, &out.columns[output])
        }
      }
    }
    swap(&column, &out.columns[output])
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
    out.take(batch, probes: probes, count: count, carried: carried)
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
