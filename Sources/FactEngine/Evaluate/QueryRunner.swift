import FactLanguage
import FactModel

/// Runs a query: its body, then its stages, then the order in which rows are shown.
struct QueryRunner {
  let evaluation: Evaluation
  let query: ResolvedQuery
  let source: (AtomSource) throws -> ScanSource
  /// The same without disputed facts; nil where nothing rests on one.
  var clean: Evaluation?

  /// The rows of the query with their slots, sorted, or the truth of a query without variables.
  struct Result {
    var block: RowBlock
    var truth: Certainty?
    var isYesNo: Bool
    var lists: [Word: [Word]]
    var into: String?
  }

  func run() throws -> Result {
    if evaluation.settings.isSafe {
      for case .into(_, let span) in query.stages {
        throw FailureError(
          failure: RowFailure(message: "`into` is not allowed in safe mode", span: span))
      }
    }
    var stages = query.stages[...]
    var lists: [Word: [Word]] = [:]
    // Whether rows are still matches of the body, each of which counts once.
    var isMatches = false
    var block = try start(&stages, lists: &lists, isMatches: &isMatches)
    if let clean {
      var copy = query.stages[...]
      var other: [Word: [Word]] = [:]
      let runner = QueryRunner(evaluation: clean, query: query, source: clean.scanSource)
      block.markDisputed(
        except: try runner.start(&copy, lists: &other, isMatches: &isMatches))
    }
    let isYesNo = query.columns.isEmpty && query.stages.allSatisfy { !$0.makesColumns }
    if isYesNo {
      var truth: Certainty?
      if block.count > 0 {
        truth = Certainty(rawValue: block.levels.isEmpty ? 0 : block.levels.min() ?? 0)
      }
      return Result(block: block, truth: truth, isYesNo: true, lists: [:], into: nil)
    }
    var into: String?
    var isSorted = false
    for position in stages.indices {
      try evaluation.checkpoint()
      let stage = stages[position]
      switch stage {
      case .filter, .select, .aggregate:
        var result = try rows(of: block, after: stage, lists: &lists)
        if !block.disputed.isEmpty {
          var other: [Word: [Word]] = [:]
          result.markDisputed(except: try rows(of: block.undisputed, after: stage, lists: &other))
        }
        block = result
        if case .filter = stage { continue }
        if case .aggregate = stage { isSorted = false }
        isMatches = false
      case .sort(let keys):
        block = try sorted(block, by: keys, limit: QueryRunner.limit(after: position, in: stages))
        isSorted = true
      case .limit(let count, let offset):
        if !isSorted { block = sorter.sorted(block) }
        isSorted = true
        let start = min(offset, block.count)
        let end = min(start + count, block.count)
        block = block.picked((start..<end).map(UInt32.init))
      case .into(let path, _): into = path
      }
    }
    if isMatches { block = distinct(block, slots: query.columns) }
    if !isSorted, !block.isInOrder { block = sorter.sorted(block) }
    return Result(block: block, truth: nil, isYesNo: false, lists: lists, into: into)
  }

  /// The rows of the body, or of the first stage where that works on the matches of the body.
  private func start(
    _ stages: inout ArraySlice<ResolvedStage>, lists: inout [Word: [Word]], isMatches: inout Bool
  ) throws -> RowBlock {
    let alternatives = bodyWithFilters(&stages)
    switch stages.first {
    case .aggregate(let by, let aggregates):
      stages = stages.dropFirst()
      if let block = try groupScan(alternatives, by, aggregates)?.run() { return block }
      let slots = SlotSet((by.flatMap(\.value.slots)) + aggregates.flatMap { $0.aggregate.slots })
      return try aggregate(by, aggregates, lists: &lists) { inputs, add in
        try match(
          alternatives, expressions: inputs, needed: slots, countsMatches: true, add)
      }
    case .select(let columns):
      stages = stages.dropFirst()
      let slots = SlotSet(columns.flatMap(\.value.slots))
      return try set(columns.map(\.slot)) { add in
        try match(alternatives, expressions: columns.map(\.value), needed: slots, add)
      }
    case .sort, .limit:
      isMatches = true
      let slots = SlotSet(query.columns).union(
        stages.reduce(into: SlotSet()) { $0.formUnion($1.slotsRead) }
      )
      .intersection(
        alternatives.reduce(into: SlotSet()) { all, literals in
          for literal in literals { all.formUnion(literal.slots) }
        }
      ).sorted()
      return try collect(alternatives, slots, countsMatches: true)
    default:
      if areDistinct(alternatives, over: SlotSet(query.columns)) {
        return try collect(alternatives, query.columns, countsMatches: false)
      }
      return try set(query.columns) { add in
        try match(
          alternatives, expressions: query.columns.map(ResolvedExpression.init(slot:)),
          needed: SlotSet(query.columns), add)
      }
    }
  }

