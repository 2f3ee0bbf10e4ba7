/// The claims of a batch of facts: what they have in common, and a column for each qualifier that
/// differs from row to row.
public struct ClaimBatch {
  /// The qualifiers that are the same in all rows.
  public var common: Claim
  /// Sources, where they differ from row to row; else `common` counts, here and below.
  public var sources: [UInt64]?
  /// Documents.
  public var documents: [UInt64]?
  /// Places.
  public var places: [UInt64]?
  /// Since when they could be known; given, even where unknown.
  public var known: [UInt64]?
  /// Periods in which they hold.
  public var valid: [UInt64]?
  /// Raw values of `Certainty`.
  public var certainties: [UInt8]?

  /// Claims that are all the same; plain unless said otherwise.
  public init(common: Claim = .plain) {
    self.common = common
  }

  /// Whether every one of them is plain.
  var isPlain: Bool { common.isPlain && isUniform }

  /// Whether they are all the same.
  var isUniform: Bool {
    sources == nil && documents == nil && places == nil && known == nil && valid == nil
      && certainties == nil
  }

  /// How sure the claim of one row is.
  func certainty(at row: Int) -> Certainty {
    guard let certainties else { return common.certainty }
    return Certainty(rawValue: certainties[row]) ?? .certain
  }

  /// The claim of one row.
  public func claim(at row: Int) -> Claim {
    var claim = common
    if let sources { claim.source = Word(bits: sources[row]) }
    if let documents { claim.document = Word(bits: documents[row]) }
    if let places { claim.place = Word(bits: places[row]) }
    if let valid { claim.valid = Word(bits: valid[row]) }
    if let known {
      claim.known = Word(bits: known[row])
      claim.knownIsGiven = true
    }
    claim.certainty = certainty(at: row)
    return claim
  }
}

/// Which claims are meant: those that agree in every qualifier given here.
public struct ClaimFilter: Hashable, Sendable {
  /// The source to agree in; nil agrees with all, here and below.
  public var source: Word?
  /// The document to agree in.
  public var document: Word?
  /// The place to agree in.
  public var place: Word?
  /// The certainty to agree in.
  public var certainty: Certainty?
  /// The known to agree in.
  public var known: Word?
  /// The valid to agree in.
  public var valid: Word?

  /// Agrees with every claim.
  public init() {}

  /// Whether a claim agrees. `known` is compared as stated.
  public func matches(_ claim: Claim) -> Bool {
    if let source, source != claim.source { return false }
    if let document, document != claim.document { return false }
    if let place, place != claim.place { return false }
    if let certainty, certainty != claim.certainty { return false }
    if let known, known != claim.known { return false }
    if let valid, valid != claim.valid { return false }
    return true
  }
}
