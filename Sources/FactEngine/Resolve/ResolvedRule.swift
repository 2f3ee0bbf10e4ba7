import FactLanguage
import FactModel

/// An aggregate of a head or a stage.
public struct ResolvedAggregate: Sendable, Hashable {
  /// How the values become one.
  public var function: AggregateFunction
  /// Whether equal values count once.
  public var isDistinct: Bool
  /// What is aggregated; nil for plain `count`.
  public var argument: ResolvedExpression?
  /// The key of `latest`.
  public var key: ResolvedExpression?
  /// The whole aggregate.
  public var span: SourceSpan

  /// Takes an aggregate of matches.
  public init(
    function: AggregateFunction, isDistinct: Bool, argument: ResolvedExpression?,
    key: ResolvedExpression?, span: SourceSpan
  ) {
    self.function = function
    self.isDistinct = isDistinct
    self.argument = argument
    self.key = key
    self.span = span
  }
}

/// One argument of a rule's head.
public enum HeadTerm: Sendable, Hashable {
  case expression(ResolvedExpression)
  case aggregate(ResolvedAggregate)
}

/// A rule with names resolved and checked; also what `load` runs, with its qualifiers after the
/// attributes.
public struct ResolvedRule: Sendable, Hashable {
  /// The relation of the head.
  public var relation: String
  /// One term for each attribute.
  public var head: [HeadTerm]
  /// What has to hold.
  public var body: ResolvedBody
  /// The variables by slot.
  public var variables: [ResolvedVariable]
  /// The whole rule.
  public var span: SourceSpan

  /// Takes a rule whose slots agree.
  public init(
    relation: String, head: [HeadTerm], body: ResolvedBody, variables: [ResolvedVariable],
    span: SourceSpan
  ) {
    self.relation = relation
    self.head = head
    self.body = body
    self.variables = variables
    self.span = span
  }

  /// Whether the head aggregates, so that the body has to be complete first.
  public var hasAggregates: Bool {
    head.contains { if case .aggregate = $0 { true } else { false } }
  }
}

/// A stage with names resolved. Every column that a stage makes is a slot of its own, so that
/// later stages read slots alike, whether a body or a stage bound them.
public enum ResolvedStage: Sendable, Hashable {
  /// The columns from here on, each computed into its slot; rows become a set.
  case select([ResolvedColumn])
  /// Literals without atoms, over the columns so far.
  case filter(ResolvedBody)
  /// Groups by slots and aggregates into slots; the columns are the groups, then the aggregates.
  case aggregate(by: [ResolvedColumn], [AggregateColumn])
  case sort([ResolvedSortKey])
  case limit(Int, offset: Int)
  case into(path: String, span: SourceSpan)
}

/// An expression computed into a slot.
public struct ResolvedColumn: Sendable, Hashable {
  /// Where the value goes.
  public var slot: Slot
  /// What is computed.
  public var value: ResolvedExpression

  /// Takes a slot and what is computed into it.
  public init(slot: Slot, value: ResolvedExpression) {
    self.slot = slot
    self.value = value
  }
}

/// An aggregate computed into a slot.
public struct AggregateColumn: Sendable, Hashable {
  /// Where the result goes.
  public var slot: Slot
  /// What is aggregated, and how.
  public var aggregate: ResolvedAggregate

  /// Takes a slot and what is aggregated into it.
  public init(slot: Slot, aggregate: ResolvedAggregate) {
    self.slot = slot
    self.aggregate = aggregate
  }
}

/// One key of `sort`.
public struct ResolvedSortKey: Sendable, Hashable {
  /// What is compared.
  public var value: ResolvedExpression
  /// Whether the greatest stands first.
  public var isDescending: Bool

  /// Takes a key and its direction.
  public init(value: ResolvedExpression, isDescending: Bool) {
    self.value = value
    self.isDescending = isDescending
  }
}

/// The moment or period that a query is asked of.
public enum ResolvedScope: Sendable, Hashable {
  /// What was known by then and not yet retracted.
  case asOf(Word)
  /// What holds at one of two moments only.
  case between(Word, Word)
  /// What claims say whose valid period overlaps it.
  case during(Word)
}

/// A query with names resolved and checked.
public struct ResolvedQuery: Sendable, Hashable {
  /// What is asked.
  public var body: ResolvedBody
  /// The variables of the body and the columns of the stages, by slot.
  public var variables: [ResolvedVariable]
  /// The slots of the named variables in the order of their first use: the answer's columns where
  /// no stage makes others. Empty for a query that is answered yes or no.
  public var columns: [Slot]
  /// What happens to the matches, in order.
  public var stages: [ResolvedStage]
  /// Whether `percent(X)` or a declared type makes a slot print as a percentage.
  public var percentSlots: Set<Slot>
  /// The column that a chart draws.
  public var chart: Slot?
  /// The moment or period that it names itself.
  public var scope: ResolvedScope?
  /// The whole query.
  public var span: SourceSpan

  /// Takes a query whose slots agree.
  public init(
    body: ResolvedBody, variables: [ResolvedVariable], columns: [Slot], stages: [ResolvedStage],
    percentSlots: Set<Slot>, scope: ResolvedScope? = nil, span: SourceSpan
  ) {
    self.scope = scope
    self.body = body
    self.variables = variables
    self.columns = columns
    self.stages = stages
    self.percentSlots = percentSlots
    self.span = span
  }
}
