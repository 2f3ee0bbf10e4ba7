import Glibc

extension ValueStore {
  /// The result of an operation; the error says why there is none.
  public typealias Outcome = Result<Word, EvaluationFailure>

  /// The value of an operation on two operands.
  public func apply(_ operation: ValueOperation, _ left: Word, _ right: Word) -> Outcome {
    if left.kind == .integer, right.kind == .integer {
      let a = left.integer
      let b = right.integer
      switch operation {
      // Integers of 48 bits cannot overflow 64 here.
      case .add: return .success(word(integer: a &+ b))
      case .subtract: return .success(word(integer: a &- b))
      case .multiply:
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? .failure(.overflow(.multiply)) : .success(word(integer: product))
      case .divide where b != 0:
        let whole = a / b
        if whole &* b == a { return .success(word(integer: whole)) }
        // With fewer than 53 bits on either side a fraction is never rounded to an integer.
        return .success(Word(bits: (Double(a) / Double(b)).bitPattern))
      case .wholeDivide where b != 0: return .success(word(integer: a / b))
      case .modulo where b != 0: return .success(word(integer: a % b))
      default: break
      }
    }
    if operation == .coalesce { return .success(left == .unknown ? right : left) }
    if left == .unknown || right == .unknown { return .success(.unknown) }
    switch operation {
    case .add, .subtract, .multiply, .divide, .wholeDivide, .modulo, .power:
      return arithmetic(operation, left, right)
    case .min, .max: return extreme(operation, left, right)
    case .round: return round(left, digits: right)
    case .addMonths: return addMonths(left, right)
    case .concat:
      return .success(
        Word(symbol: symbols.intern(text(of: left, style: .field) + text(of: right, style: .field)))
      )
    case .substring: return substring(left, from: right, length: nil)
    case .date: return date(left, format: right)
    default: return .failure(.wrongCount(operation))
    }
  }

  /// The value of an operation on three operands or more.
  func applyMany(_ operation: ValueOperation, _ operands: [Word]) -> Outcome {
    switch operation {
    case .coalesce: return .success(operands.first { $0 != .unknown } ?? .unknown)
    case .substring:
      if operands.contains(.unknown) { return .success(.unknown) }
      return substring(operands[0], from: operands[1], length: operands[2])
    default:
      var result = operands[0]
      for operand in operands.dropFirst() {
        switch apply(operation, result, operand) {
        case .success(let word): result = word
        case .failure(let failure): return .failure(failure)
        }
      }
      return .success(result)
    }
  }

  private func arithmetic(_ operation: ValueOperation, _ left: Word, _ right: Word) -> Outcome {
    if let a = numbers(of: left), let b = numbers(of: right) {
      switch operation {
      case .add: return word(a.adding(b))
      case .subtract: return word(a.subtracting(b))
      case .multiply: return word(a.multiplied(by: b))
      case .divide: return word(a.divided(by: b))
      case .wholeDivide: return word(a.wholeDivided(by: b))
      case .modulo: return word(a.remainder(by: b))
      default: return word(power(a, b))
      }
    }
    let leftKind = category(of: left)
    let rightKind = category(of: right)
    switch (operation, leftKind, rightKind) {
    case (.add, .date, .number): return shift(left, by: right, operation)
    case (.add, .number, .date): return shift(right, by: left, operation)
    case (.subtract, .date, .number):
      switch apply(.negate, right) {
      case .success(let days): return shift(left, by: days, operation)
      case .failure(let failure): return .failure(failure)
      }
    case (.subtract, .date, .date): return days(from: right, to: left)
    default: break
    }
    if leftKind == rightKind { return .failure(.wrongKind(operation, leftKind)) }
    return .failure(.mixedKinds(operation, leftKind, rightKind))
  }

  private func power(_ base: NumberInterval, _ exponent: NumberInterval) -> NumberInterval.Outcome {
    let negative = base.lower.map { $0.sign < 0 } ?? true
    if negative, case .number? = exponent.exact { return .failure(.noRealResult(.power)) }
    return base.raised(to: exponent)
  }

  func word(_ outcome: NumberInterval.Outcome) -> Outcome {
    switch outcome {
    case .success(let interval): .success(word(range: interval))
    case .failure(let failure): .failure(failure)
    }
  }

  // MARK: Dates

