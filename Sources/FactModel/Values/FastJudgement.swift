/// Bounds of words, so that most values are judged by two comparisons of their bits.
///
/// Words of integers sort by value, words of days and date-times by their first second.
struct FastJudgement: Sendable {
  /// The bits between two bounds, both included; none if the first is greater.
  struct BitRange: Sendable {
    var first: UInt64 = 1
    var last: UInt64 = 0

    @inline(__always)
    func contains(_ bits: UInt64) -> Bool { bits >= first && bits <= last }
  }

  /// The doubles between two bounds, both included; none if the first is greater.
  struct DoubleRange: Sendable {
    var first: Double = 1
    var last: Double = 0

    @inline(__always)
    func contains(_ number: Double) -> Bool { number >= first && number <= last }
  }

  struct Pair<Range: Sendable>: Sendable {
    var certain: Range
    var possible: Range
  }

  private var integers = Pair(certain: BitRange(), possible: BitRange())
  private var doubles = Pair(certain: DoubleRange(), possible: DoubleRange())
  private var days = Pair(certain: BitRange(), possible: BitRange())
  private var moments = Pair(certain: BitRange(), possible: BitRange())
  private var isUsable = false
  private var integerRanges = RangeThresholds()
  private var dayRanges = RangeThresholds()

  /// Nothing can be judged by bits.
  init() {}

  /// The bounds of judgements that are there; values of the other kinds never satisfy.
  init(numbers: Judgement<Scalar>?, days: Judgement<Int64>?, seconds: Judgement<Int64>?) {
    isUsable = numbers != nil || days != nil
    if let numbers {
      integers = Pair(
        certain: FastJudgement.integers(numbers.certain),
        possible: FastJudgement.integers(numbers.possible))
      doubles = Pair(
        certain: FastJudgement.doubles(numbers.certain),
        possible: FastJudgement.doubles(numbers.possible))
      integerRanges = RangeThresholds(
        certain: integers.certain, meets: FastJudgement.integerEnds(numbers.possible),
        isEmpty: numbers.possible.holdsNothing)
    }
    if let days, let seconds {
      let day = Calendar.secondsPerDay
      self.days = Pair(
        certain: FastJudgement.dates(days.certain, unit: day, precision: .day),
        possible: FastJudgement.dates(days.possible, unit: day, precision: .day))
      dayRanges = RangeThresholds(
        certain: self.days.certain, meets: FastJudgement.dayEnds(days.possible),
        isEmpty: days.possible.holdsNothing)
      moments = Pair(
        certain: FastJudgement.dates(seconds.certain, unit: 1, precision: .second),
        possible: FastJudgement.dates(seconds.possible, unit: 1, precision: .second))
    }
  }

  // MARK: Judging

  private static let integerTag = Word(kind: .integer, payload: 0).bits >> 48
  private static let dateTag = Word(kind: .date, payload: 0).bits >> 48
  private static let firstTagged = Word(kind: .integer, payload: 0).bits

  /// The raw value of a `Truth`; nil for a word that has to be looked up.
  @inline(__always)
  func judge(_ bits: UInt64) -> UInt8? {
    guard isUsable else { return nil }
    let tag = bits &>> 48
    if tag == FastJudgement.integerTag { return truth(integers, bits) }
    if tag == FastJudgement.dateTag {
      let precision = bits & 7
      if precision == UInt64(DatePrecision.day.rawValue) { return truth(days, bits) }
      if precision > UInt64(DatePrecision.day.rawValue) { return truth(moments, bits) }
      return nil
    }
    guard bits < FastJudgement.firstTagged else { return nil }
    let number = Double(bitPattern: bits)
    if doubles.certain.contains(number) { return Truth.certain.rawValue }
    return doubles.possible.contains(number) ? Truth.possible.rawValue : Truth.never.rawValue
  }

  @inline(__always)
  private func truth(_ ranges: Pair<BitRange>, _ bits: UInt64) -> UInt8 {
    if ranges.certain.contains(bits) { return Truth.certain.rawValue }
    return ranges.possible.contains(bits) ? Truth.possible.rawValue : Truth.never.rawValue
  }

