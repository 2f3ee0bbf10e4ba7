import FactModel

/// Extends each match by the inner matches, or by unknowns where there may be none.
final class OptionalOperator: Operator {
  private let first: Operator
  private let mark: MarkOperator
  /// What decides whether there is nothing, where that is not what is matched.
  private let whole: (first: Operator, mark: MarkOperator)?
  private let slots: [Slot]
  /// Those of the slots by which the body is looked up.
  private let keys: [Slot]
  private let ordinal: Slot
  private let makes: [Slot]
  /// The weakest level of the matches that are wanted.
  private let leastLevel: UInt8
  private let carried: [Slot]
  private let next: Operator
  private let inner: Batch
  private var selection: [UInt32]

  init(
    _ evaluation: Evaluation, first: Operator, mark: MarkOperator,
    whole: (first: Operator, mark: MarkOperator)?, slots: [Slot], keys: [Slot], ordinal: Slot,
    makes: [Slot], leastLevel: UInt8, carried: [Slot], slotCount: Int, next: Operator
  ) {
    self.keys = keys
    self.leastLevel = leastLevel
    self.first = first
    self.mark = mark
    self.whole = whole
    self.slots = slots
    self.ordinal = ordinal
    self.makes = makes
    self.carried = carried
    self.next = next
    inner = Batch(slotCount: slotCount)
    for slot in slots { inner.carry(slot) }
    inner.carry(ordinal)
    selection = Array(repeating: 0, count: Batch.capacity)
    super.init(evaluation)
  }

  override func prepare() throws {
    try first.prepare()
    try whole?.first.prepare()
  }

  override func push(_ batch: Batch) throws {
    // What could not be computed is looked up nowhere, and nothing can be told of what it would give.
    var isFailed = [Bool](repeating: false, count: batch.hasFailures ? batch.count : 0)
    for row in isFailed.indices {
      isFailed[row] = keys.contains { batch.columns[$0][row] == Word.failed.bits }
    }
    begin(batch, mark)
    mark.outerLevels = batch.isUncertain ? batch.levels : nil
    mark.outerFailures = batch.hasFailures ? batch.failures : nil
    if inner.count > 0 { try first.push(inner) }
    var best = mark.best
    if let whole {
      begin(batch, whole.mark)
      if inner.count > 0 { try whole.first.push(inner) }
      best = whole.mark.best
    }
    var kept = 0
    for row in 0..<batch.count where best[row] != 0 {
      if best[row] != MarkOperator.none {
        if leastLevel < Certainty.possible.rawValue { continue }
        batch.beginLevels()
        batch.levels[row] = Certainty.possible.rawValue
      }
      selection[kept] = UInt32(row)
      kept += 1
    }
    guard kept > 0 else { return }
    batch.compact(selection, count: kept, slots: carried)
    for slot in makes {
      batch.carry(slot)
      for row in 0..<kept {
        let hasFailed = !isFailed.isEmpty && isFailed[Int(selection[row])]
        batch.columns[slot][row] = hasFailed ? Word.failed.bits : Word.unknown.bits
      }
    }
    try next.push(batch)
  }

  /// Makes ready for the matches of an outer batch whose keys are there.
  private func begin(_ batch: Batch, _ mark: MarkOperator) {
    inner.take(batch, slots: slots, ordinal: ordinal)
    if batch.hasFailures { inner.dropFailed(in: keys, carried: slots, ordinal: ordinal) }
    mark.begin(count: batch.count)
  }
}
