import CLMDB

/// The key of a stored value: a letter for what it is, and numbers that sort.
struct StoreKey: Hashable {
  let bytes: [UInt8]

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = Array(bytes) }

  private init(_ kind: Character, _ numbers: Int...) {
    var bytes = [kind.asciiValue ?? 0]
    for number in numbers {
      withUnsafeBytes(of: UInt64(number).bigEndian) { bytes.append(contentsOf: $0) }
    }
    self.bytes = bytes
  }

  /// What the file is and in which format.
  static let format = StoreKey("!")
  /// What there is: relations, tables, dictionaries.
  static let catalogue = StoreKey("c")
  /// The rules and queries as text.
  static let program = StoreKey("p")
  /// The statement of a number.
  static func log(_ number: Int) -> StoreKey { StoreKey("l", number) }
  /// A large value that is written once: codes of a column, a dictionary, an index.
  static func blob(_ number: Int) -> StoreKey { StoreKey("s", number) }
  /// The segments of a table.
  static func directory(_ table: Int) -> StoreKey { StoreKey("d", table) }

  /// Whether this is a key of the same letter.
  func isLike(_ other: StoreKey) -> Bool { bytes.first == other.bytes.first }

  /// The number at a place, 0 where there is none.
  func number(_ place: Int) -> Int {
    let start = 1 + place * 8
    guard start + 8 <= bytes.count else { return 0 }
    return bytes[start..<start + 8].reduce(0) { $0 << 8 | Int($1) }
  }

  func withValue<Result>(_ body: (inout MDB_val) -> Result) -> Result {
    bytes.withUnsafeBytes { source in
      // LMDB only reads the key.
      var value = MDB_val(
        mv_size: source.count, mv_data: UnsafeMutableRawPointer(mutating: source.baseAddress))
      return body(&value)
    }
  }
}
