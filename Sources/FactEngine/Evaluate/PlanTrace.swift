import FactLanguage
import FactModel

/// What the plans of one statement did: the matches that each node gave, and the time it took.
final class PlanTrace {
  /// One plan that ran, under the title that was set when it was compiled.
  final class Entry {
    let title: String
    let plan: Plan
    /// The variables of the rule; nil for the query.
    let variables: [ResolvedVariable]?
    /// Where the rule stands in its text; nil for the query.
    let span: SourceSpan?
    private(set) var counters: [String: Counter] = [:]

    init(title: String, plan: Plan, variables: [ResolvedVariable]?, span: SourceSpan?) {
      self.title = title
      self.plan = plan
      self.variables = variables
      self.span = span
    }

    /// What the node at a path gave; nil where it runs as a part of the node after it.
    func seen(at path: String) -> Counter? { counters[path] }

    /// The time that the node at a path took by itself: that of all that follows its input, without
    /// that of all that follows it. Nil where it runs as a part of the node after it.
    func nanoseconds(at path: String) -> UInt64? {
      guard let own = counters[path] else { return nil }
      // A node that runs as a part of this one has no counter.
      guard let all = counters[path + "i"] ?? counters[path + "ii"] else { return nil }
      return all.nanoseconds &- min(own.nanoseconds, all.nanoseconds)
    }

    /// The counter of the node at a path, as `PlanText` names it.
    func counter(at path: String) -> Counter {
      if let known = counters[path] { return known }
      let counter = Counter()
      counters[path] = counter
      return counter
    }
  }

  /// How many matches a node gave, and how long what follows it took, preparation included.
  final class Counter {
    var count = 0
    var nanoseconds: UInt64 = 0
  }

  /// What is being planned: a query, or a rule of a relation.
  var title = ""
  var variables: [ResolvedVariable]?
  var span: SourceSpan?
  private(set) var entries: [Entry] = []

  func begin(_ plan: Plan) -> Entry {
    let entry = Entry(title: title, plan: plan, variables: variables, span: span)
    entries.append(entry)
    return entry
  }
}

/// Counts the matches that pass, and the time that is spent on them from here on.
final class CountingOperator: Operator {
  private let counter: PlanTrace.Counter
  private let next: Operator

  init(_ evaluation: Evaluation, counter: PlanTrace.Counter, next: Operator) {
    self.counter = counter
    self.next = next
    super.init(evaluation)
  }

  override func prepare() throws {
    let start = Evaluation.clock()
    defer { counter.nanoseconds &+= Evaluation.clock() &- start }
    try next.prepare()
  }

  override func push(_ batch: Batch) throws {
    counter.count += batch.count
    let start = Evaluation.clock()
    defer { counter.nanoseconds &+= Evaluation.clock() &- start }
    try next.push(batch)
  }
}
