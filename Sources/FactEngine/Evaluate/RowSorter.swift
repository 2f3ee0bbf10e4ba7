import FactModel

/// Orders rows by the values of their columns.
///
/// A few rows are compared value by value. Of many, each column is turned into ranks (of the
/// distinct symbols, or of whatever occurs), the ranks of a row are packed into one word where they
/// fit, and the words are sorted: rows that are in order already stay as they are, dense ranks are
/// sorted by setting a bit for each row, all others by radix.
struct RowSorter {
  let values: ValueStore

  /// So many rows are compared value by value.
  private static let fewRows = 64

  /// A block in the usual order: ascending, by its first column first.
  ///
  /// Complexity: O(rows · columns), and O(d log d) for d distinct values.
  func sorted(_ block: RowBlock) -> RowBlock {
    let count = block.count
    if count < 2 || block.columns.isEmpty { return block }
    let ascending = block.columns.map { _ in false }
    if count <= RowSorter.fewRows {
      return block.picked(order(block.columns, descending: ascending, count: count))
    }
    let rankings = block.columns.map { Ranking($0, count: count, values) }
    let groups = RowSorter.groups(rankings)
    guard groups.count == 1, block.levels.isEmpty, block.disputed.isEmpty else {
      return block.picked(rows(block.columns, rankings, groups, ascending, count))
    }
    if RowSorter.isSorted(block.columns, rankings, count) { return block }
    var keys = RowSorter.keys(block.columns, rankings, groups[0], ascending, 0..<count)
    // The keys say all that there is of a row, so that they are sorted themselves.
    let bits = rankings.reduce(0) { $0 + $1.width }
    if !RowSorter.bitSort(&keys, bits: bits) { RowSorter.radixSort(&keys, bits: bits) }
    var result = RowBlock(slots: block.slots)
    result.count = count
    var shift = bits
    for (column, ranking) in rankings.enumerated() {
      shift -= ranking.width
      result.columns[column] = ranking.words(of: keys, shift: shift)
    }
    return result
  }

  /// The rows in the order of the columns, first column first; rows that tie keep their order.
  ///
  /// With a limit only so many rows, and any that tie with the last in the first column, need come.
  func order(
    _ columns: [[UInt64]], descending: [Bool], count: Int, limit: Int? = nil
  ) -> [UInt32] {
    if let limit, limit > 0, limit <= 256, count > limit * 8, let first = columns.first {
      let rows = candidates(first, descending: descending[0], count: count, limit: limit)
      let picked = columns.map { column in rows.map { column[Int($0)] } }
      return order(picked, descending: descending, count: rows.count).map { rows[Int($0)] }
    }
    var rows = (0..<UInt32(count)).map { $0 }
    guard count > 1, !columns.isEmpty else { return rows }
    if count <= RowSorter.fewRows {
      sortFew(&rows, columns, descending)
      return rows
    }
    let rankings = columns.map { Ranking($0, count: count, values) }
    return self.rows(columns, rankings, RowSorter.groups(rankings), descending, count)
  }

  /// The row numbers in order: sorted by the last columns first, since that keeps the order of ties.
  private func rows(
    _ columns: [[UInt64]], _ rankings: [Ranking], _ groups: [Range<Int>], _ descending: [Bool],
    _ count: Int
  ) -> [UInt32] {
    var rows = (0..<UInt32(count)).map { $0 }
    for group in groups.reversed() {
      let keys = RowSorter.keys(columns, rankings, group, descending, 0..<count)
      let bits = rankings[group].reduce(0) { $0 + $1.width }
      RowSorter.radixSort(&rows, by: keys, bits: bits)
    }
    return rows
  }

  /// Sorts by insertion; numbers that sort like the words of the first column decide most often.
  private func sortFew(_ rows: inout [UInt32], _ columns: [[UInt64]], _ descending: [Bool]) {
    var keys = columns[0]
    let kind = Word(bits: keys[0]).kind
    var isUniform = kind == .symbol || kind == .integer
    for row in rows.indices where Word(bits: keys[row]).kind != kind { isUniform = false }
    if kind == .symbol, isUniform { values.symbols.replaceByPrefixes(&keys) }
    for at in rows.indices.dropFirst() {
      let row = rows[at]
      var place = at
      while place > 0 {
        let other = rows[place - 1]
        let a = keys[Int(row)]
        let b = keys[Int(other)]
        let isBefore =
          isUniform && a != b
          ? (a < b) != descending[0] : precedes(Int(row), Int(other), columns, descending)
        if !isBefore { break }
        rows[place] = other
        place -= 1
      }
      rows[place] = row
    }
  }

