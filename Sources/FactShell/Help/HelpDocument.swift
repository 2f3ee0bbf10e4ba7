/// A page of the manual as blocks: what `.help` needs of Markdown, and no more.
struct HelpDocument: Equatable {
  enum Block: Equatable {
    case heading(level: Int, String)
    case paragraph(String)
    case item(marker: String, String)
    case code([String])
    case table([[String]])
  }

  var blocks: [Block] = []

  init(blocks: [Block]) {
    self.blocks = blocks
  }

  /// Reads Markdown as the manual uses it: headings, paragraphs, lists of one level, fenced code,
  /// tables. Documentation directives (`@Metadata { … }`) are left out.
  init(markdown: String) {
    var paragraph = ""
    var inCode = false
    var directiveDepth = 0
    var code: [String] = []

    for raw in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if inCode {
        if raw.hasPrefix("```") {
          blocks.append(.code(code))
          code = []
          inCode = false
        } else {
          code.append(String(raw))
        }
        continue
      }
      let line = trimmed(raw)
      if directiveDepth > 0 || (line.hasPrefix("@") && line.hasSuffix("{")) {
        directiveDepth += line.count { $0 == "{" } - line.count { $0 == "}" }
        continue
      }
      if line.hasPrefix("```") {
        flush(&paragraph)
        inCode = true
      } else if line.isEmpty {
        flush(&paragraph)
      } else if line.hasPrefix("#") {
        flush(&paragraph)
        let level = line.prefix { $0 == "#" }.count
        blocks.append(.heading(level: level, String(trimmed(line.dropFirst(level)))))
      } else if line.hasPrefix("|") {
        flush(&paragraph)
        addTableRow(line)
      } else if let (marker, text) = Self.listItem(line) {
        flush(&paragraph)
        blocks.append(.item(marker: marker, text))
      } else if case .item(let marker, let text)? = blocks.last, raw.hasPrefix(" "),
        paragraph.isEmpty
      {
        blocks[blocks.count - 1] = .item(marker: marker, text + " " + line)
      } else {
        if !paragraph.isEmpty { paragraph += " " }
        paragraph += line
      }
    }
    flush(&paragraph)
    if inCode { blocks.append(.code(code)) }
  }

  private mutating func flush(_ paragraph: inout String) {
    if !paragraph.isEmpty { blocks.append(.paragraph(paragraph)) }
    paragraph = ""
  }

  private mutating func addTableRow(_ line: Substring) {
    let cells = Self.cells(line)
    // The line of dashes below the header carries no text.
    if cells.allSatisfy({ $0.allSatisfy { $0 == "-" || $0 == ":" } }) { return }
    if case .table(var rows)? = blocks.last {
      rows.append(cells)
      blocks[blocks.count - 1] = .table(rows)
    } else {
      blocks.append(.table([cells]))
    }
  }

  /// The cells of a table row; `\|` is a bar within a cell.
  private static func cells(_ line: Substring) -> [String] {
    var cells: [String] = []
    var cell = ""
    var escaped = false
    for character in line.dropFirst() {
      if escaped {
        if character != "|" { cell.append("\\") }
        cell.append(character)
        escaped = false
      } else if character == "\\" {
        escaped = true
      } else if character == "|" {
        cells.append(String(trimmed(cell[...])))
        cell = ""
      } else {
        cell.append(character)
      }
    }
    return cells
  }

  /// A bullet or a number with its text, or nil where the line begins no item.
  private static func listItem(_ line: Substring) -> (marker: String, text: String)? {
    if line.hasPrefix("- ") { return ("-", String(line.dropFirst(2))) }
    let digits = line.prefix { $0.isASCII && $0.isNumber }
    if !digits.isEmpty, line.dropFirst(digits.count).hasPrefix(". ") {
      return (digits + ".", String(line.dropFirst(digits.count + 2)))
    }
    return nil
  }
}

/// The text without spaces at its ends.
func trimmed(_ text: Substring) -> Substring {
  var text = text.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
  while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
  return text
}
