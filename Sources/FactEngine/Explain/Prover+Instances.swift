import FactLanguage
import FactModel

extension Prover {
  /// A match as an instance: each literal with what it came to.
  func instance(
    rule id: Int?, _ number: Int, _ literals: [ResolvedLiteral], _ variables: [ResolvedVariable],
    slots: [Slot: Word], level: UInt8
  ) throws -> Proof.Instance {
    var premises: [Proof.Premise] = []
    for (place, literal) in literals.enumerated() {
      switch literal.kind {
      case .atom(let atom):
        premises.append(.step(step(for: Key(source: atom.source, words: atom.words(slots)))))
      case .optional(let atom):
        let outer = Self.boundSlots(literals, before: place)
        premises.append(try optional(literal, atom, variables, slots, outer))
      case .negation(let body):
        premises.append(.condition(try absent(literal, body, variables, slots)))
      default:
        let condition = try condition(literal, variables, slots)
        // That something is what it is needs no line.
        if case .comparison(.equal, let left, let right) = literal.kind, condition.kind == .test,
          slots.word(left) == slots.word(right)
        {
          continue
        }
        premises.append(.condition(condition))
      }
    }
    var text = ""
    if let id, let rule = context.program.rules.first(where: { $0.id == id }) {
      text = rule.source.line(of: rule.syntax.span)
      if !text.hasSuffix(".") { text += "." }
    }
    return Proof.Instance(
      rule: id, alternative: number, text: text, bindings: bindings(variables, slots),
      premises: premises, certainty: Certainty(rawValue: level) ?? .possible, slots: slots,
      literals: literals, variables: variables)
  }

  /// The variables that the text names, with their values.
  func bindings(
    _ variables: [ResolvedVariable], _ slots: [Slot: Word]
  ) -> [Proof.Binding] {
    variables.enumerated().compactMap { slot, variable in
      guard let word = slots[slot], !variable.name.hasPrefix("_") else { return nil }
      return Proof.Binding(name: variable.name, word: word, isPercent: variable.type == .percent)
    }
  }

  private func texts(
    _ literal: ResolvedLiteral, _ variables: [ResolvedVariable], _ slots: [Slot: Word]
  ) -> (written: String, filled: String) {
    (
      ProofText(base: context.base, variables: variables, slots: [:]).text(literal),
      ProofText(base: context.base, variables: variables, slots: slots).text(literal)
    )
  }

  /// Restricts bindings to the slots that a literal names, for it to be judged by itself.
  private func bound(_ literal: ResolvedLiteral, _ slots: [Slot: Word]) -> [Slot: Word] {
    slots.filter { literal.slots.contains($0.key) }
  }

  private func condition(
    _ literal: ResolvedLiteral, _ variables: [ResolvedVariable], _ slots: [Slot: Word]
  ) throws -> Proof.Condition {
    let (written, filled) = texts(literal, variables, slots)
    let level = try BodyMatches.level(
      of: literal, slots: bound(literal, slots), variables: variables, in: evaluation)
    var kind = Proof.Condition.Kind.test
    if case .comparison(.equal, let left, let right) = literal.kind {
      if case .call = left.kind { kind = .computed }
      if case .call = right.kind { kind = .computed }
    }
    return Proof.Condition(
      kind: kind, written: written, filled: filled,
      certainty: Certainty(rawValue: level ?? 0) ?? .possible, doubts: [])
  }

  /// What was looked for and not found; where something was found that is less than certain, that.
  private func absent(
    _ literal: ResolvedLiteral, _ body: ResolvedBody, _ variables: [ResolvedVariable],
    _ slots: [Slot: Word]
  ) throws -> Proof.Condition {
    let (written, filled) = texts(literal, variables, slots)
    let outer = bound(literal, slots)
    let level = try BodyMatches.level(
      of: literal, slots: outer, variables: variables, in: evaluation)
    var doubts: [Int] = []
    if let level, level > 0 {
      for literals in body.alternatives {
        let matches = BodyMatches(literals, variables: variables, in: evaluation)
        try matches.run(outer) { found, rows in
          for row in rows where doubts.count < Prover.doubtLimit {
            let match = found.match(row)
            for literal in matches.literals {
              guard case .atom(let atom) = literal.kind else { continue }
              let number = self.step(for: Key(source: atom.source, words: atom.words(match)))
              if !doubts.contains(number) { doubts.append(number) }
            }
          }
          return doubts.count < Prover.doubtLimit
        }
      }
    }
    return Proof.Condition(
      kind: .absent, written: written, filled: filled,
      certainty: Certainty(rawValue: level ?? 0) ?? .possible, doubts: doubts)
  }

