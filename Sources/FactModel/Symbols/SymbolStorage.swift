import Glibc

/// The arena, offsets and slots of a symbol table.
final class SymbolStorage {
  /// The texts one after the other.
  private(set) var bytes = GrowingMemory<UInt8>()
  /// Where each text ends; it begins where the one before ends.
  private(set) var ends = GrowingMemory<Int>()
  let lanes = [SymbolLane(), SymbolLane()]
  /// The prefixes of texts that end in a number.
  let prefixes = PrefixTable()
  /// The texts with the lowest ids where they lie in a base.
  private(set) var stored: StoredDictionary?
  private(set) var storedCount = 0
  private let one = SymbolBatch()

  /// The number of texts.
  var count: Int { storedCount + ends.count }

  /// Gives back the memory of texts that lie in a base by now; ids stay the same.
  func rebase(_ dictionary: StoredDictionary) {
    precondition(dictionary.count == count, "all texts are stored")
    stored = dictionary
    storedCount = dictionary.count
    bytes = GrowingMemory()
    ends = GrowingMemory()
    for lane in lanes where lane.byteCount > SymbolStorage.slotLimit { lane.clear() }
  }

  /// Bytes of slots that are kept when texts are left to a base: they are found sooner by them.
  private static let slotLimit = 24 << 20

  /// Takes over the texts of a base; there must be none yet.
  func adopt(_ dictionary: StoredDictionary) {
    precondition(count == 0, "stored texts have the lowest ids")
    stored = dictionary
    storedCount = dictionary.count
  }

  var byteCount: Int {
    bytes.byteCount + ends.byteCount + lanes.reduce(0) { $0 + $1.byteCount }
  }

  func withBytes<Result>(
    _ id: UInt32, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let index = Int(id) &- storedCount
    if index < 0, let stored { return try body(stored.bytes(of: id)) }
    // A damaged base may name a text that is not there.
    guard index >= 0, index < ends.count else {
      return try body(UnsafeRawBufferPointer(start: nil, count: 0))
    }
    let start = start(of: id)
    return try body(
      UnsafeRawBufferPointer(
        start: UnsafeRawPointer(bytes.base) + start, count: ends.base[index] - start))
  }

  /// Where a text that is not stored begins.
  @inline(__always)
  func start(of id: UInt32) -> Int {
    let index = Int(id) &- storedCount
    return index == 0 ? 0 : ends.base[index &- 1]
  }

