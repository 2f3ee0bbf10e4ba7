import FactLanguage
import FactModel

extension ComparisonOperator {
  /// The operator that holds when the operands change places.
  var mirrored: ComparisonOperator {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}

extension ResolvedLiteral {
  /// The slots that occur in it.
  var slots: SlotSet {
    switch kind {
    case .atom(let atom), .optional(let atom): return atom.slots
    case .comparison(_, let left, let right), .memberOfRange(let left, let right),
      .overlaps(let left, let right):
      return SlotSet(left.slots).union(right.slots)
    case .memberOfList(let value, let list):
      return list.reduce(into: SlotSet(value.slots)) { $0.formUnion($1.slots) }
    case .test(_, let arguments): return arguments.reduce(into: []) { $0.formUnion($1.slots) }
    case .negation(let body): return body.slots
    }
  }
}

extension ResolvedAtom {
  /// The slots that occur in it.
  var slots: SlotSet {
    var slots: SlotSet = []
    for argument in arguments {
      if case .variable(let slot) = argument { slots.insert(slot) }
    }
    return slots
  }
}

extension ResolvedBody {
  /// The slots that occur in it.
  var slots: SlotSet {
    alternatives.reduce(into: []) { all, literals in
      for literal in literals { all.formUnion(literal.slots) }
    }
  }
}
