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
    }
    if let days, let seconds {
      let day = Calendar.secondsPerDay
      self.days = Pair(
        certain: FastJudgement.dates(days.certain, unit: day, precision: .day),
        possible: FastJudgement.dates(days.possible, unit: day, precision: .day))
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
