import FactModel

/// A question: a body, when it is asked of, and what happens to its matches.
public struct Query: Sendable, Hashable {
  public var scope: TimeScope?
  public var body: Body
  public var stages: [Stage]
  public var span: SourceSpan

  public init(scope: TimeScope?, body: Body, stages: [Stage], span: SourceSpan) {
    self.scope = scope
    self.body = body
    self.stages = stages
    self.span = span
  }
}

/// `as of D:`, `as of D1 and D2:` or `during P:`.
public struct TimeScope: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case asOf(Expression)
    case between(Expression, Expression)
    case during(Expression)
  }
  public var kind: Kind
  public var span: SourceSpan

  public init(_ kind: Kind, at span: SourceSpan) {
    self.kind = kind
    self.span = span
  }
}

/// One step after `|`.
public struct Stage: Sendable, Hashable {
  public indirect enum Kind: Sendable, Hashable {
    /// `select A, Share = N / R`
    case select([NamedExpression])
    /// `where COND`: literals without atoms of relations.
    case filter(Body)
    /// `Firms = count, Total = sum N by View`
    case aggregate([NamedAggregate], by: [Expression])
    /// `sort A desc, B`
    case sort([SortKey])
    /// `limit N offset M`
    case limit(Expression, offset: Expression?)
    /// `chart bar X`
    case chart(String, Expression)
    /// `into "file.csv"`
    case into(Expression)
  }
  public var kind: Kind
  public var span: SourceSpan

  public init(_ kind: Kind, at span: SourceSpan) {
    self.kind = kind
    self.span = span
  }
}

/// A column of `select`, named or by its text.
public struct NamedExpression: Sendable, Hashable {
  public var name: String?
  public var value: Expression
  public var span: SourceSpan

  public init(name: String?, value: Expression, span: SourceSpan) {
    self.name = name
    self.value = value
    self.span = span
  }
}

public enum AggregateFunction: String, Sendable, CaseIterable {
  case count, sum, min, max, avg, list, latest
}

/// One aggregate of a stage.
public struct NamedAggregate: Sendable, Hashable {
  public var name: String?
  public var function: AggregateFunction
  public var isDistinct: Bool
  /// What is aggregated; nil for plain `count`.
  public var argument: Expression?
  /// The key of `latest X on K`.
  public var key: Expression?
  public var span: SourceSpan

  public init(
    name: String?, function: AggregateFunction, isDistinct: Bool = false, argument: Expression?,
    key: Expression? = nil, span: SourceSpan
  ) {
    self.name = name
    self.function = function
    self.isDistinct = isDistinct
    self.argument = argument
    self.key = key
    self.span = span
  }
}

public struct SortKey: Sendable, Hashable {
  public var value: Expression
  public var isDescending: Bool

  public init(value: Expression, isDescending: Bool) {
    self.value = value
    self.isDescending = isDescending
  }
}
