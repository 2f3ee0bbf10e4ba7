import FactModel

/// Shortest ways within the level that a pair of a closure has, found by search from one end.
///
/// A way that is as sure as the pair: first over certain edges only, then over weaker ones too. The
/// node after the first edge is as near to the end, or reaches it more surely, so that following
/// the ways ends.
final class ClosureSearches {
  private let evaluation: Evaluation
  private var kept: [Tree] = []

  /// For each node the level at which it reaches the end, and the next node on its way there.
  private struct Tree {
    var name: String
    var end: Int32
    var isForward: Bool
    /// 3 where there is no way.
    var levels: [UInt8]
    /// The next node; -1 where the next one is the end itself.
    var next: [Int32]
  }

  init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  /// The first step of the way between two words.
  struct Hop {
    var level: UInt8
    /// The node between, nil where one edge connects the two.
    var between: Word?
  }

  /// The way from one word to another: the node after the first edge or, with `fromSource`, the one
  /// before the last. Nil where the closure does not have the pair.
  func hop(
    _ traversal: Traversal, from: Word, to: Word, fromSource: Bool
  ) throws -> Hop? {
    guard let source = traversal.graph.node(from.bits), let target = traversal.graph.node(to.bits)
    else { return nil }
    let tree = try tree(traversal, end: fromSource ? source : target, isForward: fromSource)
    let node = Int(fromSource ? target : source)
    guard tree.levels[node] < 3 else { return nil }
    let next = tree.next[node]
    return Hop(
      level: tree.levels[node],
      between: next < 0 ? nil : Word(bits: traversal.graph.words[Int(next)]))
  }

  private func tree(_ traversal: Traversal, end: Int32, isForward: Bool) throws -> Tree {
    if let tree = kept.first(where: {
      $0.name == traversal.name && $0.end == end && $0.isForward == isForward
    }) {
      return tree
    }
    // Ways to the end are searched against the edges.
    let graph = isForward ? traversal.graph : traversal.backwards
    var tree = Tree(
      name: traversal.name, end: end, isForward: isForward,
      levels: Array(repeating: 3, count: graph.nodeCount),
      next: Array(repeating: -1, count: graph.nodeCount))
    for level in UInt8(0)...(graph.isUncertain ? 2 : 0) {
      var isSeen = [Bool](repeating: false, count: graph.nodeCount)
      var waiting: [Int32] = [end]
      var place = 0
      while place < waiting.count {
        if place & 65_535 == 65_535 { try evaluation.checkpoint() }
        let from = waiting[place]
        for edge in Int(graph.starts[Int(from)])..<Int(graph.starts[Int(from) + 1]) {
          if graph.isUncertain, graph.levels[edge] > level { continue }
          let target = Int(graph.targets[edge])
          if isSeen[target] { continue }
          isSeen[target] = true
          if tree.levels[target] == 3 {
            tree.levels[target] = level
            tree.next[target] = place == 0 ? -1 : from
          }
          if target != Int(end) { waiting.append(Int32(target)) }
        }
        place += 1
      }
    }
    if kept.count == 4 { kept.removeFirst() }
    kept.append(tree)
    return tree
  }
}
