import FactLanguage
import FactModel

/// What the planner knows of the sizes of relations.
protocol PlanStatistics {
  /// The rows that a window of an atom's source shows now.
  func rowCount(of source: AtomSource, window: RowWindow) -> Double
  /// How many different values stand in the columns together, at most the number of rows.
  func distinctCount(of source: AtomSource, columns: [Int]) -> Double
  /// Whether all words of a column are exact integers now.
  func holdsIntegersOnly(_ column: IntegerColumn) -> Bool
}

/// Orders the literals of one conjunction into a plan.
///
/// Conditions as soon as their slots are bound, then the atom with which the cheapest order of all
/// that are left begins, by actual counts (`JoinOrder`); of very many atoms, the one that is expected
/// to give the fewest matches for each match so far.
struct BodyPlanner {
  var variables: [ResolvedVariable]
  var statistics: any PlanStatistics
  /// Passes that are switched off, by name.
  var disabledPasses: Set<String>
  /// Whether what an atom is expected to give is wanted even where it is the only choice.
  var showsEstimates = true
  /// Relations of the stratum whose fixpoint is running.
  var recursive: Set<String> = []

  var bound: SlotSet = []
  /// Those of them that are computed: they may carry a failure.
  var computed: SlotSet = []
  /// How many matches the plan so far is expected to give.
  private(set) var matches = 1.0
  private var plan = Plan.unit
  var remaining: [Item] = []
  /// Slots bound to what a function gives, which may fail.
  private var fallible: SlotSet = []
  /// The columns that the plan takes to hold integers only; it is wrong once they hold others.
  private(set) var integerColumns: Set<IntegerColumn> = []
  /// All atoms of the body, also those that are in the plan already.
  private(set) var atoms: [ResolvedAtom] = []

  /// A literal that is not in the plan yet.
  struct Item {
    var literal: ResolvedLiteral
    var slots: SlotSet
    var window: RowWindow = .all
    var isFirst = false
  }

  init(
    variables: [ResolvedVariable], statistics: any PlanStatistics, disabledPasses: Set<String>,
    recursive: Set<String> = []
  ) {
    self.variables = variables
    self.statistics = statistics
    self.disabledPasses = disabledPasses
    self.recursive = recursive
  }

  /// Plans a conjunction whose `outer` slots are bound already.
  ///
  /// Where `delta` numbers one of its atoms over recursive relations, that atom sees the rows of
  /// the last round, those before it all rows up to this round, and those after it the rows before
  /// the last round, so that each match is found once.
  ///
  /// With `new`, the literal of that number is an atom that sees only the rows from one on.
  mutating func plan(
    _ literals: [ResolvedLiteral], outer: SlotSet? = nil, delta: Int? = nil,
    new: (literal: Int, row: Int)? = nil
  ) -> Plan {
    bound = outer ?? []
    computed = []
    fallible = []
    // Whoever asks from outside asks often, and so does a fixpoint.
    matches = outer == nil && delta == nil ? 1 : 1_000
    plan = outer == nil ? .unit : .outer
    remaining = []
    atoms = literals.compactMap { if case .atom(let atom) = $0.kind { atom } else { nil } }
    var recursiveSeen = 0
    for (number, literal) in literals.enumerated() {
      var item = Item(literal: literal, slots: literal.slots)
      if let new, new.literal == number {
        item.window = .since(new.row)
        item.isFirst = true
      }
      if case .atom(let atom) = literal.kind, case .relation(let name) = atom.source,
        recursive.contains(name)
      {
        if let delta {
          item.window =
            recursiveSeen < delta ? .upToRound : recursiveSeen == delta ? .delta : .beforeDelta
          item.isFirst = recursiveSeen == delta
        } else {
          item.window = .upToRound
        }
        recursiveSeen += 1
      }
      remaining.append(item)
    }
    while !remaining.isEmpty {
      if takeConditions() { continue }
      if takeCompute() { continue }
      if takeSource() { continue }
      if takeOptional() { continue }
      // The checker has refused what cannot be bound; what is left here reads slots of its own
      // (a negation over nothing) and is taken as it stands.
      takeAnything()
    }
    return plan
  }

  /// Plans alternatives that share their matches and differ in conditions alone.
  ///
  /// The conditions see what the common part binds, and `outer` before it.
  mutating func plan(_ shared: SharedMatches, outer: SlotSet? = nil) -> Plan {
    let common = plan(shared.common, outer: outer)
    if shared.choices.isEmpty { return common }
    return .choose(common, shared.choices.map { subplan($0) })
  }

  private var hasAtoms: Bool {
    remaining.contains { if case .atom = $0.literal.kind { true } else { false } }
  }

  // MARK: Conditions