  /// A date some days later; the days are whole, or a range between whole numbers.
  private func shift(_ date: Word, by days: Word, _ operation: ValueOperation) -> Outcome {
    guard let span = dates(of: date), let offset = numbers(of: days) else {
      return .failure(.wrongKind(operation, category(of: days)))
    }
    guard let offsets = wholeBounds(offset) else { return .failure(.notWhole(operation)) }
    var result = DateSpan(first: nil, last: nil)
    if let first = span.first, let least = offsets.lower {
      guard let moved = first.adding(days: least) else {
        return .failure(.outsideCalendar(operation))
      }
      result.first = moved
    }
    if let last = span.last, let most = offsets.upper {
      guard let moved = last.adding(days: most) else {
        return .failure(.outsideCalendar(operation))
      }
      result.last = moved
    }
    return .success(word(first: result.first, last: result.last))
  }

  /// The bounds as whole numbers, nil if one is none; an open side stays nil.
  private func wholeBounds(_ interval: NumberInterval) -> (lower: Int?, upper: Int?)? {
    var result: (lower: Int?, upper: Int?) = (nil, nil)
    if let lower = interval.lower {
      guard case .integer(let whole) = lower else { return nil }
      result.lower = Int(whole)
    }
    if let upper = interval.upper {
      guard case .integer(let whole) = upper else { return nil }
      result.upper = Int(whole)
    }
    return result
  }

  /// The days between two dates; a date-time counts as its day.
  private func days(from earlier: Word, to later: Word) -> Outcome {
    guard let a = dates(of: later), let b = dates(of: earlier) else {
      return .failure(.wrongKind(.subtract, .date))
    }
    var result = NumberInterval.all
    if let first = a.firstDay, let last = b.lastDay {
      result.lower = .integer(Int64(first - last))
    }
    if let last = a.lastDay, let first = b.firstDay {
      result.upper = .integer(Int64(last - first))
    }
    return .success(word(range: result))
  }

  /// A date some months later, each day at most at the end of its month.
  private func addMonths(_ date: Word, _ months: Word) -> Outcome {
    guard category(of: date) == .date, let span = dates(of: date) else {
      return .failure(.wrongKind(.addMonths, category(of: date)))
    }
    guard let count = numbers(of: months) else {
      return .failure(.wrongKind(.addMonths, category(of: months)))
    }
    guard let offsets = wholeBounds(count) else { return .failure(.notWhole(.addMonths)) }
    // A month or wider moves as whole months, so that January is followed by all of February.
    var first = span.first
    var last = span.last
    if date.kind == .date, let whole = CalendarDate(word: date).months {
      first = whole.first
      last = whole.last
    }
    var moved = DateSpan(first: nil, last: nil)
    if let first, let least = offsets.lower {
      guard let bound = first.adding(months: least) else {
        return .failure(.outsideCalendar(.addMonths))
      }
      moved.first = bound
    }
    if let last, let most = offsets.upper {
      guard let bound = last.adding(months: most) else {
        return .failure(.outsideCalendar(.addMonths))
      }
      moved.last = bound
    }
    return .success(word(first: moved.first, last: moved.last))
  }

  // MARK: Least and greatest

  private func extreme(_ operation: ValueOperation, _ left: Word, _ right: Word) -> Outcome {
    let leftKind = category(of: left)
    let rightKind = category(of: right)
    guard leftKind == rightKind else {
      return .failure(.mixedKinds(operation, leftKind, rightKind))
    }
    let takesLeast = operation == .min
    if compare(.lessOrEqual, left, right) == .certain { return .success(takesLeast ? left : right) }
    if compare(.lessOrEqual, right, left) == .certain { return .success(takesLeast ? right : left) }
    if let a = numbers(of: left), let b = numbers(of: right) {
      return .success(
        word(
          range: NumberInterval(
            lower: extreme(takesLeast, a.lower, b.lower, openIsLeast: true),
            upper: extreme(takesLeast, a.upper, b.upper, openIsLeast: false))))
    }
    guard let a = dates(of: left), let b = dates(of: right) else {
      return .failure(.wrongKind(operation, leftKind))
    }
    let first = extreme(takesLeast, a.firstDay, b.firstDay, openIsLeast: true)
    let last = extreme(takesLeast, a.lastDay, b.lastDay, openIsLeast: false)
    return .success(
      word(
        first: first.flatMap(CalendarDate.init(dayNumber:)),
        last: last.flatMap(CalendarDate.init(dayNumber:))))
  }

  /// The lesser or greater of two bounds; an open one is beyond all others on its side.
  private func extreme<Bound: Comparable>(
    _ takesLeast: Bool, _ left: Bound?, _ right: Bound?, openIsLeast: Bool
  ) -> Bound? {
    guard let left, let right else { return takesLeast == openIsLeast ? nil : left ?? right }
    return takesLeast ? Swift.min(left, right) : Swift.max(left, right)
  }
}
