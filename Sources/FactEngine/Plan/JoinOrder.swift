/// Finds the order of joins that is expected to make the fewest matches on the way.
///
/// Dynamic programming over the sets of atoms (Selinger and others, 1979), for plans that take one
/// atom after the other: the best way to a set is the best way to one atom less, and that atom.
/// What a set is expected to match is kept with it, so that an atom that multiplies matches comes
/// late even where it looks small at its turn. That depends a little on the way to the set, of which
/// the cheapest is kept, so the order found is cheap but not always the cheapest.
///
/// Complexity: O(2^n · n²) for n atoms, which are at most `limit`.
struct JoinOrder {
  /// One atom as its cost depends on it.
  struct Atom {
    /// The columns that a slot stands in, or no slot where it is a constant, each with the number
    /// of different words in it.
    var columns: [(slot: Slot?, distinct: Double)]
    /// The rows that its window shows.
    var rows: Double
    /// Its slots, as bits.
    var slots: UInt64
  }

  /// The most atoms that are ordered this way.
  static let limit = 9

  var atoms: [Atom]
  /// Equalities that bind a slot once others are bound, as bits.
  var computes: [(needs: UInt64, gives: UInt64)]

  /// How many rows of an atom are expected to agree with one match, the slots of which are bound;
  /// nil where none of its columns is.
  static func matches(_ atom: Atom, bound: UInt64) -> Double? {
    var distinct = 1.0
    var hasKey = false
    for column in atom.columns {
      if let slot = column.slot, bound & (1 &<< UInt64(slot)) == 0 { continue }
      hasKey = true
      distinct *= max(1, column.distinct)
    }
    guard hasKey else { return nil }
    let expected = atom.rows / max(1, min(distinct, atom.rows))
    // Where nothing new is bound it is only asked whether there is a row.
    return atom.slots & ~bound == 0 ? min(expected, 1) : expected
  }

  /// The atom to begin with, where the slots of `bound` are bound already.
  func first(bound: UInt64) -> Int? {
    let count = atoms.count
    guard count > 1, count <= JoinOrder.limit else { return count == 1 ? 0 : nil }
    struct State {
      var cost = Double.infinity
      var matches = 1.0
      var first = 0
    }
    var states = Array(repeating: State(), count: 1 << count)
    states[0].cost = 0
    for set in 0..<(1 << count) - 1 {
      let state = states[set]
      var slots = bound
      for atom in 0..<count where set & (1 << atom) != 0 { slots |= atoms[atom].slots }
      close(&slots)
      for atom in 0..<count where set & (1 << atom) == 0 {
        let matches: Double
        let work: Double
        if let expected = JoinOrder.matches(atoms[atom], bound: slots) {
          matches = state.matches * expected
          work = state.matches + matches
        } else {
          matches = state.matches * atoms[atom].rows
          work = matches
        }
        let next = set | 1 << atom
        // Costs that differ by rounding only are equal: the order of the text decides.
        if state.cost + work < states[next].cost * (1 - 1e-9) {
          states[next] = State(
            cost: state.cost + work, matches: matches, first: set == 0 ? atom : state.first)
        }
      }
    }
    return states[(1 << count) - 1].first
  }

  /// Adds what equalities bind.
  private func close(_ slots: inout UInt64) {
    var isChanged = true
    while isChanged {
      isChanged = false
      for compute in computes
      where compute.needs & ~slots == 0 && compute.gives & ~slots != 0 {
        slots |= compute.gives
        isChanged = true
      }
    }
  }
}
