import FactModel

/// A plan made runnable: operators from the source of matches to a sink.
final class Pipeline {
  private let source: UnitSource
  private let first: Operator
  private let evaluation: Evaluation

  fileprivate init(_ evaluation: Evaluation, first: Operator, slotCount: Int) {
    self.evaluation = evaluation
    self.first = first
    source = UnitSource(slotCount: slotCount, first: first)
  }

  /// Runs once over what the windows show now.
  func run() throws {
    try first.prepare()
    try source.run()
  }
}

/// Turns plans into operators, from the sink back to the source, so that each operator knows which
/// slots are still needed after it.
struct PipelineCompiler {
  let evaluation: Evaluation
  /// Gives the source of an atom; relations of a running fixpoint included.
  let source: (AtomSource) throws -> ScanSource
  /// Counts what flows between operators; nil costs nothing.
  let trace: PlanTrace.Entry?
  /// Whether it matters how many matches there are, not only which.
  let countsMatches: Bool
  /// The weakest level of the matches that are wanted; what is weaker is dropped as soon as it is
  /// seen. Inside a negation or an option all are wanted, since there a weak match weakens another.
  private var leastLevel: UInt8
  /// The number of slots of the rule or query; each negation and option adds an ordinal.
  private(set) var slotCount: Int

  init(
    evaluation: Evaluation, variableCount: Int, plan: Plan, countsMatches: Bool = false,
    leastLevel: UInt8 = Certainty.possible.rawValue,
    source: @escaping (AtomSource) throws -> ScanSource
  ) {
    self.evaluation = evaluation
    self.leastLevel = countsMatches ? Certainty.possible.rawValue : leastLevel
    self.source = source
    self.countsMatches = countsMatches
    trace = evaluation.trace?.begin(plan)
    slotCount = variableCount + plan.ordinalCount
    nextOrdinal = variableCount
  }

  private var nextOrdinal: Int

  /// Compiles a whole plan that ends in a sink which reads the `needed` slots.
  mutating func compile(_ plan: Plan, needed: SlotSet, sink: Operator) throws -> Pipeline {
    let first = try operators(plan, needed: needed, next: sink)
    return Pipeline(evaluation, first: first, slotCount: slotCount)
  }

  /// Compiles a plan whose matches come from outside with some slots bound.
  mutating func inner(
    _ plan: Plan, bound: SlotSet, needed: SlotSet, sink: Operator
  ) throws -> Operator {
    outerBound = bound
    return try operators(plan, needed: needed, next: sink)
  }

  /// The first operator of a plan; what flows out of it goes to `next`.
  private mutating func operators(_ plan: Plan, needed: SlotSet, next: Operator) throws
    -> Operator
  {
    let path = self.path
    let next = count(next, at: path)
    defer { self.path = path }
    self.path = path + "i"
    switch plan {
    case .unit, .outer:
      return next
    case .join(let input, let scan):
      return try join(input, scan, needed: needed, next: next)
    case .filter(let input, let conditions):
      let filter = try FilterOperator(
        evaluation, conditions: conditions, leastLevel: leastLevel, carried: needed.sorted(),
        next: next)
      let read = conditions.reduce(into: needed) { $0.formUnion($1.slots) }
      return try operators(input, needed: read, next: filter)
    case .compute(let input, let slot, let expression):
      let compute = ComputeOperator(evaluation, slot: slot, expression: expression, next: next)
      return try operators(
        input, needed: needed.subtracting([slot]).union(expression.slots), next: compute)
    case .values(let input, let slot, let list):
      let rest = needed.subtracting([slot])
      let values = ValuesOperator(
        evaluation, slot: slot, values: .list(list), carried: rest.sorted(), slotCount: slotCount,
        next: next)
      return try operators(
        input, needed: list.reduce(into: rest) { $0.formUnion($1.slots) }, next: values)
    case .integers(let input, let slot, let range):
      let rest = needed.subtracting([slot])
      let values = ValuesOperator(
        evaluation, slot: slot, values: .integers(range), carried: rest.sorted(),
        slotCount: slotCount, next: next)
      return try operators(input, needed: rest.union(range.slots), next: values)
    case .negate(let input, let bodies):
      return try negate(input, bodies, needed: needed, next: next)
    case .choose(let input, let bodies):
      return try negate(input, bodies, needed: needed, isChoice: true, next: next)
    case .optional(let input, let body, let makes):
      let ordinal = takeOrdinal()
      let whole = try wholeBody(body, ordinal: ordinal, bound: input.bound)
      let mark = MarkOperator(
        evaluation, ordinal: ordinal, leastLevel: leastLevel, carried: needed.sorted(), next: next)
      let rest = needed.subtracting(makes)
      let saved = (outerBound, leastLevel)
      outerBound.formUnion(input.bound)
      leastLevel = Certainty.possible.rawValue
      self.path = path + "b0"
      let first = try operators(body, needed: needed.union([ordinal]), next: mark)
      (outerBound, leastLevel) = saved
      let slots = rest.union(body.reads.subtracting(makes))
      let optional = OptionalOperator(
        evaluation, first: first, mark: mark, whole: whole, slots: slots.sorted(),
        keys: body.reads.subtracting(makes).intersection(slots).sorted(), ordinal: ordinal,
        makes: makes, leastLevel: leastLevel, carried: rest.sorted(), slotCount: slotCount,
        next: next)
      self.path = path + "i"
      return try operators(input, needed: slots, next: optional)
    }
  }

