/// How a text is found: by a prefix and the number at its end, or by a hash; and by which lane.
struct SymbolKey: BitwiseCopyable {
  /// The number of the prefix plus one in the upper half, the number in the lower one. Without a
  /// prefix, the bit that says which lane.
  private let bits: UInt64
  private static let laneShift: UInt64 = 6

  /// A text that has a number at its end; numbers of one page are of one lane.
  @inline(__always)
  init(prefix: Int, number: UInt32) {
    bits = UInt64(truncatingIfNeeded: prefix &+ 1) &<< 32 | UInt64(number)
  }

  /// A text that is found by the upper half of its hash.
  @inline(__always)
  init(hash: UInt32) { bits = UInt64(hash &>> 31) &<< SymbolKey.laneShift }

  /// A text of a lane that is found by its hash.
  @inline(__always)
  init(lane: Int) { bits = UInt64(truncatingIfNeeded: lane) &<< SymbolKey.laneShift }

  /// Which lane the text is of.
  @inline(__always)
  var lane: Int { Int(truncatingIfNeeded: bits &>> SymbolKey.laneShift & 1) }
  @inline(__always)
  var hasNumber: Bool { bits &>> 32 != 0 }
  @inline(__always)
  var prefix: Int { Int(truncatingIfNeeded: bits &>> 32) &- 1 }

  /// Prefix and page, the same for numbers of one page.
  @inline(__always)
  var page: UInt64 { bits &>> UInt64(NumberPages.shift) }
  /// The place of the number in its page.
  @inline(__always)
  var placeInPage: Int { Int(truncatingIfNeeded: bits) & (NumberPages.pageSize - 1) }
}
