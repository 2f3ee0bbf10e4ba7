import FactLanguage

/// One grapheme cluster as it is drawn.
struct Glyph {
  private let character: Character
  // Set where the cluster cannot be sent to a terminal as it is.
  private let replacement: String?
  /// The cells it takes.
  let width: Int
  /// Whether terminals disagree about `width`.
  let isDoubtful: Bool

  /// The cells that must be free in a row for it to stand there.
  var wrapWidth: Int { isDoubtful ? max(width, 2) : width }

  /// Prepares `character` for the `column`-th cell of the text.
  init(_ character: Character, column: Int) {
    self.character = character
    if let ascii = character.asciiValue, ascii >= 0x20, ascii < 0x7f {
      replacement = nil
      width = 1
      isDoubtful = false
      return
    }
    replacement = Glyph.replacement(for: character, column: column)
    if let replacement {
      width = DisplayWidth.of(replacement)
      isDoubtful = false
    } else {
      width = DisplayWidth.of(character)
      isDoubtful = DisplayWidth.isDoubtful(character)
    }
  }

  /// Adds what the terminal should receive.
  func append(to bytes: inout [UInt8]) {
    if let replacement {
      bytes += Array(replacement.utf8)
    } else {
      bytes.append(contentsOf: character.utf8)
    }
  }

  /// `text` with everything that a terminal would act on made visible.
  static func printable(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
    var result = ""
    for character in text {
      if let shown = replacement(for: character, column: 0) {
        result += shown
      } else {
        result.append(character)
      }
    }
    return result
  }

  private static func replacement(for character: Character, column: Int) -> String? {
    guard let scalar = character.unicodeScalars.first else { return "" }
    let value = scalar.value
    if value == 9 { return String(repeating: " ", count: 4 - column % 4) }
    if value < 0x20 { return "^" + String(UnicodeScalar(UInt8(value + 0x40))) }
    if value == 0x7f { return "^?" }
    if value < 0x300 { return value >= 0x80 && value < 0xa0 ? code(value) : nil }
    if DisplayWidth.of(scalar) > 0 || (value >= 0x1160 && value <= 0x11ff) { return nil }
    switch scalar.properties.generalCategory {
    // A mark with nothing to stand on would be drawn over the cell before it.
    case .nonspacingMark, .enclosingMark: return "◌" + String(character)
    // Direction overrides and other unseen characters would make the text lie.
    default: return code(value)
    }
  }

  private static func code(_ value: UInt32) -> String {
    "<" + String(value, radix: 16, uppercase: true) + ">"
  }
}
