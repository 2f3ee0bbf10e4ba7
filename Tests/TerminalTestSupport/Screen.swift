/// A terminal's screen in memory: enough of ECMA-48 to see what a program shows.
///
/// Widths of characters are those that `width` gives, so that a test can also play a terminal
/// that disagrees with the program.
public struct Screen {
  /// The width in cells.
  public private(set) var columns: Int
  /// The height in cells.
  public private(set) var rows: Int
  /// The row of the cursor, from 0.
  public private(set) var cursorRow = 0
  /// The column of the cursor, from 0.
  public private(set) var cursorColumn = 0
  /// Rows that went out at the top.
  public private(set) var scrollback: [String] = []
  /// Sequences that the screen does not know; a test expects none.
  public private(set) var unknown: [String] = []
  /// How often the bell rang.
  public private(set) var bells = 0
  /// Whether the cursor shows.
  public private(set) var isCursorVisible = true
  private var cells: [[Cell]]
  private var rendition = ""
  // The cursor stands after the last column, and the next character wraps.
  private var wrapsNext = false
  private var pending: [UInt8] = []
  private let width: (Character) -> Int

  private struct Cell {
    // Empty for the second half of a wide character.
    var text = " "
    var rendition = ""
  }

  /// An empty screen.
  public init(columns: Int, rows: Int, width: @escaping (Character) -> Int) {
    self.columns = columns
    self.rows = rows
    self.width = width
    cells = Array(repeating: Array(repeating: Cell(), count: columns), count: rows)
  }

  /// The rows without trailing blanks, and without empty rows at the end.
  public var lines: [String] {
    var result = cells.map { Screen.text(of: $0) }
    while result.last == "" { result.removeLast() }
    return result
  }

  /// All rows as one text.
  public var text: String { lines.joined(separator: "\n") }

  /// The rows with `▮` before the cell that the cursor is on.
  public var textWithCursor: String {
    var result = lines
    while result.count <= cursorRow { result.append("") }
    let row = cells[cursorRow]
    var before = row[..<cursorColumn].map(\.text).joined()
    var after = row[cursorColumn...].map(\.text).joined()
    while after.last == " " { after.removeLast() }
    before += "▮"
    result[cursorRow] = before + after
    return result.joined(separator: "\n")
  }

  /// The characters of a row that are shown in `rendition`, such as `90`.
  public func text(inRendition rendition: String, row: Int) -> String {
    cells[row].filter { $0.rendition == rendition }.map(\.text).joined()
  }

  /// Takes in what a program wrote.
  public mutating func feed(_ bytes: [UInt8]) {
    pending += bytes
    while !pending.isEmpty {
      let first = pending[0]
      if first == 0x1b {
        guard takeEscape() else { return }
      } else if first < 0x20 || first == 0x7f {
        pending.removeFirst()
        control(first)
      } else {
        let end = pending.firstIndex { $0 < 0x20 || $0 == 0x7f } ?? pending.count
        let chunk = pending[..<end]
        // A character cut at the end of what was read waits for its rest.
        guard let text = String(validating: chunk, as: UTF8.self) else {
          if end == pending.count && chunk.count < 4 { return }
          let whole = (1...3).first {
            String(validating: chunk.dropLast($0), as: UTF8.self) != nil
          }
          let text = String(decoding: chunk.dropLast(whole ?? 0), as: UTF8.self)
          pending.removeFirst(chunk.count - (whole ?? 0))
          for character in text { put(character) }
          if end == chunk.count { return }
          continue
        }
        pending.removeFirst(end)
        for character in text { put(character) }
      }
    }
  }

  private static func text(of row: [Cell]) -> String {
    var text = row.map(\.text).joined()
    while text.last == " " { text.removeLast() }
    return text
  }

  private mutating func put(_ character: Character) {
    let cellCount = width(character)
    if cellCount == 0 {
      let column = wrapsNext ? cursorColumn : cursorColumn - 1
      if column >= 0 { cells[cursorRow][column].text.append(character) }
      return
    }
    if wrapsNext || cursorColumn + cellCount > columns {
      cursorColumn = 0
      lineFeed()
    }
    wrapsNext = false
    cells[cursorRow][cursorColumn] = Cell(text: String(character), rendition: rendition)
    if cellCount == 2 && cursorColumn + 1 < columns {
      cells[cursorRow][cursorColumn + 1] = Cell(text: "", rendition: rendition)
    }
    cursorColumn += cellCount
    if cursorColumn >= columns {
      cursorColumn = columns - 1
      wrapsNext = true
    }
  }

  private mutating func lineFeed() {
    wrapsNext = false
    if cursorRow < rows - 1 {
      cursorRow += 1
    } else {
      scrollback.append(Screen.text(of: cells.removeFirst()))
      cells.append(Array(repeating: Cell(), count: columns))
    }
  }

  private mutating func control(_ byte: UInt8) {
    switch byte {
    case 0x07: bells += 1
    case 0x08:
      cursorColumn = max(cursorColumn - 1, 0)
      wrapsNext = false
    case 0x0a: lineFeed()
    case 0x0d:
      cursorColumn = 0
      wrapsNext = false
    default: unknown.append("control \(byte)")
    }
  }

  // Returns false if the sequence is not whole yet.
  private mutating func takeEscape() -> Bool {
    if pending.count < 2 { return false }
    if pending[1] != UInt8(ascii: "[") {
      unknown.append("escape \(pending[1])")
      pending.removeFirst(2)
      return true
    }
    guard let end = pending[2...].firstIndex(where: { $0 >= 0x40 && $0 <= 0x7e }) else {
      return false
    }
    let parameters = String(decoding: pending[2..<end], as: UTF8.self)
    let final = pending[end]
    pending.removeFirst(end + 1)
    sequence(parameters, final)
    return true
  }

  private mutating func sequence(_ parameters: String, _ final: UInt8) {
    let count = max(Int(parameters) ?? 1, 1)
    switch Character(UnicodeScalar(final)) {
    case "A": cursorRow = max(cursorRow - count, 0)
    case "B": cursorRow = min(cursorRow + count, rows - 1)
    case "C": cursorColumn = min(cursorColumn + count, columns - 1)
    case "D": cursorColumn = max(cursorColumn - count, 0)
    case "G": cursorColumn = min(count - 1, columns - 1)
    case "H":
      cursorRow = 0
      cursorColumn = 0
    case "J": erase(parameters)
    case "K":
      for column in cursorColumn..<columns { cells[cursorRow][column] = Cell() }
    case "m": rendition = parameters == "0" ? "" : parameters
    case "h" where parameters == "?25": isCursorVisible = true
    case "l" where parameters == "?25": isCursorVisible = false
    case "h" where parameters == "?2004", "l" where parameters == "?2004": break
    default: unknown.append("[\(parameters)\(Character(UnicodeScalar(final)))")
    }
    if final != UInt8(ascii: "m") && final != UInt8(ascii: "h") { wrapsNext = false }
  }

  private mutating func erase(_ parameters: String) {
    let blank = Array(repeating: Cell(), count: columns)
    if parameters == "2" {
      cells = Array(repeating: blank, count: rows)
      return
    }
    for column in cursorColumn..<columns { cells[cursorRow][column] = Cell() }
    for row in (cursorRow + 1)..<max(rows, cursorRow + 1) { cells[row] = blank }
  }
}
