import FactModel

/// One side of a range, or a value alone, as written.
private struct Bound {
  enum Meaning {
    case number(NumberLiteral)
    case numbers(NumberInterval)
    case date(CalendarDate)
    case dates(DateSpan)
  }
  var meaning: Meaning
  /// As written, without spaces other than one after `early`, `mid` and `late`.
  var text: String
  var span: SourceSpan

  var isDate: Bool {
    switch meaning {
    case .number, .numbers: return false
    case .date, .dates: return true
    }
  }

  /// The numbers it stands for.
  var interval: NumberInterval? {
    switch meaning {
    case .number(let number): return NumberInterval(number.value)
    case .numbers(let interval): return interval
    case .date, .dates: return nil
    }
  }

  /// The dates it stands for; four digits are a year.
  var dates: DateSpan? {
    switch meaning {
    case .date(let date): return DateSpan(date)
    case .dates(let span): return span
    case .number(let number):
      guard text.utf8.count == 4, case .integer(let integer) = number.value, integer >= 1000 else {
        return nil
      }
      return CalendarDate(year: Int(integer)).map { DateSpan($0) }
    case .numbers: return nil
    }
  }
}

extension StatementParser {
  /// Whether a name is `early`, `mid` or `late` before a date or a year.
  func isVagueWord(_ token: Token) -> Bool {
    guard isWord("early", token) || isWord("mid", token) || isWord("late", token) else {
      return false
    }
    let next = lexer.token(from: token.upper)
    switch next.kind {
    case .date, .badDate: return true
    case .number: return isYear(next)
    default: return false
    }
  }

  /// Whether a number is four plain digits from 1000 to 9999.
  private func isYear(_ token: Token) -> Bool {
    token.upper - token.lower == 4 && lexer.bytes[token.lower] != UInt8(ascii: "0")
      && lexer.bytes[token.lower..<token.upper].allSatisfy(CharacterClass.isDigit)
  }

  /// A number, a date, or a range or approximation of either.
  mutating func parseLiteralValue() throws(SyntaxFailure) -> Expression {
    lastDepth = 1
    let lower = token.lower
    if token.kind == .number, let integer = smallInteger(token) {
      // Most literals by far: digits that no `..` or `±` follows.
      let next = peek()
      if next.kind != .range, next.kind != .plusMinus {
        previousUpper = token.upper
        previousKind = token.kind
        token = next
        if let found = next.percent, percent == nil { percent = found }
        return Expression(.constant(.integer(integer)), at: SourceSpan(lower, previousUpper))
      }
    }
    var low: Bound?
    if token.kind != .range { low = try parseBound() }
    guard token.kind == .range else {
      guard let low else { throw unexpected("a value") }
      return Expression(.constant(value(low)), at: span(from: lower))
    }
    let dots = token
    advance()
    var high: Bound?
    if startsBound {
      high = try parseBound()
    } else if previousUpper == token.lower {
      switch token.kind {
      case .variable, .wildcard, .parameter, .name, .leftParen:
        throw SyntaxFailure(.openBound(text(token)), at: SourceSpan(lower, token.upper))
      default: break
      }
    }
    if low == nil, high == nil { throw SyntaxFailure(.rangeWithoutBounds, at: dots.span) }
    let whole = span(from: lower)
    return Expression(.constant(try range(low, high, at: whole)), at: whole)
  }

  /// The integer of a number token that has at most 18 digits and nothing else.
  private func smallInteger(_ token: Token) -> Int64? {
    guard token.upper - token.lower <= 18 else { return nil }
    var value: Int64 = 0
    for byte in lexer.bytes[token.lower..<token.upper] {
      guard CharacterClass.isDigit(byte) else { return nil }
      value = value &* 10 &+ Int64(byte &- 0x30)
    }
    return value
  }

  /// Whether the current token begins the upper bound of a range.
  private var startsBound: Bool {
    switch token.kind {
    case .number, .date, .badDate, .badWord: return true
    case .tilde:
      let next = peek()
      return next.lower == token.upper && (next.kind == .number || next.kind == .date)
    case .minus: return previousUpper == token.lower && peek().kind == .number
    case .name: return isVagueWord(token)
    default: return false
    }
  }

  private mutating func parseBound() throws(SyntaxFailure) -> Bound {
    let lower = token.lower
    switch token.kind {
    case .tilde:
      advance()
      return try parseApproximate(from: lower)
    case .name:
      let word = text(token)
      advance()
      return try parseThird(word, from: lower)
    case .date:
      let (date, text) = try parseDate()
      return Bound(meaning: .date(date), text: text, span: span(from: lower))
    case .minus, .number:
      let (number, text) = try parseNumber()
      guard token.kind == .plusMinus else {
        return Bound(meaning: .number(number), text: text, span: span(from: lower))
      }
      advance()
      guard token.kind == .number else { throw unexpected("a number after `±`") }
      let (spread, spreadText) = try parseNumber()
      let whole = span(from: lower)
      let meaning = Bound.Meaning.numbers(try read(number.plusOrMinus(spread), at: whole))
      return Bound(meaning: meaning, text: text + "±" + spreadText, span: whole)
    case .badDate, .badWord: throw lexicalFailure(token)
    default: throw unexpected("a number or a date")
    }
  }

