import FactLanguage
import FactEngine
import FactModel

/// Prints an answer as a table that fits the window, or whole where there is none.
struct TableRenderer {
  private let answer: Answer
  private let options: RenderOptions
  private let columns: [AnswerColumns.Column]
  private var cells: CellWriter
  /// Whether rows are numbered: `.why N` and people pointing at rows need it.
  private let isNumbered: Bool
  private let head: Int
  private let tail: Int
  /// The names of the columns as they are printed.
  private let headers: [[UInt8]]
  /// The cells by column, then by row, where they are few.
  private var kept: KeptCells?

  init(_ answer: Answer, options: RenderOptions) {
    self.answer = answer
    self.options = options
    let columns = AnswerColumns(answer, certaintyColumn: options.certaintyColumn).columns
    self.columns = columns
    cells = CellWriter(
      values: answer.values, form: .display, digits: options.digits,
      cellCount: answer.rowCount * columns.count)
    isNumbered = options.isTerminal && options.isNumbered
    let rows = answer.rowCount
    if let maximum = options.maximumRows, rows > maximum {
      head = (maximum + 1) / 2
      tail = maximum / 2
    } else {
      head = rows
      tail = 0
    }
    headers = columns.map { Array(SafeText.escaped($0.name).utf8) }
    let cellCount = (head + tail) * columns.count
    if cellCount <= KeptCells.limit { kept = KeptCells(count: cellCount) }
  }

  private var isCut: Bool { head + tail < answer.rowCount }

  mutating func render(to sink: TextSink) throws {
    let style = TerminalStyle(usesColour: options.usesColour)
    if answer.rowCount == 0 {
      try sink.write("no answers\n")
      for line in options.lines(of: answer.explanation) { try sink.write(line + "\n") }
      return
    }
    let alignments = columns.map { $0.index.map(isNumeric) ?? false }
    let numberWidth = isNumbered ? String(answer.rowCount).utf8.count : 0
    let layout = layout(alignments, numberWidth: numberWidth)
    var line: [UInt8] = []
    line.reserveCapacity(min((head + 4) * (layout.widths.reduce(16, +) + 16), 1 << 16))
    appendHeader(layout, alignments, numberWidth, style, to: &line)
    for row in 0..<head {
      appendRow(row, layout, alignments, numberWidth, style, to: &line)
      if line.count > 1 << 15 {
        try sink.write(line)
        line.removeAll(keepingCapacity: true)
      }
    }
    if isCut {
      appendGap(layout, numberWidth, style, to: &line)
      for row in answer.rowCount - tail..<answer.rowCount {
        appendRow(row, layout, alignments, numberWidth, style, to: &line)
      }
    }
    if options.hasFooter {
      let folded = layout.foldedCount(of: columns.count)
      let footer = footer(isShortened: layout.isShortened || folded > 0, foldedColumns: folded)
      line.append(text: style.faint(footer))
      line.append(0x0A)
    }
    try sink.write(line)
  }

  /// Whether all that stands in a column is numbers, so that it is aligned to the right.
  private func isNumeric(_ column: Int) -> Bool {
    switch answer.columns[column].type {
    case .integer, .number, .percent: return true
    case .entity, .text, .date: return false
    case .any: break
    }
    var hasNumber = false
    for bits in answer.words[column] {
      let word = Word(bits: bits)
      switch word.kind {
      case .number, .integer: hasNumber = true
      case .wide:
        if answer.values.numbers(of: word) == nil { return false }
        hasNumber = true
      case .unknown: break
      default: return false
      }
    }
    return hasNumber
  }

