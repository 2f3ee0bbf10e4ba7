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
  private var entries: [WideEntry] = []
  private var texts: [String?] = []
  /// Ids plus one by hash, 0 where free; the count is a power of two, at most half full.
  private var slots: [UInt32] = Array(repeating: 0, count: 64)

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
    return entries.count
  }

  /// The value of an id. Complexity: O(1).
  public func entry(_ id: UInt32) -> WideEntry {
    ensureRestored()
    return entries[Int(id)]
  }

  /// How the value was first written, nil if it was only computed.
  public func text(_ id: UInt32) -> String? {
    ensureRestored()
    return texts[Int(id)]
  }

  /// The id of a value, new if it is not there yet.
  ///
  /// A text is kept if the value has none so far. Complexity: O(1) on average.
  public func intern(_ entry: WideEntry, text: String?) -> UInt32 {
    ensureRestored()
    let slot = self.slot(of: entry)
    if slots[slot] != 0 {
      let id = slots[slot] - 1
      if let text, texts[Int(id)] == nil { texts[Int(id)] = text }
      return id
    }
    let id = UInt32(entries.count)
    entries.append(entry)
    texts.append(text)
    slots[slot] = id + 1
    if entries.count * 2 > slots.count { grow() }
    return id
  }

  /// The id of a value that is there, else nil.
  public func find(_ entry: WideEntry) -> UInt32? {
    ensureRestored()
    let found = slots[slot(of: entry)]
    return found == 0 ? nil : found - 1
  }

  /// The place of an entry, or the free place where it belongs.
  private func slot(of entry: WideEntry) -> Int {
    let mask = slots.count - 1
    var hash = (entry.lower ^ UInt64(entry.kind.rawValue)) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ (hash >> 29) ^ entry.upper) &* 0xBF58_476D_1CE4_E5B9
    var slot = Int(truncatingIfNeeded: hash >> 20) & mask
    while slots[slot] != 0, entries[Int(slots[slot] - 1)] != entry { slot = (slot + 1) & mask }
    return slot
  }

  private func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for id in entries.indices { slots[slot(of: entries[id])] = UInt32(id) + 1 }
  }
}
