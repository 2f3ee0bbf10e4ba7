/// The codes of one column of a segment that lie in a base and are read in place.
final class StoredCodes: @unchecked Sendable {
  let blob: StoredBlob
  /// The bytes of a code: 1 to 8, of which those that are no power of two save room.
  let width: Int
  /// Where the codes begin, once the value was touched.
  private var start: UnsafeRawPointer { blob.start }

  /// Nil where the value is too short for so many codes.
  init?(_ blob: StoredBlob, width: Int, count: Int) {
    guard blob.size >= width * count else { return nil }
    self.blob = blob
    self.width = width
  }

  /// The code of one row.
  func code(at row: Int) -> UInt64 {
    blob.touch(row &* width, width)
    return load(row)
  }

  @inline(__always)
  private func load(_ row: Int) -> UInt64 {
    switch width {
    case 1: UInt64(start.load(fromByteOffset: row, as: UInt8.self))
    case 2: UInt64(start.load(fromByteOffset: row &* 2, as: UInt16.self))
    case 3: UInt64(start.loadUnaligned(fromByteOffset: row &* 3, as: UInt32.self) & 0xFF_FFFF)
    case 4: UInt64(start.load(fromByteOffset: row &* 4, as: UInt32.self))
    case 8: start.load(fromByteOffset: row &* 8, as: UInt64.self)
    default: start.loadUnaligned(fromByteOffset: row &* width, as: UInt64.self) & mask
    }
  }

  /// What of eight bytes belongs to one code. Those read beyond the last one are checksums.
  private var mask: UInt64 { .max >> UInt64(64 - width * 8) }

  /// The code of one row, not verified: for estimates alone.
  func unverifiedCode(at row: Int) -> UInt64 {
    _ = blob.bytes
    return load(row)
  }

  /// The fewest bytes that hold a number.
  static func width(of span: UInt64) -> Int { max(1, (64 - span.leadingZeroBitCount + 7) / 8) }

  /// Writes codes in so many bytes each, to a value with four bytes more at its end.
  static func pack<T: FixedWidthInteger & UnsignedInteger>(
    _ codes: [T], width: Int, into value: UnsafeMutableRawBufferPointer
  ) {
    for i in 0..<codes.count {
      value.storeBytes(of: codes[i], toByteOffset: i &* width, as: T.self)
    }
  }

  /// Verifies what a gather of some rows, of which the lower 16 bits count, will read.
  func touch(_ rows: [UInt32], _ positions: Range<Int>) {
    if blob.isVerified { return }
    for i in positions { blob.touch(Int(rows[i] & 0xFFFF) &* width, width) }
  }

  /// Writes base plus code for a range of rows.
  func unpack(_ rows: Range<Int>, base: UInt64, into words: inout [UInt64], at position: Int) {
    blob.touch(rows.lowerBound &* width, rows.count &* width)
    switch width {
    case 1: widen(UInt8.self, rows, base, &words, position)
    case 2: widen(UInt16.self, rows, base, &words, position)
    case 3:
      for i in 0..<rows.count {
        let code = start.loadUnaligned(
          fromByteOffset: (rows.lowerBound &+ i) &* 3, as: UInt32.self)
        words[position &+ i] = base &+ UInt64(code & 0xFF_FFFF)
      }
    case 4: widen(UInt32.self, rows, base, &words, position)
    case 8: widen(UInt64.self, rows, base, &words, position)
    default:
      for i in 0..<rows.count { words[position &+ i] = base &+ load(rows.lowerBound &+ i) }
    }
  }

  @inline(__always)
  private func widen<T: FixedWidthInteger & UnsignedInteger>(
    _ type: T.Type, _ rows: Range<Int>, _ base: UInt64, _ words: inout [UInt64], _ position: Int
  ) {
    let codes = UnsafeBufferPointer(
      start: start.assumingMemoryBound(to: T.self) + rows.lowerBound, count: rows.count)
    let count = rows.count
    // Both ends are checked once, so that several codes are widened at a time.
    precondition(position >= 0 && position + count <= words.count, "room for all rows")
    words.withUnsafeMutableBufferPointer { words in
      for i in 0..<count {
        words[position &+ i] = base &+ UInt64(truncatingIfNeeded: codes[i])
      }
    }
  }

  /// Writes base plus code for some rows, of which the lower 16 bits count.
  func gather(
    _ rows: [UInt32], positions: Range<Int>, base: UInt64, into words: inout [UInt64]
  ) {
    touch(rows, positions)
    switch width {
    case 1: pick(UInt8.self, rows, positions, base, &words)
    case 2: pick(UInt16.self, rows, positions, base, &words)
    case 4: pick(UInt32.self, rows, positions, base, &words)
    case 8: pick(UInt64.self, rows, positions, base, &words)
    default:
      for i in positions {
        words[i] = base &+ load(Int(truncatingIfNeeded: rows[i] & 0xFFFF))
      }
    }
  }

  @inline(__always)
  private func pick<T: FixedWidthInteger & UnsignedInteger>(
    _ type: T.Type, _ rows: [UInt32], _ positions: Range<Int>, _ base: UInt64,
    _ words: inout [UInt64]
  ) {
    let codes = UnsafeBufferPointer(
      start: start.assumingMemoryBound(to: T.self), count: blob.size / T.bitWidth * 8)
    for i in positions {
      let row = Int(truncatingIfNeeded: rows[i] & 0xFFFF)
      words[i] = base &+ UInt64(truncatingIfNeeded: codes[row])
    }
  }
}
