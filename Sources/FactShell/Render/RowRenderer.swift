import FactLanguage
import FactEngine
import FactFormats
import FactModel

/// Prints an answer row by row, in every mode but the table.
struct RowRenderer {
  private let answer: Answer
  private let options: RenderOptions
  private let columns: [AnswerColumns.Column]
  private let hasCertainty: Bool
  private var cells: CellWriter

  init(_ answer: Answer, options: RenderOptions) {
    self.answer = answer
    self.options = options
    let all = AnswerColumns(answer, certaintyColumn: options.certaintyColumn)
    hasCertainty = all.hasCertainty
    columns = all.columns
    let form: CellForm
    switch options.mode {
    case .table, .line: form = .display
    case .csv: form = .csv
    case .tsv: form = .tsv
    case .json, .jsonl: form = .json
    case .markdown: form = .markdown
    case .facts: form = .facts
    }
    let digits = form == .display ? options.digits : nil
    // Fields of files are kept as they are written by who puts them side by side.
    let isDelimited = form == .csv || form == .tsv
    cells = CellWriter(
      values: answer.values, form: form, digits: digits, lists: answer.lists,
      cellCount: isDelimited ? 0 : answer.rowCount * columns.count)
  }

  mutating func render(to sink: TextSink) throws {
    switch options.mode {
    case .table: break
    case .line: try renderLines(to: sink)
    case .csv: try renderDelimited(separator: UInt8(ascii: ","), to: sink)
    case .tsv: try renderDelimited(separator: 0x09, to: sink)
    case .json: try renderJSON(asLines: false, to: sink)
    case .jsonl: try renderJSON(asLines: true, to: sink)
    case .markdown: try renderMarkdown(to: sink)
    case .facts: try renderFacts(to: sink)
    }
  }

