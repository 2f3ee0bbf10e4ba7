import FactModel

extension AttributeType {
  /// The upper 16 bits of the words that nearly all columns of this type hold alone, if there are.
  private var usualTag: UInt64? {
    switch self {
    case .entity, .text: Word(symbol: 0).bits &>> 48
    case .integer: Word.integerTag
    case .date: Word(kind: .date, payload: 0).bits &>> 48
    case .number, .percent, .any: nil
    }
  }

  /// The first row whose word may not stand in an attribute of this type; nil where all may.
  func firstRefused(_ words: [UInt64], count: Int, _ values: ValueStore) -> Int? {
    if let tag = usualTag {
      var difference: UInt64 = 0
      for row in 0..<count { difference |= words[row] &>> 48 ^ tag }
      if difference == 0 { return nil }
    }
    let isNumeric = self == .integer || self == .number || self == .percent
    let wides = isNumeric ? values.wides.bounds : WideTable.Bounds()
    let wideTag = Word(wide: 0).bits &>> 48
    for row in 0..<count {
      let word = words[row]
      let tag = word &>> 48
      if isNumeric {
        if tag == Word.integerTag { continue }
        if tag == wideTag {
          // A range of integers fits every type of numbers.
          let id = Int(word & 0xFFFF_FFFF)
          if wides.kinds[id] == WideKind.range.rawValue,
            wides.lower[id] &>> 48 == Word.integerTag, wides.upper[id] &>> 48 == Word.integerTag
          {
            continue
          }
        }
      }
      if !admits(Word(bits: word), values) { return row }
    }
    return nil
  }

  /// Whether a word may stand in an attribute of this type.
  func admits(_ word: Word, _ values: ValueStore) -> Bool {
    if word == .unknown { return true }
    switch self {
    case .any: return true
    case .entity, .text: return word.kind == .symbol
    case .date: return values.category(of: word) == .date
    case .number, .percent: return values.isNumeric(word)
    case .integer:
      guard let interval = values.numbers(of: word) else { return false }
      for case .number in [interval.lower, interval.upper] { return false }
      return true
    }
  }
}
