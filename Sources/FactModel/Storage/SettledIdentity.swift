/// Which of a table's first rows has given words, in half the memory that a table that grows needs:
/// for rows to which others are added rarely.
///
/// Hashes are cut into buckets of about eight rows by their upper bits; a row has one byte of its
/// hash beside it, so that a look-up compares about one row.
struct SettledIdentity {
  /// The number of rows, from the first one on.
  let count: Int
  private var rows: [UInt32]
  private var tags: [UInt8]
  private var starts: [UInt32]
  private let shift: UInt32

  /// Takes over what a table of all rows from 0 on has. Complexity: O(slots).
  init(_ table: KeyTable) {
    count = table.count
    var bits: UInt32 = 1
    while count >> Int(bits) > 8 { bits += 1 }
    shift = 32 - bits
    let shift = self.shift
    let slots = table.slots
    // Counts stand two places late, so that filling leaves each start where it belongs.
    var starts = [UInt32](repeating: 0, count: (1 << Int(bits)) + 2)
    for slot in slots where slot != KeyTable.vacant {
      starts[Int(truncatingIfNeeded: slot &>> (32 &+ UInt64(shift))) &+ 2] &+= 1
    }
    for i in 2..<starts.count { starts[i] = starts[i] &+ starts[i &- 1] }
    var rows = [UInt32](repeating: 0, count: count)
    var tags = [UInt8](repeating: 0, count: count)
    for slot in slots where slot != KeyTable.vacant {
      let bucket = Int(truncatingIfNeeded: slot &>> (32 &+ UInt64(shift))) &+ 1
      let at = Int(starts[bucket])
      starts[bucket] &+= 1
      rows[at] = UInt32(truncatingIfNeeded: slot)
      tags[at] = UInt8(truncatingIfNeeded: slot &>> 32)
    }
    starts.removeLast()
    self.rows = rows
    self.tags = tags
    self.starts = starts
  }

  /// Bytes held.
  var byteCount: Int { (rows.capacity + starts.capacity) * 4 + tags.capacity }

  /// The first row that may have a hash and for which `body` returns true.
  func first(hash: UInt32, where body: (UInt32) -> Bool) -> UInt32? {
    let bucket = Int(hash >> shift)
    let tag = UInt8(truncatingIfNeeded: hash)
    for at in Int(starts[bucket])..<Int(starts[bucket + 1]) where tags[at] == tag {
      if body(rows[at]) { return rows[at] }
    }
    return nil
  }
}
