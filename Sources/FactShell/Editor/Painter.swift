/// Draws frames on a terminal: each frame becomes one string to write, which turns the screen
/// from the frame before into this one.
///
/// The painter is a value that never touches a terminal; it only remembers what it drew. It
/// needs no terminal database: the sequences it uses are those of ECMA-48 that every terminal in
/// use understands.
public struct Painter: Sendable {
  /// The colours.
  public var theme: Theme
  private var rows: [FrameLayout.Row] = []
  private var cursorRow = 0
  private var cursorColumn = 0
  // The first row of the text that is shown, where the text is taller than the window.
  private var top = 0
  private var width = 0
  // Whether rows of unknown content may stand under the frame's first row.
  private var mustClear = false

  /// A painter whose cursor stands at the start of a row.
  public init(theme: Theme) {
    self.theme = theme
  }

  /// The bytes that show `frame` in a window of `width` × `height` cells.
  public mutating func paint(_ frame: EditorFrame, width: Int, height: Int) -> [UInt8] {
    let layout = FrameLayout(frame, width: width, theme: theme)
    let height = max(height, 1)
    let menuCount = min(layout.menu.count, height - min(layout.rows.count, (height + 1) / 2))
    let shown = min(layout.rows.count, height - menuCount)
    top = min(top, layout.rows.count - shown)
    if layout.cursorRow < top { top = layout.cursorRow }
    if layout.cursorRow >= top + shown { top = layout.cursorRow - shown + 1 }
    var next = Array(layout.rows[top..<(top + shown)])
    next += layout.menu.prefix(menuCount)
    var output = replaceRows(with: next, width: width)
    moveCursor(
      to: layout.cursorRow - top, min(layout.cursorColumn, width - 1), output: &output)
    output += Array("\u{1b}[?25h".utf8)
    return output
  }

  /// The bytes that show `frame` for the last time, whole however tall it is and without hint,
  /// menu and status, then `suffix`, and leave the cursor at the start of the row below.
  public mutating func finish(_ frame: EditorFrame, suffix: String = "", width: Int) -> [UInt8] {
    var last = frame
    last.hint = ""
    last.menu = []
    last.status = ""
    last.mark = nil
    let layout = FrameLayout(last, width: width, theme: theme)
    if top > 0 { rows = [] }
    var output = replaceRows(with: layout.rows, width: width)
    moveCursor(to: cursorRow, layout.rows.last?.width ?? 0, output: &output)
    output += Array("\u{1b}[?25h\(suffix)\r\n".utf8)
    reset()
    return output
  }

  /// Forgets what was drawn: the cursor stands at the start of an empty row.
  public mutating func reset() {
    rows = []
    cursorRow = 0
    cursorColumn = 0
    top = 0
    mustClear = false
  }

  /// Says that the window became `width` cells wide.
  ///
  /// Terminals wrap the rows that stand on the screen anew, so the frame now begins as many rows
  /// above the cursor as the wrapped rows take. The next frame is drawn whole.
  public mutating func resize(to width: Int, height: Int) {
    let width = max(width, 1)
    var above = 0
    for row in rows.prefix(cursorRow) { above += max(1, (row.width + width - 1) / width) }
    cursorRow = min(above + cursorColumn / width, max(height - 1, 0))
    rows = []
    mustClear = true
  }

  // MARK: Drawing

  private mutating func replaceRows(with next: [FrameLayout.Row], width: Int) -> [UInt8] {
    if width != self.width { rows = [] }
    self.width = width
    var output: [UInt8] = Array("\u{1b}[?25l\r".utf8)
    if cursorRow > 0 { output += Array("\u{1b}[\(cursorRow)A".utf8) }
    if mustClear { output += Array("\u{1b}[J".utf8) }
    mustClear = false
    for (index, row) in next.enumerated() {
      if index > 0 { output += [0x0d, 0x0a] }
      if index < rows.count && rows[index] == row { continue }
      output += row.bytes
      // After the last cell of a row the cursor still stands on it, and would erase it.
      if row.width < width { output += Array("\u{1b}[K".utf8) }
    }
    cursorRow = max(next.count - 1, 0)
    if rows.count > next.count {
      output += Array("\r\n\u{1b}[J".utf8)
      // Back on the last row, whose content stays.
      output += Array("\u{1b}[A".utf8)
      if let last = next.last, last.width > 0 { output += Array("\u{1b}[\(last.width)C".utf8) }
    }
    rows = next
    return output
  }

  private mutating func moveCursor(to row: Int, _ column: Int, output: inout [UInt8]) {
    if row < cursorRow { output += Array("\u{1b}[\(cursorRow - row)A".utf8) }
    output.append(0x0d)
    if column > 0 { output += Array("\u{1b}[\(column)C".utf8) }
    cursorRow = row
    cursorColumn = column
  }
}
