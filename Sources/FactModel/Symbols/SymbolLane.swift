/// The slots of one half of all texts, so that two threads can intern at the same time.
///
/// Open addressing over memory of its own, at most three quarters in use.
final class SymbolLane {
  /// Where one text is: 16 bytes, so that a lookup touches one slot and the bytes themselves.
  struct Slot: BitwiseCopyable {
    /// The upper half of the hash: says where the slot is, and is compared before any bytes are.
    var hash: UInt32
    /// The id plus one; 0 where the slot is free.
    var idPlusOne: UInt32
    /// Where the bytes begin, in the upper 40 bits; in the lower 24 their number, or all ones if
    /// it is larger.
    var place: UInt64

    @inline(__always)
    init(hash: UInt32, id: UInt32, start: Int, length: Int) {
      self.hash = hash
      idPlusOne = id &+ 1
      place =
        UInt64(truncatingIfNeeded: start) &<< 24
        | UInt64(truncatingIfNeeded: min(length, Slot.longLength))
    }

    static let longLength = 0xFF_FFFF
    var start: Int { Int(truncatingIfNeeded: place &>> 24) }
    var length: Int { Int(truncatingIfNeeded: place & 0xFF_FFFF) }
  }

  /// How many lanes there are; one bit of a text's key says which.
  static let count = 2

  private(set) var slots: UnsafeMutablePointer<Slot>
  /// The number of slots, a power of two, less one.
  private(set) var mask: Int
  var used = 0
  /// Texts that are found by the number at their end rather than by a slot.
  private(set) var pages = NumberPages()
  /// Keeps reads ahead from being optimised away.
  var touched: UInt64 = 0

  init() {
    mask = 511
    slots = SymbolLane.memory(512)
  }

  deinit { LargePages.release(slots, slotBytes) }

  /// Bytes held.
  var byteCount: Int { slotBytes + pages.byteCount }
  private var slotBytes: Int { (mask + 1) * MemoryLayout<Slot>.stride }

  private static func memory(_ size: Int) -> UnsafeMutablePointer<Slot> {
    let memory = LargePages.allocate(size * MemoryLayout<Slot>.stride)
    return memory.bindMemory(to: Slot.self, capacity: size)
  }

  /// Forgets all texts.
  func clear() {
    LargePages.release(slots, slotBytes)
    mask = 511
    used = 0
    slots = SymbolLane.memory(512)
    pages = NumberPages()
  }

  /// Makes room for more texts; true where that has moved those that are there.
  @discardableResult
  func reserve(_ additional: Int) -> Bool {
    let needed = used + additional
    guard needed * 4 > (mask + 1) * 3 else { return false }
    var size = (mask + 1) * 2
    while needed * 4 > size * 3 { size *= 2 }
    let larger = SymbolLane.memory(size)
    for at in 0...mask where slots[at].idPlusOne != 0 {
      var slot = Int(slots[at].hash) & (size &- 1)
      while larger[slot].idPlusOne != 0 { slot = (slot &+ 1) & (size &- 1) }
      larger[slot] = slots[at]
    }
    LargePages.release(slots, slotBytes)
    slots = larger
    mask = size - 1
    return true
  }

  /// Where an id is, which was entered under a hash.
  func slot(of id: UInt32, hash: UInt32) -> Int {
    var slot = Int(hash) & mask
    while slots[slot].idPlusOne != id &+ 1 { slot = (slot &+ 1) & mask }
    return slot
  }
}
