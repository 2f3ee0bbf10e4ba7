import FactEngine
import FactLanguage
import FactModel

/// `.erase` and `.drop`: what should never have been stated.
enum RemovalCommands {
  static func erase(_ session: Session, _ call: CommandCall) throws {
    var text = call.rest
    if text.hasSuffix(".") || text.hasSuffix("?") { text.removeLast() }
    let source = SourceText(name: "<erase>", bytes: Array((text + "~").utf8))
    var parser = StatementParser(source, mode: .prompt)
    let statement = parser.next()
    let more = parser.next()
    if parser.hasErrors { throw DiagnosticsError(parser.diagnostics, in: source) }
    guard case .retraction(let atom)? = statement?.kind, more == nil else {
      throw SessionFailure(
        "`.erase` takes one atom", hint: "write `.erase layoff(cut_2026_01, _, _, _)`")
    }
    let count = try session.engine.erase(atom, in: source)
    session.notice("\(Readable.count(count, "claim")) erased")
  }

  static func drop(_ session: Session, _ call: CommandCall) throws {
    let name = try call.needed(0)
    let engine = session.engine
    guard let relation = engine.base.relation(named: name) else {
      throw DescribeCommand.unknown(name, in: engine)
    }
    let rules = engine.program.rules.count { $0.syntax.head.name == name }
    guard rules == 0 else {
      throw SessionFailure(
        "`\(name)` is derived by \(Readable.count(rules, "rule"))",
        hint: "remove them first, each with `HEAD :- BODY~`; `.rules \(name)` shows them")
    }
    let facts = relation.facts.factCount
    try engine.drop(relationNamed: name)
    session.notice("`\(name)` and its \(Readable.count(facts, "fact")) dropped")
  }
}
