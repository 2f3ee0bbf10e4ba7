import FactLanguage
import FactModel

/// A rule of the program, as stated.
public struct ProgramRule {
  /// Its number, never used again; the order of statement.
  public var id: Int
  /// The rule, with parameters filled in.
  public var syntax: RuleSyntax
  /// The text that its places are in.
  public var source: SourceText
  /// The file that it came from, replaced when that file is read again; nil for what was typed.
  public var origin: String?
}

/// An integrity constraint, as stated.
public struct ProgramConstraint {
  /// What must never hold.
  public var body: Body
  /// The text that its places are in.
  public var source: SourceText
  /// The file that it came from, if any.
  public var origin: String?
}

/// A named query, as stated.
public struct ProgramQuery {
  /// The query with its name, title and parameters.
  public var syntax: NamedQuery
  /// The text that its places are in.
  public var source: SourceText
  /// The file that it came from, if any.
  public var origin: String?
}

/// The rules, constraints and named queries that stand beside the facts of a base.
public struct Program {
  /// The rules in the order of statement.
  public var rules: [ProgramRule] = []
  /// The integrity constraints in the order of statement.
  public var constraints: [ProgramConstraint] = []
  /// The named queries in the order of statement; a name stands once.
  public var queries: [ProgramQuery] = []
  /// Grows with every change, so that what was compiled from it knows that it is stale.
  public var version = 0

  /// A program that says nothing.
  public init() {}

  /// The names of the relations that rules derive.
  public var derivedRelations: Set<String> { Set(rules.map(\.syntax.head.name)) }
}
