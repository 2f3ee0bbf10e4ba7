import FactModel

extension ResolvedExpression {
  /// The slot that the expression is a sum or difference of with integers, and what it must be for
  /// the expression to equal a value; nil for other expressions.
  ///
  /// Exact where the slot is an exact integer, and there only: of other numbers the sum may be
  /// rounded, so that several of them have the same one.
  func solved(equalTo value: ResolvedExpression) -> (slot: Slot, value: ResolvedExpression)? {
    func call(_ operation: ValueOperation, _ operands: ResolvedExpression...) -> ResolvedExpression
    {
      ResolvedExpression(.call(operation, operands), at: span)
    }
    switch kind {
    case .variable(let slot): return (slot, value)
    case .call(.negate, let operands):
      return operands[0].solved(equalTo: call(.negate, value))
    case .call(.add, let operands):
      if operands[1].isInteger {
        return operands[0].solved(equalTo: call(.subtract, value, operands[1]))
      }
      return operands[0].isInteger
        ? operands[1].solved(equalTo: call(.subtract, value, operands[0])) : nil
    case .call(.subtract, let operands):
      if operands[1].isInteger {
        return operands[0].solved(equalTo: call(.add, value, operands[1]))
      }
      return operands[0].isInteger
        ? operands[1].solved(equalTo: call(.subtract, operands[0], value)) : nil
    default: return nil
    }
  }

  /// Whether it is an exact integer that stands in the text.
  fileprivate var isInteger: Bool {
    if case .constant(let word) = kind { word.kind == .integer } else { false }
  }
}

extension BodyPlanner {
  /// What an equality such as `K = N - 1`, with K bound, says about N: `N = K + 1`, where both are
  /// exact integers because columns that atoms read them from hold nothing else.
  ///
  /// The atom can then be looked up instead of being read in full for each match. The equality
  /// stays in the plan as a condition, so that no match is added. Of anything else but integers the
  /// sum could fail where the equality just does not hold.
  func inverse(
    of item: Item
  ) -> (slot: Slot, value: ResolvedExpression, columns: [IntegerColumn])? {
    guard !disabledPasses.contains(Pass.inversion.rawValue),
      case .comparison(.equal, let left, let right) = item.literal.kind
    else { return nil }
    for (side, other) in [(left, right), (right, left)] {
      guard case .call = side.kind, let found = side.solved(equalTo: other),
        !other.slots.contains(found.slot), let column = integerColumn(of: found.slot)
      else { continue }
      if other.isInteger { return (found.slot, found.value, [column]) }
      guard case .variable(let known) = other.kind, let second = integerColumn(of: known) else {
        continue
      }
      return (found.slot, found.value, [column, second])
    }
    return nil
  }

  /// A column of integers that one of the atoms reads a slot from.
  private func integerColumn(of slot: Slot) -> IntegerColumn? {
    for atom in atoms {
      for (column, argument) in atom.arguments.enumerated() where argument == .variable(slot) {
        let found = IntegerColumn(source: atom.source, column: column)
        if statistics.holdsIntegersOnly(found) { return found }
      }
    }
    return nil
  }
}

/// A column of a source; a plan may rest on its holding exact integers alone.
struct IntegerColumn: Hashable {
  var source: AtomSource
  var column: Int
}
