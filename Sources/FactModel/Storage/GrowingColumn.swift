/// A growing column of words, four bytes each while all share their upper half.
///
/// Symbols always do, so do integers from 0 to 2^32; the first word that does not widens the column.
struct GrowingColumn {
  private var narrow: [UInt32] = []
  private var wide: [UInt64] = []
  private var upper: UInt64 = 0
  private var isWide = false
  private(set) var count = 0

  /// Bytes held.
  var byteCount: Int { narrow.capacity * 4 + wide.capacity * 8 }

  func word(at row: Int) -> UInt64 {
    if isWide { return wide[row] }
    return upper | UInt64(narrow[row])
  }

  private mutating func widen() {
    isWide = true
    wide.reserveCapacity(max(count, narrow.capacity))
    for code in narrow { wide.append(upper | UInt64(code)) }
    narrow = []
  }

  /// Appends the words at the first `selected` positions of `selection`.
  mutating func append(_ words: [UInt64], selection: [UInt32], selected: Int) {
    guard selected > 0 else { return }
    if count == 0, !isWide { upper = words[Int(selection[0])] & 0xFFFF_FFFF_0000_0000 }
    if !isWide {
      let upper = self.upper
      var difference: UInt64 = 0
      for i in 0..<selected {
        difference |= words[Int(truncatingIfNeeded: selection[i])] ^ upper
      }
      if difference &>> 32 != 0 { widen() }
    }
    if isWide {
      GrowingColumn.extend(&wide, words, selection, selected)
    } else {
      GrowingColumn.extend(&narrow, words, selection, selected)
    }
    count += selected
  }

  @inline(__always)
  private static func extend<T: FixedWidthInteger & UnsignedInteger>(
    _ codes: inout [T], _ words: [UInt64], _ selection: [UInt32], _ selected: Int
  ) {
    codes.append(addingCapacity: selected) { room in
      for i in 0..<selected {
        let position = Int(truncatingIfNeeded: selection[i])
        room.append(T(truncatingIfNeeded: words[position]))
      }
    }
  }

  func unpack(_ rows: Range<Int>, into words: inout [UInt64]) {
    let first = rows.lowerBound
    if isWide {
      for i in 0..<rows.count { words[i] = wide[first &+ i] }
    } else {
      let upper = self.upper
      for i in 0..<rows.count { words[i] = upper | UInt64(narrow[first &+ i]) }
    }
  }

  func gather(_ rows: [UInt32], count: Int, into words: inout [UInt64]) {
    if isWide {
      for i in 0..<count { words[i] = wide[Int(truncatingIfNeeded: rows[i])] }
    } else {
      let upper = self.upper
      for i in 0..<count {
        words[i] = upper | UInt64(narrow[Int(truncatingIfNeeded: rows[i])])
      }
    }
  }
}
