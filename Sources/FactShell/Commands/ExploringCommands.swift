import FactEngine
import FactLanguage
import FactModel

/// `.path A B` and `.timeline ENTITY`.
enum ExploringCommands {
  static func path(_ session: Session, _ call: CommandCall) throws {
    let base = session.engine.base
    let from = try entity(call.needed(0), in: base)
    let to = try entity(call.needed(1), in: base)
    guard let steps = try session.engine.connection(from: from, to: to) else {
      let names = [from, to].map { SafeText.escaped(base.values.text(of: $0, style: .table)) }
      return try session.printLines(["nothing connects \(names[0]) and \(names[1])"])
    }
    if steps.isEmpty { return try session.printLines(["the two are the same entity"]) }
    let options = session.renderOptions()
    let style = TerminalStyle(usesColour: options.usesColour)
    var lines = [name(from, base)]
    for step in steps {
      let notes = step.claims.map { AboutCommand.text(of: $0, base) }.filter { !$0.isEmpty }
      let text = SafeText.escaped(step.text)
      let denials = step.denials.map { denial in
        let text = AboutCommand.text(of: denial, base)
        return text.isEmpty ? "denied" : "denied by [\(text)]"
      }
      if notes.count == 1, denials.isEmpty {
        let note = SafeText.escaped("[\(notes[0])]")
        if DisplayWidth.of(text) + DisplayWidth.of(note) + 5 <= options.width ?? .max {
          lines.append("  \(text)   \(style.faint(note))")
          lines.append(name(step.to, base))
          continue
        }
      }
      lines += LineWrapping.wrap(text, width: options.width, indent: 2, hanging: 6)
      for note in notes.map({ "[\($0)]" }) + denials {
        lines += LineWrapping.wrap(
          SafeText.escaped(note), width: options.width, indent: 6, hanging: 8
        ).map { style.faint($0) }
      }
      lines.append(name(step.to, base))
    }
    lines.append(style.faint(Readable.count(steps.count, "fact")))
    try session.printProof(lines)
  }

  static func timeline(_ session: Session, _ call: CommandCall) throws {
    let base = session.engine.base
    let entity = try entity(call.needed(0), in: base)
    let entries = session.engine.timeline(of: entity)
    guard !entries.isEmpty else {
      return try session.printLines(["no dated fact names \(name(entity, base))"])
    }
    let options = session.renderOptions()
    let renderer = TimelineRenderer(
      values: base.values, width: options.width,
      style: TerminalStyle(usesColour: options.usesColour))
    try session.printProof([name(entity, base)] + renderer.lines(entries))
  }

  private static func entity(_ typed: String, in base: FactBase) throws -> Word {
    guard let first = AboutCommand.find(typed, in: base).first else {
      throw SessionFailure(
        "nothing is known of `\(SafeText.escaped(typed))`",
        hint: AboutCommand.hint(for: typed, in: base))
    }
    return first
  }

  /// An entity with its label.
  private static func name(_ entity: Word, _ base: FactBase) -> String {
    var text = base.values.text(of: entity, style: .table)
    if let label = base.label(of: entity), label != entity {
      text += " · " + base.values.text(of: label, style: .table)
    }
    return SafeText.escaped(text)
  }
}
