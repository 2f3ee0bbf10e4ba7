import FactModel

/// One side of a range, or a value alone, as written.
private struct Bound {
  enum Meaning {
    case number(DecimalLiteral, isPlain: Bool)
    case numbers(DecimalLiteral, DecimalLiteral)
    case date(CalendarDate)
    case dates(CalendarDate, CalendarDate)
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
    var low: Bound?
    if token.kind != .range { low = try parseBound() }
    guard token.kind == .range else {
      guard let low else { throw unexpected("a value") }
      return Expression(.constant(try value(low)), at: span(from: lower))
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
      let (number, isPlain, text) = try parseNumber()
      guard token.kind == .plusMinus else {
        let meaning = Bound.Meaning.number(number, isPlain: isPlain)
        return Bound(meaning: meaning, text: text, span: span(from: lower))
      }
      advance()
      guard token.kind == .number else { throw unexpected("a number after `±`") }
      let (spread, _, spreadText) = try parseNumber()
      let whole = span(from: lower)
      let meaning = Bound.Meaning.numbers(
        try sum(number, spread.negated, at: whole), try sum(number, spread, at: whole))
      return Bound(meaning: meaning, text: text + "±" + spreadText, span: whole)
    default: throw unexpected("a number or a date")
    }
  }

  private mutating func parseApproximate(from lower: Int) throws(SyntaxFailure) -> Bound {
    switch token.kind {
    case .date:
      let (date, text) = try parseDate()
      let (first, last) = DateLiteral.around(date)
      return Bound(meaning: .dates(first, last), text: "~" + text, span: span(from: lower))
    case .number, .minus:
      guard token.kind == .number || peek().kind == .number else { break }
      let (number, _, text) = try parseNumber()
      let whole = span(from: lower)
      if number.mantissa == 0, !number.hasPoint {
        throw SyntaxFailure(.approximateZero, at: whole)
      }
      let half = number.halfUnit
      let meaning = Bound.Meaning.numbers(
        try sum(number, half.negated, at: whole), try sum(number, half, at: whole))
      return Bound(meaning: meaning, text: "~" + text, span: whole)
    case .badDate, .badWord: throw lexicalFailure(token)
    default: break
    }
    throw SyntaxFailure(.badApproximate("~"), at: SourceSpan(lower, lower + 1))
  }

  private mutating func parseThird(
    _ word: String, from lower: Int
  ) throws(SyntaxFailure) -> Bound {
    let date: CalendarDate
    let text: String
    if token.kind == .number {
      text = self.text(token)
      guard let year = DateLiteral.year(Int(text) ?? 0) else {
        throw SyntaxFailure(.noSuchDate(text), at: token.span)
      }
      date = year
      advance()
    } else {
      if token.kind != .date { throw lexicalFailure(token) }
      (date, text) = try parseDate()
    }
    let whole = span(from: lower)
    let third = DateLiteral.Third(rawValue: word) ?? .early
    guard let (first, last) = DateLiteral.third(third, of: date) else {
      throw SyntaxFailure(.noThirds("\(word) \(text)"), at: whole)
    }
    return Bound(meaning: .dates(first, last), text: "\(word) \(text)", span: whole)
  }

  private mutating func parseDate() throws(SyntaxFailure) -> (CalendarDate, String) {
    let text = text(token)
    guard let date = DateLiteral.read(lexer.bytes[token.lower..<token.upper]) else {
      throw SyntaxFailure(.noSuchDate(text), at: token.span)
    }
    advance()
    return (date, text)
  }

  /// A number with its sign, whether it is digits alone, and its text.
  private mutating func parseNumber() throws(SyntaxFailure) -> (DecimalLiteral, Bool, String) {
    let isNegative = token.kind == .minus
    if isNegative { advance() }
    guard token.kind == .number else { throw unexpected("a number") }
    let bytes = lexer.bytes[token.lower..<token.upper]
    let text = (isNegative ? "-" : "") + text(token)
    let isPlain = !bytes.contains { $0 == 0x2E || $0 | 0x20 == 0x65 || $0 == 0x25 }
    do throws(DecimalLiteral.Failure) {
      let number = try DecimalLiteral(bytes)
      advance()
      return (isNegative ? number.negated : number, isPlain, text)
    } catch {
      throw SyntaxFailure(.numberTooLarge(text), at: token.span)
    }
  }

  private func sum(
    _ left: DecimalLiteral, _ right: DecimalLiteral, at span: SourceSpan
  ) throws(SyntaxFailure) -> DecimalLiteral {
    do throws(DecimalLiteral.Failure) {
      return try left.adding(right)
    } catch {
      throw SyntaxFailure(.numberTooLarge(text(span)), at: span)
    }
  }

