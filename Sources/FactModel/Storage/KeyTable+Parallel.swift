extension KeyTable {
  /// Rows from which on two threads share the work.
  static let parallelCount = 16_384
  /// Stands for the place of a row that `resolve` has to enter.
  static let unplaced = UInt32.max

  /// Finds the first candidate of each of many hashes, or enters it under `firstID` and its position,
  /// by two threads. `number` has to follow.
  ///
  /// Entries lie in the order of their hashes, so that each half of the slots belongs to one thread.
  /// `ids` gets the candidate, or `noRow` where there was none; `places` gets the slots, or
  /// `unplaced` where a row would have led a thread out of its half. All rows of one hash are told
  /// the same candidate, or are unplaced.
  mutating func enterMany(
    hashes: [UInt32], count: Int, firstID: UInt32, ids: inout [UInt32], places: inout [UInt32]
  ) {
    reserve(count)
    change { table in
      hashes.withUnsafeBufferPointer { hashes in
        ids.withUnsafeMutableBufferPointer { ids in
          places.withUnsafeMutableBufferPointer { places in
            let halves = TableHalves(
              table: table, hashes: hashes, count: count, firstID: firstID, ids: ids,
              places: places)
            halves.enter()
          }
        }
      }
    }
  }

  /// Enters a row that `enterMany` left, or whose candidate is another row: finds the candidate after
  /// `place` (the first one where it is `unplaced`) that is the same, or enters the row there.
  mutating func resolve(
    _ id: UInt32, hash: UInt32, after place: UInt32, isSame: (UInt32) -> Bool
  ) -> (id: UInt32, place: UInt32) {
    var found = noRow
    var at = KeyTable.home(hash, slots.count)
    if place != KeyTable.unplaced { at = (Int(place) + 1) % slots.count }
    change { table in
      while table[at] != KeyTable.vacant {
        let other = UInt32(truncatingIfNeeded: table[at])
        if UInt32(truncatingIfNeeded: table[at] &>> 32) == hash, isSame(other) {
          found = other
          return
        }
        at += 1
        if at == table.count { at = 0 }
      }
      table[at] = UInt64(hash) &<< 32 | UInt64(id)
    }
    return (found, UInt32(truncatingIfNeeded: at))
  }

  /// Numbers what `enterMany` and `resolve` entered by position, without gaps, and lists it.
  ///
  /// Returns how many there are.
  mutating func number(
    hashes: [UInt32], count: Int, firstID: UInt32, ids: inout [UInt32], places: inout [UInt32],
    fresh: inout [UInt32]
  ) -> Int {
    var freshCount = 0
    change { table in
      for i in 0..<count {
        if ids[i] == noRow {
          if freshCount != i {
            let id = firstID &+ UInt32(truncatingIfNeeded: freshCount)
            table[Int(places[i])] = UInt64(hashes[i]) &<< 32 | UInt64(id)
          }
          fresh[freshCount] = UInt32(truncatingIfNeeded: i)
          // From here on the place says which of the new ones it is.
          places[i] = UInt32(truncatingIfNeeded: freshCount)
          freshCount &+= 1
        } else if ids[i] >= firstID {
          // One of those that came before in this call.
          ids[i] = firstID &+ places[Int(ids[i] &- firstID)]
        }
      }
    }
    added(freshCount)
    return freshCount
  }
}

extension KeyTable {
  /// The entries of slots in as many as `size`, by two threads where there are many.
  ///
  /// Entries lie in the order of their hashes in both, so that each thread moves one half of the old
  /// slots to one half of the new ones; the few that would leave their half follow at the end.
  static func moved(_ old: [UInt64], size: Int) -> [UInt64] {
    var new = LargePages.array(of: KeyTable.vacant, count: size)
    var left: [[UInt64]] = [[], []]
    new.withUnsafeMutableBufferPointer { table in
      left.withUnsafeMutableBufferPointer { left in
        let halves = MovedHalves(from: old, to: table, left: left)
        if old.count < parallelCount {
          for half in 0..<2 { halves.move(half) }
        } else {
          parallel(over: 2) { halves.move($0) }
        }
      }
      for slot in left.joined() {
        var at = home(UInt32(truncatingIfNeeded: slot &>> 32), size)
        while table[at] != vacant {
          at &+= 1
          if at == size { at = 0 }
        }
        table[at] = slot
      }
    }
    return new
  }
}

/// Old and new slots of a table that changes its size.
private struct MovedHalves {
  let from: [UInt64]
  let to: UnsafeMutableBufferPointer<UInt64>
  /// What does not fit into its half, for each.
  let left: UnsafeMutableBufferPointer<[UInt64]>

  func move(_ half: Int) {
    let middle = from.count / 2
    let size = to.count
    let own = half == 0 ? 0..<size / 2 : size / 2..<size
    var rest: [UInt64] = []
    from.withUnsafeBufferPointer { from in
      for i in half == 0 ? 0..<middle : middle..<from.count {
        let slot = from[i]
        if slot == KeyTable.vacant { continue }
        var at = KeyTable.home(UInt32(truncatingIfNeeded: slot &>> 32), size)
        guard own.contains(at) else {
          rest.append(slot)
          continue
        }
        while at < own.upperBound, to[at] != KeyTable.vacant { at &+= 1 }
        if at < own.upperBound { to[at] = slot } else { rest.append(slot) }
      }
    }
    left[half] = rest
  }
}

/// The slots of a table, as two threads enter rows into them.
private struct TableHalves {
  let table: UnsafeMutableBufferPointer<UInt64>
  let hashes: UnsafeBufferPointer<UInt32>
  let count: Int
  let firstID: UInt32
  let ids: UnsafeMutableBufferPointer<UInt32>
  let places: UnsafeMutableBufferPointer<UInt32>

  func enter() {
    let middle = table.count / 2
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2) { touched in
      parallel(over: 2) { half in
        touched[half] = enter(half == 0 ? 0..<middle : middle..<table.count)
      }
    }
  }

  /// Enters the rows whose hashes belong to a range of slots. Returns what keeps reading ahead from
  /// being optimised away.
  private func enter(_ range: Range<Int>) -> UInt64 {
    let size = table.count
    let block = 512
    var touched: UInt64 = 0
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: block) { own in
      var next = 0
      while next < count {
        var found = 0
        while next < count, found < block {
          own[found] = UInt32(truncatingIfNeeded: next)
          if range.contains(KeyTable.home(hashes[next], size)) { found &+= 1 }
          next &+= 1
        }
        // Reads the slots that will be needed, so that the waits for memory overlap.
        for k in 0..<found { touched = touched &+ table[KeyTable.home(hashes[Int(own[k])], size)] }
        for k in 0..<found { enter(row: Int(own[k]), size, end: range.upperBound) }
      }
    }
    return touched
  }

  @inline(__always)
  private func enter(row i: Int, _ size: Int, end: Int) {
    let hash = hashes[i]
    var at = KeyTable.home(hash, size)
    while at < end, table[at] != KeyTable.vacant,
      UInt32(truncatingIfNeeded: table[at] &>> 32) != hash
    {
      at &+= 1
    }
    if at == end {
      places[i] = KeyTable.unplaced
      return
    }
    // A vacant slot is all ones, and so is the id in it: no row.
    ids[i] = UInt32(truncatingIfNeeded: table[at])
    places[i] = UInt32(truncatingIfNeeded: at)
    if table[at] == KeyTable.vacant {
      table[at] = UInt64(hash) &<< 32 | UInt64(firstID &+ UInt32(truncatingIfNeeded: i))
    }
  }
}
