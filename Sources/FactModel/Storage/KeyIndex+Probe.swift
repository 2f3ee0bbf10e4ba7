extension KeyIndex {
  /// What a batch of keys has found, and how far it has been expanded; reused from batch to batch.
  public struct Hits {
    /// For each probe, where its rows begin and end in the groups.
    var starts: [UInt32] = []
    var ends: [UInt32] = []
    /// For each probe, the latest row of its chain, or `noRow`.
    var chains: [UInt32] = []
    var count = 0
    /// The probe to expand next.
    var next = 0
    /// The groups that they were found in.
    var generation = 0
    /// Where groups lie in several runs in a base: the words sought, and the run of the next probe.
    var words: [UInt64] = []
    var run = 0
    var batch = RowScratch()

    /// Nothing found yet.
    public init() {}
  }

  /// Looks up `count` keys, given as one array for each column of the index.
  ///
  /// Covers the rows up to `rowLimit`; call `extend` before where rows may have been appended.
  public func probe(keys: [[UInt64]], count: Int, into hits: inout Hits) {
    precondition(keys.count == columns.count, "a key has a word for each column")
    hits.count = count
    hits.next = 0
    hits.generation = generation
    grow(&hits.starts, to: count)
    grow(&hits.ends, to: count)
    grow(&hits.chains, to: count)
    guard count > 0 else { return }
    let hasChains = !chained.next.isEmpty
    switch lookup {
    case .direct(let upper, let least):
      probeDirect(keys[0], upper, least, &hits)
      if hasChains { probeExact(keys[0], upper, &hits, inChains: true) }
    case .exact(let upper):
      if let stored {
        probeStored(keys[0], stored, &hits)
      } else {
        probeExact(keys[0], upper, &hits, inChains: false)
      }
      if hasChains { probeExact(keys[0], upper, &hits, inChains: true) }
    case .hashed:
      if stored == nil || hasChains {
        hits.batch.reserve(count)
        Hashing.rows(
          keys, offset: 0, count: count, partial: &hits.batch.partial, into: &hits.batch.hashes)
      }
      if let stored {
        probeStored(keys[0], stored, &hits)
      } else {
        groups.find(hashes: hits.batch.hashes, count: count, ids: &hits.batch.ids)
        confirm(keys, &hits, inChains: false)
        setSpans(&hits)
      }
      if hasChains {
        chained.keys.find(hashes: hits.batch.hashes, count: count, ids: &hits.batch.ids)
        confirm(keys, &hits, inChains: true)
        setChains(&hits)
      }
    }
    if !hasChains {
      for i in 0..<count { hits.chains[i] = noRow }
    }
  }

  private func probeDirect(
    _ words: [UInt64], _ upper: UInt64, _ least: UInt32, _ hits: inout Hits
  ) {
    let starts = self.starts
    let limit = UInt64(groupCount)
    let base = upper | UInt64(least)
    for i in 0..<hits.count {
      // A word below the base wraps around and is too large.
      let group = words[i] &- base
      var start: UInt32 = 0
      var end: UInt32 = 0
      if group < limit {
        start = starts[Int(truncatingIfNeeded: group)]
        end = starts[Int(truncatingIfNeeded: group) &+ 1]
      }
      hits.starts[i] = start
      hits.ends[i] = end
    }
  }

  private func probeExact(
    _ words: [UInt64], _ upper: UInt64, _ hits: inout Hits, inChains: Bool
  ) {
    let count = hits.count
    hits.batch.reserve(count)
    grow(&hits.batch.hashes, to: count)
    for i in 0..<count {
      hits.batch.hashes[i] = Hashing.mix32(UInt32(truncatingIfNeeded: words[i]))
    }
    if inChains {
      chained.keys.find(hashes: hits.batch.hashes, count: count, ids: &hits.batch.ids)
    } else {
      groups.find(hashes: hits.batch.hashes, count: count, ids: &hits.batch.ids)
    }
    for i in 0..<count where (words[i] ^ upper) &>> 32 != 0 { hits.batch.ids[i] = noRow }
    if inChains { setChains(&hits) } else { setSpans(&hits) }
  }

  /// Replaces candidates whose key is another one by the right group or chain, or none.
  private func confirm(_ keys: [[UInt64]], _ hits: inout Hits, inChains: Bool) {
    let found = hits.batch.listCandidates(count: hits.count)
    guard found > 0 else { return }
    if inChains {
      let heads = chained.heads
      for k in 0..<found { hits.batch.candidates[k] = heads[Int(hits.batch.candidates[k])] }
    } else {
      let starts = self.starts
      let permutation = self.permutation
      for k in 0..<found {
        hits.batch.candidates[k] = permutation[Int(starts[Int(hits.batch.candidates[k])])]
      }
    }
    for (k, column) in columns.enumerated() {
      source.gather(
        column: column, rows: hits.batch.candidates, count: found, into: &hits.batch.words)
      hits.batch.compare(keys[k], offset: 0, found: found)
    }
    for k in 0..<found where hits.batch.differs[k] != 0 {
      let i = Int(hits.batch.positions[k])
      let key = keys.map { $0[i] }
      let hash = hits.batch.hashes[i]
      var id = hits.batch.ids[i]
      repeat {
        if inChains {
          id = chained.keys.following(id, hash: hash)
        } else {
          id = groups.following(id, hash: hash)
        }
      } while id != noRow && !rowHas(key, anyRow(Int(id), inChains))
      hits.batch.ids[i] = id
    }
  }

  @inline(__always) private func anyRow(_ id: Int, _ inChains: Bool) -> UInt32 {
    if inChains { return chained.heads[id] }
    return permutation[Int(starts[id])]
  }

  private func setSpans(_ hits: inout Hits) {
    let starts = self.starts
    for i in 0..<hits.count {
      let group = hits.batch.ids[i]
      var start: UInt32 = 0
      var end: UInt32 = 0
      if group != noRow {
        start = starts[Int(group)]
        end = starts[Int(group) &+ 1]
      }
      hits.starts[i] = start
      hits.ends[i] = end
    }
  }

  private func setChains(_ hits: inout Hits) {
    for i in 0..<hits.count {
      let chain = hits.batch.ids[i]
      var head = noRow
      if chain != noRow { head = chained.heads[Int(chain)] }
      hits.chains[i] = head
    }
  }

  /// Writes (probe, row) pairs of what was found and lies in `rows` to the start of the outputs.
  ///
  /// Returns true when the output is full and there may be more: call it again, with the same
  /// `rows`. Probes come in order. A range that ends where a fixpoint's last round began makes the
  /// pairs those of earlier rounds. The index must not be extended between a probe and its last
  /// expansion; rows may be appended to the source.
  public func expand(
    _ hits: inout Hits, within rows: Range<UInt32>, probes: inout [UInt32],
    matched: inout [UInt32], count: inout Int, capacity: Int
  ) -> Bool {
    assert(hits.generation == generation, "an index is extended while its hits are expanded")
    grow(&probes, to: capacity)
    grow(&matched, to: capacity)
    if let stored {
      return expandStored(
        stored, &hits, within: rows, probes: &probes, matched: &matched, count: &count,
        capacity: capacity)
    }
    let usesGroups = Int(rows.lowerBound) < grouped
    let cutsGroups = rows.lowerBound > 0 || Int(rows.upperBound) < grouped
    let usesChains = Int(rows.upperBound) > grouped && !chained.next.isEmpty
    let permutation = self.permutation
    let next = chained.next
    let lower = rows.lowerBound
    let upper = rows.upperBound
    var out = 0
    var i = hits.next
    while i < hits.count {
      let probe = UInt32(truncatingIfNeeded: i)
      if usesGroups {
        var from = Int(hits.starts[i])
        var to = Int(hits.ends[i])
        if cutsGroups, from < to {
          from = KeyIndex.position(of: lower, in: permutation, from, to)
          to = KeyIndex.position(of: upper, in: permutation, from, to)
        }
        let end = min(to, from &+ capacity &- out)
        for k in 0..<max(0, end &- from) {
          probes[out &+ k] = probe
          matched[out &+ k] = permutation[from &+ k]
        }
        out &+= max(0, end &- from)
        if end < to {
          hits.starts[i] = UInt32(truncatingIfNeeded: end)
          hits.next = i
          count = out
          return true
        }
        hits.starts[i] = hits.ends[i]
      }
      if usesChains {
        var row = hits.chains[i]
        while row != noRow, row >= lower {
          if row < upper {
            if out == capacity {
              hits.chains[i] = row
              hits.next = i
              count = out
              return true
            }
            probes[out] = probe
            matched[out] = row
            out &+= 1
          }
          row = next[Int(row) &- grouped]
        }
        hits.chains[i] = noRow
      }
      i &+= 1
    }
    hits.next = hits.count
    count = out
    return false
  }

  /// The first position from `from` on whose row is not below `row`.
  @inline(__always)
  private static func position(
    of row: UInt32, in permutation: [UInt32], _ from: Int, _ to: Int
  ) -> Int {
    var low = from
    var high = to
    while low < high {
      let middle = (low &+ high) &>> 1
      if permutation[middle] < row { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  /// Writes 1 for each key that some row within `rows` has, 0 for the others: a semi-join.
  ///
  /// A dead row of a table does not count.
  public func contains(
    keys: [[UInt64]], count: Int, within rows: Range<UInt32>, hits: inout Hits,
    into found: inout [UInt8]
  ) {
    grow(&found, to: count)
    probe(keys: keys, count: count, into: &hits)
    let table = source as? Table
    let hasDeadRows = table?.hasDeadRows ?? false
    if !hasDeadRows, rows.lowerBound == 0, Int(rows.upperBound) >= rowLimit,
      stored?.runs.count ?? 1 == 1
    {
      for i in 0..<count {
        var any: UInt8 = 0
        if hits.starts[i] < hits.ends[i] { any = 1 }
        if hits.chains[i] != noRow { any = 1 }
        found[i] = any
      }
      return
    }
    for i in 0..<count { found[i] = 0 }
    var probes: [UInt32] = []
    var matched: [UInt32] = []
    var size = 0
    var more = true
    while more {
      more = expand(
        &hits, within: rows, probes: &probes, matched: &matched, count: &size, capacity: batchSize)
      for k in 0..<size {
        if !hasDeadRows || table?.isLive(matched[k]) ?? true { found[Int(probes[k])] = 1 }
      }
    }
  }
}
