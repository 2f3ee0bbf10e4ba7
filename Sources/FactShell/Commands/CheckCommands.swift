import FactEngine
import FactModel

/// `.check` and `.conflicts`: what does not go together.
enum CheckCommands {
  /// Lists the violations of the constraints; one makes the exit status of a script 1.
  static func check(_ session: Session, _ call: CommandCall) throws {
    let engine = session.engine
    let (violated, count) = try engine.violations()
    session.showEngineDiagnostics()
    var listing = Listing([("constraint", .text), ("violation", .text), ("certainty", .text)])
    for violation in violated {
      let answer = violation.answer.keeping(atLeast: session.settings.leastCertainty)
      if answer.isYesNo {
        guard let truth = answer.truth else { continue }
        let sure = truth.name + (answer.isDisputed(row: 0) ? ", disputed" : "")
        listing.add([.symbol(violation.text), .symbol("yes"), .symbol(sure)])
      }
      for row in 0..<(answer.isYesNo ? 0 : answer.rowCount) {
        let bindings = answer.columns.indices.map { column in
          let word = answer.word(row: row, column: column)
          return "\(answer.columns[column].name) = \(answer.values.text(of: word))"
        }
        listing.add([
          .symbol(violation.text), .symbol(bindings.joined(separator: ", ")),
          .symbol(
            answer.certainty(row: row).name + (answer.isDisputed(row: row) ? ", disputed" : "")),
        ])
      }
    }
    if !listing.isEmpty { session.note(.failed) }
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
    var listing = Listing([
      ("kind", .text), ("statement", .text), ("by", .text), ("against", .text),
      ("against_by", .text),
    ])
    func names(_ words: [Word], _ certainty: Certainty) -> Value {
      let names = words.map { values.text(of: $0, style: .table) }
      let sure = certainty == .certain ? [] : ["(\(certainty.name))"]
      let parts = [names.joined(separator: ", ")] + sure
      return .symbol(parts.filter { !$0.isEmpty }.joined(separator: " "))
    }
    for conflict in conflicts {
      listing.add([
        .symbol(conflict.kind.rawValue), .symbol(conflict.statement),
        names(conflict.sources, conflict.certainty),
        .symbol(conflict.against), names(conflict.againstSources, conflict.againstCertainty),
      ])
    }
    try listing.print(in: session, ifEmpty: "no conflicts")
  }
}
