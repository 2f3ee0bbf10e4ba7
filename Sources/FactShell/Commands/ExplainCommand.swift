import FactEngine
import FactLanguage
import FactModel

/// `.explain QUERY`, which shows a plan, and `.explain off PASS`, which changes how plans are made.
enum ExplainCommand {
  /// Stands for all passes.
  static let everyPass = "all"
  static let passNames = Pass.allCases.map(\.rawValue)

  static func run(_ session: Session, _ call: CommandCall) throws {
    let words = call.rest.split(whereSeparator: \.isWhitespace).map(String.init)
    if let isOn = ExplainCommand.turn(words) {
      try turn(words.dropFirst(), on: isOn, session)
    } else {
      try plan(session, call)
    }
  }

  /// Whether words begin with `on` or `off` and names of passes, and with which; nil for a query,
  /// which may be about a relation of that name.
  static func turn(_ words: [String]) -> Bool? {
    guard let first = words.first, first == "on" || first == "off" else { return nil }
    let areNames = words.dropFirst().allSatisfy { word in
      word.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    }
    return areNames ? first == "on" : nil
  }

  private static func turn(_ names: ArraySlice<String>, on isOn: Bool, _ session: Session) throws {
    var passes: [Pass] = []
    for name in names.map({ $0.lowercased() }) {
      if name == everyPass {
        passes = Pass.allCases
      } else if let pass = Pass(rawValue: name) {
        passes.append(pass)
      } else {
        throw SessionFailure(
          "there is no pass `\(SafeText.escaped(name))`",
          hint: Nearest.hint(for: name, among: passNames + [everyPass])
            ?? "there are " + (passNames + [everyPass]).map { "`\($0)`" }.joined(separator: ", "))
      }
    }
    for pass in passes { session.engine.switchPass(pass, on: isOn) }
    if names.isEmpty || session.isPrompting { try session.printLines(state(session)) }
  }

  /// Each pass with whether it is on.
  private static func state(_ session: Session) -> [String] {
    let width = passNames.map(\.count).max() ?? 0
    return Pass.allCases.map { pass in
      let name = pass.rawValue
      let isOff = session.engine.settings.disabledPasses.contains(name)
      return name + String(repeating: " ", count: width - name.count + 2) + (isOff ? "off" : "on ")
        + "  " + pass.summary
    }
  }

  private static func plan(_ session: Session, _ call: CommandCall) throws {
    let source = SourceText(
      name: session.isPrompting ? "<prompt>" : "<command>", bytes: Array(call.rest.utf8))
    var parser = StatementParser(source, mode: .prompt)
    var queries: [Query] = []
    var isOnlyQueries = true
    while let statement = parser.next() {
      if case .query(let query) = statement.kind {
        queries.append(query)
      } else {
        isOnlyQueries = false
      }
    }
    if parser.hasErrors { throw DiagnosticsError(parser.diagnostics, in: source) }
    guard isOnlyQueries, let query = queries.first, queries.count == 1 else {
      throw SessionFailure("`.explain` takes one query", hint: "write `.explain p(X), X > 1?`")
    }
    let plan = try session.engine.explain(
      query, in: source, showsTimes: session.settings.timer != .off)
    session.showEngineDiagnostics()
    try session.printLines([plan])
  }
}
