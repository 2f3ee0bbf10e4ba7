import FactModel

/// Writes syntax in its canonical form: text that reads back as the same tree, with names in quotes
/// only where they need them.
public enum FactPrinter {
  /// A whole statement with its ending; a command is a line.
  public static func text(_ statement: Statement) -> String {
    switch statement.kind {
    case .fact(let atom): return text(atom) + outside(atom) + "."
    case .retraction(let atom):
      let after = outside(atom)
      return text(atom) + "~" + (after.isEmpty ? "" : after + ".")
    case .rule(let rule): return text(rule) + "."
    case .ruleRetraction(let rule): return text(rule) + "~"
    case .constraint(let body): return ":- " + text(body) + "."
    case .query(let query): return text(query) + "?"
    case .declaration(let declaration): return text(declaration.schema) + "."
    case .load(let rule): return "load " + text(rule) + "."
    case .namedQuery(let query): return text(query)
    case .continuation(let stages): return stages.map { "| " + text($0) }.joined(separator: " ")
    case .command(let command): return "." + command
    }
  }

  /// `HEAD :- BODY`, without an ending.
  public static func text(_ rule: RuleSyntax) -> String {
    text(rule.head) + " :- " + text(rule.body)
  }

  /// A query, without its `?`.
  public static func text(_ query: Query) -> String {
    var result = ""
    switch query.scope?.kind {
    case .asOf(let date): result = "as of \(text(date)): "
    case .between(let first, let second): result = "as of \(text(first)) and \(text(second)): "
    case .during(let period): result = "during \(text(period)): "
    case nil: break
    }
    result += text(query.body)
    for stage in query.stages { result += " | " + text(stage) }
    return result
  }

  /// A named query with its ending.
  public static func text(_ query: NamedQuery) -> String {
    var result = "query " + name(query.name)
    if !query.parameters.isEmpty {
      let parameters = query.parameters.map { parameter in
        "$" + parameter.name + (parameter.defaultValue.map { " = " + text($0) } ?? "")
      }
      result += "(" + parameters.joined(separator: ", ") + ")"
    }
    if let title = query.title { result += " " + SymbolText.quoted(title) }
    return result + ": " + text(query.query) + "?"
  }

  /// `relation NAME(…)`, without the full stop.
  public static func text(_ schema: Schema) -> String {
    let attributes = schema.attributes.map { attribute in
      var result = name(attribute.name)
      if let type = AttributeType.words.first(where: { $0.1 == attribute.type }) {
        result += ": " + type.0
        if let unit = attribute.unit { result += "[" + name(unit) + "]" }
      }
      return attribute.isKey ? result + " key" : result
    }
    let list = attributes.isEmpty ? "" : "(" + attributes.joined(separator: ", ") + ")"
    return "relation " + name(schema.name) + list
  }

  /// The name of a relation, attribute or query where only one may stand.
  public static func name(_ name: String) -> String {
    WordShape.isWord(name) ? name : SymbolText.quoted(name)
  }

  // MARK: Bodies

  /// Alternatives of literals.
  public static func text(_ body: Body) -> String {
    body.alternatives.map { literals in
      literals.map { text($0) }.joined(separator: ", ")
    }.joined(separator: "; ")
  }

  /// One literal.
  public static func text(_ literal: Literal) -> String {
    switch literal.kind {
    case .atom(let atom): return text(atom)
    case .file(let file):
      let rest = file.arguments.map { text($0) } + file.qualifiers.map { text($0) }
      return "file(" + ([path(file.path)] + rest).joined(separator: ", ") + ")"
    case .comparison(let comparison, let left, let right):
      return text(left) + " " + comparison.rawValue + " " + text(right)
    case .membership(let left, let right): return text(left) + " in " + text(right)
    case .overlaps(let left, let right): return text(left) + " overlaps " + text(right)
    case .negation(let body):
      if body.alternatives.count == 1, body.alternatives[0].count == 1 {
        let inner = body.alternatives[0][0]
        switch inner.kind {
        case .atom, .file, .membership, .overlaps: return "not " + text(inner)
        default: break
        }
      }
      return "not (" + text(body) + ")"
    case .optional(let inner): return "optional " + text(inner)
    case .group(let body): return "(" + text(body) + ")"
    }
  }

  /// An atom with the qualifiers inside its brackets, and without those after it.
  public static func text(_ atom: Atom) -> String {
    let inside = atom.qualifiers.filter { !$0.isOutside }
    let parts = atom.arguments.map { text($0) } + inside.map { text($0) }
    // `not`, `optional` and `file` before brackets would be read as what the grammar makes of them.
    let isTaken = atom.name == "not" || atom.name == "optional" || atom.name == "file"
    let relation = isTaken ? SymbolText.quoted(atom.name) : name(atom.name)
    let isBare = parts.isEmpty && !isTaken && WordShape.isName(atom.name) && !isKeyword(atom.name)
    let list = isBare ? "" : "(" + parts.joined(separator: ", ") + ")"
    return (atom.isDenial ? "-" : "") + relation + list
  }

  /// The qualifiers after an atom, with a space before them.
  private static func outside(_ atom: Atom) -> String {
    let outside = atom.qualifiers.filter(\.isOutside)
    return outside.isEmpty ? "" : " " + outside.map { text($0) }.joined(separator: ", ")
  }

  private static func text(_ argument: Argument) -> String {
    (argument.name.map { name($0) + ": " } ?? "") + text(argument.value)
  }

  private static func text(_ qualifier: Qualifier) -> String {
    "@" + qualifier.name + ": " + text(qualifier.value)
  }

  /// A path is always in quotes.
  private static func path(_ expression: Expression) -> String {
    if case .constant(.symbol(let path)) = expression.kind { return SymbolText.quoted(path) }
    return text(expression)
  }

  // MARK: Stages

  /// One stage, without its `|`.
  public static func text(_ stage: Stage) -> String {
    switch stage.kind {
    case .select(let columns):
      let texts = columns.map { ($0.name.map { $0 + " = " } ?? "") + text($0.value) }
      return "select " + texts.joined(separator: ", ")
    case .filter(let body): return "where " + text(body)
    case .aggregate(let aggregates, let groups):
      let by = groups.isEmpty ? "" : " by " + groups.map { text($0) }.joined(separator: ", ")
      return aggregates.map { text($0) }.joined(separator: ", ") + by
    case .sort(let keys):
      return "sort "
        + keys.map { text($0.value) + ($0.isDescending ? " desc" : "") }.joined(separator: ", ")
    case .limit(let count, let offset):
      return "limit " + text(count) + (offset.map { " offset " + text($0) } ?? "")
    case .chart(let form, let value): return "chart " + form + " " + text(value)
    case .into(let target): return "into " + path(target)
    }
  }

  private static func text(_ aggregate: NamedAggregate) -> String {
    var result = (aggregate.name.map { $0 + " = " } ?? "") + aggregate.function.rawValue
    if aggregate.isDistinct { result += " distinct" }
    if let argument = aggregate.argument { result += " " + text(argument) }
    if let key = aggregate.key { result += " on " + text(key) }
    return result
  }
}