  /// Judges a batch of which every word is an integer.
  func judgeIntegers(_ words: Span<UInt64>, into truths: inout [UInt8]) {
    let certain = integers.certain
    let possible = integers.possible
    var out = truths.mutableSpan
    var i = 0
    while i < words.count {
      let bits = words[i]
      var truth = Truth.never.rawValue
      if possible.first <= bits, bits <= possible.last { truth = Truth.possible.rawValue }
      if certain.first <= bits, bits <= certain.last { truth = Truth.certain.rawValue }
      out[i] = truth
      i &+= 1
    }
  }

  // MARK: Ranges

  /// What the words of a range's bounds are compared with: it is certain where both lie between the
  /// certain ends, and possible where it reaches from one end of what is possible to the other.
  private struct RangeThresholds {
    var certain = BitRange()
    /// The least word that the upper bound may be, and the greatest that the lower may be.
    var meets = BitRange(first: .max, last: 0)

    init() {}

    init(certain: BitRange, meets: BitRange, isEmpty: Bool) {
      self.certain = certain
      if !isEmpty { self.meets = meets }
    }

    @inline(__always)
    func judge(_ lower: UInt64, _ upper: UInt64) -> UInt8 {
      if upper < meets.first || lower > meets.last { return Truth.never.rawValue }
      if certain.first <= lower, upper <= certain.last { return Truth.certain.rawValue }
      return Truth.possible.rawValue
    }
  }

  /// The raw value of a `Truth` for a wide value; nil for one that has to be looked at more closely:
  /// bounds that are open, no small integers or no days.
  @inline(__always)
  func judge(wide id: Int, _ wides: WideTable.Bounds) -> UInt8? {
    let lower = wides.lower[id]
    let upper = wides.upper[id]
    let tag = lower &>> 48
    guard isUsable, tag == upper &>> 48 else { return nil }
    if tag == FastJudgement.integerTag, wides.kinds[id] == WideKind.range.rawValue {
      return integerRanges.judge(lower, upper)
    }
    let day = UInt64(DatePrecision.day.rawValue)
    guard tag == FastJudgement.dateTag, wides.kinds[id] == WideKind.span.rawValue,
      lower & 7 == day, upper & 7 == day
    else { return nil }
    return dayRanges.judge(lower, upper)
  }

  /// The least and the greatest small integer that one side of a region lets through; a side that
  /// lets none through gives a bound that no word reaches.
  private static func integerEnds(_ region: Region<Scalar>) -> BitRange {
    var lower = region
    lower.upper = nil
    var upper = region
    upper.lower = nil
    let above = integers(lower)
    let below = integers(upper)
    return BitRange(
      first: above.first <= above.last ? above.first : .max,
      last: below.first <= below.last ? below.last : firstTagged &- 1)
  }

  /// Judges a batch if every word is a range of small integers, and says whether it was.
  ///
  /// Where ranges stand one after the other, as they do where each row of a file has another one, no
  /// row is looked up and several are judged at once. All words have one kind, so that the upper bit
  /// of a difference says which is less, without a branch for every row.
  func judgeRanges(
    _ words: Span<UInt64>, _ wides: WideTable.Bounds, into truths: inout [UInt8]
  ) -> Bool {
    guard isUsable else { return false }
    let block = 128
    return truths.withUnsafeMutableBufferPointer { truths in
      words.withUnsafeBufferPointer { words in
        var start = 0
        while start < words.count {
          let rows = start..<min(start &+ block, words.count)
          let part = UnsafeBufferPointer(rebasing: words[rows])
          let out = UnsafeMutableBufferPointer(rebasing: truths[rows])
          guard judgeBlock(part, wides, out) else { return false }
          start = rows.upperBound
        }
        return true
      }
    }
  }