  /// Where in the plan the node stands that is being compiled; the trace counts by it.
  private var path = ""

  /// Counts what flows into an operator, where the plan is traced.
  private func count(_ next: Operator, at path: String) -> Operator {
    guard let trace else { return next }
    return CountingOperator(evaluation, counter: trace.counter(at: path), next: next)
  }

  /// Where disputed facts are left out: what an optional body has with them, since that decides
  /// whether it has nothing.
  private mutating func wholeBody(
    _ body: Plan, ordinal: Slot, bound: SlotSet
  ) throws -> (first: Operator, mark: MarkOperator)? {
    guard evaluation.whole != nil, !isNegated else { return nil }
    let saved = (outerBound, leastLevel)
    outerBound.formUnion(bound)
    leastLevel = Certainty.possible.rawValue
    isNegated = true
    defer {
      (outerBound, leastLevel) = saved
      isNegated = false
    }
    let mark = MarkOperator(evaluation, ordinal: ordinal)
    return (try operators(body, needed: [ordinal], next: mark), mark)
  }

  private mutating func takeOrdinal() -> Slot {
    defer { nextOrdinal += 1 }
    return nextOrdinal
  }

  private mutating func join(
    _ input: Plan, _ scan: Scan, needed: SlotSet, next: Operator
  ) throws -> Operator {
    if case .join(let start, let first) = input, start != .unit, first.bounds == nil,
      scan.bounds == nil,
      let (sides, output) = intersection(first, scan, bound: start.bound.union(outerBound))
    {
      let rest = needed.subtracting([output])
      // What cannot be looked up in lists is joined with one relation after the other.
      let both = rest.union([output])
      let second = JoinOperator(
        evaluation, source: sides.1.source, window: .all, keyColumns: [0, 1],
        keys: sides.1.column == 0
          ? [.slot(sides.1.slot), .slot(output)] : [.slot(output), .slot(sides.1.slot)],
        outputs: [], equalities: [], carried: both.sorted(), isExistential: false,
        leastLevel: leastLevel, slotCount: slotCount, next: next)
      let fallback = JoinOperator(
        evaluation, source: sides.0.source, window: .all, keyColumns: [sides.0.column],
        keys: [.slot(sides.0.slot)], outputs: [(1 - sides.0.column, output)], equalities: [],
        carried: rest.union([sides.1.slot]).sorted(), isExistential: false, leastLevel: leastLevel,
        slotCount: slotCount, next: second)
      let operation = IntersectOperator(
        evaluation, sides: sides, output: output, fallback: fallback,
        carried: rest.sorted(), slotCount: slotCount, next: next)
      path += "i"
      return try operators(
        start, needed: rest.union([sides.0.slot, sides.1.slot]), next: operation)
    }
    let before = input.bound
    // What an outer match binds is bound here too, where this plan stands inside a negation.
    var keyColumns: [Int] = []
    var keys: [JoinOperator.Key] = []
    var outputs: [(column: Int, slot: Slot)] = []
    var equalities: [(Int, Int)] = []
    var firstColumn = SlotMap<Int>()
    var own = SlotSet()
    for (column, argument) in scan.atom.arguments.enumerated() {
      switch argument {
      case .any: break
      case .constant(let word):
        keyColumns.append(column)
        keys.append(.constant(word.bits))
      case .variable(let slot):
        if outerBound.contains(slot) || before.contains(slot) {
          keyColumns.append(column)
          keys.append(.slot(slot))
        } else if let first = firstColumn[slot] {
          equalities.append((first, column))
        } else {
          firstColumn[slot] = column
          own.insert(slot)
          if needed.contains(slot) { outputs.append((column, slot)) }
        }
      }
    }
    if case .file(let file) = scan.atom.source, case .unit = input {
      var constants: [(column: Int, word: UInt64)] = []
      for (column, key) in zip(keyColumns, keys) {
        if case .constant(let word) = key { constants.append((column, word)) }
      }
      let operation = FileScanOperator(
        evaluation, file: file, outputs: outputs, constants: constants, equalities: equalities,
        slotCount: slotCount, next: next)
      return try operators(input, needed: [], next: operation)
    }
    let rest = needed.subtracting(own)
    if let bounds = scan.bounds {
      if let column = firstColumn[bounds.other], !isSearched(scan.atom, keyColumns) {
        let (layout, keySlots) = PipelineCompiler.layout(
          of: scan, column: column, keyColumns: keyColumns, keys: keys, outputs: outputs,
          equalities: equalities)
        let read = rest.union(keySlots).union([bounds.slot])
        let collector = MatchCollector(evaluation, slots: read.sorted(), slotCount: slotCount)
        let rows = try rows(of: scan.atom.source)
        let isExistential = !countsMatches && outputs.isEmpty
        let counter = trace?.counter(at: path)
        let first = try operators(input, needed: read, next: collector)
        return BoundJoinOperator(
          evaluation, first: first, collector: collector, counter: counter, source: rows,
          window: scan.window,
          layout: layout, key: bounds, keySlots: keySlots, outputs: outputs.map(\.slot),
          carried: rest.sorted(), isExistential: isExistential, slotCount: slotCount, next: next)
      }
      // A search has no rows to sort: the condition filters what it finds.
      var plain = scan
      plain.bounds = nil
      let filter = try FilterOperator(
        evaluation, conditions: [bounds.condition], carried: needed.sorted(), next: next)
      return try join(
        input, plain, needed: needed.union(bounds.condition.slots), next: filter)
    }
    if scan.atom.source.isDenial {
      let denials = try rows(of: scan.atom.source)
      if denials.hasOpenAttributes {
        return try join(input, scan, denials: denials, needed: needed, next: next)
      }
    }
    if case .relation(let name) = scan.atom.source,
      case .traversal(let traversal) = held.derived[name], !keyColumns.isEmpty,
      equalities.isEmpty
    {
      // With both ends bound, the search starts where one search serves all matches.
      var start = 0
      if keys.count > 1, case .slot = keys[0], case .constant = keys[1] { start = 1 }
      let held = self.held
      let (least, size) = (leastLevel, slotCount)
      let operation = TraversalOperator(
        evaluation, traversal: traversal, start: keys[start], isBackwards: keyColumns[start] == 1,
        output: outputs.first?.slot, check: keys.count > 1 ? keys[1 - start] : nil,
        leastLevel: leastLevel, carried: rest.sorted(), slotCount: slotCount, next: next
      ) {
        JoinOperator(
          held, source: try traversal.enumerated(in: held), window: .all, keyColumns: keyColumns,
          keys: keys, outputs: outputs, equalities: equalities, carried: rest.sorted(),
          isExistential: false, leastLevel: least, slotCount: size, next: next)
      }
      var read = rest
      for case .slot(let slot) in keys { read.insert(slot) }
      return try operators(input, needed: read, next: operation)
    }
    let operation = JoinOperator(
      evaluation, source: try rows(of: scan.atom.source), window: scan.window,
      keyColumns: keyColumns, keys: keys, outputs: outputs, equalities: equalities,
      carried: rest.sorted(), isExistential: !countsMatches && outputs.isEmpty,
      leastLevel: leastLevel, slotCount: slotCount, next: next)
    var read = rest
    for case .slot(let slot) in keys { read.insert(slot) }
    return try operators(input, needed: read, next: operation)
  }