  private mutating func layout(_ alignments: [Bool], numberWidth: Int) -> TableLayout {
    var wishes: [TableLayout.Wish] = []
    var scratch: [UInt8] = []
    for (position, column) in columns.enumerated() {
      var widest = 0
      for row in 0..<head { widest = max(widest, measure(row, column, &scratch)) }
      for row in answer.rowCount - tail..<answer.rowCount {
        widest = max(widest, measure(row, column, &scratch))
      }
      wishes.append(
        .init(
          header: TableRenderer.width(of: headers[position][...]), cells: widest,
          isNumeric: alignments[position]))
    }
    let prefix = isNumbered ? numberWidth + TableLayout.gap : 0
    return TableLayout(wishes, available: options.width.map { max($0 - prefix, 1) })
  }

  /// How wide a cell is, which is kept where cells are.
  private mutating func measure(
    _ row: Int, _ column: AnswerColumns.Column, _ scratch: inout [UInt8]
  ) -> Int {
    guard var kept else {
      scratch.removeAll(keepingCapacity: true)
      appendCell(row, column, to: &scratch)
      return TableRenderer.width(of: scratch[...])
    }
    // Not held twice, or writing would copy it.
    self.kept = nil
    defer { self.kept = kept }
    return kept.add({ appendCell(row, column, to: &$0) }, width: TableRenderer.width)
  }

  private mutating func appendCell(
    _ row: Int, _ column: AnswerColumns.Column, to bytes: inout [UInt8]
  ) {
    if let index = column.index {
      cells.append(answer.word(row: row, column: index), percent: column.isPercent, to: &bytes)
    } else {
      bytes.append(text: answer.remark(column.content, row: row))
    }
  }

  /// Printable ASCII is one cell a byte; anything else is measured.
  private static func width(of bytes: ArraySlice<UInt8>) -> Int {
    for byte in bytes where byte > 0x7E || byte < 0x20 {
      return DisplayWidth.of(String(decoding: bytes, as: UTF8.self))
    }
    return bytes.count
  }

  private func appendHeader(
    _ layout: TableLayout, _ alignments: [Bool], _ numberWidth: Int, _ style: TerminalStyle,
    to line: inout [UInt8]
  ) {
    let indent = isNumbered ? numberWidth + TableLayout.gap : 0
    line.append(text: style.boldStart)
    line.append(spaces: indent)
    for (place, shown) in layout.shown.enumerated() {
      if place > 0 { line.append(spaces: TableLayout.gap) }
      let name = shown.map { headers[$0] } ?? Array("…".utf8)
      TableRenderer.append(
        name[...], taken: TableRenderer.width(of: name[...]), width: layout.widths[place],
        toRight: shown.map { alignments[$0] } ?? false, isLast: place == layout.shown.count - 1,
        to: &line)
    }
    line.append(text: style.end)
    line.append(0x0A)
    line.append(text: style.faintStart)
    line.append(spaces: indent)
    for (place, width) in layout.widths.enumerated() {
      if place > 0 { line.append(spaces: TableLayout.gap) }
      line.append(rule: width)
    }
    line.append(text: style.end)
    line.append(0x0A)
  }

  private mutating func appendRow(
    _ row: Int, _ layout: TableLayout, _ alignments: [Bool], _ numberWidth: Int,
    _ style: TerminalStyle, to line: inout [UInt8]
  ) {
    if isNumbered {
      let number = String(row + 1)
      line.append(spaces: numberWidth - number.utf8.count)
      line.append(text: style.faint(number))
      line.append(spaces: TableLayout.gap)
    }
    var scratch: [UInt8] = []
    let last = layout.shown.count - 1
    let position = row < head ? row : row - (answer.rowCount - tail) + head
    for place in layout.shown.indices {
      if place > 0 { line.append(spaces: TableLayout.gap) }
      guard let shown = layout.shown[place] else {
        line.append(text: "…")
        continue
      }
      let width = layout.widths[place]
      if let kept {
        let cell = kept.cell(shown * (head + tail) + position)
        TableRenderer.append(
          cell.text, taken: cell.width, width: width, toRight: alignments[shown],
          isLast: place == last, to: &line)
      } else {
        scratch.removeAll(keepingCapacity: true)
        appendCell(row, columns[shown], to: &scratch)
        TableRenderer.append(
          scratch[...], taken: TableRenderer.width(of: scratch[...]), width: width,
          toRight: alignments[shown], isLast: place == last, to: &line)
      }
    }
    line.append(0x0A)
  }

