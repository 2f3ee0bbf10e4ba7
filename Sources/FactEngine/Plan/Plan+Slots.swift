extension Plan {
  /// Whether matches only begin here.
  var isStart: Bool { self == .unit || self == .outer }

  /// The slots that this plan binds itself.
  var bound: SlotSet {
    switch self {
    case .unit, .outer: return []
    case .join(let input, let scan): return input.bound.union(scan.atom.slots)
    case .filter(let input, _), .negate(let input, _), .choose(let input, _): return input.bound
    case .compute(let input, let slot, _), .values(let input, let slot, _),
      .integers(let input, let slot, _):
      return input.bound.union([slot])
    case .optional(let input, _, let makes): return input.bound.union(makes)
    }
  }

  /// All slots that occur in it.
  var reads: SlotSet {
    switch self {
    case .unit, .outer: return []
    case .join(let input, let scan):
      return input.reads.union(scan.atom.slots).union(scan.bounds.map { [$0.slot] } ?? [])
    case .filter(let input, let conditions):
      return conditions.reduce(into: input.reads) { $0.formUnion($1.slots) }
    case .compute(let input, let slot, let expression):
      return input.reads.union(expression.slots).union([slot])
    case .values(let input, let slot, let list):
      return list.reduce(into: input.reads.union([slot])) { $0.formUnion($1.slots) }
    case .integers(let input, let slot, let range):
      return input.reads.union(range.slots).union([slot])
    case .negate(let input, let bodies), .choose(let input, let bodies):
      return bodies.reduce(into: input.reads) { $0.formUnion($1.reads) }
    case .optional(let input, let body, let makes):
      return input.reads.union(body.reads).union(makes)
    }
  }

  /// How many ordinals its negations and options need.
  var ordinalCount: Int {
    switch self {
    case .unit, .outer: 0
    case .join(let input, _), .filter(let input, _), .compute(let input, _, _),
      .values(let input, _, _), .integers(let input, _, _):
      input.ordinalCount
    case .negate(let input, let bodies), .choose(let input, let bodies):
      bodies.reduce(input.ordinalCount + 1) { $0 + $1.ordinalCount }
    case .optional(let input, let body, _): input.ordinalCount + body.ordinalCount + 1
    }
  }
}

extension Condition {
  /// The expressions that it judges.
  var operands: [ResolvedExpression] {
    switch self {
    case .identity(let left, let right, _), .comparison(_, let left, let right),
      .memberOfRange(let left, let right), .overlaps(let left, let right):
      return [left, right]
    case .constants(let slot, _): return [ResolvedExpression(slot: slot)]
    case .memberOfList(let value, let list): return [value] + list
    case .test(_, let arguments): return arguments
    }
  }

  /// The slots that it reads.
  var slots: SlotSet {
    switch self {
    case .identity(let left, let right, _), .comparison(_, let left, let right),
      .memberOfRange(let left, let right), .overlaps(let left, let right):
      return SlotSet(left.slots).union(right.slots)
    case .constants(let slot, _): return [slot]
    case .memberOfList(let value, let list):
      return list.reduce(into: SlotSet(value.slots)) { $0.formUnion($1.slots) }
    case .test(_, let arguments): return arguments.reduce(into: []) { $0.formUnion($1.slots) }
    }
  }
}
