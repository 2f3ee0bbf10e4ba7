/// The sealed frames of one column side by side, for gathering rows that lie in many segments.
///
/// Shares the codes with the segments. There is a pass for each width that occurs, so that a row
/// costs two dependent reads and no decision about its segment. A class, since a copy for each look
/// at it would count references to all its parts.
final class PagedColumn {
  private var bases: [UInt64] = []
  /// What a row's offset is multiplied by: 1 in runs, else 0.
  private var steps: [UInt64] = []
  private var bytes: [[UInt8]] = []
  private var halves: [[UInt16]] = []
  private var words: [[UInt32]] = []
  private var full: [[UInt64]] = []
  private var stored: [StoredCodes?] = []
  /// Which of them has the codes of a segment.
  private var kinds: [Kind] = []
  /// How many segments have codes of each kind: none, 1, 2, 4 and 8 bytes.
  private var bare = 0
  private var byteCount = 0
  private var halfCount = 0
  private var wordCount = 0
  private var fullCount = 0
  private var storedCount = 0

  private enum Kind {
    case bare, bytes, halves, words, full, stored
  }

  /// So few rows are read one by one.
  private static let few = 64

  /// Takes the next segment's frame.
  func append(_ column: Column) {
    bases.append(column.base)
    var step: UInt64 = 0
    var byteCodes: [UInt8] = []
    var halfCodes: [UInt16] = []
    var wordCodes: [UInt32] = []
    var fullCodes: [UInt64] = []
    var storedCodes: StoredCodes?
    switch column.codes {
    case .constant:
      bare += 1
      kinds.append(.bare)
    case .run:
      step = 1
      bare += 1
      kinds.append(.bare)
    case .bytes(let codes):
      byteCodes = codes
      byteCount += 1
      kinds.append(.bytes)
    case .halves(let codes):
      halfCodes = codes
      halfCount += 1
      kinds.append(.halves)
    case .words(let codes):
      wordCodes = codes
      wordCount += 1
      kinds.append(.words)
    case .full(let codes):
      fullCodes = codes
      fullCount += 1
      kinds.append(.full)
    case .stored(let codes):
      storedCodes = codes
      storedCount += 1
      kinds.append(.stored)
    }
    steps.append(step)
    bytes.append(byteCodes)
    halves.append(halfCodes)
    words.append(wordCodes)
    full.append(fullCodes)
    stored.append(storedCodes)
  }

  /// Writes the words of the first `count` of `rows`; those beyond the frames are in `tail`.
  func gather(_ rows: [UInt32], count: Int, tail: [UInt64], into result: inout [UInt64]) {
    let sealed = bases.count
    if count <= PagedColumn.few, storedCount == 0 {
      for i in 0..<count { result[i] = word(of: rows[i], tail) }
      return
    }
    if bare > 0 {
      for i in 0..<count {
        let block = Int(truncatingIfNeeded: rows[i] &>> 16)
        if block < sealed {
          result[i] = bases[block] &+ steps[block] &* UInt64(rows[i] & 0xFFFF)
        }
      }
    }
    if byteCount > 0 { pick(bytes, isOnly: byteCount == sealed, rows, count, &result) }
    if halfCount > 0 { pick(halves, isOnly: halfCount == sealed, rows, count, &result) }
    if wordCount > 0 { pick(words, isOnly: wordCount == sealed, rows, count, &result) }
    if fullCount > 0 { pick(full, isOnly: fullCount == sealed, rows, count, &result) }
    if storedCount > 0 { pickStored(rows, count, &result) }
    guard !tail.isEmpty else { return }
    for i in 0..<count where Int(truncatingIfNeeded: rows[i] &>> 16) == sealed {
      result[i] = tail[Int(truncatingIfNeeded: rows[i] & 0xFFFF)]
    }
  }

  /// The word of one row whose segment does not lie in a base.
  @inline(__always)
  private func word(of row: UInt32, _ tail: [UInt64]) -> UInt64 {
    let block = Int(truncatingIfNeeded: row &>> 16)
    let offset = Int(truncatingIfNeeded: row & 0xFFFF)
    guard block < kinds.count else { return tail[offset] }
    let base = bases[block]
    switch kinds[block] {
    case .bare, .stored: return base &+ steps[block] &* UInt64(offset)
    case .bytes: return base &+ UInt64(bytes[block][offset])
    case .halves: return base &+ UInt64(halves[block][offset])
    case .words: return base &+ UInt64(words[block][offset])
    case .full: return base &+ full[block][offset]
    }
  }

  @inline(__always)
  private func pick<T: FixedWidthInteger & UnsignedInteger>(
    _ pages: [[T]], isOnly: Bool, _ rows: [UInt32], _ count: Int, _ result: inout [UInt64]
  ) {
    let sealed = pages.count
    for i in 0..<count {
      let block = Int(truncatingIfNeeded: rows[i] &>> 16)
      if block < sealed, isOnly || !pages[block].isEmpty {
        let code = pages[block][Int(truncatingIfNeeded: rows[i] & 0xFFFF)]
        result[i] = bases[block] &+ UInt64(truncatingIfNeeded: code)
      }
    }
  }

  private func pickStored(_ rows: [UInt32], _ count: Int, _ result: inout [UInt64]) {
    let sealed = stored.count
    var i = 0
    while i < count {
      let block = Int(truncatingIfNeeded: rows[i] &>> 16)
      var end = i &+ 1
      while end < count, Int(truncatingIfNeeded: rows[end] &>> 16) == block { end &+= 1 }
      if block < sealed, let codes = stored[block] {
        codes.gather(rows, positions: i..<end, base: bases[block], into: &result)
      }
      i = end
    }
  }
}