  /// Takes every condition whose slots are bound, comparisons with constants of one slot together.
  private mutating func takeConditions() -> Bool {
    if disabledPasses.contains(Pass.filterPushDown.rawValue), hasAtoms { return false }
    var conditions: [Condition] = []
    var constants: [Slot: [ConstantComparison]] = [:]
    var order: [Slot] = []
    var negations: [ResolvedBody] = []
    var kept: [Item] = []
    for item in remaining {
      if case .negation(let body) = item.literal.kind {
        if outerSlots(of: body, except: item).isSubset(of: bound), !isBoundAgain(item.slots) {
          negations.append(body)
        } else {
          kept.append(item)
        }
        continue
      }
      guard item.slots.isSubset(of: bound), !isBoundAgain(item.slots),
        let condition = condition(of: item.literal)
      else {
        kept.append(item)
        continue
      }
      if let (slot, comparison) = constantComparison(condition) {
        if constants[slot] == nil { order.append(slot) }
        constants[slot, default: []].append(comparison)
      } else {
        conditions.append(condition)
      }
    }
    guard kept.count < remaining.count else { return false }
    remaining = kept
    for slot in order { conditions.append(.constants(slot, constants[slot] ?? [])) }
    if !conditions.isEmpty { plan = .filter(plan, conditions) }
    for body in negations { plan = .negate(plan, subplans(body)) }
    return true
  }

  /// The slots of a negated body that other literals, or the plan so far, can bind.
  private func outerSlots(of body: ResolvedBody, except item: Item) -> SlotSet {
    var others = bound
    for other in remaining where other.literal != item.literal {
      if case .negation = other.literal.kind { continue }
      others.formUnion(other.slots)
    }
    return body.slots.intersection(others)
  }

  private func subplans(_ body: ResolvedBody) -> [Plan] {
    body.alternatives.map { subplan($0) }
  }

  private func subplan(_ literals: [ResolvedLiteral]) -> Plan {
    var inner = BodyPlanner(
      variables: variables, statistics: statistics, disabledPasses: disabledPasses)
    return inner.plan(literals, outer: bound)
  }

  private func condition(of literal: ResolvedLiteral) -> Condition? {
    switch literal.kind {
    case .comparison(.equal, let left, let right): return .identity(left, right, isEqual: true)
    case .comparison(.notEqual, let left, let right): return .identity(left, right, isEqual: false)
    case .comparison(let comparison, let left, let right):
      return .comparison(comparison, left, right)
    case .memberOfList(let value, let list): return .memberOfList(value, list)
    case .memberOfRange(let value, let range): return .memberOfRange(value, range)
    case .overlaps(let left, let right): return .overlaps(left, right)
    case .test(let test, let arguments): return .test(test, arguments)
    case .atom, .negation, .optional: return nil
    }
  }

  private func constantComparison(_ condition: Condition) -> (Slot, ConstantComparison)? {
    switch condition {
    case .comparison(let comparison, let left, let right):
      if case .variable(let slot) = left.kind, case .constant(let word) = right.kind {
        return (slot, ConstantComparison(comparison: comparison, constant: word))
      }
      if case .constant(let word) = left.kind, case .variable(let slot) = right.kind {
        return (slot, ConstantComparison(comparison: comparison.mirrored, constant: word))
      }
      return nil
    case .memberOfRange(let value, let range):
      if case .variable(let slot) = value.kind, case .constant(let word) = range.kind {
        return (slot, ConstantComparison(comparison: nil, constant: word))
      }
      return nil
    default: return nil
    }
  }

  // MARK: Computations

  /// Takes one equality that binds a slot: names and constants at once, the rest likewise, since a
  /// failing computation only counts once its row has passed everything else.
  private mutating func takeCompute() -> Bool {
    for (index, item) in remaining.enumerated() {
      guard case .comparison(.equal, let left, let right) = item.literal.kind else { continue }
      if case .variable(let slot) = left.kind, !bound.contains(slot),
        bound.isSuperset(of: right.slots), !isBoundAgain(right.slots)
      {
        return take(index, slot, right)
      }
      if case .variable(let slot) = right.kind, !bound.contains(slot),
        bound.isSuperset(of: left.slots), !isBoundAgain(left.slots)
      {
        return take(index, slot, left)
      }
    }
    for item in remaining {
      guard let inverse = inverse(of: item), !bound.contains(inverse.slot),
        bound.isSuperset(of: inverse.value.slots)
      else { continue }
      plan = .compute(plan, inverse.slot, inverse.value)
      bound.insert(inverse.slot)
      integerColumns.formUnion(inverse.columns)
      return true
    }
    return false
  }

  private mutating func take(_ index: Int, _ slot: Slot, _ value: ResolvedExpression) -> Bool {
    remaining.remove(at: index)
    plan = .compute(plan, slot, value)
    bound.insert(slot)
    computed.insert(slot)
    if case .call = value.kind { fallible.insert(slot) }
    return true
  }

