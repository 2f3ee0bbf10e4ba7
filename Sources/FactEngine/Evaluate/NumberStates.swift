import FactLanguage
import FactModel
import Glibc

/// A sum that stays exact while all its terms are integers.
struct ExactSum {
  private var integer: Int128 = 0
  private var number = 0.0
  /// What rounding has lost so far (Neumaier's variant of Kahan's summation).
  private var lost = 0.0
  private var hasNumber = false

  mutating func add(_ scalar: Scalar) {
    switch scalar {
    case .integer(let value): integer += Int128(value)
    case .number(let value):
      hasNumber = true
      let total = number + value
      lost += abs(number) >= abs(value) ? (number - total) + value : (value - total) + number
      number = total
    }
  }

  /// The sum as a double.
  var double: Double { Double(integer) + (number + lost) }

  /// The sum, or nil where it leaves 64 bits or is infinite.
  var scalar: Scalar? {
    if hasNumber { return double.isFinite ? Scalar(double) : nil }
    guard let value = Int64(exactly: integer) else { return nil }
    return .integer(value)
  }
}

/// The lower and upper bound of a value as an aggregate sees it.
private func numbers(
  _ word: Word, _ evaluation: Evaluation, _ span: SourceSpan, _ name: String
) throws -> NumberInterval {
  if let interval = evaluation.values.numbers(of: word) { return interval }
  let text = evaluation.values.text(of: word)
  throw FailureError(
    failure: RowFailure(message: "`\(name)` needs numbers, and \(text) is none", span: span))
}

/// Exact sums by group of what is nearly always all there is: certain integers that fit a word.
private struct IntegerTotals {
  private(set) var totals: [Int64] = []
  private(set) var counts: [Int] = []
  private let isCounting: Bool

  init(isCounting: Bool) { self.isCounting = isCounting }

  /// Adds what it can and returns the rows that are left: other values, uncertain ones, overflows.
  mutating func add(_ input: AggregateInput, _ argument: [UInt64]) -> [Int] {
    var left: [Int] = []
    let groups = input.groups
    let levels = input.levels
    var totals: [Int64] = []
    swap(&totals, &self.totals)
    reach(&totals, input.groupCount, 0)
    if isCounting { reach(&counts, input.groupCount, 0) }
    let tag = Word.integerTag
    let unknown = Word.unknown.bits
    for row in 0..<input.count {
      let word = argument[row]
      if word &>> 48 == tag && levels[row] == 0 {
        let group = Int(truncatingIfNeeded: groups[row])
        let value = Word(bits: word).integer
        let (sum, overflow) = totals[group].addingReportingOverflow(value)
        if overflow {
          left.append(row)
        } else {
          totals[group] = sum
          if isCounting { counts[group] &+= 1 }
        }
      } else if word != unknown {
        left.append(row)
      }
    }
    swap(&totals, &self.totals)
    return left
  }
}

/// `sum X`: a match that may not be there adds from zero.
final class SumState: SingleValueState {
  private let evaluation: Evaluation
  private let span: SourceSpan
  private struct Group {
    var lower = ExactSum()
    var upper = ExactSum()
    var isOpenBelow = false
    var isOpenAbove = false
  }
  private var integers = IntegerTotals(isCounting: false)
  /// What the totals of integers leave; shorter than those, or empty, where they leave nothing.
  private var groups: [Group] = []

  init(evaluation: Evaluation, span: SourceSpan) {
    self.evaluation = evaluation
    self.span = span
  }

  func add(_ input: AggregateInput) throws {
    guard let argument = input.argument else { return }
    let left = integers.add(input, argument)
    if left.isEmpty { return }
    reach(&groups, input.groupCount, Group())
    for row in left {
      let word = Word(bits: argument[row])
      let group = Int(input.groups[row])
      let interval = try numbers(word, evaluation, span, "sum")
      let mayBeAbsent = input.levels[row] > 0
      let zero = Scalar.integer(0)
      if let lower = interval.lower {
        groups[group].lower.add(mayBeAbsent ? min(lower, zero) : lower)
      } else {
        groups[group].isOpenBelow = true
      }
      if let upper = interval.upper {
        groups[group].upper.add(mayBeAbsent ? max(upper, zero) : upper)
      } else {
        groups[group].isOpenAbove = true
      }
    }
  }

