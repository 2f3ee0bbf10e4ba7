import FactModel

/// A directed graph over the words of two columns, as adjacency lists side by side.
///
/// Nodes are numbered in the order in which they first occur. Building costs O(nodes + edges).
struct Digraph {
  /// The word of each node.
  private(set) var words: [UInt64] = []
  /// Where the targets of each node begin, and one more for the end.
  private(set) var starts: [Int32] = [0]
  private(set) var targets: [Int32] = []
  /// The raw level of each edge, beside its target; empty where all are certain.
  private(set) var levels: [UInt8] = []
  private var numbers: GroupTable

  var nodeCount: Int { words.count }
  var isUncertain: Bool { !levels.isEmpty }

  /// Takes edges as two columns; edges with an unknown end join with nothing and are left out by
  /// whoever collects them.
  init(sources: [UInt64], targets ends: [UInt64], levels edgeLevels: [UInt8]) {
    numbers = GroupTable(keyCount: 1)
    let count = sources.count
    var from: [Int32] = []
    var to: [Int32] = []
    numbers.assign([sources], rowCount: count, into: &from)
    numbers.assign([ends], rowCount: count, into: &to)
    words = numbers.keys[0]
    self = Digraph(
      from: from, to: to, levels: edgeLevels, count: count, words: words, numbers: numbers)
  }

  private init(
    from: [Int32], to: [Int32], levels edgeLevels: [UInt8], count: Int, words: [UInt64],
    numbers: GroupTable
  ) {
    self.words = words
    self.numbers = numbers
    var starts = [Int32](repeating: 0, count: words.count + 1)
    for edge in 0..<count { starts[Int(from[edge]) &+ 1] &+= 1 }
    for node in 0..<words.count { starts[node &+ 1] &+= starts[node] }
    var next = starts
    var targets = [Int32](repeating: 0, count: count)
    var levels = [UInt8](repeating: 0, count: edgeLevels.isEmpty ? 0 : count)
    for edge in 0..<count {
      let node = Int(from[edge])
      let place = Int(next[node])
      next[node] &+= 1
      targets[place] = to[edge]
      if !edgeLevels.isEmpty { levels[place] = edgeLevels[edge] }
    }
    self.starts = starts
    self.targets = targets
    self.levels = levels
  }

  /// The same nodes with every edge turned round.
  func reversed() -> Digraph {
    var from = [Int32](repeating: 0, count: targets.count)
    for node in 0..<nodeCount {
      for edge in Int(starts[node])..<Int(starts[node + 1]) { from[edge] = Int32(node) }
    }
    return Digraph(
      from: targets, to: from, levels: levels, count: targets.count, words: words, numbers: numbers)
  }

  /// The edges up to a level.
  func keeping(level: UInt8) -> Digraph {
    guard isUncertain else { return self }
    var from: [Int32] = []
    var to: [Int32] = []
    for node in 0..<nodeCount {
      for edge in Int(starts[node])..<Int(starts[node + 1]) where levels[edge] <= level {
        from.append(Int32(node))
        to.append(targets[edge])
      }
    }
    return Digraph(
      from: from, to: to, levels: [], count: from.count, words: words, numbers: numbers)
  }

  /// The number of a node by its word, nil where no edge has it.
  func node(_ word: UInt64) -> Int32? { numbers.group(of: [word]) }
}

/// What each node of a graph reaches over one edge or more: strongly connected components
/// (Tarjan's algorithm without recursion), and for each the set of components that it reaches.
///
/// Components are numbered so that those that one reaches come before it; its set is the union of
/// theirs. Cost: O(nodes + edges · components / 64), and components² / 8 bytes.
struct Condensation {
  /// The component of each node.
  private(set) var component: [Int32]
  /// Where the members of each component begin in `members`.
  private(set) var memberStarts: [Int32]
  private(set) var members: [Int32]
  private let width: Int
  private var reached: [UInt64]

  var componentCount: Int { memberStarts.count - 1 }

  /// Bytes that the sets of a graph with so many components take.
  static func byteCount(components: Int) -> Int { components * ((components + 63) / 64) * 8 }

