extension ValueStore {
  /// Compares two columns of a batch row by row; the start of `truths` gets the raw value of a
  /// `Truth` for each, as `compare` gives it for one pair.
  ///
  /// Integers and ranges of them, which is what most columns hold, are compared by the bits of their
  /// words; all else goes through `compare`. Complexity: O(rows).
  public func compare(
    _ comparison: Comparison, _ left: Span<UInt64>, _ right: Span<UInt64>,
    into truths: inout [UInt8]
  ) {
    let count = min(left.count, right.count)
    if truths.count < count {
      truths.append(contentsOf: repeatElement(0, count: count - truths.count))
    }
    var out = truths.mutableSpan
    if ValueStore.areIntegers(left, right, count) {
      return ValueStore.compareIntegers(comparison, left, right, count, &out)
    }
    // Taken once: the table of wide values is an object, and each access to it is checked.
    let wides = self.wides.bounds
    for i in 0..<count {
      let a = left[i]
      let b = right[i]
      if a != b, comparison.isByMeaning, let (aLow, aHigh) = ValueStore.integers(a, wides),
        let (bLow, bHigh) = ValueStore.integers(b, wides)
      {
        out[i] = ValueStore.truth(comparison, aLow, aHigh, bLow, bHigh)
      } else {
        out[i] = compare(comparison, Word(bits: a), Word(bits: b)).rawValue
      }
    }
  }

  private static let integerTag = Word(kind: .integer, payload: 0).bits &>> 48
  private static let wideTag = Word(kind: .wide, payload: 0).bits &>> 48

  private static func areIntegers(
    _ left: Span<UInt64>, _ right: Span<UInt64>, _ count: Int
  ) -> Bool {
    let tag = integerTag
    var difference: UInt64 = 0
    for i in 0..<count { difference |= (left[i] &>> 48 ^ tag) | (right[i] &>> 48 ^ tag) }
    return difference == 0
  }

  /// Words of integers sort by value, and differ by less than 2^63, so that the upper bit of a
  /// difference says which is less. Without a branch: half of the rows may go either way.
  private static func compareIntegers(
    _ comparison: Comparison, _ left: Span<UInt64>, _ right: Span<UInt64>, _ count: Int,
    _ out: inout MutableSpan<UInt8>
  ) {
    let never = Truth.never.rawValue
    switch comparison {
    case .less: for i in 0..<count { out[i] = never &* (1 &- sign(left[i] &- right[i])) }
    case .greaterOrEqual: for i in 0..<count { out[i] = never &* sign(left[i] &- right[i]) }
    case .greater: for i in 0..<count { out[i] = never &* (1 &- sign(right[i] &- left[i])) }
    case .lessOrEqual: for i in 0..<count { out[i] = never &* sign(right[i] &- left[i]) }
    case .equal, .inside, .overlaps:
      for i in 0..<count {
        let difference = left[i] ^ right[i]
        out[i] = never &* sign(difference | (0 &- difference))
      }
    case .notEqual:
      for i in 0..<count {
        let difference = left[i] ^ right[i]
        out[i] = never &* (1 &- sign(difference | (0 &- difference)))
      }
    }
  }

  /// The upper bit of a word.
  @inline(__always)
  private static func sign(_ word: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word &>> 63) }

  /// The words of the bounds of a small integer or of a range of such; nil for anything else.
  @inline(__always)
  private static func integers(
    _ bits: UInt64, _ wides: WideTable.Bounds
  ) -> (UInt64, UInt64)? {
    let tag = bits &>> 48
    if tag == integerTag { return (bits, bits) }
    guard tag == wideTag else { return nil }
    let id = Int(truncatingIfNeeded: bits & 0xFFFF_FFFF)
    let lower = wides.lower[id]
    let upper = wides.upper[id]
    guard wides.kinds[id] == WideKind.range.rawValue, lower &>> 48 == integerTag,
      upper &>> 48 == integerTag
    else { return nil }
    return (lower, upper)
  }

  /// How two values that are not the same compare by their bounds.
  @inline(__always)
  private static func truth(
    _ comparison: Comparison, _ aLow: UInt64, _ aHigh: UInt64, _ bLow: UInt64, _ bHigh: UInt64
  ) -> UInt8 {
    var isCertain: Bool
    var isPossible: Bool
    switch comparison {
    case .less: (isCertain, isPossible) = (aHigh < bLow, aLow < bHigh)
    case .lessOrEqual: (isCertain, isPossible) = (aHigh <= bLow, aLow <= bHigh)
    case .greater: (isCertain, isPossible) = (aLow > bHigh, aHigh > bLow)
    case .greaterOrEqual: (isCertain, isPossible) = (aLow >= bHigh, aHigh >= bLow)
    case .inside, .overlaps, .equal, .notEqual:
      isPossible = aLow <= bHigh && bLow <= aHigh
      isCertain = isPossible
      if comparison == .inside { isCertain = bLow <= aLow && aHigh <= bHigh }
    }
    if isCertain { return Truth.certain.rawValue }
    return isPossible ? Truth.possible.rawValue : Truth.never.rawValue
  }
}

extension Comparison {
  /// Whether it looks at what values mean, not at which they are.
  fileprivate var isByMeaning: Bool { self != .equal && self != .notEqual }
}
