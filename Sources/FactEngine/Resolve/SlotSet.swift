/// A set of slots, a bit for each.
///
/// Resolving and planning ask for such sets all the time, and a rule or query has few variables: up
/// to 64 slots take no memory of their own. Complexity: O(greatest slot / 64) for all operations.
struct SlotSet: SetAlgebra, Sequence, Hashable, Sendable {
  private var first: UInt64 = 0
  /// The bits of slots from 64 on; the last word, if there is any, is not 0.
  private var more: [UInt64] = []

  /// The empty set.
  init() {}

  init<Slots: Sequence>(_ slots: Slots) where Slots.Element == Slot {
    formUnion(slots)
  }

  init(arrayLiteral elements: Slot...) { formUnion(elements) }

  // MARK: Elements

  func contains(_ slot: Slot) -> Bool {
    if slot < 64 { return first &>> UInt64(slot) & 1 != 0 }
    let word = slot / 64 - 1
    return word < more.count && more[word] &>> UInt64(slot & 63) & 1 != 0
  }

  @discardableResult
  mutating func insert(_ slot: Slot) -> (inserted: Bool, memberAfterInsert: Slot) {
    if contains(slot) { return (false, slot) }
    if slot < 64 {
      first |= 1 &<< UInt64(slot)
    } else {
      let word = slot / 64 - 1
      while more.count <= word { more.append(0) }
      more[word] |= 1 &<< UInt64(slot & 63)
    }
    return (true, slot)
  }

  @discardableResult
  mutating func remove(_ slot: Slot) -> Slot? {
    guard contains(slot) else { return nil }
    if slot < 64 {
      first &= ~(1 &<< UInt64(slot))
    } else {
      more[slot / 64 - 1] &= ~(1 &<< UInt64(slot & 63))
      trim()
    }
    return slot
  }

  @discardableResult
  mutating func update(with slot: Slot) -> Slot? { insert(slot).inserted ? nil : slot }

  var isEmpty: Bool { first == 0 && more.isEmpty }

  /// The number of slots.
  var count: Int { more.reduce(first.nonzeroBitCount) { $0 + $1.nonzeroBitCount } }

  /// The slots, ascending.
  func makeIterator() -> Iterator { Iterator(bits: first, rest: more[...]) }

  struct Iterator: IteratorProtocol {
    fileprivate var bits: UInt64
    fileprivate var rest: ArraySlice<UInt64>
    fileprivate var base = 0

    mutating func next() -> Slot? {
      while bits == 0 {
        guard let word = rest.popFirst() else { return nil }
        bits = word
        base += 64
      }
      defer { bits &= bits &- 1 }
      return base + bits.trailingZeroBitCount
    }
  }

  /// The slots, ascending.
  func sorted() -> [Slot] { Array(self) }

  // MARK: Sets

  private mutating func trim() { while more.last == 0 { more.removeLast() } }

  private mutating func combine(
    _ other: SlotSet, _ operation: (UInt64, UInt64) -> UInt64
  ) {
    first = operation(first, other.first)
    if more.isEmpty, other.more.isEmpty { return }
    while more.count < other.more.count { more.append(0) }
    for word in more.indices {
      more[word] = operation(more[word], word < other.more.count ? other.more[word] : 0)
    }
    trim()
  }

  mutating func formUnion(_ other: SlotSet) { combine(other, |) }

  mutating func formUnion<Slots: Sequence>(_ slots: Slots) where Slots.Element == Slot {
    for slot in slots { insert(slot) }
  }

  mutating func formIntersection(_ other: SlotSet) { combine(other, &) }

  mutating func formSymmetricDifference(_ other: SlotSet) { combine(other, ^) }

  mutating func subtract(_ other: SlotSet) { combine(other) { $0 & ~$1 } }

  func union(_ other: SlotSet) -> SlotSet {
    var result = self
    result.formUnion(other)
    return result
  }

  func union<Slots: Sequence>(_ slots: Slots) -> SlotSet where Slots.Element == Slot {
    union(SlotSet(slots))
  }

  func intersection(_ other: SlotSet) -> SlotSet {
    var result = self
    result.formIntersection(other)
    return result
  }

  func intersection<Slots: Sequence>(_ slots: Slots) -> SlotSet where Slots.Element == Slot {
    intersection(SlotSet(slots))
  }

  func symmetricDifference(_ other: SlotSet) -> SlotSet {
    var result = self
    result.formSymmetricDifference(other)
    return result
  }

  func subtracting(_ other: SlotSet) -> SlotSet {
    var result = self
    result.subtract(other)
    return result
  }

  func subtracting<Slots: Sequence>(_ slots: Slots) -> SlotSet where Slots.Element == Slot {
    subtracting(SlotSet(slots))
  }

  func isSubset(of other: SlotSet) -> Bool { subtracting(other).isEmpty }

  func isSuperset<Slots: Sequence>(of slots: Slots) -> Bool where Slots.Element == Slot {
    slots.allSatisfy { contains($0) }
  }
}