  init(_ graph: Digraph, checkpoint: () throws -> Void) throws {
    let nodeCount = graph.nodeCount
    let starts = graph.starts
    let targets = graph.targets
    var component = [Int32](repeating: -1, count: nodeCount)
    var index = [Int32](repeating: -1, count: nodeCount)
    var low = [Int32](repeating: 0, count: nodeCount)
    var isOnStack = [Bool](repeating: false, count: nodeCount)
    var next = starts
    var stack: [Int32] = []
    var path: [Int32] = []
    var memberStarts: [Int32] = [0]
    var members: [Int32] = []
    members.reserveCapacity(nodeCount)
    var counter: Int32 = 0
    for root in 0..<nodeCount where index[root] < 0 {
      path.append(Int32(root))
      while let top = path.last {
        let node = Int(top)
        if index[node] < 0 {
          index[node] = counter
          low[node] = counter
          counter &+= 1
          stack.append(top)
          isOnStack[node] = true
        }
        var hasDescended = false
        while next[node] < starts[node + 1] {
          let target = Int(targets[Int(next[node])])
          next[node] &+= 1
          if index[target] < 0 {
            path.append(Int32(target))
            hasDescended = true
            break
          }
          if isOnStack[target], index[target] < low[node] { low[node] = index[target] }
        }
        if hasDescended { continue }
        path.removeLast()
        if let parent = path.last, low[node] < low[Int(parent)] { low[Int(parent)] = low[node] }
        if low[node] == index[node] {
          let number = Int32(memberStarts.count - 1)
          while let member = stack.popLast() {
            isOnStack[Int(member)] = false
            component[Int(member)] = number
            members.append(member)
            if Int(member) == node { break }
          }
          memberStarts.append(Int32(members.count))
        }
      }
    }
    self.component = component
    self.memberStarts = memberStarts
    self.members = members
    let count = memberStarts.count - 1
    width = (count + 63) / 64
    reached = []
    if Condensation.byteCount(components: count) > Condensation.byteLimit { return }
    reached = try Condensation.closure(
      graph, component: component, memberStarts: memberStarts, members: members, width: width,
      checkpoint: checkpoint)
  }

  /// The most bytes that sets may take; beyond that a relation is derived row by row.
  static let byteLimit = 1 << 30

  /// Whether the sets were small enough to be made.
  var isComplete: Bool { !reached.isEmpty || componentCount == 0 }

  private static func closure(
    _ graph: Digraph, component: [Int32], memberStarts: [Int32], members: [Int32], width: Int,
    checkpoint: () throws -> Void
  ) throws -> [UInt64] {
    let starts = graph.starts
    let targets = graph.targets
    let count = memberStarts.count - 1
    var reached = [UInt64](repeating: 0, count: count * width)
    for number in 0..<count {
      if number & 255 == 0 { try checkpoint() }
      let row = number * width
      let isLarge = memberStarts[number + 1] - memberStarts[number] > 1
      if isLarge { reached[row + number >> 6] |= 1 << UInt64(number & 63) }
      for place in Int(memberStarts[number])..<Int(memberStarts[number + 1]) {
        let node = Int(members[place])
        for edge in Int(starts[node])..<Int(starts[node + 1]) {
          let other = Int(component[Int(targets[edge])])
          if other == number {
            reached[row + number >> 6] |= 1 << UInt64(number & 63)
            continue
          }
          // What is there already was joined with all that it reaches.
          if reached[row + other >> 6] & (1 << UInt64(other & 63)) != 0 { continue }
          reached[row + other >> 6] |= 1 << UInt64(other & 63)
          let otherRow = other * width
          var word = 0
          // Components that `other` reaches have lower numbers than it.
          let limit = other >> 6
          while word <= limit {
            reached[row &+ word] |= reached[otherRow &+ word]
            word &+= 1
          }
        }
      }
    }
    return reached
  }

  /// Whether one node reaches another.
  func reaches(_ source: Int, _ target: Int) -> Bool {
    let other = Int(component[target])
    return reached[Int(component[source]) * width + other >> 6] & (1 << UInt64(other & 63)) != 0
  }

  /// How many nodes each component reaches.
  func counts() -> [Int] {
    (0..<componentCount).map { number in
      var total = 0
      forEachReached(number) { total += Int(memberStarts[$0 + 1] - memberStarts[$0]) }
      return total
    }
  }

  /// Calls the body with each component that one reaches.
  @inline(__always)
  func forEachReached(_ number: Int, _ body: (Int) -> Void) {
    let row = number * width
    for word in 0...(number >> 6) {
      var bits = reached[row + word]
      while bits != 0 {
        body(word << 6 | bits.trailingZeroBitCount)
        bits &= bits &- 1
      }
    }
  }

  /// How many nodes a component has.
  func memberCount(_ number: Int) -> Int {
    Int(memberStarts[number + 1] - memberStarts[number])
  }

  /// Appends the numbers of the nodes that a component reaches, ascending.
  func append(
    nodesReachedBy number: Int, numberedBy numbers: [Int32], to list: inout [Int32]
  ) {
    let first = list.count
    forEachReached(number) { other in
      for place in Int(memberStarts[other])..<Int(memberStarts[other &+ 1]) {
        list.append(numbers[Int(members[place])])
      }
    }
    let count = list.count - first
    if count * 64 < numbers.count {
      list[first...].sort()
      return
    }
    // They are different, so that a bit for each puts them in order.
    var bits = [UInt64](repeating: 0, count: (numbers.count + 63) / 64)
    for at in first..<list.count { bits[Int(list[at] >> 6)] |= 1 &<< UInt64(list[at] & 63) }
    var at = first
    var base: Int32 = 0
    for word in bits {
      var rest = word
      while rest != 0 {
        list[at] = base | Int32(truncatingIfNeeded: rest.trailingZeroBitCount)
        at &+= 1
        rest &= rest &- 1
      }
      base &+= 64
    }
  }
}