  /// Appends the bytes of a text.
  func append(_ id: UInt32, to output: inout [UInt8]) {
    withBytes(id) { output.append(contentsOf: $0) }
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

  /// The eight bytes from `start` on as a number that sorts as they do.
  func prefix(_ id: UInt32, from start: Int) -> UInt64 {
    withBytes(id) { text in
      if text.count >= start &+ 8 {
        return UInt64(
          bigEndian: text.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      }
      var key: UInt64 = 0
      for i in start..<start &+ 8 { key = key &<< 8 | (i < text.count ? UInt64(text[i]) : 0) }
      return key
    }
  }

  /// How many bytes two texts begin with alike, `limit` at most.
  func sharedCount(_ left: UInt32, _ right: UInt32, limit: Int) -> Int {
    withBytes(left) { a in
      withBytes(right) { b in
        let end = min(a.count, b.count, limit)
        var count = 0
        while count < end, a[count] == b[count] { count &+= 1 }
        return count
      }
    }
  }

  /// How a text is found, and the upper half of its hash, which one that ends in a number may need.
  private func key(_ text: UnsafeRawPointer, _ count: Int) -> (key: SymbolKey, hash: UInt32) {
    let hash = SymbolHash.upper(base: text, count: count)
    let (prefix, number) = NumberedText.split(text, count, before: 0)
    var memo = PrefixTable.Memo()
    if number > 0, let found = prefixes.number(of: text, prefix, &memo) {
      return (SymbolKey(prefix: found, number: number), hash)
    }
    return (SymbolKey(hash: hash), hash)
  }

  func find(_ text: UnsafeRawBufferPointer) -> UInt32? {
    let base = text.baseAddress ?? UnsafeRawPointer(bytes.base)
    let (key, hash) = key(base, text.count)
    let lane = lanes[key.lane]
    if key.hasNumber {
      let page = lane.pages.page(of: key, adding: false)
      if let ids = page.ids {
        let known = ids[key.placeInPage]
        return known != 0 ? known - 1 : findStored(base, text.count, hash)
      }
    }
    let slot = lane.slots[self.slot(of: base, text.count, hash, in: lane)]
    return slot.idPlusOne == 0 ? findStored(base, text.count, hash) : slot.idPlusOne - 1
  }

  func intern(_ text: UnsafeRawBufferPointer) -> UInt32 {
    let base = text.baseAddress ?? UnsafeRawPointer(bytes.base)
    let (key, hash) = key(base, text.count)
    let lane = lanes[key.lane]
    let start = bytes.count
    if key.hasNumber {
      let page = lane.pages.page(of: key, adding: true)
      if let ids = page.ids {
        let known = ids[key.placeInPage]
        if known != 0 { return known - 1 }
        let id = findStored(base, text.count, hash) ?? append(base, text.count)
        ids[key.placeInPage] = id + 1
        lane.pages.noteTexts(1, of: page)
        return id
      }
    }
    lane.reserve(1)
    let slot = slot(of: base, text.count, hash, in: lane)
    let found = lane.slots[slot].idPlusOne
    if found != 0 { return found - 1 }
    lane.used += 1
    if let known = findStored(base, text.count, hash) {
      // Found faster the next time.
      lane.slots[slot] = SymbolLane.Slot(hash: hash, id: known, start: 0, length: text.count)
      return known
    }
    let id = append(base, text.count)
    lane.slots[slot] = SymbolLane.Slot(hash: hash, id: id, start: start, length: text.count)
    return id
  }

  /// Appends a new text and returns its id.
  private func append(_ text: UnsafeRawPointer, _ length: Int) -> UInt32 {
    let id = UInt32(count)
    let start = bytes.count
    bytes.reserve(length)
    if length > 0 { memcpy(bytes.base + start, text, length) }
    bytes.count = start + length
    ends.append(bytes.count)
    return id
  }

  /// The place of a text, or the free place where it belongs.
  @inline(__always)
  private func slot(
    of text: UnsafeRawPointer, _ length: Int, _ hash: UInt32, in lane: SymbolLane
  ) -> Int {
    let slots = lane.slots
    let mask = lane.mask
    var slot = Int(hash) & mask
    while slots[slot].idPlusOne != 0 {
      if slots[slot].hash == hash, holds(slots[slot], text, length) { break }
      slot = (slot &+ 1) & mask
    }
    return slot
  }

  /// Whether a slot is that of a text.
  @inline(__always)
  func holds(_ slot: SymbolLane.Slot, _ text: UnsafeRawPointer, _ length: Int) -> Bool {
    var known = slot.length
    let index = Int(slot.idPlusOne) &- 1 &- storedCount
    if index < 0 { return holdsStored(slot.idPlusOne &- 1, text, length) }
    if known == SymbolLane.Slot.longLength { known = ends.base[index] - slot.start }
    guard known == length else { return false }
    return SymbolHash.isEqual(UnsafeRawPointer(bytes.base) + slot.start, text, length)
  }

  private func holdsStored(_ id: UInt32, _ text: UnsafeRawPointer, _ length: Int) -> Bool {
    guard let known = stored?.bytes(of: id), known.count == length else { return false }
    guard let base = known.baseAddress else { return true }
    return SymbolHash.isEqual(base, text, length)
  }

  /// The id of a text that lies in a base.
  func findStored(_ text: UnsafeRawPointer, _ length: Int, _ hash: UInt32) -> UInt32? {
    guard let stored else { return nil }
    return stored.find(
      UnsafeRawBufferPointer(start: text, count: length), hash: UInt64(hash) << 32)
  }

  /// The ids of many texts, one after the other in the order of `starts`.
  func internBatch(
    _ source: UnsafeRawBufferPointer, starts: Span<UInt32>, lengths: Span<UInt32>,
    into ids: inout [UInt32]
  ) {
    one.reset(count: starts.count)
    for i in 0..<starts.count {
      one.tokens[i] = UInt64(lengths[i]) << 32 | UInt64(starts[i])
    }
    one.hash(0..<starts.count, in: source, prefixes)
    intern(one, in: source)
    ids.append(contentsOf: UnsafeBufferPointer(start: one.ids, count: starts.count))
  }
}
