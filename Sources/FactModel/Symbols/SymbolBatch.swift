/// Texts that lie in one run of bytes and are interned together.
///
/// The owner says where they lie and has ranges of them hashed, from several threads if it likes;
/// `SymbolTable.intern` then gives each its id. The memory is kept from batch to batch.
package final class SymbolBatch {
  /// Where each text lies: its offset in the lower 32 bits, its length above; or `missing`.
  package private(set) var tokens: UnsafeMutablePointer<UInt64>
  /// The ids, by position; meaningless for those that are missing.
  package private(set) var ids: UnsafeMutablePointer<UInt32>
  /// The upper halves of the hashes.
  private(set) var hashes: UnsafeMutablePointer<UInt32>
  /// How many texts there are.
  package private(set) var count = 0
  private var capacity: Int
  let fresh = [Fresh(), Fresh()]

  /// The texts of one lane that were not there yet.
  final class Fresh {
    let positions = GrowingMemory<UInt32>()
    let slots = GrowingMemory<UInt32>()
    let ids = GrowingMemory<UInt32>()
  }

  /// No text.
  package static let missing = UInt64.max
  /// Texts from which on two threads share them.
  static let parallelCount = 4096

  /// An empty batch.
  package init() {
    capacity = 1
    tokens = .allocate(capacity: 1)
    ids = .allocate(capacity: 1)
    hashes = .allocate(capacity: 1)
  }

  deinit {
    tokens.deallocate()
    ids.deallocate()
    hashes.deallocate()
  }

  /// Makes it a batch of so many texts, none of which is said yet.
  package func reset(count: Int) {
    self.count = count
    guard count > capacity else { return }
    tokens.deallocate()
    ids.deallocate()
    hashes.deallocate()
    tokens = .allocate(capacity: count)
    ids = .allocate(capacity: count)
    hashes = .allocate(capacity: count)
    capacity = count
  }

  /// Hashes the texts of a range, which lie in `source`.
  package func hash(_ range: Range<Int>, in source: UnsafeRawBufferPointer) {
    for position in range where tokens[position] != SymbolBatch.missing {
      let (offset, length) = SymbolBatch.place(tokens[position])
      hashes[position] = UInt32(
        truncatingIfNeeded: SymbolHash.hash(
          base: source.baseAddress.map { $0 + offset }, count: length) &>> 32)
    }
  }

  /// Gives each text its id; their hashes must be there.
  package func ids(of symbols: SymbolTable, in source: UnsafeRawBufferPointer) {
    symbols.storage.intern(self, in: source)
  }

  /// Writes the words of some texts, from a position on; missing ones are unknown.
  package func words(_ first: Int, count: Int, into words: UnsafeMutablePointer<UInt64>) {
    let tag = Word(symbol: 0).bits
    for i in 0..<count {
      var word = tag | UInt64(ids[first &+ i])
      if tokens[first &+ i] == SymbolBatch.missing { word = Word.unknown.bits }
      words[i] = word
    }
  }

  /// Offset and length of a text.
  @inline(__always)
  static func place(_ token: UInt64) -> (offset: Int, length: Int) {
    (Int(truncatingIfNeeded: token & 0xFFFF_FFFF), Int(truncatingIfNeeded: token &>> 32))
  }
}
