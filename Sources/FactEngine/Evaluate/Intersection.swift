import FactModel

/// The lists of two relations, and the numbers by which each row of a batch picks one of each.
///
/// Rows that follow one another mostly pick the same list on one side, since a relation lies as its
/// file had it. That list is marked in a set of bits once, and the other one of each row is gone
/// through and asked for. Where it is much longer, or no list comes again, the shorter one is looked
/// for in the longer by leaps.
struct Intersection {
  let left: NeighbourLists
  let right: NeighbourLists
  let words: [UInt64]
  let firstNodes: [Int32]
  let secondNodes: [Int32]

  /// Rows of a batch that one thread intersects, and what it found.
  final class Share {
    /// The rows that are left.
    var rows = 0..<0
    var probes: [UInt32] = []
    var column: [UInt64] = []
    var count = 0
    fileprivate var marks = Marks()
  }

  /// The numbers of one list as bits.
  fileprivate struct Marks {
    var bits: [UInt64] = []
    /// Whose list it is; −1 for none.
    var node: Int32 = -1
    var isLeft = true

    /// Takes the marks of a list away, and sets those of another.
    mutating func change(
      to node: Int32, isLeft: Bool, from old: ArraySlice<Int32>, to new: ArraySlice<Int32>,
      nodeCount: Int
    ) {
      for number in old { bits[Int(number) >> 6] = 0 }
      let missing = (nodeCount + 63) / 64 - bits.count
      if missing > 0 { bits.append(contentsOf: repeatElement(0, count: missing)) }
      for number in new { bits[Int(number) >> 6] |= 1 << UInt64(number & 63) }
      self.node = node
      self.isLeft = isLeft
    }
  }

  /// So many places of lists are gone through before others have a say; a longer list is gone
  /// through as a whole.
  private static let stepLimit = 1 << 16
  /// What looking for a number in a list costs, in places that are gone through.
  private static let leapCost = 8

  /// Finds the common words of some rows: all of them, or until many lists have been gone through.
  func find(_ share: Share) {
    var column: [UInt64] = []
    var probes: [UInt32] = []
    var marks = Marks()
    swap(&column, &share.column)
    swap(&probes, &share.probes)
    swap(&marks, &share.marks)
    var count = 0
    var steps = 0
    var row = share.rows.lowerBound
    while row < share.rows.upperBound, steps < Intersection.stepLimit {
      let (end, isLeft) = run(from: row, to: share.rows.upperBound)
      let node = isLeft ? firstNodes[row] : secondNodes[row]
      let own = node < 0 ? 0..<0 : isLeft ? left.range(node) : right.range(node)
      if own.isEmpty {
        row = end
        continue
      }
      let usesMarks =
        marks.node == node && marks.isLeft == isLeft
        || isWorthMarking(own, for: row..<end, isLeft: isLeft)
      if usesMarks, marks.node != node || marks.isLeft != isLeft {
        let old = marks.node < 0 ? [] : list(marks.node, isLeft: marks.isLeft)
        marks.change(
          to: node, isLeft: isLeft, from: old, to: list(node, isLeft: isLeft),
          nodeCount: words.count)
      }
      while row < end, steps < Intersection.stepLimit {
        let otherNode = isLeft ? secondNodes[row] : firstNodes[row]
        let other =
          otherNode < 0 ? 0..<0 : isLeft ? right.range(otherNode) : left.range(otherNode)
        let size = min(own.count, other.count)
        if column.count < count &+ other.count &+ own.count {
          let missing = max(count + other.count + own.count - column.count, 1024)
          column.append(contentsOf: repeatElement(0, count: missing))
          probes.append(contentsOf: repeatElement(0, count: missing))
        }
        let before = count
        if usesMarks, other.count <= own.count &* Intersection.leapCost {
          steps &+= other.count
          count = Intersection.ask(
            marks.bits, isLeft ? right.targets : left.targets, other, &column, count)
        } else if size > 0 {
          steps &+= size
          let (one, two) = isLeft ? (own, other) : (other, own)
          count = leap(one, two, &column, count)
        }
        for found in before..<count { probes[found] = UInt32(truncatingIfNeeded: row) }
        row &+= 1
      }
    }
    for found in 0..<count { column[found] = words[Int(truncatingIfNeeded: column[found])] }
    share.rows = row..<max(row, share.rows.upperBound)
    share.count = count
    swap(&column, &share.column)
    swap(&probes, &share.probes)
    swap(&marks, &share.marks)
  }

