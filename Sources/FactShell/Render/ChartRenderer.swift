import FactEngine
import FactLanguage
import FactModel
import Glibc

/// Draws a column as horizontal bars, the other columns beside it as labels.
///
/// What a value is for sure is drawn full, what it may be beyond that light; the two differ in the
/// characters, so that a bar reads the same without colour.
struct ChartRenderer {
  private let answer: Answer
  private let column: Int
  private let options: RenderOptions
  private var cells: CellWriter
  /// Whether something was drawn light.
  private var hasLight = false

  init(_ answer: Answer, column: Int, options: RenderOptions) {
    self.answer = answer
    self.column = column
    self.options = options
    cells = CellWriter(
      values: answer.values, form: .display, digits: options.digits, cellCount: answer.rowCount)
  }

  mutating func render(to sink: TextSink) throws {
    let style = TerminalStyle(usesColour: options.usesColour)
    let width = options.width ?? 80
    let shown = min(options.maximumRows ?? answer.rowCount, answer.rowCount)
    let others = answer.columns.indices.filter { $0 != column }
    var columns = others.map { index in texts(of: index, count: shown) }
    // Labels take at most half of the width, the widest column giving way first.
    var widths = columns.map { $0.reduce(0) { max($0, DisplayWidth.of($1)) } }
    let figures = texts(of: column, count: shown)
    let figureWidth = figures.reduce(0) { max($0, DisplayWidth.of($1)) }
    while widths.reduce(0, { $0 + $1 + 2 }) > width / 2, let widest = widths.max(), widest > 6,
      let place = widths.firstIndex(of: widest)
    {
      widths[place] -= 1
    }
    let isNumeric = others.map { self.isNumeric($0) }
    for place in columns.indices {
      columns[place] = columns[place].map { text in
        let text = DisplayWidth.truncate(text, to: widths[place])
        let fill = String(repeating: " ", count: widths[place] - DisplayWidth.of(text))
        return isNumeric[place] ? fill + text : text + fill
      }
    }
    let taken = widths.reduce(0) { $0 + $1 + 2 } + figureWidth + 2
    var sure = width - taken
    let notes = (0..<shown).map { note($0) }
    if notes.contains(where: { !$0.isEmpty }) {
      sure -= 2 + notes.reduce(0) { max($0, DisplayWidth.of($1)) }
    }
    let bars = self.bars(count: shown, width: max(sure, 10))
    for row in 0..<shown {
      var line = ""
      for place in columns.indices { line += columns[place][row] + "  " }
      line += String(repeating: " ", count: figureWidth - DisplayWidth.of(figures[row]))
      line += figures[row] + "  " + bars[row]
      if !notes[row].isEmpty { line += "  " + style.faint(notes[row]) }
      while line.last == " " { line.removeLast() }
      try sink.write(line + "\n")
    }
    if shown < answer.rowCount {
      try sink.write(style.faint("… \(Readable.count(answer.rowCount - shown)) more") + "\n")
    }
    if shown > 0, (0..<shown).allSatisfy({ extent($0) == nil }) {
      let name = SafeText.escaped(answer.columns[column].name)
      try sink.write(
        style.faint("no value of \(name) is a number, so that there are no bars") + "\n")
    }
    if hasLight { try sink.write(style.faint("█ for sure   ░ perhaps") + "\n") }
  }

  private mutating func texts(of index: Int, count: Int) -> [String] {
    let isPercent = answer.columns[index].isPercent || answer.columns[index].type == .percent
    return (0..<count).map { row in
      var bytes: [UInt8] = []
      cells.append(answer.word(row: row, column: index), percent: isPercent, to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private func isNumeric(_ index: Int) -> Bool {
    answer.words[index].allSatisfy { answer.values.isNumeric(Word(bits: $0)) }
  }

  private func note(_ row: Int) -> String {
    var parts: [String] = []
    let certainty = answer.certainty(row: row)
    if certainty != .certain, options.certaintyColumn != .never { parts.append(certainty.name) }
    if answer.isDisputed(row: row) { parts.append("disputed") }
    return parts.joined(separator: ", ")
  }

  // MARK: Bars

  /// A value as far as it can be drawn: nil bounds are open.
  private struct Extent {
    var lower: Double?
    var upper: Double?
  }

  private func extent(_ row: Int) -> Extent? {
    let word = answer.word(row: row, column: column)
    guard answer.values.isNumeric(word), let interval = answer.values.numbers(of: word) else {
      return nil
    }
    return Extent(lower: interval.lower?.double, upper: interval.upper?.double)
  }

  private mutating func bars(count: Int, width: Int) -> [String] {
    let extents = (0..<count).map { extent($0) }
    let bounds = extents.compactMap { $0 }.flatMap { [$0.lower, $0.upper].compactMap { $0 } }
    let least = min(bounds.min() ?? 0, 0)
    let most = max(bounds.max() ?? 0, 0)
    let isOpenBelow = extents.contains { $0 != nil && $0?.lower == nil }
    let isOpenAbove = extents.contains { $0 != nil && $0?.upper == nil }
    // Open sides run on to the edge, beyond all that has a bound.
    let margin = (isOpenBelow ? 2 : 0) + (isOpenAbove ? 2 : 0)
    let cells = max(width - margin, 4)
    // In halves, since the whole span of the largest numbers is no number any more.
    let span = most / 2 - least / 2
    func share(_ value: Double) -> Int {
      span > 0 ? Int((value / 2 / span * Double(cells)).rounded()) : 0
    }
    let zero = (isOpenBelow ? 2 : 0) + share(-least)
    func place(_ value: Double) -> Int { zero + share(value) }
    let end = cells + margin
    let hasAxis = least < 0 || isOpenBelow
    return (0..<count).map { row in
      guard let extent = extents[row] else { return "" }
      let isSure = answer.certainty(row: row) == .certain
      var line = [Character](repeating: " ", count: end + 1)
      let lower = extent.lower.map { place($0) } ?? 0
      let upper = extent.upper.map { place($0) } ?? end
      func fill(_ from: Int, _ to: Int, _ character: Character) {
        for cell in max(min(from, to), 0)..<min(max(from, to), end) { line[cell] = character }
        if from == to, to < end { line[to] = character }
      }
      // From zero to the nearer bound for sure; from there to the further one perhaps.
      if extent.lower == nil || extent.lower != extent.upper {
        fill(lower, upper, "░")
        hasLight = true
      }
      let near = (extent.lower ?? -1) > 0 ? lower : (extent.upper ?? 1) < 0 ? upper : nil
      if let near {
        fill(zero, near, isSure ? "█" : "░")
        if !isSure { hasLight = true }
      }
      if extent.upper == nil, end > 0 { line[end - 1] = "▶" }
      if extent.lower == nil { line[0] = "◀" }
      if hasAxis, zero < line.count, line[zero] == " " { line[zero] = "│" }
      var text = String(line)
      while text.last == " " { text.removeLast() }
      return text
    }
  }
}
