import FactEngine
import FactLanguage
import FactModel

/// `.check` and `.conflicts`: what does not go together.
enum CheckCommands {
  /// Lists the violations of the constraints; one makes the exit status of a script 1.
  static func check(_ session: Session, _ call: CommandCall) throws {
    let engine = session.engine
    let (violated, count) = try engine.violations()
    session.showEngineDiagnostics()
    var listing = Listing([("constraint", .text), ("violation", .text), ("certainty", .text)])
    var lines: [String] = []
    let width = session.renderOptions().width
    for violation in violated {
      let answer = violation.answer.keeping(atLeast: session.settings.leastCertainty)
      var rows: [(text: String, certainty: Certainty)] = []
      if answer.isYesNo {
        if let truth = answer.truth { rows = [("yes", truth)] }
      } else {
        rows = (0..<answer.rowCount).map { row in
          let bindings = answer.columns.indices.map { column in
            let word = answer.word(row: row, column: column)
            return "\(answer.columns[column].name) = \(answer.values.text(of: word))"
          }
          return (bindings.joined(separator: ", "), answer.certainty(row: row))
        }
      }
      if rows.isEmpty { continue }
      lines += LineWrapping.wrap(
        SafeText.escaped(violation.text), width: width, indent: 0, hanging: 4)
      for (row, found) in rows.enumerated() {
        let isDisputed = answer.isDisputed(row: row)
        listing.add([
          .symbol(violation.text), .symbol(found.text),
          .symbol(found.certainty.name + (isDisputed ? ", disputed" : "")),
        ])
        var notes = found.certainty == .certain ? [] : [found.certainty.name]
        if isDisputed { notes.append("disputed") }
        let text = ([found.text] + notes).joined(separator: "   ")
        lines += LineWrapping.wrap(SafeText.escaped(text), width: width, indent: 2, hanging: 6)
      }
    }
    if !listing.isEmpty { session.note(.failed) }
    if !lines.isEmpty, session.settings.mode == .table { return try session.printProof(lines) }
    let constraints = Readable.count(count, "constraint")
    try listing.print(
      in: session,
      ifEmpty: count == 0
        ? "no constraints; state one: `:- BODY.` says that BODY must never hold"
        : "\(constraints), none violated")
  }

  /// Lists what is denied, and facts of one key that exclude one another.
  static func conflicts(_ session: Session, _ call: CommandCall) throws {
    let values = session.engine.base.values
    let conflicts = try session.engine.conflicts()
    session.showEngineDiagnostics()
    func names(_ words: [Word]) -> String {
      words.map { values.text(of: $0, style: .table) }.joined(separator: ", ")
    }
    if !conflicts.isEmpty, session.settings.mode == .table {
      let options = session.renderOptions()
      let style = TerminalStyle(usesColour: options.usesColour)
      var lines: [String] = []
      for conflict in conflicts {
        let kind = conflict.kind.rawValue
        let sides = [
          (kind, conflict.statement, names(conflict.sources), conflict.certainty),
          ("", conflict.against, names(conflict.againstSources), conflict.againstCertainty),
        ]
        for (label, text, who, certainty) in sides {
          let side = self.side(text, who, certainty, width: options.width, style)
          let start = label + String(repeating: " ", count: margin - label.count)
          lines += [start + side[0].dropFirst(margin)] + side.dropFirst()
        }
      }
      return try session.printProof(lines)
    }
    var listing = Listing([
      ("kind", .text), ("statement", .text), ("by", .text), ("certainty", .text),
      ("against", .text), ("against_by", .text), ("against_certainty", .text),
    ])
    for conflict in conflicts {
      listing.add([
        .symbol(conflict.kind.rawValue), .symbol(conflict.statement),
        .symbol(names(conflict.sources)), .symbol(conflict.certainty.name),
        .symbol(conflict.against), .symbol(names(conflict.againstSources)),
        .symbol(conflict.againstCertainty.name),
      ])
    }
    try listing.print(in: session, ifEmpty: "no conflicts")
  }

  /// The cells before the statements of a conflict, for its kind.
  private static let margin = 8

  /// One side of a conflict: the statement in full, and who makes it how surely, on a line of its
  /// own where the first is full.
  private static func side(
    _ text: String, _ who: String, _ certainty: Certainty, width: Int?, _ style: TerminalStyle
  ) -> [String] {
    let text = SafeText.escaped(text)
    let notes = [who, certainty == .certain ? "" : certainty.name].filter { !$0.isEmpty }
    var lines = LineWrapping.wrap(text, width: width, indent: margin, hanging: margin + 4)
    if notes.isEmpty { return lines }
    let note = SafeText.escaped("[\(notes.joined(separator: ", "))]")
    if lines.count == 1, DisplayWidth.of(lines[0]) + DisplayWidth.of(note) + 3 <= width ?? .max {
      lines[0] += "   " + style.faint(note)
      return lines
    }
    return lines
      + LineWrapping.wrap(note, width: width, indent: margin + 4, hanging: margin + 6)
      .map(style.faint)
  }
}
