/// One statement of a fact: who said so, where, how surely and when.
///
/// Qualifiers are words; `unknown` stands for those not given.
public struct Claim: Hashable, Sendable {
  /// Who says so.
  public var source: Word = .unknown
  /// Where it was published.
  public var document: Word = .unknown
  /// Where in the document.
  public var place: Word = .unknown
  /// How sure it is, according to its source.
  public var certainty: Certainty = .certain
  /// Since when this could be known, as stated. Whether it was left out (then the document's
  /// publication date counts, looked up when asked; else always) is said by `knownIsGiven`.
  public var known: Word = .unknown
  /// Whether `@known` was given; given but unknown is left out of every `as of`.
  public var knownIsGiven = false
  /// The period in which it holds; `unknown` is always.
  public var valid: Word = .unknown
  /// When it was retracted (a date word); `unknown` while it stands.
  public var until: Word = .unknown

  /// A claim that says nothing beyond the fact.
  public init() {}

  /// The claim of a fact stated without qualifiers.
  public static let plain = Claim()

  /// Whether it says nothing beyond the fact itself; such claims take no room.
  public var isPlain: Bool { self == Claim.plain }
}
