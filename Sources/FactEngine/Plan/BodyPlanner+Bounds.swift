extension BodyPlanner {
  /// The first condition by meaning that is left between a bound slot and one that only the atom
  /// binds; nil where there is none, or where it would not pay.
  ///
  /// A computed slot is left to the filter: a computation that failed passes every condition.
  func boundKey(for atom: ResolvedAtom) -> BoundKey? { find(for: atom)?.key }

  /// The same, taken from the conditions that are left.
  mutating func takeBoundKey(for atom: ResolvedAtom) -> BoundKey? {
    guard let (index, key) = find(for: atom) else { return nil }
    remaining.remove(at: index)
    return key
  }

  private func find(for atom: ResolvedAtom) -> (index: Int, key: BoundKey)? {
    guard !disabledPasses.contains(Pass.sortedBounds.rawValue), !bound.isEmpty,
      !atom.source.isDenial
    else { return nil }
    let new = atom.slots.subtracting(bound)
    for (index, item) in remaining.enumerated() {
      let sides: (ResolvedExpression, ResolvedExpression)
      var isMembership = false
      switch item.literal.kind {
      case .overlaps(let left, let right): sides = (left, right)
      case .memberOfRange(let left, let right):
        sides = (left, right)
        isMembership = true
      default: continue
      }
      guard case .variable(let left) = sides.0.kind, case .variable(let right) = sides.1.kind
      else { continue }
      let key: BoundKey
      if isKnown(left), new.contains(right) {
        key = BoundKey(slot: left, other: right, comparison: isMembership ? .liesIn : .overlaps)
      } else if isKnown(right), new.contains(left) {
        key = BoundKey(slot: right, other: left, comparison: isMembership ? .contains : .overlaps)
      } else {
        continue
      }
      return isWorthSorting(atom) ? (index, key) : nil
    }
    return nil
  }

  /// Whether looking rows up by their bounds costs less than comparing each that agrees in the keys.
  ///
  /// Sorting the rows costs about as much as eight passes that compare them, or as two look-ups by
  /// key for each of them; a few rows are sorted in no time.
  private func isWorthSorting(_ atom: ResolvedAtom) -> Bool {
    let rows = statistics.rowCount(of: atom.source, window: .all)
    if rows <= 1_000 { return true }
    let hasKeys = atom.arguments.contains { argument in
      if case .variable(let slot) = argument { bound.contains(slot) } else { false }
    }
    if !hasKeys { return matches >= 8 }
    return matches * 2 >= rows || matches * estimate(atom) >= rows * 2
  }

  private func isKnown(_ slot: Slot) -> Bool { bound.contains(slot) && !computed.contains(slot) }
}