  /// So many facts that a negation might fail by are shown.
  private static let doubtLimit = 3

  /// The slots that literals bind before the optional atom at a place is looked up.
  private static func boundSlots(_ literals: [ResolvedLiteral], before place: Int) -> SlotSet {
    var bound = SlotSet()
    for (index, literal) in literals.enumerated() {
      switch literal.kind {
      case .atom(let atom): bound.formUnion(atom.slots)
      case .optional(let atom) where index < place: bound.formUnion(atom.slots)
      default: break
      }
    }
    // Equations bind one side by the other, in whatever order they stand.
    var size = -1
    while size != bound.count {
      size = bound.count
      for literal in literals {
        guard case .comparison(.equal, let left, let right) = literal.kind else { continue }
        for (one, other) in [(left, right), (right, left)] {
          guard case .variable(let slot) = one.kind else { continue }
          if SlotSet(other.slots).isSubset(of: bound) { bound.formUnion(SlotSet([slot])) }
        }
      }
    }
    return bound
  }

  /// The row that an `optional` atom matched; or that there is none, and what there may be. What is
  /// not bound before it, in `outer`, is unknown where it found nothing.
  private func optional(
    _ literal: ResolvedLiteral, _ atom: ResolvedAtom, _ variables: [ResolvedVariable],
    _ slots: [Slot: Word], _ outer: SlotSet
  ) throws -> Proof.Premise {
    let open = ResolvedLiteral(.atom(atom), at: literal.span)
    let matches = BodyMatches([open], variables: variables, in: evaluation)
    let given = bound(literal, slots)
    let keys = given.filter { outer.contains($0.key) }
    // What is unknown is looked up nowhere.
    let isLookedUp = keys.values.allSatisfy { $0 != .unknown }
    if isLookedUp {
      var found: (level: UInt8, key: Key)?
      try matches.run(given) { batch, rows in
        for row in rows where batch.level(row) < found?.level ?? 3 {
          guard case .atom(let named) = matches.literals[0].kind else { continue }
          found = (
            batch.level(row), Key(source: named.source, words: named.words(batch.match(row)))
          )
        }
        return true
      }
      if let found { return .step(step(for: found.key)) }
    }
    var level: UInt8?
    var block = RowBlock(slots: keys.keys.sorted())
    block.append(block.slots.map { [(keys[$0] ?? .unknown).bits] }, count: 1, levels: nil)
    let made = given.keys.filter { !outer.contains($0) }
    try BodyMatches.run(block, [literal], variables: variables, in: evaluation) { found, rows in
      for row in rows {
        let match = found.match(row)
        if made.allSatisfy({ match[$0] == .unknown }) {
          level = min(level ?? 2, found.level(row))
        }
      }
      return true
    }
    var doubts: [Int] = []
    if isLookedUp, level != 0 {
      try matches.run(keys) { batch, rows in
        for row in rows where doubts.count < Prover.doubtLimit {
          guard case .atom(let named) = matches.literals[0].kind else { continue }
          let key = Key(source: named.source, words: named.words(batch.match(row)))
          let number = self.step(for: key)
          if !doubts.contains(number) { doubts.append(number) }
        }
        return doubts.count < Prover.doubtLimit
      }
    }
    let (written, filled) = texts(literal, variables, slots)
    return .condition(
      Proof.Condition(
        kind: .optional, written: written, filled: filled,
        certainty: Certainty(rawValue: level ?? 0) ?? .possible, doubts: doubts))
  }

