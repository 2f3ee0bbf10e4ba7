import FactModel

/// Numbers groups in the order in which their keys first occur.
///
/// Open addressing over the hashes of the key words; the keys themselves stand by column. One key
/// column that has shown many rows is looked up in an array by symbol instead. A table without key
/// columns has one group.
struct GroupTable {
  private(set) var keys: [[UInt64]]
  private(set) var count = 0
  private var slots: [Int32]
  /// By group; 0 where a group is found by its symbol alone.
  private var hashes: [UInt64] = []
  /// The hashes of the rows of one batch.
  private var rowHashes: [UInt64] = []
  /// By symbol the group, or −1; empty until it pays.
  private var groupOfSymbol: [Int32] = []
  private var isDirect = false
  private var rowsSeen = 0

  /// Rows after which an array as long as the table of symbols costs less than hashing.
  private static let directThreshold = 1 << 14
  private static let symbolTag = Word(symbol: 0).bits &>> 32

  init(keyCount: Int) {
    keys = Array(repeating: [], count: keyCount)
    slots = Array(repeating: -1, count: 64)
  }

  /// Writes the group of each of the first `rowCount` rows.
  mutating func assign(_ columns: [[UInt64]], rowCount: Int, into groups: inout [Int32]) {
    if groups.count < rowCount {
      groups = Array(repeating: 0, count: max(rowCount, Batch.capacity))
    }
    if keys.isEmpty {
      count = 1
      for row in 0..<rowCount { groups[row] = 0 }
      return
    }
    rowsSeen += rowCount
    if keys.count == 1 {
      if !isDirect, rowsSeen > GroupTable.directThreshold { beginDirect() }
      if isDirect { return assignBySymbol(columns[0], rowCount, &groups) }
    }
    hash(columns, rowCount)
    for row in 0..<rowCount { groups[row] = find(rowHashes[row], columns, row) }
  }

  private mutating func hash(_ columns: [[UInt64]], _ rowCount: Int) {
    if rowHashes.count < rowCount {
      rowHashes = Array(repeating: 0, count: max(rowCount, Batch.capacity))
    }
    for row in 0..<rowCount { rowHashes[row] = GroupTable.seed }
    for column in columns.prefix(keys.count) {
      for row in 0..<rowCount { rowHashes[row] = GroupTable.hash(rowHashes[row], column[row]) }
    }
    for row in 0..<rowCount { rowHashes[row] |= 1 }
  }

  private static func hash(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = (hash ^ word) &* 0xFF51_AFD7_ED55_8CCD
    return mixed ^ mixed &>> 32
  }

  private static let seed: UInt64 = 0x9E37_79B9_7F4A_7C15

  // MARK: By symbol

  private mutating func beginDirect() {
    isDirect = true
    for group in 0..<count where keys[0][group] &>> 32 == GroupTable.symbolTag {
      let id = Int(Word(bits: keys[0][group]).symbol)
      reach(id, &groupOfSymbol)
      groupOfSymbol[id] = Int32(group)
    }
  }

  /// Makes an array long enough to have an entry for a symbol.
  private func reach(_ id: Int, _ groups: inout [Int32]) {
    guard id >= groups.count else { return }
    let wanted = max(id + 1, groups.count * 2, 1 << 12)
    groups.append(contentsOf: repeatElement(-1, count: wanted - groups.count))
  }

  private mutating func assignBySymbol(
    _ column: [UInt64], _ rowCount: Int, _ groups: inout [Int32]
  ) {
    var known: [Int32] = []
    swap(&known, &groupOfSymbol)
    let tag = GroupTable.symbolTag
    for row in 0..<rowCount {
      let word = column[row]
      if word &>> 32 == tag {
        let id = Int(truncatingIfNeeded: word & 0xFFFF_FFFF)
        if id >= known.count { reach(id, &known) }
        var group = known[id]
        if group < 0 {
          group = Int32(truncatingIfNeeded: count)
          known[id] = group
          hashes.append(0)
          keys[0].append(word)
          count &+= 1
        }
        groups[row] = group
      } else {
        groups[row] = find(GroupTable.hash(GroupTable.seed, word) | 1, [column], row)
      }
    }
    swap(&known, &groupOfSymbol)
  }

  // MARK: By hash

  /// The group of a key that occurred, or nil.
  func group(of key: [UInt64]) -> Int32? {
    if isDirect, key[0] &>> 32 == GroupTable.symbolTag {
      let id = Int(Word(bits: key[0]).symbol)
      return id < groupOfSymbol.count && groupOfSymbol[id] >= 0 ? groupOfSymbol[id] : nil
    }
    let hash = key.reduce(GroupTable.seed) { GroupTable.hash($0, $1) } | 1
    let mask = slots.count - 1
    var at = GroupTable.home(hash) & mask
    while slots[at] >= 0 {
      let group = Int(slots[at])
      if hashes[group] == hash, keys.indices.allSatisfy({ keys[$0][group] == key[$0] }) {
        return Int32(group)
      }
      at = (at + 1) & mask
    }
    return nil
  }

  /// The lowest bit of a hash says that there is one.
  private static func home(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> 1) }

  private mutating func find(_ hash: UInt64, _ columns: [[UInt64]], _ row: Int) -> Int32 {
    let mask = slots.count - 1
    var at = GroupTable.home(hash) & mask
    while slots[at] >= 0 {
      let group = Int(slots[at])
      if hashes[group] == hash {
        var isEqual = true
        for column in 0..<keys.count where keys[column][group] != columns[column][row] {
          isEqual = false
        }
        if isEqual { return Int32(group) }
      }
      at = (at + 1) & mask
    }
    let group = Int32(count)
    slots[at] = group
    hashes.append(hash)
    for column in 0..<keys.count { keys[column].append(columns[column][row]) }
    count += 1
    if count * 2 > slots.count { grow() }
    return group
  }

  private mutating func grow() {
    var size = slots.count * 2
    while size < count * 2 { size *= 2 }
    slots = Array(repeating: -1, count: size)
    for group in 0..<count where hashes[group] != 0 {
      var at = GroupTable.home(hashes[group]) & (size - 1)
      while slots[at] >= 0 { at = (at + 1) & (size - 1) }
      slots[at] = Int32(group)
    }
  }
}
