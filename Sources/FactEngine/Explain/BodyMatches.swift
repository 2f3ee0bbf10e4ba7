import FactLanguage
import FactModel

/// Finds the matches of one conjunction with every row of every atom told apart, so that a match
/// says which rows it rests on.
struct BodyMatches {
  let evaluation: Evaluation
  /// The literals, their open arguments named.
  let literals: [ResolvedLiteral]
  let variables: [ResolvedVariable]
  /// Conditions of which one alternative has to hold, where several have the same matches.
  let choices: [[ResolvedLiteral]]

  /// The matches of alternatives that share them.
  init(_ shared: SharedMatches, variables: [ResolvedVariable], in evaluation: Evaluation) {
    self.init(shared.common, shared.choices, variables: variables, in: evaluation)
  }

  init(
    _ literals: [ResolvedLiteral], _ choices: [[ResolvedLiteral]] = [],
    variables: [ResolvedVariable], in evaluation: Evaluation
  ) {
    self.evaluation = evaluation
    self.choices = choices
    var names = variables
    self.literals = literals.map { literal in
      guard case .atom(var atom) = literal.kind else { return literal }
      atom.arguments = atom.arguments.map { argument in
        guard case .any = argument else { return argument }
        names.append(ResolvedVariable(name: "_\(names.count)", span: atom.span))
        return .variable(names.count - 1)
      }
      return ResolvedLiteral(.atom(atom), at: literal.span)
    }
    self.variables = names
  }

  /// One batch of matches.
  struct Found {
    var slots: [Slot]
    var columns: [[UInt64]]
    var levels: [UInt8]?
    /// Slots that were bound from the start.
    var given: [Slot: Word]

    func level(_ row: Int) -> UInt8 { levels?[row] ?? 0 }

    /// All bound slots of a match.
    func match(_ row: Int) -> [Slot: Word] {
      var match = given
      for (position, slot) in slots.enumerated() {
        match[slot] = Word(bits: columns[position][row])
      }
      return match
    }
  }

  /// Runs through the matches for which slots are what `bindings` say, and the expressions in
  /// `equal` come to what stands beside them; atoms in `skipping` are known to hold. `receive` is
  /// given each batch with the rows of it that agree, until it returns false.
  func run(
    _ bindings: [Slot: Word], equal: [(ResolvedExpression, Word)] = [],
    skipping: Set<Int> = [], _ receive: @escaping (Found, [Int]) throws -> Bool
  ) throws {
    var given = bindings
    var wanted: [(slot: Slot, word: Word)] = []
    var names = variables
    var body: [ResolvedLiteral] = []
    for (index, literal) in literals.enumerated() where !skipping.contains(index) {
      guard case .atom(var atom) = literal.kind else {
        body.append(literal)
        continue
      }
      atom.arguments = atom.arguments.map { argument in
        guard case .variable(let slot) = argument, let word = bindings[slot], word.isJoinable
        else { return argument }
        return .constant(word)
      }
      body.append(ResolvedLiteral(.atom(atom), at: literal.span))
    }
    var computed: [ResolvedLiteral] = []
    for (expression, word) in equal {
      let slot = names.count
      names.append(ResolvedVariable(name: "_\(slot)", span: expression.span))
      computed.append(
        ResolvedLiteral(
          .comparison(.equal, ResolvedExpression(slot: slot), expression), at: expression.span))
      wanted.append((slot, word))
    }
    let others = (body + computed + choices.joined()).reduce(into: SlotSet()) { slots, literal in
      if case .atom = literal.kind { return }
      slots.formUnion(literal.slots)
    }
    for (slot, word) in bindings.sorted(by: { $0.key < $1.key }) {
      if word.isJoinable {
        guard others.contains(slot) else { continue }
        computed.append(
          ResolvedLiteral(
            .comparison(
              .equal, ResolvedExpression(slot: slot),
              ResolvedExpression(.constant(word), at: .init(0, 0))), at: .init(0, 0)))
      } else {
        wanted.append((slot, word))
        given[slot] = nil
      }
    }
    let source = evaluation.scanSource
    var planner = BodyPlanner(
      variables: names, statistics: SourceStatistics(evaluation: evaluation, source: source),
      disabledPasses: evaluation.settings.disabledPasses)
    let plan =
      choices.isEmpty
      ? planner.plan(computed + body)
      : planner.plan(SharedMatches(common: computed + body, choices: choices))
    let slots = plan.bound.sorted()
    var compiler = PipelineCompiler(
      evaluation: evaluation, variableCount: names.count, plan: plan, countsMatches: true,
      source: source)
    let kept = given
    let checks = wanted.compactMap { check in
      slots.firstIndex(of: check.slot).map { (column: $0, bits: check.word.bits) }
    }
    let sink = ColumnSink(evaluation, expressions: slots.map(ResolvedExpression.init(slot:))) {
      columns, count, levels in
      var rows: [Int] = []
      for row in 0..<count where checks.allSatisfy({ columns[$0.column][row] == $0.bits }) {
        rows.append(row)
      }
      if rows.isEmpty { return }
      let found = Found(slots: slots, columns: columns, levels: levels, given: kept)
      if try !receive(found, rows) { throw EnoughMatches() }
    }
    do {
      try compiler.compile(plan, needed: SlotSet(slots), sink: sink).run()
    } catch is EnoughMatches {
      return
    }
  }

