import FactModel

/// Binds a slot to the value of an expression.
final class ComputeOperator: Operator {
  private let slot: Slot
  private let expression: ResolvedExpression
  private let next: Operator
  private let evaluator: ExpressionEvaluator

  init(_ evaluation: Evaluation, slot: Slot, expression: ResolvedExpression, next: Operator) {
    self.slot = slot
    self.expression = expression
    self.next = next
    evaluator = ExpressionEvaluator(evaluation: evaluation)
    super.init(evaluation)
  }

  override func prepare() throws { try next.prepare() }

  override func push(_ batch: Batch) throws {
    batch.columns[slot] = evaluator.evaluate(expression, over: batch)
    try next.push(batch)
  }
}

/// Binds a slot to each of several values, or of the integers of a range, for each match.
final class ValuesOperator: Operator {
  enum Values {
    case list([ResolvedExpression])
    case integers(ResolvedExpression)
  }

  private let slot: Slot
  private let source: Values
  private let carried: [Slot]
  private let next: Operator
  private let out: Batch
  private let evaluator: ExpressionEvaluator
  private var probes: [UInt32]

  init(
    _ evaluation: Evaluation, slot: Slot, values: Values, carried: [Slot], slotCount: Int,
    next: Operator
  ) {
    self.slot = slot
    self.source = values
    self.carried = carried
    self.next = next
    out = Batch(slotCount: slotCount)
    for slot in carried { out.carry(slot) }
    out.carry(slot)
    evaluator = ExpressionEvaluator(evaluation: evaluation)
    probes = Array(repeating: 0, count: Batch.capacity)
    super.init(evaluation)
  }

  override func prepare() throws { try next.prepare() }

  override func push(_ batch: Batch) throws {
    switch source {
    case .list(let expressions):
      let columns = expressions.map { evaluator.evaluate($0, over: batch) }
      var count = 0
      for row in 0..<batch.count {
        var seen: [UInt64] = []
        for column in columns {
          let word = column[row]
          if word == Word.unknown.bits || seen.contains(word) { continue }
          seen.append(word)
          try put(word, row, batch, &count)
        }
      }
      try flush(batch, &count)
    case .integers(let expression):
      let column = evaluator.evaluate(expression, over: batch)
      var count = 0
      for row in 0..<batch.count {
        if Word(bits: column[row]) == .unknown { continue }
        if column[row] == Word.failed.bits {
          try put(column[row], row, batch, &count)
          continue
        }
        guard let range = integers(of: Word(bits: column[row])) else {
          let failure = RowFailure(
            message: "a variable can be bound only to the integers of a finite range",
            span: expression.span)
          batch.fail(row: row, evaluation.note(failure))
          try put(Word.failed.bits, row, batch, &count)
          continue
        }
        for integer in range {
          let word = evaluation.values.word(for: .integer(integer))
          try put(word.bits, row, batch, &count)
        }
      }
      try flush(batch, &count)
    }
  }

  /// The integers of a finite range, or of an exact integer.
  private func integers(of word: Word) -> ClosedRange<Int64>? {
    guard let interval = evaluation.values.numbers(of: word),
      case .integer(let lower) = interval.lower, case .integer(let upper) = interval.upper,
      lower <= upper
    else { return nil }
    return lower...upper
  }

  private func put(_ word: UInt64, _ row: Int, _ batch: Batch, _ count: inout Int) throws {
    out.columns[slot][count] = word
    probes[count] = UInt32(row)
    count += 1
    if count == Batch.capacity {
      try flush(batch, &count)
      try evaluation.checkpoint()
    }
  }

  private func flush(_ batch: Batch, _ count: inout Int) throws {
    guard count > 0 else { return }
    out.take(batch, probes: probes, count: count, carried: carried)
    count = 0
    try next.push(out)
  }
}

/// Marks, for each match of an outer batch, the surest of the inner matches that came of it.
final class MarkOperator: Operator {
  /// By ordinal: the raw level of the surest match, `none` where there is none.
  var best: [UInt8] = []
  /// By ordinal: a failure that an inner match carries, from 1; empty where none does.
  var failures: [UInt16] = []
  /// The levels of the outer matches, by ordinal, for those that are passed on; nil: all certain.
  var outerLevels: [UInt8]?
  /// Their failures likewise; nil: none.
  var outerFailures: [UInt16]?
  static let none: UInt8 = 3
  private let ordinal: Slot
  private let leastLevel: UInt8
  private let carried: [Slot]
  private let next: Operator?

  init(
    _ evaluation: Evaluation, ordinal: Slot, leastLevel: UInt8 = Certainty.possible.rawValue,
    carried: [Slot] = [], next: Operator? = nil
  ) {
    self.ordinal = ordinal
    self.leastLevel = leastLevel
    self.carried = carried
    self.next = next
    super.init(evaluation)
  }

  override func prepare() throws { try next?.prepare() }

  /// Begins anew for the matches of an outer batch.
  func begin(count: Int) {
    best = [UInt8](repeating: MarkOperator.none, count: count)
    failures = []
  }

  override func push(_ batch: Batch) throws {
    let column = batch.columns[ordinal]
    if batch.hasFailures, failures.isEmpty {
      failures = [UInt16](repeating: 0, count: best.count)
    }
    for row in 0..<batch.count {
      let outer = Int(column[row])
      if batch.hasFailures, batch.failures[row] != 0 {
        // Whether it is a match cannot be told.
        failures[outer] = batch.failures[row]
        continue
      }
      let level = batch.isUncertain ? batch.levels[row] : 0
      if level < best[outer] { best[outer] = level }
    }
    guard let next else { return }
    if let outerFailures {
      for row in 0..<batch.count where outerFailures[Int(column[row])] != 0 {
        batch.fail(row: row, outerFailures[Int(column[row])])
      }
    }
    if let outerLevels {
      batch.beginLevels()
      for row in 0..<batch.count {
        batch.levels[row] = max(batch.levels[row], outerLevels[Int(column[row])])
      }
    }
    batch.keep(atLeast: leastLevel, slots: carried)
    guard batch.count > 0 else { return }
    try next.push(batch)
  }
}