  private func appendGap(
    _ layout: TableLayout, _ numberWidth: Int, _ style: TerminalStyle, to line: inout [UInt8]
  ) {
    var gap: [UInt8] = []
    if isNumbered {
      gap.append(spaces: numberWidth - 1)
      gap.append(text: "·")
      gap.append(spaces: TableLayout.gap)
    }
    for (place, width) in layout.widths.enumerated() {
      if place > 0 { gap.append(spaces: TableLayout.gap) }
      gap.append(text: "·")
      if place < layout.widths.count - 1 { gap.append(spaces: width - 1) }
    }
    line.append(text: style.faint(String(decoding: gap, as: UTF8.self)))
    line.append(0x0A)
  }

  /// Puts a cell into its width: shortened with `…`, or filled up with spaces, except after the
  /// last column.
  private static func append(
    _ cell: ArraySlice<UInt8>, taken: Int, width: Int, toRight: Bool, isLast: Bool,
    to line: inout [UInt8]
  ) {
    if taken > width {
      let shortened = DisplayWidth.truncate(String(decoding: cell, as: UTF8.self), to: width)
      line.append(text: shortened)
      if !isLast { line.append(spaces: width - DisplayWidth.of(shortened)) }
      return
    }
    if toRight { line.append(spaces: width - taken) }
    line.append(contentsOf: cell)
    if !toRight, !isLast { line.append(spaces: width - taken) }
  }

  /// What stands under the table: how many answers there are, what is not shown of them, and how
  /// to see it. Parts that would not fit the window are left out from the right.
  private func footer(isShortened: Bool, foldedColumns: Int) -> String {
    var first = Readable.count(answer.rowCount, "answer")
    if isCut { first += " (\(Readable.count(head + tail)) shown)" }
    if foldedColumns > 0 {
      first += ", \(columns.count) columns (\(columns.count - foldedColumns) shown)"
    }
    var counts = [0, 0, 0]
    for level in answer.levels ?? [] { counts[min(Int(level), 2)] += 1 }
    if counts[1] + counts[2] > 0, counts[0] > 0 {
      first += ", \(Readable.count(counts[0])) certain"
    }
    if counts[1] > 0 { first += ", \(Readable.count(counts[1])) probable" }
    if counts[2] > 0 { first += ", \(Readable.count(counts[2])) possible" }
    let disputed = answer.disputed?.count { $0 } ?? 0
    if disputed > 0 { first += ", \(Readable.count(disputed)) disputed" }
    var parts = [first]
    if isCut || isShortened { parts.append(".last shows all") }
    if let duration = options.duration { parts.append(duration) }
    while parts.count > 1, let width = options.width,
      DisplayWidth.of(parts.joined(separator: " · ")) > width
    {
      parts.removeLast()
    }
    let text = parts.joined(separator: " · ")
    return options.width.map { DisplayWidth.truncate(text, to: $0) } ?? text
  }
}

/// Weight and colour, where the terminal and its user want them.
struct TerminalStyle: Sendable {
  var usesColour: Bool

  /// What makes the text after it faint or bold, and what ends that.
  var faintStart: String { usesColour ? "\u{1B}[2m" : "" }
  var boldStart: String { usesColour ? "\u{1B}[1m" : "" }
  var end: String { usesColour ? "\u{1B}[0m" : "" }

  func faint(_ text: String) -> String { usesColour ? faintStart + text + end : text }
  func bold(_ text: String) -> String { usesColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
  func error(_ text: String) -> String { usesColour ? "\u{1B}[1;31m\(text)\u{1B}[0m" : text }
}