  /// The scan that answers an aggregation of one stored relation by its columns, if one can.
  private func groupScan(
    _ alternatives: [[ResolvedLiteral]], _ by: [ResolvedColumn], _ aggregates: [AggregateColumn]
  ) throws -> GroupScan? {
    guard evaluation.trace == nil, alternatives.count == 1,
      !evaluation.settings.disabledPasses.contains(Pass.columnGroups.rawValue)
    else { return nil }
    var atoms = alternatives[0].compactMap { literal -> ResolvedAtom? in
      if case .atom(let atom) = literal.kind { atom } else { nil }
    }
    guard let atom = atoms.popLast(), atoms.isEmpty, case .relation(let name) = atom.source,
      evaluation.derived[name] == nil, evaluation.base.relation(named: name) != nil
    else { return nil }
    let rows = try source(atom.source)
    var planner = BodyPlanner(
      variables: query.variables,
      statistics: SourceStatistics(evaluation: evaluation, source: source),
      disabledPasses: evaluation.settings.disabledPasses)
    return GroupScan(
      planner.plan(alternatives[0]), by: by, aggregates: aggregates, source: rows,
      evaluation: evaluation)
  }

  /// The matches of the body as they come.
  private func collect(
    _ alternatives: [[ResolvedLiteral]], _ slots: [Slot], countsMatches: Bool
  ) throws -> RowBlock {
    let rows = CollectedRows(slots: slots, account: evaluation.account)
    try match(
      alternatives, expressions: slots.map(ResolvedExpression.init(slot:)), needed: SlotSet(slots),
      countsMatches: countsMatches, onScan: rows.expect
    ) {
      rows.append($0, count: $1, levels: $2)
    }
    return rows.take()
  }

  /// Whether no two matches of the body agree in some slots, so that they are a set as they come:
  /// one conjunction over relations, each of which has a row once, and nothing of it is left out.
  private func areDistinct(_ alternatives: [[ResolvedLiteral]], over slots: SlotSet) -> Bool {
    guard alternatives.count == 1 else { return false }
    for literal in alternatives[0] {
      switch literal.kind {
      case .atom(let atom):
        guard case .relation = atom.source else { return false }
        for argument in atom.arguments {
          switch argument {
          case .any: return false
          case .constant: break
          case .variable(let slot): if !slots.contains(slot) { return false }
          }
        }
      case .comparison(.equal, _, _), .memberOfList, .memberOfRange:
        // These may bind a slot.
        if !literal.slots.isSubset(of: slots) { return false }
      case .comparison, .overlaps, .test, .negation: break
      case .optional: return false
      }
    }
    return true
  }

  /// What a stage makes of rows, apart from their order and number.
  private func rows(
    of block: RowBlock, after stage: ResolvedStage, lists: inout [Word: [Word]]
  ) throws -> RowBlock {
    switch stage {
    case .filter(let body): return try filter(block, body)
    case .select(let columns):
      // Other columns of the same rows stay in their order.
      var rows = RowBlock(slots: columns.map(\.slot))
      try push(block, expressions: columns.map(\.value)) {
        rows.append($0, count: $1, levels: $2)
      }
      return distinct(rows, slots: rows.slots)
    case .aggregate(let by, let aggregates):
      return try aggregate(by, aggregates, lists: &lists) { inputs, add in
        try push(block, expressions: inputs, add)
      }
    case .sort, .limit, .into: return block
    }
  }

