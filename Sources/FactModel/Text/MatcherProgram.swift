/// One step of a matcher's program: it takes a byte, or leads on without one.
struct MatcherStep {
  enum Kind: UInt8 { case byte, split, assertion, match }

  var kind: Kind
  /// The bytes taken by a `byte` step; `lower` is the raw value of an assertion's condition.
  var lower: UInt8 = 0
  var upper: UInt8 = 0
  var next: Int32 = 0
  /// The other way of a split.
  var other: Int32 = 0
}

/// A pattern as steps over the bytes of UTF-8 text: Thompson's construction, built from its end, so
/// that what follows a part is known when the part is built.
struct MatcherProgram {
  private(set) var steps: [MatcherStep] = []
  private(set) var start: Int32 = 0
  private(set) var hasWordAssertion = false

  /// The number of steps that is accepted, which bounds the time for each byte of text.
  static let limit = 20_000

  /// Byte steps built before, so that the ends of sequences are shared.
  private var known: [ByteKey: Int32] = [:]
  /// Parts built so far, so that a repetition of nothing comes to an end.
  private var work = 0

  private struct ByteKey: Hashable {
    var lower: UInt8
    var upper: UInt8
    var next: Int32
  }

  init(_ node: PatternNode) throws(PatternFailure) {
    let match = try add(MatcherStep(kind: .match))
    start = try build(node, match)
    known = [:]
  }

  private mutating func add(_ step: MatcherStep) throws(PatternFailure) -> Int32 {
    if steps.count >= MatcherProgram.limit { throw tooLarge }
    steps.append(step)
    return Int32(steps.count - 1)
  }

  private var tooLarge: PatternFailure {
    PatternFailure(
      offset: 0, message: "the pattern is too large with its counts written out; use smaller counts"
    )
  }

  private mutating func build(_ node: PatternNode, _ next: Int32) throws(PatternFailure) -> Int32 {
    work += 1
    if work > MatcherProgram.limit * 10 { throw tooLarge }
    switch node {
    case .empty: return next
    case .scalars(let set): return try bytes(of: set, next)
    case .assertion(let assertion):
      if assertion == .wordBoundary || assertion == .noWordBoundary { hasWordAssertion = true }
      return try add(MatcherStep(kind: .assertion, lower: assertion.rawValue, next: next))
    case .sequence(let parts):
      var after = next
      for part in parts.reversed() { after = try build(part, after) }
      return after
    case .choice(let branches):
      var starts: [Int32] = []
      for branch in branches { starts.append(try build(branch, next)) }
      return try either(starts)
    case .repetition(let part, let lower, let upper):
      return try repeated(part, lower, upper, next)
    }
  }

  /// Builds a repetition: the optional part at its end first, then the copies that have to be there.
  private mutating func repeated(
    _ part: PatternNode, _ lower: Int, _ upper: Int?, _ next: Int32
  ) throws(PatternFailure) -> Int32 {
    var after = next
    if let upper {
      for _ in lower..<max(upper, lower) {
        let once = try build(part, after)
        // Where the part can be skipped, so can all that follow it.
        after = try add(MatcherStep(kind: .split, next: once, other: next))
      }
    } else {
      let loop = try add(MatcherStep(kind: .split, next: next, other: next))
      let once = try build(part, loop)
      steps[Int(loop)].next = once
      after = loop
    }
    for _ in 0..<lower { after = try build(part, after) }
    return after
  }

  /// A step that leads to each of the others.
  private mutating func either(_ starts: [Int32]) throws(PatternFailure) -> Int32 {
    guard var result = starts.last else { return try nothing() }
    for start in starts.dropLast().reversed() {
      result = try add(MatcherStep(kind: .split, next: start, other: result))
    }
    return result
  }

  /// A step that no byte passes.
  private mutating func nothing() throws(PatternFailure) -> Int32 {
    try add(MatcherStep(kind: .byte, lower: 1, upper: 0))
  }

  private mutating func byte(
    _ lower: UInt32, _ upper: UInt32, _ next: Int32
  ) throws(PatternFailure) -> Int32 {
    let key = ByteKey(lower: UInt8(lower), upper: UInt8(upper), next: next)
    if let known = known[key] { return known }
    let made = try add(
      MatcherStep(kind: .byte, lower: key.lower, upper: key.upper, next: next))
    known[key] = made
    return made
  }

  /// Builds the byte sequences of a set of scalars.
  private mutating func bytes(of set: ScalarSet, _ next: Int32) throws(PatternFailure) -> Int32 {
    var starts: [Int32] = []
    let lengths: [ClosedRange<UInt32>] = [
      0...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x1_0000...ScalarSet.last,
    ]
    for range in set.ranges {
      for length in lengths where length.overlaps(range) {
        let part = length.clamped(to: range)
        let tail =
          part.lowerBound < 0x80
          ? 0 : part.lowerBound < 0x800 ? 1 : part.lowerBound < 0x1_0000 ? 2 : 3
        try sequences(part.lowerBound, part.upperBound, tail, next, &starts)
      }
    }
    return try either(starts)
  }

  /// Splits a range of scalars with so many continuation bytes until all that differs between its
  /// ends is one byte, followed by full ranges.
  private mutating func sequences(
    _ lower: UInt32, _ upper: UInt32, _ tail: Int, _ next: Int32, _ starts: inout [Int32]
  ) throws(PatternFailure) {
    for level in 0..<tail {
      // The scalars that share everything but the last bytes.
      let mask: UInt32 = 1 << (6 * UInt32(level + 1)) - 1
      guard lower & ~mask != upper & ~mask else { continue }
      if lower & mask != 0 {
        try sequences(lower, lower | mask, tail, next, &starts)
        try sequences((lower | mask) + 1, upper, tail, next, &starts)
        return
      }
      if upper & mask != mask {
        try sequences(lower, (upper & ~mask) - 1, tail, next, &starts)
        try sequences(upper & ~mask, upper, tail, next, &starts)
        return
      }
    }
    var after = next
    var low = lower
    var high = upper
    for _ in 0..<tail {
      after = try byte(0x80 | low & 0x3F, 0x80 | high & 0x3F, after)
      low >>= 6
      high >>= 6
    }
    let lead: UInt32 = tail == 0 ? 0 : tail == 1 ? 0xC0 : tail == 2 ? 0xE0 : 0xF0
    starts.append(try byte(lead | low, lead | high, after))
  }
}