  private mutating func parseApproximate(from lower: Int) throws(SyntaxFailure) -> Bound {
    switch token.kind {
    case .date:
      let (date, text) = try parseDate()
      return Bound(meaning: .dates(date.widened), text: "~" + text, span: span(from: lower))
    case .number, .minus:
      guard token.kind == .number || peek().kind == .number else { break }
      let (number, text) = try parseNumber()
      let whole = span(from: lower)
      if number.value.isZero { throw SyntaxFailure(.approximateZero("~" + text), at: whole) }
      let meaning = Bound.Meaning.numbers(try read(number.approximation, at: whole))
      return Bound(meaning: meaning, text: "~" + text, span: whole)
    case .badDate, .badWord: throw lexicalFailure(token)
    default: break
    }
    throw SyntaxFailure(.badApproximate("~"), at: SourceSpan(lower, lower + 1))
  }

  private mutating func parseThird(
    _ word: String, from lower: Int
  ) throws(SyntaxFailure) -> Bound {
    if token.kind == .badDate { throw lexicalFailure(token) }
    let (date, text) = try parseDate()
    let whole = span(from: lower)
    guard let third = DateThird(rawValue: word), let dates = date.third(third) else {
      throw SyntaxFailure(.noThirds("\(word) \(text)"), at: whole)
    }
    return Bound(meaning: .dates(dates), text: "\(word) \(text)", span: whole)
  }

  private mutating func parseDate() throws(SyntaxFailure) -> (CalendarDate, String) {
    let text = text(token)
    switch CalendarDate.read(text) {
    case .success(let date):
      advance()
      return (date, text)
    case .failure(let failure):
      throw SyntaxFailure(.noSuchDate(text, reason: failure.message), at: token.span)
    }
  }

  /// A number with its sign, and its text.
  private mutating func parseNumber() throws(SyntaxFailure) -> (NumberLiteral, String) {
    let lower = token.lower
    let isNegative = token.kind == .minus
    if isNegative { advance() }
    guard token.kind == .number else { throw unexpected("a number") }
    let text = (isNegative ? "-" : "") + text(token)
    advance()
    return (try read(NumberLiteral.read(text), at: span(from: lower)), text)
  }

  private func read<Reading>(
    _ result: Result<Reading, ReadFailure>, at span: SourceSpan
  ) throws(SyntaxFailure) -> Reading {
    switch result {
    case .success(let reading): return reading
    case .failure(let failure): throw SyntaxFailure(.badNumber(failure.message), at: span)
    }
  }

  // MARK: Values

  private func value(_ bound: Bound) -> Value {
    switch bound.meaning {
    case .number(let number): return exact(number.value)
    case .numbers(let interval):
      return .range(lower: interval.lower, upper: interval.upper, text: bound.text)
    case .date(let date): return .date(date)
    case .dates(let dates): return .span(first: dates.first, last: dates.last, text: bound.text)
    }
  }

  private func exact(_ scalar: Scalar) -> Value {
    switch scalar {
    case .integer(let integer): return .integer(integer)
    case .number(let number): return .number(number)
    }
  }

  private func range(
    _ low: Bound?, _ high: Bound?, at span: SourceSpan
  ) throws(SyntaxFailure) -> Value {
    let text = (low?.text ?? "") + ".." + (high?.text ?? "")
    if low?.isDate ?? false || high?.isDate ?? false {
      return try dateRange(low, high, text: text, at: span)
    }
    let lower = low?.interval?.lower
    let upper = high?.interval?.upper
    if let lower, let upper {
      if lower == upper { return exact(lower) }
      if lower > upper { throw reversed(low, high, at: span) }
    }
    return .range(lower: lower, upper: upper, text: text)
  }

  private func dateRange(
    _ low: Bound?, _ high: Bound?, text: String, at span: SourceSpan
  ) throws(SyntaxFailure) -> Value {
    if case .date(let first) = low?.meaning, case .date(let last) = high?.meaning, first == last {
      return .date(first)
    }
    let first = low?.dates
    let last = high?.dates
    if low != nil && first == nil || high != nil && last == nil {
      throw SyntaxFailure(.mixedRange(lower: low?.text ?? "", upper: high?.text ?? ""), at: span)
    }
    if let begins = first?.first, let ends = last?.last, begins.start > ends.lastSecond {
      throw reversed(low, high, at: span)
    }
    return .span(first: first?.first, last: last?.last, text: text)
  }

  private func reversed(_ low: Bound?, _ high: Bound?, at span: SourceSpan) -> SyntaxFailure {
    let lower = low?.text ?? ""
    let upper = high?.text ?? ""
    return SyntaxFailure(
      .reversedRange(lower: lower, upper: upper, hint: rangeHint(lower, upper)), at: span)
  }

  /// What a range with its bounds the wrong way round was likely to mean.
  private func rangeHint(_ lower: String, _ upper: String) -> String {
    for suffix in ["%", "k", "M", "B"] {
      if upper.hasSuffix(suffix), !lower.hasSuffix(suffix) {
        return "\(lower)\(suffix)..\(upper)"
      }
      if lower.hasSuffix(suffix), !upper.hasSuffix(suffix), suffix != "%" {
        return "\(lower)..\(upper)\(suffix)"
      }
    }
    return "\(upper)..\(lower)"
  }
}
