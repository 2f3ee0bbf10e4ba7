/// A regular expression that says whether a text matches, in time linear in the text.
///
/// A match may lie anywhere in the text; `^` and `$` tie it to the start and the end of the text.
/// Texts are UTF-8 and are matched by Unicode scalar. There are literals, `.` (any scalar but a line
/// feed), classes `[a-z]`, `[^…]`, `[[:alpha:]]`, `\d \w \s` and their opposites (ASCII), `\b \B`,
/// `^ $ \A \z`, groups, `|`, `* + ? {m,n}` (lazy ones too, which makes no difference here), and the
/// flags `(?i)` and `(?s)`. Back-references and look-around are refused, since they cannot be matched
/// in linear time.
///
/// The pattern becomes a nondeterministic automaton over bytes, of which the deterministic one is
/// built as texts need it and kept, up to a limit. A matcher is a value: a copy for each thread.
///
/// - Complexity: O(n) for a text of n bytes once the states are built, O(n · m) at worst, where m is
///   the size of the pattern with its counts written out, at most 20,000.
public struct Matcher: Sendable {
  private let program: MatcherProgram
  /// The class of each byte: bytes of one class are alike to every step.
  private let classOfByte: [UInt8]
  /// A byte of each class.
  private let sampleOfClass: [UInt8]
  /// Whether matches begin at the start of the text only.
  private let isAnchored: Bool

  /// The next state by state and class, one class more for the end; −1 where not built yet.
  private var transitions: [Int32] = []
  /// The steps each state stands before, after its flags.
  private var states: [[Int32]] = []
  private var stateOfSteps: [[Int32]: Int32] = [:]

  // Room for building states, kept to save allocations.
  private var isVisited: [UInt64] = []
  private var isReached: [UInt64] = []
  private var pending: [Int32] = []

  /// No match is possible any more.
  private static let dead: Int32 = 0
  /// A match has been found.
  private static let matched: Int32 = 1
  private static let initial: Int32 = 2
  private static let stateLimit = 4096
  /// Flags of a state, its first element.
  private static let atStart: Int32 = 1
  private static let afterWord: Int32 = 2

  /// Compiles a pattern.
  ///
  /// - Throws: `PatternFailure` with the place of what is wrong or not supported.
  public init(pattern: String) throws(PatternFailure) {
    var parser = MatcherParser(pattern)
    program = try MatcherProgram(try parser.parse())
    (classOfByte, sampleOfClass) = byteClasses(program)
    let first = program.steps[Int(program.start)]
    isAnchored =
      first.kind == .assertion && first.lower == MatcherAssertion.textStart.rawValue
    let words = (program.steps.count + 63) / 64
    isVisited = [UInt64](repeating: 0, count: words)
    isReached = isVisited
    forgetStates()
  }

  /// Whether the pattern matches somewhere in the text.
  ///
  /// - Parameters:
  ///   - text: UTF-8.
  ///   - shouldStop: Asked every few thousand steps.
  /// - Returns: Nil where `shouldStop` returned true.
  public mutating func matches(_ text: Span<UInt8>, shouldStop: () -> Bool) -> Bool? {
    let end = text.count
    var state = Matcher.initial
    var at = 0
    var work = 0
    while true {
      let stretch = min(end, at + (1 << 16))
      (state, at) = run(text, from: at, to: stretch, state)
      if state <= Matcher.matched { return state == Matcher.matched }
      if at == end { return next(state, sampleOfClass.count, &work) == Matcher.matched }
      if at == stretch {
        if shouldStop() { return nil }
        continue
      }
      state = next(state, Int(classOfByte[Int(text[at])]), &work)
      at += 1
      if state <= Matcher.matched { return state == Matcher.matched }
      if work > 1 << 15 {
        work = 0
        if shouldStop() { return nil }
      }
    }
  }

  /// Whether the pattern matches somewhere in the text.
  public mutating func matches(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return matches(bytes.span, shouldStop: { false }) ?? false
  }

  /// Follows transitions that are known.
  private func run(
    _ text: Span<UInt8>, from start: Int, to end: Int, _ first: Int32
  ) -> (Int32, Int) {
    let transitions = self.transitions.span
    let classOfByte = self.classOfByte.span
    let width = sampleOfClass.count &+ 1
    var state = first
    var at = start
    while at < end {
      let next = transitions[Int(state) &* width &+ Int(classOfByte[Int(text[at])])]
      if next <= Matcher.matched {
        if next >= 0 { state = next }
        break
      }
      state = next
      at &+= 1
    }
    return (state, at)
  }

  // MARK: - Building states