/// Keeps matches for which no alternative of a negated body holds for sure; for a choice those for
/// which one of the alternatives holds.
final class NegateOperator: Operator {
  /// One alternative: where it starts, where it is marked, and what an unknown key means there.
  struct Alternative {
    var first: Operator
    var mark: MarkOperator
    /// The slots that the atom of a one-atom body is looked up by, and its source.
    var lookup: (slots: [Slot], source: () throws -> ScanSource)?
  }

  private let alternatives: [Alternative]
  private let isChoice: Bool
  private let slots: [Slot]
  private let ordinal: Slot
  /// The weakest level of the matches that are wanted.
  private let leastLevel: UInt8
  private let carried: [Slot]
  private let next: Operator
  private let inner: Batch
  private var selection: [UInt32]

  init(
    _ evaluation: Evaluation, alternatives: [Alternative], isChoice: Bool, slots: [Slot],
    ordinal: Slot, leastLevel: UInt8, carried: [Slot], slotCount: Int, next: Operator
  ) {
    self.leastLevel = leastLevel
    self.alternatives = alternatives
    self.isChoice = isChoice
    self.slots = slots
    self.ordinal = ordinal
    self.carried = carried
    self.next = next
    inner = Batch(slotCount: slotCount)
    for slot in slots { inner.carry(slot) }
    inner.carry(ordinal)
    selection = Array(repeating: 0, count: Batch.capacity)
    super.init(evaluation)
  }

  override func prepare() throws {
    for alternative in alternatives { try alternative.first.prepare() }
    try next.prepare()
  }

  override func push(_ batch: Batch) throws {
    var best = [UInt8](repeating: MarkOperator.none, count: batch.count)
    // What cannot be told holds: its match is an error if it passes all else.
    var failures: [UInt16] = []
    for alternative in alternatives {
      inner.take(batch, slots: slots, ordinal: ordinal)
      // A match whose value could not be computed carries its failure already.
      if batch.hasFailures { inner.dropFailed(in: slots, carried: slots, ordinal: ordinal) }
      alternative.mark.begin(count: batch.count)
      if inner.count > 0 { try alternative.first.push(inner) }
      for row in 0..<batch.count { best[row] = min(best[row], alternative.mark.best[row]) }
      if !alternative.mark.failures.isEmpty {
        if failures.isEmpty { failures = [UInt16](repeating: 0, count: batch.count) }
        for row in 0..<batch.count where failures[row] == 0 {
          failures[row] = alternative.mark.failures[row]
        }
      }
      // Something unknown might be what a row says, whatever the row.
      guard let lookup = alternative.lookup else { continue }
      for slot in lookup.slots {
        let unknown = Word.unknown.bits
        for row in 0..<batch.count where batch.columns[slot][row] == unknown {
          if try lookup.source().liveCount == 0 { break }
          best[row] = min(best[row], Certainty.possible.rawValue)
        }
      }
    }
    for row in failures.indices where failures[row] != 0 && (isChoice || best[row] != 0) {
      batch.fail(row: row, failures[row])
    }
    if isChoice { return try choose(batch, best, failures) }
    var kept = 0
    var isWeakened = false
    for row in 0..<batch.count where best[row] != 0 {
      if best[row] != MarkOperator.none {
        if leastLevel < Certainty.possible.rawValue { continue }
        isWeakened = true
      }
      selection[kept] = UInt32(row)
      kept += 1
    }
    guard kept > 0 else { return }
    if isWeakened {
      batch.beginLevels()
      for row in 0..<batch.count where best[row] == 1 || best[row] == 2 {
        batch.levels[row] = Certainty.possible.rawValue
      }
    }
    batch.compact(selection, count: kept, slots: carried)
    try next.push(batch)
  }
}

extension NegateOperator {
  /// Passes on the matches for which an alternative holds, weakened to the surest of them.
  private func choose(_ batch: Batch, _ judged: [UInt8], _ failures: [UInt16]) throws {
    var best = judged
    for row in failures.indices where failures[row] != 0 { best[row] = 0 }
    if batch.hasFailures {
      for slot in slots {
        for row in 0..<batch.count where batch.columns[slot][row] == Word.failed.bits {
          best[row] = 0
        }
      }
    }
    var kept = 0
    for row in 0..<batch.count where best[row] <= leastLevel {
      if best[row] > 0 {
        batch.beginLevels()
        batch.levels[row] = max(batch.levels[row], best[row])
      }
      selection[kept] = UInt32(row)
      kept += 1
    }
    guard kept > 0 else { return }
    batch.compact(selection, count: kept, slots: carried)
    try next.push(batch)
  }
}

extension Batch {
  /// Copies the matches of an outer batch and numbers them.
  func take(_ outer: Batch, slots: [Slot], ordinal: Slot) {
    for slot in slots { columns[slot] = outer.columns[slot] }
    for row in 0..<outer.count { columns[ordinal][row] = UInt64(row) }
    count = outer.count
    isUncertain = false
    hasFailures = false
  }

  /// Leaves out the matches in which one of some slots could not be computed.
  func dropFailed(in keys: [Slot], carried: [Slot], ordinal: Slot) {
    let kept = (0..<UInt32(count)).filter { row in
      !keys.contains { columns[$0][Int(row)] == Word.failed.bits }
    }
    compact(kept, count: kept.count, slots: carried + [ordinal])
  }
}
