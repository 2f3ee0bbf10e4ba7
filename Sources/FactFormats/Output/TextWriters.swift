/// Writes fields of CSV and TSV so that any reader gets them back.
public enum DelimitedWriter {
  /// Appends a field of CSV, in quotes where it holds a comma, a quote or a line end, or begins or
  /// ends with a blank.
  public static func appendCSV(field: Span<UInt8>, to output: inout [UInt8]) {
    append(field, delimiter: UInt8(ascii: ","), to: &output)
  }

  /// Appends a field of TSV, in quotes where it holds a tab, a quote or a line end.
  public static func appendTSV(field: Span<UInt8>, to output: inout [UInt8]) {
    append(field, delimiter: 0x09, to: &output)
  }

  /// Appends a text as a field of CSV.
  public static func appendCSV(field: String, to output: inout [UInt8]) {
    let start = output.count
    output.append(contentsOf: field.utf8)
    quoteCSV(from: start, in: &output)
  }

  /// Appends a text as a field of TSV.
  public static func appendTSV(field: String, to output: inout [UInt8]) {
    let start = output.count
    output.append(contentsOf: field.utf8)
    quoteTSV(from: start, in: &output)
  }

  /// Puts what stands in the output from some place on in quotes where a field of CSV needs them.
  public static func quoteCSV(from start: Int, in output: inout [UInt8]) {
    quote(from: start, delimiter: UInt8(ascii: ","), in: &output)
  }

  /// Puts what stands in the output from some place on in quotes where a field of TSV needs them.
  public static func quoteTSV(from start: Int, in output: inout [UInt8]) {
    quote(from: start, delimiter: 0x09, in: &output)
  }

  private static func quote(from start: Int, delimiter: UInt8, in output: inout [UInt8]) {
    var at = start
    let end = output.count
    var isPlain = true
    while at < end {
      // Nearly all bytes are told by this one comparison.
      if output[at] <= 0x2C { isPlain = false }
      at &+= 1
    }
    if isPlain { return }
    let field = Array(output[start...])
    output.removeLast(field.count)
    append(field.span, delimiter: delimiter, to: &output)
  }

  /// The delimiter is a comma or a tab.
  private static func append(_ field: Span<UInt8>, delimiter: UInt8, to output: inout [UInt8]) {
    let count = field.count
    var needsQuotes = count > 0 && (field[0] == 0x20 || field[count - 1] == 0x20)
    for index in 0..<count {
      let byte = field[index]
      // Nearly all bytes are told by the first comparison.
      if byte <= 0x2C, byte == delimiter || byte == 0x22 || byte == 0x0A || byte == 0x0D {
        needsQuotes = true
      }
    }
    if !needsQuotes {
      field.withUnsafeBufferPointer { output.append(contentsOf: $0) }
      return
    }
    output.append(0x22)
    for index in 0..<count {
      let byte = field[index]
      if byte == 0x22 { output.append(0x22) }
      output.append(byte)
    }
    output.append(0x22)
  }
}

/// Writes values of JSON.
public enum JSONWriter {
  /// Appends a text as a JSON string in quotes; control characters are escaped, all else is UTF-8.
  public static func append(string: Span<UInt8>, to output: inout [UInt8]) {
    output.append(0x22)
    for index in 0..<string.count {
      let byte = string[index]
      if byte >= 0x20 && byte != 0x22 && byte != 0x5C && byte != 0x7F {
        output.append(byte)
        continue
      }
      output.append(0x5C)
      switch byte {
      case 0x22, 0x5C: output.append(byte)
      case 0x08: output.append(UInt8(ascii: "b"))
      case 0x09: output.append(UInt8(ascii: "t"))
      case 0x0A: output.append(UInt8(ascii: "n"))
      case 0x0C: output.append(UInt8(ascii: "f"))
      case 0x0D: output.append(UInt8(ascii: "r"))
      default:
        output.append(contentsOf: "u00".utf8)
        output.append(hexadecimal(byte >> 4))
        output.append(hexadecimal(byte & 15))
      }
    }
    output.append(0x22)
  }

  /// Appends a text as a JSON string in quotes.
  public static func append(string: String, to output: inout [UInt8]) {
    append(string: Array(string.utf8).span, to: &output)
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? 0x30 + digit : 0x57 + digit
  }
}
