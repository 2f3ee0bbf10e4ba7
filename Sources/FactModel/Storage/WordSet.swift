/// An open-addressing set of 64-bit keys: words, or two symbols packed into one.
struct WordSet {
  private var slots: [UInt64] = []
  private(set) var count = 0
  private var homes: [UInt32] = []
  /// Keeps the reads that warm the cache from being optimised away.
  private var touched: UInt64 = 0

  /// No word and no packed pair has these bits.
  private static let vacant = UInt64.max

  /// Bytes held.
  var byteCount: Int { slots.capacity * 8 + homes.capacity * 4 }

  @inline(__always) private static func home(_ key: UInt64, _ size: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: ((Hashing.mix(key) &>> 32) &* size) &>> 32)
  }

  private static func locate(
    _ keys: [UInt64], _ count: Int, _ size: UInt64, _ homes: inout [UInt32]
  ) {
    var result = homes.mutableSpan
    for i in 0..<count { result[i] = home(keys[i], size) }
  }

  /// Makes room for `additional` keys, at a load of at most 0.6.
  mutating func reserve(_ additional: Int) {
    let needed = (count + additional) * 5 / 3 + 1
    guard needed > slots.count else { return }
    let size = max(16, needed, slots.count * 2)
    let old = slots
    var new = [UInt64](repeating: WordSet.vacant, count: size)
    let wideSize = UInt64(size)
    var table = new.mutableSpan
    for key in old where key != WordSet.vacant {
      var at = Int(WordSet.home(key, wideSize))
      while table[at] != WordSet.vacant {
        at &+= 1
        if at == size { at = 0 }
      }
      table[at] = key
    }
    slots = new
  }

  /// Enters the first `count` keys and writes the positions of those that were new, ascending.
  mutating func insert(_ keys: [UInt64], count: Int, fresh: inout [UInt32]) -> Int {
    reserve(count)
    grow(&homes, to: count)
    let size = slots.count
    let wideSize = UInt64(size)
    WordSet.locate(keys, count, wideSize, &homes)
    // Reading every first slot before any is compared lets the cache misses overlap.
    var warm: UInt64 = 0
    for i in 0..<count { warm = warm &+ slots[Int(homes[i])] }
    touched = warm
    var freshCount = 0
    let firsts = homes
    do {
      var table = slots.mutableSpan
      var entered = fresh.mutableSpan
      for i in 0..<count {
        let key = keys[i]
        var at = Int(firsts[i])
        var slot = table[at]
        while slot != WordSet.vacant, slot != key {
          at &+= 1
          if at == size { at = 0 }
          slot = table[at]
        }
        if slot == WordSet.vacant {
          table[at] = key
          entered[freshCount] = UInt32(truncatingIfNeeded: i)
          freshCount &+= 1
        }
      }
    }
    self.count += freshCount
    return freshCount
  }

  /// Whether a key is in the set.
  func contains(_ key: UInt64) -> Bool {
    let size = slots.count
    guard size > 0 else { return false }
    var at = Int(WordSet.home(key, UInt64(size)))
    while slots[at] != WordSet.vacant {
      if slots[at] == key { return true }
      at &+= 1
      if at == size { at = 0 }
    }
    return false
  }

  /// Writes 1 for each key that is in the set, 0 for the others.
  mutating func contains(_ keys: [UInt64], count: Int, into found: inout [UInt8]) {
    grow(&found, to: count)
    for i in 0..<count { found[i] = 0 }
    let size = slots.count
    guard size > 0 else { return }
    grow(&homes, to: count)
    let wideSize = UInt64(size)
    WordSet.locate(keys, count, wideSize, &homes)
    var warm: UInt64 = 0
    for i in 0..<count { warm = warm &+ slots[Int(homes[i])] }
    touched = warm
    for i in 0..<count {
      let key = keys[i]
      var at = Int(homes[i])
      var slot = slots[at]
      while slot != WordSet.vacant, slot != key {
        at &+= 1
        if at == size { at = 0 }
        slot = slots[at]
      }
      if slot == key { found[i] = 1 }
    }
  }
}
