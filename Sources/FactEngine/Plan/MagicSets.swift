import FactLanguage
import FactModel

/// Rules and a query rewritten so that only what the query's constants can reach is derived.
///
/// The magic-set transformation (Bancilhon, Maier, Sagiv and Ullman, 1986): a relation that is
/// asked for with some arguments bound gets a copy that is derived for those bindings alone, and a
/// magic relation that holds the bindings somebody asks for. Only positive rules are rewritten;
/// what stands below a negation, an option or an aggregate is derived in full. Certainty carries
/// over, since a binding is as sure as the surest way in which it is asked for.
struct MagicSets {
  /// The query's alternatives, with bound atoms asking the copies.
  private(set) var alternatives: [[ResolvedLiteral]] = []
  private(set) var variables: [ResolvedVariable]
  /// The rewritten rules, magic rules among them; one fixpoint over all of `relations`.
  private(set) var rules: [ResolvedRule] = []
  /// The copies and magic relations, with their arities.
  private(set) var relations: [String: Int] = [:]
  /// The copies by the relation whose stated facts they start from.
  private(set) var full: Set<String> = []

  private let rulesOf: [String: [ResolvedRule]]
  private let eligible: Set<String>
  private let isSmall: (AtomSource) -> Bool
  private var waiting: [(relation: String, bound: [Bool])] = []

  /// Rewrites, or returns nil where nothing of the query is bound.
  ///
  /// - Parameters:
  ///   - query: The query whose variables and stages stay.
  ///   - original: Its alternatives, with known constants in their atoms.
  ///   - rulesOf: The rules of each derived relation that the query needs.
  ///   - eligible: The relations whose rules are positive and that are not complete already.
  ///   - isSmall: Whether a source has so few rows that what joins with it counts as bound.
  init?(
    _ query: ResolvedQuery, alternatives original: [[ResolvedLiteral]],
    rulesOf: [String: [ResolvedRule]], eligible: Set<String>,
    isSmall: @escaping (AtomSource) -> Bool
  ) {
    self.rulesOf = rulesOf
    self.eligible = eligible
    self.isSmall = isSmall
    variables = query.variables
    var hasBound = false
    for literals in original {
      let (rewritten, found) = rewrite(
        literals.map(\.self), bound: [], variables: query.variables, magic: nil, isQuery: true)
      alternatives.append(rewritten)
      if found { hasBound = true }
    }
    guard hasBound else { return nil }
    while let (relation, bound) = waiting.popLast() {
      for rule in rulesOf[relation] ?? [] { rewrite(rule, bound) }
      // Facts stated of the relation itself.
      let name = MagicSets.copy(relation, bound)
      let slots = bound.indices.map { $0 }
      let stated = ResolvedAtom(
        source: .relation(relation), arguments: slots.map { .variable($0) }, span: .init(0, 0))
      var magic = stated
      magic.source = .relation(MagicSets.magic(relation, bound))
      magic.arguments = slots.filter { bound[$0] }.map { .variable($0) }
      rules.append(
        MagicSets.rule(
          name, head: slots.map { ResolvedExpression(slot: $0) },
          [[MagicSets.literal(magic), MagicSets.literal(stated)]],
          variables: slots.map { ResolvedVariable(name: "_\($0)", span: .init(0, 0)) }))
    }
  }

  // MARK: Names

  private static func pattern(_ bound: [Bool]) -> String {
    String(bound.map { $0 ? "b" : "f" })
  }

  private static func copy(_ relation: String, _ bound: [Bool]) -> String {
    "\(relation)·\(pattern(bound))"
  }

  /// Whether a relation holds bindings that are asked for.
  static func isMagic(_ relation: String) -> Bool { relation.hasPrefix("magic·") }

  private static func magic(_ relation: String, _ bound: [Bool]) -> String {
    "magic·\(relation)·\(pattern(bound))"
  }

  private static func literal(_ atom: ResolvedAtom) -> ResolvedLiteral {
    ResolvedLiteral(.atom(atom), at: atom.span)
  }

  private static func rule(
    _ relation: String, head: [ResolvedExpression], _ body: [[ResolvedLiteral]],
    variables: [ResolvedVariable]
  ) -> ResolvedRule {
    ResolvedRule(
      relation: relation, head: head.map(HeadTerm.expression),
      body: ResolvedBody(alternatives: body),
      variables: variables, span: .init(0, 0))
  }

  // MARK: Rules

