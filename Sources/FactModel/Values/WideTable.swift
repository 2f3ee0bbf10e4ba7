/// What an entry of the wide table is.
public enum WideKind: UInt8, Sendable {
  /// A number between two bounds; each is the word of an exact number, unknown if open.
  case range = 0
  /// A moment between two days or date-times; each is the word of a date, unknown if open.
  case span
  /// An integer beyond ±2^47; both bounds hold its 64 bits.
  case integer
}

/// One value that does not fit into a word.
public struct WideEntry: Hashable, Sendable {
  /// What the bounds mean.
  public var kind: WideKind
  /// The lower bound or first moment as the bits of a word; of an integer its own bits.
  public var lower: UInt64
  /// The upper bound or last moment, likewise.
  public var upper: UInt64

  /// Takes bounds that are already canonical.
  public init(kind: WideKind, lower: UInt64, upper: UInt64) {
    self.kind = kind
    self.lower = lower
    self.upper = upper
  }
}

/// The append-only table of values that do not fit into a word, each there once.
///
/// Two entries are the same value if kind and bounds are. The text with which a value was first
/// written is kept beside it. Ids count up from 0, so that interning the entries of a stored table
/// in their order gives them their ids back. Not safe for use by two threads while one interns.
public final class WideTable {
  /// The entries by column, so that a kernel reads no more of them than it needs.
  public struct Bounds: Sendable {
    /// The raw value of each entry's kind.
    public internal(set) var kinds: [UInt8] = []
    /// The lower bound of each entry.
    public internal(set) var lower: [UInt64] = []
    /// The upper bound of each entry.
    public internal(set) var upper: [UInt64] = []
    /// What holds for the bounds of sixty-four entries each.
    var zones: [WideZone] = []

    /// No entries.
    public init() {}

    mutating func append(_ kind: UInt8, _ lower: UInt64, _ upper: UInt64) {
      if kinds.count % WideZone.size == 0 { zones.append(WideZone()) }
      zones[zones.count - 1].add(kind, lower, upper)
      kinds.append(kind)
      self.lower.append(lower)
      self.upper.append(upper)
    }

    /// Appends entries of one kind, as many as a zone holds at a time.
    mutating func append(_ kind: UInt8, _ lower: [UInt64], _ upper: [UInt64], count: Int) {
      var start = 0
      while start < count {
        let filled = kinds.count % WideZone.size
        let end = min(count, start + WideZone.size - filled)
        var zone = filled == 0 ? WideZone() : zones.removeLast()
        for i in start..<end { zone.add(kind, lower[i], upper[i]) }
        zones.append(zone)
        kinds.append(contentsOf: repeatElement(kind, count: end - start))
        self.lower.append(contentsOf: lower[start..<end])
        self.upper.append(contentsOf: upper[start..<end])
        start = end
      }
    }
  }

  private var entries = Bounds()
  /// The texts by id; few values have one where ranges come from files.
  private var texts: [UInt32: String] = [:]
  private var identity = KeyTable()
  private var batch = InternScratch()

  /// Enters the values of a stored table, before anything else is asked.
  var restore: ((WideTable) -> Void)?

  /// An empty table.
  public init() {}

  @inline(__always)
  private func ensureRestored() {
    if restore != nil { runRestore() }
  }

  private func runRestore() {
    let enter = restore
    restore = nil
    enter?(self)
  }

  /// The number of values.
  public var count: Int {
    ensureRestored()
    return entries.kinds.count
  }

  /// All entries by column, for loops over many; to be let go before anything is interned.
  public var bounds: Bounds {
    ensureRestored()
    return entries
  }

  /// The value of an id. Complexity: O(1).
  public func entry(_ id: UInt32) -> WideEntry {
    ensureRestored()
    // A damaged base may name a value that is not there.
    guard Int(id) < entries.kinds.count else {
      return WideEntry(kind: .integer, lower: 0, upper: 0)
    }
    return stored(id)
  }

  @inline(__always)
  private func stored(_ id: UInt32) -> WideEntry {
    let id = Int(id)
    return WideEntry(
      kind: WideKind(rawValue: entries.kinds[id]) ?? .range, lower: entries.lower[id],
      upper: entries.upper[id])
  }

  /// How the value was first written, nil if it was only computed or prints just so.
  public func text(_ id: UInt32) -> String? {
    ensureRestored()
    return texts[id]
  }

  // MARK: Interning

  /// The id of a value, new if it is not there yet.
  ///
  /// A text is kept if the value has none so far. Complexity: O(1) on average.
  public func intern(_ entry: WideEntry, text: String?) -> UInt32 {
    ensureRestored()
    let hash = WideTable.hash(entry.kind.rawValue, entry.lower, entry.upper)
    var id = find(entry, hash)
    if id == noRow {
      id = UInt32(entries.kinds.count)
      append(entry.kind.rawValue, entry.lower, entry.upper)
      identity.insert(hash: hash, id: id)
    }
    if let text, texts[id] == nil { texts[id] = text }
    return id
  }