  /// Hands full buffers on between rows, so that a chunk always ends with a row.
  private func handOn(_ bytes: inout [UInt8], to sink: TextSink, atLeast limit: Int) throws {
    if bytes.count < limit { return }
    try sink.write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  private static let chunk = 1 << 15

  private mutating func appendCell(
    _ row: Int, _ column: AnswerColumns.Column, to bytes: inout [UInt8]
  ) {
    if let index = column.index {
      cells.append(answer.word(row: row, column: index), percent: column.isPercent, to: &bytes)
    } else {
      bytes.append(text: answer.remark(column.content, row: row))
    }
  }

  private mutating func renderLines(to sink: TextSink) throws {
    if answer.rowCount == 0 {
      try sink.write("no answers\n")
      for line in options.lines(of: answer.explanation) { try sink.write(line + "\n") }
      return
    }
    let names = columns.map { SafeText.escaped($0.name) }
    let width = names.map { DisplayWidth.of($0) }.max() ?? 0
    let labels = names.map { name -> [UInt8] in
      var label: [UInt8] = []
      label.append(spaces: width - DisplayWidth.of(name))
      label.append(text: name + " = ")
      return label
    }
    var bytes: [UInt8] = []
    for row in 0..<answer.rowCount {
      if row > 0 { bytes.append(0x0A) }
      for (place, column) in columns.enumerated() {
        bytes.append(contentsOf: labels[place])
        appendCell(row, column, to: &bytes)
        bytes.append(0x0A)
      }
      try handOn(&bytes, to: sink, atLeast: RowRenderer.chunk)
    }
    try sink.write(bytes)
  }

  private mutating func renderDelimited(separator: UInt8, to sink: TextSink) throws {
    var bytes: [UInt8] = []
    let columns = columns
    if options.hasHeader {
      for (place, column) in columns.enumerated() {
        if place > 0 { bytes.append(separator) }
        appendName(column.name, to: &bytes)
      }
      bytes.append(0x0A)
    }
    try sink.write(bytes)
    var rows = DelimitedRows(answer, columns: columns, cells: cells, separator: separator)
    try rows.write(to: sink)
  }

  private func appendName(_ name: String, to bytes: inout [UInt8]) {
    switch options.mode {
    case .csv: DelimitedWriter.appendCSV(field: name, to: &bytes)
    case .tsv: DelimitedWriter.appendTSV(field: name, to: &bytes)
    default: Array(name.utf8).withUnsafeBytes { bytes.append(markdown: $0) }
    }
  }

  private mutating func renderMarkdown(to sink: TextSink) throws {
    var bytes: [UInt8] = []
    for column in columns {
      bytes.append(text: "| ")
      appendName(column.name, to: &bytes)
      bytes.append(0x20)
    }
    bytes.append(text: "|\n")
    for column in columns { bytes.append(text: isRightAligned(column) ? "| ---: " : "| --- ") }
    bytes.append(text: "|\n")
    for row in 0..<answer.rowCount {
      for column in columns {
        bytes.append(text: "| ")
        appendCell(row, column, to: &bytes)
        bytes.append(0x20)
      }
      bytes.append(text: "|\n")
      try handOn(&bytes, to: sink, atLeast: RowRenderer.chunk)
    }
    try sink.write(bytes)
  }

  private func isRightAligned(_ column: AnswerColumns.Column) -> Bool {
    guard let index = column.index else { return false }
    switch answer.columns[index].type {
    case .integer, .number, .percent: return true
    case .entity, .text, .date: return false
    case .any:
      return answer.rowCount > 0
        && answer.words[index].allSatisfy { answer.values.isNumeric(Word(bits: $0)) }
    }
  }

  private mutating func renderJSON(asLines: Bool, to sink: TextSink) throws {
    var keys: [[UInt8]] = []
    for column in columns where column.index != nil {
      var key: [UInt8] = []
      JSONWriter.append(string: column.name, to: &key)
      key.append(UInt8(ascii: ":"))
      keys.append(key)
    }
    let columns = columns.filter { $0.index != nil }
    let showsCertain = options.certaintyColumn == .always
    var bytes: [UInt8] = []
    if !asLines { bytes.append(UInt8(ascii: "[")) }
    for row in 0..<answer.rowCount {
      if row > 0, !asLines { bytes.append(text: ",\n") }
      bytes.append(UInt8(ascii: "{"))
      for place in columns.indices {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(contentsOf: keys[place])
        appendCell(row, columns[place], to: &bytes)
      }
      if hasCertainty {
        let certainty = answer.certainty(row: row)
        if showsCertain || certainty != .certain {
          if !columns.isEmpty { bytes.append(UInt8(ascii: ",")) }
          bytes.append(text: "\"certainty\":\"\(certainty.name)\"")
        }
      }
      if answer.isDisputed(row: row) {
        let isFirst = bytes.last == UInt8(ascii: "{")
        bytes.append(text: isFirst ? "\"disputed\":true" : ",\"disputed\":true")
      }
      bytes.append(UInt8(ascii: "}"))
      if asLines { bytes.append(0x0A) }
      try handOn(&bytes, to: sink, atLeast: RowRenderer.chunk)
    }
    if !asLines { bytes.append(text: "]\n") }
    try sink.write(bytes)
  }

  private mutating func renderFacts(to sink: TextSink) throws {
    let form = FactForm(answer)
    var bytes: [UInt8] = []
    for row in 0..<answer.rowCount {
      for piece in form.pieces {
        switch piece {
        case .text(let text): bytes.append(contentsOf: text)
        case .column(let index, let isPercent):
          cells.append(answer.word(row: row, column: index), percent: isPercent, to: &bytes)
        }
      }
      let certainty = answer.certainty(row: row)
      if certainty != .certain, !form.hasCertainty {
        bytes.append(text: form.hasQualifiers ? ", " : " ")
        bytes.append(text: "@certainty: \(certainty.name)")
      }
      bytes.append(text: answer.isDisputed(row: row) ? ".  # disputed\n" : ".\n")
      try handOn(&bytes, to: sink, atLeast: RowRenderer.chunk)
    }
    try sink.write(bytes)
  }
}
