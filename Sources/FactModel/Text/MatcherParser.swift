/// Reads the text of a pattern into a tree.
struct MatcherParser {
  let scalars: [Unicode.Scalar]
  /// The UTF-8 offset of each scalar, for failures.
  private let offsets: [Int]
  var at = 0
  private var depth = 0
  private var ignoresCase = false
  private var dotTakesNewline = false

  /// Groups within groups that are accepted.
  static let depthLimit = 200
  /// The greatest number in `{m,n}`.
  static let repetitionLimit = 1000

  init(_ pattern: String) {
    scalars = Array(pattern.unicodeScalars)
    var offsets: [Int] = []
    var offset = 0
    for scalar in scalars {
      offsets.append(offset)
      offset += UTF8.width(scalar)
    }
    offsets.append(offset)
    self.offsets = offsets
  }

  /// Reads the whole pattern.
  mutating func parse() throws(PatternFailure) -> PatternNode {
    let node = try choice()
    if at < scalars.count {
      throw failure(at, "`)` closes no group; write `\\)` for the character")
    }
    return node
  }

  func failure(_ index: Int, _ message: String) -> PatternFailure {
    PatternFailure(offset: offsets[min(index, scalars.count)], message: message)
  }

  func peek(_ scalar: Unicode.Scalar) -> Bool { at < scalars.count && scalars[at] == scalar }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek(scalar) else { return false }
    at += 1
    return true
  }

  private mutating func choice() throws(PatternFailure) -> PatternNode {
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(PatternFailure) -> PatternNode {
    var parts: [PatternNode] = []
    while at < scalars.count, scalars[at] != "|", scalars[at] != ")" {
      let atom = try self.atom()
      parts.append(try quantified(atom))
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  /// Takes the quantifiers after an atom.
  private mutating func quantified(
    _ atom: PatternNode
  ) throws(PatternFailure) -> PatternNode {
    guard at < scalars.count else { return atom }
    let place = at
    let lower: Int
    let upper: Int?
    switch scalars[at] {
    case "*": (lower, upper) = (0, nil)
    case "+": (lower, upper) = (1, nil)
    case "?": (lower, upper) = (0, 1)
    case "{":
      guard let bounds = try counted() else { return atom }
      (lower, upper) = bounds
    default: return atom
    }
    if scalars[place] != "{" { at += 1 }
    // Which of several matches is meant makes no difference to whether there is one.
    if peek("+") {
      throw failure(at, "possessive quantifiers are not supported; leave out the second `+`")
    }
    _ = take("?")
    if at < scalars.count, scalars[at] == "*" || scalars[at] == "+" || scalars[at] == "?" {
      throw failure(at, "a quantifier follows a quantifier; put the first part in `(` and `)`")
    }
    let next = at
    if peek("{"), try counted() != nil {
      throw failure(next, "a count follows a quantifier; put the first part in `(` and `)`")
    }
    return .repetition(atom, lower: lower, upper: upper)
  }

  /// Reads `{m}`, `{m,}` or `{m,n}`; nil, taking nothing, where the brace is a character.
  private mutating func counted() throws(PatternFailure) -> (Int, Int?)? {
    let start = at
    at += 1
    guard let lower = try count() else {
      at = start
      return nil
    }
    var upper: Int? = lower
    if take(",") { upper = try count() }
    guard take("}") else {
      at = start
      return nil
    }
    if let upper, upper < lower { throw failure(start, "the upper count is below the lower") }
    return (lower, upper)
  }

  private mutating func count() throws(PatternFailure) -> Int? {
    let start = at
    var value = 0
    while at < scalars.count, let digit = digitValue(scalars[at], radix: 10) {
      value = min(value * 10 + Int(digit), MatcherParser.repetitionLimit + 1)
      at += 1
    }
    if at == start { return nil }
    if value > MatcherParser.repetitionLimit {
      throw failure(start, "a count is more than \(MatcherParser.repetitionLimit)")
    }
    return value
  }

  private mutating func atom() throws(PatternFailure) -> PatternNode {
    let start = at
    let scalar = scalars[at]
    at += 1
    switch scalar {
    case "(": return try group(from: start)
    case "[": return try bracket(from: start)
    case ".": return .scalars(dotTakesNewline ? .all : .allButNewline)
    case "^": return .assertion(.textStart)
    case "$": return .assertion(.textEnd)
    case "\\": return try escape(from: start)
    case "*", "+", "?":
      throw failure(
        start, "nothing stands before `\(scalar)`; write `\\\(scalar)` for the character")
    case "{":
      at = start
      if try counted() != nil { throw failure(start, "nothing stands before the count") }
      at = start + 1
      return literal(scalar)
    default: return literal(scalar)
    }
  }

  private func literal(_ scalar: Unicode.Scalar) -> PatternNode {
    .scalars(folded(ScalarSet([scalar.value...scalar.value])))
  }

  func folded(_ set: ScalarSet) -> ScalarSet { ignoresCase ? set.withBothCases : set }

  /// Reads a group after its opening bracket, or flags.
  private mutating func group(from start: Int) throws(PatternFailure) -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    if depth > MatcherParser.depthLimit {
      throw failure(start, "groups are nested deeper than \(MatcherParser.depthLimit)")
    }
    let flags = (ignoresCase, dotTakesNewline)
    if take("?") {
      if peek("=") || peek("!") { throw failure(start, "look-ahead is not supported") }
      if peek(">") { throw failure(start, "atomic groups are not supported; write `(?:…)`") }
      if peek("<") || peek("P") {
        try groupName(from: start)
      } else if try !setFlags(from: start) {
        // `(?i)` holds for the rest of the group around it.
        return .empty
      }
    }
    let node = try choice()
    guard take(")") else { throw failure(start, "this group is never closed; add `)`") }
    (ignoresCase, dotTakesNewline) = flags
    return node
  }

  /// Passes over `<name>` or `P<name>`.
  private mutating func groupName(from start: Int) throws(PatternFailure) {
    _ = take("P")
    guard take("<") else { throw failure(start, "this kind of group is not supported") }
    if peek("=") || peek("!") { throw failure(start, "look-behind is not supported") }
    while at < scalars.count, scalars[at] != ">", scalars[at] != ")" { at += 1 }
    guard take(">") else { throw failure(start, "the name of the group is never closed; add `>`") }
  }

  /// Reads flags; true if a group follows after `:`, false if `)` ends them.
  private mutating func setFlags(from start: Int) throws(PatternFailure) -> Bool {
    var value = true
    while at < scalars.count {
      let scalar = scalars[at]
      at += 1
      switch scalar {
      case "i": ignoresCase = value
      case "s": dotTakesNewline = value
      case "-": value = false
      case ":": return true
      case ")": return false
      default:
        throw failure(at - 1, "the flag `\(scalar)` is not supported; `i` and `s` are")
      }
    }
    throw failure(start, "this group is never closed; add `)`")
  }

  /// Reads an escape outside of a class, after its backslash.
  private mutating func escape(from start: Int) throws(PatternFailure) -> PatternNode {
    guard at < scalars.count else {
      throw failure(start, "the pattern ends with a backslash; write `\\\\` for the character")
    }
    switch scalars[at] {
    case "b", "B", "A", "z":
      at += 1
      switch scalars[at - 1] {
      case "b": return .assertion(.wordBoundary)
      case "B": return .assertion(.noWordBoundary)
      case "A": return .assertion(.textStart)
      default: return .assertion(.textEnd)
      }
    case "1"..."9", "k":
      throw failure(start, "back-references are not supported")
    default: break
    }
    if let set = try classEscape() { return .scalars(set) }
    return literal(try scalarEscape(from: start))
  }

  /// Reads `\d`, `\w`, `\s` and their opposites after the backslash.
  mutating func classEscape() throws(PatternFailure) -> ScalarSet? {
    let set: ScalarSet
    switch scalars[at] {
    case "d": set = .digits
    case "D": set = ScalarSet.digits.inverted
    case "w": set = .word
    case "W": set = ScalarSet.word.inverted
    case "s": set = .space
    case "S": set = ScalarSet.space.inverted
    default: return nil
    }
    at += 1
    return set
  }

  /// Reads an escape that stands for one scalar, after the backslash.
  mutating func scalarEscape(from start: Int) throws(PatternFailure) -> Unicode.Scalar {
    let scalar = scalars[at]
    at += 1
    switch scalar {
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "f": return "\u{0C}"
    case "v": return "\u{0B}"
    case "0": return "\0"
    case "x": return try hexadecimal(2, from: start)
    case "u": return try hexadecimal(4, from: start)
    default: break
    }
    if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
      throw failure(start, "the escape `\\\(scalar)` is not supported")
    }
    return scalar
  }

  /// Reads so many digits, or any number in braces.
  private mutating func hexadecimal(
    _ count: Int, from start: Int
  ) throws(PatternFailure) -> Unicode.Scalar {
    let isBraced = take("{")
    var value: UInt32 = 0
    var digits = 0
    while at < scalars.count, isBraced ? digits < 6 : digits < count,
      let digit = digitValue(scalars[at], radix: 16)
    {
      value = value << 4 | digit
      digits += 1
      at += 1
    }
    let isComplete = isBraced ? digits > 0 && take("}") : digits == count
    guard isComplete, let scalar = Unicode.Scalar(value) else {
      throw failure(start, "a character's number is not readable; write `\\u{20AC}`")
    }
    return scalar
  }

  private func digitValue(_ scalar: Unicode.Scalar, radix: Int) -> UInt32? {
    guard scalar.isASCII, let value = Character(scalar).hexDigitValue, value < radix else {
      return nil
    }
    return UInt32(value)
  }
}
