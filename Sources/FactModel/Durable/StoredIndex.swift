/// Some rows of a table by the words of one column, as it lies in a base: a group for each word, and
/// the rows of each group side by side, in three bytes each where that is enough.
///
/// Where words share their upper half and count up closely, a group is found by its position. Other
/// words are kept as well, in buckets by their hash, of which each has about four.
final class StoredIndex {
  let columns: [Int]
  /// The rows covered.
  let rows: Range<Int>
  let shape: StoredIndexShape
  let blob: StoredBlob
  /// Where in the value the parts begin.
  private let layout: StoredIndexShape.Layout
  /// Bytes of a row.
  private let width: Int
  /// The bits of a word that lies in a bucket.
  private let mask: UInt64

  /// Nil where the value cannot have such an index.
  init?(columns: [Int], rows: Range<Int>, shape: StoredIndexShape, blob: StoredBlob) {
    guard shape.isPossible(rows: rows.count) else { return nil }
    layout = shape.layout(rows: rows.count)
    width = StoredIndexShape.width(rows.count)
    mask = shape.isHashed ? .max >> UInt64(64 - shape.keyWidth * 8) : .max
    guard blob.size == layout.size else { return nil }
    self.columns = columns
    self.rows = rows
    self.shape = shape
    self.blob = blob
  }

  /// Where the rows of a word lie; a damaged value never leads beyond them.
  @inline(__always)
  func places(of word: UInt64) -> Range<UInt32> {
    guard shape.isHashed else {
      // A word below the base wraps around and is too large.
      let group = word &- shape.base
      return group < UInt64(shape.groupCount) ? places(ofGroup: Int(group)) : 0..<0
    }
    return hashedPlaces(of: word)
  }

  private func hashedPlaces(of word: UInt64) -> Range<UInt32> {
    // A word below the base wraps around and is too large, or nowhere in its bucket.
    let wanted = word &- shape.base
    guard wanted & ~mask == 0 else { return 0..<0 }
    let bucket = StoredIndexShape.bucket(of: word, bits: layout.bits)
    let first = Int(blob.word32(bucket))
    let end = min(Int(blob.word32(bucket &+ 1)), shape.groupCount)
    guard first < end else { return 0..<0 }
    blob.touch(layout.keys &+ first &* shape.keyWidth, (end &- first) &* shape.keyWidth)
    let keys = blob.start + layout.keys
    for group in first..<end {
      // Rows and checksums follow the last one.
      let key = keys.loadUnaligned(fromByteOffset: group &* shape.keyWidth, as: UInt64.self)
      if key & mask == wanted { return places(ofGroup: group) }
    }
    return 0..<0
  }

  @inline(__always)
  private func places(ofGroup group: Int) -> Range<UInt32> {
    // Where each word has one row, a row has the place of its group.
    if layout.starts == layout.rows { return UInt32(group)..<UInt32(group) + 1 }
    let first = blob.word32(group, from: layout.starts)
    let end = min(blob.word32(group &+ 1, from: layout.starts), UInt32(rows.count))
    return first < end ? first..<end : 0..<0
  }

  /// The row at a place.
  @inline(__always)
  func row(_ place: Int) -> UInt32 {
    let offset = layout.rows &+ place &* width
    blob.touch(offset, width)
    var row = blob.start.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    // The byte behind the last one belongs to a checksum.
    if width == 3 { row &= 0xFF_FFFF }
    return UInt32(truncatingIfNeeded: rows.lowerBound) &+ min(row, UInt32(rows.count - 1))
  }
}

/// What of an index is known without a look at it: the catalogue names it.
struct StoredIndexShape: Equatable {
  /// The bytes that a word takes where groups lie in buckets by their hash; 0 where they lie by
  /// position.
  var keyWidth: Int
  /// Whether words do not share their upper half.
  var isWide: Bool
  /// What was taken off each word: no word is less.
  var base: UInt64
  var groupCount: Int
  /// Groups that have rows.
  var filledGroups: Int

  var isHashed: Bool { keyWidth > 0 }

  /// The upper half of all words, if they share it.
  var upper: UInt64? { isWide ? nil : base & 0xFFFF_FFFF_0000_0000 }

  /// Where the parts of a value begin: where buckets begin is first.
  struct Layout {
    var bits = 0
    var keys = 0
    var starts = 0
    var rows = 0
    var size = 0
  }

  /// Whether an index over so many rows can be like this.
  func isPossible(rows: Int) -> Bool {
    rows > 0 && rows <= Int(UInt32.max) && filledGroups <= min(rows, groupCount)
      && (isHashed
        ? groupCount == filledGroups && keyWidth <= 8
        : keyWidth == 0 && !isWide && groupCount <= 1 << 32 - Int(base & 0xFFFF_FFFF))
  }

