import FactLanguage
import FactEngine
import FactModel

/// `.describe RELATION`: its declaration, how much it holds, and what stands in its attributes.
enum DescribeCommand {
  static func run(_ session: Session, _ call: CommandCall) throws {
    let name = try call.needed(0)
    let engine = session.engine
    let rules = engine.program.rules.filter { $0.syntax.head.name == name }
    guard let relation = engine.base.relation(named: name) else {
      guard !rules.isEmpty else { throw unknown(name, in: engine) }
      let arity = rules[0].syntax.head.arguments.count
      try session.printLines(
        ["\(name)/\(arity): derived by \(Readable.count(rules.count, "rule"))"]
          + rules.map { "  " + ProgramText.rule($0) })
      return
    }
    var lines = [heading(relation)]
    lines.append(counts(relation, rules: rules.count))
    lines += attributes(of: relation, in: engine.base)
    lines += rules.map { "  " + ProgramText.rule($0) }
    try session.printLines(lines)
  }

  static func unknown(_ name: String, in engine: Engine) -> SessionFailure {
    let names =
      engine.base.relations.map(\.name) + engine.program.derivedRelations.sorted()
    return SessionFailure(
      "there is no relation `\(name)`",
      hint: Nearest.hint(for: name, among: names) ?? "`.relations` lists them")
  }

  private static func heading(_ relation: Relation) -> String {
    if relation.schema.isDeclared { return Declaration.text(of: relation.schema) }
    return "\(relation.name)/\(relation.arity), not declared"
  }

  private static func counts(_ relation: Relation, rules: Int) -> String {
    var parts = [
      Readable.count(relation.facts.factCount, "fact"),
      Readable.count(relation.facts.claimCount, "claim"),
    ]
    if let denials = relation.denials, denials.factCount > 0 {
      parts.append(Readable.count(denials.factCount, "denial"))
    }
    if rules > 0 { parts.append(Readable.count(rules, "rule")) }
    return parts.joined(separator: ", ")
  }

  private static func attributes(of relation: Relation, in base: FactBase) -> [String] {
    guard relation.facts.factCount > 0 else { return [] }
    let width = relation.schema.attributes.map { DisplayWidth.of($0.name) }.max() ?? 0
    return relation.schema.attributes.enumerated().map { column, attribute in
      let values = base.frequentValues(of: relation, column: column, limit: .max)
      let unknown = values.first { $0.word == .unknown }?.count ?? 0
      let known = values.filter { $0.word != .unknown }
      var style = TextStyle.table
      if attribute.type == .percent { style = style.inPercent }
      let shown = known.prefix(5).map { value in
        let text = DisplayWidth.truncate(base.values.text(of: value.word, style: style), to: 30)
        return value.count > 1 ? "\(text) (\(Readable.count(value.count)))" : text
      }
      var line = "  " + attribute.name
      line += String(repeating: " ", count: width - DisplayWidth.of(attribute.name))
      line += "  \(Readable.count(known.count)) different"
      if unknown > 0 { line += ", \(Readable.count(unknown)) unknown" }
      if !shown.isEmpty { line += ": " + shown.joined(separator: ", ") }
      return line + (known.count > shown.count ? ", …" : "")
    }
  }
}

/// Declarations as text.
enum Declaration {
  /// `relation layoff(event: entity, positions: integer[positions]).`
  static func text(of schema: Schema) -> String {
    let attributes = schema.attributes.map { attribute -> String in
      var text = SymbolText.name(attribute.name)
      if attribute.type != .any {
        text += ": \(attribute.type)"
        if let unit = attribute.unit { text += "[\(unit)]" }
      }
      if attribute.isKey { text += " key" }
      return text
    }
    return "relation \(SymbolText.name(schema.name))(\(attributes.joined(separator: ", ")))."
  }
}
