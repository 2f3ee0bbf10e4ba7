import FactLanguage
import FactModel

@testable import FactEngine

/// Checks one proof against the base and the rules that it speaks of.
struct ProofChecker {
  let proof: Proof
  let run: ReferenceRun
  /// The query, and the stages that rows within the proof may come from.
  var program = ReferenceProgram()
  /// From when the row was looked at.
  var scope: ResolvedScope?

  func problems(certainty: Certainty, isDisputed: Bool = false) -> [String] {
    var problems: [String] = []
    let isAggregated = proof.steps.contains {
      if case .aggregate = $0.support { true } else { false }
    }
    if isDisputed, !isAggregated, proof.steps.allSatisfy(\.denials.isEmpty) {
      problems.append("the row is disputed, and nothing in its proof is denied")
    }
    if proof.steps[0].certainty != certainty {
      problems.append("the proof is \(proof.steps[0].certainty), the row \(certainty)")
    }
    if !isAcyclic { problems.append("a step rests on itself") }
    for (number, step) in proof.steps.enumerated() {
      if let problem = problem(of: step, isFirst: number == 0) { problems.append(problem) }
    }
    return problems
  }

  /// Whether no step rests on itself.
  var isAcyclic: Bool {
    var state = [Int](repeating: 0, count: proof.steps.count)
    for start in proof.steps.indices where state[start] == 0 {
      var path: [(step: Int, below: [Int])] = [(start, below(start))]
      state[start] = 1
      while let top = path.last {
        guard let next = top.below.last else {
          state[top.step] = 2
          path.removeLast()
          continue
        }
        path[path.count - 1].below.removeLast()
        if state[next] == 1 { return false }
        if state[next] == 0 {
          state[next] = 1
          path.append((next, below(next)))
        }
      }
    }
    return true
  }

  private func below(_ number: Int) -> [Int] {
    proof.steps[number].premiseSteps + doubts(proof.steps[number])
  }

  private func doubts(_ step: Proof.Step) -> [Int] {
    var instances: [Proof.Instance] = []
    switch step.support {
    case .instance(let instance): instances = [instance]
    case .aggregate(let aggregation):
      for case .match(let instance) in aggregation.inputs { instances.append(instance) }
    default: break
    }
    return instances.flatMap { instance in
      instance.premises.flatMap { premise -> [Int] in
        if case .condition(let condition) = premise { condition.doubts } else { [] }
      }
    }
  }

  private func problem(of step: Proof.Step, isFirst: Bool) -> String? {
    switch (step.conclusion, step.support) {
    case (.atom(let atom), .stated(let claims)):
      guard let name = atom.source.storedName, let relation = run.engine.base.relation(named: name)
      else { return "\(atom.text) is no fact" }
      let isDenial = if case .denials = atom.source { true } else { false }
      return problem(ofStated: atom, relation.name, isDenial: isDenial, claims, step)
    case (.atom(let atom), .instance(let instance)):
      guard let rule = run.engine.program.rules.first(where: { $0.id == instance.rule }) else {
        return "\(atom.text) has no rule"
      }
      let known = premises(step)
      return derive(known, rule.source[rule.syntax.span] + ".", question(atom), step)
    case (.atom(let atom), .aggregate(let aggregation)):
      guard aggregation.inputCount == aggregation.inputs.count else {
        return problem(ofCut: aggregation, step)
      }
      guard let rule = run.engine.program.rules.first(where: { $0.id == aggregation.rule }) else {
        return "\(atom.text) has no rule"
      }
      return derive(
        premises(step), rule.source[rule.syntax.span] + ".", question(atom), step)
    case (.row, .instance(let instance)):
      return derived(step, from: instance.premiseSteps, isFirst: isFirst)
    case (.row, .aggregate(let aggregation)):
      if aggregation.inputCount != aggregation.inputs.count {
        return problem(ofCut: aggregation, step)
      }
      return derived(step, from: step.premiseSteps, isFirst: isFirst)
    default: return "a step of an unexpected kind"
    }
  }

