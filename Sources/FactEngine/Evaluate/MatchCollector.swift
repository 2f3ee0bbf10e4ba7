import FactModel

/// Keeps matches until there are many, or no more.
///
/// What looks things up in sorted order wants far more of them at once than a batch holds.
final class MatchCollector: Operator {
  private let slots: [Slot]
  /// What was kept; longer than a batch is elsewhere.
  let block: Batch
  /// Takes what was kept once there is enough of it.
  var receive: (() throws -> Void)?
  /// Matches that are looked up at once: their words stay in the cache.
  static let enough = 1 << 16

  init(_ evaluation: Evaluation, slots: [Slot], slotCount: Int) {
    self.slots = slots
    block = Batch(slotCount: slotCount)
    super.init(evaluation)
  }

  override func push(_ batch: Batch) throws {
    let kept = block.count
    for slot in slots {
      let missing = kept - block.columns[slot].count
      if missing > 0 { block.columns[slot].append(contentsOf: repeatElement(0, count: missing)) }
      if missing < 0 { block.columns[slot].removeLast(-missing) }
      block.columns[slot].append(contentsOf: batch.columns[slot][0..<batch.count])
    }
    if batch.isUncertain || block.isUncertain {
      if !block.isUncertain { block.levels = Array(repeating: 0, count: kept) }
      block.isUncertain = true
      block.levels.removeLast(block.levels.count - kept)
      block.levels.append(
        contentsOf: batch.isUncertain
          ? batch.levels[0..<batch.count] : ArraySlice(repeating: 0, count: batch.count))
    }
    if batch.hasFailures || block.hasFailures {
      if !block.hasFailures { block.failures = Array(repeating: 0, count: kept) }
      block.failures.removeLast(block.failures.count - kept)
      block.failures.append(
        contentsOf: batch.hasFailures
          ? batch.failures[0..<batch.count] : ArraySlice(repeating: 0, count: batch.count))
      block.hasFailures = true
    }
    block.count = kept + batch.count
    if block.count >= MatchCollector.enough { try receive?() }
  }

  /// Forgets what was kept.
  func clear() {
    block.count = 0
    block.isUncertain = false
    block.hasFailures = false
  }
}