  // MARK: Closures

  /// A pair of a closure by a search: one edge and the rest of the way.
  func searched(_ traversal: Traversal, _ key: Key) throws -> Supported? {
    guard key.words.count == 2 else { return nil }
    let rules = context.rules[traversal.name] ?? []
    // A rule that takes the last edge of the way, rather than the first, or any.
    var forms: [(id: Int, number: Int, rule: ResolvedRule, own: [Int], isLast: Bool)] = []
    var edges: [(id: Int, number: Int, rule: ResolvedRule)] = []
    for (id, rule) in rules {
      for (number, literals) in rule.body.alternatives.enumerated() {
        let own = literals.indices.filter {
          if case .atom(let atom) = literals[$0].kind { atom.source == key.source } else { false }
        }
        if own.isEmpty {
          edges.append((id, number, rule))
        } else {
          var isLast = false
          if own.count == 1, case .atom(let atom) = literals[own[0]].kind,
            case .variable(let left) = atom.arguments[0]
          {
            isLast = left == rule.headSlot(0)
          }
          forms.append((id, number, rule, own, isLast))
        }
      }
    }
    // Those that go with an edge come before those that put two ways together.
    forms.sort { $0.own.count < $1.own.count }
    guard let form = forms.first,
      let hop = try context.searches.hop(
        traversal, from: key.words[0], to: key.words[1], fromSource: form.isLast)
    else { return nil }
    guard let between = hop.between else {
      for edge in edges {
        if let found = try edgeInstance(edge, key, level: hop.level) { return found }
      }
      return nil
    }
    return try waysInstance(form, key, between, level: hop.level)
  }

  private func edgeInstance(
    _ edge: (id: Int, number: Int, rule: ResolvedRule), _ key: Key, level: UInt8
  ) throws -> Supported? {
    guard let (bindings, _) = edge.rule.bindings(forHead: key.words) else { return nil }
    let literals = edge.rule.body.alternatives[edge.number]
    let matches = BodyMatches(literals, variables: edge.rule.variables, in: evaluation)
    var chosen: [Slot: Word]?
    try matches.run(bindings) { found, rows in
      for row in rows where found.level(row) == level {
        chosen = found.match(row)
        return false
      }
      return true
    }
    guard let chosen else { return nil }
    let instance = try instance(
      rule: edge.id, edge.number, matches.literals, matches.variables, slots: chosen, level: level)
    return Supported(
      support: .instance(instance), certainty: Certainty(rawValue: level) ?? .possible)
  }

  private func waysInstance(
    _ form: (id: Int, number: Int, rule: ResolvedRule, own: [Int], isLast: Bool), _ key: Key,
    _ between: Word, level: UInt8
  ) throws -> Supported? {
    let rule = form.rule
    guard var (slots, _) = rule.bindings(forHead: key.words) else { return nil }
    let literals = rule.body.alternatives[form.number]
    // The slot that is none of the head's stands between.
    for literal in literals {
      for slot in literal.slots where slots[slot] == nil {
        if case .atom(let atom) = literal.kind, atom.source == key.source { slots[slot] = between }
      }
    }
    let matches = BodyMatches(literals, variables: rule.variables, in: evaluation)
    var chosen: [Slot: Word]?
    if form.own.count == literals.count {
      chosen = slots
    } else {
      try matches.run(slots, skipping: Set(form.own)) { found, rows in
        for row in rows where found.level(row) <= level {
          chosen = found.match(row)
          return false
        }
        return true
      }
    }
    guard let chosen else { return nil }
    let instance = try instance(
      rule: form.id, form.number, matches.literals, matches.variables, slots: chosen, level: level)
    return Supported(
      support: .instance(instance), certainty: Certainty(rawValue: level) ?? .possible)
  }
}

extension [Slot: Word] {
  /// What a plain expression is.
  fileprivate func word(_ expression: ResolvedExpression) -> Word? {
    switch expression.kind {
    case .constant(let word): word
    case .variable(let slot): self[slot]
    case .call: nil
    }
  }
}
