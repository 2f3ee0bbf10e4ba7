import FactLanguage

/// What the prompt should look like: plain data, laid out and drawn by `Painter`.
public struct EditorFrame: Sendable, Hashable {
  /// What stands before the first row, such as `fact> `.
  public var prompt: String
  /// What stands before each further line of the text; the last one serves all lines after it.
  public var continuations: [String]
  /// The text being typed; may hold newlines.
  public var text: String
  /// The cursor as a UTF-8 byte offset into `text`.
  public var cursor: Int
  /// The styled stretches of `text`, in order.
  public var spans: [HighlightSpan]
  /// A stretch of `text` to stand out, such as what a search found.
  public var mark: Range<Int>?
  /// The suggestion shown after the text.
  public var hint: String
  /// A remark under the text, such as the state of a search.
  public var status: String
  /// Rows under the text.
  public var menu: [MenuRow]

  /// A frame of `text` with the cursor at its end.
  public init(
    prompt: String, continuations: [String] = [], text: String, cursor: Int? = nil,
    spans: [HighlightSpan] = [], mark: Range<Int>? = nil, hint: String = "",
    status: String = "", menu: [MenuRow] = []
  ) {
    self.prompt = prompt
    self.continuations = continuations
    self.text = text
    self.cursor = cursor ?? text.utf8.count
    self.spans = spans
    self.mark = mark
    self.hint = hint
    self.status = status
    self.menu = menu
  }
}

/// A row of the menu under the text.
public struct MenuRow: Sendable, Hashable {
  /// The candidate, in ordinary style.
  public var label: String
  /// What is said about it, fainter.
  public var detail: String
  /// Whether it is the chosen one.
  public var isSelected: Bool

  /// A row that shows `label` and, fainter, `detail`.
  public init(label: String, detail: String = "", isSelected: Bool = false) {
    self.label = label
    self.detail = detail
    self.isSelected = isSelected
  }
}

/// A frame cut into rows that fit the window.
struct FrameLayout {
  struct Row: Equatable {
    var bytes: [UInt8] = []
    /// The cells taken.
    var width = 0
  }

  private(set) var rows: [Row] = []
  private(set) var cursorRow = 0
  private(set) var cursorColumn = 0
  private(set) var menu: [Row] = []

  private let width: Int
  private let theme: Theme
  private var row = Row()
  // The rendition that is switched on at the end of `row`.
  private var rendition = ""

  init(_ frame: EditorFrame, width: Int, theme: Theme) {
    self.width = max(width, 2)
    self.theme = theme
    let roomy = DisplayWidth.of(frame.prompt) + 8 <= width
    put(roomy ? frame.prompt : "> ", theme.prompt)
    layOutText(frame, roomy: roomy)
    if !frame.hint.isEmpty && frame.cursor == frame.text.utf8.count { layOutHint(frame.hint) }
    endRow()
    layOutMenu(frame)
  }

  // MARK: Text

  private mutating func layOutText(_ frame: EditorFrame, roomy: Bool) {
    var offset = 0
    var line = 0
    var nextSpan = 0
    var spanStyle = frame.spans.first.map { theme.rendition(of: $0.style) } ?? ""
    var cursorIsPlaced = false
    let textStart = row.width
    for character in frame.text {
      let length = character.utf8.count
      if character == "\n" || character == "\r\n" {
        if !cursorIsPlaced && frame.cursor < offset + length {
          placeCursor(before: 1)
          cursorIsPlaced = true
        }
        endRow()
        line += 1
        let index = min(line, frame.continuations.count) - 1
        if roomy && index >= 0 { put(frame.continuations[index], theme.prompt) }
        offset += length
        continue
      }
      while nextSpan < frame.spans.count && frame.spans[nextSpan].range.upperBound <= offset {
        nextSpan += 1
        if nextSpan < frame.spans.count {
          spanStyle = theme.rendition(of: frame.spans[nextSpan].style)
        }
      }
      var style = ""
      if let mark = frame.mark, mark.contains(offset) {
        style = theme.selected
      } else if nextSpan < frame.spans.count, frame.spans[nextSpan].range.contains(offset) {
        style = spanStyle
      }
      let glyph = Glyph(character, column: row.width - textStart)
      if !cursorIsPlaced && frame.cursor < offset + length {
        placeCursor(before: glyph.wrapWidth)
        cursorIsPlaced = true
      }
      put(glyph, style)
      offset += length
    }
    if !cursorIsPlaced { placeCursor(before: 1) }
  }

