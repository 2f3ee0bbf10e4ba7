/// What is stored of a table's rows beside their words.
enum StateKind: UInt8 {
  /// Which rows of a segment are alive: a bit each.
  case live = 0
  /// How sure the rows of a segment are: a byte each.
  case levels
  /// Which facts of a segment have entries among the claims: a bit each.
  case entries
  /// When claims were retracted, of all rows.
  case retractions

  /// Whether a value can have so many bytes.
  func admits(size: Int) -> Bool {
    switch self {
    case .live: size == Segment.rowLimit / 8
    case .levels: size == Segment.rowLimit
    case .entries: size <= Segment.rowLimit / 8 && size % 8 == 0
    case .retractions: true
    }
  }
}

/// Which rows of a stored table live and how sure they are: read segment by segment as the table
/// first looks at one, so that opening a base does not read a byte for each row.
final class StoredStates {
  private var live: [Int: StoredBlob] = [:]
  private var levels: [Int: StoredBlob] = [:]

  /// Whether everything has been read.
  var isEmpty: Bool { live.isEmpty && levels.isEmpty }

  /// The segments of which something is not read yet.
  var blocks: Set<Int> { Set(live.keys).union(levels.keys) }

  /// Takes what a base has of a segment.
  func note(_ kind: StateKind, _ block: Int, _ blob: StoredBlob) {
    switch kind {
    case .live: live[block] = blob
    case .levels: levels[block] = blob
    case .entries, .retractions: break
    }
  }

  /// The bitmap of a segment, if it has one that was not read yet.
  func takeLive(_ block: Int) -> [UInt64]? {
    live.removeValue(forKey: block)?.words
  }

  /// The levels of a segment, if it has some that were not read yet.
  func takeLevels(_ block: Int) -> [UInt8]? {
    guard let blob = levels.removeValue(forKey: block) else { return nil }
    blob.touch(0, blob.size)
    return blob.bytes.map { min($0, Certainty.possible.rawValue) }
  }
}

extension StoredBlob {
  /// All of a value as 64-bit words.
  var words: [UInt64] { (0..<bytes.count / 8).map { word64($0) } }
}

extension Table {
  /// Reads what a base says of a segment before it is asked or changed.
  @inline(__always)
  func ensureState(ofBlock block: Int) {
    if states != nil { readState(ofBlock: block) }
  }

  /// Reads what a base says of the segments of some rows.
  @inline(__always)
  func ensureStates(_ rows: [UInt32], _ count: Int) {
    if states != nil { readStates(rows, count) }
  }

  private func readStates(_ rows: [UInt32], _ count: Int) {
    var last = -1
    for i in 0..<count {
      let block = Int(rows[i] >> 16)
      if block != last { readState(ofBlock: block) }
      last = block
    }
  }

  private func readState(ofBlock block: Int) {
    guard let states else { return }
    if let bits = states.takeLive(block) { live[block] = bits }
    if let bytes = states.takeLevels(block) { levels[block] = bytes }
    if states.isEmpty { self.states = nil }
  }

  /// Reads all that a base says of the table.
  func readAllStates() {
    guard let blocks = states?.blocks else { return }
    for block in blocks { readState(ofBlock: block) }
    states = nil
    updateCharge()
  }
}

extension Table {
  /// Takes over the indexes of the same table as it was read earlier: its rows keep their numbers, so
  /// that only those that came since are to be added. Where the base has an index on more of them by
  /// now, that one has fewer to add.
  func takeIndexes(of old: Table) {
    guard old !== self, old.arity == arity, old.rowCount <= rowCount, let stored else { return }
    let kept = Set(stored.indexes.map(\.blob.number))
    for (columns, index) in old.indexes
    where index.stored.map({ kept.isSuperset(of: $0.blobs) }) ?? true {
      let covered = StoredIndexRuns(stored.indexes, columns: columns)?.rows ?? 0
      if covered > index.rowLimit { continue }
      index.move(to: self)
      indexes[columns] = index
    }
    distinct = old.distinct
    old.indexes = [:]
  }
}

extension FactTable {
  /// Enters which facts have entries among the claims, and when claims were retracted.
  func restoreClaims(
    entries: [(block: Int, blob: StoredBlob)], retractions stored: StoredBlob?,
    damage: DamageNote
  ) {
    let words = (facts.rowCount + 63) / 64
    for (block, blob) in entries {
      let start = block * 1024
      let end = min(start + blob.size / 8, words)
      guard start < end else { continue }
      if hasEntries.count < end {
        hasEntries.append(contentsOf: repeatElement(0, count: end - hasEntries.count))
      }
      for at in start..<end { hasEntries[at] = blob.word64(at - start) }
    }
    guard let stored else { return }
    stored.touch(0, stored.bytes.count)
    do {
      var reader = ByteReader(stored.bytes)
      for _ in 0..<(try reader.count(of: 9)) {
        guard let row = UInt32(exactly: try reader.number()), Int(row) < claims.rowCount else {
          throw UnreadableBytes()
        }
        retractions[row] = Word(bits: try reader.word())
      }
    } catch {
      damage.note("the days of retractions")
    }
  }
}
