import FactLanguage
import FactModel

/// A rule of the program, as stated.
public struct ProgramRule {
  /// Its number, never used again; the order of statement.
  public var id: Int
  public var syntax: RuleSyntax
  public var source: SourceText
  /// The file that it came from, replaced when that file is read again; nil for what was typed.
  public var origin: String?
}

/// An integrity constraint, as stated.
public struct ProgramConstraint {
  public var body: Body
  public var source: SourceText
  public var origin: String?
}

/// A named query, as stated.
public struct ProgramQuery {
  public var syntax: NamedQuery
  public var source: SourceText
  public var origin: String?
}

/// The rules, constraints and named queries that stand beside the facts of a base.
public struct Program {
  public var rules: [ProgramRule] = []
  public var constraints: [ProgramConstraint] = []
  public var queries: [ProgramQuery] = []
  /// Grows with every change, so that what was compiled from it knows that it is stale.
  public var version = 0

  public init() {}

  /// The names of the relations that rules derive.
  public var derivedRelations: Set<String> { Set(rules.map(\.syntax.head.name)) }
}