  /// Interns `count` ranges given by the words of their bounds, and writes the id of each.
  ///
  /// A batch at a time, so that the waits for memory overlap. Returns how many are new. Complexity:
  /// O(count), expected.
  @discardableResult
  public func internRanges(
    lower: [UInt64], upper: [UInt64], count: Int, into ids: inout [UInt32]
  ) -> Int {
    ensureRestored()
    grow(&ids, to: count)
    if count >= KeyTable.parallelCount {
      return internMany(lower: lower, upper: upper, count: count, into: &ids)
    }
    let kind = WideKind.range.rawValue
    let before = entries.kinds.count
    var work = batch
    batch = InternScratch()
    var offset = 0
    while offset < count {
      let size = min(batchSize, count - offset)
      work.reserve(size)
      for i in 0..<size {
        work.hashes[i] = WideTable.hash(kind, lower[offset &+ i], upper[offset &+ i])
      }
      let first = UInt32(entries.kinds.count)
      let fresh = identity.findOrInsert(
        hashes: work.hashes, count: size, firstID: first, ids: &work.ids, fresh: &work.fresh)
      for k in 0..<fresh {
        let i = Int(work.fresh[k])
        append(kind, lower[offset &+ i], upper[offset &+ i])
        work.ids[i] = first &+ UInt32(truncatingIfNeeded: k)
      }
      for i in 0..<size {
        let at = offset &+ i
        var id = work.ids[i]
        let place = Int(id)
        if entries.lower[place] != lower[at] || entries.upper[place] != upper[at]
          || entries.kinds[place] != kind
        {
          // Another value has the same hash: one at a time is fast enough for these.
          id = intern(WideEntry(kind: .range, lower: lower[at], upper: upper[at]), text: nil)
        }
        ids[at] = id
      }
      offset += size
    }
    batch = work
    return entries.kinds.count - before
  }

  /// The same by two threads.
  private func internMany(
    lower: [UInt64], upper: [UInt64], count: Int, into ids: inout [UInt32]
  ) -> Int {
    let kind = WideKind.range.rawValue
    var work = batch
    batch = InternScratch()
    defer { batch = work }
    work.reserve(count)
    work.hashes.withUnsafeMutableBufferPointer { hashes in
      for i in 0..<count { hashes[i] = WideTable.hash(kind, lower[i], upper[i]) }
    }
    let first = UInt32(entries.kinds.count)
    var places = [UInt32](repeating: 0, count: count)
    identity.enterMany(
      hashes: work.hashes, count: count, firstID: first, ids: &ids, places: &places)
    func isSame(_ i: Int, _ id: UInt32) -> Bool {
      if id >= first {
        let other = Int(id - first)
        return lower[other] == lower[i] && upper[other] == upper[i]
      }
      return stored(id) == WideEntry(kind: .range, lower: lower[i], upper: upper[i])
    }
    for i in 0..<count {
      // Another value may have the same hash.
      if places[i] == KeyTable.unplaced || ids[i] != noRow && !isSame(i, ids[i]) {
        (ids[i], places[i]) = identity.resolve(
          first + UInt32(i), hash: work.hashes[i], after: places[i]
        ) { isSame(i, $0) }
      }
    }
    let fresh = identity.number(
      hashes: work.hashes, count: count, firstID: first, ids: &ids, places: &places,
      fresh: &work.fresh)
    if fresh == count {
      entries.append(kind, lower, upper, count: count)
    } else {
      let new = work.fresh[0..<fresh]
      entries.append(
        kind, new.map { lower[Int($0)] }, new.map { upper[Int($0)] }, count: fresh)
    }
    for k in 0..<fresh { ids[Int(work.fresh[k])] = first &+ UInt32(truncatingIfNeeded: k) }
    return fresh
  }

  /// Makes room to tell so many more values apart, which saves making it bit by bit.
  public func reserve(_ values: Int) {
    ensureRestored()
    identity.reserve(values)
  }

  /// The id of a value that is there, else nil.
  public func find(_ entry: WideEntry) -> UInt32? {
    ensureRestored()
    let id = find(entry, WideTable.hash(entry.kind.rawValue, entry.lower, entry.upper))
    return id == noRow ? nil : id
  }

  private func find(_ entry: WideEntry, _ hash: UInt32) -> UInt32 {
    var id = identity.following(noRow, hash: hash)
    while id != noRow {
      if stored(id) == entry { return id }
      id = identity.following(id, hash: hash)
    }
    return noRow
  }

  private func append(_ kind: UInt8, _ lower: UInt64, _ upper: UInt64) {
    entries.append(kind, lower, upper)
  }

  @inline(__always)
  static func hash(_ kind: UInt8, _ lower: UInt64, _ upper: UInt64) -> UInt32 {
    Hashing.finish(Hashing.step(Hashing.step(UInt64(kind), lower), upper))
  }

  /// What one batch of interning works in.
  private struct InternScratch {
    var hashes: [UInt32] = []
    var ids: [UInt32] = []
    var fresh: [UInt32] = []

    mutating func reserve(_ count: Int) {
      grow(&hashes, to: count)
      grow(&ids, to: count)
      grow(&fresh, to: count)
    }
  }
}
