import FactModel

/// About 2,000 matches that pass from operator to operator: one column of words for each slot that
/// is still needed.
///
/// A batch belongs to the operator that fills it. Whoever it is pushed to may compact it in place.
final class Batch {
  /// The most rows that a batch holds.
  static let capacity = 2_048

  /// By slot; empty for slots that nobody carries, else at least `count` long.
  var columns: [[UInt64]]
  var count = 0
  /// The certainty of each row, as raw values; meaningless unless `isUncertain`.
  var levels: [UInt8]
  var isUncertain = false
  /// For each row the failure that it carries, from 1; 0 is none. Meaningless unless `hasFailures`.
  var failures: [UInt16] = []
  var hasFailures = false

  init(slotCount: Int) {
    columns = Array(repeating: [], count: slotCount)
    levels = Array(repeating: 0, count: Batch.capacity)
  }

  /// Makes room for a slot.
  func carry(_ slot: Slot) { makeRoom(slot, for: Batch.capacity) }

  /// Makes a slot's column long enough for some rows.
  func makeRoom(_ slot: Slot, for rows: Int) {
    let missing = rows - columns[slot].count
    guard missing > 0 else { return }
    let more = columns[slot].isEmpty && rows <= 64 ? missing : Batch.capacity - columns[slot].count
    columns[slot].append(contentsOf: repeatElement(0, count: max(more, missing)))
  }

  /// Keeps the rows whose numbers stand in `selection`, which ascends.
  func compact(_ selection: [UInt32], count kept: Int, slots: [Slot]) {
    guard kept < count else { return }
    for slot in slots {
      var column: [UInt64] = []
      swap(&column, &columns[slot])
      var row = 0
      while row < kept {
        column[row] = column[Int(selection[row])]
        row &+= 1
      }
      swap(&column, &columns[slot])
    }
    if isUncertain {
      var row = 0
      while row < kept {
        levels[row] = levels[Int(selection[row])]
        row &+= 1
      }
    }
    if hasFailures {
      for row in 0..<kept { failures[row] = failures[Int(selection[row])] }
    }
    count = kept
  }

  /// Becomes the rows `probes` of another batch: the slots that are carried, certainty and
  /// failures. What else the rows hold is for the caller to write.
  func take(_ input: Batch, probes: [UInt32], count: Int, carried: [Slot]) {
    for slot in carried {
      makeRoom(slot, for: count)
      var column: [UInt64] = []
      swap(&column, &columns[slot])
      let words = input.columns[slot]
      var position = 0
      while position < count {
        column[position] = words[Int(probes[position])]
        position &+= 1
      }
      swap(&column, &columns[slot])
    }
    self.count = count
    inherit(input, probes: probes, count: count)
  }

  /// Takes over certainty and failures of the rows `probes` of another batch.
  func inherit(_ other: Batch, probes: [UInt32], count: Int) {
    isUncertain = other.isUncertain
    if isUncertain {
      var row = 0
      while row < count {
        levels[row] = other.levels[Int(probes[row])]
        row &+= 1
      }
    }
    hasFailures = other.hasFailures
    if hasFailures {
      if failures.isEmpty { failures = Array(repeating: 0, count: Batch.capacity) }
      for row in 0..<count { failures[row] = other.failures[Int(probes[row])] }
    }
  }

  /// Notes that a row carries a failure; the first one of a row stays.
  func fail(row: Int, _ failure: UInt16) {
    if !hasFailures {
      failures = Array(repeating: 0, count: Batch.capacity)
      hasFailures = true
    }
    if failures[row] == 0 { failures[row] = failure }
  }

  /// Drops the rows that are less sure than a level.
  func keep(atLeast least: UInt8, slots: [Slot]) {
    guard isUncertain, least < Certainty.possible.rawValue else { return }
    let kept = (0..<UInt32(count)).filter { levels[Int($0)] <= least }
    compact(kept, count: kept.count, slots: slots)
  }

  /// Takes the rows out in which one of some slots holds what could not be computed; nil where none
  /// does. `slots` are all that are carried.
  func takeFailed(in keys: [Slot], slots: [Slot]) -> Batch? {
    guard hasFailures else { return nil }
    let isFailed = (0..<count).map { row in
      keys.contains { columns[$0][row] == Word.failed.bits }
    }
    guard isFailed.contains(true) else { return nil }
    let taken = Batch(slotCount: columns.count)
    for slot in slots { taken.columns[slot] = columns[slot] }
    taken.levels = levels
    taken.isUncertain = isUncertain
    taken.failures = failures
    taken.hasFailures = true
    taken.count = count
    let rows = (0..<UInt32(count))
    let failed = rows.filter { isFailed[Int($0)] }
    taken.compact(failed, count: failed.count, slots: slots)
    let rest = rows.filter { !isFailed[Int($0)] }
    compact(rest, count: rest.count, slots: slots)
    return taken
  }

  /// Makes every row certain, so that levels can be raised one by one.
  func beginLevels() {
    guard !isUncertain else { return }
    for row in 0..<count { levels[row] = 0 }
    isUncertain = true
  }
}
