/// The comparisons of one variable with constants that stand in one body, judged together.
///
/// With N known to lie in 1001..2500, `N > 2000` and `N < 1500` may each hold, but never both. A
/// value is judged `never` if nothing within its bounds satisfies all conditions, `certain` if all
/// of it does for sure, else `possible`. Only `<`, `<=`, `>`, `>=` and `in` take part; identity and
/// `overlaps` are certain or fail by themselves.
public struct ConstantConditions: Sendable {
  /// The kinds of values that can satisfy all conditions; none after constants of two kinds. A
  /// year on the right of `in` is a number beside numbers and a date beside dates.
  private struct Kinds: OptionSet {
    let rawValue: UInt8
    static let numbers = Kinds(rawValue: 1)
    static let dates = Kinds(rawValue: 2)
    static let symbols = Kinds(rawValue: 4)
    static let all: Kinds = [.numbers, .dates, .symbols]
  }

  private struct Condition {
    var comparison: Comparison
    var constant: Word
  }

  private var conditions: [Condition] = []
  private var kinds = Kinds.all
  private var numbers = Judgement<Scalar>()
  /// Day numbers, for values that are days or wider.
  private var days = Judgement<Int64>()
  /// Seconds, for date-times.
  private var seconds = Judgement<Int64>()
  /// The same as bounds of words, for whole batches.
  private(set) var fast = FastJudgement()

  /// No condition, which every value satisfies.
  public init() {}

  /// Whether there is no condition.
  public var isEmpty: Bool { conditions.isEmpty }

  /// Whether a comparison with a constant is one of those that are judged together.
  public static func accepts(_ comparison: Comparison) -> Bool {
    switch comparison {
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .inside: true
    case .equal, .notEqual, .overlaps: false
    }
  }

  /// Adds the condition that the variable compares so with a constant on its right.
  ///
  /// - Returns: false, and nothing is added, for comparisons that are not judged together.
  @discardableResult
  public mutating func add(_ comparison: Comparison, _ constant: Word, in store: ValueStore) -> Bool
  {
    guard ConstantConditions.accepts(comparison) else { return false }
    conditions.append(Condition(comparison: comparison, constant: constant))
    var span = store.dates(of: constant)
    switch store.category(of: constant) {
    case .number:
      if comparison == .inside { span = store.yearsWord(of: constant).flatMap(store.dates) }
      kinds.formIntersection(span == nil ? .numbers : [.numbers, .dates])
    case .date: kinds.formIntersection(.dates)
    case .symbol: kinds.formIntersection(.symbols)
    case .unknown, .anything: kinds = []
    }
    if let interval = store.numbers(of: constant) {
      numbers.add(comparison, Bounds(lower: interval.lower, upper: interval.upper))
    }
    if let span {
      days.add(discrete: comparison, span.dayBounds)
      // A date-time counts as its day beside anything but another date-time.
      let whole = Bounds(
        lower: span.firstDay.map { Int64($0) * Calendar.secondsPerDay },
        upper: span.lastDay.map { Int64($0 + 1) * Calendar.secondsPerDay - 1 })
      if span.isOfMoments {
        seconds.add(discrete: comparison, span.secondBounds)
      } else {
        seconds.add(byDay: comparison, whole)
      }
    }
    fast = FastJudgement(
      numbers: kinds.contains(.numbers) ? numbers : nil,
      days: kinds.contains(.dates) ? days : nil, seconds: kinds.contains(.dates) ? seconds : nil)
    return true
  }

  /// Judges one value.
  public func judge(_ word: Word, in store: ValueStore) -> Truth {
    if isEmpty { return .certain }
    if kinds == .symbols {
      var truth = Truth.certain
      for condition in conditions {
        truth = truth.and(store.compare(condition.comparison, word, condition.constant))
      }
      return truth
    }
    if let interval = store.numbers(of: word) {
      guard kinds.contains(.numbers) else { return .never }
      if let truth = judgeAgainstItself(word, in: store) { return truth }
      return numbers.judge(Bounds(lower: interval.lower, upper: interval.upper))
    }
    guard kinds.contains(.dates), let span = store.dates(of: word) else { return .never }
    if let truth = judgeAgainstItself(word, in: store) { return truth }
    return span.isOfMoments ? seconds.judge(span.secondBounds) : days.judge(span.dayBounds)
  }

