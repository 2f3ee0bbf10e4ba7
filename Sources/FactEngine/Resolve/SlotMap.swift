/// Values by slot. Slots count up from 0, so that they stand in an array.
struct SlotMap<Value>: Sequence {
  private var values: [Value?] = []

  /// An empty map.
  init() {}

  subscript(slot: Slot) -> Value? {
    get { slot < values.count ? values[slot] : nil }
    set {
      while values.count <= slot { values.append(nil) }
      values[slot] = newValue
    }
  }

  /// The slots that have a value, ascending.
  func makeIterator() -> Iterator { Iterator(values: values) }

  struct Iterator: IteratorProtocol {
    fileprivate let values: [Value?]
    fileprivate var slot = 0

    mutating func next() -> (slot: Slot, value: Value)? {
      while slot < values.count {
        defer { slot += 1 }
        if let value = values[slot] { return (slot, value) }
      }
      return nil
    }
  }
}
