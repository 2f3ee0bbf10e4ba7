extension ValueStore {
  /// −1, 0 or 1 as the first word sorts before, with or after the second.
  ///
  /// Kinds sort as numbers, dates, symbols, unknown. Numbers and ranges by lower, then by upper
  /// bound, dates by first, then by last moment, text by code point; an open lower side comes
  /// first, an open upper side last. It is a total order: 0 only for equal words.
  public func compareForSort(_ left: Word, _ right: Word) -> Int {
    if left == right { return 0 }
    let leftKind = left.kind
    if leftKind == right.kind {
      switch leftKind {
      case .integer: return left.bits < right.bits ? -1 : 1
      case .number: return left.number < right.number ? -1 : 1
      case .symbol: return symbols.order(left.symbol, right.symbol)
      default: break
      }
    }
    let leftCategory = category(of: left)
    let rightCategory = category(of: right)
    if leftCategory != rightCategory {
      return leftCategory.rawValue < rightCategory.rawValue ? -1 : 1
    }
    if let a = numbers(of: left), let b = numbers(of: right) {
      return ValueStore.order(a.lower, a.upper, b.lower, b.upper)
    }
    if let a = dates(of: left), let b = dates(of: right) {
      let bounds = ValueStore.order(
        a.first?.start, a.last?.lastSecond, b.first?.start, b.last?.lastSecond)
      if bounds != 0 { return bounds }
    }
    return left.bits < right.bits ? -1 : 1
  }

  /// Orders two pairs of bounds; an absent lower one is least, an absent upper one greatest.
  private static func order<Bound: Comparable>(
    _ lower: Bound?, _ upper: Bound?, _ otherLower: Bound?, _ otherUpper: Bound?
  ) -> Int {
    switch (lower, otherLower) {
    case (nil, nil): break
    case (nil, _): return -1
    case (_, nil): return 1
    case (let a?, let b?): if a != b { return a < b ? -1 : 1 }
    }
    switch (upper, otherUpper) {
    case (nil, nil): return 0
    case (nil, _): return 1
    case (_, nil): return -1
    case (let a?, let b?): return a == b ? 0 : a < b ? -1 : 1
    }
  }
}
