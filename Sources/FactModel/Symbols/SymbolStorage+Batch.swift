import Glibc

extension SymbolStorage {
  /// Gives each text of a batch its id, new ones in the order of their appearance.
  ///
  /// Each half of the texts belongs to one thread. Those that end in a number it finds by that; for
  /// others it fetches the slots of some hundred and the bytes that they name before it compares any,
  /// so that the waits for memory overlap. New texts are entered under numbers of its own. Then the
  /// new texts of both halves are numbered by position, and each thread writes its numbers down and
  /// copies its bytes.
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
    let freshCount = batch.fresh.reduce(0) { $0 + $1.count }
    guard freshCount > 0 else { return }
    number(batch, freshCount)
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
    fresh.reset(count: batch.count)
    var others = enterNumbers(batch, lane: number, base, first: first)
    let count = batch.count
    let keys = batch.keys
    let tokens = batch.tokens
    let size = 512
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: size * 2) { memory in
      let own = UnsafeMutableBufferPointer(rebasing: memory[0..<size])
      let places = UnsafeMutableBufferPointer(rebasing: memory[size...])
      var next = 0
      while next < count, others > 0 {
        var found = 0
        while next < count, found < size {
          own[found] = UInt32(truncatingIfNeeded: next)
          let key = keys[next]
          if key.lane == number, !key.hasNumber, tokens[next] != SymbolBatch.missing {
            found &+= 1
          }
          next &+= 1
        }
        others &-= found
        if lane.reserve(found) { findSlots(of: fresh, batch, lane, first) }
        let positions = UnsafeBufferPointer(rebasing: own[0..<found])
        locate(positions, batch.hashes, lane, places)
        enter(positions, UnsafeBufferPointer(places), batch, lane, fresh, base, first)
      }
    }
  }

  /// Finds or enters those texts of one lane that end in a number, and returns how many others there
  /// are, among which those without a place in a page are from then on.
  @inline(never)
  private func enterNumbers(
    _ batch: SymbolBatch, lane number: Int, _ base: UnsafeRawPointer, first: UInt32
  ) -> Int {
    let pages = lanes[number].pages
    let fresh = batch.fresh[number]
    let keys = batch.keys
    let tokens = batch.tokens
    let ids = batch.ids
    let hasStored = stored != nil
    var others = 0
    var page = NumberPages.Page.none
    // Texts of that page that are new.
    var entered = 0
    for at in 0..<batch.count {
      let key = keys[at]
      if key.lane != number || tokens[at] == SymbolBatch.missing { continue }
      guard key.hasNumber else {
        others &+= 1
        continue
      }
      if key.page != page.key {
        if entered > 0 { pages.noteTexts(entered, of: page) }
        entered = 0
        page = pages.page(of: key, adding: true)
      }
      guard let numbers = page.ids else {
        let (offset, length) = SymbolBatch.place(tokens[at])
        batch.hashes[at] = SymbolHash.upper(base: base + offset, count: length)
        keys[at] = SymbolKey(lane: number)
        others &+= 1
        continue
      }
      let within = key.placeInPage
      let known = numbers[within]
      if known != 0 {
        ids[at] = known &- 1
        if known > first { fresh.noteRepeated(at) }
        continue
      }
      entered &+= 1
      if hasStored {
        let (offset, length) = SymbolBatch.place(tokens[at])
        let text = base + offset
        if let id = findStored(text, length, SymbolHash.upper(base: text, count: length)) {
          numbers[within] = id &+ 1
          ids[at] = id
          continue
        }
      }
      numbers[within] = first &+ UInt32(truncatingIfNeeded: fresh.count) &+ 1
      fresh.add(
        at, slot: page.first &+ UInt32(truncatingIfNeeded: within) | SymbolBatch.Fresh.isPlace)
    }
    if entered > 0 { pages.noteTexts(entered, of: page) }
    return others
  }

  /// Says where the new texts of a lane are after its slots have moved.
  private func findSlots(
    of fresh: SymbolBatch.Fresh, _ batch: SymbolBatch, _ lane: SymbolLane, _ first: UInt32
  ) {
    for k in 0..<fresh.count where fresh.slots[k] & SymbolBatch.Fresh.isPlace == 0 {
      let hash = batch.hashes[Int(fresh.positions[k])]
      let slot = lane.slot(of: first &+ UInt32(truncatingIfNeeded: k), hash: hash)
      fresh.slots[k] = UInt32(truncatingIfNeeded: slot)
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
            let other = tokens[Int(fresh.positions[Int(id &- first)])]
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
        if ids[at] >= first { fresh.noteRepeated(at) }
        continue
      }
      lane.used &+= 1
      if let known = findStored(text, length, hash) {
        slots[slot] = SymbolLane.Slot(hash: hash, id: known, start: 0, length: length)
        ids[at] = known
        continue
      }
      let id = first &+ UInt32(truncatingIfNeeded: fresh.count)
      slots[slot] = SymbolLane.Slot(hash: hash, id: id, start: offset, length: length)
      fresh.add(at, slot: UInt32(truncatingIfNeeded: slot))
    }
  }

  /// Numbers the new texts of both lanes by position and says where each will end.
  private func number(_ batch: SymbolBatch, _ freshCount: Int) {
    let left = batch.fresh[0].marks
    let right = batch.fresh[1].marks
    let tokens = batch.tokens
    batch.ranks.reserve((batch.count + 63) / 64)
    ends.reserve(freshCount)
    let ends = ends.base
    let ranks = batch.ranks.base
    var end = bytes.count
    var place = self.ends.count
    let first = place
    for word in 0..<(batch.count &+ 63) / 64 {
      ranks[word] = UInt32(truncatingIfNeeded: place &- first)
      var bits = left[word] | right[word]
      while bits != 0 {
        end &+= SymbolBatch.place(tokens[word &* 64 &+ bits.trailingZeroBitCount]).length
        ends[place] = end
        place &+= 1
        bits &= bits &- 1
      }
    }
    bytes.reserve(end - bytes.count)
    self.ends.count = place
    bytes.count = end
  }

  /// Writes the numbers of one lane's new texts down and copies their bytes.
  private func settle(
    _ batch: SymbolBatch, lane number: Int, _ base: UnsafeRawPointer, first: UInt32
  ) {
    let lane = lanes[number]
    let fresh = batch.fresh[number]
    let positions = fresh.positions
    let left = batch.fresh[0].marks
    let right = batch.fresh[1].marks
    let ranks = batch.ranks.base
    let arena = UnsafeMutableRawPointer(bytes.base)
    let slots = lane.slots
    let places = lane.pages.ids
    let ids = batch.ids
    let tokens = batch.tokens
    let freshSlots = fresh.slots
    let ends = ends.base
    let stored = storedCount
    for k in 0..<fresh.count {
      let at = Int(positions[k])
      let (offset, length) = SymbolBatch.place(tokens[at])
      let word = at &>> 6
      let below = (left[word] | right[word]) & (1 &<< UInt64(at & 63) &- 1)
      let id = first &+ ranks[word] &+ UInt32(truncatingIfNeeded: below.nonzeroBitCount)
      let index = Int(id) &- stored
      let start = index == 0 ? 0 : ends[index &- 1]
      SymbolBytes.copy(arena + start, base + offset, length)
      let slot = freshSlots[k]
      if slot & SymbolBatch.Fresh.isPlace != 0 {
        places[Int(slot & ~SymbolBatch.Fresh.isPlace)] = id &+ 1
      } else {
        slots[Int(slot)] = SymbolLane.Slot(
          hash: slots[Int(slot)].hash, id: id, start: start, length: length)
      }
      ids[at] = id
    }
    // Each of them has the number that the first one had for the time being.
    for k in 0..<fresh.repeatedCount {
      let at = Int(fresh.repeated[k])
      ids[at] = ids[Int(positions[Int(ids[at] &- first)])]
    }
  }
}
