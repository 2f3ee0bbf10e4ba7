import FactEngine
import FactLanguage
import FactModel

/// Draws dated facts one below the other: the date, where it lies, and the fact.
///
/// A day is a point; a wider or vague date a span from its first day to its last; an open side runs
/// to the edge. Pure, from entries to lines.
struct TimelineRenderer {
  let values: ValueStore
  let width: Int?
  let style: TerminalStyle

  func lines(_ entries: [TimelineEntry]) -> [String] {
    let dates = entries.map { entry in
      SafeText.escaped(
        (entry.isValidity ? "in " : "") + values.text(of: entry.date, style: .table))
    }
    let dateWidth = min(dates.reduce(0) { max($0, DisplayWidth.of($1)) }, (width ?? 120) / 4)
    let days = entries.flatMap { [$0.firstDay, $0.lastDay].compactMap { $0 } }
    let first = days.min() ?? 0
    let last = days.max() ?? first
    let axis = max((width ?? 100) / 4, 8)
    let margin = dateWidth + 2 + axis + 2
    var lines = [header(first, last, dateWidth: dateWidth, axis: axis)]
    for (date, entry) in zip(dates, entries) {
      let shown = DisplayWidth.truncate(date, to: dateWidth)
      let bar = self.bar(entry, first: first, last: last, axis: axis)
      var text = SafeText.escaped(entry.text)
      var notes = entry.certainty == .certain ? [] : [entry.certainty.name]
      if entry.isDisputed { notes.append("disputed") }
      if !notes.isEmpty { text += "   " + notes.joined(separator: ", ") }
      let wrapped = LineWrapping.wrap(text, width: width, indent: margin, hanging: margin + 2)
      let start =
        shown + String(repeating: " ", count: dateWidth - DisplayWidth.of(shown) + 2) + bar + "  "
      lines.append(start + wrapped[0].dropFirst(margin))
      lines += wrapped.dropFirst()
    }
    return lines
  }

  /// The ends of the axis.
  private func header(_ first: Int, _ last: Int, dateWidth: Int, axis: Int) -> String {
    let margin = String(repeating: " ", count: dateWidth + 2)
    var left = CalendarDate(dayNumber: first).map { "\($0)" } ?? ""
    let right = CalendarDate(dayNumber: last).map { "\($0)" } ?? ""
    if first == last || left.count + right.count + 1 > axis {
      if axis < 21 {
        left = String(left.prefix(4))
        let year = String(right.prefix(4))
        if left == year { return style.faint(margin + left) }
        let gap = String(repeating: " ", count: max(axis - 8, 1))
        return style.faint(margin + left + gap + year)
      }
      return style.faint(margin + left)
    }
    let gap = String(repeating: " ", count: axis - left.count - right.count)
    return style.faint(margin + left + gap + right)
  }

  private func bar(_ entry: TimelineEntry, first: Int, last: Int, axis: Int) -> String {
    func place(_ day: Int) -> Int {
      last == first ? 0 : (day - first) * (axis - 1) / (last - first)
    }
    let start = entry.firstDay.map { place($0) } ?? 0
    let end = entry.lastDay.map { place($0) } ?? axis - 1
    var cells = [Character](repeating: " ", count: axis)
    if start == end {
      cells[start] = entry.firstDay == entry.lastDay ? "●" : "○"
      if entry.firstDay == nil { cells[start] = "◀" }
      if entry.lastDay == nil { cells[start] = "▶" }
      return String(cells)
    }
    for cell in start...end { cells[cell] = "─" }
    cells[start] = entry.firstDay == nil ? "◀" : "├"
    cells[end] = entry.lastDay == nil ? "▶" : "┤"
    return String(cells)
  }
}
