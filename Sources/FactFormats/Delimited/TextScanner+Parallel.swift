import FactModel
import Glibc

extension TextScanner {
  /// Bytes from which on two threads scan a window.
  private static let parallelSize = 128 << 10

  /// `scan`, by two threads where the window is large and has no quotes, so that every line feed is
  /// known to end a record.
  func scanMany(
    _ bytes: UnsafeMutableRawBufferPointer, end: Int, line: Int,
    fields: UnsafeMutableBufferPointer<FieldSlice>, lines: UnsafeMutableBufferPointer<UInt32>,
    maxRecords: Int
  ) -> Outcome {
    let half = maxRecords / 2
    guard end >= TextScanner.parallelSize, end <= bytes.count, half > 0, Workers.count > 1,
      lines.count >= maxRecords, fields.count >= maxRecords * columnCount,
      let split = TextScanner.split(bytes, end: end, hasQuotes: hasQuotes)
    else {
      return scan(
        bytes, end: end, line: line, fields: fields, lines: lines, maxRecords: maxRecords)
    }
    var outcomes = [Outcome](repeating: Outcome(line: 0), count: 2)
    outcomes.withUnsafeMutableBufferPointer { outcomes in
      parallel(over: 2) { piece in
        let records = piece == 0 ? 0..<half : half..<maxRecords
        outcomes[piece] = scan(
          bytes, from: piece == 0 ? 0 : split, end: piece == 0 ? split : end,
          line: piece == 0 ? line : 0,
          fields: UnsafeMutableBufferPointer(
            rebasing: fields[
              records.lowerBound * columnCount..<records.upperBound * columnCount]),
          lines: UnsafeMutableBufferPointer(rebasing: lines[records]), maxRecords: records.count)
      }
    }
    var result = outcomes[0]
    // Without room for all of the first half the second one is scanned again later.
    guard result.consumed == split else { return result }
    let second = outcomes[1]
    let before = result.line
    let count = result.recordCount
    for record in 0..<second.recordCount {
      lines[count + record] =
        lines[half + record] &+ UInt32(truncatingIfNeeded: before)
    }
    if count < half, second.recordCount > 0 {
      let from = half * columnCount
      let to = count * columnCount
      for slot in 0..<second.recordCount * columnCount { fields[to &+ slot] = fields[from &+ slot] }
    }
    result.consumed = second.consumed
    result.line = before + second.line
    result.recordCount = count + second.recordCount
    for bad in second.badRows {
      result.badRows.append(BadRow(line: before + bad.line, cause: bad.cause))
    }
    return result
  }

  /// The byte after the first line feed in the second half, nil where there is none or a quote
  /// might hold it.
  private static func split(
    _ bytes: UnsafeMutableRawBufferPointer, end: Int, hasQuotes: Bool
  ) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    if hasQuotes, memchr(base, 0x22, end) != nil { return nil }
    guard let found = memchr(base + end / 2, 0x0A, end - end / 2) else { return nil }
    return found - base + 1
  }
}
