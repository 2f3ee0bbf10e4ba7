import FactEngine
import FactModel

/// `.open`, `.info`, `.verify` and `.compact`: the durable base.
enum BaseCommands {
  static func open(_ session: Session, _ call: CommandCall) throws {
    if session.isSafe { throw SessionFailure("`.open` is not allowed in safe mode") }
    let engine = session.engine
    let counts = engine.counts
    let held = counts.facts + counts.denials + counts.rules + counts.queries
    if engine.durable == nil, held > 0 {
      throw SessionFailure(
        "what is in memory would be lost: \(Readable.count(counts.facts, "fact")),"
          + " \(Readable.count(counts.rules, "rule"))",
        hint: "`.save FILE` first, open the base in a new shell, and `.read FILE` there")
    }
    let path = Paths.joined(try call.needed(0), to: session.currentDirectory)
    try engine.open(base: path)
    session.notice(summary(engine, path))
  }

  private static func summary(_ engine: Engine, _ path: String) -> String {
    let counts = engine.counts
    return "\(path): \(Readable.count(counts.facts, "fact")),"
      + " \(Readable.count(counts.rules, "rule")), \(Readable.count(counts.queries, "query"))"
  }

  static func info(_ session: Session, _ call: CommandCall) throws {
    let engine = session.engine
    let counts = engine.counts
    guard let durable = engine.durable else {
      try session.printLines([
        "in memory only; --base PATH or .open PATH keeps a base",
        "facts    \(Readable.count(counts.facts))",
        "claims   \(Readable.count(counts.claims))",
        "memory   \(Readable.bytes(engine.base.account.used))",
      ])
      return
    }
    let information = try durable.information()
    var lines = [
      "base     \(durable.path)\(durable.isReadOnly ? " (read only)" : "")",
      "facts    \(Readable.count(information.facts))",
      "claims   \(Readable.count(information.claims))",
      "texts    \(Readable.count(information.texts))",
      "on disk  \(Readable.bytes(information.fileSize)), \(Readable.bytes(information.usedSize)) in use",
    ]
    if information.facts > 0 {
      lines.append("a fact   \(information.usedSize / information.facts) bytes")
    }
    lines.append("log      \(Readable.count(information.logRecords, "record"))")
    lines.append("format   \(information.format)")
    try session.printLines(lines)
  }

  static func verify(_ session: Session, _ call: CommandCall) throws {
    let durable = try base(of: session, call)
    let found = try durable.verify()
    guard found.problems.isEmpty else {
      try session.printLines(found.problems)
      throw SessionFailure(
        "the base is damaged in \(Readable.count(found.problems.count, "place"))",
        hint: "go back to a copy of the file, or save what can be read with .save FILE")
    }
    session.notice(
      "no damage: \(Readable.count(found.values, "value")), \(Readable.bytes(found.bytes)) read")
  }

  static func compact(_ session: Session, _ call: CommandCall) throws {
    let durable = try base(of: session, call)
    let done = try session.engine.compact(durable)
    session.notice("\(Readable.bytes(done.before)) before, \(Readable.bytes(done.after)) now")
  }

  private static func base(
    of session: Session, _ call: CommandCall
  ) throws(SessionFailure) -> DurableBase {
    guard let durable = session.engine.durable else {
      throw SessionFailure(
        "`.\(call.command.name)` is about a durable base, and none is open",
        hint: "`.open PATH` opens one")
    }
    return durable
  }
}
