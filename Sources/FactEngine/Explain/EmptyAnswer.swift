import FactLanguage
import FactModel

/// Finds out why a query has no answers: which literal leaves nothing, and whether one of its
/// constants is to blame.
///
/// Counts the matches of each prefix of the body, so that it costs about as much as the query for
/// each of its literals. Asked for at the prompt only.
struct EmptyAnswer {
  let evaluation: Evaluation
  let query: ResolvedQuery
  let source: SourceText
  let sources: (AtomSource) throws -> ScanSource

  /// The reasons, a line for each alternative of the body.
  func explain() throws -> [String] {
    var lines: [String] = []
    for literals in query.body.alternatives { lines += try explain(literals) }
    return lines
  }

  private var plans: PlanText {
    PlanText(base: evaluation.base, variables: query.variables)
  }

  private func explain(_ literals: [ResolvedLiteral]) throws -> [String] {
    var prefix: [ResolvedLiteral] = []
    var before = 1
    for literal in ordered(literals) {
      prefix.append(literal)
      let count = try count(prefix)
      if count == 0 { return try blame(literal, after: before, isFirst: prefix.count == 1) }
      before = count
    }
    return []
  }

  /// Atoms in the order of the text, each condition as soon as its slots are bound.
  func ordered(
    _ literals: [ResolvedLiteral], bound start: SlotSet = []
  ) -> [ResolvedLiteral] {
    var result: [ResolvedLiteral] = []
    var bound = start
    var waiting: [ResolvedLiteral] = []
    func flush() {
      var hasMoved = true
      while hasMoved {
        hasMoved = false
        for (index, literal) in waiting.enumerated() {
          let free = literal.slots.subtracting(bound)
          var isReady = free.isEmpty
          if case .comparison(.equal, let left, let right) = literal.kind {
            // One side may be bound by the other.
            isReady =
              SlotSet(left.slots).isSubset(of: bound) || SlotSet(right.slots).isSubset(of: bound)
          }
          if isReady {
            result.append(literal)
            bound.formUnion(literal.slots)
            waiting.remove(at: index)
            hasMoved = true
            break
          }
        }
      }
    }
    for literal in literals {
      if case .atom = literal.kind {
        result.append(literal)
        bound.formUnion(literal.slots)
      } else {
        waiting.append(literal)
      }
      flush()
    }
    return result + waiting
  }

  private func count(_ literals: [ResolvedLiteral]) throws -> Int {
    var planner = BodyPlanner(
      variables: query.variables,
      statistics: SourceStatistics(evaluation: evaluation, source: sources),
      disabledPasses: evaluation.settings.disabledPasses)
    let plan = planner.plan(literals)
    var total = 0
    let sink = ColumnSink(evaluation, expressions: []) { _, count, _ in total += count }
    var compiler = PipelineCompiler(
      evaluation: evaluation, variableCount: query.variables.count, plan: plan,
      countsMatches: true, source: sources)
    do {
      try compiler.compile(plan, needed: [], sink: sink).run()
    } catch is FailureError {
      // What fails has matched.
      return max(total, 1)
    }
    return total
  }

  // MARK: Blame

  func blame(
    _ literal: ResolvedLiteral, after before: Int, isFirst: Bool
  ) throws -> [String] {
    let matches = before == 1 ? "the one match so far" : "the \(before) matches so far"
    guard case .atom(let atom) = literal.kind else {
      return ["`\(source[literal.span])` holds for none of \(matches)"]
    }
    let title = plans.text(atom)
    let rows = try sources(atom.source)
    if rows.liveCount == 0 { return ["\(title) matches nothing: it has no rows"] }
    var constants: [(column: Int, word: Word)] = []
    for (column, argument) in atom.arguments.enumerated() {
      if case .constant(let word) = argument { constants.append((column, word)) }
    }
    if !constants.isEmpty, try !matchesAlone(atom) {
      let attributes = plans.heading(of: atom.source).attributes
      var reasons: [String] = []
      for (column, word) in constants {
        let name = column < attributes.count ? attributes[column] : "value"
        if let reason = reason(word, column, name, atom.source, rows) { reasons.append(reason) }
      }
      if reasons.isEmpty {
        let texts = constants.map { plans.text($0.word) }.joined(separator: " and ")
        let range = rangeAround(constants, attributes, rows).map { "; " + $0 } ?? ""
        return ["\(title) matches nothing: no row has \(texts) together" + range]
      }
      return ["\(title) matches nothing: " + reasons.joined(separator: "; ")]
    }
    if isFirst { return ["\(title) matches nothing"] }
    return ["\(title) has rows, but none agrees with \(matches)"]
  }

