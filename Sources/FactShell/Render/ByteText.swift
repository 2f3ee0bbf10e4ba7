import FactModel

/// Text that is written often, as bytes.
private enum ByteText {
  /// Eighty cells of a horizontal line.
  static let rule = Array(String(repeating: "─", count: 80).utf8)
}

/// Text built as bytes: what rows of an answer are made of.
extension [UInt8] {
  @inline(__always)
  mutating func append(text: String) { append(contentsOf: text.utf8) }

  /// Digits without going through a string.
  mutating func append(integer: Int64) {
    if integer < 0 { append(UInt8(ascii: "-")) }
    append(magnitude: integer.magnitude)
  }

  private mutating func append(magnitude: UInt64) {
    if magnitude < 10 {
      append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: magnitude))
      return
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var first = 20
      var rest = magnitude
      while rest > 0 {
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        first &-= 1
        digits.initializeElement(
          at: first, to: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit))
        rest = quotient
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
    }
  }

  mutating func append(padded number: Int, to width: Int) {
    var limit = 10
    for _ in 1..<Swift.max(width, 1) {
      if number < limit { append(UInt8(ascii: "0")) }
      limit &*= 10
    }
    append(magnitude: UInt64(Swift.max(number, 0)))
  }

  /// A day is written digit by digit; rarer precisions take the way over a string.
  mutating func append(date: CalendarDate) {
    guard date.precision == .day else {
      append(text: date.description)
      return
    }
    let (year, month, day) = date.fields
    if year >= 0, year < 10_000 {
      append(twoDigits: year / 100)
      append(twoDigits: year % 100)
    } else {
      append(padded: year, to: 4)
    }
    append(UInt8(ascii: "-"))
    append(twoDigits: month)
    append(UInt8(ascii: "-"))
    append(twoDigits: day)
  }

  @inline(__always)
  private mutating func append(twoDigits number: Int) {
    let pair = UInt(bitPattern: number)
    append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: pair / 10))
    append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: pair % 10))
  }

  mutating func append(spaces count: Int) {
    if count > 0 { append(contentsOf: repeatElement(UInt8(ascii: " "), count: count)) }
  }

  mutating func append(_ text: String, times: Int) {
    for _ in 0..<Swift.max(times, 0) { append(contentsOf: text.utf8) }
  }

  /// A horizontal line of so many cells.
  mutating func append(rule width: Int) {
    var rest = Swift.max(width, 0)
    while rest > 0 {
      let part = Swift.min(rest, 80)
      append(contentsOf: ByteText.rule[0..<part * 3])
      rest -= part
    }
  }
}

/// Numbers and durations as people read them.
enum Readable {
  /// `66,676`.
  static func count(_ number: Int) -> String {
    let digits = Array(String(number.magnitude).utf8)
    var bytes: [UInt8] = number < 0 ? [UInt8(ascii: "-")] : []
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(digit)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `1 fact`, `2 facts`, `3 queries`.
  static func count(_ number: Int, _ noun: String) -> String {
    if number == 1 { return "1 \(noun)" }
    let plural: String
    if noun.hasSuffix("y"), !noun.hasSuffix("ey") {
      plural = String(noun.dropLast()) + "ies"
    } else {
      plural = noun + "s"
    }
    return "\(count(number)) \(plural)"
  }

  /// `0.4 ms`, `18 ms`, `2.4 s`, `3 min 20 s`.
  static func duration(seconds: Double) -> String {
    if seconds < 0.01 { return "\(tenths(seconds * 1000)) ms" }
    if seconds < 1 { return "\(Int(seconds * 1000 + 0.5)) ms" }
    if seconds < 60 { return "\(tenths(seconds)) s" }
    let whole = Int(seconds + 0.5)
    return "\(whole / 60) min \(whole % 60) s"
  }

  /// `took 12.3 ms, 20.1 ms of processor time`: exact enough to compare runs of a script.
  static func timing(seconds: Double, processorSeconds: Double) -> String {
    let wall = tenths(seconds * 1000)
    return "took \(wall) ms, \(tenths(processorSeconds * 1000)) ms of processor time"
  }

  private static func tenths(_ number: Double) -> String {
    let tenths = Int(number * 10 + 0.5)
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// `512 MB`, `1.5 GB`.
  static func bytes(_ count: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var amount = Double(count)
    var unit = 0
    while amount >= 1000, unit < units.count - 1 {
      amount /= 1000
      unit += 1
    }
    if unit == 0 { return "\(count) bytes" }
    let text =
      amount >= 10 || amount == Double(Int(amount)) ? "\(Int(amount + 0.5))" : tenths(amount)
    return "\(text) \(units[unit])"
  }
}
