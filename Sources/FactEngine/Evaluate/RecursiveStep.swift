import FactModel

/// A rule in the rounds after the first, with one of its recursive atoms reading the rows of the
/// last round.
///
/// It is planned by the sizes there are when it first has rows, and again when those have changed
/// much: a last round of a few rows is best begun with, one of a million may be best looked up.
/// Where the better plan is the one that there is, its pipeline stays.
final class RecursiveStep {
  private let evaluation: Evaluation
  private let rule: ResolvedRule
  private let literals: [ResolvedLiteral]
  /// Which of the recursive atoms reads the last round.
  private let delta: Int
  /// The relations of the recursive atoms, in the order of the text.
  private let read: [DerivedRelation]
  private let head: DerivedRelation
  private let recursive: Set<String>
  private let source: (AtomSource) throws -> ScanSource
  private var plan: Plan?
  private var pipeline: Pipeline?
  /// The sizes of the windows when it was last planned.
  private var planned: [Int] = []
  private var integerColumns: Set<IntegerColumn> = []
  private var rounds = 0

  init(
    evaluation: Evaluation, rule: ResolvedRule, literals: [ResolvedLiteral], delta: Int,
    read: [DerivedRelation], head: DerivedRelation, recursive: Set<String>,
    source: @escaping (AtomSource) throws -> ScanSource
  ) {
    self.evaluation = evaluation
    self.rule = rule
    self.literals = literals
    self.delta = delta
    self.read = read
    self.head = head
    self.recursive = recursive
    self.source = source
  }

  /// Runs once over what the windows show now.
  func run() throws {
    rounds += 1
    let sizes = read.indices.map { position in
      let rows = read[position].delta
      return position < delta
        ? rows.upperBound : position == delta ? rows.count : rows.lowerBound
    }
    // Without rows in one of them there is no match.
    guard !sizes.contains(0) else { return }
    let statistics = SourceStatistics(evaluation: evaluation, source: source)
    if hasChanged(sizes) || !integerColumns.allSatisfy(statistics.holdsIntegersOnly) {
      try makePlan(sizes, statistics)
    }
    try pipeline?.run()
  }

  /// Whether one of the windows is four times as large as when it was planned, or a quarter.
  private func hasChanged(_ sizes: [Int]) -> Bool {
    guard planned.count == sizes.count else { return true }
    return zip(planned, sizes).contains { old, new in
      new > old &* 4 &+ 16 || old > new &* 4 &+ 16
    }
  }

  private func makePlan(_ sizes: [Int], _ statistics: SourceStatistics) throws {
    planned = sizes
    var planner = BodyPlanner(
      variables: rule.variables, statistics: statistics,
      disabledPasses: evaluation.settings.disabledPasses, recursive: recursive)
    let next = planner.plan(literals, delta: delta)
    integerColumns = planner.integerColumns
    if pipeline != nil, next == plan { return }
    plan = next
    evaluation.trace?.title =
      "rule for \(rule.relation), " + (rounds == 1 ? "each round" : "from round \(rounds + 1)")
    evaluation.trace?.variables = rule.variables
    evaluation.trace?.span = rule.span
    var compiler = PipelineCompiler(
      evaluation: evaluation, variableCount: rule.variables.count, plan: next,
      leastLevel: head.leastLevel, source: source)
    let expressions = rule.headExpressions
    pipeline = try compiler.compile(
      next, needed: SlotSet(expressions.flatMap(\.slots)),
      sink: HeadSink(evaluation, relation: head, head: expressions))
  }
}
