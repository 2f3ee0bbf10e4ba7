import FactFormats
import FactModel
import Glibc

/// The form that the cells of a mode take.
enum CellForm: Sendable {
  /// Table and line: values as in the language, symbols unquoted, controls escaped.
  case display
  case csv, tsv, json, markdown
  /// As the language reads it back.
  case facts
}

/// Writes words as text into bytes.
///
/// The text of a symbol is escaped once: for a large answer every distinct symbol is kept in its
/// written form, so that a cell is a copy of bytes.
struct CellWriter {
  let values: ValueStore
  let form: CellForm
  let digits: Int?
  /// The elements of cells that `list` made.
  let lists: [Word: [Word]]
  private var cache: SymbolCache?

  /// `cellCount` decides whether keeping written symbols pays.
  init(
    values: ValueStore, form: CellForm, digits: Int?, lists: [Word: [Word]] = [:], cellCount: Int
  ) {
    self.values = values
    self.form = form
    self.digits = digits
    self.lists = lists
    let symbols = values.symbols.count
    if cellCount > 4096, cellCount > symbols / 4 { cache = SymbolCache(symbols: symbols) }
  }

  mutating func append(_ word: Word, percent: Bool, to bytes: inout [UInt8]) {
    switch word.kind {
    case .symbol: append(symbol: word, to: &bytes)
    case .integer:
      if percent, form != .json {
        bytes.append(text: Scalar.integer(word.integer).percentText)
      } else {
        bytes.append(integer: word.integer)
      }
    case .number: append(number: word.number, percent: percent, to: &bytes)
    case .date: append(date: word, to: &bytes)
    case .wide: append(wide: word, percent: percent, to: &bytes)
    case .unknown: appendUnknown(to: &bytes)
    case .anything: if form == .json { bytes.append(text: "null") } else { bytes.append(0x5F) }
    }
  }

  private func appendUnknown(to bytes: inout [UInt8]) {
    switch form {
    case .display, .markdown: bytes.append(UInt8(ascii: "?"))
    case .csv, .tsv: break
    case .json: bytes.append(text: "null")
    case .facts: bytes.append(UInt8(ascii: "_"))
    }
  }

