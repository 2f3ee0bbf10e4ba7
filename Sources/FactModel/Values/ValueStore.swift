/// The values of one fact base: turns values into words and back.
///
/// Owns the table of symbols and the table of wide values. One thread may intern at a time, and no
/// other may read while it does; any number may read while nobody interns. The engine keeps to
/// that, which is why the class is marked sendable.
public final class ValueStore: @unchecked Sendable {
  /// The texts.
  public let symbols = SymbolTable()
  /// The ranges, vague dates and large integers.
  public let wides = WideTable()

  /// A store without values.
  public init() {}

  // MARK: Values to words

  /// The word of a value, interning what is new.
  ///
  /// Canonicalises: an integral number that fits is the integer, equal bounds are the exact value,
  /// a span that is exactly a calendar unit is that date, bounds in the wrong order are exchanged
  /// (the language refuses them earlier), and a double that is not finite is unknown.
  public func word(for value: Value) -> Word {
    switch value {
    case .unknown: return .unknown
    case .anything: return .anything
    case .symbol(let text): return Word(symbol: symbols.intern(text))
    case .integer(let integer): return word(integer: integer)
    case .number(let number): return word(number: number)
    case .date(let date): return date.word
    case .range(let lower, let upper, let text):
      return word(range: NumberInterval(lower: lower, upper: upper), text: text)
    case .span(let first, let last, let text): return word(first: first, last: last, text: text)
    }
  }

  /// The word of a value if it has one already; nothing is interned.
  public func findWord(for value: Value) -> Word? {
    switch value {
    case .symbol(let text): return symbols.find(text).map(Word.init(symbol:))
    case .integer(let integer):
      if let word = Word(integer: integer) { return word }
      return wides.find(ValueStore.entry(integer: integer)).map(Word.init(wide:))
    case .number(let number):
      guard let scalar = Scalar(number) else { return .unknown }
      if case .integer(let integer) = scalar { return findWord(for: .integer(integer)) }
      return Word(bits: number.bitPattern)
    case .range(let lower, let upper, _):
      let interval = NumberInterval(lower: lower, upper: upper).canonical
      if let exact = interval.exact { return findWord(for: Value(exact)) }
      guard let low = findBound(interval.lower), let high = findBound(interval.upper) else {
        return nil
      }
      let entry = WideEntry(kind: .range, lower: low.bits, upper: high.bits)
      return wides.find(entry).map(Word.init(wide:))
    case .span(let first, let last, _):
      switch DateSpan(first: first, last: last).canonical {
      case .date(let date): return date.word
      case .span(let span): return wides.find(ValueStore.entry(span)).map(Word.init(wide:))
      }
    case .unknown, .anything, .date: return word(for: value)
    }
  }

  /// The word of an integer; a wide value if it is beyond ±2^47.
  public func word(integer: Int64) -> Word {
    if let word = Word(integer: integer) { return word }
    return Word(wide: wides.intern(ValueStore.entry(integer: integer), text: nil))
  }

  /// The word of a double; unknown if it is not finite.
  public func word(number: Double) -> Word {
    guard let scalar = Scalar(number) else { return .unknown }
    return word(scalar)
  }

  /// The word of an exact number.
  public func word(_ scalar: Scalar) -> Word {
    switch scalar {
    case .integer(let integer): return word(integer: integer)
    case .number(let number):
      // Values made by hand may hold an integral double.
      if case .integer(let integer) = Scalar(number) { return word(integer: integer) }
      return number.isFinite ? Word(bits: number.bitPattern) : .unknown
    }
  }

  /// The word of a range of numbers, with the text as it was written.
  public func word(range: NumberInterval, text: String? = nil) -> Word {
    let interval = range.canonical
    if let exact = interval.exact { return word(exact) }
    let lower = interval.lower.map { word($0) } ?? .unknown
    let upper = interval.upper.map { word($0) } ?? .unknown
    let entry = WideEntry(kind: .range, lower: lower.bits, upper: upper.bits)
    return Word(wide: wides.intern(entry, text: text))
  }

  /// The word of a span of dates, with the text as it was written.
  public func word(first: CalendarDate?, last: CalendarDate?, text: String? = nil) -> Word {
    switch DateSpan(first: first, last: last).canonical {
    case .date(let date): return date.word
    case .span(let span):

      return Word(wide: wides.intern(ValueStore.entry(span), text: text))
    }
  }

  private func findBound(_ bound: Scalar?) -> Word? {
    guard let bound else { return .unknown }
    return findWord(for: Value(bound))
  }

  private static func entry(integer: Int64) -> WideEntry {
    let bits = UInt64(bitPattern: integer)
    return WideEntry(kind: .integer, lower: bits, upper: bits)
  }

