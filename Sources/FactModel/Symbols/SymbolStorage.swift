import Glibc

/// The hash of a text, eight bytes at a time.
enum SymbolHash {
  private static let first: UInt64 = 0xA076_1D64_78BD_642F
  private static let second: UInt64 = 0xE703_7ED1_A0B4_28DB

  @inline(__always)
  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  /// Complexity: O(length).
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let count = bytes.count
    var state = first ^ UInt64(truncatingIfNeeded: count)
    var offset = 0
    while offset &+ 8 <= count {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      state = fold(state ^ word, second)
      offset &+= 8
    }
    if offset < count {
      var word: UInt64 = 0
      if count >= 8 {
        word = bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      } else {
        while offset < count {
          word = word &<< 8 | UInt64(bytes[offset])
          offset &+= 1
        }
      }
      state = fold(state ^ word, first)
    }
    return fold(state, second ^ first)
  }
}

/// The arena, offsets and slots of a symbol table.
struct SymbolStorage {
  /// Where one text is: 16 bytes, so that a lookup touches one slot and the bytes themselves.
  struct Slot {
    /// The upper half of the hash: says where the slot is, and is compared before any bytes are.
    var hash: UInt32 = 0
    /// The id plus one; 0 where the slot is free.
    var idPlusOne: UInt32 = 0
    /// Where the bytes begin, in the upper 40 bits; in the lower 24 their number, or all ones if
    /// it is larger.
    var place: UInt64 = 0

    init() {}

    init(hash: UInt64, id: UInt32, start: Int, length: Int) {
      self.hash = UInt32(truncatingIfNeeded: hash >> 32)
      idPlusOne = id + 1
      place = UInt64(start) << 24 | UInt64(min(length, Slot.longLength))
    }

    static let longLength = 0xFF_FFFF
    var start: Int { Int(place >> 24) }
    var length: Int { Int(place & 0xFF_FFFF) }
  }

  private(set) var bytes: [UInt8] = []
  /// Where each text ends; it begins where the one before ends.
  private(set) var ends: [Int] = []
  /// A power of two of them, at most half in use.
  private var slots = [Slot](repeating: Slot(), count: 1024)
  private var usedSlots = 0
  /// The texts with the lowest ids where they lie in a base.
  private(set) var stored: StoredDictionary?
  private var storedCount = 0

  /// The number of texts.
  var count: Int { storedCount + ends.count }

  /// Gives back the memory of texts that lie in a base by now; ids stay the same.
  mutating func rebase(_ dictionary: StoredDictionary) {
    precondition(dictionary.count == count, "all texts are stored")
    stored = dictionary
    storedCount = dictionary.count
    bytes = []
    ends = []
  }

  /// Takes over the texts of a base; there must be none yet.
  mutating func adopt(_ dictionary: StoredDictionary) {
    precondition(count == 0, "stored texts have the lowest ids")
    stored = dictionary
    storedCount = dictionary.count
  }

  var byteCount: Int {
    bytes.capacity + ends.capacity * MemoryLayout<Int>.stride
      + slots.capacity * MemoryLayout<Slot>.stride
  }

  func withBytes<Result>(
    _ id: UInt32, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let index = Int(id) &- storedCount
    if index < 0, let stored { return try body(stored.bytes(of: id)) }
    let start = index == 0 ? 0 : ends[index - 1]
    let end = ends[index]
    return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
  }

  /// UTF-8 bytes sort as code points do.
  func order(_ left: UInt32, _ right: UInt32) -> Int {
    withBytes(left) { a in
      withBytes(right) { b in
        let shared = min(a.count, b.count)
        if shared > 0, let p = a.baseAddress, let q = b.baseAddress {
          let difference = memcmp(p, q, shared)
          if difference != 0 { return difference < 0 ? -1 : 1 }
        }
        return a.count < b.count ? -1 : a.count > b.count ? 1 : 0
      }
    }
  }

  /// The first eight bytes as a number that sorts as they do.
  func prefix(_ id: UInt32) -> UInt64 {
    withBytes(id) { text in
      var key: UInt64 = 0
      for i in 0..<8 { key = key << 8 | (i < text.count ? UInt64(text[i]) : 0) }
      return key
    }
  }

