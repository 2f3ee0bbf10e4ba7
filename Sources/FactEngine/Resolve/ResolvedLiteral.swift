import FactFormats
import FactLanguage
import FactModel

/// What an atom ranges over.
public enum AtomSource: Sendable, Hashable {
  /// The facts of a relation, stated and derived.
  case relation(String)
  /// The denials of a relation.
  case denials(String)
  /// The claims of a relation: its attributes, then source, document, place, certainty, known, valid.
  case claims(String)
  /// The claims of the denials of a relation, likewise.
  case denialClaims(String)
  /// The built-in relation `claim` over all claims.
  case claimCatalogue
  /// The records of files.
  case file(ResolvedFile)
}

extension AtomSource {
  /// Whether it ranges over denials.
  var isDenial: Bool {
    switch self {
    case .denials, .denialClaims: true
    default: false
    }
  }
}

/// `file("PATH", …)`: which files, how they are read, and which columns are asked for.
public struct ResolvedFile: Sendable, Hashable {
  /// The path or pattern as it is opened, relative paths already joined to the script's folder.
  public var path: String
  /// `csv`, `tsv`, … where `@format` says it.
  public var format: String?
  /// What `@header` says; nil where it is not given.
  public var hasHeader: Bool?
  /// For each argument of the atom the column it reads, by name or by position from 0.
  public var columns: [FileColumn]
  /// The whole atom.
  public var span: SourceSpan

  /// Takes what the atom says.
  public init(
    path: String, format: String?, hasHeader: Bool?, columns: [FileColumn], span: SourceSpan
  ) {
    self.path = path
    self.format = format
    self.hasHeader = hasHeader
    self.columns = columns
    self.span = span
  }
}

/// One column that a `file` atom reads.
public struct FileColumn: Sendable, Hashable {
  /// How a column is found.
  public enum Key: Sendable, Hashable {
    case name(String)
    case position(Int)
  }
  /// The column.
  public var key: Key
  /// The type of the declared attribute that its variable is bound to, else nil: inferred.
  public var type: AttributeType?
  /// The argument that asks for it.
  public var span: SourceSpan

  /// Takes a column and the type that it is read as.
  public init(key: Key, type: AttributeType?, span: SourceSpan) {
    self.key = key
    self.type = type
    self.span = span
  }
}

/// One argument of a resolved atom; expressions have been lifted into equalities.
public enum ResolvedArgument: Sendable, Hashable {
  /// Unconstrained and unnamed.
  case any
  case variable(Slot)
  case constant(Word)
}

/// An atom whose arguments stand by position, qualifiers included.
public struct ResolvedAtom: Sendable, Hashable {
  /// What it ranges over.
  public var source: AtomSource
  /// One for each column of the source.
  public var arguments: [ResolvedArgument]
  /// The whole atom.
  public var span: SourceSpan

  /// Takes arguments by position.
  public init(source: AtomSource, arguments: [ResolvedArgument], span: SourceSpan) {
    self.source = source
    self.arguments = arguments
    self.span = span
  }
}

/// One literal of a body with names resolved.
public struct ResolvedLiteral: Sendable, Hashable {
  /// What a literal may be.
  public indirect enum Kind: Sendable, Hashable {
    /// Holds for the rows of its source that match.
    case atom(ResolvedAtom)
    /// By identity for `=` and `!=`, by meaning for the others. `X = e` binds an unbound X.
    case comparison(ComparisonOperator, ResolvedExpression, ResolvedExpression)
    /// `X in [a, b]`: by identity; binds an unbound X.
    case memberOfList(ResolvedExpression, [ResolvedExpression])
    /// `X in R`: by meaning; binds an unbound X where R is a finite range of integers.
    case memberOfRange(ResolvedExpression, ResolvedExpression)
    /// Two intervals have a moment or number in common.
    case overlaps(ResolvedExpression, ResolvedExpression)
    /// A test of texts or of being unknown.
    case test(Test, [ResolvedExpression])
    /// Fails where the body holds for sure; its own variables are local.
    case negation(ResolvedBody)
    /// True once with unknowns where the atom matches nothing.
    case optional(ResolvedAtom)
  }
  /// What it is.
  public var kind: Kind
  /// The whole literal.
  public var span: SourceSpan

  /// Takes a literal with its place.
  public init(_ kind: Kind, at span: SourceSpan) {
    self.kind = kind
    self.span = span
  }
}

/// Alternatives of conjunctions; groups have been multiplied out.
public struct ResolvedBody: Sendable, Hashable {
  /// The conjunctions, at least one.
  public var alternatives: [[ResolvedLiteral]]

  /// Takes the conjunctions.
  public init(alternatives: [[ResolvedLiteral]]) { self.alternatives = alternatives }
}
