/// How a text that ends in a number is taken apart: `person_17` into `person_` and 17.
///
/// Of the digits at the end the last eight count, from the first one that is no zero on, so that
/// there is one way to take a text apart and one text for each prefix and number: `lot_007` is
/// `lot_00` and 7, and `lot_0` has no number.
enum NumberedText {
  /// The length of the prefix and the number, which is 0 where the text ends in none.
  ///
  /// `before` says how many bytes in front of the text may be read. Eight digits are found and
  /// added up at a time, each in a byte of a word.
  @inline(__always)
  static func split(
    _ text: UnsafeRawPointer, _ count: Int, before: Int
  ) -> (prefix: Int, number: UInt32) {
    guard count > 0, text.load(fromByteOffset: count &- 1, as: UInt8.self) &- 0x30 < 10 else {
      return (count, 0)
    }
    var word: UInt64
    if count &+ before >= 8 {
      word = UInt64(
        littleEndian: text.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
      // What stands before the text is no digit.
      if count < 8 {
        let unwanted = UInt64(64 &- 8 &* count)
        word = (word &>> unwanted) &<< unwanted
      }
    } else {
      word = 0
      for i in 0..<count {
        word |=
          UInt64(text.load(fromByteOffset: i, as: UInt8.self)) &<< UInt64(8 &* (8 &- count &+ i))
      }
    }
    // A digit is 0 to 9 now, and has the upper bit of its byte clear in `others`.
    var digits = word ^ 0x3030_3030_3030_3030
    let others =
      ((digits & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080
    if others != 0 {
      let dropped = UInt64(64 &- (others.leadingZeroBitCount & ~7))
      digits = (digits &>> dropped) &<< dropped
    }
    guard digits != 0 else { return (count, 0) }
    let significant = 8 &- digits.trailingZeroBitCount / 8
    // Pairs of digits, then of those pairs, then of those.
    var sum = (digits &* 2561) &>> 8
    sum = ((sum & 0x00FF_00FF_00FF_00FF) &* 6_553_601) &>> 16
    sum = ((sum & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) &>> 32
    return (count &- significant, UInt32(truncatingIfNeeded: sum))
  }
}