  /// The slots that the outer match binds while a negated body is compiled.
  private var outerBound: SlotSet = []
  /// Whether a negated body is compiled.
  private var isNegated = false

  /// Where disputed facts are left out, negation looks at everything all the same: else leaving
  /// facts out could add rows.
  private var held: Evaluation { isNegated ? evaluation.whole ?? evaluation : evaluation }

  /// Whether an atom is answered by searching a graph from a bound end.
  private func isSearched(_ atom: ResolvedAtom, _ keyColumns: [Int]) -> Bool {
    guard case .relation(let name) = atom.source, case .traversal = held.derived[name] else {
      return false
    }
    return !keyColumns.isEmpty
  }

  private func rows(of atom: AtomSource) throws -> ScanSource {
    if isNegated, let whole = evaluation.whole { return try whole.scanSource(atom) }
    return try source(atom)
  }

  /// A join with denials that leave attributes open.
  private mutating func join(
    _ input: Plan, _ scan: Scan, denials source: ScanSource, needed: SlotSet, next: Operator
  ) throws -> Operator {
    let bound = input.bound.union(outerBound)
    let slots = scan.atom.slots.sorted()
    let wanted = scan.atom.arguments.map { argument -> DenialOperator.Wanted in
      switch argument {
      case .any: return .any
      case .constant(let word): return .constant(word.bits)
      case .variable(let slot): return .variable(slots.firstIndex(of: slot) ?? 0)
      }
    }
    let rest = needed.subtracting(slots)
    let operation = DenialOperator(
      evaluation, source: source, wanted: wanted, slots: slots,
      isBound: slots.map(bound.contains), leastLevel: leastLevel, carried: rest.sorted(),
      slotCount: slotCount, next: next)
    return try operators(
      input, needed: rest.union(bound.intersection(slots)), next: operation)
  }

