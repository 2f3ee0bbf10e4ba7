import FactModel

/// For each word of one column of a binary relation, the words beside it, as sorted numbers.
///
/// All lists of one evaluation number words alike, so that lists of different relations can be
/// intersected. Building costs O(rows), twice counted into place.
struct NeighbourLists {
  private(set) var starts: [Int32] = [0]
  private(set) var targets: [Int32] = []

  init(from: [Int32], to: [Int32], count: Int, nodeCount: Int) {
    // By target first, then by source: each list comes out ascending.
    let byTarget = NeighbourLists.order(to, count: count, nodeCount: nodeCount, of: nil)
    let order = NeighbourLists.order(from, count: count, nodeCount: nodeCount, of: byTarget.order)
    starts = order.starts
    targets = order.order.map { to[Int($0)] }
  }

  private static func order(
    _ keys: [Int32], count: Int, nodeCount: Int, of given: [Int32]?
  ) -> (starts: [Int32], order: [Int32]) {
    var starts = [Int32](repeating: 0, count: nodeCount + 1)
    for row in 0..<count { starts[Int(keys[row]) &+ 1] &+= 1 }
    for node in 0..<nodeCount { starts[node &+ 1] &+= starts[node] }
    var next = starts
    var order = [Int32](repeating: 0, count: count)
    for position in 0..<count {
      let row = given.map { $0[position] } ?? Int32(position)
      let key = Int(keys[Int(row)])
      order[Int(next[key])] = row
      next[key] &+= 1
    }
    return (starts, order)
  }

  /// The list of a node; empty for a node that was numbered later.
  func range(_ node: Int32) -> Range<Int> {
    guard Int(node) + 1 < starts.count else { return 0..<0 }
    return Int(starts[Int(node)])..<Int(starts[Int(node) + 1])
  }
}

/// The numbers of words and the lists that an evaluation has made so far.
final class Neighbourhoods {
  private(set) var numbers = NodeNumbers()
  private var lists: [String: NeighbourLists] = [:]

  /// The lists from one column of a relation to the other.
  func lists(_ name: String, from column: Int, in source: ScanSource) -> NeighbourLists {
    let key = "\(column) \(name)"
    if let known = lists[key] { return known }
    let rows = source.rows
    let total = rows.rowCount
    var from: [Int32] = []
    var to: [Int32] = []
    from.reserveCapacity(total)
    to.reserveCapacity(total)
    var words = [UInt64](repeating: 0, count: Batch.capacity)
    var others = words
    var left: [Int32] = []
    var right: [Int32] = []
    let unknown = Word.unknown.bits
    var start = 0
    while start < total {
      let end = min(start + Batch.capacity, total)
      rows.unpack(column: column, rows: start..<end, into: &words)
      rows.unpack(column: 1 - column, rows: start..<end, into: &others)
      numbers.assign(words, count: end - start, into: &left)
      numbers.assign(others, count: end - start, into: &right)
      // Unknown joins with nothing.
      for row in 0..<(end - start) where words[row] != unknown && others[row] != unknown {
        from.append(left[row])
        to.append(right[row])
      }
      start = end
    }
    let made = NeighbourLists(
      from: from, to: to, count: from.count, nodeCount: numbers.words.count)
    lists[key] = made
    return made
  }
}
