import FactLanguage
import FactModel

/// The passes over a plan; each can be switched off and must then give the same answers.
public enum Pass: String, Sendable, CaseIterable {
  /// Atoms in the order of the expected number of matches, not of the text.
  case joinOrder = "join-order"
  /// Conditions as soon as their slots are bound, not after the last atom.
  case filterPushDown = "filter-push-down"
  /// What an equality says about a variable inside a sum, so that atoms can be looked up by it.
  case inversion
  /// Two relations that bind one slot at once, by the intersection of sorted lists.
  case intersection
  /// Ranges that meet ranges by an index of sorted bounds, not pair by pair.
  case sortedBounds = "sorted-bounds"
  /// Of derived relations only what the constants of a query reach.
  case magicSets = "magic-sets"
  /// Transitive closures by search and condensation, not row by row.
  case linearRecursion = "linear-recursion"
  /// Counts and sums over the rows of one relation straight from its columns, on all processors.
  case columnGroups = "column-groups"
  /// Queries of one atom by one look into an index, without a plan.
  case pointLookup = "point-lookup"

  /// What it does, in a few words.
  public var summary: String {
    switch self {
    case .joinOrder: "atoms in the order of what they are expected to match"
    case .filterPushDown: "conditions as soon as their variables are bound"
    case .inversion: "what a sum says about a variable in it"
    case .intersection: "two relations that bind one variable by intersection"
    case .sortedBounds: "ranges that meet ranges by their sorted bounds"
    case .magicSets: "of derived relations only what the constants of a query reach"
    case .linearRecursion: "transitive closures by search"
    case .columnGroups: "counts and sums of one relation straight from its columns"
    case .pointLookup: "queries of one atom by one look into an index"
    }
  }
}

/// Which rows of a relation a scan sees while the fixpoint of its stratum runs.
enum RowWindow: Sendable, Hashable {
  /// All rows: a stored relation, or a derived one that is complete.
  case all
  /// All rows up to the start of this round.
  case upToRound
  /// The rows of the last round only.
  case delta
  /// The rows before those of the last round.
  case beforeDelta
  /// The rows from one on: those that are new since a relation was derived from the others.
  case since(Int)
}

/// A condition by meaning between a slot that is bound before and a new one of an atom: its rows are
/// looked up by their bounds.
struct BoundKey: Sendable, Hashable {
  /// How the value of the slot compares with that of a row.
  enum Comparison: Sendable, Hashable {
    case overlaps
    /// The bound value lies in that of the row.
    case liesIn
    /// The value of the row lies in the bound one.
    case contains
  }

  /// What is bound before.
  var slot: Slot
  /// What the atom binds.
  var other: Slot
  var comparison: Comparison

  /// The same as a condition of a filter.
  var condition: Condition {
    let left = ResolvedExpression(slot: slot)
    let right = ResolvedExpression(slot: other)
    return switch comparison {
    case .overlaps: .overlaps(left, right)
    case .liesIn: .memberOfRange(left, right)
    case .contains: .memberOfRange(right, left)
    }
  }
}

/// One atom as it is read: the node under `scan` and `join`.
struct Scan: Sendable, Hashable {
  var atom: ResolvedAtom
  var window: RowWindow
  /// What its rows are looked up by besides what they agree in; nil for nothing.
  var bounds: BoundKey?
  /// How many matches each input match is expected to have.
  var estimate: Double

  init(
    atom: ResolvedAtom, window: RowWindow = .all, bounds: BoundKey? = nil, estimate: Double = 0
  ) {
    self.atom = atom
    self.window = window
    self.bounds = bounds
    self.estimate = estimate
  }

  /// What is expected is no part of what is computed: plans that differ in it alone are equal.
  static func == (left: Scan, right: Scan) -> Bool {
    left.atom == right.atom && left.window == right.window
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(atom)
    hasher.combine(window)
  }
}

/// One condition of a filter node.
indirect enum Condition: Sendable, Hashable {
  /// By identity: both are the same known value, or both known and different.
  case identity(ResolvedExpression, ResolvedExpression, isEqual: Bool)
  /// By meaning.
  case comparison(ComparisonOperator, ResolvedExpression, ResolvedExpression)
  /// All comparisons of one slot with constants, judged together.
  case constants(Slot, [ConstantComparison])
  case memberOfList(ResolvedExpression, [ResolvedExpression])
  case memberOfRange(ResolvedExpression, ResolvedExpression)
  case overlaps(ResolvedExpression, ResolvedExpression)
  case test(Test, [ResolvedExpression])
}

/// A comparison by meaning of a slot with a constant; no operator stands for `in`.
struct ConstantComparison: Sendable, Hashable {
  var comparison: ComparisonOperator?
  var constant: Word
}

/// A logical plan: plain data that says what is computed and in which order, not how.
///
/// Each node takes matches (rows over slots) from its input. The set of slots that are bound grows
/// from the leaves to the root.
indirect enum Plan: Sendable, Hashable {
  /// One match without slots.
  case unit
  /// The matches of the outer body, where a plan stands inside a negation.
  case outer
  /// For each input match, the rows of the atom that agree with it.
  case join(Plan, Scan)
  case filter(Plan, [Condition])
  /// Binds a slot to the value of an expression.
  case compute(Plan, Slot, ResolvedExpression)
  /// Binds a slot to each of several values, by identity once each.
  case values(Plan, Slot, [ResolvedExpression])
  /// Binds a slot to each integer of a finite range, both bounds included.
  case integers(Plan, Slot, ResolvedExpression)
  /// Keeps matches for which none of the alternatives holds for sure.
  case negate(Plan, [Plan])
  /// Keeps matches for which one of the alternatives holds, each once, as sure as the surest.
  case choose(Plan, [Plan])
  /// Extends a match by those of the alternative, or by unknowns where there is none.
  case optional(Plan, Plan, makes: [Slot])
}