  /// What holds for all of some ranges that stand one after the other, if something does.
  @inline(__always)
  private func judge(zones: ArraySlice<WideZone>) -> UInt8? {
    var areNever = true
    var areCertain = true
    for zone in zones {
      if !zone.isOfIntegers { return nil }
      areNever =
        areNever
        && (zone.leastLower > integerRanges.meets.last
          || zone.mostUpper < integerRanges.meets.first)
      areCertain =
        areCertain && integerRanges.certain.first <= zone.leastLower
        && zone.mostUpper <= integerRanges.certain.last
        && zone.mostLower <= integerRanges.meets.last
        && zone.leastUpper >= integerRanges.meets.first
    }
    return areNever ? Truth.never.rawValue : areCertain ? Truth.certain.rawValue : nil
  }

  private func judgeBlock(
    _ words: UnsafeBufferPointer<UInt64>, _ wides: WideTable.Bounds,
    _ truths: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    let count = words.count
    let base = Word(wide: 0).bits
    let start = words[0]
    let first = Int(truncatingIfNeeded: start &- base)
    var difference: UInt64 = 0
    for i in 0..<count { difference |= words[i] &- start ^ UInt64(truncatingIfNeeded: i) }
    let isInOrder = difference == 0 && first >= 0 && first <= wides.kinds.count &- count
    if isInOrder {
      let zones = first / WideZone.size...(first &+ count &- 1) / WideZone.size
      if let truth = judge(zones: wides.zones[zones]) {
        truths.update(repeating: truth)
        return true
      }
    }
    let possibleFirst = integerRanges.meets.first
    let possibleLast = integerRanges.meets.last
    let certainFirst = integerRanges.certain.first
    let certainLast = integerRanges.certain.last
    let wanted = FastJudgement.integerTag &<< 48
    var others: UInt64 = 0
    var otherKinds: UInt8 = 0
    let kinds = wides.kinds.span
    let lower = wides.lower.span
    let upper = wides.upper.span
    var i = 0
    if isInOrder {
      let rows = first..<first &+ count
      lower.extracting(rows).withUnsafeBufferPointer { lower in
        upper.extracting(rows).withUnsafeBufferPointer { upper in
          for i in 0..<count {
            others |= (lower[i] ^ wanted) | (upper[i] ^ wanted)
            let never = ((upper[i] &- possibleFirst) | (possibleLast &- lower[i])) &>> 63
            let doubt = ((lower[i] &- certainFirst) | (certainLast &- upper[i])) &>> 63
            truths[i] = UInt8(truncatingIfNeeded: never &* 3 | doubt &* 2)
          }
        }
      }
      for id in rows { otherKinds |= kinds[id] ^ WideKind.range.rawValue }
      i = count
    }
    while i < count {
      let id = Int(truncatingIfNeeded: words[i] &- base)
      // A word of another kind is far from the first wide value.
      if id >= lower.count || id < 0 { return false }
      let low = lower[id]
      let high = upper[id]
      others |= (low ^ wanted) | (high ^ wanted)
      otherKinds |= kinds[id] ^ WideKind.range.rawValue
      let never = ((high &- possibleFirst) | (possibleLast &- low)) &>> 63
      let doubt = ((low &- certainFirst) | (certainLast &- high)) &>> 63
      truths[i] = UInt8(truncatingIfNeeded: never &* 3 | doubt &* 2)
      i &+= 1
    }
    return others &>> 48 == 0 && otherKinds == 0
  }

  /// The same for days.
  private static func dayEnds(_ region: Region<Int64>) -> BitRange {
    var lower = region
    lower.upper = nil
    var upper = region
    upper.lower = nil
    let day = Calendar.secondsPerDay
    let above = dates(lower, unit: day, precision: .day)
    let below = dates(upper, unit: day, precision: .day)
    return BitRange(
      first: above.first <= above.last ? above.first : .max,
      last: below.first <= below.last ? below.last : 0)
  }

