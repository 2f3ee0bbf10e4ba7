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
        guard let range = integers(of: Word(bits: column[row])) else {
          let failure = RowFailure(
            message: "a variable can be bound only to the integers of a finite range",
            span: expression.span)
          throw FailureError(failure: failure)
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
    for slot in carried {
      for position in 0..<count {
        out.columns[slot][position] = batch.columns[slot][Int(probes[position])]
      }
    }
    out.inherit(batch, probes: probes, count: count)
    out.count = count
    count = 0
    try next.push(out)
  }
}

/// Marks, for each match of an outer batch, the surest of the inner matches that came of it.
final class MarkOperator: Operator {
  /// By ordinal: the raw level of the surest match, `none` where there is none.
  var best: [UInt8] = []
  /// The levels of the outer matches, by ordinal, for those that are passed on; nil: all certain.
  var outerLevels: [UInt8]?
  static let none: UInt8 = 3
  private let ordinal: Slot
  private let next: Operator?

  init(_ evaluation: Evaluation, ordinal: Slot, next: Operator? = nil) {
    self.ordinal = ordinal
    self.next = next
    super.init(evaluation)
  }

  override func prepare() throws { try next?.prepare() }

  override func push(_ batch: Batch) throws {
    try evaluation.raiseFailures(of: batch)
    let column = batch.columns[ordinal]
    for row in 0..<batch.count {
      let level = batch.isUncertain ? batch.levels[row] : 0
      if level < best[Int(column[row])] { best[Int(column[row])] = level }
    }
    guard let next else { return }
    if let outerLevels {
      batch.beginLevels()
      for row in 0..<batch.count {
        batch.levels[row] = max(batch.levels[row], outerLevels[Int(column[row])])
      }
    }
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
  private let carried: [Slot]
  private let next: Operator
  private let inner: Batch
  private var selection: [UInt32]

  init(
    _ evaluation: Evaluation, alternatives: [Alternative], isChoice: Bool, slots: [Slot],
    ordinal: Slot, carried: [Slot], slotCount: Int, next: Operator
  ) {
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
    for alternative in alternatives {
      inner.take(batch, slots: slots, ordinal: ordinal)
      alternative.mark.best = [UInt8](repeating: MarkOperator.none, count: batch.count)
      try alternative.first.push(inner)
      for row in 0..<batch.count { best[row] = min(best[row], alternative.mark.best[row]) }
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
    if isChoice { return try choose(batch, best) }
    var kept = 0
    var isWeakened = false
    for row in 0..<batch.count where best[row] != 0 {
      if best[row] != MarkOperator.none { isWeakened = true }
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
  private func choose(_ batch: Batch, _ best: [UInt8]) throws {
    var kept = 0
    for row in 0..<batch.count where best[row] != MarkOperator.none {
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

/// Extends each match by the inner matches, or by unknowns where there may be none.
final class OptionalOperator: Operator {
  private let first: Operator
  private let mark: MarkOperator
  /// What decides whether there is nothing, where that is not what is matched.
  private let whole: (first: Operator, mark: MarkOperator)?
  private let slots: [Slot]
  private let ordinal: Slot
  private let makes: [Slot]
  private let carried: [Slot]
  private let next: Operator
  private let inner: Batch
  private var selection: [UInt32]

  init(
    _ evaluation: Evaluation, first: Operator, mark: MarkOperator,
    whole: (first: Operator, mark: MarkOperator)?, slots: [Slot], ordinal: Slot, makes: [Slot],
    carried: [Slot], slotCount: Int, next: Operator
  ) {
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
    try evaluation.raiseFailures(of: batch)
    inner.take(batch, slots: slots, ordinal: ordinal)
    mark.best = [UInt8](repeating: MarkOperator.none, count: batch.count)
    mark.outerLevels = batch.isUncertain ? batch.levels : nil
    try first.push(inner)
    var best = mark.best
    if let whole {
      inner.take(batch, slots: slots, ordinal: ordinal)
      whole.mark.best = [UInt8](repeating: MarkOperator.none, count: batch.count)
      try whole.first.push(inner)
      best = whole.mark.best
    }
    var kept = 0
    for row in 0..<batch.count where best[row] != 0 {
      if best[row] != MarkOperator.none {
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
      for row in 0..<kept { batch.columns[slot][row] = Word.unknown.bits }
    }
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
}
