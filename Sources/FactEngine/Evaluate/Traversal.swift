import FactModel

/// The transitive closure of a binary relation that nothing has asked for as a whole yet.
///
/// From one source it is a breadth-first search; asked for as a whole it is enumerated by
/// condensation, or derived row by row where the sets of that would be too large.
final class Traversal {
  let name: String
  let graph: Digraph
  private lazy var reversed = graph.reversed()
  /// The graph with every edge turned round.
  var backwards: Digraph { reversed }
  private let account: MemoryAccount
  /// Derives the relation row by row.
  private let derive: (Evaluation) throws -> DerivedRelation
  private var whole: ScanSource?
  /// For searches: the mark of each node in the search that runs.
  private var seen: [UInt32]
  private var search: UInt32 = 0

  init(
    name: String, graph: Digraph, account: MemoryAccount,
    derive: @escaping (Evaluation) throws -> DerivedRelation
  ) {
    self.name = name
    self.graph = graph
    self.account = account
    self.derive = derive
    seen = Array(repeating: 0, count: graph.nodeCount)
  }

  /// All pairs, as rows.
  func enumerated(in evaluation: Evaluation) throws -> ScanSource {
    if let whole { return whole }
    let source: ScanSource
    let checkpoint = evaluation.checkpoint
    let rows = try ClosureRows(
      graph, values: evaluation.values, account: account, checkpoint: checkpoint)
    if let rows {
      source = ScanSource(.view(rows))
    } else {
      source = ScanSource(.derived(try derive(evaluation)))
    }
    whole = source
    return source
  }

  /// The pairs, if they have been enumerated.
  var known: ScanSource? { whole }

  /// The nodes that a node reaches over one edge or more (or that reach it), surest first, with the
  /// level of the surest way to each; levels are empty where all are certain. No way that is less
  /// sure than `least` is taken.
  func reached(
    from node: Int32, backwards: Bool, atLeast least: UInt8 = Certainty.possible.rawValue,
    checkpoint: () throws -> Void
  ) throws -> (nodes: [Int32], levels: [UInt8]) {
    let graph = backwards ? reversed : self.graph
    search &+= 1
    let mark = search
    var nodes: [Int32] = []
    var levels: [UInt8] = []
    let starts = graph.starts
    let targets = graph.targets
    var seen: [UInt32] = []
    swap(&seen, &self.seen)
    defer { swap(&seen, &self.seen) }
    guard graph.isUncertain else {
      var next = -1
      var from = Int(node)
      while true {
        for edge in Int(starts[from])..<Int(starts[from + 1]) {
          let target = targets[edge]
          if seen[Int(target)] != mark {
            seen[Int(target)] = mark
            nodes.append(target)
          }
        }
        next += 1
        if next == nodes.count { break }
        if next & 65_535 == 65_535 { try checkpoint() }
        from = Int(nodes[next])
      }
      return (nodes, levels)
    }
    for level in 0...least {
      // What was reached more surely goes on over the edges of this level, what is new over all.
      var waiting = [node] + nodes
      let old = waiting.count
      var next = 0
      while next < waiting.count {
        if next & 65_535 == 65_535 { try checkpoint() }
        let from = Int(waiting[next])
        for edge in Int(starts[from])..<Int(starts[from + 1]) {
          let edgeLevel = graph.levels[edge]
          if edgeLevel > level || (next < old && level > 0 && edgeLevel < level) { continue }
          let target = targets[edge]
          if seen[Int(target)] != mark {
            seen[Int(target)] = mark
            nodes.append(target)
            levels.append(level)
            waiting.append(target)
          }
        }
        next += 1
      }
    }
    return (nodes, levels)
  }
}

/// For each match of its input, the nodes that a bound node reaches, found by search.
final class TraversalOperator: Operator {
  private let traversal: Traversal
  /// Where the search starts, and whether it goes against the edges.
  private let start: JoinOperator.Key
  private let isBackwards: Bool
  /// What the other end is: a slot to bind, something bound to compare with, or nothing.
  private let output: Slot?
  private let check: JoinOperator.Key?
  /// The weakest level of the matches that are wanted.
  private let leastLevel: UInt8
  private let carried: [Slot]
  private let next: Operator
  /// Joins with all pairs, for matches that cannot be searched from; made at first need.
  private let makeFallback: () throws -> Operator
  private lazy var fallback = Result { try makeFallback() }
  private let out: Batch
  private var probes: [UInt32]
  private var last: (word: UInt64, nodes: [Int32], levels: [UInt8])?
  /// For checks: by node, the number of the search that reached it, and how surely.
  private var reachedBy: [UInt32] = []
  private var reachedLevels: [UInt8] = []
  private var search: UInt32 = 0