  private func sorted(
    _ block: RowBlock, by keys: [ResolvedSortKey], limit: Int?
  ) throws -> RowBlock {
    var columns = Array(repeating: [UInt64](), count: keys.count)
    try push(block, expressions: keys.map(\.value)) { batch, count, _ in
      for key in keys.indices { columns[key].append(contentsOf: batch[key][0..<count]) }
    }
    // Rows that tie under the keys stand in the usual order, so that answers are repeatable.
    return block.picked(
      sorter.order(
        columns + block.columns,
        descending: keys.map(\.isDescending) + block.columns.map { _ in false },
        count: block.count, limit: limit))
  }

  /// How many rows are wanted of a sort, if the next stage says so.
  private static func limit(after position: Int, in stages: ArraySlice<ResolvedStage>) -> Int? {
    guard position + 1 < stages.endIndex, case .limit(let count, let offset) = stages[position + 1]
    else { return nil }
    let (sum, overflow) = count.addingReportingOverflow(offset)
    return overflow ? nil : sum
  }

  private var sorter: RowSorter { RowSorter(values: evaluation.values) }

  /// The alternatives of the body, with the conditions of leading `where` stages in each.
  private func bodyWithFilters(_ stages: inout ArraySlice<ResolvedStage>) -> [[ResolvedLiteral]] {
    var alternatives = query.body.alternatives
    while case .filter(let body) = stages.first {
      stages = stages.dropFirst()
      alternatives = alternatives.flatMap { left in body.alternatives.map { left + $0 } }
    }
    return alternatives
  }

  /// Runs the body, and gives the expressions over its matches.
  private func match(
    _ alternatives: [[ResolvedLiteral]], expressions: [ResolvedExpression], needed: SlotSet,
    countsMatches: Bool = false,
    onScan: ((ScanSource, [ResolvedArgument]) -> Void)? = nil,
    _ receive: @escaping ([[UInt64]], Int, [UInt8]?) throws -> Void
  ) throws {
    for shared in SharedMatches.classes(of: alternatives) {
      var planner = BodyPlanner(
        variables: query.variables,
        statistics: SourceStatistics(evaluation: evaluation, source: source),
        disabledPasses: evaluation.settings.disabledPasses)
      planner.showsEstimates = evaluation.trace != nil
      let plan = planner.plan(shared)
      var compiler = PipelineCompiler(
        evaluation: evaluation, variableCount: query.variables.count, plan: plan,
        countsMatches: countsMatches, leastLevel: evaluation.leastAnswerLevel, source: source)
      let sink = ColumnSink(evaluation, expressions: expressions, receive: receive)
      let pipeline = try compiler.compile(plan, needed: needed, sink: sink)
      if let onScan, case .join(.unit, let scan) = plan, scan.bounds == nil, scan.atom.isWhole {
        onScan(try source(scan.atom.source), scan.atom.arguments)
      }
      try pipeline.run()
    }
  }

  private func push(
    _ block: RowBlock, expressions: [ResolvedExpression],
    _ receive: @escaping ([[UInt64]], Int, [UInt8]?) throws -> Void
  ) throws {
    let sink = ColumnSink(evaluation, expressions: expressions, receive: receive)
    try block.push(through: sink, slotCount: query.variables.count)
  }

  /// Collects rows as a set, each with the level of its surest derivation.
  private func set(
    _ slots: [Slot],
    from produce: (@escaping ([[UInt64]], Int, [UInt8]?) throws -> Void) throws -> Void
  ) throws -> RowBlock {
    let relation = DerivedRelation(name: "answer", arity: slots.count, account: evaluation.account)
    try produce { columns, count, levels in
      relation.insert(columns: columns, count: count, levels: levels)
    }
    relation.begin(level: 1)
    relation.begin(level: 2)
    return RowBlock(relation, slots: slots)
  }