  /// Empties the store of states but for the fixed ones.
  private mutating func forgetStates() {
    let width = sampleOfClass.count + 1
    stateOfSteps.removeAll(keepingCapacity: true)
    states = [[], [], [Matcher.atStart]]
    transitions = [Int32](repeating: -1, count: 3 * width)
    stateOfSteps[states[2]] = Matcher.initial
  }

  /// The state after a byte of a class, or after the end of the text, built if need be.
  private mutating func next(_ state: Int32, _ byteClass: Int, _ work: inout Int) -> Int32 {
    let width = sampleOfClass.count + 1
    let slot = Int(state) * width + byteClass
    if transitions[slot] >= 0 { return transitions[slot] }
    let steps = advance(states[Int(state)], byteClass, &work)
    guard let steps else {
      transitions[slot] = Matcher.matched
      return Matcher.matched
    }
    let isOver = steps.count == 1 && isAnchored
    if byteClass == sampleOfClass.count || isOver {
      transitions[slot] = Matcher.dead
      return Matcher.dead
    }
    if let known = stateOfSteps[steps] {
      transitions[slot] = known
      return known
    }
    if states.count >= Matcher.stateLimit {
      forgetStates()
      return add(steps)
    }
    let made = add(steps)
    transitions[slot] = made
    return made
  }

  private mutating func add(_ steps: [Int32]) -> Int32 {
    let made = Int32(states.count)
    states.append(steps)
    stateOfSteps[steps] = made
    for _ in 0...sampleOfClass.count { transitions.append(-1) }
    return made
  }

  /// The steps reached from a state with a byte of a class; nil where a match lies before that byte.
  private mutating func advance(
    _ state: [Int32], _ byteClass: Int, _ work: inout Int
  ) -> [Int32]? {
    let isEnd = byteClass == sampleOfClass.count
    let byte = isEnd ? 0 : sampleOfClass[byteClass]
    let flags = state[0]
    let isAtStart = flags & Matcher.atStart != 0
    let isBoundary = (flags & Matcher.afterWord != 0) != (!isEnd && isWordByte(byte))
    for index in isVisited.indices {
      isVisited[index] = 0
      isReached[index] = 0
    }
    pending.removeAll(keepingCapacity: true)
    pending.append(contentsOf: state.dropFirst())
    // No match begins inside of a scalar.
    if isAtStart || (!isAnchored && (isEnd || byte & 0xC0 != 0x80)) {
      pending.append(program.start)
    }
    while let index = pending.popLast() {
      let word = Int(index) >> 6
      let bit: UInt64 = 1 << UInt64(index & 63)
      if isVisited[word] & bit != 0 { continue }
      isVisited[word] |= bit
      work += 1
      let step = program.steps[Int(index)]
      switch step.kind {
      case .match: return nil
      case .byte:
        if !isEnd && byte >= step.lower && byte <= step.upper {
          isReached[Int(step.next) >> 6] |= 1 << UInt64(step.next & 63)
        }
      case .split:
        pending.append(step.other)
        pending.append(step.next)
      case .assertion:
        let isMet: Bool
        switch MatcherAssertion(rawValue: step.lower) {
        case .textStart: isMet = isAtStart
        case .textEnd: isMet = isEnd
        case .wordBoundary: isMet = isBoundary
        default: isMet = !isBoundary
        }
        if isMet { pending.append(step.next) }
      }
    }
    var result: [Int32] = [0]
    if program.hasWordAssertion && !isEnd && isWordByte(byte) { result[0] = Matcher.afterWord }
    for (index, word) in isReached.enumerated() {
      var rest = word
      while rest != 0 {
        result.append(Int32(index << 6 + rest.trailingZeroBitCount))
        rest &= rest &- 1
      }
    }
    work += result.count + isReached.count
    return result
  }
}

/// Whether a byte is a letter, digit or underscore of ASCII.
private func isWordByte(_ byte: UInt8) -> Bool {
  byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5F
}

/// Divides the bytes into classes that no step of a program tells apart.
private func byteClasses(_ program: MatcherProgram) -> ([UInt8], [UInt8]) {
  var begins = [Bool](repeating: false, count: 257)
  for boundary in [0, 0x80, 0xC0] { begins[boundary] = true }
  for step in program.steps where step.kind == .byte && step.lower <= step.upper {
    begins[Int(step.lower)] = true
    begins[Int(step.upper) + 1] = true
  }
  if program.hasWordAssertion {
    for boundary in [0x30, 0x3A, 0x41, 0x5B, 0x5F, 0x60, 0x61, 0x7B] { begins[boundary] = true }
  }
  var classes: [UInt8] = []
  var samples: [UInt8] = []
  for byte in 0..<256 {
    if begins[byte] { samples.append(UInt8(byte)) }
    classes.append(UInt8(samples.count - 1))
  }
  return (classes, samples)
}