  private func list(_ node: Int32, isLeft: Bool) -> ArraySlice<Int32> {
    isLeft ? left.targets[left.range(node)] : right.targets[right.range(node)]
  }

  /// Up to where rows pick the same list on one side, and on which: the side on which it is longer.
  private func run(from row: Int, to limit: Int) -> (end: Int, isLeft: Bool) {
    var left = row &+ 1
    while left < limit, firstNodes[left] == firstNodes[row] { left &+= 1 }
    var right = row &+ 1
    while right < limit, secondNodes[right] == secondNodes[row] { right &+= 1 }
    return left >= right ? (left, true) : (right, false)
  }

  /// Whether it costs less to mark a list and to go through all others than to leap.
  private func isWorthMarking(_ own: Range<Int>, for rows: Range<Int>, isLeft: Bool) -> Bool {
    var marked = own.count * 2
    var leaps = 0
    for row in rows {
      let node = isLeft ? secondNodes[row] : firstNodes[row]
      let other = node < 0 ? 0 : isLeft ? right.range(node).count : left.range(node).count
      let leap = min(other, own.count) * Intersection.leapCost
      marked += min(other, leap)
      leaps += leap
      // Further rows can only make it better.
      if marked < leaps { return true }
    }
    return false
  }

  /// Writes the numbers of a list that are marked, from a place on, and returns where they end.
  private static func ask(
    _ bits: [UInt64], _ list: [Int32], _ range: Range<Int>, _ column: inout [UInt64], _ first: Int
  ) -> Int {
    var count = first
    bits.withUnsafeBufferPointer { bits in
      list.withUnsafeBufferPointer { list in
        column.withUnsafeMutableBufferPointer { column in
          for place in range {
            let node = UInt64(UInt32(bitPattern: list[place]))
            column[count] = node
            // No branch: whether a number is marked is not to be foreseen.
            count &+= Int(truncatingIfNeeded: (bits[Int(node &>> 6)] &>> (node & 63)) & 1)
          }
        }
      }
    }
    return count
  }

  /// The same for two lists, by looking for each number of the shorter in the longer.
  private func leap(
    _ one: Range<Int>, _ other: Range<Int>, _ column: inout [UInt64], _ first: Int
  ) -> Int {
    let isLeftShorter = one.count <= other.count
    let short = isLeftShorter ? left.targets : right.targets
    let long = isLeftShorter ? right.targets : left.targets
    var low = isLeftShorter ? other.lowerBound : one.lowerBound
    let end = isLeftShorter ? other.upperBound : one.upperBound
    var count = first
    for place in isLeftShorter ? one : other {
      let node = short[place]
      low = Intersection.seek(long, node, low, end)
      if low == end { break }
      guard long[low] == node else { continue }
      column[count] = UInt64(UInt32(bitPattern: node))
      count &+= 1
    }
    return count
  }

  /// The first place from `low` on that holds `node` or more: in leaps that double, then by halves.
  @inline(__always)
  private static func seek(_ list: [Int32], _ node: Int32, _ start: Int, _ end: Int) -> Int {
    var low = start
    if low == end || list[low] >= node { return low }
    var step = 1
    while low + step < end, list[low + step] < node {
      low += step
      step *= 2
    }
    var high = min(low + step, end)
    low += 1
    while low < high {
      let middle = (low + high) / 2
      if list[middle] < node { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
