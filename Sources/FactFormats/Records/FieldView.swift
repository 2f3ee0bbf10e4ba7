import FactModel

extension RecordBatch {
  /// Lends the fields for reading them by column, from several threads if need be.
  package func withFields<Result>(_ body: (FieldView) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBytes { bytes in
      try fields.withUnsafeBufferPointer { fields in
        try body(FieldView(bytes: bytes, fields: fields, stride: stride))
      }
    }
  }
}

/// The fields of a batch, to be turned into words by column: what nearly every field of a type looks
/// like is read here, many at a time; the records of all others are returned, for a closer look.
///
/// Like `TextScanner` it reads eight bytes at once, which padding after the window allows.
package struct FieldView {
  /// The bytes that fields lie in.
  package let bytes: UnsafeRawBufferPointer
  let fields: UnsafeBufferPointer<FieldSlice>
  let stride: Int

  /// Says where the texts of some records lie, as a `SymbolBatch` wants to know it.
  package func tokens(
    column: Int, records: Range<Int>, into tokens: UnsafeMutablePointer<UInt64>
  ) {
    for record in records {
      let slice = fields[record &* stride &+ column]
      var token = slice.bits & 0x0FFF_FFFF_FFFF_FFFF
      if slice.isMissing { token = SymbolBatch.missing }
      tokens[record] = token
    }
  }

  /// Reads integers of up to eight digits, and longer ones that fit a word.
  package func integers(
    column: Int, records: Range<Int>, into words: UnsafeMutablePointer<UInt64>
  ) -> [Int] {
    guard let base = bytes.baseAddress else { return Array(records) }
    var left: [Int] = []
    let zero = Word(kind: .integer, payload: 1 << 47).bits
    for record in records {
      let slice = fields[record &* stride &+ column]
      if slice.isMissing {
        words[record] = Word.unknown.bits
        continue
      }
      var start = slice.offset
      var length = slice.length
      let isNegative = base.load(fromByteOffset: start, as: UInt8.self) == UInt8(ascii: "-")
      if isNegative {
        start &+= 1
        length &-= 1
      }
      if length > 0, length <= 8 {
        let digits = FieldView.digits(base + start, length)
        if FieldView.areDigits(digits) {
          let value = FieldView.value(digits)
          words[record] = isNegative ? zero &- value : zero &+ value
          continue
        }
      } else if length > 8, FieldView.areDigits(FieldView.digits(base + start, 8)),
        let integer = FieldParser.integer(field(slice).span), let word = Word(integer: integer)
      {
        words[record] = word.bits
        continue
      }
      left.append(record)
    }
    return left
  }

  /// Reads numbers; integers among them become integers.
  package func numbers(
    column: Int, records: Range<Int>, into words: UnsafeMutablePointer<UInt64>
  ) -> [Int] {
    var left: [Int] = []
    for record in records {
      let slice = fields[record &* stride &+ column]
      if slice.isMissing {
        words[record] = Word.unknown.bits
      } else if let number = FieldParser.number(field(slice).span), abs(number) < 1e14 {
        let integer = Int64(number)
        if Double(integer) != number {
          words[record] = number.bitPattern
        } else if let word = Word(integer: integer) {
          words[record] = word.bits
        } else {
          left.append(record)
        }
      } else {
        left.append(record)
      }
    }
    return left
  }

  /// Reads days and other ISO dates.
  package func dates(
    column: Int, records: Range<Int>, memo: inout DayMemo,
    into words: UnsafeMutablePointer<UInt64>
  ) -> [Int] {
    guard let base = bytes.baseAddress else { return Array(records) }
    var left: [Int] = []
    for record in records {
      let slice = fields[record &* stride &+ column]
      if slice.isMissing {
        words[record] = Word.unknown.bits
        continue
      }
      if slice.length == 10 {
        let key = DayMemo.Key(base + slice.offset)
        let known = memo.word(key)
        if known != 0 {
          words[record] = known
          continue
        }
        if let date = FieldParser.isoDate(field(slice).span) {
          words[record] = date.word.bits
          memo.note(key, date.word.bits)
          continue
        }
      } else if let date = FieldParser.isoDate(field(slice).span) {
        words[record] = date.word.bits
        continue
      }
      left.append(record)
    }
    return left
  }

  /// Two exact integers with `..` between them, as `FieldParser.integerRange` reads them; those of up
  /// to eight digits at once.
  package func integerRange(column: Int, record: Int) -> (lower: Int64, upper: Int64)? {
    let slice = fields[record &* stride &+ column]
    guard let base = bytes.baseAddress, !slice.isMissing, slice.length >= 4 else { return nil }
    let start = base + slice.offset
    let count = slice.length
    // Where the first dot is, among the first eight bytes.
    let dots = start.loadUnaligned(as: UInt64.self).littleEndian ^ 0x2E2E_2E2E_2E2E_2E2E
    let zeroes = (dots &- 0x0101_0101_0101_0101) & ~dots & 0x8080_8080_8080_8080
    let length = zeroes.trailingZeroBitCount / 8
    let rest = count &- length &- 2
    if zeroes != 0, length > 0, rest > 0, rest <= 8,
      start.load(fromByteOffset: length &+ 1, as: UInt8.self) == UInt8(ascii: ".")
    {
      let lower = FieldView.digits(start, length)
      let upper = FieldView.digits(start + (length &+ 2), rest)
      if FieldView.areDigits(lower), FieldView.areDigits(upper) {
        return (Int64(FieldView.value(lower)), Int64(FieldView.value(upper)))
      }
    }
    return FieldParser.integerRange(field(slice).span)
  }

  @inline(__always)
  private func field(_ slice: FieldSlice) -> UnsafeBufferPointer<UInt8> {
    UnsafeRawBufferPointer(rebasing: bytes[slice.range]).assumingMemoryBound(to: UInt8.self)
  }

  // MARK: Eight digits at once

  /// One to eight characters with the last one highest, less what makes a digit a character; above
  /// the first one zeroes.
  @inline(__always)
  private static func digits(_ start: UnsafeRawPointer, _ length: Int) -> UInt64 {
    let shift = UInt64(64 &- 8 &* length)
    let characters = start.loadUnaligned(as: UInt64.self) &<< shift
    return characters ^ (0x3030_3030_3030_3030 as UInt64) &<< shift
  }

  @inline(__always)
  private static func areDigits(_ digits: UInt64) -> Bool {
    ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080 == 0
  }

  /// Pairs of digits, then pairs of those, then both halves.
  @inline(__always)
  private static func value(_ digits: UInt64) -> UInt64 {
    let pairs = digits &* 10 &+ digits &>> 8
    let low = pairs & 0x0000_00FF_0000_00FF
    let high = pairs &>> 16 & 0x0000_00FF_0000_00FF
    return (low &* 0x000F_4240_0000_0064 &+ high &* 0x0000_2710_0000_0001) &>> 32
  }
}