  /// Judges a value that is inexact and one of the constants: it has the same number as that.
  private func judgeAgainstItself(_ word: Word, in store: ValueStore) -> Truth? {
    guard !store.isExact(word), conditions.contains(where: { $0.constant == word }) else {
      return nil
    }
    var others = ConstantConditions()
    for condition in conditions {
      if condition.constant != word {
        others.add(condition.comparison, condition.constant, in: store)
      } else if store.compare(condition.comparison, word, word) == .never {
        return .never
      }
    }
    return others.judge(word, in: store)
  }

  /// Judges a batch of words; the start of `truths` gets the raw value of a `Truth` for each.
  ///
  /// Integers, other numbers, days and date-times take two comparisons of bits, ranges of integers and
  /// spans of days four; all else takes a look-up.
  public func judge(_ words: Span<UInt64>, in store: ValueStore, into truths: inout [UInt8]) {
    let count = words.count
    if truths.count < count {
      truths.append(contentsOf: repeatElement(0, count: count - truths.count))
    }
    if kinds.contains(.numbers), !isEmpty, ConstantConditions.allIntegers(words) {
      fast.judgeIntegers(words, into: &truths)
      return
    }
    // A value that is one of the constants itself needs a closer look; there is none such if all
    // constants are exact.
    let mayBeConstant = conditions.contains { !store.isExact($0.constant) }
    let wides = mayBeConstant ? WideTable.Bounds() : store.wides.bounds
    if !mayBeConstant, kinds == .numbers, fast.judgeRanges(words, wides, into: &truths) { return }
    let wideTag = Word(kind: .wide, payload: 0).bits &>> 48
    var out = truths.mutableSpan
    for i in 0..<count {
      let bits = words[i]
      if bits &>> 48 == wideTag, !mayBeConstant {
        if let truth = fast.judge(wide: Int(bits & 0xFFFF_FFFF), wides) {
          out[i] = truth
          continue
        }
      } else if let truth = fast.judge(bits) {
        out[i] = truth
        continue
      }
      out[i] = judge(Word(bits: bits), in: store).rawValue
    }
  }

  /// Takes the mark of 1 from words that fail, for a batch of integers or of days alone; false where
  /// other words are among them, or one may satisfy but need not.
  public func mark(_ words: Span<UInt64>, _ marks: inout [UInt8]) -> Bool {
    fast.mark(words, &marks)
  }

  private static func allIntegers(_ words: Span<UInt64>) -> Bool {
    let tag = Word(kind: .integer, payload: 0).bits >> 48
    var difference: UInt64 = 0
    for i in 0..<words.count { difference |= (words[i] &>> 48) ^ tag }
    return difference == 0
  }
}

/// Where the values for sure satisfy all conditions, and where they may.
struct Judgement<Bound: Comparable & Sendable>: Sendable {
  var certain = Region<Bound>()
  var possible = Region<Bound>()

  mutating func add(_ comparison: Comparison, _ constant: Bounds<Bound>) {
    switch comparison {
    case .less, .lessOrEqual:
      certain.limit(above: constant.lower, orEqual: comparison == .lessOrEqual)
      if let upper = constant.upper {
        possible.limit(above: upper, orEqual: comparison == .lessOrEqual)
      }
    case .greater, .greaterOrEqual:
      certain.limit(below: constant.upper, orEqual: comparison == .greaterOrEqual)
      if let lower = constant.lower {
        possible.limit(below: lower, orEqual: comparison == .greaterOrEqual)
      }
    default:
      if let lower = constant.lower {
        certain.limit(below: lower, orEqual: true)
        possible.limit(below: lower, orEqual: true)
      }
      if let upper = constant.upper {
        certain.limit(above: upper, orEqual: true)
        possible.limit(above: upper, orEqual: true)
      }
    }
  }

