import FactModel

/// The words of days that were read before; files have few distinct ones.
package struct DayMemo {
  private struct Entry {
    var first: UInt64 = 0
    var last: UInt16 = 0
    var word: UInt64 = 0
  }

  private var entries = [Entry](repeating: Entry(), count: 8_192)

  /// Remembers nothing yet.
  package init() {}

  /// The ten bytes of a day as they stand.
  struct Key {
    let first: UInt64
    let last: UInt16

    @inline(__always)
    init(_ bytes: UnsafeRawPointer) {
      first = bytes.loadUnaligned(as: UInt64.self)
      last = bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    }

    @inline(__always)
    var slot: Int {
      let mixed = (first ^ UInt64(last) &<< 21) &* 0x9E37_79B9_7F4A_7C15
      return Int(truncatingIfNeeded: mixed &>> 51)
    }
  }

  /// The word of a day that was noted and not displaced since; 0 for all others.
  @inline(__always)
  func word(_ key: Key) -> UInt64 {
    let entry = entries[key.slot]
    return entry.first == key.first && entry.last == key.last ? entry.word : 0
  }

  @inline(__always)
  mutating func note(_ key: Key, _ word: UInt64) {
    entries[key.slot] = Entry(first: key.first, last: key.last, word: word)
  }
}
