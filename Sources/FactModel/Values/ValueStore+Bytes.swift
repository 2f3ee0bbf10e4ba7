extension ValueStore {
  /// Appends the text of a word as UTF-8, the same as `text(of:style:)` gives.
  ///
  /// Integers and symbols without quotes are written without a string in between, for the output
  /// of many rows.
  public func append(_ word: Word, to bytes: inout [UInt8], style: TextStyle) {
    switch word.kind {
    case .integer where !style.percent: ValueStore.append(word.integer, to: &bytes)
    case .symbol:
      symbols.withBytes(word.symbol) { text in
        if !style.symbolsQuoted || SymbolText.isPlainName(text) {
          bytes.append(contentsOf: text)
        } else {
          let quoted = SymbolText.quoted(String(decoding: text, as: UTF8.self))
          bytes.append(contentsOf: quoted.utf8)
        }
      }
    default: bytes.append(contentsOf: text(of: word, style: style).utf8)
    }
  }

  /// Appends the decimal digits of an integer, with its sign.
  private static func append(_ integer: Int64, to bytes: inout [UInt8]) {
    if integer < 0 { bytes.append(UInt8(ascii: "-")) }
    let first = bytes.count
    var rest = integer.magnitude
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    var low = first
    var high = bytes.count - 1
    while low < high {
      bytes.swapAt(low, high)
      low += 1
      high -= 1
    }
  }
}
