extension FactTable {
  /// The claims of those facts of a batch that were never there.
  func addFirst(_ batch: ClaimBatch, _ rows: [UInt32], _ isNew: [Bool], _ count: Int) {
    var positions: [Int] = []
    positions.reserveCapacity(count)
    if batch.isUniform {
      for i in 0..<count where isNew[i] { positions.append(i) }
    } else {
      for i in 0..<count where isNew[i] {
        if batch.claim(at: i).isPlain { plainCount += 1 } else { positions.append(i) }
      }
    }
    append(claimWords(batch, positions, rows))
    for i in positions {
      setHasEntries(rows[i])
      let certainty = batch.certainty(at: i)
      if certainty != .certain { facts.setLevel(rows[i], certainty) }
    }
  }

  /// The words of claims in the order of the columns, one row for each of `positions`.
  private func claimWords(
    _ batch: ClaimBatch, _ positions: [Int], _ rows: [UInt32]
  ) -> [[UInt64]] {
    func words(_ column: [UInt64]?, _ common: Word) -> [UInt64] {
      guard let column else { return Array(repeating: common.bits, count: positions.count) }
      return positions.map { column[$0] }
    }
    let levels: [UInt64]
    if batch.certainties == nil {
      let level = FactTable.word(of: batch.common.certainty)
      levels = Array(repeating: level, count: positions.count)
    } else {
      levels = positions.map { FactTable.word(of: batch.certainty(at: $0)) }
    }
    let isGiven = batch.known != nil || batch.common.knownIsGiven
    return [
      positions.map { FactTable.reference(rows[$0]) }, words(batch.sources, batch.common.source),
      words(batch.documents, batch.common.document), words(batch.places, batch.common.place),
      levels, words(batch.known, batch.common.known),
      Array(repeating: Word(symbol: isGiven ? 1 : 0).bits, count: positions.count),
      words(batch.valid, batch.common.valid),
    ]
  }

  /// How a certainty is written in a column.
  static func word(of certainty: Certainty) -> UInt64 {
    Word(symbol: UInt32(certainty.rawValue)).bits
  }

  private func append(_ columns: [[UInt64]]) {
    var rows: [UInt32] = []
    var isNew: [Bool] = []
    claims.insert(columns: columns, count: columns[0].count, rows: &rows, isNew: &isNew)
  }

  /// The claims of those facts of a batch that were there before, or stood earlier in the batch.
  func addFurther(
    _ batch: ClaimBatch, _ rows: [UInt32], _ isNew: [Bool], _ count: Int, _ stated: inout Stated
  ) {
    let isPlain = batch.isPlain
    var positions: [Int] = []
    for i in 0..<count where !isNew[i] {
      let row = rows[i]
      if hasEntries(row) || !isPlain && facts.isLive(row) {
        positions.append(i)
      } else if !facts.isLive(row) {
        // Erased before, or forgotten by now: rare, and a plain claim leaves no entry.
        if add(batch.claim(at: i), to: row) {
          stated.newClaims += 1
          stated.newFacts += 1
        }
      }
    }
    guard !positions.isEmpty else { return }
    let words = claimWords(batch, positions, rows)
    let wanted = unstated(words, plain: { batch.claim(at: positions[$0]).isPlain }, rows, positions)
    guard !wanted.isEmpty else { return }
    for k in wanted {
      let row = rows[positions[k]]
      if !hasEntries(row), facts.isLive(row) { _ = writeDefault(of: row) }
    }
    append(words.map { column in wanted.map { column[$0] } })
    stated.newClaims += wanted.count
    for k in wanted {
      let row = rows[positions[k]]
      let certainty = batch.certainty(at: positions[k])
      setHasEntries(row)
      if !facts.isLive(row) {
        facts.setLive(row, true)
        facts.setLevel(row, certainty)
        stated.newFacts += 1
      } else if certainty.rawValue < facts.level(of: row).rawValue {
        facts.setLevel(row, certainty)
      }
    }
  }

  /// Which of some claims, given as columns, are not open yet; of equal ones the first.
  private func unstated(
    _ words: [[UInt64]], plain: (Int) -> Bool, _ rows: [UInt32], _ positions: [Int]
  ) -> [Int] {
    let count = positions.count
    var isOpen = [Bool](repeating: false, count: count)
    for k in 0..<count where !hasEntries(rows[positions[k]]) { isOpen[k] = plain(k) }
    markOpen(words, &isOpen)
    // Two equal claims in one batch meet in a set of their own.
    let remaining = (0..<count).filter { !isOpen[$0] }
    guard remaining.count > 1 else { return remaining }
    let set = Table(arity: ClaimColumn.count, account: MemoryAccount())
    var numbers: [UInt32] = []
    var isNew: [Bool] = []
    set.insert(
      columns: words.map { column in remaining.map { column[$0] } }, count: remaining.count,
      rows: &numbers, isNew: &isNew)
    return remaining.indices.filter { isNew[$0] }.map { remaining[$0] }
  }

  /// Marks those of some claims, given as columns, that are among the open entries.
  private func markOpen(_ words: [[UInt64]], _ isOpen: inout [Bool]) {
    guard claims.rowCount > 0 else { return }
    let index = claims.index(on: [ClaimColumn.fact])
    var hits = KeyIndex.Hits()
    index.probe(keys: [words[ClaimColumn.fact]], count: isOpen.count, into: &hits)
    var probes: [UInt32] = []
    var entries: [UInt32] = []
    var found: [UInt64] = []
    var differs: [Bool] = []
    var count = 0
    var more = true
    while more {
      more = index.expand(
        &hits, within: 0..<UInt32(claims.rowCount), probes: &probes, matched: &entries,
        count: &count, capacity: batchSize)
      differs = entries.prefix(count).map { !claims.isLive($0) }
      for c in 1..<ClaimColumn.count {
        claims.gather(column: c, rows: entries, count: count, into: &found)
        let stated = words[c]
        for k in 0..<count where found[k] != stated[Int(probes[k])] { differs[k] = true }
      }
      for k in 0..<count where !differs[k] { isOpen[Int(probes[k])] = true }
    }
  }
}
