import FactEngine
import FactLanguage
import FactModel

/// `.relations`, `.rules` and `.queries`: what the session holds.
enum CatalogueCommands {
  static func relations(_ session: Session, _ call: CommandCall) throws {
    let engine = session.engine
    let derived = RuleIndex(engine.program)
    var listing = Listing([
      ("relation", .text), ("facts", .integer), ("claims", .integer), ("denials", .integer),
      ("rules", .integer), ("kind", .text),
    ])
    var names = Set<String>()
    let pattern = call[0]
    var rows: [(name: String, values: [Value])] = []
    for relation in engine.base.relations {
      names.insert(relation.name)
      if relation.isBuiltin, relation.isEmpty, pattern == nil, derived.count(relation.name) == 0 {
        continue
      }
      let facts = relation.facts
      rows.append(
        (
          relation.name,
          [
            .symbol(signature(relation.schema)), .integer(Int64(facts.factCount)),
            .integer(Int64(facts.claimCount)), .integer(Int64(relation.denials?.factCount ?? 0)),
            .integer(Int64(derived.count(relation.name))),
            .symbol(kind(of: relation, rules: derived.count(relation.name))),
          ]
        ))
    }
    for name in derived.names where !names.contains(name) {
      let arity = derived.arity(name)
      let count = Int64(derived.count(name))
      rows.append(
        (
          name,
          [
            .symbol("\(name)/\(arity)"), .integer(0), .integer(0), .integer(0), .integer(count),
            .symbol("derived"),
          ]
        ))
    }
    for row in rows.sorted(by: { $0.name < $1.name })
    where pattern.map({ NamePattern.matches(row.name, $0) }) ?? true {
      listing.add(row.values)
    }
    try listing.print(
      in: session,
      ifEmpty: pattern.map { "no relation has `\($0)` in its name" }
        ?? "no relations yet; state a fact: likes(ann, tea).")
  }

  private static func kind(of relation: Relation, rules: Int) -> String {
    if rules > 0 { return relation.facts.factCount > 0 ? "stated, derived" : "derived" }
    if relation.isBuiltin { return "built-in" }
    return relation.schema.isDeclared ? "declared" : "stated"
  }

  /// `layoff(event, company, positions, begins)`, or `edge/2` where nothing names the attributes.
  static func signature(_ schema: Schema) -> String {
    let name = SymbolText.name(schema.name)
    guard schema.isDeclared else { return "\(name)/\(schema.arity)" }
    return "\(name)(\(schema.attributes.map(\.name).joined(separator: ", ")))"
  }

  static func rules(_ session: Session, _ call: CommandCall) throws {
    let program = session.engine.program
    let wanted = call[0]
    var lines: [String] = []
    for rule in program.rules where wanted == nil || rule.syntax.head.name == wanted {
      lines.append(ProgramText.rule(rule))
    }
    for constraint in program.constraints where wanted == nil {
      lines.append(ProgramText.constraint(constraint))
    }
    if lines.isEmpty, let wanted {
      let heads = program.derivedRelations
      guard session.engine.base.relation(named: wanted) == nil else {
        return try session.printLines(["no rule derives `\(wanted)`"])
      }
      throw SessionFailure(
        "no rule derives `\(wanted)`",
        hint: Nearest.hint(for: wanted, among: heads) ?? "`.rules` lists all rules")
    }
    try session.printLines(lines.isEmpty ? ["no rules"] : lines)
  }

  static func queries(_ session: Session, _ call: CommandCall) throws {
    var listing = Listing([("query", .text), ("title", .text)])
    for query in session.engine.program.queries {
      let parameters = query.syntax.parameters.map { parameter -> String in
        guard let value = parameter.defaultValue else { return "$\(parameter.name)" }
        return "$\(parameter.name) = \(query.source[value.span])"
      }
      let name =
        parameters.isEmpty
        ? query.syntax.name : "\(query.syntax.name)(\(parameters.joined(separator: ", ")))"
      listing.add([.symbol(name), query.syntax.title.map { .symbol($0) } ?? .symbol("")])
    }
    try listing.print(in: session, ifEmpty: "no named queries")
  }
}

/// How many rules derive each relation.
struct RuleIndex {
  private var counts: [String: (rules: Int, arity: Int)] = [:]

  init(_ program: Program) {
    for rule in program.rules {
      let head = rule.syntax.head
      counts[head.name, default: (0, head.arguments.count)].rules += 1
    }
  }

  var names: [String] { counts.keys.sorted() }
  func count(_ name: String) -> Int { counts[name]?.rules ?? 0 }
  func arity(_ name: String) -> Int { counts[name]?.arity ?? 0 }
}

/// Names as `.relations` filters them.
enum NamePattern {
  /// With `*` the pattern is the whole name, without one a part of it.
  static func matches(_ name: String, _ pattern: String) -> Bool {
    let name = Array(name.lowercased())
    let pattern = Array(pattern.lowercased())
    guard pattern.contains("*") else { return contains(name, pattern) }
    var place = 0
    var mark = 0
    var star: Int?
    var index = 0
    while place < name.count {
      if index < pattern.count, pattern[index] == "*" {
        star = index
        mark = place
        index += 1
      } else if index < pattern.count, pattern[index] == name[place] {
        index += 1
        place += 1
      } else if let star {
        mark += 1
        place = mark
        index = star + 1
      } else {
        return false
      }
    }
    return pattern[index...].allSatisfy { $0 == "*" }
  }

  private static func contains(_ name: [Character], _ part: [Character]) -> Bool {
    if part.isEmpty { return true }
    guard part.count <= name.count else { return false }
    return (0...name.count - part.count).contains { name[$0..<$0 + part.count] == part[...] }
  }
}

/// Rules, constraints and queries as they were written.
enum ProgramText {
  static func rule(_ rule: ProgramRule) -> String {
    ended(rule.source[rule.syntax.span], by: ".")
  }

  static func constraint(_ constraint: ProgramConstraint) -> String {
    let text = trimmed(constraint.source[constraint.body.span])
    return ended(text.hasPrefix(":-") ? text : ":- " + text, by: ".")
  }

  static func query(_ query: ProgramQuery) -> String { ended(query.syntax.text, by: "?") }

  private static func ended(_ text: String, by ending: String) -> String {
    let text = trimmed(text)
    return text.hasSuffix(ending) ? text : text + ending
  }

  private static func trimmed(_ text: String) -> String {
    String(CommandLine.trimmed(text[...]))
  }
}