  func judge(_ value: Bounds<Bound>) -> Truth {
    if !possible.meets(value) { return .never }
    return certain.holds(value) ? .certain : .possible
  }
}

extension Judgement<Int64> {
  /// Compares whole days or seconds, of which none lies between two neighbours.
  mutating func add(discrete comparison: Comparison, _ constant: Bounds<Int64>) {
    let step: Int64
    switch comparison {
    case .less: step = -1
    case .greater: step = 1
    default: return add(comparison, constant)
    }
    add(
      comparison == .less ? .lessOrEqual : .greaterOrEqual,
      Bounds(lower: constant.lower.map { $0 + step }, upper: constant.upper.map { $0 + step }))
  }

  /// Compares by whole days in seconds: at or before a day is up to its last second.
  ///
  /// The bounds of the constant are the first second of its first and the last of its last day.
  mutating func add(byDay comparison: Comparison, _ constant: Bounds<Int64>) {
    let day = Calendar.secondsPerDay
    switch comparison {
    case .lessOrEqual:
      certain.limit(above: constant.lower.map { $0 + day - 1 }, orEqual: true)
      if let upper = constant.upper { possible.limit(above: upper, orEqual: true) }
    case .less:
      certain.limit(above: constant.lower.map { $0 - 1 }, orEqual: true)
      if let upper = constant.upper { possible.limit(above: upper - day, orEqual: true) }
    case .greaterOrEqual:
      certain.limit(below: constant.upper.map { $0 - day + 1 }, orEqual: true)
      if let lower = constant.lower { possible.limit(below: lower, orEqual: true) }
    case .greater:
      certain.limit(below: constant.upper.map { $0 + 1 }, orEqual: true)
      if let lower = constant.lower { possible.limit(below: lower + day, orEqual: true) }
    default: add(comparison, constant)
    }
  }
}

/// An interval whose bounds may themselves be left out; it may be empty.
struct Region<Bound: Comparable & Sendable>: Sendable {
  var lower: Bound?
  var lowerIncluded = true
  var upper: Bound?
  var upperIncluded = true
  /// Nothing lies within, whatever the bounds say.
  var isEmpty = false

  /// Whether no value lies within.
  var holdsNothing: Bool {
    if isEmpty { return true }
    guard let lower, let upper else { return false }
    return lower > upper || lower == upper && !(lowerIncluded && upperIncluded)
  }

  /// Keeps what is below a bound; nil, a bound at minus infinity, leaves nothing.
  mutating func limit(above bound: Bound?, orEqual: Bool) {
    guard let bound else {
      isEmpty = true
      return
    }
    if let upper, upper < bound || upper == bound && (orEqual || !upperIncluded) { return }
    upper = bound
    upperIncluded = orEqual
  }

  /// Keeps what is above a bound; nil, a bound at infinity, leaves nothing.
  mutating func limit(below bound: Bound?, orEqual: Bool) {
    guard let bound else {
      isEmpty = true
      return
    }
    if let lower, lower > bound || lower == bound && (orEqual || !lowerIncluded) { return }
    lower = bound
    lowerIncluded = orEqual
  }

  /// Whether some value lies both here and within bounds.
  func meets(_ value: Bounds<Bound>) -> Bool {
    if isEmpty { return false }
    var shared = self
    if let least = value.lower { shared.limit(below: least, orEqual: true) }
    if let greatest = value.upper { shared.limit(above: greatest, orEqual: true) }
    guard let low = shared.lower, let high = shared.upper else { return true }
    return low < high || low == high && shared.lowerIncluded && shared.upperIncluded
  }

  /// Whether every value within bounds lies here.
  func holds(_ value: Bounds<Bound>) -> Bool {
    if isEmpty { return false }
    if let lower {
      guard let least = value.lower, lowerIncluded ? lower <= least : lower < least else {
        return false
      }
    }
    if let upper {
      guard let greatest = value.upper, upperIncluded ? greatest <= upper : greatest < upper else {
        return false
      }
    }
    return true
  }
}
