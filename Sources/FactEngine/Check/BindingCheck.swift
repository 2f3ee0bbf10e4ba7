import FactLanguage
import FactModel

/// Finds variables that no positive literal binds, in each alternative of a body.
///
/// An atom binds its variables. `X = e` binds X where the variables of `e` are bound, `X in […]`
/// likewise, `X in 1..10` where the range is closed and of integers.
struct BindingCheck {
  /// A use of a slot outside the body's literals.
  struct Use {
    var slot: Slot
    var role: CheckProblem.Role
    var span: SourceSpan
  }

  let variables: [ResolvedVariable]
  let values: ValueStore
  /// Slots about which something else was said already; they count as bound.
  private let ignored: SlotSet
  private var reported: SlotSet
  private(set) var findings: [(problem: CheckProblem, span: SourceSpan)] = []

  init(variables: [ResolvedVariable], values: ValueStore, ignoring: SlotSet) {
    self.variables = variables
    self.values = values
    ignored = ignoring
    reported = ignoring
  }

  /// Checks a body and what head, stages or answer use of it.
  mutating func check(_ body: ResolvedBody, uses: [Use]) {
    var boundSets: [SlotSet] = []
    for literals in body.alternatives { boundSets.append(check(literals, outer: ignored)) }
    for use in uses where !reported.contains(use.slot) {
      let count = boundSets.count { $0.contains(use.slot) }
      if count == boundSets.count { continue }
      let name = variables[use.slot].name
      report(count == 0 ? .unbound(name, use.role) : .unboundInBranch(name, use.role), use)
    }
  }

  private mutating func report(_ problem: CheckProblem, _ use: Use) {
    reported.insert(use.slot)
    findings.append((problem, use.span))
  }

  /// Checks one conjunction and gives the slots that it binds.
  private mutating func check(_ literals: [ResolvedLiteral], outer: SlotSet) -> SlotSet {
    let bound = self.bound(by: literals, outer: outer)
    for literal in literals {
      switch literal.kind {
      case .atom, .optional: break
      case .comparison(_, let left, let right), .overlaps(let left, let right),
        .memberOfRange(let left, let right):
        require([left, right], .compared, bound)
      case .memberOfList(let element, let items): require([element] + items, .compared, bound)
      case .test(_, let arguments): require(arguments, .tested, bound)
      case .negation(let body):
        for inner in body.alternatives { _ = check(inner, outer: bound) }
      }
    }
    return bound
  }

  private mutating func require(
    _ expressions: [ResolvedExpression], _ role: CheckProblem.Role, _ bound: SlotSet
  ) {
    for expression in expressions {
      for (slot, span) in expression.slotPlaces
      where !bound.contains(slot) && !reported.contains(slot) {
        report(.unbound(variables[slot].name, role), Use(slot: slot, role: role, span: span))
      }
    }
  }

  // MARK: What binds

  private func bound(by literals: [ResolvedLiteral], outer: SlotSet) -> SlotSet {
    var bound = outer
    for literal in literals {
      switch literal.kind {
      case .atom(let atom), .optional(let atom):
        for case .variable(let slot) in atom.arguments { bound.insert(slot) }
      default: break
      }
    }
    var isChanged = true
    while isChanged {
      isChanged = false
      for literal in literals {
        guard let slot = binding(literal, bound), !bound.contains(slot) else { continue }
        bound.insert(slot)
        isChanged = true
      }
    }
    return bound
  }

  /// The slot that an equality or a finite set binds, given those that are bound.
  private func binding(_ literal: ResolvedLiteral, _ bound: SlotSet) -> Slot? {
    switch literal.kind {
    case .comparison(.equal, let left, let right):
      if case .variable(let slot) = left.kind, !bound.contains(slot), isBound(right, bound) {
        return slot
      }
      if case .variable(let slot) = right.kind, isBound(left, bound) { return slot }
      return nil
    case .memberOfList(let element, let items):
      guard case .variable(let slot) = element.kind, items.allSatisfy({ isBound($0, bound) })
      else { return nil }
      return slot
    case .memberOfRange(let element, let range):
      guard case .variable(let slot) = element.kind, case .constant(let word) = range.kind,
        isFinite(word)
      else { return nil }
      return slot
    default: return nil
    }
  }

  private func isBound(_ expression: ResolvedExpression, _ bound: SlotSet) -> Bool {
    expression.slots.allSatisfy { bound.contains($0) }
  }

  /// Whether a word is an integer, or a closed range between integers.
  private func isFinite(_ word: Word) -> Bool {
    switch values.value(of: word) {
    case .integer, .range(.integer, .integer, _): true
    default: false
    }
  }
}

extension ResolvedExpression {
  /// The slots it reads, each time with its place.
  var slotPlaces: [(slot: Slot, span: SourceSpan)] {
    switch kind {
    case .variable(let slot): [(slot, span)]
    case .constant: []
    case .call(_, let arguments): arguments.flatMap(\.slotPlaces)
    }
  }
}