  init(
    _ evaluation: Evaluation, traversal: Traversal, start: JoinOperator.Key, isBackwards: Bool,
    output: Slot?, check: JoinOperator.Key?, leastLevel: UInt8, carried: [Slot], slotCount: Int,
    next: Operator, fallback: @escaping () throws -> Operator
  ) {
    self.leastLevel = leastLevel
    makeFallback = fallback
    self.traversal = traversal
    self.start = start
    self.isBackwards = isBackwards
    self.output = output
    self.check = check
    self.carried = carried
    self.next = next
    out = Batch(slotCount: slotCount)
    for slot in carried { out.carry(slot) }
    if let output { out.carry(output) }
    probes = Array(repeating: 0, count: Batch.capacity)
    super.init(evaluation)
  }

  override func prepare() throws { try next.prepare() }

  private func word(_ key: JoinOperator.Key, _ batch: Batch, _ row: Int) -> UInt64 {
    switch key {
    case .slot(let slot): batch.columns[slot][row]
    case .constant(let word): word
    }
  }

  override func push(_ batch: Batch) throws {
    if batch.hasFailures { try joinFailed(batch) }
    let names = traversal.graph.words
    let isUncertain = batch.isUncertain || traversal.graph.isUncertain
    var levels = [UInt8](repeating: 0, count: Batch.capacity)
    var count = 0
    for row in 0..<batch.count {
      let from = word(start, batch, row)
      if last?.word != from {
        try evaluation.checkpoint()
        guard let node = traversal.graph.node(from) else { continue }
        let found = try traversal.reached(
          from: node, backwards: isBackwards, atLeast: leastLevel,
          checkpoint: evaluation.checkpoint)
        last = (from, found.nodes, found.levels)
        if check != nil { markReached(found.nodes, found.levels) }
      }
      guard let found = last else { continue }
      let base = batch.isUncertain ? batch.levels[row] : 0
      if let check {
        let wanted = word(check, batch, row)
        guard let node = traversal.graph.node(wanted), reachedBy[Int(node)] == search
        else { continue }
        levels[count] = max(base, reachedLevels[Int(node)])
        probes[count] = UInt32(row)
        count += 1
        if count == Batch.capacity { try flush(batch, &count, isUncertain, levels) }
        continue
      }
      var place = 0
      while place < found.nodes.count {
        let part = min(Batch.capacity - count, found.nodes.count - place)
        if let output {
          var column: [UInt64] = []
          swap(&column, &out.columns[output])
          var at = 0
          while at < part {
            column[count &+ at] = names[Int(found.nodes[place &+ at])]
            at &+= 1
          }
          swap(&column, &out.columns[output])
        }
        for at in 0..<part {
          probes[count + at] = UInt32(row)
          levels[count + at] = max(base, found.levels.isEmpty ? 0 : found.levels[place + at])
        }
        place += part
        count += part
        if count == Batch.capacity { try flush(batch, &count, isUncertain, levels) }
      }
    }
    try flush(batch, &count, isUncertain, levels)
  }

  /// Takes the matches out of a batch whose ends could not be computed, and joins them by rows.
  private func joinFailed(_ batch: Batch) throws {
    var ends: [Slot] = []
    if case .slot(let slot) = start { ends.append(slot) }
    if case .slot(let slot)? = check { ends.append(slot) }
    let read = Array(Set(carried).union(ends))
    guard let failed = batch.takeFailed(in: ends, slots: read) else { return }
    let join = try fallback.get()
    try join.prepare()
    try join.push(failed)
  }

  private func markReached(_ nodes: [Int32], _ levels: [UInt8]) {
    if reachedBy.isEmpty {
      reachedBy = Array(repeating: 0, count: traversal.graph.nodeCount)
      reachedLevels = Array(repeating: 0, count: traversal.graph.nodeCount)
    }
    search &+= 1
    for (place, node) in nodes.enumerated() {
      reachedBy[Int(node)] = search
      if !levels.isEmpty { reachedLevels[Int(node)] = levels[place] }
    }
  }

  private func flush(
    _ batch: Batch, _ count: inout Int, _ isUncertain: Bool, _ levels: [UInt8]
  ) throws {
    guard count > 0 else { return }
    out.take(batch, probes: probes, count: count, carried: carried)
    out.isUncertain = isUncertain
    if isUncertain { for position in 0..<count { out.levels[position] = levels[position] } }
    count = 0
    try next.push(out)
  }
}
