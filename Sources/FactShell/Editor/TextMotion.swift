import FactLanguage

/// Where the cursor goes: pure functions over a text and UTF-8 byte offsets into it.
///
/// The units are grapheme clusters, so that one key press passes or deletes what looks like one
/// character.
enum TextMotion {
  /// The start of the cluster before `cursor`.
  static func left(_ text: String, _ cursor: Int) -> Int {
    if cursor <= 0 { return 0 }
    let index = text.utf8.index(text.startIndex, offsetBy: cursor)
    return offset(text, text.index(before: index))
  }

  /// The end of the cluster at `cursor`.
  static func right(_ text: String, _ cursor: Int) -> Int {
    if cursor >= text.utf8.count { return text.utf8.count }
    let index = text.utf8.index(text.startIndex, offsetBy: cursor)
    return offset(text, text.index(after: index))
  }

  /// The start of the line that `cursor` is in.
  static func lineStart(_ text: String, _ cursor: Int) -> Int {
    let before = text.utf8.prefix(cursor)
    guard let newline = before.lastIndex(of: 0x0a) else { return 0 }
    return offset(text, newline) + 1
  }

  /// The end of the line that `cursor` is in.
  static func lineEnd(_ text: String, _ cursor: Int) -> Int {
    let after = text.utf8.dropFirst(cursor)
    guard let newline = after.firstIndex(of: 0x0a) else { return text.utf8.count }
    return offset(text, newline)
  }

  /// The place in the line above that stands nearest over `cursor`, or nil in the first line.
  static func up(_ text: String, _ cursor: Int) -> Int? {
    let start = lineStart(text, cursor)
    if start == 0 { return nil }
    let column = width(text, start..<cursor)
    return place(text, lineStart: lineStart(text, start - 1), column: column)
  }

  /// The place in the line below that stands nearest under `cursor`, or nil in the last line.
  static func down(_ text: String, _ cursor: Int) -> Int? {
    let end = lineEnd(text, cursor)
    if end == text.utf8.count { return nil }
    let column = width(text, lineStart(text, cursor)..<cursor)
    return place(text, lineStart: end + 1, column: column)
  }

  /// The start of the word before `cursor`.
  static func wordLeft(_ text: String, _ cursor: Int) -> Int {
    let characters = clusters(text, 0..<cursor)
    var position = cursor
    var inWord = false
    for character in characters.reversed() {
      let isWord = isWordPart(character)
      if inWord && !isWord { break }
      inWord = inWord || isWord
      position -= character.utf8.count
    }
    return position
  }

  /// The end of the word after `cursor`.
  static func wordRight(_ text: String, _ cursor: Int) -> Int {
    var position = cursor
    var inWord = false
    for character in clusters(text, cursor..<text.utf8.count) {
      let isWord = isWordPart(character)
      if inWord && !isWord { break }
      inWord = inWord || isWord
      position += character.utf8.count
    }
    return position
  }

  /// The number of Unicode scalars between two offsets; libedit counts in these.
  static func scalarCount(_ text: String, _ range: Range<Int>) -> Int {
    var count = 0
    for byte in text.utf8.prefix(range.upperBound).dropFirst(range.lowerBound)
    where byte & 0xc0 != 0x80 {
      count += 1
    }
    return count
  }

  /// `text` in `range`.
  static func slice(_ text: String, _ range: Range<Int>) -> String {
    String(Substring(text.utf8.prefix(range.upperBound).dropFirst(range.lowerBound)))
  }

  private static func place(_ text: String, lineStart: Int, column: Int) -> Int {
    var position = lineStart
    var cells = 0
    for character in clusters(text, lineStart..<lineEnd(text, lineStart)) {
      if cells >= column { break }
      cells += DisplayWidth.of(character)
      position += character.utf8.count
    }
    return position
  }

  private static func width(_ text: String, _ range: Range<Int>) -> Int {
    DisplayWidth.of(slice(text, range))
  }

  private static func clusters(_ text: String, _ range: Range<Int>) -> Substring {
    Substring(text.utf8.prefix(range.upperBound).dropFirst(range.lowerBound))
  }

  private static func offset(_ text: String, _ index: String.Index) -> Int {
    text.utf8.distance(from: text.startIndex, to: index)
  }

  private static func isWordPart(_ character: Character) -> Bool {
    character == "_" || character.isLetter || character.isNumber
  }
}
