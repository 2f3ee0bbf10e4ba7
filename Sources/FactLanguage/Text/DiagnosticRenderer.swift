/// Writes diagnostics as text: the place and the sentence, the line with the bad expression
/// underlined, then `note:` and `hint:`.
public struct DiagnosticRenderer: Sendable {
  /// Whether to use the colours of a terminal.
  public var isColored: Bool
  /// How many columns a line of the source may take; longer ones show the part that matters.
  public var width: Int

  /// Renders for lines of `width` columns, with colours or without.
  public init(isColored: Bool = false, width: Int = 100) {
    self.isColored = isColored
    self.width = max(width, 24)
  }

  /// Several diagnostics of one text, one after the other; ends with a line break.
  public func render(_ diagnostics: [Diagnostic], in source: SourceText) -> String {
    diagnostics.map { render($0, in: source) }.joined()
  }

  /// One diagnostic; ends with a line break.
  public func render(_ diagnostic: Diagnostic, in source: SourceText) -> String {
    let (line, column) = source.position(of: diagnostic.span.lower)
    let severity: String
    let tint: String
    switch diagnostic.severity {
    case .error: (severity, tint) = ("error", "31")
    case .warning: (severity, tint) = ("warning", "33")
    case .notice: (severity, tint) = ("notice", "36")
    }
    let hasPlace = !source.bytes.isEmpty
    let name = DisplayWidth.escaped(source.name)
    let place = hasPlace ? "\(name):\(line):\(column): " : "\(name): "
    var result = styled(place, "1") + styled(severity + ": ", "1;" + tint)
    result += styled(DisplayWidth.escaped(diagnostic.message), "1")
    result += diagnostic.code.isEmpty ? "\n" : styled(" [\(diagnostic.code)]", "2") + "\n"
    if hasPlace {
      let (text, mark) = excerpt(diagnostic.span, in: source)
      if !text.isEmpty { result += text + "\n" + styled(mark, "1;" + tint) + "\n" }
    }
    if let note = diagnostic.note {
      result += styled("note: ", "1") + DisplayWidth.escaped(note) + "\n"
    }
    if let hint = diagnostic.hint {
      result += styled("hint: ", "1;32") + DisplayWidth.escaped(hint) + "\n"
    }
    return result
  }

  private func styled(_ text: String, _ style: String) -> String {
    isColored ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
  }

  /// The first line of a span, as far as it fits, and the line that underlines it.
  private func excerpt(_ span: SourceSpan, in source: SourceText) -> (String, String) {
    let whole = source.line(at: span.lower)
    let upper = min(max(span.upper, span.lower + 1), whole.upper)
    // Only what could be shown is looked at, so that a line of megabytes costs nothing.
    let from = boundary(max(whole.lower, span.lower - 4 * width), source, whole)
    let to = boundary(min(whole.upper, max(span.lower, whole.lower) + 8 * width), source, whole)
    let cells = cells(source, from, to)
    let first = cells.firstIndex { $0.offset >= span.lower } ?? cells.count
    let last = max(cells.firstIndex { $0.offset >= upper } ?? cells.count, first)
    var (left, right) = (0, cells.count)
    let total = columns(cells[...])
    let isCut = from > whole.lower || to < whole.upper || total > width
    if isCut {
      left = first
      right = first
      var room = width - 2
      while right < cells.count, room >= cells[right].width, right < last {
        room -= cells[right].width
        right += 1
      }
      // What is left of the room shows the text on both sides, a little more of it before.
      var before = room / 2
      while left > 0, before >= cells[left - 1].width {
        left -= 1
        before -= cells[left].width
        room -= cells[left].width
      }
      while right < cells.count, room >= cells[right].width {
        room -= cells[right].width
        right += 1
      }
    }
    let hasMoreBefore = left > 0 || from > whole.lower
    let hasMoreAfter = right < cells.count || to < whole.upper
    var text = hasMoreBefore ? "…" : ""
    for cell in cells[left..<right] { text += cell.text }
    if hasMoreAfter { text += "…" }
    let start = columns(cells[left..<min(max(first, left), right)]) + (hasMoreBefore ? 1 : 0)
    let length = columns(cells[min(first, right)..<min(max(last, first), right)])
    let mark =
      String(repeating: " ", count: start) + "^"
      + String(repeating: "~", count: max(length - 1, 0))
    return (text, mark)
  }

  /// The offset at or before `offset` where a character starts.
  private func boundary(_ offset: Int, _ source: SourceText, _ line: SourceSpan) -> Int {
    var offset = offset
    while offset > line.lower, offset < source.bytes.count, source.bytes[offset] & 0xC0 == 0x80 {
      offset -= 1
    }
    return offset
  }

  /// One character as shown.
  private struct Cell {
    var offset: Int
    var text: String
    var width: Int
  }

  private func columns(_ cells: ArraySlice<Cell>) -> Int { cells.reduce(0) { $0 + $1.width } }

  private func cells(_ source: SourceText, _ from: Int, _ to: Int) -> [Cell] {
    var cells: [Cell] = []
    var offset = from
    var column = 0
    while offset < to {
      let (scalar, length) = CharacterClass.scalar(source.bytes, offset)
      var cell = Cell(offset: offset, text: "", width: 0)
      if scalar == "\t" {
        cell.width = 4 - column % 4
        cell.text = String(repeating: " ", count: cell.width)
      } else {
        cell.text = DisplayWidth.shown(scalar)
        cell.width = DisplayWidth.of(cell.text)
      }
      cells.append(cell)
      column += cell.width
      offset += length
    }
    return cells
  }
}
