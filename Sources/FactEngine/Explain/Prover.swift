import FactLanguage
import FactModel

/// Finds proofs: for each row an instance of a rule that supports it, whose premises were derived
/// before it, and so on down to what was stated.
///
/// Works through a list rather than by recursion, since a proof may be as deep as the data.
final class Prover {
  let context: ProofContext
  private(set) var steps: [Proof.Step?] = []
  private var numbers: [Key: Int] = [:]
  private var waiting: [(number: Int, key: Key)] = []

  /// A row of a source.
  struct Key: Hashable {
    var source: AtomSource
    var words: [Word]
  }

  /// So many ways are counted beyond the one that is shown.
  static let countLimit = 100

  init(_ context: ProofContext) { self.context = context }

  var evaluation: Evaluation { context.evaluation }

  // MARK: Steps

  /// The number of the step for a row, which is proved later if it is new.
  func step(for key: Key) -> Int {
    if let number = numbers[key] { return number }
    let number = steps.count
    steps.append(nil)
    numbers[key] = number
    waiting.append((number, key))
    return number
  }

  /// Adds a step that is no row of a source, with a number of its own.
  func reserve() -> Int {
    steps.append(nil)
    return steps.count - 1
  }

  func set(_ number: Int, _ step: Proof.Step) { steps[number] = step }

  /// Gives a row the support that somebody else has chosen. Should something rest on that row in
  /// turn, it gets a step of its own, with a proof that ends.
  func set(_ number: Int, _ key: Key, _ support: Supported) { set(number, made(key, support)) }

  /// Proves all that waits, and gives the proof.
  func finish() throws -> Proof {
    while let (number, key) = waiting.popLast() {
      try evaluation.checkpoint()
      set(number, made(key, try support(of: key)))
    }
    var proof = Proof(steps: steps.compactMap(\.self))
    proof.settleCertainties()
    return proof
  }

  /// A support with what is said of the others.
  struct Supported {
    var support: Proof.Support
    var certainty: Certainty
    var otherWays = 0
    var hasMoreWays = false
  }

  private func made(_ key: Key, _ supported: Supported) -> Proof.Step {
    var step = Proof.Step(
      conclusion: .atom(
        Proof.ProvedAtom(source: key.source, words: key.words, text: text(of: key))),
      certainty: supported.certainty, support: supported.support, otherWays: supported.otherWays,
      hasMoreWays: supported.hasMoreWays)
    switch (key.source, supported.support) {
    case (.relation(let name), .stated(let claims)):
      step.denials = context.denials(name, key.words, of: claims)
    case (.relation(let name), _): step.denials = context.denials(name, key.words, of: [])
    case (.claims(let name), .claim(let claim)):
      let arity = context.base.relation(named: name)?.arity ?? 0
      step.denials = context.denials(name, Array(key.words.prefix(arity)), of: [claim])
    default: break
    }
    return step
  }

  private func text(of key: Key) -> String {
    ProofText(base: context.base, variables: [], slots: [:]).text(of: key.source, words: key.words)
  }

  // MARK: Support

  private func support(of key: Key) throws -> Supported {
    switch key.source {
    case .relation(let name):
      if let derivation = evaluation.derived[name] { return try derived(name, derivation, key) }
      return stated(name, key)
    case .denials(let name): return stated(name, denied: true, key)
    case .claims(let name), .denialClaims(let name):
      let arity = context.base.relation(named: name)?.arity ?? 0
      let claim = Claim(qualifiers: Array(key.words.dropFirst(arity)), in: context.base)
      return Supported(support: .claim(claim), certainty: claim.certainty)
    case .claimCatalogue: return Supported(support: .listed, certainty: .certain)
    case .file(let file):
      return Supported(support: .record(path: file.path), certainty: .certain)
    }
  }

  private func stated(_ name: String, denied: Bool = false, _ key: Key) -> Supported {
    let level = context.statedLevel(name, denied: denied, key.words) ?? 0
    return Supported(
      support: .stated(context.claims(name, denied: denied, key.words)),
      certainty: Certainty(rawValue: level) ?? .certain)
  }

  private func derived(
    _ name: String, _ derivation: Derivation, _ key: Key
  ) throws -> Supported {
    let rank = context.rank(of: name, key.words)
    if let level = context.statedLevel(name, key.words), level <= rank?.level ?? 2 {
      var result = stated(name, key)
      result.otherWays = try candidates(name, key, stopAt: Prover.countLimit).count
      return result
    }
    if case .traversal(let traversal) = derivation, let found = try searched(traversal, key) {
      return found
    }
    guard let rank else { throw Prover.vanished(text(of: key)) }
    var best: Candidate?
    var count = 0
    var isCut = false
    for (id, rule) in context.rules[name] ?? [] where !isCut {
      if rule.hasAggregates {
        if let found = try aggregated(id, rule, key) {
          if best == nil { best = found }
          count += 1
        }
        continue
      }
      try instances(id, rule, key) { candidate in
        count += 1
        if candidate.level <= rank.level, let depth = candidate.depth(of: rank),
          best.map({ (candidate.level, depth) < ($0.level, $0.depth) }) ?? true
        {
          best = candidate
          best?.depth = depth
        }
        isCut = best != nil && count > Prover.countLimit
        return !isCut
      }
    }
    guard let best else { throw Prover.vanished(text(of: key)) }
    return Supported(
      support: try best.support(self), certainty: Certainty(rawValue: best.level) ?? .possible,
      otherWays: count - 1, hasMoreWays: isCut)
  }