  /// Whether an atom that is left looks a computed slot up. Where the computation fails, the atom
  /// says what the slot is, so that whatever else reads it comes after the atom.
  private func isBoundAgain(_ slots: some Sequence<Slot>) -> Bool {
    if fallible.isEmpty { return false }
    return slots.contains { slot in
      fallible.contains(slot)
        && remaining.contains { item in
          if case .atom(let atom) = item.literal.kind { atom.slots.contains(slot) } else { false }
        }
    }
  }

  // MARK: Sources of matches

  /// Takes the atom, list or range that is expected to give the fewest matches.
  private mutating func takeSource() -> Bool {
    var best: (index: Int, cost: Double)?
    let isOrdered = !disabledPasses.contains(Pass.joinOrder.rawValue)
    // Looking up sizes costs more than the rest of planning.
    let isOnlyChoice = remaining.count == 1 && !showsEstimates
    let preferred = isOrdered && !isOnlyChoice ? preferredAtom() : nil
    for (index, item) in remaining.enumerated() {
      var cost: Double
      switch item.literal.kind {
      case .atom(let atom) where atom.source.isDenial: continue
      case .atom(let atom):
        if let preferred, preferred != index { continue }
        cost = isOnlyChoice || (!isOrdered && item.isFirst) ? -1 : estimate(atom, item.window)
        // Few of the rows meet a range; how few, only looking tells.
        if cost > 1, boundKey(for: atom) != nil { cost = max(1, cost / 16) }
      case .memberOfList(let value, let list):
        guard isUnbound(value), list.allSatisfy({ bound.isSuperset(of: $0.slots) }) else {
          continue
        }
        cost = Double(list.count)
      case .memberOfRange(let value, let range):
        guard isUnbound(value), bound.isSuperset(of: range.slots), !isBoundLater(value) else {
          continue
        }
        cost = 1_000
      default: continue
      }
      if !isOrdered, !item.isFirst { cost = 0 }
      if let known = best, known.cost <= cost { continue }
      best = (index, cost)
    }
    guard let best else { return takeDenials() }
    let item = remaining.remove(at: best.index)
    switch item.literal.kind {
    case .atom(let atom):
      let bounds = takeBoundKey(for: atom)
      matches *= max(bounds == nil ? estimate(atom) : best.cost, 1)
      plan = .join(
        plan,
        Scan(atom: atom, window: item.window, bounds: bounds, estimate: max(best.cost, 0)))
    case .memberOfList(let value, let list):
      if case .variable(let slot) = value.kind { plan = .values(plan, slot, list) }
    case .memberOfRange(let value, let range):
      if case .variable(let slot) = value.kind { plan = .integers(plan, slot, range) }
    default: break
    }
    bound.formUnion(item.slots)
    return true
  }

  /// Whether another literal that is left can bind a variable. `in` a range goes by meaning, so that
  /// its integers stand for a variable only where nothing else says what it is.
  private func isBoundLater(_ expression: ResolvedExpression) -> Bool {
    guard case .variable(let slot) = expression.kind else { return false }
    return remaining.contains { item in
      switch item.literal.kind {
      case .atom(let atom): return atom.slots.contains(slot)
      case .comparison(.equal, let left, let right):
        guard hasAtoms else { return false }
        return left.kind == .variable(slot) && !right.slots.contains(slot)
          || right.kind == .variable(slot) && !left.slots.contains(slot)
      default: return false
      }
    }
  }

  /// Takes all denials, after everything else that binds: an attribute that a denial leaves open
  /// agrees with any value, so that the value has to be known by then, and with no condition between
  /// two of them, since the second may still give a value to what the first left open.
  private mutating func takeDenials() -> Bool {
    var kept: [Item] = []
    for item in remaining {
      guard case .atom(let atom) = item.literal.kind else {
        kept.append(item)
        continue
      }
      let scan = Scan(atom: atom, window: item.window, estimate: estimate(atom, item.window))
      plan = .join(plan, scan)
      bound.formUnion(item.slots)
    }
    defer { remaining = kept }
    return kept.count < remaining.count
  }

  private func isUnbound(_ expression: ResolvedExpression) -> Bool {
    if case .variable(let slot) = expression.kind { !bound.contains(slot) } else { false }
  }

  // MARK: The rest

  private mutating func takeOptional() -> Bool {
    guard
      let index = remaining.firstIndex(where: {
        if case .optional = $0.literal.kind { true } else { false }
      }), case .optional(let atom) = remaining[index].literal.kind
    else { return false }
    let item = remaining.remove(at: index)
    let made = item.slots.subtracting(bound).sorted()
    let scan = Scan(atom: atom, estimate: estimate(atom))
    plan = .optional(plan, .join(.outer, scan), makes: made)
    bound.formUnion(made)
    return true
  }

  private mutating func takeAnything() {
    let item = remaining.removeFirst()
    if case .negation(let body) = item.literal.kind {
      plan = .negate(plan, subplans(body))
    } else if let condition = condition(of: item.literal) {
      plan = .filter(plan, [condition])
    }
  }
}
