import FactModel

/// One statement of a script or of the prompt, with its place in the text.
public struct Statement: Sendable, Hashable {
  /// What a statement may be.
  public indirect enum Kind: Sendable, Hashable {
    /// `p(a) @source: s.` and `-p(a).`; qualifiers of enclosing `with` blocks are filled in by the
    /// parser (the innermost wins), so that a block costs nothing later.
    case fact(Atom)
    /// `p(a)~`; the atom carries the qualifiers.
    case retraction(Atom)
    /// `HEAD :- BODY.`
    case rule(RuleSyntax)
    /// `HEAD :- BODY~`
    case ruleRetraction(RuleSyntax)
    /// `:- BODY.`
    case constraint(Body)
    case query(Query)
    case declaration(RelationDeclaration)
    /// `load HEAD :- BODY.`; the head may carry qualifiers.
    case load(RuleSyntax)
    case namedQuery(NamedQuery)
    /// A line that starts with `|` at the prompt: stages for the last query.
    case continuation([Stage])
    /// A line that starts with a dot: the text after the dot, to the end of the line.
    case command(String)
  }
  /// What it states, asks or does.
  public var kind: Kind
  /// The place of the whole, with its ending.
  public var span: SourceSpan

  /// Takes the parts as they are.
  public init(_ kind: Kind, at span: SourceSpan) {
    self.kind = kind
    self.span = span
  }
}

/// A rule as written. Head arguments may be expressions and aggregates (`sum(N)`).
public struct RuleSyntax: Sendable, Hashable {
  /// The atom that is derived.
  public var head: Atom
  /// What it is derived from.
  public var body: Body
  /// The place of the whole, with its ending.
  public var span: SourceSpan

  /// Takes the parts as they are.
  public init(head: Atom, body: Body, span: SourceSpan) {
    self.head = head
    self.body = body
    self.span = span
  }
}

/// `relation NAME(attribute: TYPE[unit] key, …).`
public struct RelationDeclaration: Sendable, Hashable {
  /// The relation as declared.
  public var schema: Schema
  /// The place of the name.
  public var nameSpan: SourceSpan
  /// The places of the attributes.
  public var attributeSpans: [SourceSpan]

  /// Takes the parts as they are.
  public init(schema: Schema, nameSpan: SourceSpan, attributeSpans: [SourceSpan]) {
    self.schema = schema
    self.nameSpan = nameSpan
    self.attributeSpans = attributeSpans
  }
}

/// `query NAME($parameter = default, …) "TITLE": QUERY ?`
public struct NamedQuery: Sendable, Hashable {
  /// The name.
  public var name: String
  /// The place of the name.
  public var nameSpan: SourceSpan
  /// What it asks, in words.
  public var title: String?
  /// Parameters in brackets after the name, with their defaults.
  public var parameters: [QueryParameter]
  /// The query to ask.
  public var query: Query
  /// The statement as written, so that it can be listed, saved and run with parameters filled in.
  public var text: String

  /// Takes the parts as they are.
  public init(
    name: String, nameSpan: SourceSpan, title: String?, parameters: [QueryParameter], query: Query,
    text: String
  ) {
    self.name = name
    self.nameSpan = nameSpan
    self.title = title
    self.parameters = parameters
    self.query = query
    self.text = text
  }
}

/// A parameter of a named query, without its `$`.
public struct QueryParameter: Sendable, Hashable {
  /// The name.
  public var name: String
  /// What it is where none is given; nil must be given.
  public var defaultValue: Expression?

  /// Takes the parts as they are.
  public init(name: String, defaultValue: Expression?) {
    self.name = name
    self.defaultValue = defaultValue
  }
}
