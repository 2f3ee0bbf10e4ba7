import FactModel

/// Why a row is there: steps that rest on one another and end in what was stated.
///
/// Plain data. Steps are numbered and refer to one another by number, so that a fact that several
/// steps rest on is proved once; no step rests on itself, directly or through others.
public struct Proof: Sendable {
  /// The steps; the first one is the row that was asked about.
  public var steps: [Step]

  /// Takes steps that refer to one another by their places.
  public init(steps: [Step]) { self.steps = steps }

  /// One row with what supports it.
  public struct Step: Sendable {
    /// What is shown to hold.
    public var conclusion: Conclusion
    /// How surely it holds; the support shown is as sure as this.
    public var certainty: Certainty
    /// Why it holds.
    public var support: Support
    /// How many other rule instances (or matches of a query) give the same row.
    public var otherWays: Int
    /// Whether counting stopped, so that there may be more of them.
    public var hasMoreWays: Bool
    /// The claims that deny what is shown, where there are some: it is disputed.
    public var denials: [Claim] = []
  }

  /// What a step shows to hold.
  public enum Conclusion: Sendable {
    /// A row of an answer, with its named columns; without any it is a yes.
    case row([Binding])
    /// A fact, denial, claim or record.
    case atom(ProvedAtom)
  }

  /// A name and its value.
  public struct Binding: Sendable, Hashable {
    /// The name of a variable or column.
    public var name: String
    /// Its value.
    public var word: Word
    /// Whether its numbers print as percentages.
    public var isPercent: Bool = false
  }

  /// An atom whose arguments are all known.
  public struct ProvedAtom: Sendable, Hashable {
    /// What it is a row of.
    public var source: AtomSource
    /// By column of the source.
    public var words: [Word]
    /// As the language writes it.
    public var text: String
  }

  /// Why a step holds.
  public enum Support: Sendable {
    /// It was stated (or denied): a leaf, with its claims as of the moment of the query.
    case stated([Claim])
    /// One claim of a fact or denial: a leaf.
    case claim(Claim)
    /// A row of the list of all claims: a leaf.
    case listed
    /// A record of a file: a leaf.
    case record(path: String)
    /// A rule, or the body of the query, with its variables bound.
    case instance(Instance)
    /// An aggregate of a rule or query.
    case aggregate(Aggregation)
  }

  /// A conjunction with its variables bound.
  public struct Instance: Sendable {
    /// The rule, by its number in the program; nil for the body of the query.
    public var rule: Int?
    /// Which of the alternatives of its body it is an instance of.
    public var alternative: Int
    /// The rule as written; empty for the body of the query.
    public var text: String
    /// The variables that the text names, in the order of their first use.
    public var bindings: [Binding]
    /// What the literals came to, in the order of the text.
    public var premises: [Premise]
    /// How sure the weakest premise is.
    public var certainty: Certainty
    /// The bound slots, for whoever wants to check the instance.
    var slots: [Slot: Word]
    /// The literals that were matched, every argument named.
    var literals: [ResolvedLiteral]
    var variables: [ResolvedVariable]
  }

  /// One literal of an instance.
  public enum Premise: Sendable {
    /// Something that holds by itself, by the number of its step.
    case step(Int)
    case condition(Condition)
  }

  /// A literal that is no atom, judged for one match.
  public struct Condition: Sendable {
    /// What kind of literal it is.
    public enum Kind: Sendable, Hashable {
      /// A comparison or test.
      case test
      /// A value that was computed.
      case computed
      /// A negation: what was looked for and not found.
      case absent
      /// An `optional` atom that matches nothing.
      case optional
    }
    /// What kind of literal it is.
    public var kind: Kind
    /// As written.
    public var written: String
    /// With the variables filled in.
    public var filled: String
    /// How surely it holds.
    public var certainty: Certainty
    /// What keeps a negation from being certain: steps that hold less than surely.
    public var doubts: [Int]
  }

  /// What went into an aggregated row.
  public struct Aggregation: Sendable {
    /// The rule, by its number in the program; nil for a stage of the query.
    public var rule: Int?
    /// The rule or stage as written.
    public var text: String
    /// The values that the inputs have in common.
    public var group: [Binding]
    /// What the aggregates came to.
    public var results: [Binding]
    /// How many inputs there are.
    public var inputCount: Int
    /// The first of them, at most `Proof.inputLimit`.
    public var inputs: [AggregatedInput]
  }

  /// One input of an aggregate.
  public enum AggregatedInput: Sendable {
    /// A match of the body.
    case match(Instance)
    /// A row that an earlier stage made, by the number of its step.
    case row(Int)
  }

  /// So many inputs of an aggregate are listed.
  public static let inputLimit = 20
}

/// All ways to derive a row, each with one proof under it.
public struct ProofAlternatives: Sendable {
  /// One for each rule instance; the surest first.
  public var proofs: [Proof]
  /// How many more there are, which are not shown.
  public var moreCount: Int
  /// Whether counting stopped.
  public var hasMore: Bool
}

extension Proof {
  /// Gives each step the certainty of its weakest premise, from the leaves up.
  mutating func settleCertainties() {
    var isSettled = [Bool](repeating: false, count: steps.count)
    var path = Array(steps.indices.reversed())
    var isOpen = [Bool](repeating: false, count: steps.count)
    while let number = path.last {
      if isSettled[number] {
        path.removeLast()
        continue
      }
      let below = steps[number].premiseSteps.filter { !isSettled[$0] && !isOpen[$0] }
      if !isOpen[number], !below.isEmpty {
        isOpen[number] = true
        path += below
        continue
      }
      path.removeLast()
      isSettled[number] = true
      settle(number)
    }
  }

  private mutating func settle(_ number: Int) {
    guard case .instance(var instance) = steps[number].support else { return }
    var level: UInt8 = 0
    for premise in instance.premises {
      switch premise {
      case .step(let premise): level = max(level, steps[premise].certainty.rawValue)
      case .condition(let condition): level = max(level, condition.certainty.rawValue)
      }
    }
    instance.certainty = Certainty(rawValue: level) ?? .possible
    steps[number].support = .instance(instance)
    steps[number].certainty = instance.certainty
  }
}

extension Proof.Step {
  /// The steps that it rests on.
  public var premiseSteps: [Int] {
    switch support {
    case .stated, .claim, .listed, .record: return []
    case .instance(let instance): return instance.premiseSteps
    case .aggregate(let aggregation):
      return aggregation.inputs.flatMap { input in
        switch input {
        case .match(let instance): instance.premiseSteps
        case .row(let number): [number]
        }
      }
    }
  }
}

extension Proof.Instance {
  /// The steps that it rests on.
  public var premiseSteps: [Int] {
    premises.compactMap { if case .step(let number) = $0 { number } else { nil } }
  }
}