  /// Takes the mark of 1 from words that fail, for a batch of integers or of days alone; false where
  /// other words are among them, or one may satisfy but need not.
  func mark(_ words: Span<UInt64>, _ marks: inout [UInt8]) -> Bool {
    guard isUsable, words.count > 0 else { return false }
    let areIntegers = words[0] &>> 48 == FastJudgement.integerTag
    // The bits that tell an integer, or a date that is a day, from all else.
    let mask: UInt64 = areIntegers ? 0xFFFF_0000_0000_0000 : 0xFFFF_0000_0000_0007
    let wanted =
      areIntegers
      ? FastJudgement.integerTag &<< 48
      : FastJudgement.dateTag &<< 48 | UInt64(DatePrecision.day.rawValue)
    let ranges = areIntegers ? integers : days
    let first = ranges.certain.first
    let last = ranges.certain.last
    let leastPossible = ranges.possible.first
    let mostPossible = ranges.possible.last
    var difference: UInt64 = 0
    var certain = 0
    var possible = 0
    var out = marks.mutableSpan
    var i = 0
    while i < words.count {
      let bits = words[i]
      difference |= bits & mask ^ wanted
      var mark: UInt8 = 0
      if first <= bits, bits <= last { mark = 1 }
      var chance: UInt8 = 0
      if leastPossible <= bits, bits <= mostPossible { chance = 1 }
      certain &+= Int(mark)
      possible &+= Int(chance)
      out[i] &= mark
      i &+= 1
    }
    return difference == 0 && certain == possible
  }

  // MARK: Bounds

  /// The words of the small integers within a region.
  private static func integers(_ region: Region<Scalar>) -> BitRange {
    var first = Word.integerRange.lowerBound
    var last = Word.integerRange.upperBound
    if region.isEmpty { return BitRange() }
    if let lower = region.lower {
      switch lower {
      case .integer(let integer):
        if integer > last { return BitRange() }
        first = max(first, integer + (region.lowerIncluded ? 0 : 1))
      case .number(let number):
        if number > Double(last) { return BitRange() }
        if number > Double(first) { first = Int64(number.rounded(.up)) }
      }
    }
    if let upper = region.upper {
      switch upper {
      case .integer(let integer):
        if integer < Word.integerRange.lowerBound { return BitRange() }
        last = min(last, integer - (region.upperIncluded ? 0 : 1))
      case .number(let number):
        if number < Double(Word.integerRange.lowerBound) { return BitRange() }
        if number < Double(last) { last = Int64(number.rounded(.down)) }
      }
    }
    guard first <= last, let low = Word(integer: first), let high = Word(integer: last) else {
      return BitRange()
    }
    return BitRange(first: low.bits, last: high.bits)
  }

  /// The doubles within a region; bounds that are no doubles are rounded into it.
  private static func doubles(_ region: Region<Scalar>) -> DoubleRange {
    if region.isEmpty { return DoubleRange() }
    var result = DoubleRange(
      first: -Double.greatestFiniteMagnitude, last: Double.greatestFiniteMagnitude)
    if let lower = region.lower {
      result.first = lower.double
      let order = FastJudgement.order(lower, lower.double)
      if order > 0 || order == 0 && !region.lowerIncluded { result.first = result.first.nextUp }
    }
    if let upper = region.upper {
      result.last = upper.double
      let order = FastJudgement.order(upper, upper.double)
      if order < 0 || order == 0 && !region.upperIncluded { result.last = result.last.nextDown }
    }
    return result
  }

  private static func order(_ scalar: Scalar, _ number: Double) -> Int {
    guard case .integer(let integer) = scalar else { return 0 }
    return Scalar.order(integer, number)
  }

  /// The words of the days or moments within a region.
  private static func dates(
    _ region: Region<Int64>, unit: Int64, precision: DatePrecision
  ) -> BitRange {
    if region.isEmpty { return BitRange() }
    var first: Int64 = 0
    var last = Int64(Calendar.dayCount) * Calendar.secondsPerDay / unit - 1
    if let lower = region.lower { first = max(first, lower + (region.lowerIncluded ? 0 : 1)) }
    if let upper = region.upper { last = min(last, upper - (region.upperIncluded ? 0 : 1)) }
    guard first <= last else { return BitRange() }
    // Minutes sort directly before seconds of the same start, and days before both.
    let finest = precision == .day ? DatePrecision.day : .second
    let coarsest = precision == .day ? DatePrecision.day : .minute
    return BitRange(
      first: CalendarDate(start: first * unit, precision: coarsest).word.bits,
      last: CalendarDate(start: last * unit, precision: finest).word.bits)
  }
}