  private func precedes(
    _ left: Int, _ right: Int, _ columns: [[UInt64]], _ descending: [Bool]
  ) -> Bool {
    for column in columns.indices {
      let a = columns[column][left]
      let b = columns[column][right]
      if a == b { continue }
      return (values.compareForSort(Word(bits: a), Word(bits: b)) < 0) != descending[column]
    }
    return left < right
  }

  /// Neighbouring columns whose ranks fit into one word together.
  private static func groups(_ rankings: [Ranking]) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var start = 0
    var bits = 0
    for (column, ranking) in rankings.enumerated() {
      if bits + ranking.width > 64 {
        groups.append(start..<column)
        start = column
        bits = 0
      }
      bits += ranking.width
    }
    groups.append(start..<rankings.count)
    return groups
  }

  /// The ranks of some columns of each row in one word.
  private static func keys(
    _ columns: [[UInt64]], _ rankings: [Ranking], _ group: Range<Int>, _ descending: [Bool],
    _ rows: Range<Int>
  ) -> [UInt64] {
    var keys = [UInt64](repeating: 0, count: rows.count)
    for column in group {
      rankings[column].pack(columns[column], rows, into: &keys, isDescending: descending[column])
    }
    return keys
  }

  /// The rows that may be among the first `limit` by one column, in their order.
  private func candidates(
    _ column: [UInt64], descending: Bool, count: Int, limit: Int
  ) -> [UInt32] {
    var keys = [UInt64](repeating: 0, count: count)
    Ranking(column, count: count, values)
      .pack(column, 0..<count, into: &keys, isDescending: descending)
    // The least keys so far, in order; few rows get in once it is full.
    var least: [UInt64] = []
    for key in keys {
      if least.count == limit, key >= least[limit - 1] { continue }
      var at = least.count
      while at > 0, least[at - 1] > key { at -= 1 }
      least.insert(key, at: at)
      if least.count > limit { least.removeLast() }
    }
    let last = least[least.count - 1]
    return (0..<count).filter { keys[$0] <= last }.map { UInt32($0) }
  }

  // MARK: Sorting keys

  /// Whether rows whose ranks fit into one word ascend; ends at the first that does not.
  private static func isSorted(
    _ columns: [[UInt64]], _ rankings: [Ranking], _ count: Int
  ) -> Bool {
    let ascending = columns.map { _ in false }
    var last: UInt64 = 0
    var start = 0
    while start < count {
      let end = min(start + 4_096, count)
      let keys = keys(columns, rankings, columns.indices, ascending, start..<end)
      for key in keys {
        if key < last { return false }
        last = key
      }
      start = end
    }
    return true
  }

  /// Sorts different keys by setting a bit for each and reading the bits off; returns false, with
  /// the keys as they were, where the bits would take more room than the keys or two keys are equal.
  private static func bitSort(_ keys: inout [UInt64], bits: Int) -> Bool {
    guard bits < 40, 1 << bits <= keys.count &* 64 else { return false }
    var set = [UInt64](repeating: 0, count: max(1, (1 << bits) >> 6))
    for key in keys { set[Int(truncatingIfNeeded: key &>> 6)] |= 1 &<< (key & 63) }
    var total = 0
    for word in set { total &+= word.nonzeroBitCount }
    guard total == keys.count else { return false }
    var at = 0
    var base: UInt64 = 0
    for word in set {
      var rest = word
      while rest != 0 {
        keys[at] = base | UInt64(truncatingIfNeeded: rest.trailingZeroBitCount)
        at &+= 1
        rest &= rest &- 1
      }
      base &+= 64
    }
    return true
  }

  /// Sorts keys, least significant digit first.
  private static func radixSort(_ keys: inout [UInt64], bits: Int) {
    var other = keys
    var shift: UInt64 = 0
    while shift < UInt64(bits) {
      var counts = [Int](repeating: 0, count: 2_049)
      for key in keys { counts[Int((key &>> shift) & 2_047) &+ 1] &+= 1 }
      for digit in 1..<2_049 { counts[digit] &+= counts[digit - 1] }
      for key in keys {
        let digit = Int((key &>> shift) & 2_047)
        other[counts[digit]] = key
        counts[digit] &+= 1
      }
      swap(&keys, &other)
      shift &+= 11
    }
  }

  /// Sorts row numbers by their keys, least significant digit first; stable.
  private static func radixSort(_ rows: inout [UInt32], by keys: [UInt64], bits: Int) {
    var other = rows
    var shift: UInt64 = 0
    while shift < UInt64(bits) {
      var counts = [Int](repeating: 0, count: 2_049)
      for row in rows { counts[Int((keys[Int(row)] &>> shift) & 2_047) &+ 1] &+= 1 }
      for digit in 1..<2_049 { counts[digit] &+= counts[digit - 1] }
      for row in rows {
        let digit = Int((keys[Int(row)] &>> shift) & 2_047)
        other[counts[digit]] = row
        counts[digit] &+= 1
      }
      swap(&rows, &other)
      shift &+= 11
    }
  }
}