  /// A stated fact or denial against the claims that count at the moment.
  private func problem(
    ofStated atom: Proof.ProvedAtom, _ name: String, isDenial: Bool, _ claims: [Claim],
    _ step: Proof.Step
  ) -> String? {
    let reference = ReferenceClaims(base: run.engine.base, scope: scope)
    let words = atom.words.map(\.bits)
    if isDenial {
      let found = reference.denials(of: name).filter { reference.denies($0, words) }
      if found.isEmpty { return "\(atom.text) is not stated" }
      return claims.isEmpty ? "\(atom.text) has no claims" : nil
    }
    guard let fact = reference.facts(of: name).first(where: { $0.words == words }) else {
      return "\(atom.text) is not stated"
    }
    if fact.level != step.certainty.rawValue {
      return "\(atom.text) is stated at level \(fact.level), shown as \(step.certainty)"
    }
    if fact.claims.count != claims.count {
      return "\(atom.text) has \(fact.claims.count) claims, and \(claims.count) are shown"
    }
    let isDenied = reference.denials(of: name).contains { reference.denies($0, fact) }
    return isDenied == !step.denials.isEmpty
      ? nil : "\(atom.text) \(isDenied ? "is denied by somebody" : "is not denied") at that moment"
  }

  /// Asks whether a step holds. A `_` in a question stands for anything, so that what is unknown is
  /// asked for by name.
  private func question(_ atom: Proof.ProvedAtom) -> String {
    guard case .relation(let name) = atom.source, atom.words.contains(.unknown) else {
      return atom.text + "?"
    }
    let values = run.engine.base.values
    var arguments: [String] = []
    var tests: [String] = []
    for (place, word) in atom.words.enumerated() {
      arguments.append(word == .unknown ? "_U\(place)" : values.text(of: word))
      if word == .unknown { tests.append(", unknown(_U\(place))") }
    }
    return "\(name)(\(arguments.joined(separator: ", ")))\(tests.joined())?"
  }

  /// What a step rests on, as statements.
  private func premises(_ step: Proof.Step) -> [String] {
    (step.premiseSteps + doubts(step)).compactMap { number in
      guard case .atom(let atom) = proof.steps[number].conclusion else { return nil }
      return "\(atom.text) @certainty: \(proof.steps[number].certainty)."
    }
  }

  /// Derives a row of the query from its premises alone: from facts by the first stages, or from
  /// rows that earlier stages made by the stages after those.
  private func derived(_ step: Proof.Step, from below: [Int], isFirst: Bool) -> String? {
    var rows: [(names: [String], statement: String)] = []
    for number in below {
      guard case .row(let bindings) = proof.steps[number].conclusion else { continue }
      let words = bindings.map { run.engine.base.values.text(of: $0.word) }.joined(separator: ", ")
      rows.append(
        (
          bindings.map(\.name), "made(\(words)) @certainty: \(proof.steps[number].certainty)."
        ))
    }
    let stages = program.stages
    var questions: [(premises: [String], question: String)] = []
    let ends = isFirst ? [stages.count] : Array(0...stages.count)
    for end in ends {
      if let first = rows.first {
        // One row of many says nothing of those beside it, so that a cut is no part of its proof.
        let made = "made(\(first.names.joined(separator: ", ")))"
        for start in 0...end {
          let rest = stages[start..<end].filter { !$0.hasPrefix("limit") }
          questions.append((rows.map(\.statement), ([made] + rest).joined(separator: " | ") + "?"))
        }
      } else {
        var asked = program
        asked.scope = ""
        asked.stages = stages[..<end].filter { !$0.hasPrefix("limit") }
        questions.append((premises(step), asked.question))
      }
    }
    var problems: [String] = []
    for (premises, question) in questions {
      guard let problem = derive(premises, "", question, step) else { return nil }
      problems.append(problem)
    }
    return problems.first
  }

