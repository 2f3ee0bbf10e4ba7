import FactModel

/// What the plans of one statement did: the matches that each node gave.
final class PlanTrace {
  /// One plan that ran, under the title that was set when it was compiled.
  final class Entry {
    let title: String
    let plan: Plan
    /// The variables of the rule; nil for the query.
    let variables: [ResolvedVariable]?
    private(set) var counters: [String: Counter] = [:]

    init(title: String, plan: Plan, variables: [ResolvedVariable]?) {
      self.title = title
      self.plan = plan
      self.variables = variables
    }

    /// The counter of the node at a path, as `PlanText` names it.
    func counter(at path: String) -> Counter {
      if let known = counters[path] { return known }
      let counter = Counter()
      counters[path] = counter
      return counter
    }
  }

  /// How many matches a node gave.
  final class Counter {
    var count = 0
  }

  /// What is being planned: a query, or a rule of a relation.
  var title = ""
  var variables: [ResolvedVariable]?
  private(set) var entries: [Entry] = []

  func begin(_ plan: Plan) -> Entry {
    let entry = Entry(title: title, plan: plan, variables: variables)
    entries.append(entry)
    return entry
  }
}

/// Counts the matches that pass.
final class CountingOperator: Operator {
  private let counter: PlanTrace.Counter
  private let next: Operator

  init(_ evaluation: Evaluation, counter: PlanTrace.Counter, next: Operator) {
    self.counter = counter
    self.next = next
    super.init(evaluation)
  }

  override func prepare() throws { try next.prepare() }

  override func push(_ batch: Batch) throws {
    counter.count += batch.count
    try next.push(batch)
  }
}
