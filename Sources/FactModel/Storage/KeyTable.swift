/// An open-addressing table from 32-bit hashes to ids, which leaves the keys with their owner.
///
/// A slot holds hash and id in 64 bits. What is found for a hash is a candidate: the owner compares
/// the keys, a batch at a time, and asks for the `following` one on the rare mismatch.
struct KeyTable {
  private(set) var slots: [UInt64] = []
  private(set) var count = 0
  /// Keeps the reads of `touch` from being optimised away.
  private var touched: UInt64 = 0

  static let vacant = UInt64.max

  /// Bytes held.
  var byteCount: Int { slots.capacity * 8 }

  /// Makes room for `additional` entries, at a load of at most 0.7.
  mutating func reserve(_ additional: Int) {
    let needed = (count + additional) * 10 / 7 + 1
    guard needed > slots.count else { return }
    let stepped = slots.count < 1 << 20 ? slots.count * 2 : slots.count / 5 * 7
    rebuild(size: max(16, needed, stepped))
  }

  private mutating func rebuild(size: Int) {
    slots = KeyTable.moved(slots, size: size)
  }

  @inline(__always) static func home(_ hash: UInt32, _ size: Int) -> Int {
    Int(truncatingIfNeeded: (UInt64(hash) &* UInt64(truncatingIfNeeded: size)) &>> 32)
  }

  /// Reads the slots a batch will need, so that their cache misses overlap.
  @inline(__always)
  private static func touch(_ slots: [UInt64], _ hashes: [UInt32], _ count: Int) -> UInt64 {
    let size = slots.count
    var sum: UInt64 = 0
    for i in 0..<count { sum = sum &+ slots[home(hashes[i], size)] }
    return sum
  }

  /// Finds the first candidate of each hash, or enters it under the next id, counted from
  /// `firstID`. `ids` gets the candidate or `noRow`; `fresh` the positions entered, in order of id.
  ///
  /// Equal keys in one batch meet here too: the second finds the id of the first.
  mutating func findOrInsert(
    hashes: [UInt32], count: Int, firstID: UInt32, ids: inout [UInt32], fresh: inout [UInt32]
  ) -> Int {
    reserve(count)
    let size = slots.count
    touched = KeyTable.touch(slots, hashes, count)
    var freshCount = 0
    do {
      var table = slots.mutableSpan
      var found = ids.mutableSpan
      var entered = fresh.mutableSpan
      for i in 0..<count {
        let hash = hashes[i]
        var at = KeyTable.home(hash, size)
        var slot = table[at]
        while slot != KeyTable.vacant, UInt32(truncatingIfNeeded: slot &>> 32) != hash {
          at &+= 1
          if at == size { at = 0 }
          slot = table[at]
        }
        // A vacant slot is all ones, and so is the id in it: no row.
        found[i] = UInt32(truncatingIfNeeded: slot)
        if slot == KeyTable.vacant {
          let id = firstID &+ UInt32(truncatingIfNeeded: freshCount)
          table[at] = UInt64(hash) &<< 32 | UInt64(id)
          entered[freshCount] = UInt32(truncatingIfNeeded: i)
          freshCount &+= 1
        }
      }
    }
    self.count += freshCount
    return freshCount
  }

  /// Enters ids that count up from one under their hashes, next to any that are there.
  mutating func insert(hashes: [UInt32], count: Int, firstID: UInt32) {
    reserve(count)
    let size = slots.count
    touched = KeyTable.touch(slots, hashes, count)
    var table = slots.mutableSpan
    for i in 0..<count {
      var at = KeyTable.home(hashes[i], size)
      while table[at] != KeyTable.vacant {
        at &+= 1
        if at == size { at = 0 }
      }
      table[at] = UInt64(hashes[i]) &<< 32 | UInt64(firstID &+ UInt32(truncatingIfNeeded: i))
    }
    self.count += count
  }

  /// Forgets an id, after which nothing else may have been entered: nobody has passed its slot yet.
  mutating func removeLatest(hash: UInt32, id: UInt32) {
    var at = KeyTable.home(hash, slots.count)
    let wanted = UInt64(hash) &<< 32 | UInt64(id)
    while slots[at] != wanted {
      guard slots[at] != KeyTable.vacant else { return }
      at &+= 1
      if at == slots.count { at = 0 }
    }
    slots[at] = KeyTable.vacant
    count -= 1
  }

  /// Forgets all ids from one on. Complexity: O(slots).
  mutating func remove(from first: UInt32) {
    let old = slots
    slots = []
    count = 0
    reserve(old.reduce(0) { $0 + (UInt32(truncatingIfNeeded: $1) < first ? 1 : 0) })
    for slot in old where UInt32(truncatingIfNeeded: slot) < first {
      insert(hash: UInt32(truncatingIfNeeded: slot &>> 32), id: UInt32(truncatingIfNeeded: slot))
    }
  }

  /// Changes the slots in place; `added` says afterwards how many entries came.
  mutating func change(_ body: (UnsafeMutableBufferPointer<UInt64>) -> Void) {
    slots.withUnsafeMutableBufferPointer { body($0) }
  }

  mutating func added(_ entries: Int) { count += entries }

  /// Finds the first candidate of each hash, or `noRow`.
  mutating func find(hashes: [UInt32], count: Int, ids: inout [UInt32]) {
    let size = slots.count
    guard size > 0 else {
      for i in 0..<count { ids[i] = noRow }
      return
    }
    touched = KeyTable.touch(slots, hashes, count)
    var found = ids.mutableSpan
    for i in 0..<count {
      let hash = hashes[i]
      var at = KeyTable.home(hash, size)
      var slot = slots[at]
      while slot != KeyTable.vacant, UInt32(truncatingIfNeeded: slot &>> 32) != hash {
        at &+= 1
        if at == size { at = 0 }
        slot = slots[at]
      }
      // A vacant slot is all ones, and so is the id in it: no row.
      found[i] = UInt32(truncatingIfNeeded: slot)
    }
  }

  /// The candidate of a hash that comes after `id` (the first one where `id` is `noRow`), or `noRow`.
  func following(_ id: UInt32, hash: UInt32) -> UInt32 {
    let size = slots.count
    guard size > 0 else { return noRow }
    var at = KeyTable.home(hash, size)
    var passed = id == noRow
    while slots[at] != KeyTable.vacant {
      let slot = slots[at]
      if UInt32(truncatingIfNeeded: slot &>> 32) == hash {
        let found = UInt32(truncatingIfNeeded: slot)
        if passed { return found }
        if found == id { passed = true }
      }
      at &+= 1
      if at == size { at = 0 }
    }
    return noRow
  }

  /// Enters an id under a hash, next to any that are there.
  mutating func insert(hash: UInt32, id: UInt32) {
    reserve(1)
    let size = slots.count
    var at = KeyTable.home(hash, size)
    while slots[at] != KeyTable.vacant {
      at &+= 1
      if at == size { at = 0 }
    }
    slots[at] = UInt64(hash) &<< 32 | UInt64(id)
    count += 1
  }
}
