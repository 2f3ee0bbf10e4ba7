import FactModel

/// Numbers groups in the order in which their keys first occur.
///
/// Open addressing over the hashes of the key words; the keys themselves stand by column. A table
/// without key columns has one group.
struct GroupTable {
  private(set) var keys: [[UInt64]]
  private(set) var count = 0
  private var slots: [Int32]
  private var hashes: [UInt64] = []

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
    for row in 0..<rowCount {
      var hash = GroupTable.seed
      for column in 0..<keys.count { hash = GroupTable.hash(hash, columns[column][row]) }
      groups[row] = find(hash, columns, row)
    }
  }

  private static func hash(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = (hash ^ word) &* 0xFF51_AFD7_ED55_8CCD
    return mixed ^ mixed &>> 32
  }

  private static let seed: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The group of a key that occurred, or nil.
  func group(of key: [UInt64]) -> Int32? {
    let hash = key.reduce(GroupTable.seed) { GroupTable.hash($0, $1) }
    let mask = slots.count - 1
    var at = Int(truncatingIfNeeded: hash) & mask
    while slots[at] >= 0 {
      let group = Int(slots[at])
      if hashes[group] == hash, keys.indices.allSatisfy({ keys[$0][group] == key[$0] }) {
        return Int32(group)
      }
      at = (at + 1) & mask
    }
    return nil
  }

  private mutating func find(_ hash: UInt64, _ columns: [[UInt64]], _ row: Int) -> Int32 {
    let mask = slots.count - 1
    var at = Int(truncatingIfNeeded: hash) & mask
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
    let size = slots.count * 2
    slots = Array(repeating: -1, count: size)
    for group in 0..<count {
      var at = Int(truncatingIfNeeded: hashes[group]) & (size - 1)
      while slots[at] >= 0 { at = (at + 1) & (size - 1) }
      slots[at] = Int32(group)
    }
  }
}