  static func vanished(_ text: String) -> EngineError {
    .failed(
      message: "no proof of \(text) is found any more",
      hint: "the facts have changed since the answer; ask again")
  }

  // MARK: Candidates

  /// One way to derive a row.
  struct Candidate {
    var level: UInt8
    /// The highest round among the premises that the row's own clock derived; nil if none.
    var ranks: [ProofContext.Rank]
    var depth = -1
    var support: (Prover) throws -> Proof.Support

    /// How late the premises were derived; nil where one of them is no earlier than the row.
    func depth(of rank: ProofContext.Rank) -> Int? {
      var depth = -1
      for premise in ranks {
        if !rank.mayUse(premise) { return nil }
        if premise.clock == rank.clock { depth = max(depth, premise.round) }
      }
      return depth
    }
  }

  /// The instances of rules that give a row, those that rest on the row itself left out.
  func candidates(_ name: String, _ key: Key, stopAt limit: Int) throws -> [Candidate] {
    var found: [Candidate] = []
    for (id, rule) in context.rules[name] ?? [] where found.count < limit {
      if rule.hasAggregates {
        if let one = try aggregated(id, rule, key) { found.append(one) }
        continue
      }
      try instances(id, rule, key) { candidate in
        found.append(candidate)
        return found.count < limit
      }
    }
    return found
  }

  /// Gives the instances of one rule whose head is a row, until `receive` returns false.
  private func instances(
    _ id: Int, _ rule: ResolvedRule, _ key: Key, _ receive: @escaping (Candidate) throws -> Bool
  ) throws {
    guard let (bindings, equal) = rule.bindings(forHead: key.words) else { return }
    var isDone = false
    for (number, literals) in rule.body.alternatives.enumerated() where !isDone {
      let matches = BodyMatches(literals, variables: rule.variables, in: evaluation)
      try matches.run(bindings, equal: equal) { found, rows in
        for row in rows {
          let slots = found.match(row)
          guard let candidate = self.candidate(id, number, matches, slots, found.level(row), key)
          else { continue }
          if try !receive(candidate) {
            isDone = true
            return false
          }
        }
        return true
      }
    }
  }

  private func candidate(
    _ id: Int?, _ number: Int, _ matches: BodyMatches, _ slots: [Slot: Word], _ level: UInt8,
    _ key: Key
  ) -> Candidate? {
    var ranks: [ProofContext.Rank] = []
    for literal in matches.literals {
      guard case .atom(let atom) = literal.kind, case .relation(let name) = atom.source,
        evaluation.derived[name] != nil
      else { continue }
      let words = atom.words(slots)
      if atom.source == key.source, words == key.words { return nil }
      // What is stated needs no derivation.
      if let stated = context.statedLevel(name, words), stated <= level { continue }
      if let rank = context.rank(of: name, words) { ranks.append(rank) }
    }
    return Candidate(level: level, ranks: ranks) { prover in
      .instance(
        try prover.instance(
          rule: id, number, matches.literals, matches.variables, slots: slots, level: level))
    }
  }
}

extension ResolvedAtom {
  /// The words of its arguments, where all are bound.
  func words(_ slots: [Slot: Word]) -> [Word] {
    arguments.map { argument in
      switch argument {
      case .any: .unknown
      case .constant(let word): word
      case .variable(let slot): slots[slot] ?? .unknown
      }
    }
  }
}

extension ResolvedRule {
  /// What a body has to bind for the head to be a row, aggregates left open; nil where the head
  /// cannot be that row.
  func bindings(
    forHead words: [Word]
  ) -> (slots: [Slot: Word], equal: [(ResolvedExpression, Word)])? {
    var slots: [Slot: Word] = [:]
    var equal: [(ResolvedExpression, Word)] = []
    for (term, word) in zip(head, words) {
      guard case .expression(let expression) = term else { continue }
      switch expression.kind {
      case .constant(let constant): if constant != word { return nil }
      case .variable(let slot):
        if let known = slots[slot], known != word { return nil }
        slots[slot] = word
      case .call: equal.append((expression, word))
      }
    }
    return (slots, equal)
  }
}

extension Claim {
  /// A claim by the words of its qualifiers, as a view of claims gives them.
  init(qualifiers words: [Word], in base: FactBase) {
    self.init()
    for (qualifier, word) in zip(ClaimView.Qualifier.allCases, words) {
      switch qualifier {
      case .source: source = word
      case .document: document = word
      case .place: place = word
      case .certainty:
        let level = base.certaintyWords.firstIndex(of: word) ?? 0
        certainty = Certainty(rawValue: UInt8(level)) ?? .certain
      case .known:
        known = word
        knownIsGiven = word != .unknown
      case .valid: valid = word
      }
    }
  }
}