  private mutating func append(symbol word: Word, to bytes: inout [UInt8]) {
    if form == .json, !lists.isEmpty, let elements = lists[word] {
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        if element == word {
          append(text: element, to: &bytes)
        } else {
          append(element, percent: false, to: &bytes)
        }
      }
      bytes.append(UInt8(ascii: "]"))
      return
    }
    if cache?.append(word.symbol, to: &bytes) == true { return }
    let start = bytes.count
    append(text: word, to: &bytes)
    cache?.keep(word.symbol, bytes[start...])
  }

  private func append(text word: Word, to bytes: inout [UInt8]) {
    if form == .facts {
      bytes.append(text: SymbolText.written(values.symbols.text(word.symbol)))
      return
    }
    if form == .csv || form == .tsv {
      let start = bytes.count
      values.symbols.append(word.symbol, to: &bytes)
      if form == .csv {
        DelimitedWriter.quoteCSV(from: start, in: &bytes)
      } else {
        DelimitedWriter.quoteTSV(from: start, in: &bytes)
      }
      return
    }
    let form = form
    values.symbols.withBytes(word.symbol) { raw in
      let text = raw.bindMemory(to: UInt8.self).span
      switch form {
      case .display, .facts: bytes.append(display: raw)
      case .csv, .tsv: break  // written above
      case .json: JSONWriter.append(string: text, to: &bytes)
      case .markdown: bytes.append(markdown: raw)
      }
    }
  }

  private func append(number: Double, percent: Bool, to bytes: inout [UInt8]) {
    let scalar = Scalar.number(digits.map { Rounding.round(number, digits: $0) } ?? number)
    bytes.append(text: percent && form != .json ? scalar.percentText : scalar.text)
  }

  private func append(date word: Word, to bytes: inout [UInt8]) {
    let date = CalendarDate(word: word)
    guard form == .json else {
      bytes.append(date: date)
      return
    }
    if date.precision.rawValue >= DatePrecision.day.rawValue {
      bytes.append(UInt8(ascii: "\""))
      bytes.append(date: date)
      bytes.append(UInt8(ascii: "\""))
    } else {
      appendBounds(of: word, percent: false, to: &bytes)
    }
  }

  private func append(wide word: Word, percent: Bool, to bytes: inout [UInt8]) {
    if let exact = values.scalar(of: word) {
      bytes.append(text: percent && form != .json ? exact.percentText : exact.text)
      return
    }
    if form == .json {
      appendBounds(of: word, percent: percent, to: &bytes)
      return
    }
    append(plain: wideText(word, percent: percent), to: &bytes)
  }

  /// The text of a range or span: as written, else its bounds, rounded where digits are limited.
  private func wideText(_ word: Word, percent: Bool) -> String {
    var style = form == .facts ? TextStyle.language : TextStyle.table
    if percent { style = style.inPercent }
    let written = values.wides.text(word.wide)
    let isShownAsWritten = written != nil && (!percent || written?.utf8.last == 0x25)
    guard let digits, !isShownAsWritten, let interval = values.numbers(of: word) else {
      return values.text(of: word, style: style)
    }
    let rounded = NumberInterval(
      lower: interval.lower.map { Rounding.round($0, digits: digits) },
      upper: interval.upper.map { Rounding.round($0, digits: digits) })
    if let exact = rounded.exact { return percent ? exact.percentText : exact.text }
    return percent ? rounded.percentText : rounded.text
  }

  /// Text that was written in a file may hold anything that a range or date may be written with.
  private func append(plain text: String, to bytes: inout [UInt8]) {
    switch form {
    case .csv: DelimitedWriter.appendCSV(field: text, to: &bytes)
    case .tsv: DelimitedWriter.appendTSV(field: text, to: &bytes)
    case .markdown, .display, .json: bytes.append(escapingControls: text, keepingLines: false)
    case .facts: bytes.append(text: text)
    }
  }

  /// `{"min":…,"max":…,"text":"…"}`, an open side left out.
  private func appendBounds(of word: Word, percent: Bool, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    if let interval = values.numbers(of: word) {
      if let lower = interval.lower { bytes.append(text: "\"min\":\(lower.text),") }
      if let upper = interval.upper { bytes.append(text: "\"max\":\(upper.text),") }
    } else if let span = values.dates(of: word) {
      if let first = span.first { bytes.append(text: "\"min\":\"\(first)\",") }
      if let last = span.last { bytes.append(text: "\"max\":\"\(last)\",") }
    }
    bytes.append(text: "\"text\":")
    let text = values.text(of: word, style: percent ? TextStyle.table.inPercent : .table)
    JSONWriter.append(string: text, to: &bytes)
    bytes.append(UInt8(ascii: "}"))
  }
}

/// Written forms of symbols, by id.
private struct SymbolCache {
  /// Where each form lies: start in the upper 40 bits, length plus one in the lower 24; 0 is absent.
  private var places: [UInt64]
  private var arena: [UInt8] = []

  init(symbols: Int) { places = [UInt64](repeating: 0, count: symbols) }

  func append(_ symbol: UInt32, to bytes: inout [UInt8]) -> Bool {
    let index = Int(symbol)
    guard index < places.count else { return false }
    let place = places[index]
    if place == 0 { return false }
    let start = Int(place &>> 24)
    let length = Int(place & 0xFF_FFFF) &- 1
    bytes.append(contentsOf: arena[start..<start &+ length])
    return true
  }

  mutating func keep(_ symbol: UInt32, _ form: ArraySlice<UInt8>) {
    let index = Int(symbol)
    guard index < places.count, form.count < 0xFF_FFFE else { return }
    places[index] = UInt64(arena.count) &<< 24 | UInt64(form.count + 1)
    arena.append(contentsOf: form)
  }
}

/// Numbers for the eye.
enum Rounding {
  /// The nearest double with so many significant digits.
  static func round(_ number: Double, digits: Int) -> Double {
    guard number.isFinite, number != 0, digits > 0, digits < 17 else { return number }
    var text = [CChar](repeating: 0, count: 40)
    let written = withVaList([Int32(digits - 1), number]) {
      vsnprintf(&text, text.count, "%.*e", $0)
    }
    guard written > 0 else { return number }
    return strtod(text, nil)
  }

  /// Integers are exact and stay so.
  static func round(_ scalar: Scalar, digits: Int) -> Scalar {
    guard case .number(let number) = scalar else { return scalar }
    return Scalar(round(number, digits: digits)) ?? scalar
  }
}
