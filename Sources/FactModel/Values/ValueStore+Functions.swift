import Glibc

extension ValueStore {
  /// The value of an operation on one operand.
  public func apply(_ operation: ValueOperation, _ operand: Word) -> Outcome {
    if operand == .unknown { return .success(.unknown) }
    switch operation {
    case .negate, .abs, .round, .floor, .ceil, .sqrt, .percent:
      guard let interval = numbers(of: operand) else {
        return .failure(.wrongKind(operation, category(of: operand)))
      }
      return numeric(operation, operand, interval)
    case .lower, .upper, .mid, .width: return part(operation, operand)
    case .year, .quarter, .month, .day, .weekday:
      guard let span = dates(of: operand) else {
        return .failure(.wrongKind(operation, category(of: operand)))
      }
      return .success(word(range: span.field(operation)))
    case .length:
      guard operand.kind == .symbol else {
        return .failure(.wrongKind(operation, category(of: operand)))
      }
      let length = symbols.text(operand.symbol).unicodeScalars.count
      return .success(word(integer: Int64(length)))
    case .concat, .text:
      if operand.kind == .symbol { return .success(operand) }
      return .success(Word(symbol: symbols.intern(text(of: operand, style: .field))))
    case .number: return .success(number(operand))
    case .date: return .success(date(operand))
    default: return .failure(.wrongCount(operation))
    }
  }

  private func numeric(
    _ operation: ValueOperation, _ operand: Word, _ interval: NumberInterval
  ) -> Outcome {
    switch operation {
    case .percent: return .success(operand)
    case .negate: return word(interval.negated)
    case .abs: return word(interval.magnitude)
    case .round: return round(interval, places: 0)
    case .floor: return .success(word(range: interval.mapped { $0.rounded(.down) }))
    case .ceil: return .success(word(range: interval.mapped { $0.rounded(.up) }))
    case .sqrt:
      if let upper = interval.upper, upper.sign < 0 { return .failure(.noRealResult(.sqrt)) }
      if let exact = interval.exact { return .success(word(number: exact.double.squareRoot())) }
      // Below zero there is no root; the range of all results begins at zero.
      var result = interval.mapped { Scalar(Swift.max(0, $0.double).squareRoot()) }
      if result.lower == nil { result.lower = .integer(0) }
      return .success(word(range: result))
    default: return .failure(.wrongCount(operation))
    }
  }

  /// Rounds half away from zero, to a number of digits after the point (before it if negative).
  func round(_ operand: Word, digits: Word) -> Outcome {
    guard let interval = numbers(of: operand) else {
      return .failure(.wrongKind(.round, category(of: operand)))
    }
    guard let places = integer(of: digits) else { return .failure(.notWhole(.round)) }
    return round(interval, places: places)
  }

  private func round(_ interval: NumberInterval, places: Int64) -> Outcome {
    // No double has digits beyond these.
    let places = Int(Swift.max(-400, Swift.min(400, places)))
    var result = interval
    if let lower = interval.lower {
      guard let rounded = lower.rounded(toPlaces: places) else {
        return .failure(.overflow(.round))
      }
      result.lower = rounded
    }
    if let upper = interval.upper {
      guard let rounded = upper.rounded(toPlaces: places) else {
        return .failure(.overflow(.round))
      }
      result.upper = rounded
    }
    return .success(word(range: result))
  }

  // MARK: Parts of ranges and texts

  /// The bounds, middle and width of a range or date; unknown where a side is open.
  private func part(_ operation: ValueOperation, _ operand: Word) -> Outcome {
    if operand.kind == .symbol {
      let text = symbols.text(operand.symbol)
      switch operation {
      case .lower: return .success(Word(symbol: symbols.intern(text.lowercased())))
      case .upper: return .success(Word(symbol: symbols.intern(text.uppercased())))
      default: return .failure(.wrongKind(operation, .symbol))
      }
    }
    if let interval = numbers(of: operand) {
      switch operation {
      case .lower: return .success(interval.lower.map { word($0) } ?? .unknown)
      case .upper: return .success(interval.upper.map { word($0) } ?? .unknown)
      case .width:
        guard let lower = interval.lower, let upper = interval.upper else {
          return .success(.unknown)
        }
        guard let width = Scalar.difference(upper, lower) else {
          return .failure(.overflow(.width))
        }
        return .success(word(width))
      default: return .success(interval.middle.map { word($0) } ?? .unknown)
      }
    }
    guard let span = dates(of: operand) else {
      return .failure(.wrongKind(operation, category(of: operand)))
    }
    switch operation {
    case .lower: return .success(span.first?.word ?? .unknown)
    case .upper: return .success(span.last?.word ?? .unknown)
    case .width:
      guard let first = span.firstDay, let last = span.lastDay else { return .success(.unknown) }
      return .success(word(integer: Int64(last - first)))
    default: return .success(span.middle?.word ?? .unknown)
    }
  }

