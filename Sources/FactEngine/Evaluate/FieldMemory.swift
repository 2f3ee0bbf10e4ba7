import FactFormats
import FactModel

/// Where the texts of a column lie, and their ids.
struct TextRun {
  var starts: [UInt32] = []
  var lengths: [UInt32] = []
  var ids: [UInt32] = []

  mutating func removeAll(keepingCapacity: Bool) {
    starts.removeAll(keepingCapacity: keepingCapacity)
    lengths.removeAll(keepingCapacity: keepingCapacity)
    ids.removeAll(keepingCapacity: keepingCapacity)
  }

  @inline(__always)
  mutating func append(_ slice: FieldSlice) {
    starts.append(UInt32(truncatingIfNeeded: slice.offset))
    lengths.append(UInt32(truncatingIfNeeded: slice.length))
  }
}

/// The words of days that were read before; files have few distinct ones.
struct DayMemo {
  private var keys = [UInt32](repeating: 0, count: 8_192)
  private var words = [UInt64](repeating: 0, count: 8_192)

  /// The digits of `YYYY-MM-DD` as one number, or 0 for anything else.
  private static func key(_ field: Span<UInt8>) -> UInt32 {
    guard field.count == 10 else { return 0 }
    var key: UInt32 = 0
    for at in 0..<10 {
      let byte = field[at]
      if at == 4 || at == 7 {
        if byte != UInt8(ascii: "-") { return 0 }
      } else {
        let digit = byte &- 0x30
        if digit > 9 { return 0 }
        key = key &* 10 &+ UInt32(digit)
      }
    }
    return key
  }

  /// Days of some twenty years that follow one another have slots of their own.
  private static func slot(_ key: UInt32) -> Int {
    let months = key / 10_000 &* 12 &+ key / 100 % 100
    return Int(truncatingIfNeeded: (months &* 32 &+ key % 100) & 8_191)
  }

  func word(_ field: Span<UInt8>) -> Word? {
    let key = DayMemo.key(field)
    let slot = DayMemo.slot(key)
    guard key != 0, keys[slot] == key else { return nil }
    return Word(bits: words[slot])
  }

  mutating func note(_ field: Span<UInt8>, _ word: Word) {
    let key = DayMemo.key(field)
    guard key != 0 else { return }
    keys[DayMemo.slot(key)] = key
    words[DayMemo.slot(key)] = word.bits
  }
}