  private static func entry(_ span: DateSpan) -> WideEntry {
    WideEntry(
      kind: .span, lower: (span.first?.word ?? .unknown).bits,
      upper: (span.last?.word ?? .unknown).bits)
  }

  // MARK: Words to values

  /// The value of a word.
  public func value(of word: Word) -> Value {
    switch word.kind {
    case .number: return .number(word.number)
    case .integer: return .integer(word.integer)
    case .date: return .date(CalendarDate(word: word))
    case .symbol: return .symbol(symbols.text(word.symbol))
    case .unknown: return .unknown
    case .anything: return .anything
    case .wide:
      let entry = wides.entry(word.wide)
      switch entry.kind {
      case .integer: return .integer(Int64(bitPattern: entry.lower))
      case .range:
        return .range(
          lower: scalar(of: Word(bits: entry.lower)), upper: scalar(of: Word(bits: entry.upper)),
          text: wides.text(word.wide))
      case .span:
        let span = ValueStore.span(entry)
        return .span(first: span.first, last: span.last, text: wides.text(word.wide))
      }
    }
  }

  /// The exact number of a word, nil for ranges and all other kinds.
  public func scalar(of word: Word) -> Scalar? {
    switch word.kind {
    case .number: return .number(word.number)
    case .integer: return .integer(word.integer)
    case .wide:
      let entry = wides.entry(word.wide)
      return entry.kind == .integer ? .integer(Int64(bitPattern: entry.lower)) : nil
    default: return nil
    }
  }

  /// The exact integer of a word, nil for everything else.
  public func integer(of word: Word) -> Int64? {
    if word.kind == .integer { return word.integer }
    guard case .integer(let integer)? = scalar(of: word) else { return nil }
    return integer
  }

  /// The bounds of a number or range; nil for all other kinds.
  public func numbers(of word: Word) -> NumberInterval? {
    switch word.kind {
    case .number: return NumberInterval(.number(word.number))
    case .integer: return NumberInterval(.integer(word.integer))
    case .wide:
      let entry = wides.entry(word.wide)
      switch entry.kind {
      case .integer: return NumberInterval(.integer(Int64(bitPattern: entry.lower)))
      case .range:
        return NumberInterval(
          lower: scalar(of: Word(bits: entry.lower)), upper: scalar(of: Word(bits: entry.upper)))
      case .span: return nil
      }
    default: return nil
    }
  }

  /// The bounds of a date or span; nil for all other kinds.
  ///
  /// They are days, or date-times where the value is one or was stated between two of them.
  public func dates(of word: Word) -> DateSpan? {
    switch word.kind {
    case .date:
      let date = CalendarDate(word: word)
      if date.isDateTime { return DateSpan(first: date, last: date) }
      return DateSpan(
        first: CalendarDate(dayNumber: date.firstDay), last: CalendarDate(dayNumber: date.lastDay))
    case .wide:
      let entry = wides.entry(word.wide)
      return entry.kind == .span ? ValueStore.span(entry) : nil
    default: return nil
    }
  }

  private static func span(_ entry: WideEntry) -> DateSpan {
    let first = Word(bits: entry.lower)
    let last = Word(bits: entry.upper)
    return DateSpan(
      first: first.kind == .date ? CalendarDate(word: first) : nil,
      last: last.kind == .date ? CalendarDate(word: last) : nil)
  }

  /// What a word is to the language.
  public func category(of word: Word) -> ValueCategory {
    switch word.kind {
    case .number, .integer: return .number
    case .date: return .date
    case .symbol: return .symbol
    case .unknown: return .unknown
    case .anything: return .anything
    case .wide: return wides.entry(word.wide).kind == .span ? .date : .number
    }
  }

  /// Whether a word is a number or a range of numbers.
  public func isNumeric(_ word: Word) -> Bool { category(of: word) == .number }

  /// Whether a word stands for one exact value rather than for any value between two bounds.
  ///
  /// Days and date-times are exact; months, quarters, halves and years are not.
  public func isExact(_ word: Word) -> Bool {
    switch word.kind {
    case .wide: return wides.entry(word.wide).kind == .integer
    case .date: return word.payload & 7 >= UInt64(DatePrecision.day.rawValue)
    case .unknown, .anything: return false
    default: return true
    }
  }
}

/// The kinds of values that comparisons and sorting tell apart, in the order of sorting.
public enum ValueCategory: UInt8, Sendable {
  case number = 0
  case date, symbol, unknown, anything
}

extension Value {
  /// An exact number as a value.
  public init(_ scalar: Scalar) {
    switch scalar {
    case .integer(let integer): self = .integer(integer)
    case .number(let number): self = .number(number)
    }
  }
}