  private mutating func rewrite(_ rule: ResolvedRule, _ bound: [Bool]) {
    var variables = rule.variables
    let head = rule.head.compactMap { term -> ResolvedExpression? in
      if case .expression(let expression) = term { expression } else { nil }
    }
    for literals in rule.body.alternatives {
      // The bindings that are asked for; a computed argument is compared once it is known.
      var arguments: [ResolvedArgument] = []
      var computed: [ResolvedLiteral] = []
      var slots: SlotSet = []
      let late = literals.boundLate
      for (place, expression) in head.enumerated() where bound[place] {
        switch expression.kind {
        case .variable(let slot) where !late.contains(slot):
          arguments.append(.variable(slot))
          slots.insert(slot)
        // Left open here, it is compared where the row is asked for.
        case .variable: arguments.append(.any)
        case .constant(let word): arguments.append(.constant(word))
        case .call:
          let slot = variables.count
          variables.append(ResolvedVariable(name: "_\(slot)", span: expression.span))
          arguments.append(.variable(slot))
          computed.append(
            ResolvedLiteral(
              .comparison(.equal, ResolvedExpression(slot: slot), expression), at: expression.span))
        }
      }
      let magic = MagicSets.literal(
        ResolvedAtom(
          source: .relation(MagicSets.magic(rule.relation, bound)), arguments: arguments,
          span: rule.span))
      let (rewritten, _) = rewrite(
        literals, bound: slots, variables: variables, magic: magic, isQuery: false)
      rules.append(
        ResolvedRule(
          relation: MagicSets.copy(rule.relation, bound), head: rule.head,
          body: ResolvedBody(alternatives: [[magic] + rewritten + computed]), variables: variables,
          span: rule.span))
    }
  }

  /// Rewrites one conjunction: each atom of an eligible relation with something bound asks its
  /// copy, and a magic rule says what is asked for, by the literals before it.
  private mutating func rewrite(
    _ literals: [ResolvedLiteral], bound start: SlotSet, variables: [ResolvedVariable],
    magic: ResolvedLiteral?, isQuery: Bool
  ) -> (literals: [ResolvedLiteral], hasBound: Bool) {
    var bound = start
    var remaining = literals
    var result: [ResolvedLiteral] = []
    var before: [ResolvedLiteral] = magic.map { [$0] } ?? []
    var hasBound = false
    while !remaining.isEmpty {
      let index = next(remaining, bound)
      var literal = remaining.remove(at: index)
      guard case .atom(var atom) = literal.kind else {
        note(
          literal, isReady: literal.slots.isSubset(of: bound) || binds(literal, bound), &bound,
          &before)
        result.append(literal)
        if case .negation(let body) = literal.kind { full.formUnion(body.relations) }
        if case .optional(let atom) = literal.kind, case .relation(let name) = atom.source {
          full.insert(name)
        }
        continue
      }
      let isBound = atom.arguments.map { argument -> Bool in
        switch argument {
        case .constant: true
        case .variable(let slot): bound.contains(slot)
        case .any: false
        }
      }
      if case .relation(let name) = atom.source, rulesOf[name] != nil {
        if eligible.contains(name), isBound.contains(true) {
          hasBound = true
          ask(name, atom, isBound, before, variables)
          atom.source = .relation(MagicSets.copy(name, isBound))
          literal = MagicSets.literal(atom)
        } else {
          full.insert(name)
        }
      }
      result.append(literal)
      // In a query only what constants reach counts as bound; in a rule, what its binding reaches.
      if !isQuery || isBound.contains(true) || isSmall(atom.source) {
        bound.formUnion(atom.slots)
        before.append(literal)
      }
    }
    return (result, hasBound)
  }

  /// The literal to take next: a condition that is ready, else an atom with something bound, stored
  /// before derived, else the first.
  private func next(_ literals: [ResolvedLiteral], _ bound: SlotSet) -> Int {
    var best = 0
    var bestRank = Int.max
    for (index, literal) in literals.enumerated() {
      var rank = 5
      switch literal.kind {
      case .atom(let atom):
        let hasBound = atom.arguments.contains { argument in
          switch argument {
          case .constant: true
          case .variable(let slot): bound.contains(slot)
          case .any: false
          }
        }
        var isDerived = false
        if case .relation(let name) = atom.source { isDerived = rulesOf[name] != nil }
        rank = hasBound ? (isDerived ? 2 : 1) : (isDerived ? 4 : 3)
      case .negation, .optional: rank = 6
      default:
        if literal.slots.isSubset(of: bound) || binds(literal, bound) { rank = 0 }
      }
      if rank < bestRank {
        best = index
        bestRank = rank
      }
    }
    return best
  }

