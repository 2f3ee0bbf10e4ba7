import FactLanguage
import FactModel

/// Proves rows of an answer: through the stages back to the matches of the body.
///
/// Conditions and columns of stages before an aggregate are literals like those of the body. At an
/// aggregate the rows that went in are looked at, each of which has a proof of its own.
struct QueryProver {
  let context: ProofContext
  let query: ResolvedQuery

  /// A row at some point of the stages.
  struct Row {
    var slots: [Slot]
    var words: [Word]
    var level: UInt8
    /// So many stages have been applied.
    var stageCount: Int
  }

  /// Puts a row into a proof as the step of that number.
  func prove(_ row: Row, as number: Int, in prover: Prover) throws {
    let stages = Array(query.stages[..<row.stageCount])
    let aggregate = stages.lastIndex { if case .aggregate = $0 { true } else { false } }
    let conclusion = Proof.Conclusion.row(named(row))
    func set(_ supported: Prover.Supported) {
      prover.set(
        number,
        Proof.Step(
          conclusion: conclusion, certainty: supported.certainty, support: supported.support,
          otherWays: supported.otherWays, hasMoreWays: supported.hasMoreWays))
    }
    guard let aggregate else {
      let ways = try bodyWays(row, stages, stopAt: Prover.countLimit)
      guard let best = ways.min(by: { $0.level < $1.level }) else {
        throw Prover.vanished("this row")
      }
      set(
        Prover.Supported(
          support: try best.support(prover),
          certainty: Certainty(rawValue: best.level) ?? .possible,
          otherWays: ways.count - 1, hasMoreWays: ways.count >= Prover.countLimit))
      return
    }
    let literals = stageLiterals(stages[(aggregate + 1)...])
    if literals == [[]] {
      set(try aggregated(row, at: aggregate, prover))
      return
    }
    // The aggregated row that the later stages made this one of.
    let block = try rows(after: aggregate + 1)
    let bindings = Dictionary(zip(row.slots, row.words)) { first, _ in first }
    var chosen: (alternative: Int, level: UInt8, slots: [Slot: Word])?
    for (alternative, literals) in literals.enumerated() {
      try BodyMatches.run(
        block, literals, variables: query.variables, in: context.evaluation
      ) { found, places in
        for place in places where found.level(place) < chosen?.level ?? 3 {
          let match = found.match(place)
          guard bindings.allSatisfy({ match[$0.key] == $0.value }) else { continue }
          chosen = (alternative, found.level(place), match)
        }
        return true
      }
    }
    guard let chosen else { throw Prover.vanished("this row") }
    let inner = Row(
      slots: block.slots, words: block.slots.map { chosen.slots[$0] ?? .unknown },
      level: level(of: block, block.slots.map { chosen.slots[$0] ?? .unknown }),
      stageCount: aggregate + 1)
    var instance = try prover.instance(
      rule: nil, chosen.alternative, literals[chosen.alternative], query.variables,
      slots: chosen.slots, level: chosen.level)
    let innerNumber = prover.reserve()
    try prove(inner, as: innerNumber, in: prover)
    instance.premises.insert(.step(innerNumber), at: 0)
    set(
      Prover.Supported(
        support: .instance(instance), certainty: Certainty(rawValue: chosen.level) ?? .possible))
  }

  // MARK: Matches of the body

  /// The matches of the body that a row comes from, where no stage aggregates.
  func bodyWays(
    _ row: Row, _ stages: [ResolvedStage], stopAt limit: Int
  ) throws -> [Prover.Candidate] {
    var found: [Prover.Candidate] = []
    let bindings = Dictionary(zip(row.slots, row.words)) { first, _ in first }
    for (number, literals) in bodyLiterals(stages[...]).enumerated() {
      let matches = BodyMatches(literals, variables: query.variables, in: context.evaluation)
      try matches.run(bindings) { batch, rows in
        for place in rows {
          let slots = batch.match(place)
          let level = batch.level(place)
          // Once enough are counted, only a surer one is of interest.
          if found.count >= limit, level >= found[0].level { continue }
          let candidate = Prover.Candidate(level: level, ranks: []) { prover in
            .instance(
              try prover.instance(
                rule: nil, number, matches.literals, matches.variables, slots: slots, level: level))
          }
          if let first = found.first, level < first.level {
            found.insert(candidate, at: 0)
          } else {
            found.append(candidate)
          }
        }
        return found.count < limit || (found.first?.level ?? 3) > row.level
      }
    }
    return found
  }

  /// The alternatives of the body, with the conditions and columns of stages in each.
  private func bodyLiterals(_ stages: ArraySlice<ResolvedStage>) -> [[ResolvedLiteral]] {
    let later = stageLiterals(stages)
    return query.body.alternatives.flatMap { left in later.map { left + $0 } }
  }

