/// The strongly connected components of a graph, each after all that it leads to (Tarjan).
///
/// Keeps its own stack, so that a long chain of rules is no deep recursion.
struct Components {
  private(set) var components: [[Int]] = []

  private let successors: [[Int]]
  private var indexOf: [Int]
  private var lowest: [Int]
  private var isOnStack: [Bool]
  private var stack: [Int] = []
  private var count = 0

  /// Finds the components. Complexity: O(*n* + *m*) in nodes and edges.
  init(successors: [[Int]]) {
    self.successors = successors
    indexOf = Array(repeating: -1, count: successors.count)
    lowest = indexOf
    isOnStack = Array(repeating: false, count: successors.count)
    for node in successors.indices where indexOf[node] < 0 { visit(node) }
  }

  private mutating func visit(_ root: Int) {
    var path = [(node: root, next: 0)]
    enter(root)
    while let top = path.last {
      let node = top.node
      if top.next < successors[node].count {
        path[path.count - 1].next += 1
        let successor = successors[node][top.next]
        if indexOf[successor] < 0 {
          enter(successor)
          path.append((successor, 0))
        } else if isOnStack[successor] {
          lowest[node] = min(lowest[node], indexOf[successor])
        }
        continue
      }
      path.removeLast()
      if let parent = path.last {
        lowest[parent.node] = min(lowest[parent.node], lowest[node])
      }
      if lowest[node] == indexOf[node] { leave(node) }
    }
  }

  private mutating func enter(_ node: Int) {
    indexOf[node] = count
    lowest[node] = count
    count += 1
    stack.append(node)
    isOnStack[node] = true
  }

  private mutating func leave(_ root: Int) {
    var component: [Int] = []
    while let node = stack.popLast() {
      isOnStack[node] = false
      component.append(node)
      if node == root { break }
    }
    components.append(component)
  }
}
