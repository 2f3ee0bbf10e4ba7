import FactModel

/// One value of a plain fact, before symbols are interned: 16 bytes, and no text of its own.
public struct FactCell: Sendable, Hashable {
  /// What `payload` holds.
  public enum Kind: UInt8, Sendable {
    /// A symbol: `payload` is the offset of its first byte in the source, `length` its bytes.
    case symbol
    /// An integer: `payload` itself.
    case integer
    /// A number: the bits of the double.
    case number
    /// A date: the bits of its word.
    case date
    /// `_`
    case unknown
  }

  /// What it is.
  public let kind: Kind
  /// How many bytes a symbol has.
  public let length: UInt32
  /// The value, by kind.
  public let payload: Int64

  init(_ kind: Kind, _ payload: Int64, length: Int = 0) {
    self.kind = kind
    self.length = UInt32(truncatingIfNeeded: length)
    self.payload = payload
  }

  /// The bytes of a symbol in the source.
  public var symbolRange: Range<Int> { Int(payload)..<Int(payload) + Int(length) }

  /// The value as the syntax tree would hold it.
  public func value(in source: SourceText) -> Value {
    switch kind {
    case .symbol: return .symbol(String(decoding: source.bytes[symbolRange], as: UTF8.self))
    case .integer: return .integer(payload)
    case .number: return .number(Double(bitPattern: UInt64(bitPattern: payload)))
    case .date:
      return .date(CalendarDate(word: Word(bits: UInt64(bitPattern: payload))))
    case .unknown: return .unknown
    }
  }
}

/// Plain facts of one relation that stand one after the other: constants by position, no qualifiers
/// of their own. A file of a million facts is read as a few hundred of these, without a tree.
public struct FactBatch: Sendable {
  /// The most facts that one batch holds.
  public static let capacity = 4_096

  /// The relation.
  public let relation: String
  /// How many values each fact has.
  public let arity: Int
  /// The qualifiers of the `with` blocks around the facts.
  public let qualifiers: [Qualifier]
  /// The values, fact after fact.
  public internal(set) var cells: [FactCell] = []
  /// The byte offset at which each fact starts.
  public internal(set) var starts: [Int] = []

  /// How many facts there are.
  public var count: Int { starts.count }

  /// One fact as the parser would have given it: for errors, which want places, and for whoever
  /// has no use for batches.
  public func statement(_ index: Int, in source: SourceText) -> Statement? {
    var parser = StatementParser(source)
    parser.token = parser.lexer.token(from: starts[index], startsLine: true)
    parser.blocks = [(qualifiers, SourceSpan(0, 0))]
    return parser.next()
  }
}

/// What `StatementParser.nextItem` returns.
public enum ScriptItem: Sendable {
  /// A statement of any kind, also a fact with more than plain constants.
  case statement(Statement)
  /// Plain facts of one relation, in order.
  case facts(FactBatch)
}
