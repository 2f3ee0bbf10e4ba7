import FactEngine
import FactFormats
import FactLanguage
import FactModel

/// `.read`, `.save` and `.export`.
enum FileCommands {
  static func read(_ session: Session, _ call: CommandCall) throws {
    try session.read(call.needed(0), parameters: call.assignments(from: 1))
  }

  static func save(_ session: Session, _ call: CommandCall) throws {
    let path = Paths.joined(try call.needed(0), to: session.currentDirectory)
    try OutputFile.write(to: path, durably: true, checkpoint: session.checkpoint) { sink in
      try SavedText(session.engine).write(to: sink)
    }
    let counts = session.engine.counts
    session.notice(
      "saved \(Readable.count(counts.facts, "fact")), \(Readable.count(counts.rules, "rule"))"
        + " and \(Readable.count(counts.queries, "query")) to \(path)")
  }

  static func export(_ session: Session, _ call: CommandCall) throws {
    let name = try call.needed(0)
    let path = Paths.joined(try call.needed(1), to: session.currentDirectory)
    let answer = try RelationQuery.ask(name, in: session.engine)
    try write(answer, to: path, in: session)
  }

  /// Writes an answer into a file in the form that its extension names.
  static func write(_ answer: Answer, to path: String, in session: Session) throws {
    if session.isSafe { throw SessionFailure.unsafe("writing an answer to a file") }
    guard var options = RenderOptions.forFile(path) else {
      throw SessionFailure(
        "the name `\(path)` does not say how to write it",
        hint: "end it in .csv, .tsv, .json, .jsonl, .md, .dl or .txt")
    }
    options.certaintyColumn = session.settings.certaintyColumn
    try OutputFile.write(to: path, checkpoint: session.checkpoint) { sink in
      try Renderer.render(answer, options: options, to: sink)
    }
    let rows = answer.isYesNo ? 1 : answer.rowCount
    session.notice("\(Readable.count(rows, "row")) written to \(path)")
  }
}

/// Asks for all rows of a relation, stated and derived.
enum RelationQuery {
  /// The columns are named like the attributes.
  static func ask(_ name: String, in engine: Engine) throws -> Answer {
    let attributes: [Attribute]
    if let relation = engine.base.relation(named: name) {
      attributes = relation.schema.attributes
    } else if let rule = engine.program.rules.first(where: { $0.syntax.head.name == name }) {
      attributes = FactBase.undeclared(name, rule.syntax.head.arguments.count).attributes
    } else {
      throw DescribeCommand.unknown(name, in: engine)
    }
    let source = SourceText(name: "<export>", bytes: [])
    let nowhere = SourceSpan(0, 0)
    let arguments = attributes.indices.map { index in
      Argument(
        name: nil, value: Expression(.variable("V\(index + 1)"), at: nowhere), span: nowhere)
    }
    let atom = Atom(
      name: name, nameSpan: nowhere, arguments: arguments, qualifiers: [], isDenial: false,
      span: nowhere)
    let body = Body(alternatives: [[Literal(.atom(atom), at: nowhere)]], span: nowhere)
    let query = Query(scope: nil, body: body, stages: [], span: nowhere)
    let answer = try engine.ask(query, in: source)
    let columns = zip(answer.columns, attributes).map { column, attribute in
      AnswerColumn(
        name: attribute.name, type: column.type, unit: column.unit, isPercent: column.isPercent)
    }
    guard columns.count == answer.columns.count else { return answer }
    let named = Answer(
      columns: columns, rowCount: answer.rowCount, words: answer.words, levels: answer.levels,
      truth: answer.truth, isYesNo: answer.isYesNo, lists: answer.lists, atom: answer.atom,
      atomColumns: answer.atomColumns, values: answer.values)
    named.disputed = answer.disputed
    return named
  }
}
