extension KeyIndex {
  /// Builds the groups over all rows of the source and drops the chains.
  func regroup() {
    let total = source.rowCount
    generation += 1
    stored = nil
    chained = Chains()
    groups = KeyTable()
    var groupOf = [UInt32](repeating: 0, count: total)
    if columns.count != 1 || !groupNarrow(&groupOf) { groupHashed(&groupOf) }
    grouped = total
    arrange(groupOf)
  }

  /// Groups the rows by the lower halves of their one column, if the upper halves are all the same.
  private func groupNarrow(_ groupOf: inout [UInt32]) -> Bool {
    let total = groupOf.count
    let column = columns[0]
    var words: [UInt64] = []
    var upper: UInt64 = 0
    var least = UInt32.max
    var most: UInt32 = 0
    var row = 0
    while row < total {
      let end = min(total, row + batchSize)
      source.unpack(column: column, rows: row..<end, into: &words)
      if row == 0 { upper = words[0] & 0xFFFF_FFFF_0000_0000 }
      var difference: UInt64 = 0
      for i in 0..<(end - row) {
        let word = words[i]
        difference |= word ^ upper
        let code = UInt32(truncatingIfNeeded: word)
        if code < least { least = code }
        if code > most { most = code }
        groupOf[row &+ i] = code
      }
      if difference >> 32 != 0 { return false }
      row = end
    }
    if Int(most - least) < max(1024, total * 2) {
      for i in 0..<total { groupOf[i] = groupOf[i] &- least }
      groupCount = Int(most - least) + 1
      lookup = .direct(upper: upper, least: least)
    } else {
      groupExact(&groupOf)
      lookup = .exact(upper: upper)
    }
    return true
  }

  /// Numbers codes in the order of their first row; the hash of a code tells it apart for sure.
  private func groupExact(_ groupOf: inout [UInt32]) {
    let total = groupOf.count
    var batch = RowScratch()
    batch.reserve(batchSize)
    grow(&batch.hashes, to: batchSize)
    var count: UInt32 = 0
    var row = 0
    while row < total {
      let size = min(batchSize, total - row)
      for i in 0..<size { batch.hashes[i] = Hashing.mix32(groupOf[row &+ i]) }
      let fresh = groups.findOrInsert(
        hashes: batch.hashes, count: size, firstID: count, ids: &batch.ids, fresh: &batch.fresh)
      for i in 0..<size { groupOf[row &+ i] = batch.ids[i] }
      for k in 0..<fresh {
        groupOf[row &+ Int(batch.fresh[k])] = count &+ UInt32(truncatingIfNeeded: k)
      }
      count += UInt32(fresh)
      row += size
    }
    groupCount = Int(count)
  }

  /// Numbers keys of any words in the order of their first row.
  private func groupHashed(_ groupOf: inout [UInt32]) {
    lookup = .hashed
    groups = KeyTable()
    let total = groupOf.count
    var batch = RowScratch()
    batch.reserve(batchSize)
    var keys = [[UInt64]](repeating: [], count: columns.count)
    var firstRows: [UInt32] = []
    var row = 0
    while row < total {
      let size = min(batchSize, total - row)
      for (k, column) in columns.enumerated() {
        source.unpack(column: column, rows: row..<(row + size), into: &keys[k])
      }
      Hashing.rows(keys, offset: 0, count: size, partial: &batch.partial, into: &batch.hashes)
      let first = UInt32(firstRows.count)
      let fresh = groups.findOrInsert(
        hashes: batch.hashes, count: size, firstID: first, ids: &batch.ids, fresh: &batch.fresh)
      for k in 0..<fresh {
        groupOf[row &+ Int(batch.fresh[k])] = first &+ UInt32(truncatingIfNeeded: k)
        firstRows.append(UInt32(truncatingIfNeeded: row) &+ batch.fresh[k])
      }
      let found = batch.listCandidates(count: size)
      for k in 0..<found {
        let group = batch.candidates[k]
        groupOf[row &+ Int(batch.positions[k])] = group
        batch.candidates[k] = firstRows[Int(group)]
      }
      for (k, column) in columns.enumerated() {
        source.gather(column: column, rows: batch.candidates, count: found, into: &batch.words)
        batch.compare(keys[k], offset: 0, found: found)
      }
      for k in 0..<found where batch.differs[k] != 0 {
        let i = Int(batch.positions[k])
        let key = keys.map { $0[i] }
        let hash = batch.hashes[i]
        var group = groups.following(groupOf[row + i], hash: hash)
        while group != noRow, !rowHas(key, firstRows[Int(group)]) {
          group = groups.following(group, hash: hash)
        }
        if group == noRow {
          group = UInt32(firstRows.count)
          groups.insert(hash: hash, id: group)
          firstRows.append(UInt32(row + i))
        }
        groupOf[row + i] = group
      }
      row += size
    }
    groupCount = firstRows.count
  }

  /// Rows from which on several threads lay them out.
  private static let parallelRows = 1 << 17

