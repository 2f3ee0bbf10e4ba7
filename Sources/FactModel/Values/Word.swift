/// What a word holds, read from its upper 16 bits.
public enum WordKind: UInt8, Sendable, CaseIterable {
  /// An IEEE double that is no integer; the bits are the number itself.
  case number = 0
  /// An integer within ±2^47.
  case integer
  /// A calendar date or date-time: first second and precision.
  case date
  /// The id of an interned symbol.
  case symbol
  /// The id of an interned wide value: a range, a vague date or a larger integer.
  case wide
  /// A value that is not known.
  case unknown
  /// The attribute that a denial leaves open: agrees with every value.
  case anything
}

/// One value in 64 bits; equality of words is equality of values.
///
/// Numbers are their IEEE bits. Everything else lives in the NaN space as 16 bits of kind and 48 of
/// payload, so a fraction never needs a side table and a symbol never needs more than its id. Words
/// are canonical on entry: no NaN, no −0, and an integral number that fits is the integer. Words of
/// one kind other than `number` differ only in their payload, so that a column of them can be kept
/// as a base word and small unsigned codes.
public struct Word: Hashable, Sendable {
  /// The 64 bits as stored.
  public let bits: UInt64

  /// Takes bits that are already canonical, as read back from a column.
  @inlinable public init(bits: UInt64) { self.bits = bits }

  /// The first bits of each kind in the NaN space; a negative quiet NaN is never a number here.
  @usableFromInline static let tagBase: UInt64 = 0xFFF8_0000_0000_0000

  /// The 48 bits under the kind.
  @usableFromInline static let payloadMask: UInt64 = 0x0000_FFFF_FFFF_FFFF

  /// A word of a kind other than `number`, with its 48-bit payload.
  @inlinable public init(kind: WordKind, payload: UInt64) {
    bits = Word.tagBase &+ (UInt64(kind.rawValue) &<< 48) | (payload & Word.payloadMask)
  }

  /// What this word holds. Complexity: O(1).
  @inlinable public var kind: WordKind {
    guard bits > Word.tagBase else { return .number }
    return WordKind(rawValue: UInt8(truncatingIfNeeded: bits &>> 48) & 7) ?? .number
  }

  /// The 48 bits under the kind; meaningless for numbers.
  @inlinable public var payload: UInt64 { bits & Word.payloadMask }

  /// The value that is not known.
  public static let unknown = Word(kind: .unknown, payload: 0)

  /// The open attribute of a denial.
  public static let anything = Word(kind: .anything, payload: 0)

  /// The integers that fit into the payload.
  public static let integerRange: ClosedRange<Int64> = -(1 << 47)...((1 << 47) - 1)

  /// An integer within `integerRange`, or nil where it needs a wide value.
  ///
  /// The payload is the integer plus 2^47, so that words of integers sort by value.
  @inlinable public init?(integer: Int64) {
    guard integer >= -(1 << 47), integer < (1 << 47) else { return nil }
    self.init(kind: .integer, payload: UInt64(bitPattern: integer &+ (1 << 47)))
  }

  /// The integer of a word of kind `integer`.
  @inlinable public var integer: Int64 { Int64(payload) &- (1 << 47) }

  /// The number of a word of kind `number`.
  @inlinable public var number: Double { Double(bitPattern: bits) }

  /// A symbol by its id.
  @inlinable public init(symbol: UInt32) { self.init(kind: .symbol, payload: UInt64(symbol)) }

  /// The id of a word of kind `symbol`.
  @inlinable public var symbol: UInt32 { UInt32(truncatingIfNeeded: bits) }

  /// A wide value by its id.
  @inlinable public init(wide: UInt32) { self.init(kind: .wide, payload: UInt64(wide)) }

  /// The id of a word of kind `wide`.
  @inlinable public var wide: UInt32 { UInt32(truncatingIfNeeded: bits) }
}
