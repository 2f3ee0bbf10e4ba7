import Glibc
import Synchronization

/// The prefixes of texts that are found by the number at their end, as small numbers.
///
/// The first `limit` prefixes that occur are kept, for ever; others have none, so that texts which
/// all begin differently cost one look each. Any number of threads may look up and enter.
final class PrefixTable: @unchecked Sendable {
  /// How many prefixes are kept.
  static let limit = 1024
  /// Bytes of a prefix at most.
  private static let lengthLimit = 256
  private static let slotCount = 2048

  /// A prefix, which is written before its number is.
  private struct Entry {
    var bytes: UnsafeMutableRawPointer
    var length: Int
    var hash: UInt32
  }

  private let entries = UnsafeMutablePointer<Entry>.allocate(capacity: limit)
  /// Numbers of prefixes plus one, by hash.
  private let slots = UnsafeMutablePointer<Atomic<UInt16>>.allocate(capacity: slotCount)
  private let count = Atomic<Int>(0)
  private let lock = Mutex(())

  init() {
    for slot in 0..<PrefixTable.slotCount { (slots + slot).initialize(to: Atomic(0)) }
  }

  deinit {
    for number in 0..<count.load(ordering: .acquiring) { entries[number].bytes.deallocate() }
    entries.deallocate()
    slots.deinitialize(count: PrefixTable.slotCount)
    slots.deallocate()
  }

  /// What was looked up last: the same prefix is mostly that of the next text.
  struct Memo {
    fileprivate var number: Int?
    fileprivate var bytes = UnsafeRawPointer(bitPattern: 1)
    fileprivate var length = -1
  }

  /// The number of a prefix, entered if there is room for it; nil where it has none.
  @inline(__always)
  func number(of prefix: UnsafeRawPointer, _ length: Int, _ memo: inout Memo) -> Int? {
    if length == memo.length, let bytes = memo.bytes, SymbolHash.isEqual(bytes, prefix, length) {
      return memo.number
    }
    return search(prefix, length, &memo)
  }

  @inline(never)
  private func search(_ prefix: UnsafeRawPointer, _ length: Int, _ memo: inout Memo) -> Int? {
    guard length <= PrefixTable.lengthLimit else { return nil }
    let hash = UInt32(truncatingIfNeeded: SymbolHash.hash(base: prefix, count: length) &>> 32)
    var found = find(prefix, length, hash)
    if found == nil, count.load(ordering: .acquiring) < PrefixTable.limit {
      found = lock.withLock { _ in enter(prefix, length, hash) }
    }
    guard let found else { return nil }
    memo = Memo(number: found, bytes: UnsafeRawPointer(entries[found].bytes), length: length)
    return found
  }

  private func find(_ prefix: UnsafeRawPointer, _ length: Int, _ hash: UInt32) -> Int? {
    var slot = Int(hash) & (PrefixTable.slotCount - 1)
    while true {
      let number = Int(slots[slot].load(ordering: .acquiring)) - 1
      if number < 0 { return nil }
      let entry = entries[number]
      if entry.hash == hash, entry.length == length,
        SymbolHash.isEqual(UnsafeRawPointer(entry.bytes), prefix, length)
      {
        return number
      }
      slot = (slot + 1) & (PrefixTable.slotCount - 1)
    }
  }

  /// Enters a prefix under the lock, unless another thread just has.
  private func enter(_ prefix: UnsafeRawPointer, _ length: Int, _ hash: UInt32) -> Int? {
    if let found = find(prefix, length, hash) { return found }
    let number = count.load(ordering: .relaxed)
    guard number < PrefixTable.limit else { return nil }
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(length, 1), alignment: 8)
    memcpy(bytes, prefix, length)
    (entries + number).initialize(to: Entry(bytes: bytes, length: length, hash: hash))
    var slot = Int(hash) & (PrefixTable.slotCount - 1)
    while slots[slot].load(ordering: .relaxed) != 0 {
      slot = (slot + 1) & (PrefixTable.slotCount - 1)
    }
    slots[slot].store(UInt16(number + 1), ordering: .releasing)
    count.store(number + 1, ordering: .releasing)
    return number
  }
}