  func value(group: Int, isCertain: Bool) throws -> Word {
    let total = group < integers.totals.count ? integers.totals[group] : 0
    guard group < groups.count else { return evaluation.values.word(integer: total) }
    var state = groups[group]
    state.lower.add(.integer(total))
    state.upper.add(.integer(total))
    let lower = state.isOpenBelow ? nil : state.lower.scalar
    let upper = state.isOpenAbove ? nil : state.upper.scalar
    if lower == nil && !state.isOpenBelow || upper == nil && !state.isOpenAbove {
      throw FailureError(
        failure: RowFailure(message: "the sum is too large for a 64-bit integer", span: span))
    }
    return evaluation.values.word(range: NumberInterval(lower: lower, upper: upper))
  }
}

/// `avg X`, with the tightest bounds if matches are independent of each other.
final class AverageState: SingleValueState {
  private let evaluation: Evaluation
  private let span: SourceSpan
  private struct Group {
    var lower = ExactSum()
    var upper = ExactSum()
    var count = 0
    var isOpenBelow = false
    var isOpenAbove = false
    /// The bounds of matches that may not be there.
    var uncertainLower: [Double] = []
    var uncertainUpper: [Double] = []
  }
  private var integers = IntegerTotals(isCounting: true)
  /// What the totals of integers leave.
  private var groups: [Group] = []

  init(evaluation: Evaluation, span: SourceSpan) {
    self.evaluation = evaluation
    self.span = span
  }

  func add(_ input: AggregateInput) throws {
    guard let argument = input.argument else { return }
    let left = integers.add(input, argument)
    if left.isEmpty { return }
    reach(&groups, input.groupCount, Group())
    for row in left {
      let word = Word(bits: argument[row])
      let group = Int(input.groups[row])
      let interval = try numbers(word, evaluation, span, "avg")
      if interval.lower == nil { groups[group].isOpenBelow = true }
      if interval.upper == nil { groups[group].isOpenAbove = true }
      let lower = interval.lower ?? .integer(0)
      let upper = interval.upper ?? .integer(0)
      if input.levels[row] == 0 {
        groups[group].lower.add(lower)
        groups[group].upper.add(upper)
        groups[group].count += 1
      } else {
        groups[group].uncertainLower.append(lower.double)
        groups[group].uncertainUpper.append(upper.double)
      }
    }
  }

  func value(group: Int, isCertain: Bool) -> Word {
    var state = group < groups.count ? groups[group] : Group()
    if group < integers.totals.count {
      state.count += integers.counts[group]
      state.lower.add(.integer(integers.totals[group]))
      state.upper.add(.integer(integers.totals[group]))
    }
    guard state.count + state.uncertainLower.count > 0 else { return .unknown }
    let lower =
      state.isOpenBelow
      ? nil
      : AverageState.least(sum: state.lower.double, count: state.count, state.uncertainLower)
    let upper =
      state.isOpenAbove
      ? nil
      : -AverageState.least(
        sum: -state.upper.double, count: state.count, state.uncertainUpper.map { -$0 })
    let interval = NumberInterval(
      lower: lower.flatMap(Scalar.init), upper: upper.flatMap(Scalar.init))
    return evaluation.values.word(range: interval)
  }

  /// The least average that some of the uncertain values can bring about: the smallest first, as
  /// long as they pull it down.
  private static func least(sum: Double, count: Int, _ uncertain: [Double]) -> Double {
    var sum = sum
    var count = count
    for value in uncertain.sorted() where count == 0 || value * Double(count) < sum {
      sum += value
      count += 1
    }
    return sum / Double(count)
  }
}