  private func aggregate(
    _ by: [ResolvedColumn], _ aggregates: [AggregateColumn], lists: inout [Word: [Word]],
    from produce: ([ResolvedExpression], @escaping ([[UInt64]], Int, [UInt8]?) throws -> Void)
      throws
      -> Void
  ) throws -> RowBlock {
    let aggregator = Aggregator(
      evaluation: evaluation, groupCount: by.count, aggregates: aggregates.map(\.aggregate))
    try produce(by.map(\.value) + aggregator.inputs) { columns, count, levels in
      try aggregator.add(columns, count: count, levels: levels)
    }
    var block = RowBlock(slots: by.map(\.slot) + aggregates.map(\.slot))
    try aggregator.finish { block.append($0, count: $1, levels: $2) }
    lists.merge(aggregator.lists) { old, _ in old }
    return block
  }

  private func filter(_ block: RowBlock, _ body: ResolvedBody) throws -> RowBlock {
    let bound = SlotSet(block.slots)
    var result = RowBlock(slots: block.slots)
    for shared in SharedMatches.classes(of: body.alternatives, outer: bound) {
      var planner = BodyPlanner(
        variables: query.variables,
        statistics: SourceStatistics(evaluation: evaluation, source: source),
        disabledPasses: evaluation.settings.disabledPasses)
      let plan = planner.plan(shared, outer: bound)
      let sink = ColumnSink(
        evaluation, expressions: block.slots.map(ResolvedExpression.init(slot:))
      ) { result.append($0, count: $1, levels: $2) }
      var compiler = PipelineCompiler(
        evaluation: evaluation, variableCount: query.variables.count, plan: plan, source: source)
      let first = try compiler.inner(plan, bound: bound, needed: bound, sink: sink)
      try block.push(through: first, slotCount: compiler.slotCount)
    }
    return result
  }

  /// The rows over some slots, each once, in the order of their first occurrence, as sure as the
  /// surest of the rows that agree.
  private func distinct(_ block: RowBlock, slots: [Slot]) -> RowBlock {
    let positions = slots.compactMap { block.slots.firstIndex(of: $0) }
    var groups = GroupTable(keyCount: positions.count)
    var assigned: [Int32] = []
    groups.assign(positions.map { block.columns[$0] }, rowCount: block.count, into: &assigned)
    var result = RowBlock(slots: positions.map { block.slots[$0] })
    result.columns = groups.keys
    result.count = block.count == 0 ? 0 : groups.count
    if !block.levels.isEmpty {
      result.levels = Array(repeating: 2, count: result.count)
      for row in 0..<block.count {
        let group = Int(assigned[row])
        result.levels[group] = min(result.levels[group], block.levels[row])
      }
    }
    if !block.disputed.isEmpty {
      result.disputed = Array(repeating: true, count: result.count)
      for row in 0..<block.count where !block.disputed[row] {
        result.disputed[Int(assigned[row])] = false
      }
    }
    return result
  }
}

extension ResolvedAtom {
  /// Whether it asks for all rows of a relation.
  fileprivate var isWhole: Bool {
    guard case .relation = source else { return false }
    return arguments.allSatisfy { if case .variable = $0 { true } else { false } }
  }
}

extension ResolvedExpression {
  /// The slot itself.
  init(slot: Slot) { self.init(.variable(slot), at: SourceSpan(0, 0)) }
}

extension ResolvedStage {
  /// Whether the columns after it are its own.
  var makesColumns: Bool {
    switch self {
    case .select, .aggregate: true
    default: false
    }
  }

  /// The slots that it reads.
  var slotsRead: SlotSet {
    switch self {
    case .select(let columns): return SlotSet(columns.flatMap(\.value.slots))
    case .filter(let body): return body.slots
    case .aggregate(let by, let aggregates):
      return SlotSet(by.flatMap(\.value.slots)).union(aggregates.flatMap { $0.aggregate.slots })
    case .sort(let keys): return SlotSet(keys.flatMap(\.value.slots))
    case .limit, .into: return []
    }
  }
}
