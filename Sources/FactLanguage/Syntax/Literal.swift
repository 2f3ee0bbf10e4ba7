import FactModel

/// `name(arguments, attribute: argument, @qualifier: term)`.
public struct Atom: Sendable, Hashable {
  /// The name: of the relation, the attribute, or the qualifier without its `@`.
  public var name: String
  /// The place of the name.
  public var nameSpan: SourceSpan
  /// The arguments in the order written, those by position first.
  public var arguments: [Argument]
  /// The qualifiers in the order written; for facts also those of enclosing blocks.
  public var qualifiers: [Qualifier]
  /// `-p(…)`: asks for or states a denial.
  public var isDenial: Bool
  /// The place of the whole.
  public var span: SourceSpan

  /// Takes the parts as they are.
  public init(
    name: String, nameSpan: SourceSpan, arguments: [Argument], qualifiers: [Qualifier],
    isDenial: Bool, span: SourceSpan
  ) {
    self.name = name
    self.nameSpan = nameSpan
    self.arguments = arguments
    self.qualifiers = qualifiers
    self.isDenial = isDenial
    self.span = span
  }
}

/// One argument of an atom, by position or by attribute name.
public struct Argument: Sendable, Hashable {
  /// The name: of the relation, the attribute, or the qualifier without its `@`.
  public var name: String?
  /// What is given.
  public var value: Expression
  /// The place of the whole.
  public var span: SourceSpan

  /// Takes the parts as they are.
  public init(name: String?, value: Expression, span: SourceSpan) {
    self.name = name
    self.value = value
    self.span = span
  }
}

/// `@name: value`.
public struct Qualifier: Sendable, Hashable {
  /// The name: of the relation, the attribute, or the qualifier without its `@`.
  public var name: String
  /// The place of the name.
  public var nameSpan: SourceSpan
  /// What is given.
  public var value: Expression
  /// Whether it stands after the brackets of a stated fact or of `p(a)~`, or before a block, rather
  /// than inside brackets. For a retraction this decides between the moment (`p(a)~ @known: D.`)
  /// and a condition on the claims (`p(a, @known: D)~`).
  public var isOutside: Bool

  /// Takes the parts as they are.
  public init(name: String, nameSpan: SourceSpan, value: Expression, isOutside: Bool = false) {
    self.name = name
    self.nameSpan = nameSpan
    self.value = value
    self.isOutside = isOutside
  }
}

/// `file("PATH", column: Term, …, @format: csv, @header: no)`.
public struct FileAtom: Sendable, Hashable {
  /// A text or a parameter.
  public var path: Expression
  /// The arguments in the order written, those by position first.
  public var arguments: [Argument]
  /// The qualifiers in the order written; for facts also those of enclosing blocks.
  public var qualifiers: [Qualifier]
  /// The place of the whole.
  public var span: SourceSpan

  /// Takes the parts as they are.
  public init(path: Expression, arguments: [Argument], qualifiers: [Qualifier], span: SourceSpan) {
    self.path = path
    self.arguments = arguments
    self.qualifiers = qualifiers
    self.span = span
  }
}

/// One literal of a body.
public struct Literal: Sendable, Hashable {
  /// What it is.
  public var kind: Kind
  /// The place of the whole.
  public var span: SourceSpan

  /// Takes the parts as they are.
  public init(_ kind: Kind, at span: SourceSpan) {
    self.kind = kind
    self.span = span
  }

  /// What a literal may be.
  public indirect enum Kind: Sendable, Hashable {
    /// An atom of a relation, or a text test such as `contains(T, "x")`: names decide later.
    case atom(Atom)
    case file(FileAtom)
    case comparison(ComparisonOperator, Expression, Expression)
    /// `X in R`, `X in [a, b]`, `X in 1..10`.
    case membership(Expression, Expression)
    /// `A overlaps B`.
    case overlaps(Expression, Expression)
    /// `not` before an atom, a test or a bracketed body; before a comparison the parser has turned
    /// it into the opposite comparison.
    case negation(Body)
    /// `optional p(X, Y)`.
    case optional(Literal)
    /// A bracketed body.
    case group(Body)
  }
}

/// Alternatives (`;`) of conjunctions (`,`).
public struct Body: Sendable, Hashable {
  /// Conjunctions, of which one must hold; each has one literal at least.
  public var alternatives: [[Literal]]
  /// The place of the whole.
  public var span: SourceSpan

  /// Takes the parts as they are.
  public init(alternatives: [[Literal]], span: SourceSpan) {
    self.alternatives = alternatives
    self.span = span
  }
}
