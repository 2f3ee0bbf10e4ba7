import Glibc

extension SymbolStorage {
  /// Gives each text of a batch its id, new ones in the order of their appearance.
  ///
  /// Each half of the hashes belongs to one thread: it fetches the slots of some hundred texts and
  /// the bytes that they name before it compares any, so that the waits for memory overlap, and
  /// enters new texts under numbers of its own. Then the new texts of both halves are numbered by
  /// position, and each thread writes its numbers down and copies its bytes.
  func intern(_ batch: SymbolBatch, in source: UnsafeRawBufferPointer) {
    let isParallel = batch.count >= SymbolBatch.parallelCount
    // What is verified as it is read can be read by one thread only.
    if isParallel { stored?.verify() }
    let base = source.baseAddress ?? UnsafeRawPointer(bytes.base)
    let first = UInt32(truncatingIfNeeded: count)
    if isParallel {
      parallel(over: SymbolLane.count) { enter(batch, lane: $0, base, first: first) }
    } else {
      for lane in 0..<SymbolLane.count { enter(batch, lane: lane, base, first: first) }
    }
    let freshCount = batch.fresh.reduce(0) { $0 + $1.positions.count }
    guard freshCount > 0 else { return }
    number(batch)
    if freshCount >= SymbolBatch.parallelCount {
      parallel(over: SymbolLane.count) { settle(batch, lane: $0, base, first: first) }
    } else {
      for lane in 0..<SymbolLane.count { settle(batch, lane: lane, base, first: first) }
    }
  }

