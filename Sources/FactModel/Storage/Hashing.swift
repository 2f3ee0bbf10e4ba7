/// How words, rows and packed pairs are hashed. All tables here place an entry by the upper bits of
/// its hash times their size, so that growing one walks both old and new memory in order.
enum Hashing {
  /// Spreads all bits of a word over all bits of the result.
  @inline(__always) static func mix(_ word: UInt64) -> UInt64 {
    var x = word ^ (word &>> 32)
    x = x &* 0x9E37_79B9_7F4A_7C15
    x ^= x &>> 29
    return x &* 0xBF58_476D_1CE4_E5B9
  }

  /// A one-to-one spreading of 32 bits, so that equal hashes mean equal codes.
  @inline(__always) static func mix32(_ code: UInt32) -> UInt32 {
    var x = code ^ (code &>> 16)
    x = x &* 0x85EB_CA6B
    x ^= x &>> 13
    x = x &* 0xC2B2_AE35
    return x ^ (x &>> 16)
  }

  /// Takes one more word of a row into its hash.
  @inline(__always) static func step(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let x = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
    return x ^ (x &>> 32)
  }

  /// The 32 bits that tables keep of a row's hash.
  @inline(__always) static func finish(_ hash: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: (hash &* 0xBF58_476D_1CE4_E5B9) &>> 32)
  }

  /// The hash of one row.
  static func row(_ words: [UInt64]) -> UInt32 {
    var hash: UInt64 = 0
    for word in words { hash = step(hash, word) }
    return finish(hash)
  }

  /// Hashes `count` rows of `columns` from `offset` on.
  static func rows(
    _ columns: [[UInt64]], offset: Int, count: Int, partial: inout [UInt64],
    into hashes: inout [UInt32]
  ) {
    grow(&partial, to: count)
    grow(&hashes, to: count)
    var sums = partial.mutableSpan
    for i in 0..<count { sums[i] = 0 }
    for column in columns {
      for i in 0..<count { sums[i] = step(sums[i], column[offset &+ i]) }
    }
    var result = hashes.mutableSpan
    for i in 0..<count { result[i] = finish(sums[i]) }
  }
}

extension Hashing {
  /// `rows`, shared by two threads where there are many.
  static func manyRows(
    _ columns: [[UInt64]], offset: Int, count: Int, partial: inout [UInt64],
    into hashes: inout [UInt32]
  ) {
    grow(&partial, to: count)
    grow(&hashes, to: count)
    partial.withUnsafeMutableBufferPointer { sums in
      hashes.withUnsafeMutableBufferPointer { result in
        let pieces = 2
        parallel(over: pieces) { piece in
          let rows = count * piece / pieces..<count * (piece + 1) / pieces
          for i in rows { sums[i] = 0 }
          for column in columns {
            column.withUnsafeBufferPointer { column in
              for i in rows { sums[i] = step(sums[i], column[offset &+ i]) }
            }
          }
          for i in rows { result[i] = finish(sums[i]) }
        }
      }
    }
  }
}

/// Rows handled at once by everything in this folder.
let batchSize = 2048

/// "No row" and "no group".
let noRow = UInt32.max

/// Makes an array at least `count` long, keeping what it has.
@inline(__always)
func grow<T: FixedWidthInteger>(_ array: inout [T], to count: Int) {
  if array.count < count {
    array.append(contentsOf: repeatElement(0, count: count - array.count))
  }
}
