/// Lays the blocks of a help page out for a terminal or a pipe.
struct HelpRenderer {
  /// How many columns a line may take; below 20 it is taken as 20.
  let width: Int

  init(width: Int) {
    self.width = max(width, 20)
  }

  /// The lines of the document, none of them wider than `width` except where a word, or a line of
  /// code, is.
  func lines(_ document: HelpDocument) -> [String] {
    var lines: [String] = []
    var previousWasItem = false
    for block in document.blocks {
      var isItem = false
      if case .item = block { isItem = true }
      if !lines.isEmpty && !(isItem && previousWasItem) { lines.append("") }
      previousWasItem = isItem
      append(block, to: &lines)
    }
    return lines
  }

  private func append(_ block: HelpDocument.Block, to lines: inout [String]) {
    switch block {
    case .heading(let level, let text):
      let title = Self.plain(text)
      lines.append(title)
      if level <= 2 {
        let mark: Character = level == 1 ? "=" : "-"
        lines.append(String(repeating: mark, count: min(title.count, width)))
      }
    case .paragraph(let text):
      lines += Self.wrap(Self.plain(text), width: width)
    case .item(let marker, let text):
      let indent = marker.count + 3
      let wrapped = Self.wrap(Self.plain(text), width: width - indent)
      for (number, line) in wrapped.enumerated() {
        let lead = number == 0 ? "  \(marker) " : String(repeating: " ", count: indent)
        lines.append(lead + line)
      }
    case .code(let code):
      lines += code.map { $0.isEmpty ? "" : "    " + $0 }
    case .table(let rows):
      lines += table(rows)
    }
  }

  /// A table in columns where all but the last fit; the last column is wrapped. Where the window is
  /// too narrow for that, each row becomes a paragraph of its own.
  private func table(_ rows: [[String]]) -> [String] {
    let rows = rows.map { $0.map(Self.plain) }
    let columns = rows.map(\.count).max() ?? 0
    guard columns > 0 else { return [] }
    var widths: [Int] = []
    for column in 0..<(columns - 1) {
      widths.append(rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0)
    }
    let lead = widths.reduce(0) { $0 + $1 + 2 }
    let longest = rows.map { $0.count == columns ? $0[columns - 1].count : 0 }.max() ?? 0
    let remaining = width - 2 - lead
    if remaining < min(24, longest) { return stacked(rows) }

    var lines: [String] = []
    for (number, row) in rows.enumerated() {
      var first = "  "
      for column in 0..<(columns - 1) {
        let cell = column < row.count ? row[column] : ""
        first += cell + String(repeating: " ", count: widths[column] - cell.count + 2)
      }
      let last = row.count == columns ? row[columns - 1] : ""
      for (index, line) in Self.wrap(last, width: remaining).enumerated() {
        lines.append(
          index == 0 ? first + line : String(repeating: " ", count: lead + 2) + line)
      }
      if last.isEmpty { lines.append(String(first.dropLast(2))) }
      if number == 0 && rows.count > 1 {
        let rule = widths + [min(longest, remaining)]
        lines.append(
          "  " + rule.map { String(repeating: "-", count: $0) }.joined(separator: "  "))
      }
    }
    return lines
  }

  private func stacked(_ rows: [[String]]) -> [String] {
    var lines: [String] = []
    for row in rows.dropFirst() {
      guard let first = row.first else { continue }
      lines += Self.wrap(first, width: width - 2).map { "  " + $0 }
      for cell in row.dropFirst() {
        lines += Self.wrap(cell, width: width - 4).map { "    " + $0 }
      }
    }
    return lines
  }

  /// Breaks the text at spaces so that no line is wider than `width`; a longer word stands alone.
  /// What stands in back quotes is broken like the rest.
  static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var length = 0
    for word in text.split(separator: " ") {
      let count = word.count
      if length > 0 && length + 1 + count > width {
        lines.append(line)
        line = ""
        length = 0
      }
      if length > 0 {
        line += " "
        length += 1
      }
      line += word
      length += count
    }
    if length > 0 { lines.append(line) }
    return lines
  }

  /// The text without marks of emphasis, and links as the name of what they lead to. Code keeps its
  /// back quotes, since a full stop in them would otherwise be lost in the sentence.
  static func plain(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    var inCode = false
    while let character = rest.first {
      if character == "`" {
        inCode.toggle()
        result.append(character)
        rest.removeFirst()
      } else if inCode {
        result.append(character)
        rest.removeFirst()
      } else if rest.hasPrefix("**") {
        rest.removeFirst(2)
      } else if rest.hasPrefix("<doc:"), let end = rest.firstIndex(of: ">") {
        let name = rest[rest.startIndex..<end].dropFirst(5)
        result += "`.help \(name.lowercased())`"
        rest = rest[rest.index(after: end)...]
      } else {
        if character != "*" { result.append(character) }
        rest.removeFirst()
      }
    }
    return result
  }
}