  func find(_ text: UnsafeRawBufferPointer, hash: UInt64) -> UInt32? {
    let found = slots[slot(of: text, hash: hash)].idPlusOne
    return found == 0 ? stored?.find(text, hash: hash) : found - 1
  }

  mutating func intern(_ text: UnsafeRawBufferPointer, hash: UInt64) -> UInt32 {
    let slot = slot(of: text, hash: hash)
    let found = slots[slot].idPlusOne
    if found != 0 { return found - 1 }
    var id = UInt32(count)
    usedSlots += 1
    if let known = stored?.find(text, hash: hash) {
      // Found faster the next time.
      id = known
      slots[slot] = Slot(hash: hash, id: id, start: 0, length: text.count)
    } else {
      slots[slot] = Slot(hash: hash, id: id, start: bytes.count, length: text.count)
      bytes.append(contentsOf: text)
      ends.append(bytes.count)
    }
    if usedSlots * 2 > slots.count { grow(to: slots.count * 2) }
    return id
  }

  /// The place of a text, or the free place where it belongs.
  @inline(__always)
  private func slot(of text: UnsafeRawBufferPointer, hash: UInt64) -> Int {
    let mask = slots.count &- 1
    let upper = UInt32(truncatingIfNeeded: hash >> 32)
    var slot = Int(upper) & mask
    while slots[slot].idPlusOne != 0 {
      if slots[slot].hash == upper, holds(slots[slot], text) { break }
      slot = (slot &+ 1) & mask
    }
    return slot
  }

  @inline(__always)
  private func holds(_ slot: Slot, _ text: UnsafeRawBufferPointer) -> Bool {
    var length = slot.length
    let index = Int(slot.idPlusOne) &- 1 &- storedCount
    if index < 0, let stored {
      let known = stored.bytes(of: slot.idPlusOne &- 1)
      guard known.count == text.count else { return false }
      guard let left = known.baseAddress, let right = text.baseAddress else { return true }
      return memcmp(left, right, text.count) == 0
    }
    if length == Slot.longLength { length = ends[index] - slot.start }
    guard length == text.count else { return false }
    guard let wanted = text.baseAddress else { return true }
    return bytes.withUnsafeBytes { arena in
      guard let base = arena.baseAddress else { return text.isEmpty }
      return memcmp(base + slot.start, wanted, text.count) == 0
    }
  }

  private mutating func grow(to size: Int) {
    var larger = [Slot](repeating: Slot(), count: size)
    let mask = size - 1
    for old in slots where old.idPlusOne != 0 {
      var slot = Int(old.hash) & mask
      while larger[slot].idPlusOne != 0 { slot = (slot + 1) & mask }
      larger[slot] = old
    }
    slots = larger
  }

  /// Hashes a batch, fetches its slots, then the bytes they name, then compares: the fetches of one
  /// pass do not wait for one another.
  mutating func internBatch(
    _ source: UnsafeRawBufferPointer, starts: Span<UInt32>, lengths: Span<UInt32>,
    into ids: inout [UInt32]
  ) {
    let batch = 1024
    var hashes = [UInt64](repeating: 0, count: batch)
    var places = [Int](repeating: 0, count: batch)
    var first = 0
    while first < starts.count {
      let count = min(batch, starts.count - first)
      // Growing now keeps the slots of this batch where they are.
      if (usedSlots + count) * 2 > slots.count { grow(to: slots.count * 2) }
      for i in 0..<count {
        hashes[i] = SymbolHash.hash(text(source, starts[first + i], lengths[first + i]))
      }
      let mask = slots.count - 1
      var touched: UInt8 = 0
      for i in 0..<count {
        places[i] = Int(slots[Int(hashes[i] >> 32) & mask].place >> 24)
      }
      if !bytes.isEmpty {
        for i in 0..<count { touched |= bytes[min(places[i], bytes.count - 1)] }
      }
      // Uses what was touched, so that the pass is not optimised away; ids stay below 2^32 − 1.
      if touched == 0, self.count > Int(UInt32.max) { return }
      for i in 0..<count {
        ids.append(intern(text(source, starts[first + i], lengths[first + i]), hash: hashes[i]))
      }
      first += count
    }
  }

  @inline(__always)
  private func text(
    _ source: UnsafeRawBufferPointer, _ start: UInt32, _ length: UInt32
  ) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: source[Int(start)..<Int(start) + Int(length)])
  }
}
