/// A set of pairs of symbols as a matrix of bits: for relations whose columns span few symbols.
///
/// Telling and entering a pair is one bit, several times faster than hashing it. Rows and columns
/// are the ids between the least and the greatest that occur; the matrix is made anew, half as
/// large again, when others come, and given up where it would be too large for what it holds.
struct PairMatrix {
  private var baseRow: UInt64
  private var baseColumn: UInt64
  private var rowCount: UInt64
  private var width: UInt64
  private var bits: [UInt64]

  /// The most bits that a matrix may have for so many pairs: 512 bytes a pair, 256 MB at most.
  static func bitLimit(pairs: Int) -> UInt64 { min(1 << 31, UInt64(pairs) &* 4_096) }

  /// The fewest pairs that are worth a matrix.
  static let leastPairs = 8_192

  /// An empty matrix over ranges of ids; nil where it would be too large for so many pairs.
  init?(rows: ClosedRange<UInt64>, columns: ClosedRange<UInt64>, pairs: Int) {
    // Room on both sides, so that it is seldom made anew.
    let roomRows = (rows.upperBound - rows.lowerBound) / 4 + 32
    let roomColumns = (columns.upperBound - columns.lowerBound) / 4 + 32
    baseRow = rows.lowerBound > roomRows ? rows.lowerBound - roomRows : 0
    baseColumn = columns.lowerBound > roomColumns ? columns.lowerBound - roomColumns : 0
    rowCount = rows.upperBound + roomRows - baseRow + 1
    width = columns.upperBound + roomColumns - baseColumn + 1
    let (total, overflow) = rowCount.multipliedReportingOverflow(by: width)
    guard !overflow, total <= PairMatrix.bitLimit(pairs: pairs) else { return nil }
    bits = Array(repeating: 0, count: Int((total + 63) / 64))
  }

  /// Bytes held.
  var byteCount: Int { bits.capacity * 8 }

  /// Whether all of the first `count` packed pairs lie within the ranges.
  func covers(_ packed: [UInt64], count: Int) -> Bool {
    var outside: UInt64 = 0
    for i in 0..<count {
      let row = packed[i] &>> 32 &- baseRow
      let column = (packed[i] & 0xFFFF_FFFF) &- baseColumn
      if row >= rowCount { outside = 1 }
      if column >= width { outside = 1 }
    }
    return outside == 0
  }

  /// Writes 1 for each pair of words that is in the set, 0 for the others; words that are no symbols
  /// are in no pair.
  func contains(_ left: [UInt64], _ right: [UInt64], count: Int, into found: inout [UInt8]) {
    let tag = Word(symbol: 0).bits
    let leastRow = tag &+ baseRow
    let leastColumn = tag &+ baseColumn
    for i in 0..<count {
      // What lies below wraps around and is too large, like words of other kinds.
      let row = left[i] &- leastRow
      let column = right[i] &- leastColumn
      var bit: UInt64 = 0
      if row < rowCount, column < width {
        let place = row &* width &+ column
        bit = (bits[Int(truncatingIfNeeded: place &>> 6)] &>> (place & 63)) & 1
      }
      found[i] = UInt8(truncatingIfNeeded: bit)
    }
  }

  /// Whether it spans the same ids as another.
  func spans(_ other: PairMatrix) -> Bool {
    baseRow == other.baseRow && baseColumn == other.baseColumn && rowCount == other.rowCount
      && width == other.width
  }

  /// A matrix over the same ids without any pair.
  var emptied: PairMatrix {
    var result = self
    result.bits = Array(repeating: 0, count: bits.count)
    return result
  }

  /// Enters pairs that `covers` has accepted; writes the positions of the new ones to the start of
  /// `fresh` and returns how many there are.
  mutating func insert(_ packed: [UInt64], count: Int, fresh: inout [UInt32]) -> Int {
    var added = 0
    for i in 0..<count {
      let row = packed[i] &>> 32 &- baseRow
      let column = (packed[i] & 0xFFFF_FFFF) &- baseColumn
      let bit = row &* width &+ column
      let at = Int(truncatingIfNeeded: bit &>> 6)
      let mask = 1 as UInt64 &<< (bit & 63)
      let word = bits[at]
      fresh[added] = UInt32(truncatingIfNeeded: i)
      if word & mask == 0 { added &+= 1 }
      bits[at] = word | mask
    }
    return added
  }
}