  /// A part of a text, its characters counted from 1 by code points, as SQL does.
  func substring(_ operand: Word, from start: Word, length: Word?) -> Outcome {
    guard operand.kind == .symbol else {
      return .failure(.wrongKind(.substring, category(of: operand)))
    }
    guard let first = integer(of: start) else { return .failure(.notWhole(.substring)) }
    var end = Int64.max
    if let length {
      guard let count = integer(of: length) else { return .failure(.notWhole(.substring)) }
      let (sum, overflow) = first.addingReportingOverflow(Swift.max(0, count))
      end = overflow ? Int64.max : sum
    }
    let scalars = symbols.text(operand.symbol).unicodeScalars
    let skipped = Int(Swift.max(0, first.subtractingReportingOverflow(1).partialValue))
    let begins = first <= 1 ? 0 : skipped
    let stops = end <= 1 ? 0 : Int(end - 1)
    var part = String.UnicodeScalarView()
    if stops > begins { part.append(contentsOf: scalars.dropFirst(begins).prefix(stops - begins)) }
    return .success(Word(symbol: symbols.intern(String(part))))
  }

  // MARK: Conversions

  /// The number that a text writes; unknown where it writes none.
  private func number(_ operand: Word) -> Word {
    switch category(of: operand) {
    case .number: return operand
    case .symbol:
      let text = ValueStore.trimmed(symbols.text(operand.symbol))
      guard case .success(let literal) = NumberLiteral.read(text) else { return .unknown }
      return word(literal.value)
    default: return .unknown
    }
  }

  /// The date that a text or year writes, also in EDTF; unknown where it writes none.
  private func date(_ operand: Word) -> Word {
    switch category(of: operand) {
    case .date: return operand
    case .number:
      guard let year = integer(of: operand), year >= 1000, year <= 9999 else { return .unknown }
      return CalendarDate(year: Int(year))?.word ?? .unknown
    case .symbol:
      let text = ValueStore.trimmed(symbols.text(operand.symbol))
      if case .success(let date) = CalendarDate.read(text) { return date.word }
      guard case .success(let value) = EDTF.read(text) else { return .unknown }
      return word(for: value)
    default: return .unknown
    }
  }

  /// The date that a text writes in a format such as `MM/DD/YYYY`; unknown where it does not.
  func date(_ operand: Word, format: Word) -> Outcome {
    guard format.kind == .symbol, let format = DateFormat(symbols.text(format.symbol)) else {
      return .failure(.badDateFormat)
    }
    switch category(of: operand) {
    case .date: return .success(operand)
    case .symbol, .number:
      let text = ValueStore.trimmed(text(of: operand, style: .field))
      return .success(format.read(text)?.word ?? .unknown)
    default: return .success(.unknown)
    }
  }

  private static func trimmed(_ text: String) -> String {
    var part = text[...]
    while let first = part.first, first.isWhitespace { part.removeFirst() }
    while let last = part.last, last.isWhitespace { part.removeLast() }
    return String(part)
  }
}

extension Scalar {
  func rounded(_ rule: FloatingPointRoundingRule) -> Scalar? {
    guard case .number(let number) = self else { return self }
    return Scalar(number.rounded(rule))
  }

  /// Half away from zero; nil is an overflow.
  func rounded(toPlaces places: Int) -> Scalar? {
    switch self {
    case .integer(let integer):
      if places >= 0 { return self }
      if places < -18 { return .integer(0) }
      var unit: Int64 = 1
      for _ in 0 ..< -places { unit *= 10 }
      let rest = integer % unit
      let whole = integer - rest
      if rest.magnitude < (unit / 2).magnitude { return .integer(whole) }
      let (result, overflow) = whole.addingReportingOverflow(integer < 0 ? -unit : unit)
      return overflow ? nil : .integer(result)
    case .number(let number):
      if places == 0 { return Scalar(number.rounded(.toNearestOrAwayFromZero)) }
      let unit = pow(10, Double(places))
      let scaled = number * unit
      guard scaled.isFinite, unit > 0 else { return places > 0 ? self : .integer(0) }
      return Scalar(scaled.rounded(.toNearestOrAwayFromZero) / unit)
    }
  }
}

extension NumberInterval {
  /// Halfway between the bounds, nil where one is open.
  var middle: Scalar? {
    guard let lower, let upper else { return nil }
    if let sum = Scalar.sum(lower, upper) { return Scalar.quotient(sum, .integer(2)) }
    return Scalar(lower.double / 2 + upper.double / 2)
  }
}