  /// Finds or enters the texts of one lane; a new one gets `first` and its place among the new ones.
  private func enter(
    _ batch: SymbolBatch, lane number: Int, _ base: UnsafeRawPointer, first: UInt32
  ) {
    let lane = lanes[number]
    let fresh = batch.fresh[number]
    fresh.positions.count = 0
    fresh.slots.count = 0
    let count = batch.count
    let hashes = batch.hashes
    let tokens = batch.tokens
    let bit = UInt32(truncatingIfNeeded: number)
    lane.reserve(count)
    let size = 512
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: size * 2) { memory in
      let own = UnsafeMutableBufferPointer(rebasing: memory[0..<size])
      let places = UnsafeMutableBufferPointer(rebasing: memory[size...])
      var next = 0
      while next < count {
        var found = 0
        while next < count, found < size {
          own[found] = UInt32(truncatingIfNeeded: next)
          if hashes[next] &>> 31 == bit, tokens[next] != SymbolBatch.missing { found &+= 1 }
          next &+= 1
        }
        let positions = UnsafeBufferPointer(rebasing: own[0..<found])
        locate(positions, hashes, lane, places)
        enter(positions, UnsafeBufferPointer(places), batch, lane, fresh, base, first)
      }
    }
  }

  /// Reads the first slots of some texts, finds those that have their hash or are free, and reads the
  /// bytes that they name.
  @inline(never)
  private func locate(
    _ positions: UnsafeBufferPointer<UInt32>, _ hashes: UnsafeMutablePointer<UInt32>,
    _ lane: SymbolLane, _ places: UnsafeMutableBufferPointer<UInt32>
  ) {
    let slots = lane.slots
    let mask = lane.mask
    let arena = bytes.base
    let end = bytes.count
    var touched: UInt64 = 0
    for position in positions {
      touched &+= UInt64(slots[Int(hashes[Int(position)]) & mask].hash)
    }
    for (k, position) in positions.enumerated() {
      let hash = hashes[Int(position)]
      var slot = Int(hash) & mask
      while slots[slot].idPlusOne != 0, slots[slot].hash != hash { slot = (slot &+ 1) & mask }
      places[k] = UInt32(truncatingIfNeeded: slot)
      let start = slots[slot].start
      if start < end { touched &+= UInt64(arena[start]) }
    }
    lane.touched = touched
  }

  /// Finds or enters some texts, of which all slots before `places` belong to other hashes.
  @inline(never)
  private func enter(
    _ positions: UnsafeBufferPointer<UInt32>, _ places: UnsafeBufferPointer<UInt32>,
    _ batch: SymbolBatch, _ lane: SymbolLane, _ fresh: SymbolBatch.Fresh,
    _ base: UnsafeRawPointer, _ first: UInt32
  ) {
    let slots = lane.slots
    let mask = lane.mask
    let hashes = batch.hashes
    let tokens = batch.tokens
    let ids = batch.ids
    for (k, position) in positions.enumerated() {
      let at = Int(position)
      let hash = hashes[at]
      let (offset, length) = SymbolBatch.place(tokens[at])
      let text = base + offset
      var slot = Int(places[k])
      while slots[slot].idPlusOne != 0 {
        if slots[slot].hash == hash {
          let id = slots[slot].idPlusOne &- 1
          if id >= first {
            // A new text still lies where it was read.
            let other = tokens[Int(fresh.positions.base[Int(id &- first)])]
            let (otherOffset, otherLength) = SymbolBatch.place(other)
            if length == otherLength, SymbolHash.isEqual(base + otherOffset, text, length) { break }
          } else if holds(slots[slot], text, length) {
            break
          }
        }
        slot = (slot &+ 1) & mask
      }
      if slots[slot].idPlusOne != 0 {
        ids[at] = slots[slot].idPlusOne &- 1
        continue
      }
      lane.used &+= 1
      if let known = findStored(text, length, hash) {
        slots[slot] = SymbolLane.Slot(hash: hash, id: known, start: 0, length: length)
        ids[at] = known
        continue
      }
      let id = first &+ UInt32(truncatingIfNeeded: fresh.positions.count)
      slots[slot] = SymbolLane.Slot(hash: hash, id: id, start: offset, length: length)
      ids[at] = id
      fresh.positions.append(position)
      fresh.slots.append(UInt32(truncatingIfNeeded: slot))
    }
  }

  /// Numbers the new texts of both lanes by position and says where each will end.
  private func number(_ batch: SymbolBatch) {
    let left = batch.fresh[0]
    let right = batch.fresh[1]
    for fresh in batch.fresh {
      fresh.ids.count = 0
      fresh.ids.reserve(fresh.positions.count)
    }
    ends.reserve(left.positions.count + right.positions.count)
    let leftCount = left.positions.count
    let rightCount = right.positions.count
    var id = UInt32(truncatingIfNeeded: count)
    var end = bytes.count
    var place = ends.count
    var i = 0
    var j = 0
    while i < leftCount || j < rightCount {
      let isLeft =
        j == rightCount || i < leftCount && left.positions.base[i] < right.positions.base[j]
      let position = isLeft ? left.positions.base[i] : right.positions.base[j]
      end &+= SymbolBatch.place(batch.tokens[Int(position)]).length
      ends.base[place] = end
      if isLeft {
        left.ids.base[i] = id
        i &+= 1
      } else {
        right.ids.base[j] = id
        j &+= 1
      }
      id &+= 1
      place &+= 1
    }
    bytes.reserve(end - bytes.count)
    ends.count = place
    bytes.count = end
  }

  /// Writes the numbers of one lane's new texts down and copies their bytes.
  private func settle(
    _ batch: SymbolBatch, lane number: Int, _ base: UnsafeRawPointer, first: UInt32
  ) {
    let lane = lanes[number]
    let fresh = batch.fresh[number]
    let freshCount = fresh.positions.count
    guard freshCount > 0 else { return }
    let arena = UnsafeMutableRawPointer(bytes.base)
    let slots = lane.slots
    for k in 0..<freshCount {
      let (offset, length) = SymbolBatch.place(batch.tokens[Int(fresh.positions.base[k])])
      let id = fresh.ids.base[k]
      let start = start(of: id)
      memcpy(arena + start, base + offset, length)
      let slot = Int(fresh.slots.base[k])
      slots[slot] = SymbolLane.Slot(hash: slots[slot].hash, id: id, start: start, length: length)
    }
    let bit = UInt32(truncatingIfNeeded: number)
    let ids = batch.ids
    for at in 0..<batch.count where ids[at] >= first {
      if batch.hashes[at] &>> 31 == bit, batch.tokens[at] != SymbolBatch.missing {
        ids[at] = fresh.ids.base[Int(ids[at] &- first)]
      }
    }
  }
}