  private mutating func placeCursor(before cells: Int) {
    if row.width + cells > width { endRow() }
    cursorRow = rows.count
    cursorColumn = row.width
  }

  private mutating func layOutHint(_ hint: String) {
    // The hint may go on for two more rows; what it does not show is still there to be accepted.
    let lastRow = rows.count + 2
    for character in hint {
      let glyph = Glyph(character == "\n" ? "↵" : character, column: 0)
      if rows.count == lastRow && row.width + glyph.wrapWidth + 1 > width {
        put("…", theme.faint)
        return
      }
      put(glyph, theme.faint)
    }
  }

  // MARK: Menu

  private mutating func layOutMenu(_ frame: EditorFrame) {
    if !frame.status.isEmpty {
      let status = DisplayWidth.truncate(Glyph.printable(frame.status), to: width)
      menu.append(remark(status, theme.faint))
    }
    // A narrow window has room for the candidates alone.
    let showsDetails = width >= 24
    let labels = frame.menu.map { Glyph.printable($0.label) }
    let described = zip(frame.menu, labels).filter { showsDetails && !$0.0.detail.isEmpty }
    let labelWidth = min(described.map { DisplayWidth.of($0.1) }.max() ?? 0, width / 2)
    for (entry, whole) in zip(frame.menu, labels) {
      var label = DisplayWidth.truncate(whole, to: width - 2)
      let detail = showsDetails ? Glyph.printable(entry.detail) : ""
      if !detail.isEmpty {
        label = DisplayWidth.truncate(label, to: labelWidth)
        label += String(repeating: " ", count: labelWidth - DisplayWidth.of(label) + 2)
      }
      var entryRow = remark("  " + label, entry.isSelected ? theme.selected : "")
      if !detail.isEmpty {
        let tail = remark(
          DisplayWidth.truncate(detail, to: width - entryRow.width),
          entry.isSelected ? theme.selected : theme.faint)
        entryRow.bytes += tail.bytes
        entryRow.width += tail.width
      }
      menu.append(entryRow)
    }
  }

  private func remark(_ text: String, _ style: String) -> Row {
    var result = Row()
    if !style.isEmpty { result.bytes += Array("\u{1b}[\(style)m".utf8) }
    result.bytes += Array(text.utf8)
    if !style.isEmpty { result.bytes += Array("\u{1b}[m".utf8) }
    result.width = DisplayWidth.of(text)
    return result
  }

  // MARK: Rows

  private mutating func put(_ text: String, _ style: String) {
    for character in text { put(Glyph(character, column: 0), style) }
  }

  private mutating func put(_ glyph: Glyph, _ style: String) {
    if row.width + glyph.wrapWidth > width && row.width > 0 { endRow() }
    if style != rendition {
      if !rendition.isEmpty { row.bytes += resetBytes }
      if !style.isEmpty { row.bytes += Array("\u{1b}[\(style)m".utf8) }
      rendition = style
    }
    if glyph.isDoubtful && row.width + glyph.width < width {
      // Terminals disagree about this cluster: blank the cells that it should take, so that none
      // keeps what stood there before, and say where the next one is.
      row.bytes += Array(repeating: 0x20, count: glyph.width)
      row.bytes += Array("\u{1b}[\(row.width + 1)G".utf8)
      glyph.append(to: &row.bytes)
      row.bytes += Array("\u{1b}[\(row.width + glyph.width + 1)G".utf8)
    } else {
      glyph.append(to: &row.bytes)
    }
    row.width += glyph.width
  }

  private mutating func endRow() {
    if !rendition.isEmpty { row.bytes += resetBytes }
    rendition = ""
    rows.append(row)
    row = Row()
  }
}

private let resetBytes: [UInt8] = Array("\u{1b}[m".utf8)
