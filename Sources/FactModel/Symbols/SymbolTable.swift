/// The table that gives each distinct text one small number.
///
/// Texts are compared by their UTF-8 bytes, without Unicode normalisation. Ids count up from 0, so
/// that interning the texts of a stored table in their order gives them their ids back. Not safe
/// for use by two threads while one interns.
public final class SymbolTable {
  let storage = SymbolStorage()

  /// An empty table.
  public init() {}

  /// The number of texts.
  public var count: Int { storage.count }

  /// Takes over the texts of a base, which keep their ids; there must be none yet.
  func adopt(_ dictionary: StoredDictionary) { storage.adopt(dictionary) }

  /// Gives back the memory of texts that lie in a base by now; ids stay the same.
  func rebase(_ dictionary: StoredDictionary) { storage.rebase(dictionary) }

  /// The memory that the table holds, in bytes.
  public var byteCount: Int { storage.byteCount }

  /// The id of a text, new if it is not there yet. Complexity: O(length) on average.
  public func intern(_ text: String) -> UInt32 {
    var text = text
    return text.withUTF8 { intern(UnsafeRawBufferPointer($0)) }
  }

  /// The id of a text given as UTF-8, new if it is not there yet.
  public func intern(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    storage.intern(bytes)
  }

  /// The id of a text given as UTF-8, new if it is not there yet.
  public func intern(_ bytes: Span<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes { intern($0) }
  }

  /// The id of a text that is there, else nil.
  public func find(_ text: String) -> UInt32? {
    var text = text
    return text.withUTF8 { find(UnsafeRawBufferPointer($0)) }
  }

  /// The id of a text given as UTF-8 that is there, else nil.
  public func find(_ bytes: UnsafeRawBufferPointer) -> UInt32? {
    storage.find(bytes)
  }

  /// The id of a text given as UTF-8 that is there, else nil.
  public func find(_ bytes: Span<UInt8>) -> UInt32? {
    bytes.withUnsafeBytes { find($0) }
  }

  /// The text of an id. Complexity: O(length); invalid UTF-8 is repaired.
  public func text(_ id: UInt32) -> String {
    withBytes(id) { String(decoding: $0, as: UTF8.self) }
  }

  /// Lends the bytes of an id.
  public func withBytes<Result>(
    _ id: UInt32, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try storage.withBytes(id, body)
  }

  /// Appends the bytes of an id's text.
  public func append(_ id: UInt32, to output: inout [UInt8]) { storage.append(id, to: &output) }

  /// The first eight bytes of an id's text as a number that sorts as they do; zeros stand behind a
  /// shorter one.
  public func prefix(_ id: UInt32) -> UInt64 { storage.prefix(id, from: 0) }

  /// Puts numbers in the place of symbols' words that sort as their texts do, but may tie: the eight
  /// bytes after those that all texts begin with. Complexity: O(words).
  package func replaceByPrefixes(_ words: inout [UInt64]) {
    guard let first = words.first.map({ Word(bits: $0).symbol }) else { return }
    var shared = Int.max
    for word in words.dropFirst() where shared > 0 && Word(bits: word).symbol != first {
      shared = storage.sharedCount(first, Word(bits: word).symbol, limit: shared)
    }
    if shared == .max { shared = 0 }
    for index in words.indices {
      words[index] = storage.prefix(Word(bits: words[index]).symbol, from: shared)
    }
  }

  /// −1, 0 or 1 as the first text sorts before, with or after the second, by code point.
  public func order(_ left: UInt32, _ right: UInt32) -> Int {
    if left == right { return 0 }
    return storage.order(left, right)
  }

  /// The ids of many texts that lie in one run of bytes, new ones in the order of their appearance.
  ///
  /// All are hashed first, then all slots are fetched, then bytes compared, so that the waits for
  /// memory overlap.
  ///
  /// - Parameters:
  ///   - bytes: the run of bytes.
  ///   - starts: where each text begins in it.
  ///   - lengths: the number of bytes of each, as many as there are starts.
  ///   - ids: the ids are added at its end.
  public func internBatch(
    _ bytes: Span<UInt8>, starts: Span<UInt32>, lengths: Span<UInt32>, into ids: inout [UInt32]
  ) {
    bytes.withUnsafeBytes { storage.internBatch($0, starts: starts, lengths: lengths, into: &ids) }
  }

  /// The ids of texts that lie one after the other; text `i` is `offsets[i]..<offsets[i + 1]`.
  public func internBatch(_ bytes: Span<UInt8>, offsets: Span<UInt32>) -> [UInt32] {
    guard offsets.count > 1 else { return [] }
    let count = offsets.count - 1
    var lengths = [UInt32](repeating: 0, count: count)
    for i in 0..<count { lengths[i] = offsets[i + 1] - offsets[i] }
    var ids: [UInt32] = []
    ids.reserveCapacity(count)
    internBatch(
      bytes, starts: offsets.extracting(0..<count), lengths: lengths.span, into: &ids)
    return ids
  }

  /// Ranks of all ids by code point: `ranks[id]` is the place of the text among all of them.
  ///
  /// For sorting many rows by text: sort the distinct ids once, then compare ranks.
  public func ranks() -> [UInt32] {
    let sorted = sorted(Array(0..<UInt32(count)))
    var ranks = [UInt32](repeating: 0, count: count)
    for (rank, id) in sorted.enumerated() { ranks[Int(id)] = UInt32(rank) }
    return ranks
  }

  /// Ids sorted by the code points of their texts.
  public func sorted(_ ids: [UInt32]) -> [UInt32] {
    // The first eight bytes decide nearly always and spare two looks into the arena.
    var keyed = ids.map { (key: storage.prefix($0, from: 0), id: $0) }
    keyed.sort { left, right in
      if left.key != right.key { return left.key < right.key }
      return storage.order(left.id, right.id) < 0
    }
    return keyed.map(\.id)
  }
}
