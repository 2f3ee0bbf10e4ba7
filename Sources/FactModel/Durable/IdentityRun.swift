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
    guard rows.count <= IdentityRun.rowLimit, blob.bytes.count == IdentityRun.size(rows.count)
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

  /// Writes a run over some rows of a table. Complexity: O(rows).
  static func write(
    _ rows: Range<Int>, of table: Table, into value: UnsafeMutableRawBufferPointer
  ) {
    let count = rows.count
    let bits = self.bits(count)
    var hashes = [UInt32](repeating: 0, count: count)
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
    // Counts stand two places late, so that filling leaves each start where it belongs.
    let shift = UInt32(32 - bits)
    var starts = [UInt32](repeating: 0, count: (1 << bits) + 2)
    for hash in hashes { starts[Int(hash >> shift) &+ 2] &+= 1 }
    for i in 2..<starts.count { starts[i] = starts[i] &+ starts[i &- 1] }
    for i in 0..<count {
      let bucket = Int(hashes[i] >> shift) &+ 1
      let at = Int(starts[bucket])
      starts[bucket] &+= 1
      let entry = UInt32(truncatingIfNeeded: i) << 8 | hashes[i] & 0xFF
      value.storeBytes(of: entry, toByteOffset: at &* 4, as: UInt32.self)
    }
    let base = count * 4
    for i in 0...(1 << bits) {
      value.storeBytes(of: starts[i], toByteOffset: base &+ i &* 4, as: UInt32.self)
    }
  }
}
