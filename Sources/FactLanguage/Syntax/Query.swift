import FactModel

/// A question: a body, when it is asked of, and what happens to its matches.
public struct Query: Sendable, Hashable {
  /// As of when, or during what; nil is now.
  public var scope: TimeScope?
  /// What must hold.
  public var body: Body
  /// What happens to the matches, in order.
  public var stages: [Stage]
  /// The place of the whole.
  public var span: SourceSpan

  /// Takes the parts as they are.
  public init(scope: TimeScope?, body: Body, stages: [Stage], span: SourceSpan) {
    self.scope = scope
    self.body = body
    self.stages = stages
    self.span = span
  }
}

/// `as of D:`, `as of D1 and D2:` or `during P:`.
public struct TimeScope: Sendable, Hashable {
  /// What it may be.
  public enum Kind: Sendable, Hashable {
    case asOf(Expression)
    case between(Expression, Expression)
    case during(Expression)
  }
  /// What it is.
  public var kind: Kind
  /// The place of the whole.
  public var span: SourceSpan

  /// Takes the parts as they are.
  public init(_ kind: Kind, at span: SourceSpan) {
    self.kind = kind
    self.span = span
  }
}

/// One step after `|`.
public struct Stage: Sendable, Hashable {
  /// What it may be.
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
  /// What it is.
  public var kind: Kind
  /// The place of the whole.
  public var span: SourceSpan

  /// Takes the parts as they are.
  public init(_ kind: Kind, at span: SourceSpan) {
    self.kind = kind
    self.span = span
  }
}

/// A column of `select`, named or by its text.
public struct NamedExpression: Sendable, Hashable {
  /// The name given; nil takes the text.
  public var name: String?
  /// What is computed.
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

/// The aggregates, by the way they are written.
public enum AggregateFunction: String, Sendable, CaseIterable {
  case count, sum, min, max, avg, list, latest
}

/// One aggregate of a stage.
public struct NamedAggregate: Sendable, Hashable {
  /// The name given; nil takes the text.
  public var name: String?
  /// Which aggregate.
  public var function: AggregateFunction
  /// Whether equal values count once: `count distinct X`.
  public var isDistinct: Bool
  /// What is aggregated; nil for plain `count`.
  public var argument: Expression?
  /// The key of `latest X on K`.
  public var key: Expression?
  /// The place of the whole.
  public var span: SourceSpan

  /// Takes the parts as they are.
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

/// One key of `sort`.
public struct SortKey: Sendable, Hashable {
  /// What is computed.
  public var value: Expression
  /// Whether the greatest comes first.
  public var isDescending: Bool

  /// Takes the parts as they are.
  public init(value: Expression, isDescending: Bool) {
    self.value = value
    self.isDescending = isDescending
  }
}
