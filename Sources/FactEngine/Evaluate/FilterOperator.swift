import FactLanguage
import FactModel

/// Keeps matches for which all conditions hold, and weakens those for which one only may hold.
final class FilterOperator: Operator {
  private let conditions: [PreparedCondition]
  /// The weakest level of the matches that are wanted.
  private let leastLevel: UInt8
  private let carried: [Slot]
  private let next: Operator
  private let evaluator: ExpressionEvaluator
  private var truths: [UInt8]
  private var outcome: [UInt8]
  private var selection: [UInt32]

  init(
    _ evaluation: Evaluation, conditions: [Condition],
    leastLevel: UInt8 = Certainty.possible.rawValue, carried: [Slot], next: Operator
  ) throws {
    self.leastLevel = leastLevel
    self.conditions = try conditions.map { try PreparedCondition($0, evaluation) }
    self.carried = carried
    self.next = next
    evaluator = ExpressionEvaluator(evaluation: evaluation)
    truths = Array(repeating: 0, count: Batch.capacity)
    outcome = truths
    selection = Array(repeating: 0, count: Batch.capacity)
    super.init(evaluation)
  }

  override func prepare() throws { try next.prepare() }

  override func push(_ batch: Batch) throws {
    try filter(batch)
    if batch.count > 0 { try next.push(batch) }
  }

  private func filter(_ batch: Batch) throws {
    let count = batch.count
    // Out of the object while they change: each access to a property of a class is checked.
    var truths: [UInt8] = []
    var outcome: [UInt8] = []
    var selection: [UInt32] = []
    swap(&truths, &self.truths)
    swap(&outcome, &self.outcome)
    swap(&selection, &self.selection)
    defer {
      swap(&truths, &self.truths)
      swap(&outcome, &self.outcome)
      swap(&selection, &self.selection)
    }
    for (position, condition) in conditions.enumerated() {
      try condition.judge(batch, evaluator, into: &truths)
      if position == 0 {
        swap(&truths, &outcome)
      } else {
        for row in 0..<count { outcome[row] = max(outcome[row], truths[row]) }
      }
    }
    let never = Truth.never.rawValue
    var others: UInt8 = 0
    for row in 0..<count { others |= outcome[row] ^ never }
    if others == 0 {
      batch.count = 0
      return
    }
    var kept = 0
    var weakest: UInt8 = 0
    let limit = leastLevel &+ 1
    for row in 0..<count {
      // A row that carries a failure passes what its failed value was asked for.
      let truth = outcome[row]
      selection[kept] = UInt32(truncatingIfNeeded: row)
      // 1 for what passes and 0 for what fails or is not sure enough, without a branch that half of
      // the rows miss.
      let passes = (truth &- limit) &>> 7
      weakest |= truth & (0 &- passes)
      kept &+= Int(truncatingIfNeeded: passes)
    }
    if weakest != 0 {
      batch.beginLevels()
      for row in 0..<count where outcome[row] > batch.levels[row] {
        batch.levels[row] = outcome[row]
      }
    }
    batch.compact(selection, count: kept, slots: carried)
  }
}

/// A condition with what can be computed once: judged constants, compiled patterns, known texts.
final class PreparedCondition {
  private let condition: Condition
  private let evaluation: Evaluation
  private var constants: ConstantConditions?
  private var matcher: Matcher?
  /// What a text test said of each symbol, by id; 255 is not asked yet.
  private var textTruths: [UInt8] = []

  init(_ condition: Condition, _ evaluation: Evaluation) throws {
    self.condition = condition
    self.evaluation = evaluation
    switch condition {
    case .constants(_, let comparisons):
      var constants = ConstantConditions()
      for comparison in comparisons {
        _ = constants.add(
          comparison.comparison.map(\.byMeaning) ?? .inside, comparison.constant,
          in: evaluation.values)
      }
      self.constants = constants
    case .test(.matches, let arguments):
      guard case .constant(let word) = arguments[1].kind, word.kind == .symbol else { break }
      matcher = try PreparedCondition.matcher(
        evaluation.values.symbols.text(word.symbol), at: arguments[1].span)
    default: break
    }
  }

  private static func matcher(_ pattern: String, at span: SourceSpan) throws -> Matcher {
    do {
      return try Matcher(pattern: pattern)
    } catch {
      throw FailureError(failure: RowFailure(message: "\(error)", span: span))
    }
  }

