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
  private let shares: [Intersection.Share]
  /// Rows of a batch from which on threads share them.
  private static let parallelRows = 1024

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
    shares = (0..<max(1, Workers.count)).map { _ in Intersection.Share() }
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
    let lists = Intersection(
      left: left, right: right, words: places.numbers.words, firstNodes: firstNodes,
      secondNodes: secondNodes)
    let share = batch.count / shares.count
    for (number, found) in shares.enumerated() {
      let end = number == shares.count - 1 ? batch.count : (number + 1) * share
      found.rows = number * share..<end
    }
    while shares.contains(where: { !$0.rows.isEmpty }) {
      if batch.count >= IntersectOperator.parallelRows {
        let shares = self.shares
        parallel(over: shares.count) { lists.find(shares[$0]) }
      } else {
        for share in shares { lists.find(share) }
      }
      for share in shares { try emit(share, batch) }
      try evaluation.checkpoint()
    }
  }

  /// Passes on what a share has found.
  private func emit(_ share: Intersection.Share, _ batch: Batch) throws {
    var start = 0
    while start < share.count {
      let count = min(share.count - start, Batch.capacity)
      for position in 0..<count {
        probes[position] = share.probes[start &+ position]
      }
      out.makeRoom(output, for: count)
      for position in 0..<count {
        out.columns[output][position] = share.column[start &+ position]
      }
      out.take(batch, probes: probes, count: count, carried: carried)
      start += count
      try next.push(out)
    }
    share.count = 0
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