  /// Lays the rows out by group, ascending within each.
  ///
  /// Each thread counts a share of the rows, learns where its rows of each group begin, and puts them
  /// there; where groups are about as many as rows, counting them several times costs more than it
  /// saves.
  private func arrange(_ groupOf: [UInt32]) {
    let total = groupOf.count
    let groups = groupCount
    let isShared = total >= KeyIndex.parallelRows && groups <= total / 4
    let shares = isShared ? min(Workers.count, 4) : 1
    var counts = [UInt32](repeating: 0, count: shares * groups)
    var starts = [UInt32](repeating: 0, count: groups + 1)
    var rows = [UInt32](repeating: 0, count: total)
    var filled = 0
    groupOf.withUnsafeBufferPointer { groupOf in
      counts.withUnsafeMutableBufferPointer { counts in
        rows.withUnsafeMutableBufferPointer { rows in
          let counts = counts
          let rows = rows
          parallel(over: shares) { share in
            let base = share * groups
            for row in total * share / shares..<total * (share + 1) / shares {
              counts[base &+ Int(groupOf[row])] &+= 1
            }
          }
          var sum: UInt32 = 0
          for group in 0..<groups {
            starts[group] = sum
            let before = sum
            for share in 0..<shares {
              let own = counts[share &* groups &+ group]
              counts[share &* groups &+ group] = sum
              sum &+= own
            }
            filled &+= sum == before ? 0 : 1
          }
          starts[groups] = sum
          parallel(over: shares) { share in
            let base = share * groups
            for row in total * share / shares..<total * (share + 1) / shares {
              let place = base &+ Int(groupOf[row])
              rows[Int(counts[place])] = UInt32(truncatingIfNeeded: row)
              counts[place] &+= 1
            }
          }
        }
      }
    }
    self.starts = starts
    permutation = rows
    filledGroups = filled
  }

  /// Whether the key columns of a row hold these words.
  func rowHas(_ key: [UInt64], _ row: UInt32) -> Bool {
    var words: [UInt64] = []
    for (k, column) in columns.enumerated() {
      source.gather(column: column, rows: [row], count: 1, into: &words)
      if words[0] != key[k] { return false }
    }
    return true
  }

  // MARK: Chains

  /// Chains rows that follow the last one covered.
  func chain(_ rows: Range<Int>) {
    var batch = scratch
    scratch = RowScratch()
    batch.reserve(batchSize)
    var keys = [[UInt64]](repeating: [], count: columns.count)
    var row = rows.lowerBound
    while row < rows.upperBound {
      let size = min(batchSize, rows.upperBound - row)
      for (k, column) in columns.enumerated() {
        source.unpack(column: column, rows: row..<(row + size), into: &keys[k])
      }
      if !chainBatch(row, size, keys, &batch) {
        // A word of another kind.
        if stored == nil {
          regroup()
          break
        }
        // What lies in a base finds any word, but its chains must tell words apart by hash.
        lookup = .hashed
        generation += 1
        chained = Chains()
        row = grouped
        continue
      }
      row += size
    }
    scratch = batch
  }

  private func chainBatch(
    _ row: Int, _ size: Int, _ keys: [[UInt64]], _ batch: inout RowScratch
  ) -> Bool {
    switch lookup {
    case .direct(let upper, _), .exact(let upper):
      let words = keys[0]
      grow(&batch.hashes, to: size)
      var difference: UInt64 = 0
      for i in 0..<size {
        difference |= words[i] ^ upper
        batch.hashes[i] = Hashing.mix32(UInt32(truncatingIfNeeded: words[i]))
      }
      if difference >> 32 != 0 { return false }
    case .hashed:
      Hashing.rows(keys, offset: 0, count: size, partial: &batch.partial, into: &batch.hashes)
    }
    var chains = chained
    chained = Chains()
    let first = UInt32(chains.heads.count)
    let fresh = chains.keys.findOrInsert(
      hashes: batch.hashes, count: size, firstID: first, ids: &batch.ids, fresh: &batch.fresh)
    // A chain begins with its own first row, so that rows of this batch can be compared with it.
    for k in 0..<fresh {
      chains.heads.append(UInt32(truncatingIfNeeded: row) &+ batch.fresh[k])
      batch.ids[Int(batch.fresh[k])] = first &+ UInt32(truncatingIfNeeded: k)
    }
    if case .hashed = lookup { separate(row, size, keys, &chains, &batch) }
    for i in 0..<size {
      let at = Int(batch.ids[i])
      let this = UInt32(truncatingIfNeeded: row &+ i)
      let head = chains.heads[at]
      chains.next.append(head == this ? noRow : head)
      chains.heads[at] = this
    }
    chained = chains
    return true
  }

  /// Finds the right chain for rows whose hash led to that of another key.
  private func separate(
    _ row: Int, _ size: Int, _ keys: [[UInt64]], _ chains: inout Chains, _ batch: inout RowScratch
  ) {
    for i in 0..<size {
      batch.positions[i] = UInt32(truncatingIfNeeded: i)
      batch.candidates[i] = chains.heads[Int(batch.ids[i])]
      batch.differs[i] = 0
    }
    for (k, column) in columns.enumerated() {
      source.gather(column: column, rows: batch.candidates, count: size, into: &batch.words)
      batch.compare(keys[k], offset: 0, found: size)
    }
    for i in 0..<size where batch.differs[i] != 0 {
      let key = keys.map { $0[i] }
      let hash = batch.hashes[i]
      var id = chains.keys.following(batch.ids[i], hash: hash)
      while id != noRow, !rowHas(key, chains.heads[Int(id)]) {
        id = chains.keys.following(id, hash: hash)
      }
      if id == noRow {
        id = UInt32(chains.heads.count)
        chains.keys.insert(hash: hash, id: id)
        chains.heads.append(UInt32(row + i))
      }
      batch.ids[i] = id
    }
  }
}