  /// Writes the truth of each row, as raw values.
  func judge(_ batch: Batch, _ evaluator: ExpressionEvaluator, into truths: inout [UInt8]) throws {
    let count = batch.count
    let values = evaluation.values
    let never = Truth.never.rawValue
    if truths.count < count {
      truths.append(contentsOf: repeatElement(0, count: count - truths.count))
    }
    switch condition {
    case .constants(let slot, _):
      let words = batch.columns[slot]
      constants?.judge(words.span.extracting(0..<count), in: values, into: &truths)
    case .identity(let left, let right, let isEqual):
      let a = evaluator.evaluate(left, over: batch)
      let b = evaluator.evaluate(right, over: batch)
      let unknown = Word.unknown.bits
      for row in 0..<count {
        let holds = (a[row] == b[row]) == isEqual && a[row] != unknown && b[row] != unknown
        truths[row] = never
        if holds { truths[row] = 0 }
      }
    case .comparison(let comparison, let left, let right):
      compare(comparison.byMeaning, left, right, batch, evaluator, &truths)
    case .memberOfRange(let left, let right):
      compare(.inside, left, right, batch, evaluator, &truths)
    case .overlaps(let left, let right):
      compare(.overlaps, left, right, batch, evaluator, &truths)
    case .memberOfList(let value, let list):
      let column = evaluator.evaluate(value, over: batch)
      let members = list.map { evaluator.evaluate($0, over: batch) }
      for row in 0..<count {
        truths[row] = never
        if column[row] == Word.unknown.bits { continue }
        for member in members where member[row] == column[row] { truths[row] = 0 }
      }
    case .test(let test, let arguments):
      let columns = arguments.map { evaluator.evaluate($0, over: batch) }
      if test == .unknown {
        for row in 0..<count {
          truths[row] = never
          if columns[0][row] == Word.unknown.bits { truths[row] = 0 }
        }
      } else {
        try judgeText(test, arguments, columns, count: count, values, &truths)
      }
    }
    if batch.hasFailures {
      // What cannot be told passes, so that the failure is raised unless something else fails.
      for expression in condition.operands {
        let column = evaluator.evaluate(expression, over: batch)
        for row in 0..<count where column[row] == Word.failed.bits { truths[row] = 0 }
      }
    }
  }

  private func compare(
    _ comparison: Comparison, _ left: ResolvedExpression, _ right: ResolvedExpression,
    _ batch: Batch, _ evaluator: ExpressionEvaluator, _ truths: inout [UInt8]
  ) {
    let a = evaluator.evaluate(left, over: batch)
    var b = evaluator.evaluate(right, over: batch)
    if comparison == .overlaps || comparison == .inside, case .constant(let constant) = right.kind,
      let years = evaluation.values.yearsWord(of: constant)
    {
      for row in 0..<batch.count
      where evaluation.values.category(of: Word(bits: a[row])) == .date { b[row] = years.bits }
    }
    evaluation.values.compare(
      comparison, a.span.extracting(0..<batch.count), b.span.extracting(0..<batch.count),
      into: &truths)
  }

  /// Texts are tested once for each distinct symbol where the second argument is a constant.
  private func judgeText(
    _ test: Test, _ arguments: [ResolvedExpression], _ columns: [[UInt64]], count: Int,
    _ values: ValueStore, _ truths: inout [UInt8]
  ) throws {
    let never = Truth.never.rawValue
    var isConstant = false
    if case .constant = arguments[1].kind { isConstant = true }
    for row in 0..<count {
      truths[row] = never
      let text = Word(bits: columns[0][row])
      let pattern = Word(bits: columns[1][row])
      guard text.kind == .symbol, pattern.kind == .symbol else { continue }
      if isConstant {
        let id = Int(text.symbol)
        if id >= textTruths.count {
          textTruths.append(
            contentsOf: repeatElement(
              255, count: max(id + 1, values.symbols.count) - textTruths.count))
        }
        if textTruths[id] == 255 {
          textTruths[id] = try holds(test, text, pattern, arguments, values) ? 0 : never
        }
        truths[row] = textTruths[id]
      } else if try holds(test, text, pattern, arguments, values) {
        truths[row] = 0
      }
    }
  }

  private func holds(
    _ test: Test, _ text: Word, _ pattern: Word, _ arguments: [ResolvedExpression],
    _ values: ValueStore
  ) throws -> Bool {
    if test == .matches {
      var matcher =
        try self.matcher
        ?? PreparedCondition.matcher(values.symbols.text(pattern.symbol), at: arguments[1].span)
      defer { if self.matcher != nil { self.matcher = matcher } }
      var stopped: (any Error)?
      let found = values.symbols.withBytes(text.symbol) { bytes in
        matcher.matches(bytes.bindMemory(to: UInt8.self).span) {
          do { try self.evaluation.checkpoint() } catch { stopped = error }
          return stopped != nil
        }
      }
      if let stopped { throw stopped }
      return found ?? false
    }
    return values.symbols.withBytes(text.symbol) { whole in
      values.symbols.withBytes(pattern.symbol) { part in
        switch test {
        case .startsWith: whole.starts(with: part)
        case .endsWith: whole.count >= part.count && whole.suffix(part.count).elementsEqual(part)
        default: PreparedCondition.contains(whole, part)
        }
      }
    }
  }

  /// Whether a text occurs in another, byte by byte.
  private static func contains(_ whole: UnsafeRawBufferPointer, _ part: UnsafeRawBufferPointer)
    -> Bool
  {
    guard let first = part.first else { return true }
    guard whole.count >= part.count else { return false }
    for start in 0...(whole.count - part.count) where whole[start] == first {
      if whole[start..<(start + part.count)].elementsEqual(part) { return true }
    }
    return false
  }
}

extension ComparisonOperator {
  /// The comparison of values that this operator stands for.
  var byMeaning: Comparison {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    }
  }
}
