/// Where the rows of a range are by the hash of all their words, as it lies in a base.
///
/// Hashes are cut into buckets of about eight rows by their upper bits; a row has one byte of its
/// hash beside it, so that a look-up compares about one row. Laid out as row numbers, counted from the
/// first row covered in the upper 24 bits and with the byte below them, then where each bucket begins.
struct IdentityRun {
  /// The rows covered.
  let rows: Range<Int>
  let blob: StoredBlob
  private let bits: Int

  init?(rows: Range<Int>, blob: StoredBlob) {
    bits = IdentityRun.bits(rows.count)
    guard rows.count <= IdentityRun.rowLimit, blob.size == IdentityRun.size(rows.count)
    else { return nil }
    self.rows = rows
    self.blob = blob
  }

  private static func bits(_ count: Int) -> Int {
    var bits = 0
    while count >> bits > 8 { bits += 1 }
    return bits
  }

  /// The bytes of a run over so many rows.
  static func size(_ count: Int) -> Int {
    count * 4 + ((1 << bits(count)) + 1) * 4
  }

  /// The rows that a run can cover.
  static let rowLimit = 1 << 24

  /// Calls `body` with each row that may have a hash, until it returns true.
  func candidates(hash: UInt32, _ body: (UInt32) -> Bool) -> UInt32? {
    let count = rows.count
    let starts = count * 4
    let bucket = Int(hash >> UInt32(32 - bits))
    let first = Int(blob.word32(bucket, from: starts))
    let last = Int(blob.word32(bucket + 1, from: starts))
    guard first <= last, last <= count else { return nil }
    for i in first..<last {
      let entry = blob.word32(i)
      guard (entry ^ hash) & 0xFF == 0 else { continue }
      let row = entry >> 8 &+ UInt32(rows.lowerBound)
      if Int(row) < rows.upperBound, body(row) { return row }
    }
    return nil
  }

  /// Reads what a batch will need, so that the waits for memory overlap; the result keeps that from
  /// being optimised away.
  func touch(_ hashes: [UInt32], _ count: Int) -> UInt32 {
    let starts = rows.count * 4
    let shift = UInt32(32 - bits)
    var sum: UInt32 = 0
    for i in 0..<count { sum &+= blob.word32(Int(hashes[i] >> shift), from: starts) }
    for i in 0..<count {
      let first = Int(blob.word32(Int(hashes[i] >> shift), from: starts))
      if first < rows.count { sum &+= blob.word32(first) }
    }
    return sum
  }

  /// Whether what a table has in memory tells all these rows apart.
  static func isKnown(_ rows: Range<Int>, in table: Table) -> Bool {
    table.identityFloor <= rows.lowerBound && !table.lacksIdentity
  }

  /// Writes a run over some rows of a table. Complexity: O(rows), and O(rows in memory) where those
  /// are known there.
  static func write(
    _ rows: Range<Int>, of table: Table, into value: UnsafeMutableRawBufferPointer
  ) {
    if isKnown(rows, in: table) {
      // Slots lie in the order of their hashes, so that buckets are filled one after the other.
      let slots = table.identity.slots
      let first = UInt32(rows.lowerBound)
      let isComplete = write(rows.count, into: value) { receive in
        for slot in slots where slot != KeyTable.vacant {
          let row = UInt32(truncatingIfNeeded: slot)
          if rows.contains(Int(row)) {
            receive(UInt32(truncatingIfNeeded: slot &>> 32), row - first)
          }
        }
      }
      if isComplete { return }
    }
    var hashes = [UInt32](repeating: 0, count: rows.count)
    var batch = [[UInt64]](repeating: [], count: table.arity)
    var partial: [UInt64] = []
    var found: [UInt32] = []
    var row = rows.lowerBound
    while row < rows.upperBound {
      let end = min(rows.upperBound, row + batchSize)
      for c in 0..<table.arity { table.unpack(column: c, rows: row..<end, into: &batch[c]) }
      Hashing.rows(batch, offset: 0, count: end - row, partial: &partial, into: &found)
      for i in 0..<(end - row) { hashes[row &- rows.lowerBound &+ i] = found[i] }
      row = end
    }
    _ = write(rows.count, into: value) { receive in
      for i in 0..<hashes.count { receive(hashes[i], UInt32(truncatingIfNeeded: i)) }
    }
  }

  /// Writes a run over as many rows as `forEach` gives with their hashes, twice the same; false
  /// where it gives another number of them.
  @inline(__always)
  private static func write(
    _ count: Int, into value: UnsafeMutableRawBufferPointer,
    forEach: ((_ hash: UInt32, _ row: UInt32) -> Void) -> Void
  ) -> Bool {
    let bits = self.bits(count)
    // Where a bucket begins is the upper part of a hash; there is one bucket where there are few.
    let shift = UInt64(32 - bits)
    // Counts stand two places late, so that filling leaves each start where it belongs.
    var starts = [UInt32](repeating: 0, count: (1 << bits) + 2)
    var given = 0
    forEach { hash, _ in
      starts[Int(truncatingIfNeeded: UInt64(hash) &>> shift) &+ 2] &+= 1
      given &+= 1
    }
    guard given == count else { return false }
    for i in 2..<starts.count { starts[i] = starts[i] &+ starts[i &- 1] }
    forEach { hash, row in
      let bucket = Int(truncatingIfNeeded: UInt64(hash) &>> shift) &+ 1
      let at = Int(starts[bucket])
      starts[bucket] &+= 1
      value.storeBytes(of: row << 8 | hash & 0xFF, toByteOffset: at &* 4, as: UInt32.self)
    }
    let base = count * 4
    for i in 0...(1 << bits) {
      value.storeBytes(of: starts[i], toByteOffset: base &+ i &* 4, as: UInt32.self)
    }
    return true
  }
}
