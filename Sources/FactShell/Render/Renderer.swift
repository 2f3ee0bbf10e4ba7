import FactEngine
import FactModel

/// Prints answers: pure, from an answer and options to bytes.
public enum Renderer {
  /// Prints an answer in the mode and manner of the options.
  ///
  /// Nothing is flushed; complexity is linear in the rows printed.
  ///
  /// - Throws: `OutputError` where the sink could not be written.
  public static func render(
    _ answer: Answer, options: RenderOptions, to sink: TextSink
  ) throws {
    if options.isTerminal, options.mode.isMachineReadable {
      // Whatever stands in a fact, a screen sees no control character of it.
      let safe = TextSink.closure { chunk in
        let text = chunk.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        try sink.write(SafeText.escaped(text, keepingLines: true))
      }
      try renderPlain(answer, options: options, to: safe)
      try safe.flush()
      return
    }
    try renderPlain(answer, options: options, to: sink)
  }

  /// The text that `render` would print.
  public static func text(_ answer: Answer, options: RenderOptions) -> String {
    let sink = TextSink.memory()
    // A memory sink takes everything.
    try? render(answer, options: options, to: sink)
    return sink.text
  }

  private static func renderPlain(
    _ answer: Answer, options: RenderOptions, to sink: TextSink
  ) throws {
    if answer.isYesNo {
      try YesNoRenderer(answer, options: options).render(to: sink)
    } else if options.mode == .table, answer.rowCount > 0, let column = answer.chartColumn {
      var renderer = ChartRenderer(answer, column: column, options: options)
      try renderer.render(to: sink)
    } else if options.mode == .table {
      var renderer = TableRenderer(answer, options: options)
      try renderer.render(to: sink)
    } else {
      var renderer = RowRenderer(answer, options: options)
      try renderer.render(to: sink)
    }
  }
}

/// Prints the answer to a query without variables.
struct YesNoRenderer {
  private let answer: Answer
  private let options: RenderOptions

  init(_ answer: Answer, options: RenderOptions) {
    self.answer = answer
    self.options = options
  }

  func render(to sink: TextSink) throws {
    let truth = answer.truth
    let word = truth == nil ? "no" : "yes"
    let certainty = shownCertainty
    switch options.mode {
    case .table, .line: try renderForPeople(word, to: sink)
    case .csv: try sink.write(lines(word, separator: ","))
    case .tsv: try sink.write(lines(word, separator: "\t"))
    case .markdown:
      let cells = cells(word)
      let rule = cells.map { _ in "---" }
      for row in [cells.map(\.name), rule, cells.map(\.value)] {
        try sink.write("| " + row.joined(separator: " | ") + " |\n")
      }
    case .json, .jsonl:
      var object = "{\"answer\":\(truth != nil)"
      if let certainty { object += ",\"certainty\":\"\(certainty)\"" }
      if isDisputed { object += ",\"disputed\":true" }
      object += "}"
      try sink.write(options.mode == .json ? "[\(object)]\n" : "\(object)\n")
    case .facts:
      guard let truth else { return }
      try renderFact(truth, to: sink)
    }
  }

  private func renderForPeople(_ word: String, to sink: TextSink) throws {
    let style = TerminalStyle(usesColour: options.usesColour)
    var line = word
    var remarks: [String] = []
    if let truth = answer.truth, options.certaintyColumn != .never {
      if truth != .certain { remarks.append(truth.name) }
      if isDisputed { remarks.append("disputed") }
    }
    if !remarks.isEmpty { line += " (" + remarks.joined(separator: ", ") + ")" }
    if options.mode == .table, let duration = options.duration {
      line += style.faint(" · \(duration)")
    }
    try sink.write(line + "\n")
    guard answer.truth == nil else { return }
    for line in options.lines(of: answer.explanation) { try sink.write(line + "\n") }
  }

  private var shownCertainty: String? {
    guard let truth = answer.truth else { return nil }
    switch options.certaintyColumn {
    case .always: return truth.name
    case .auto: return truth == .certain ? nil : truth.name
    case .never: return nil
    }
  }

  private var isDisputed: Bool { answer.truth != nil && answer.isDisputed(row: 0) }

  /// The columns of the machine-readable modes, with what stands in them.
  private func cells(_ word: String) -> [(name: String, value: String)] {
    var cells = [(name: "answer", value: word)]
    if let shownCertainty { cells.append(("certainty", shownCertainty)) }
    if isDisputed, options.certaintyColumn != .never { cells.append(("disputed", "yes")) }
    return cells
  }

  private func lines(_ word: String, separator: String) -> String {
    let cells = cells(word)
    return cells.map(\.name).joined(separator: separator) + "\n"
      + cells.map(\.value).joined(separator: separator) + "\n"
  }

  private func renderFact(_ truth: Certainty, to sink: TextSink) throws {
    let form = FactForm(answer)
    var bytes: [UInt8] = []
    for case .text(let text) in form.pieces { bytes.append(contentsOf: text) }
    if truth != .certain, !form.hasCertainty {
      bytes.append(text: (form.hasQualifiers ? ", " : " ") + "@certainty: \(truth.name)")
    }
    bytes.append(text: isDisputed ? ".  # disputed\n" : ".\n")
    try sink.write(bytes)
  }
}

extension RenderOptions {
  /// Why there are no answers, in lines that fit the window.
  func lines(of explanation: [String]) -> [String] {
    explanation.flatMap { reason in
      LineWrapping.wrap(SafeText.escaped(reason), width: width, indent: 2, hanging: 4)
    }
  }
}
