import FactModel

/// Numbers words from 0 in the order in which they first occur.
///
/// Words that share their upper half, as symbols and small integers do, and whose lower half is not
/// large for how many there are, are found in an array; others by hash.
struct NodeNumbers {
  /// The words by number.
  private(set) var words: [UInt64] = []
  /// The upper half that the words of `direct` share.
  private var upper: UInt64?
  /// By lower half the number, or −1.
  private var direct: [Int32] = []
  private var others = GroupTable(keyCount: 1)
  /// By group of `others` the number.
  private var numberOfOther: [Int32] = []

  private static let upperHalf: UInt64 = 0xFFFF_FFFF_0000_0000

  /// The longest array that so many words may take: 64 entries each, and a few more.
  private var directLimit: Int { words.count * 64 + 1 << 20 }

  /// Writes the numbers of words, new ones for those that were never there.
  mutating func assign(_ column: [UInt64], count: Int, into numbers: inout [Int32]) {
    if numbers.count < count {
      numbers.append(contentsOf: repeatElement(0, count: count - numbers.count))
    }
    guard count > 0 else { return }
    let upper = self.upper ?? column[0] & NodeNumbers.upperHalf
    self.upper = upper
    var known: [Int32] = []
    swap(&known, &direct)
    for row in 0..<count {
      let code = column[row] ^ upper
      var number: Int32 = -1
      if code < UInt64(known.count) { number = known[Int(truncatingIfNeeded: code)] }
      if number < 0 { number = enter(column[row], code, &known) }
      numbers[row] = number
    }
    swap(&known, &direct)
  }

  private mutating func enter(_ word: UInt64, _ code: UInt64, _ known: inout [Int32]) -> Int32 {
    let number = Int32(truncatingIfNeeded: words.count)
    if code < UInt64(directLimit) {
      let place = Int(code)
      if place >= known.count {
        let wanted = max(place + 1, known.count * 2, 1 << 12)
        known.append(contentsOf: repeatElement(-1, count: wanted - known.count))
      }
      // It may have been numbered when the array was not to be this long.
      if let number = other(word) {
        known[place] = number
        return number
      }
      known[place] = number
    } else {
      var groups: [Int32] = []
      others.assign([[word]], rowCount: 1, into: &groups)
      if Int(groups[0]) < numberOfOther.count { return numberOfOther[Int(groups[0])] }
      numberOfOther.append(number)
    }
    words.append(word)
    return number
  }

  private func other(_ word: UInt64) -> Int32? {
    if numberOfOther.isEmpty { return nil }
    return others.group(of: [word]).map { numberOfOther[Int($0)] }
  }

  /// Writes the numbers of words, −1 for those that have none.
  func find(_ column: [UInt64], count: Int, into numbers: inout [Int32]) {
    if numbers.count < count {
      numbers.append(contentsOf: repeatElement(0, count: count - numbers.count))
    }
    let upper = self.upper ?? 0
    let known = direct
    let limit = UInt64(known.count)
    for row in 0..<count {
      let code = column[row] ^ upper
      var number: Int32 = -1
      if code < limit { number = known[Int(truncatingIfNeeded: code)] }
      numbers[row] = number
    }
    if numberOfOther.isEmpty { return }
    for row in 0..<count where numbers[row] < 0 { numbers[row] = other(column[row]) ?? -1 }
  }
}
