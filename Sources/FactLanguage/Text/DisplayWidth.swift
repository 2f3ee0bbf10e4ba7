/// How many terminal cells a text takes.
///
/// Widths follow Unicode's East Asian Width, with grapheme clusters as units: a flag, a family
/// joined by zero-width joiners or an emoji with a skin tone takes two cells, a combining mark
/// none. Ambiguous characters are narrow.
public enum DisplayWidth {
  /// The cells that `text` takes on one row; control characters count none.
  ///
  /// - Complexity: O(n); texts of printable ASCII take one pass over their bytes.
  public static func of(_ text: String) -> Int {
    var count = 0
    var isPlain = true
    for byte in text.utf8 {
      if byte < 0x20 || byte > 0x7e {
        isPlain = false
        break
      }
      count += 1
    }
    if isPlain { return count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// The cells that `character` takes.
  public static func of(_ character: Character) -> Int {
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return 0 }
    if scalars.index(after: scalars.startIndex) == scalars.endIndex { return of(first) }
    var sum = 0
    for scalar in scalars {
      switch scalar.value {
      case 0x200d, 0xfe0f, 0x1f1e6...0x1f1ff, 0x1f3fb...0x1f3ff: return 2
      default: sum += of(scalar)
      }
    }
    return sum
  }

  /// The cells that `scalar` takes by itself.
  public static func of(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 {
      if value < 0x20 || (value >= 0x7f && value < 0xa0) { return 0 }
      return 1
    }
    if (value >= 0x4e00 && value <= 0x9fff) || (value >= 0xac00 && value <= 0xd7a3) { return 2 }
    // The vowels and finals of a decomposed Hangul syllable stand in its first sound's cells.
    if value >= 0x1160 && value <= 0x11ff { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .lineSeparator, .paragraphSeparator: return 0
    default: return isWide(value) ? 2 : 1
    }
  }

  /// Whether terminals disagree about the cells that `character` takes, so that whoever draws it
  /// should place the cursor after it.
  public static func isDoubtful(_ character: Character) -> Bool {
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return false }
    if first.value >= 0x1f000 && first.value < 0x20000 { return true }
    return scalars.index(after: scalars.startIndex) != scalars.endIndex
  }

  /// The longest start of `text` that takes at most `width` cells, ended by `…` if it is cut.
  public static func truncate(_ text: String, to width: Int) -> String {
    if of(text) <= width { return text }
    if width <= 0 { return "" }
    var result = ""
    var used = 0
    for character in text {
      let cells = of(character)
      if used + cells > width - 1 { break }
      result.append(character)
      used += cells
    }
    return result + "…"
  }

  private static func isWide(_ value: UInt32) -> Bool {
    if value < 0x1100 { return false }
    if value >= 0x20000 { return value <= 0x3fffd }
    var low = 0
    var high = wide.count
    while low < high {
      let middle = (low + high) / 2
      if wide[middle].upperBound < value {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < wide.count && wide[low].contains(value)
  }

  // East Asian Width W and F in planes 0 and 1; unassigned gaps inside a block are joined.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0,
    0x23F3...0x23F3, 0x25FD...0x25FE, 0x2614...0x2615, 0x2630...0x2637, 0x2648...0x2653,
    0x267F...0x267F, 0x268A...0x268F, 0x2693...0x2693, 0x26A1...0x26A1, 0x26AA...0x26AB,
    0x26BD...0x26BE, 0x26C4...0x26C5, 0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA,
    0x26F2...0x26F3, 0x26F5...0x26F5, 0x26FA...0x26FA, 0x26FD...0x26FD, 0x2705...0x2705,
    0x270A...0x270B, 0x2728...0x2728, 0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755,
    0x2757...0x2757, 0x2795...0x2797, 0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C,
    0x2B50...0x2B50, 0x2B55...0x2B55, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0xA4C6,
    0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAD9, 0xFE10...0xFE19, 0xFE30...0xFE6B,
    0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x1B2FB, 0x1F004...0x1F004,
    0x1F0CF...0x1F0CF, 0x1F18E...0x1F18E, 0x1F191...0x1F19A, 0x1F200...0x1F320,
    0x1F32D...0x1F335, 0x1F337...0x1F37C, 0x1F37E...0x1F393, 0x1F3A0...0x1F3CA,
    0x1F3CF...0x1F3D3, 0x1F3E0...0x1F3F0, 0x1F3F4...0x1F3F4, 0x1F3F8...0x1F43E,
    0x1F440...0x1F440, 0x1F442...0x1F4FC, 0x1F4FF...0x1F53D, 0x1F54B...0x1F54E,
    0x1F550...0x1F567, 0x1F57A...0x1F57A, 0x1F595...0x1F596, 0x1F5A4...0x1F5A4,
    0x1F5FB...0x1F64F, 0x1F680...0x1F6C5, 0x1F6CC...0x1F6CC, 0x1F6D0...0x1F6D2,
    0x1F6D5...0x1F6DF, 0x1F6EB...0x1F6EC, 0x1F6F4...0x1F6FC, 0x1F7E0...0x1F7F0,
    0x1F90C...0x1F93A, 0x1F93C...0x1F945, 0x1F947...0x1F9FF, 0x1FA70...0x1FAFF,
  ]
}