/// The numbers of a column's words in their order, from 0.
private struct Ranking {
  private enum Form {
    /// All are integers: the distance from the least.
    case integers(least: UInt64)
    /// All are symbols: by id from a first one on, and the ids by rank.
    case symbols(first: Int, ranks: [UInt32], ids: [UInt32])
    /// Any: by row the group of its word, the rank of each group, and the words by rank.
    case groups([Int32], ranks: [UInt32], words: [UInt64])
  }

  private let form: Form
  /// The greatest rank.
  private let limit: UInt64

  /// The bits that a rank takes.
  var width: Int { 64 - max(limit, 1).leadingZeroBitCount }

  init(_ column: [UInt64], count: Int, _ values: ValueStore) {
    var kinds: UInt16 = 0
    var least = UInt64.max
    var most: UInt64 = 0
    for row in 0..<count {
      let word = column[row]
      kinds |= 1 &<< UInt16(Word(bits: word).kind.rawValue)
      if word < least { least = word }
      if word > most { most = word }
    }
    if kinds == 1 << UInt16(WordKind.integer.rawValue) {
      form = .integers(least: least)
      limit = most &- least
      return
    }
    if kinds == 1 << UInt16(WordKind.symbol.rawValue) {
      let first = Int(Word(bits: least).symbol)
      var ranks = [UInt32](repeating: 0, count: Int(Word(bits: most).symbol) - first + 1)
      for row in 0..<count { ranks[Int(Word(bits: column[row]).symbol) &- first] = 1 }
      var occurring: [UInt32] = []
      for (offset, occurs) in ranks.enumerated() where occurs == 1 {
        occurring.append(UInt32(offset + first))
      }
      let ids = values.symbols.sorted(occurring)
      for (rank, id) in ids.enumerated() { ranks[Int(id) - first] = UInt32(rank) }
      form = .symbols(first: first, ranks: ranks, ids: ids)
      limit = UInt64(max(ids.count - 1, 0))
      return
    }
    var table = GroupTable(keyCount: 1)
    var groups: [Int32] = []
    table.assign([column], rowCount: count, into: &groups)
    let words = table.keys[0]
    let order = (0..<table.count).sorted {
      values.compareForSort(Word(bits: words[$0]), Word(bits: words[$1])) < 0
    }
    var ranks = [UInt32](repeating: 0, count: order.count)
    for (rank, group) in order.enumerated() { ranks[group] = UInt32(rank) }
    form = .groups(groups, ranks: ranks, words: order.map { words[$0] })
    limit = UInt64(max(order.count - 1, 0))
  }

  /// Moves each key up and puts the rank of its row's word below it; the first key is that of the
  /// first of the rows.
  func pack(
    _ column: [UInt64], _ rows: Range<Int>, into keys: inout [UInt64], isDescending: Bool
  ) {
    // From the other end a rank counts down from the limit.
    let width = UInt64(self.width)
    let base = isDescending ? limit : 0
    let sign: UInt64 = isDescending ? .max : 1
    let start = rows.lowerBound
    switch form {
    case .integers(let least):
      for at in 0..<rows.count {
        keys[at] = keys[at] &<< width | (base &+ sign &* (column[start &+ at] &- least))
      }
    case .symbols(let first, let ranks, _):
      for at in 0..<rows.count {
        let rank = UInt64(ranks[Int(Word(bits: column[start &+ at]).symbol) &- first])
        keys[at] = keys[at] &<< width | (base &+ sign &* rank)
      }
    case .groups(let groups, let ranks, _):
      for at in 0..<rows.count {
        let rank = UInt64(ranks[Int(groups[start &+ at])])
        keys[at] = keys[at] &<< width | (base &+ sign &* rank)
      }
    }
  }

  /// The words whose ranks stand in keys above `shift` lower bits.
  func words(of keys: [UInt64], shift: Int) -> [UInt64] {
    var words = keys
    let shift = UInt64(shift)
    let mask = width == 64 ? UInt64.max : 1 &<< UInt64(width) &- 1
    switch form {
    case .integers(let least):
      for row in words.indices { words[row] = least &+ (words[row] &>> shift & mask) }
    case .symbols(_, _, let ids):
      let tag = Word(symbol: 0).bits
      for row in words.indices {
        words[row] = tag | UInt64(ids[Int(truncatingIfNeeded: words[row] &>> shift & mask)])
      }
    case .groups(_, _, let distinct):
      for row in words.indices {
        words[row] = distinct[Int(truncatingIfNeeded: words[row] &>> shift & mask)]
      }
    }
    return words
  }
}
