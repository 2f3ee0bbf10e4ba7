extension BodyPlanner {
  /// The atom with which the cheapest order of those that are left begins; nil where they are too
  /// many to compare all orders.
  func preferredAtom() -> Int? {
    var places: [Int] = []
    var atoms: [JoinOrder.Atom] = []
    var computes: [(needs: UInt64, gives: UInt64)] = []
    guard variables.count <= 64 else { return nil }
    func bits(_ slots: some Sequence<Slot>) -> UInt64 {
      slots.reduce(0) { $1 < 64 ? $0 | 1 &<< UInt64($1) : $0 }
    }
    for (index, item) in remaining.enumerated() {
      switch item.literal.kind {
      case .atom(let atom) where !atom.source.isDenial:
        places.append(index)
        guard places.count <= JoinOrder.limit else { return nil }
      case .comparison(.equal, let left, let right):
        if case .variable(let slot) = left.kind {
          computes.append((bits(right.slots), bits([slot])))
        }
        if case .variable(let slot) = right.kind {
          computes.append((bits(left.slots), bits([slot])))
        }
        if let inverse = inverse(of: item) {
          computes.append((bits(inverse.value.slots), bits([inverse.slot])))
        }
      default: break
      }
    }
    if places.count < 2 { return places.first }
    for index in places {
      guard case .atom(let atom) = remaining[index].literal.kind else { continue }
      let columns = atom.arguments.enumerated().compactMap {
        column, argument -> (slot: Slot?, distinct: Double)? in
        switch argument {
        case .any: nil
        case .constant: (nil, statistics.distinctCount(of: atom.source, columns: [column]))
        case .variable(let slot):
          (slot, statistics.distinctCount(of: atom.source, columns: [column]))
        }
      }
      atoms.append(
        JoinOrder.Atom(
          columns: columns,
          rows: statistics.rowCount(of: atom.source, window: remaining[index].window),
          slots: bits(atom.slots)))
    }
    return JoinOrder(atoms: atoms, computes: computes).first(bound: bits(bound)).map { places[$0] }
  }

  /// How many rows of an atom are expected to agree with one match so far.
  func estimate(_ atom: ResolvedAtom, _ window: RowWindow = .all) -> Double {
    let rows = statistics.rowCount(of: atom.source, window: window)
    var keys: [Int] = []
    for (column, argument) in atom.arguments.enumerated() {
      switch argument {
      case .constant: keys.append(column)
      case .variable(let slot) where bound.contains(slot): keys.append(column)
      default: break
      }
    }
    if keys.isEmpty { return rows }
    return rows / max(1, min(rows, statistics.distinctCount(of: atom.source, columns: keys)))
  }
}