  private mutating func negate(
    _ input: Plan, _ bodies: [Plan], needed: SlotSet, isChoice: Bool = false, next: Operator
  ) throws -> Operator {
    let bound = input.bound.union(outerBound)
    let ordinal = takeOrdinal()
    var alternatives: [NegateOperator.Alternative] = []
    var slots: SlotSet = []
    let saved = (outerBound, leastLevel)
    leastLevel = Certainty.possible.rawValue
    let inputPath = path
    let wasNegated = isNegated
    isNegated = wasNegated || !isChoice
    for (number, body) in bodies.enumerated() {
      outerBound = bound
      path = String(inputPath.dropLast()) + "b\(number)"
      let mark = MarkOperator(evaluation, ordinal: ordinal)
      let first = try operators(body, needed: [ordinal], next: mark)
      slots.formUnion(body.reads.intersection(bound))
      var alternative = NegateOperator.Alternative(first: first, mark: mark, lookup: nil)
      if !isChoice, case .join(.outer, let scan) = body, scan.bounds == nil {
        let source = evaluation.whole?.scanSource ?? self.source
        alternative.lookup = (
          scan.atom.slots.intersection(bound).sorted(), { try source(scan.atom.source) }
        )
      }
      alternatives.append(alternative)
    }
    (outerBound, leastLevel) = saved
    path = inputPath
    isNegated = wasNegated
    let operation = NegateOperator(
      evaluation, alternatives: alternatives, isChoice: isChoice, slots: slots.sorted(),
      ordinal: ordinal, leastLevel: leastLevel, carried: needed.sorted(), slotCount: slotCount,
      next: next)
    return try operators(input, needed: needed.union(slots), next: operation)
  }
}