  /// Stages without aggregates as literals; order and number of rows say nothing of one row.
  private func stageLiterals(_ stages: ArraySlice<ResolvedStage>) -> [[ResolvedLiteral]] {
    var alternatives: [[ResolvedLiteral]] = [[]]
    for stage in stages {
      switch stage {
      case .filter(let body):
        alternatives = alternatives.flatMap { left in body.alternatives.map { left + $0 } }
      case .select(let columns):
        alternatives = alternatives.map { $0 + columns.map(Self.literal) }
      default: break
      }
    }
    return alternatives
  }

  private static func literal(_ column: ResolvedColumn) -> ResolvedLiteral {
    ResolvedLiteral(
      .comparison(.equal, ResolvedExpression(slot: column.slot), column.value),
      at: column.value.span)
  }

  // MARK: Aggregates

  private func aggregated(
    _ row: Row, at place: Int, _ prover: Prover
  ) throws -> Prover.Supported {
    guard case .aggregate(let by, let aggregates) = query.stages[place] else {
      throw Prover.vanished("this row")
    }
    let before = query.stages[..<place]
    let words = Dictionary(zip(row.slots, row.words)) { first, _ in first }
    let results = aggregates.map { column in
      Proof.Binding(
        name: query.variables[column.slot].name, word: words[column.slot] ?? .unknown,
        isPercent: query.percentSlots.contains(column.slot))
    }
    let group = by.map { column in
      Proof.Binding(
        name: query.variables[column.slot].name, word: words[column.slot] ?? .unknown,
        isPercent: query.percentSlots.contains(column.slot))
    }
    let certainty = Certainty(rawValue: row.level) ?? .possible
    // Before the first select and the first limit, what is counted are matches of the body.
    let isMatches = before.allSatisfy { stage in
      switch stage {
      case .filter, .sort: true
      default: false
      }
    }
    if isMatches {
      var bindings: [Slot: Word] = [:]
      var equal: [(ResolvedExpression, Word)] = []
      for column in by {
        let word = words[column.slot] ?? .unknown
        if case .variable(let slot) = column.value.kind, bindings[slot] == nil {
          bindings[slot] = word
        } else {
          equal.append((column.value, word))
        }
      }
      let aggregation = try prover.aggregation(
        Prover.Grouping(
          rule: nil, text: "", aggregates: [], bindings: bindings, equal: equal,
          alternatives: bodyLiterals(before), variables: query.variables, group: group,
          isGrouped: !by.isEmpty, results: results))
      return Prover.Supported(support: .aggregate(aggregation), certainty: certainty)
    }
    var aggregation = Proof.Aggregation(
      rule: nil, text: "", group: group, results: results, inputCount: 0, inputs: [])
    let block = try rows(after: place)
    var inputs: [[Slot: Word]] = []
    var levels: [UInt8] = []
    try BodyMatches.run(
      block, by.map(Self.literal), variables: query.variables, in: context.evaluation
    ) { found, places in
      for place in places {
        let match = found.match(place)
        guard by.allSatisfy({ match[$0.slot] == words[$0.slot] }) else { continue }
        aggregation.inputCount += 1
        if inputs.count < Proof.inputLimit {
          inputs.append(match)
          levels.append(found.level(place))
        }
      }
      return true
    }
    for (input, level) in zip(inputs, levels) {
      let number = prover.reserve()
      let inner = Row(
        slots: block.slots, words: block.slots.map { input[$0] ?? .unknown }, level: level,
        stageCount: place)
      try prove(inner, as: number, in: prover)
      aggregation.inputs.append(.row(number))
    }
    return Prover.Supported(support: .aggregate(aggregation), certainty: certainty)
  }

  // MARK: Rows

  /// The rows after the first stages.
  private func rows(after stageCount: Int) throws -> RowBlock {
    var truncated = query
    truncated.stages = Array(query.stages[..<stageCount])
    return try QueryRunner(
      evaluation: context.evaluation, query: truncated, source: context.evaluation.scanSource
    ).run().block
  }

  private func level(of block: RowBlock, _ words: [Word]) -> UInt8 {
    for row in 0..<block.count
    where block.columns.indices.allSatisfy({ block.columns[$0][row] == words[$0].bits }) {
      return block.levels.isEmpty ? 0 : block.levels[row]
    }
    return 0
  }

  private func named(_ row: Row) -> [Proof.Binding] {
    zip(row.slots, row.words).map { slot, word in
      Proof.Binding(
        name: query.variables[slot].name, word: word,
        isPercent: query.percentSlots.contains(slot) || query.variables[slot].type == .percent)
    }
  }
}