  /// Whether an equality binds the variable that is one side of it by what is bound already; what
  /// an expression is equal to says nothing of the variables in it.
  private func binds(_ literal: ResolvedLiteral, _ bound: SlotSet) -> Bool {
    guard case .comparison(.equal, let left, let right) = literal.kind else { return false }
    if case .variable = left.kind, bound.isSuperset(of: right.slots) { return true }
    if case .variable = right.kind, bound.isSuperset(of: left.slots) { return true }
    return false
  }

  private func note(
    _ literal: ResolvedLiteral, isReady: Bool, _ bound: inout SlotSet,
    _ before: inout [ResolvedLiteral]
  ) {
    guard isReady else { return }
    switch literal.kind {
    case .negation, .optional: return
    case .comparison(.equal, _, _):
      bound.formUnion(literal.slots)
      before.append(literal)
    case .comparison, .memberOfList, .memberOfRange, .overlaps, .test:
      // What may fail is left to the rule itself, where all other conditions stand beside it.
      if literal.slots.isSubset(of: bound), !literal.computes { before.append(literal) }
    case .atom: return
    }
  }

  private mutating func ask(
    _ relation: String, _ atom: ResolvedAtom, _ bound: [Bool], _ before: [ResolvedLiteral],
    _ variables: [ResolvedVariable]
  ) {
    let copy = MagicSets.copy(relation, bound)
    let magic = MagicSets.magic(relation, bound)
    if relations[copy] == nil {
      relations[copy] = bound.count
      relations[magic] = bound.count { $0 }
      waiting.append((relation, bound))
    }
    var head: [ResolvedExpression] = []
    for (argument, isBound) in zip(atom.arguments, bound) where isBound {
      switch argument {
      case .variable(let slot): head.append(ResolvedExpression(slot: slot))
      case .constant(let word): head.append(ResolvedExpression(.constant(word), at: atom.span))
      case .any: break
      }
    }
    let rule = MagicSets.rule(magic, head: head, [before], variables: variables)
    // Asking for what is asked for already says nothing.
    if before.count == 1, case .atom(let only) = before[0].kind, only.source == .relation(magic),
      only.arguments == head.map(\.argument)
    {
      return
    }
    rules.append(rule)
  }
}

extension [ResolvedLiteral] {
  /// The slots to which an option or a range gives values, unless an atom does, and what equals
  /// them. These find other values for a slot that is bound already, so that nothing may bind it
  /// before them.
  fileprivate var boundLate: SlotSet {
    var atoms: SlotSet = []
    var late: SlotSet = []
    for literal in self {
      switch literal.kind {
      case .atom(let atom): atoms.formUnion(atom.slots)
      case .optional(let atom): late.formUnion(atom.slots)
      case .memberOfRange(let value, _):
        if case .variable(let slot) = value.kind { late.insert(slot) }
      default: break
      }
    }
    late.subtract(atoms)
    var count = -1
    while count != late.count {
      count = late.count
      for literal in self {
        guard case .comparison(.equal, let left, let right) = literal.kind else { continue }
        for (one, other) in [(left, right), (right, left)] {
          guard case .variable(let slot) = one.kind, !atoms.contains(slot) else { continue }
          if !late.isDisjoint(with: SlotSet(other.slots)) { late.insert(slot) }
        }
      }
    }
    return late
  }
}

extension ResolvedLiteral {
  /// Whether a condition computes something, which may fail.
  fileprivate var computes: Bool {
    func isCall(_ expression: ResolvedExpression) -> Bool {
      if case .call = expression.kind { true } else { false }
    }
    switch kind {
    case .comparison(_, let left, let right), .memberOfRange(let left, let right),
      .overlaps(let left, let right):
      return isCall(left) || isCall(right)
    case .memberOfList(let value, let list): return isCall(value) || list.contains(where: isCall)
    case .test(_, let arguments): return arguments.contains(where: isCall)
    case .atom, .optional, .negation: return false
    }
  }
}

extension ResolvedExpression {
  /// The argument that a plain expression is.
  fileprivate var argument: ResolvedArgument {
    switch kind {
    case .variable(let slot): .variable(slot)
    case .constant(let word): .constant(word)
    case .call: .any
    }
  }
}