  /// A range stated of the other constants in which one of them lies.
  private func rangeAround(
    _ constants: [(column: Int, word: Word)], _ attributes: [String], _ rows: ScanSource
  ) -> String? {
    for (column, word) in constants where constants.count > 1 {
      let others = constants.filter { $0.column != column }
      let found = rows.index(on: others.map(\.column)).rows(forKey: others.map(\.word.bits))
        .filter(rows.isLive)
      var words: [UInt64] = []
      let count = min(found.count, Batch.capacity)
      if count == 0 { continue }
      rows.rows.gather(
        column: column, rows: Array(found.prefix(count)), count: count, into: &words)
      for bits in words.prefix(count) {
        let range = Word(bits: bits)
        guard range.kind == .wide, evaluation.values.compare(.inside, word, range) != .never
        else { continue }
        let name = column < attributes.count ? attributes[column] : "value"
        let text = plans.text(word)
        return "but \(text) lies in \(plans.text(range)), which is stated; "
          + "ask `\(text) in N` with N for the \(name)"
      }
    }
    return nil
  }

  private func matchesAlone(_ atom: ResolvedAtom) throws -> Bool {
    try count([ResolvedLiteral(.atom(atom), at: atom.span)]) > 0
  }

  /// What is wrong with one constant, or nil where rows have it.
  private func reason(
    _ word: Word, _ column: Int, _ name: String, _ atom: AtomSource, _ rows: ScanSource
  ) -> String? {
    if rows.index(on: [column]).rows(forKey: [word.bits]).contains(where: rows.isLive) {
      return nil
    }
    let text = plans.text(word)
    var seen: [Word: Int] = [:]
    var words: [UInt64] = []
    let total = rows.rows.rowCount
    var start = 0
    while start < total, seen.count < 1_000_000 {
      let end = min(start + Batch.capacity, total)
      if words.count < Batch.capacity { words = Array(repeating: 0, count: Batch.capacity) }
      rows.rows.unpack(column: column, rows: start..<end, into: &words)
      for position in 0..<(end - start) where rows.isLive(UInt32(start + position)) {
        seen[Word(bits: words[position]), default: 0] += 1
      }
      start = end
    }
    let values = evaluation.values
    let around = seen.filter {
      $0.key.kind == .wide && values.compare(.inside, word, $0.key) != .never
    }
    if let (range, count) = around.first {
      let stated = around.count == 1 && count == 1 ? "a stated range" : "stated ranges"
      return "no \(name) is exactly \(text), but it lies in \(stated) such as "
        + "\(plans.text(range)); ask `\(text) in N` with N for the \(name)"
    }
    var reason = "no \(name) `\(values.text(of: word, style: .table))`"
    let others = evaluation.base.occurrences(of: word).filter { !$0.isDenial }
    if case .relation(let own) = atom,
      others.contains(where: { $0.relation.name == own && $0.column == column })
    {
      return reason + " at that time, though at another"
    }
    if word.kind == .symbol {
      let names = seen.keys.filter { $0.kind == .symbol }
      let near = NearestName.nearest(
        values.symbols.text(word.symbol), among: names.lazy.map { values.symbols.text($0.symbol) })
      if let first = near.first {
        let count = values.symbols.find(first).map { seen[Word(symbol: $0)] ?? 0 } ?? 0
        return reason + "; nearest: \(SymbolText.written(first)) (\(count))"
      }
    }
    if let other = others.first {
      let attribute = other.relation.schema.attributes[other.column].name
      reason += "; it is known as \(other.relation.name)(\(attribute): …)"
    }
    return reason
  }
}
