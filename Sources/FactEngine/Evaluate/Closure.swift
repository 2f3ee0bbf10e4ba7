import FactModel

/// The transitive closure of a binary relation, as rows that are enumerated and never stored
/// unless somebody needs them out of order.
///
/// Rows are ordered by level, then by source; the certainty of a pair is that of the level whose
/// edges first connect it.
final class ClosureRows: LevelledRows {
  let arity = 2
  let rowCount: Int
  private let graph: Digraph
  /// One condensation a level that occurs, each over the edges up to that level.
  private let condensations: [(level: UInt8, condensation: Condensation)]
  /// For each of them the first row of each node's pairs, and one more for the end.
  private let rowStarts: [[Int]]
  private let account: MemoryAccount
  private var stored: [UInt32]?
  private var indexes: [[Int]: KeyIndex] = [:]
  /// The targets of the node that was enumerated last.
  private var cached: (position: Int, node: Int, targets: [Int32]) = (-1, -1, [])

  /// Nil where the sets would be too large.
  init?(_ graph: Digraph, account: MemoryAccount, checkpoint: () throws -> Void) throws {
    self.graph = graph
    self.account = account
    var condensations: [(level: UInt8, condensation: Condensation)] = []
    var levels: Set<UInt8> = [0]
    for level in graph.levels { levels.insert(level) }
    var starts: [[Int]] = []
    var total = 0
    var before = [Int](repeating: 0, count: graph.nodeCount)
    for level in levels.sorted() {
      let condensation = try Condensation(graph.keeping(level: level), checkpoint: checkpoint)
      guard condensation.isComplete else { return nil }
      let counts = condensation.counts()
      var rows = [Int](repeating: 0, count: graph.nodeCount + 1)
      for node in 0..<graph.nodeCount {
        let reached = counts[Int(condensation.component[node])]
        rows[node] = total
        total += reached - before[node]
        before[node] = reached
      }
      rows[graph.nodeCount] = total
      condensations.append((level, condensation))
      starts.append(rows)
    }
    // Row numbers are 32 bits wide.
    guard total < Int(UInt32.max) else { return nil }
    self.condensations = condensations
    rowStarts = starts
    rowCount = total
  }

  var hasUncertainRows: Bool { condensations.count > 1 && rowStarts[1][0] < rowCount }

  func distinctCount(column: Int) -> Int { max(1, graph.nodeCount) }

  /// The level and the source that a row belongs to.
  private func place(of row: Int) -> (position: Int, node: Int) {
    var position = condensations.count - 1
    while position > 0, rowStarts[position][0] > row { position -= 1 }
    let starts = rowStarts[position]
    var low = 0
    var high = graph.nodeCount - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= row { low = middle } else { high = middle - 1 }
    }
    return (position, low)
  }

  /// The targets of a node that are new at a level.
  private func targets(_ position: Int, _ node: Int) -> [Int32] {
    if cached.position == position, cached.node == node { return cached.targets }
    let condensation = condensations[position].condensation
    let component = Int(condensation.component[node])
    if position == 0, cached.position == 0, cached.node >= 0,
      Int(condensation.component[cached.node]) == component
    {
      cached.node = node
      return cached.targets
    }
    var nodes = condensation.nodes(reachedBy: component)
    if position > 0 {
      let surer = condensations[position - 1].condensation
      nodes.removeAll { surer.reaches(node, Int($0)) }
    }
    cached = (position, node, nodes)
    return nodes
  }

  /// Calls the body with each run of rows that have one source: the rows, the source, its targets
  /// and where in them the run begins.
  private func forEachRun(
    _ rows: Range<Int>, _ body: (Range<Int>, Int, [Int32], Int) -> Void
  ) {
    guard !rows.isEmpty else { return }
    var (position, node) = place(of: rows.lowerBound)
    var row = rows.lowerBound
    while row < rows.upperBound {
      let starts = rowStarts[position]
      while node < graph.nodeCount, starts[node + 1] <= row { node += 1 }
      if node == graph.nodeCount {
        position += 1
        node = 0
        continue
      }
      let end = min(starts[node + 1], rows.upperBound)
      body(row..<end, node, targets(position, node), row - starts[node])
      row = end
    }
  }

  func unpack(column: Int, rows: Range<Int>, into words: inout [UInt64]) {
    if words.count < rows.count {
      words.append(contentsOf: repeatElement(0, count: rows.count - words.count))
    }
    var output: [UInt64] = []
    swap(&output, &words)
    let names = graph.words
    forEachRun(rows) { run, node, targets, offset in
      let start = run.lowerBound - rows.lowerBound
      var at = 0
      if column == 0 {
        let word = names[node]
        while at < run.count {
          output[start &+ at] = word
          at &+= 1
        }
      } else {
        while at < run.count {
          output[start &+ at] = names[Int(targets[offset &+ at])]
          at &+= 1
        }
      }
    }
    swap(&output, &words)
  }

  func gather(column: Int, rows: [UInt32], count: Int, into words: inout [UInt64]) {
    if words.count < count {
      words.append(contentsOf: repeatElement(0, count: count - words.count))
    }
    if column == 0 {
      for position in 0..<count {
        words[position] = graph.words[place(of: Int(rows[position])).node]
      }
      return
    }
    let targets = stored ?? store()
    for position in 0..<count { words[position] = graph.words[Int(targets[Int(rows[position])])] }
  }

  /// Writes all targets out, once somebody asks for them out of order.
  private func store() -> [UInt32] {
    var all = [UInt32](repeating: 0, count: rowCount)
    forEachRun(0..<rowCount) { run, _, targets, offset in
      for at in 0..<run.count { all[run.lowerBound + at] = UInt32(targets[offset + at]) }
    }
    account.add(rowCount * 4)
    stored = all
    return all
  }

  deinit { if stored != nil { account.add(-rowCount * 4) } }

  func gatherLevels(rows: [UInt32], count: Int, into levels: inout [UInt8]) {
    if levels.count < count {
      levels.append(contentsOf: repeatElement(0, count: count - levels.count))
    }
    for index in 0..<count {
      var position = condensations.count - 1
      while position > 0, rowStarts[position][0] > Int(rows[index]) { position -= 1 }
      levels[index] = condensations[position].level
    }
  }

  func index(on columns: [Int]) -> KeyIndex {
    if let index = indexes[columns] { return index }
    let index = KeyIndex(owner: self, columns: columns, account: account)
    indexes[columns] = index
    return index
  }
}