  private func scalar(
    _ number: DecimalLiteral, isPlain: Bool, at span: SourceSpan
  ) throws(SyntaxFailure) -> Scalar {
    do throws(DecimalLiteral.Failure) {
      return try number.scalar(isPlainInteger: isPlain)
    } catch {
      throw SyntaxFailure(.numberTooLarge(text(span)), at: span)
    }
  }

  // MARK: Values

  private func value(_ bound: Bound) throws(SyntaxFailure) -> Value {
    switch bound.meaning {
    case .number(let number, let isPlain):
      switch try scalar(number, isPlain: isPlain, at: bound.span) {
      case .integer(let integer): return .integer(integer)
      case .number(let number): return .number(number)
      }
    case .numbers: return try range(bound, bound, at: bound.span)
    case .date(let date): return .date(date)
    case .dates(let first, let last): return .span(first: first, last: last, text: bound.text)
    }
  }

  private func range(
    _ low: Bound?, _ high: Bound?, at span: SourceSpan
  ) throws(SyntaxFailure) -> Value {
    let isSingle = low?.span == high?.span
    let text = isSingle ? low?.text ?? "" : (low?.text ?? "") + ".." + (high?.text ?? "")
    if low?.isDate ?? false || high?.isDate ?? false {
      return try dateRange(low, high, text: text, at: span)
    }
    var lower: Scalar?
    var upper: Scalar?
    switch low?.meaning {
    case .number(let number, let isPlain): lower = try scalar(number, isPlain: isPlain, at: span)
    case .numbers(let first, _): lower = try scalar(first, isPlain: false, at: span)
    default: break
    }
    switch high?.meaning {
    case .number(let number, let isPlain): upper = try scalar(number, isPlain: isPlain, at: span)
    case .numbers(_, let last): upper = try scalar(last, isPlain: false, at: span)
    default: break
    }
    if let lower, let upper {
      if lower == upper {
        switch lower {
        case .integer(let integer): return .integer(integer)
        case .number(let number): return .number(number)
        }
      }
      if isAbove(lower, upper) {
        let lowText = low?.text ?? ""
        let highText = high?.text ?? ""
        throw SyntaxFailure(
          .reversedRange(
            lower: lowText, upper: highText, hint: rangeHint(lowText, highText)), at: span)
      }
    }
    return .range(lower: lower, upper: upper, text: text)
  }

  private func isAbove(_ left: Scalar, _ right: Scalar) -> Bool {
    switch (left, right) {
    case (.integer(let a), .integer(let b)): return a > b
    case (.integer(let a), .number(let b)): return Double(a) > b
    case (.number(let a), .integer(let b)): return a > Double(b)
    case (.number(let a), .number(let b)): return a > b
    }
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

  private func dateRange(
    _ low: Bound?, _ high: Bound?, text: String, at span: SourceSpan
  ) throws(SyntaxFailure) -> Value {
    if case .date(let first) = low?.meaning, case .date(let last) = high?.meaning, first == last {
      return .date(first)
    }
    let lowDates = try low.map { bound throws(SyntaxFailure) in
      try dates(bound, text: text, low: low, high: high, at: span)
    }
    let highDates = try high.map { bound throws(SyntaxFailure) in
      try dates(bound, text: text, low: low, high: high, at: span)
    }
    if let first = lowDates?.first, let last = highDates?.last,
      first.start >= last.start + (last.precision == .day ? DateLiteral.secondsPerDay : 1)
    {
      let lowText = low?.text ?? ""
      let highText = high?.text ?? ""
      throw SyntaxFailure(
        .reversedRange(lower: lowText, upper: highText, hint: "\(highText)..\(lowText)"), at: span)
    }
    return .span(first: lowDates?.first, last: highDates?.last, text: text)
  }

  private func dates(
    _ bound: Bound, text: String, low: Bound?, high: Bound?, at span: SourceSpan
  ) throws(SyntaxFailure) -> (first: CalendarDate, last: CalendarDate) {
    switch bound.meaning {
    case .date(let date): return DateLiteral.bounds(date)
    case .dates(let first, let last): return (first, last)
    case .number, .numbers:
      if bound.text.utf8.count == 4, let number = Int(bound.text), number >= 1000,
        let year = DateLiteral.year(number)
      {
        return DateLiteral.bounds(year)
      }
      throw SyntaxFailure(
        .mixedRange(lower: low?.text ?? "", upper: high?.text ?? ""), at: span)
    }
  }
}
