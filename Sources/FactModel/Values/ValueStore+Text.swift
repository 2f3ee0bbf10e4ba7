/// How values are turned into text.
public struct TextStyle: Hashable, Sendable {
  /// Whether symbols that are no plain names stand in quotes.
  public var symbolsQuoted: Bool
  /// What stands for unknown.
  public var unknown: String
  /// Whether numbers are shown in percent: `9%` for 0.09.
  public var percent: Bool

  /// A style of its own.
  public init(symbolsQuoted: Bool, unknown: String, percent: Bool = false) {
    self.symbolsQuoted = symbolsQuoted
    self.unknown = unknown
    self.percent = percent
  }

  /// As the language writes it, so that it can be read back.
  public static let language = TextStyle(symbolsQuoted: true, unknown: "_")
  /// For tables on a screen.
  public static let table = TextStyle(symbolsQuoted: false, unknown: "?")
  /// For fields of a file: no quotes, unknown is empty.
  public static let field = TextStyle(symbolsQuoted: false, unknown: "")

  /// The same style with numbers in percent.
  public var inPercent: TextStyle {
    TextStyle(symbolsQuoted: symbolsQuoted, unknown: unknown, percent: true)
  }
}

extension ValueStore {
  /// The text of a word.
  ///
  /// A range or vague date prints the way it was first written, a computed one as `lo..hi`. In
  /// percent, one that was written without a percent sign is computed too.
  public func text(of word: Word, style: TextStyle = .language) -> String {
    switch word.kind {
    case .number:
      let scalar = Scalar.number(word.number)
      return style.percent ? scalar.percentText : scalar.text
    case .integer:
      return style.percent ? Scalar.integer(word.integer).percentText : String(word.integer)
    case .date: return CalendarDate(word: word).description
    case .symbol:
      let text = symbols.text(word.symbol)
      return style.symbolsQuoted ? SymbolText.written(text) : text
    case .unknown: return style.unknown
    case .anything: return "_"
    case .wide: return text(ofWide: word, style: style)
    }
  }

  private func text(ofWide word: Word, style: TextStyle) -> String {
    let written = wides.text(word.wide)
    if let span = dates(of: word) { return written ?? span.text }
    guard let interval = numbers(of: word) else { return style.unknown }
    if let written, !style.percent || written.utf8.last == UInt8(ascii: "%") { return written }
    if let exact = interval.exact { return style.percent ? exact.percentText : exact.text }
    return style.percent ? interval.percentText : interval.text
  }
}

/// How symbols are written in the language.
public enum SymbolText {
  /// The words that the grammar takes for itself in places.
  public static let keywords: Set<String> = [
    "relation", "query", "load", "with", "as", "of", "during", "not", "optional", "in", "overlaps",
    "div", "mod", "by", "desc", "offset", "on", "early", "mid", "late", "today",
  ]

  /// Whether a text can stand without quotes: a lower-case letter, then letters, digits and `_`.
  public static func isPlainName(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { isPlainName(UnsafeRawBufferPointer($0)) }
  }

  /// Whether a text given as UTF-8 can stand without quotes.
  public static func isPlainName(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let first = text.first, isLowercase(first) else { return false }
    for byte in text where !isWordByte(byte) { return false }
    // No keyword is longer, so that most names are not looked up.
    return text.count > longestKeyword
      || !keywords.contains(String(decoding: text, as: UTF8.self))
  }

  private static let longestKeyword = keywords.reduce(0) { max($0, $1.utf8.count) }

  /// The text as a symbol of the language, in quotes only where they are needed.
  public static func written(_ text: String) -> String {
    isPlainName(text) ? text : quoted(text)
  }

  /// A name of a relation or attribute, in quotes where it is no word of letters, digits and `_`.
  public static func name(_ text: String) -> String {
    guard let first = text.utf8.first, text.utf8.allSatisfy(isWordByte),
      first < UInt8(ascii: "0") || first > UInt8(ascii: "9")
    else { return quoted(text) }
    return text
  }

  /// The text in double quotes, with escapes for what cannot stand on one line.
  public static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        if isControl(scalar) {
          result += "\\u{" + String(scalar.value, radix: 16) + "}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  /// C0, C1 and DEL, line and paragraph separators, and marks that turn the direction of text.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }

  private static func isLowercase(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    isLowercase(byte) || byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || byte == UInt8(ascii: "_")
  }
}
