import FactModel

/// The transitive closure of a binary relation, as rows that are enumerated and never stored
/// unless somebody needs them out of order.
///
/// Rows are ordered by level, then by source, then by target; the certainty of a pair is that of the
/// level whose edges first connect it. Where there are many pairs for each node, nodes are taken in
/// the order of their values, so that rows come as answers show them.
final class ClosureRows: LevelledRows {
  let arity = 2
  let rowCount: Int
  /// Whether nodes are taken in the order of their values.
  private let isOrdered: Bool
  /// The word of each node and the node itself, by its place in the enumeration.
  private let words: [UInt64]
  private let order: [Int32]
  /// The place of each node in the enumeration.
  private let places: [Int32]
  /// One condensation a level that occurs, each over the edges up to that level.
  private let condensations: [(level: UInt8, condensation: Condensation)]
  /// For each of them the first row of the pairs of each place, and one more for the end.
  private let rowStarts: [[Int]]
  private let account: MemoryAccount
  private var stored: [UInt32]?
  private var indexes: [[Int]: KeyIndex] = [:]
  /// The targets that were enumerated last, and those of the last component of several nodes, which
  /// come back as its nodes do.
  private var cached = Targets()
  private var shared = Targets()

  /// The places that one component reaches; for the second level on, one node.
  private struct Targets {
    var position = -1
    var component = -1
    var place = -1
    var places: [Int32] = []
  }

  /// Nil where the sets would be too large.
  init?(
    _ graph: Digraph, values: ValueStore, account: MemoryAccount, checkpoint: () throws -> Void
  ) throws {
    self.account = account
    var condensations: [(level: UInt8, condensation: Condensation)] = []
    var levels: Set<UInt8> = [0]
    for level in graph.levels { levels.insert(level) }
    for level in levels.sorted() {
      let condensation = try Condensation(graph.keeping(level: level), checkpoint: checkpoint)
      guard condensation.isComplete else { return nil }
      condensations.append((level, condensation))
    }
    let counts = condensations.map { $0.condensation.counts() }
    let nodeCount = graph.nodeCount
    // What is reached at the last level is all there is.
    var total = 0
    if let last = condensations.last?.condensation, let counts = counts.last {
      for node in 0..<nodeCount { total += counts[Int(last.component[node])] }
    }
    // Row numbers are 32 bits wide.
    guard total < Int(UInt32.max) else { return nil }
    isOrdered = total >= nodeCount * 4
    order =
      isOrdered
      ? RowSorter(values: values).order([graph.words], descending: [false], count: nodeCount)
        .map { Int32($0) }
      : (0..<Int32(nodeCount)).map { $0 }
    var places = [Int32](repeating: 0, count: nodeCount)
    for (place, node) in order.enumerated() { places[Int(node)] = Int32(place) }
    self.places = places
    words = order.map { graph.words[Int($0)] }
    var starts: [[Int]] = []
    var first = 0
    var before = [Int](repeating: 0, count: nodeCount)
    for (position, (_, condensation)) in condensations.enumerated() {
      var rows = [Int](repeating: 0, count: nodeCount + 1)
      for (place, node) in order.enumerated() {
        let reached = counts[position][Int(condensation.component[Int(node)])]
        rows[place] = first
        first += reached - before[place]
        before[place] = reached
      }
      rows[nodeCount] = first
      starts.append(rows)
    }
    self.condensations = condensations
    rowStarts = starts
    rowCount = total
  }

  var isInOrder: Bool { isOrdered && condensations.count == 1 }

  var hasUncertainRows: Bool { condensations.count > 1 && rowStarts[1][0] < rowCount }

  func distinctCount(column: Int) -> Int { max(1, words.count) }

  /// The level, as a position, and the place of the source that a row belongs to.
  private func source(of row: Int) -> (position: Int, place: Int) {
    var position = condensations.count - 1
    while position > 0, rowStarts[position][0] > row { position -= 1 }
    let starts = rowStarts[position]
    var low = 0
    var high = words.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= row { low = middle } else { high = middle - 1 }
    }
    return (position, low)
  }

  /// The places of the targets of a source that are new at a level, ascending.
  private func targets(_ position: Int, _ place: Int) -> [Int32] {
    let condensation = condensations[position].condensation
    let component = Int(condensation.component[Int(order[place])])
    func isAt(_ known: Targets) -> Bool {
      known.position == position && known.component == component
        && (position == 0 || known.place == place)
    }
    if isAt(cached) { return cached.places }
    if isAt(shared) { return shared.places }
    cached.places.removeAll(keepingCapacity: true)
    condensation.append(nodesReachedBy: component, numberedBy: places, to: &cached.places)
    cached.position = position
    cached.component = component
    cached.place = place
    if position > 0 {
      let surer = condensations[position - 1].condensation
      cached.places.removeAll { surer.reaches(Int(order[place]), Int(order[Int($0)])) }
    }
    if condensation.memberCount(component) > 1 { shared = cached }
    return cached.places
  }

  /// Calls the body with each run of rows that have one source: the rows, the place of the source,
  /// and where in its targets the run begins.
  @inline(__always)
  private func forEachRun(
    _ rows: Range<Int>, _ body: (_ run: Range<Int>, _ position: Int, _ place: Int, Int) -> Void
  ) {
    guard !rows.isEmpty else { return }
    var (position, place) = source(of: rows.lowerBound)
    var row = rows.lowerBound
    while row < rows.upperBound {
      let starts = rowStarts[position]
      while place < words.count, starts[place + 1] <= row { place += 1 }
      if place == words.count {
        position += 1
        place = 0
        continue
      }
      let end = min(starts[place + 1], rows.upperBound)
      body(row..<end, position, place, row - starts[place])
      row = end
    }
  }

  func unpack(column: Int, rows: Range<Int>, into words: inout [UInt64]) {
    if words.count < rows.count {
      words.append(contentsOf: repeatElement(0, count: rows.count - words.count))
    }
    var output: [UInt64] = []
    swap(&output, &words)
    let names = self.words
    forEachRun(rows) { run, position, place, offset in
      let start = run.lowerBound - rows.lowerBound
      var at = 0
      if column == 0 {
        let word = names[place]
        while at < run.count {
          output[start &+ at] = word
          at &+= 1
        }
      } else {
        let targets = targets(position, place)
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
    let names = self.words
    if column == 0 {
      for index in 0..<count { words[index] = names[source(of: Int(rows[index])).place] }
      return
    }
    let targets = stored ?? store()
    for index in 0..<count { words[index] = names[Int(targets[Int(rows[index])])] }
  }

  /// Writes all targets out, once somebody asks for them out of order.
  private func store() -> [UInt32] {
    var all = [UInt32](repeating: 0, count: rowCount)
    forEachRun(0..<rowCount) { run, position, place, offset in
      let targets = targets(position, place)
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
