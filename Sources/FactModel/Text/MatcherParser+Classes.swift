extension MatcherParser {
  /// Reads `[…]` after its opening bracket.
  mutating func bracket(from start: Int) throws(PatternFailure) -> PatternNode {
    let isNegated = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    var isFirst = true
    while true {
      guard at < scalars.count else {
        throw failure(start, "this class is never closed; add `]`")
      }
      if !isFirst && take("]") { break }
      isFirst = false
      let place = at
      if let named = try posixClass() {
        ranges += named.ranges
        continue
      }
      guard let lower = try member() else {
        ranges += try memberSet().ranges
        continue
      }
      guard peek("-"), at + 1 < scalars.count, scalars[at + 1] != "]" else {
        ranges.append(lower.value...lower.value)
        continue
      }
      at += 1
      guard let upper = try member() else {
        throw failure(place, "a range of a class ends with a class; put `-` last")
      }
      if upper.value < lower.value {
        throw failure(place, "a range of a class runs backwards; swap its ends")
      }
      ranges.append(lower.value...upper.value)
    }
    let set = folded(ScalarSet(ranges))
    return .scalars(isNegated ? set.inverted : set)
  }

  /// Reads one scalar of a class; nil where `\d` or its like stands there, taking nothing.
  private mutating func member() throws(PatternFailure) -> Unicode.Scalar? {
    let start = at
    guard at < scalars.count else { throw failure(start, "this class is never closed; add `]`") }
    at += 1
    if scalars[start] != "\\" { return scalars[start] }
    guard at < scalars.count else { throw failure(start, "this class is never closed; add `]`") }
    if "dDwWsS".unicodeScalars.contains(scalars[at]) {
      at = start
      return nil
    }
    if scalars[at] == "b" {
      at += 1
      return "\u{08}"
    }
    return try scalarEscape(from: start)
  }

  /// Reads `\d` or its like.
  private mutating func memberSet() throws(PatternFailure) -> ScalarSet {
    at += 1
    return try classEscape() ?? ScalarSet([])
  }

  /// Reads `[:alpha:]` and its like.
  private mutating func posixClass() throws(PatternFailure) -> ScalarSet? {
    guard peek("["), at + 1 < scalars.count, scalars[at + 1] == ":" else { return nil }
    let start = at
    at += 2
    var name = ""
    while at < scalars.count, scalars[at].isASCII, scalars[at].properties.isAlphabetic {
      name.unicodeScalars.append(scalars[at])
      at += 1
    }
    guard take(":"), take("]") else {
      at = start
      return nil
    }
    switch name {
    case "alpha": return ScalarSet([0x41...0x5A, 0x61...0x7A])
    case "digit": return .digits
    case "alnum": return ScalarSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A])
    case "upper": return ScalarSet([0x41...0x5A])
    case "lower": return ScalarSet([0x61...0x7A])
    case "space": return .space
    case "punct": return ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])
    case "xdigit": return ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
    default: throw failure(start, "the class `[:\(name):]` is not supported")
    }
  }
}
