import FactLanguage
import FactModel

/// What proofs of one answer share: the derived rows with their ranks, and the rules.
///
/// A row's rank is the level and the round in which it was derived; a proof uses rows of smaller
/// rank only, so that it ends. Where a query was answered by a rewritten program, the rows are
/// those of its copies, which all were derived by one clock.
final class ProofContext {
  let base: FactBase
  let evaluation: Evaluation
  let program: Program
  /// The rules of each derived relation, in the order of statement.
  private(set) var rules: [String: [(id: Int, rule: ResolvedRule)]] = [:]
  /// The number of the stratum of each derived relation.
  private var stratum: [String: Int] = [:]
  /// Relations of which only a part was derived, with the copies that hold it.
  private var copies: [String: [DerivedRelation]] = [:]
  let searches: ClosureSearches

  /// Takes an evaluation in which all that the query needs has been derived.
  init(
    _ needed: ResolvedProgram, program: Program, base: FactBase, evaluation: Evaluation
  ) throws {
    self.base = base
    self.program = program
    self.evaluation = evaluation
    searches = ClosureSearches(evaluation)
    for (number, stratum) in needed.strata.enumerated() {
      for name in stratum.relations { self.stratum[name] = number }
      for id in stratum.rules {
        guard let rule = needed.rules[id] else { continue }
        rules[rule.relation, default: []].append((id, rule))
      }
    }
    for name in stratum.keys where evaluation.derived[name] == nil { try mergeCopies(of: name) }
  }

  /// Makes one relation of the copies of it that were derived, for joins to see.
  private func mergeCopies(of name: String) throws {
    guard let arity = base.relation(named: name)?.arity else { return }
    let found = evaluation.derived.compactMap { copy, derivation -> DerivedRelation? in
      guard copy.hasPrefix(name + "·"), stratum[copy] == nil,
        case .rows(let relation) = derivation, relation.rows.arity == arity
      else { return nil }
      let pattern = copy.dropFirst(name.count + 1)
      return pattern.count == arity && pattern.allSatisfy { $0 == "b" || $0 == "f" }
        ? relation : nil
    }.sorted { $0.name < $1.name }
    let merged = DerivedRelation(name: name, arity: arity, account: evaluation.account)
    for copy in found {
      let block = RowBlock(copy, slots: Array(0..<arity))
      merged.insert(
        columns: block.columns, count: block.count,
        levels: block.levels.isEmpty ? nil : block.levels)
    }
    merged.begin(level: 1)
    merged.begin(level: 2)
    merged.isComplete = true
    copies[name] = found
    evaluation.derived[name] = .rows(merged)
  }

  /// Where a derived row stands.
  struct Rank: Comparable {
    var level: UInt8
    var round: Int
    /// Rows of one clock are compared; what another one derived is complete.
    var clock: Int

    static func < (left: Rank, right: Rank) -> Bool {
      (left.level, left.round) < (right.level, right.round)
    }

    /// Whether a proof of this row may use a row of that rank.
    func mayUse(_ other: Rank) -> Bool { other.clock != clock || other < self }
  }

  /// The rank of a row of a derived relation; nil where rules do not derive it, or a search finds
  /// its proof.
  func rank(of name: String, _ words: [Word]) -> Rank? {
    let bits = words.map(\.bits)
    if let copies = copies[name] {
      return copies.compactMap { ProofContext.rank(bits, in: $0, clock: -1) }.min()
    }
    guard case .rows(let relation) = evaluation.derived[name] else { return nil }
    return ProofContext.rank(bits, in: relation, clock: stratum[name] ?? 0)
  }

  private static func rank(_ bits: [UInt64], in relation: DerivedRelation, clock: Int) -> Rank? {
    guard let row = relation.rows.find(bits) else { return nil }
    return Rank(
      level: relation.level(of: Int(row)), round: relation.round(of: Int(row)), clock: clock)
  }

  /// How surely a fact is stated, or a denial that agrees with it; nil where it is not.
  func statedLevel(_ name: String, denied: Bool = false, _ words: [Word]) -> UInt8? {
    StatedClaims(evaluation: evaluation).level(name, denied: denied, words)
  }

  /// The claims that count of a fact, or of the denials that agree with it.
  func claims(_ name: String, denied: Bool = false, _ words: [Word]) -> [Claim] {
    guard let relation = base.relation(named: name) else { return [] }
    return StatedClaims(evaluation: evaluation).claims(of: relation, denied: denied, words)
  }

  /// The claims that deny a fact in a period that some of its claims speak of; what is derived is
  /// so at any time, and has none.
  func denials(_ name: String, _ words: [Word], of claims: [Claim]) -> [Claim] {
    guard let relation = base.relation(named: name), relation.denials != nil else { return [] }
    let stated = StatedClaims(evaluation: evaluation)
    return stated.denials(of: relation, words, claims)
  }
}

extension DerivedRelation {
  /// The round in which a row was derived; counted over all relations of its fixpoint alike.
  func round(of row: Int) -> Int {
    var low = 0
    var high = rounds.count
    while low < high {
      let middle = (low + high) / 2
      if rounds[middle] <= row { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }
}
