/// Texts that lie in one run of bytes and are interned together.
///
/// The owner says where they lie and has ranges of them hashed, from several threads if it likes;
/// `SymbolTable.intern` then gives each its id. The memory is kept from batch to batch.
package final class SymbolBatch {
  /// Where each text lies: its offset in the lower 32 bits, its length above; or `missing`.
  package private(set) var tokens: UnsafeMutablePointer<UInt64>
  /// The ids, by position; meaningless for those that are missing.
  package private(set) var ids: UnsafeMutablePointer<UInt32>
  /// The upper halves of the hashes of those that have no prefix with a number.
  private(set) var hashes: UnsafeMutablePointer<UInt32>
  /// How each is found.
  private(set) var keys: UnsafeMutablePointer<SymbolKey>
  /// How many texts there are.
  package private(set) var count = 0
  private var capacity: Int
  let fresh = [Fresh(), Fresh()]
  /// How many new texts come before each 64 positions.
  let ranks = GrowingMemory<UInt32>()

  /// The texts of one lane that were not there yet.
  final class Fresh {
    /// Where they are, in no order.
    private(set) var positions = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    /// The slots in which they were entered, or their places in pages of numbers.
    private(set) var slots = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private(set) var count = 0
    /// The positions of texts that are equal to one of them.
    private(set) var repeated = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private(set) var repeatedCount = 0
    /// A bit for each position of the batch.
    private(set) var marks = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    private var capacity = 1

    deinit { release() }

    private func release() {
      positions.deallocate()
      slots.deallocate()
      repeated.deallocate()
      marks.deallocate()
    }

    /// Says of a slot that it is a place in pages of numbers.
    static let isPlace: UInt32 = 1 << 31

    /// Notes a new text.
    @inline(__always)
    func add(_ at: Int, slot: UInt32) {
      positions[count] = UInt32(truncatingIfNeeded: at)
      slots[count] = slot
      marks[at &>> 6] |= 1 &<< UInt64(at & 63)
      count &+= 1
    }

    /// Notes a text that is equal to a new one.
    @inline(__always)
    func noteRepeated(_ at: Int) {
      repeated[repeatedCount] = UInt32(truncatingIfNeeded: at)
      repeatedCount &+= 1
    }

    /// Empty, with room for all texts of a batch.
    func reset(count: Int) {
      self.count = 0
      repeatedCount = 0
      if count > capacity {
        release()
        positions = .allocate(capacity: count)
        slots = .allocate(capacity: count)
        repeated = .allocate(capacity: count)
        marks = .allocate(capacity: (count + 63) / 64)
        capacity = count
      }
      marks.update(repeating: 0, count: (count + 63) / 64)
    }
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
    keys = .allocate(capacity: 1)
  }

  deinit {
    tokens.deallocate()
    ids.deallocate()
    hashes.deallocate()
    keys.deallocate()
  }

  /// Makes it a batch of so many texts, none of which is said yet.
  package func reset(count: Int) {
    self.count = count
    guard count > capacity else { return }
    tokens.deallocate()
    ids.deallocate()
    hashes.deallocate()
    keys.deallocate()
    tokens = .allocate(capacity: count)
    ids = .allocate(capacity: count)
    hashes = .allocate(capacity: count)
    keys = .allocate(capacity: count)
    capacity = count
  }

  /// Says how the texts of a range are found, which lie in `source`.
  package func hash(
    _ range: Range<Int>, in source: UnsafeRawBufferPointer, for symbols: SymbolTable
  ) {
    hash(range, in: source, symbols.storage.prefixes)
  }

  func hash(_ range: Range<Int>, in source: UnsafeRawBufferPointer, _ prefixes: PrefixTable) {
    let tokens = tokens
    let hashes = hashes
    let keys = keys
    guard let base = source.baseAddress else {
      // Only empty texts lie nowhere.
      for position in range {
        hashes[position] = SymbolHash.upper(base: nil, count: 0)
        keys[position] = SymbolKey(hash: hashes[position])
      }
      return
    }
    var memo = PrefixTable.Memo()
    for position in range where tokens[position] != SymbolBatch.missing {
      let (offset, length) = SymbolBatch.place(tokens[position])
      let text = base + offset
      let (prefix, number) = NumberedText.split(text, length, before: offset)
      if number > 0, let found = prefixes.number(of: text, prefix, &memo) {
        keys[position] = SymbolKey(prefix: found, number: number)
        continue
      }
      let hash = SymbolHash.upper(base: text, count: length)
      hashes[position] = hash
      keys[position] = SymbolKey(hash: hash)
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