  /// The literals of a match, with the conditions that it was chosen by.
  func literals(of match: [Slot: Word]) throws -> [ResolvedLiteral] {
    var best: (level: UInt8, literals: [ResolvedLiteral])?
    for choice in choices {
      let added = choice.filter { !literals.contains($0) }
      var level: UInt8? = 0
      for literal in added {
        let names = literal.slots
        let own = try BodyMatches.level(
          of: literal, slots: match.filter { names.contains($0.key) }, variables: variables,
          in: evaluation)
        level = level.flatMap { level in own.map { max(level, $0) } }
      }
      if let level, level < best?.level ?? 3 { best = (level, added) }
    }
    return literals + (best?.literals ?? [])
  }

  /// How surely one literal holds where all its slots are bound; nil where it does not.
  static func level(
    of literal: ResolvedLiteral, slots: [Slot: Word], variables: [ResolvedVariable],
    in evaluation: Evaluation
  ) throws -> UInt8? {
    var block = RowBlock(slots: slots.keys.sorted())
    block.append(block.slots.map { [(slots[$0] ?? .unknown).bits] }, count: 1, levels: nil)
    var level: UInt8?
    try run(block, [literal], variables: variables, in: evaluation) { found, rows in
      for row in rows { level = min(level ?? 2, found.level(row)) }
      return true
    }
    return level
  }

  /// Runs the rows of a block through literals.
  static func run(
    _ block: RowBlock, _ literals: [ResolvedLiteral], variables: [ResolvedVariable],
    in evaluation: Evaluation, _ receive: @escaping (Found, [Int]) throws -> Bool
  ) throws {
    let source = evaluation.scanSource
    let outer = SlotSet(block.slots)
    var planner = BodyPlanner(
      variables: variables, statistics: SourceStatistics(evaluation: evaluation, source: source),
      disabledPasses: evaluation.settings.disabledPasses)
    let plan = planner.plan(literals, outer: outer)
    let slots = outer.union(plan.bound).sorted()
    let sink = ColumnSink(evaluation, expressions: slots.map(ResolvedExpression.init(slot:))) {
      columns, count, levels in
      let found = Found(slots: slots, columns: columns, levels: levels, given: [:])
      if try !receive(found, Array(0..<count)) { throw EnoughMatches() }
    }
    var compiler = PipelineCompiler(
      evaluation: evaluation, variableCount: variables.count, plan: plan, countsMatches: true,
      source: source)
    let first = try compiler.inner(plan, bound: outer, needed: SlotSet(slots), sink: sink)
    do {
      try block.push(through: first, slotCount: compiler.slotCount)
    } catch is EnoughMatches {
      return
    }
  }
}

/// Thrown through a pipeline whose further matches nobody wants.
private struct EnoughMatches: Error {}

extension Word {
  /// Whether a join can look for it: unknown joins with nothing.
  fileprivate var isJoinable: Bool { self != .unknown && self != .anything }
}
