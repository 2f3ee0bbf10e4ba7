import FactLanguage
import FactModel

extension Engine {
  /// Proves a row of the answer to the last query, from the facts as they are now.
  ///
  /// The proof has the certainty that the row has, and ends in what was stated.
  ///
  /// - Parameters:
  ///   - answer: The answer of the last query, or some of its rows.
  ///   - row: The number of the row from 0; passed over where the answer is a yes.
  /// - Returns: The proof, whose first step is the row.
  /// - Throws: `EngineError` where the row holds no longer, or a limit is reached.
  public func prove(_ answer: Answer, row: Int) throws -> Proof {
    let (query, context, target) = try proofOf(answer, row)
    let prover = Prover(context)
    let number = prover.reserve()
    try QueryProver(context: context, query: query).prove(target, as: number, in: prover)
    return try prover.finish()
  }

  /// Proves a row of the answer to the last query in each way that there is: the instances of rules
  /// that give it, with one proof under each.
  ///
  /// - Parameters:
  ///   - answer: The answer of the last query, or some of its rows.
  ///   - row: The number of the row from 0; passed over where the answer is a yes.
  ///   - limit: So many are proved; the others are counted.
  /// - Returns: The proofs, the surest first.
  /// - Throws: `EngineError` where the row holds no longer, or a limit is reached.
  public func proveAll(
    _ answer: Answer, row: Int, limit: Int = 20
  ) throws -> ProofAlternatives {
    let (query, context, target) = try proofOf(answer, row)
    let first = try prove(answer, row: row)
    let hasAggregate = query.stages.contains { if case .aggregate = $0 { true } else { false } }
    var result = ProofAlternatives(proofs: [first], moreCount: 0, hasMore: false)
    if hasAggregate { return result }
    let queryProver = QueryProver(context: context, query: query)
    let ways = try queryProver.bodyWays(target, query.stages, stopAt: Prover.countLimit + 1)
    if ways.count > 1 {
      result.proofs = try ways.sorted { $0.level < $1.level }.prefix(limit).map { way in
        let prover = Prover(context)
        let number = prover.reserve()
        prover.set(
          number,
          Proof.Step(
            conclusion: first.steps[0].conclusion,
            certainty: Certainty(rawValue: way.level) ?? .possible,
            support: try way.support(prover), otherWays: 0, hasMoreWays: false))
        return try prover.finish()
      }
      result.moreCount = max(ways.count - limit, 0)
      result.hasMore = ways.count > Prover.countLimit
      return result
    }
    // One match, and that of one derived fact: the ways to derive that fact.
    guard case .instance(let instance) = first.steps[0].support,
      instance.premiseSteps.count == 1, let only = instance.premiseSteps.first,
      case .atom(let atom) = first.steps[only].conclusion, case .relation(let name) = atom.source,
      context.evaluation.derived[name] != nil
    else { return result }
    let key = Prover.Key(source: atom.source, words: atom.words)
    let prover = Prover(context)
    var candidates = try prover.candidates(name, key, stopAt: Prover.countLimit + 1)
      .sorted { $0.level < $1.level }
    result.proofs = []
    if let level = context.statedLevel(name, key.words) {
      candidates.insert(
        Prover.Candidate(level: level, ranks: []) { _ in
          .stated(context.claims(name, key.words))
        }, at: 0)
    }
    for candidate in candidates.prefix(limit) {
      let prover = Prover(context)
      let number = prover.reserve()
      prover.set(
        number, key,
        Prover.Supported(
          support: try candidate.support(prover),
          certainty: Certainty(rawValue: candidate.level) ?? .possible))
      result.proofs.append(try prover.finish())
    }
    result.moreCount = max(candidates.count - limit, 0)
    result.hasMore = candidates.count > Prover.countLimit
    return result
  }

  /// What a proof of a row of the last query starts from.
  private func proofOf(
    _ answer: Answer, _ row: Int
  ) throws -> (ResolvedQuery, ProofContext, QueryProver.Row) {
    guard let query = try resolvedLast() else {
      throw EngineError.failed(message: "nothing was asked yet", hint: "ask something first")
    }
    let slots = answer.isYesNo ? [] : query.answerColumns
    var perspective = self.perspective
    var extra = 0
    switch query.scope {
    case nil: break
    case .asOf(let moment): perspective.asOf = moment
    case .during(let period): perspective.during = period
    case .between(let first, let second):
      // The last column says at which of the two moments the row holds.
      extra = 1
      let isGone =
        answer.words.last.map { Word(bits: $0[row]) } == base.values.findWord(for: .symbol("gone"))
      perspective.asOf = isGone ? first : second
    }
    guard slots.count + extra == answer.columns.count else {
      throw EngineError.failed(
        message: "this answer is not that of the last query", hint: "ask again")
    }
    let names = query.body.relations.union(query.stageRelations)
    let evaluation = Evaluation(engine: self, perspective: perspective)
    if try deriveBound(query, in: evaluation) == nil { try derive(names, in: evaluation) }
    let context = try ProofContext(
      resolver.resolveProgram(for: names), program: program, base: base, evaluation: evaluation)
    let words = slots.indices.map { answer.word(row: row, column: $0) }
    let level = answer.isYesNo ? answer.truth ?? .possible : answer.certainty(row: row)
    return (
      query, context,
      QueryProver.Row(
        slots: slots, words: words, level: level.rawValue, stageCount: query.stages.count)
    )
  }
}