  func layout(rows: Int) -> Layout {
    var layout = Layout()
    if isHashed {
      layout.bits = StoredIndexShape.bits(groupCount)
      layout.keys = ((1 << layout.bits) + 1) * 4
      layout.starts = layout.keys + groupCount * keyWidth
    }
    let hasStarts = !isHashed || groupCount < rows
    layout.rows = layout.starts + (hasStarts ? (groupCount + 1) * 4 : 0)
    layout.size = layout.rows + rows * StoredIndexShape.width(rows)
    return layout
  }

  static func width(_ rows: Int) -> Int { rows <= 1 << 24 ? 3 : 4 }

  /// So many buckets that each has about four groups, as a power of two.
  static func bits(_ groups: Int) -> Int {
    var bits = 0
    while groups >> bits > 4 { bits += 1 }
    return bits
  }

  @inline(__always)
  static func bucket(of word: UInt64, bits: Int) -> Int {
    Int(truncatingIfNeeded: UInt64(Hashing.finish(Hashing.step(0, word))) &>> UInt64(32 &- bits))
  }
}

extension StoredIndexShape {
  func write(to writer: inout ByteWriter) {
    writer.byte(UInt8(keyWidth))
    writer.flag(isWide)
    writer.word(base)
    writer.number(groupCount)
    writer.number(filledGroups)
  }

  init(reading reader: inout ByteReader) throws(UnreadableBytes) {
    keyWidth = Int(try reader.byte())
    isWide = try reader.flag()
    base = try reader.word()
    groupCount = try reader.count()
    filledGroups = try reader.count()
  }
}

/// Indexes of one column that follow one another from the first row on.
///
/// Each covers no more than memory should hold at once; a look-up asks all of them.
final class StoredIndexRuns {
  let runs: [StoredIndex]

  /// Takes those on some columns; nil where there are none.
  init?(_ indexes: [StoredIndex], columns: [Int]) {
    var runs: [StoredIndex] = []
    for index in indexes where index.columns == columns {
      guard index.rows.lowerBound == runs.last?.rows.upperBound ?? 0 else { break }
      runs.append(index)
    }
    guard !runs.isEmpty else { return nil }
    self.runs = runs
  }

  /// The rows covered, from the first one on.
  var rows: Int { runs.last?.rows.upperBound ?? 0 }
  /// The upper half of all words, if they share it.
  var upper: UInt64? {
    let upper = runs[0].shape.upper
    return runs.allSatisfy { $0.shape.upper == upper } ? upper : nil
  }
  /// About how many words there are: at least as many as in any one.
  var filledGroups: Int { runs.reduce(0) { max($0, $1.shape.filledGroups) } }
  var blobs: [Int] { runs.map(\.blob.number) }
}

extension KeyIndex {
  /// Looks keys up in what lies in a base: in the first run, and in the others as hits are expanded.
  func probeStored(_ words: [UInt64], _ stored: StoredIndexRuns, _ hits: inout Hits) {
    hits.words = stored.runs.count > 1 ? words : []
    hits.run = 0
    let run = stored.runs[0]
    for i in 0..<hits.count {
      let places = run.places(of: words[i])
      hits.starts[i] = places.lowerBound
      hits.ends[i] = places.upperBound
    }
  }

  /// The rows of a word in a base.
  func storedRows(_ word: UInt64, _ stored: StoredIndexRuns) -> [UInt32] {
    stored.runs.flatMap { run in run.places(of: word).map { run.row(Int($0)) } }
  }

  /// `expand` where the groups lie in a base.
  func expandStored(
    _ stored: StoredIndexRuns, _ hits: inout Hits, within rows: Range<UInt32>,
    probes: inout [UInt32], matched: inout [UInt32], count: inout Int, capacity: Int
  ) -> Bool {
    var out = 0
    var i = hits.next
    defer { count = out }
    while i < hits.count {
      while true {
        let run = stored.runs[hits.run]
        var from = Int(hits.starts[i])
        let end = Int(hits.ends[i])
        while from < end {
          if out == capacity {
            hits.starts[i] = UInt32(from)
            hits.next = i
            return true
          }
          let row = run.row(from)
          if rows.contains(row) {
            probes[out] = UInt32(i)
            matched[out] = row
            out += 1
          }
          from += 1
        }
        hits.starts[i] = hits.ends[i]
        guard hits.run + 1 < stored.runs.count else { break }
        hits.run += 1
        let places = stored.runs[hits.run].places(of: hits.words[i])
        hits.starts[i] = places.lowerBound
        hits.ends[i] = places.upperBound
      }
      var row = hits.chains[i]
      while row != noRow, row >= rows.lowerBound {
        if row < rows.upperBound {
          if out == capacity {
            hits.chains[i] = row
            hits.next = i
            return true
          }
          probes[out] = UInt32(i)
          matched[out] = row
          out += 1
        }
        row = chained.next[Int(row) - grouped]
      }
      hits.chains[i] = noRow
      hits.run = 0
      i += 1
    }
    hits.next = hits.count
    return false
  }
}
