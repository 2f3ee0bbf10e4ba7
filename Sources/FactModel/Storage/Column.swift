/// One column of a segment as a frame: a base word and unsigned codes of the fewest bytes that hold
/// every word's distance from it.
///
/// A column that says the same in each row, or counts up by one, has no codes at all.
public struct Column: Sendable {
  /// The distances from the base word.
  enum Codes: Sendable {
    /// Every word is the base.
    case constant
    /// The word of row `i` is the base plus `i`.
    case run
    case bytes([UInt8])
    case halves([UInt16])
    case words([UInt32])
    case full([UInt64])
    /// They lie in a base and are read in place.
    case stored(StoredCodes)
  }

  /// The word that codes are counted from; also the least one.
  public let base: UInt64
  /// The number of rows.
  public let count: Int
  /// A bit for each `WordKind` that occurs, by its raw value.
  public let kinds: UInt8
  /// The least and the greatest word, by bits.
  public let minimum, maximum: UInt64
  let codes: Codes

  /// Encodes the first `count` words; there must be at least one. Complexity: O(count).
  public init(encoding source: [UInt64], count: Int) {
    precondition(count > 0 && count <= source.count, "a column of a segment has rows")
    let first = source[0]
    var least = first
    var most = first
    var isRun = true
    var mask: UInt8 = 0
    var lastTop = UInt64.max
    for i in 0..<count {
      let word = source[i]
      if word < least { least = word }
      if word > most { most = word }
      if word != first &+ UInt64(truncatingIfNeeded: i) { isRun = false }
      let top = word &>> 48
      if top != lastTop {
        lastTop = top
        mask |= 1 &<< Word(bits: word).kind.rawValue
      }
    }
    base = least
    minimum = least
    maximum = most
    self.count = count
    kinds = mask
    let span = most &- least
    if span == 0 {
      codes = .constant
    } else if isRun {
      codes = .run
    } else if span <= 0xFF {
      codes = .bytes(Column.narrow(source, count, least))
    } else if span <= 0xFFFF {
      codes = .halves(Column.narrow(source, count, least))
    } else if span <= 0xFFFF_FFFF {
      codes = .words(Column.narrow(source, count, least))
    } else {
      codes = .full(Column.narrow(source, count, least))
    }
  }

  /// A column as a base holds it.
  init(base: UInt64, maximum: UInt64, count: Int, kinds: UInt8, codes: Codes) {
    self.base = base
    minimum = base
    self.maximum = maximum
    self.count = count
    self.kinds = kinds
    self.codes = codes
  }

  @inline(__always)
  private static func narrow<T: FixedWidthInteger & UnsignedInteger>(
    _ source: [UInt64], _ count: Int, _ base: UInt64
  ) -> [T] {
    var codes = [T](repeating: 0, count: count)
    for i in 0..<count { codes[i] = T(truncatingIfNeeded: source[i] &- base) }
    return codes
  }

  /// The bytes of one code: 0, 1, 2, 4 or 8.
  public var width: Int {
    switch codes {
    case .constant, .run: 0
    case .bytes: 1
    case .halves: 2
    case .words: 4
    case .full: 8
    case .stored(let codes): codes.width
    }
  }

  /// Bytes held by the codes; those that lie in a base take no memory of the process.
  public var byteCount: Int {
    if case .stored = codes { return 0 }
    return width * count
  }

  /// The word of one row. For loops there are `unpack` and `gather`.
  public func word(at row: Int) -> UInt64 {
    switch codes {
    case .constant: base
    case .run: base &+ UInt64(truncatingIfNeeded: row)
    case .bytes(let codes): base &+ UInt64(codes[row])
    case .halves(let codes): base &+ UInt64(codes[row])
    case .words(let codes): base &+ UInt64(codes[row])
    case .full(let codes): base &+ codes[row]
    case .stored(let codes): base &+ codes.code(at: row)
    }
  }

  /// Writes the words of a range of rows to `words`, from position `position` on.
  public func unpack(_ rows: Range<Int>, into words: inout [UInt64], at position: Int = 0) {
    switch codes {
    case .constant:
      for i in 0..<rows.count { words[position &+ i] = base }
    case .run:
      let first = base &+ UInt64(rows.lowerBound)
      for i in 0..<rows.count {
        words[position &+ i] = first &+ UInt64(truncatingIfNeeded: i)
      }
    case .bytes(let codes): widen(codes, rows, &words, position)
    case .halves(let codes): widen(codes, rows, &words, position)
    case .words(let codes): widen(codes, rows, &words, position)
    case .full(let codes): widen(codes, rows, &words, position)
    case .stored(let codes): codes.unpack(rows, base: base, into: &words, at: position)
    }
  }

  @inline(__always)
  private func widen<T: FixedWidthInteger & UnsignedInteger>(
    _ codes: [T], _ rows: Range<Int>, _ words: inout [UInt64], _ position: Int
  ) {
    let base = self.base
    let count = rows.count
    // Both ends are checked once, so that several codes are widened at a time.
    precondition(position >= 0 && position + count <= words.count, "room for all rows")
    words.withUnsafeMutableBufferPointer { words in
      codes[rows].withUnsafeBufferPointer { codes in
        for i in 0..<count {
          words[position &+ i] = base &+ UInt64(truncatingIfNeeded: codes[i])
        }
      }
    }
  }

  /// Writes the words of `rows[positions]` to the same positions of `words`. Only the lower 16 bits
  /// of a row count, so that row numbers of the table can be used as they are.
  func gather(_ rows: [UInt32], positions: Range<Int>, into words: inout [UInt64]) {
    switch codes {
    case .constant:
      for i in positions { words[i] = base }
    case .run:
      for i in positions { words[i] = base &+ UInt64(rows[i] & 0xFFFF) }
    case .bytes(let codes): pick(codes, rows, positions, &words)
    case .halves(let codes): pick(codes, rows, positions, &words)
    case .words(let codes): pick(codes, rows, positions, &words)
    case .full(let codes): pick(codes, rows, positions, &words)
    case .stored(let codes):
      codes.gather(rows, positions: positions, base: base, into: &words)
    }
  }

  @inline(__always)
  private func pick<T: FixedWidthInteger & UnsignedInteger>(
    _ codes: [T], _ rows: [UInt32], _ positions: Range<Int>, _ words: inout [UInt64]
  ) {
    let base = self.base
    precondition(positions.upperBound <= min(rows.count, words.count), "room for all rows")
    rows.withUnsafeBufferPointer { rows in
      words.withUnsafeMutableBufferPointer { words in
        for i in positions {
          let row = Int(truncatingIfNeeded: rows[i] & 0xFFFF)
          words[i] = base &+ UInt64(truncatingIfNeeded: codes[row])
        }
      }
    }
  }

  #if DEBUG
    /// Stops the program where the header does not agree with the codes.
    func checkInvariants() {
      var words = [UInt64](repeating: 0, count: count)
      unpack(0..<count, into: &words)
      precondition(words.min() == minimum && words.max() == maximum, "bounds of a column")
      var mask: UInt8 = 0
      for word in words { mask |= 1 << Word(bits: word).kind.rawValue }
      precondition(mask == kinds, "kinds of a column")
    }
  #endif
}

/// Up to 65,536 rows, written once.
public struct Segment: Sendable {
  /// The rows of every sealed segment, so that a row number is segment and offset in one.
  public static let rowLimit = 65_536

  /// One frame for each column.
  public internal(set) var columns: [Column]

  /// Bytes held by the columns.
  var byteCount: Int {
    columns.reduce(0) { $0 + $1.byteCount + MemoryLayout<Column>.stride }
  }
}
