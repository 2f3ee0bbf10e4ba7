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

/// `sum X`: a match that may not be there adds from zero.
final class SumState: AggregateState {
  private let evaluation: Evaluation
  private let span: SourceSpan
  private struct Group {
    var lower = ExactSum()
    var upper = ExactSum()
    var isOpenBelow = false
    var isOpenAbove = false
  }
  private var groups: [Group] = []

  init(evaluation: Evaluation, span: SourceSpan) {
    self.evaluation = evaluation
    self.span = span
  }

  func add(_ input: AggregateInput) throws {
    guard let argument = input.argument else { return }
    while groups.count < input.groupCount { groups.append(Group()) }
    for row in 0..<input.count {
      let word = Word(bits: argument[row])
      let group = Int(input.groups[row])
      if word.kind == .integer, input.levels[row] == 0 {
        let scalar = Scalar.integer(word.integer)
        groups[group].lower.add(scalar)
        groups[group].upper.add(scalar)
        continue
      }
      if word == .unknown { continue }
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

  func results(group: Int, isCertain: Bool) throws -> [(word: Word, level: UInt8)] {
    guard group < groups.count else { return [(evaluation.values.word(integer: 0), 0)] }
    let state = groups[group]
    let lower = state.isOpenBelow ? nil : state.lower.scalar
    let upper = state.isOpenAbove ? nil : state.upper.scalar
    if lower == nil && !state.isOpenBelow || upper == nil && !state.isOpenAbove {
      throw FailureError(
        failure: RowFailure(message: "the sum is too large for a 64-bit integer", span: span))
    }
    return [(evaluation.values.word(range: NumberInterval(lower: lower, upper: upper)), 0)]
  }
}

/// `avg X`, with the tightest bounds if matches are independent of each other.
final class AverageState: AggregateState {
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
  private var groups: [Group] = []

  init(evaluation: Evaluation, span: SourceSpan) {
    self.evaluation = evaluation
    self.span = span
  }

  func add(_ input: AggregateInput) throws {
    guard let argument = input.argument else { return }
    while groups.count < input.groupCount { groups.append(Group()) }
    for row in 0..<input.count {
      let word = Word(bits: argument[row])
      if word == .unknown { continue }
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

  func results(group: Int, isCertain: Bool) -> [(word: Word, level: UInt8)] {
    guard group < groups.count else { return [(.unknown, 0)] }
    let state = groups[group]
    guard state.count + state.uncertainLower.count > 0 else { return [(.unknown, 0)] }
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
    return [(evaluation.values.word(range: interval), 0)]
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