  /// An aggregate of which not all inputs are listed, against the reference.
  private func problem(ofCut aggregation: Proof.Aggregation, _ step: Proof.Step) -> String? {
    let reference = ReferenceEvaluator(
      base: run.engine.base, relations: run.relations, scope: scope)
    do {
      try reference.derive(run.rules)
      var inputs: [[String: Word]] = []
      var rows: [ReferenceEvaluator.Row] = []
      if let id = aggregation.rule {
        let needed = try run.engine.resolver.resolveProgram(for: run.relations)
        guard let rule = needed.rules[id] else { return "there is no such rule" }
        inputs = named(
          try reference.matches(of: rule.body, variableCount: rule.variables.count),
          rule.variables)
        rows = try reference.rows(of: rule)
      } else if var query = run.resolved {
        let place = query.stages.firstIndex { if case .aggregate = $0 { true } else { false } } ?? 0
        let all = query
        query.stages = Array(all.stages[...place])
        rows = try reference.rows(of: query)
        query.stages = Array(all.stages[..<place])
        if query.stages.isEmpty {
          inputs = named(
            try reference.matches(of: query.body, variableCount: query.variables.count),
            query.variables)
        } else {
          let names = query.answerColumns.map { query.variables[$0].name }
          inputs = try reference.rows(of: query).map { row in
            Dictionary(uniqueKeysWithValues: zip(names, row.words.map(Word.init(bits:))))
          }
        }
      }
      let group = aggregation.group
      let members = inputs.filter { input in group.allSatisfy { input[$0.name] == $0.word } }
      if members.count != aggregation.inputCount {
        return "\(aggregation.inputCount) inputs are counted, and \(members.count) are there"
      }
      for input in aggregation.inputs {
        var bindings: [Proof.Binding] = []
        switch input {
        case .match(let instance): bindings = instance.bindings
        case .row(let number):
          if case .row(let found) = proof.steps[number].conclusion { bindings = found }
        }
        let isThere = members.contains { member in
          bindings.allSatisfy { member[$0.name] == $0.word }
        }
        if !isThere { return "an input is listed that is none: \(bindings)" }
      }
      let wanted: [UInt64]
      switch step.conclusion {
      case .atom(let atom): wanted = atom.words.map(\.bits)
      case .row(let bindings): wanted = bindings.map(\.word.bits)
      }
      guard let row = rows.first(where: { $0.words == wanted }) else {
        return "the inputs come to something else"
      }
      return row.level == step.certainty.rawValue ? nil : "the row is of level \(row.level)"
    } catch {
      return "the reference fails: \(error)"
    }
  }

  private func named(
    _ matches: [ReferenceEvaluator.Match], _ variables: [ResolvedVariable]
  ) -> [[String: Word]] {
    matches.map { match in
      var found: [String: Word] = [:]
      for (slot, variable) in variables.enumerated() {
        if let word = match.words[slot] { found[variable.name] = Word(bits: word) }
      }
      return found
    }
  }

  /// Derives a step from its premises alone.
  private func derive(
    _ premises: [String], _ rule: String, _ question: String, _ step: Proof.Step
  ) -> String? {
    let text = (premises + [rule, question]).joined(separator: "\n")
    let small = ReferenceRun(text: text)
    guard let query = small.query, small.resolved != nil else {
      // A query may not ask directly for a relation of which a negation alone speaks.
      return small.refusal.contains("relation") ? nil : "refused: \(small.refusal)\n\(text)"
    }
    guard let answer = try? small.engine.ask(query, in: small.source) else {
      return "failed\n\(text)"
    }
    var found: Certainty?
    if answer.isYesNo {
      found = answer.truth
    } else {
      guard case .row(let bindings) = step.conclusion else { return "rows\n\(text)" }
      // By value: the same bounds may have been written otherwise there.
      let values = run.engine.base.values
      let there = small.engine.base.values
      let wanted = bindings.map { there.word(for: values.value(of: $0.word)).bits }
      for row in 0..<answer.rowCount {
        let words = answer.words.map { $0[row] }
        if words == wanted { found = answer.certainty(row: row) }
      }
    }
    guard let found else { return "not derived\n\(text)" }
    return found == step.certainty
      ? nil : "derived as \(found), shown as \(step.certainty)\n\(text)"
  }
}

extension AtomSource {
  /// The relation whose facts or denials it gives.
  fileprivate var storedName: String? {
    switch self {
    case .relation(let name), .denials(let name): name
    case .claims, .denialClaims, .claimCatalogue, .file: nil
    }
  }
}

extension ReferenceRun {
  /// From when a row of an answer was looked at.
  func scope(of answer: Answer, row: Int) -> ResolvedScope? {
    guard case .between(let first, let second)? = resolved?.scope else { return resolved?.scope }
    let gone = engine.base.values.findWord(for: .symbol("gone"))
    let isGone = answer.words.last.map { Word(bits: $0[row]) } == gone
    return .asOf(isGone ? first : second)
  }
}
