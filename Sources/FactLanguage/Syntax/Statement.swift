import FactModel

/// One statement of a script or of the prompt, with its place in the text.
public struct Statement: Sendable, Hashable {
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
  public var kind: Kind
  public var span: SourceSpan

  public init(_ kind: Kind, at span: SourceSpan) {
    self.kind = kind
    self.span = span
  }
}

/// A rule as written. Head arguments may be expressions and aggregates (`sum(N)`).
public struct RuleSyntax: Sendable, Hashable {
  public var head: Atom
  public var body: Body
  public var span: SourceSpan

  public init(head: Atom, body: Body, span: SourceSpan) {
    self.head = head
    self.body = body
    self.span = span
  }
}

/// `relation NAME(attribute: TYPE[unit] key, …).`
public struct RelationDeclaration: Sendable, Hashable {
  public var schema: Schema
  public var nameSpan: SourceSpan
  public var attributeSpans: [SourceSpan]

  public init(schema: Schema, nameSpan: SourceSpan, attributeSpans: [SourceSpan]) {
    self.schema = schema
    self.nameSpan = nameSpan
    self.attributeSpans = attributeSpans
  }
}

/// `query NAME($parameter = default, …) "TITLE": QUERY ?`
public struct NamedQuery: Sendable, Hashable {
  public var name: String
  public var nameSpan: SourceSpan
  public var title: String?
  /// Parameters in brackets after the name, with their defaults.
  public var parameters: [QueryParameter]
  public var query: Query
  /// The statement as written, so that it can be listed, saved and run with parameters filled in.
  public var text: String

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

public struct QueryParameter: Sendable, Hashable {
  public var name: String
  public var defaultValue: Expression?

  public init(name: String, defaultValue: Expression?) {
    self.name = name
    self.defaultValue = defaultValue
  }
}
