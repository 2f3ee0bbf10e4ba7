/// The bounds of a batch of values, as unsigned keys that sort like them.
///
/// What sorted bounds are looked up by: two values of one family overlap exactly if the lower key of
/// each is at most the upper key of the other. Numbers become the bits of a double in the order of
/// its value, dates their seconds, symbols their ids; an open side is the least or greatest key of
/// all. Only integers beyond 2^53 share keys with their neighbours, which `isExact` tells: then a
/// pair that overlaps by its keys has to be compared once more.
public struct BoundKeys: Sendable {
  /// What values can have something in common with each other.
  public enum Family: UInt8, Sendable, CaseIterable {
    /// Unknown, or what a denial leaves open: nothing overlaps it.
    case none = 0
    case number, date, symbol
  }

  /// The key of the lower bound of each value.
  public private(set) var lower: [UInt64] = []
  /// The key of the upper bound of each value.
  public private(set) var upper: [UInt64] = []
  /// The raw value of each value's family.
  public private(set) var families: [UInt8] = []
  /// Whether no key so far stood for two different bounds.
  public private(set) var isExact = true

  /// Room for no values yet; grows to the longest batch.
  public init() {}

  /// Reads the bounds of a batch, in place of the last one. Complexity: O(words).
  public mutating func read(_ words: Span<UInt64>, in store: ValueStore) {
    let count = words.count
    if lower.count < count {
      let missing = count - lower.count
      lower.append(contentsOf: repeatElement(0, count: missing))
      upper.append(contentsOf: repeatElement(0, count: missing))
      families.append(contentsOf: repeatElement(0, count: missing))
    }
    // Taken once: the table of wide values is an object, and each access to it is checked.
    let wides = store.wides.bounds
    let integerTag = Word(kind: .integer, payload: 0).bits &>> 48
    let wideTag = Word(kind: .wide, payload: 0).bits &>> 48
    var lowKeys: [UInt64] = []
    var highKeys: [UInt64] = []
    var found: [UInt8] = []
    swap(&lowKeys, &lower)
    swap(&highKeys, &upper)
    swap(&found, &families)
    defer {
      swap(&lowKeys, &lower)
      swap(&highKeys, &upper)
      swap(&found, &families)
    }
    var lows = lowKeys.mutableSpan
    var highs = highKeys.mutableSpan
    var kinds = found.mutableSpan
    for i in 0..<count {
      let bits = words[i]
      let tag = bits &>> 48
      if tag == wideTag {
        let id = Int(truncatingIfNeeded: bits & 0xFFFF_FFFF)
        let low = wides.lower[id]
        let high = wides.upper[id]
        if wides.kinds[id] == WideKind.range.rawValue, low &>> 48 == integerTag,
          high &>> 48 == integerTag
        {
          lows[i] = BoundKeys.key(of: BoundKeys.integer(low))
          highs[i] = BoundKeys.key(of: BoundKeys.integer(high))
          kinds[i] = Family.number.rawValue
          continue
        }
      } else if tag == integerTag {
        let key = BoundKeys.key(of: BoundKeys.integer(bits))
        lows[i] = key
        highs[i] = key
        kinds[i] = Family.number.rawValue
        continue
      }
      let (family, low, high, exact) = BoundKeys.bounds(of: Word(bits: bits), in: store)
      lows[i] = low
      highs[i] = high
      kinds[i] = family.rawValue
      if !exact { isExact = false }
    }
  }

  // MARK: One value

  /// The keys of one value, whatever it is.
  private static func bounds(
    of word: Word, in store: ValueStore
  ) -> (Family, UInt64, UInt64, isExact: Bool) {
    switch word.kind {
    case .unknown, .anything: return (.none, 0, 0, true)
    case .symbol: return (.symbol, UInt64(word.symbol), UInt64(word.symbol), true)
    case .integer, .number, .date, .wide: break
    }
    if let interval = store.numbers(of: word) {
      return (
        .number, interval.lower.map(key(of:)) ?? 0, interval.upper.map(key(of:)) ?? .max,
        isExact(interval.lower) && isExact(interval.upper)
      )
    }
    guard let span = store.dates(of: word) else { return (.none, 0, 0, true) }
    // A date-time counts as its day beside anything but another date-time; whole days hold all of
    // their moments, so that seconds tell the same.
    let bounds = span.secondBounds
    return (
      .date, bounds.lower.map { UInt64(bitPattern: $0) &+ 1 } ?? 0,
      bounds.upper.map { UInt64(bitPattern: $0) &+ 1 } ?? .max, true
    )
  }

  private static func isExact(_ bound: Scalar?) -> Bool {
    guard case .integer(let integer) = bound else { return true }
    return integer >= -(1 << 53) && integer <= 1 << 53
  }

  private static func key(of scalar: Scalar) -> UInt64 { key(of: scalar.double) }

  /// The integer of a word of that kind, which a double holds exactly.
  @inline(__always)
  private static func integer(_ bits: UInt64) -> Double { Double(Word(bits: bits).integer) }

  /// Bits that sort like the doubles: negative ones turned over, the others above them.
  @inline(__always)
  private static func key(of number: Double) -> UInt64 {
    let bits = number.bitPattern
    let sign = UInt64(bitPattern: Int64(bitPattern: bits) &>> 63)
    return bits ^ (sign | 1 &<< 63)
  }
}
