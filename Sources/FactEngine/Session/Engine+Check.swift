import FactLanguage
import FactModel

/// A constraint that is violated.
public struct Violation {
  /// The constraint as stated.
  public let text: String
  /// The bindings under which its body holds; a yes where it has no variables.
  public let answer: Answer
}

extension Engine {
  /// Asks the body of each constraint of the program, and gives those that hold somewhere.
  ///
  /// - Returns: The violated constraints in the order of statement, and how many there are in all.
  /// - Throws: `DiagnosticsError` where a constraint no longer makes sense, `EngineError` for what
  ///   went wrong while one was asked.
  public func violations() throws -> (violated: [Violation], constraintCount: Int) {
    resolver.today = today
    var violated: [Violation] = []
    for constraint in program.constraints {
      let query = Query(
        scope: nil, body: constraint.body, stages: [], span: constraint.body.span)
      let resolution = try resolver.resolve(
        query: query, in: constraint.source, isDirect: false)
      let answer = try answer(resolution.value, syntax: query, in: constraint.source)
      let holds = answer.isYesNo ? answer.truth != nil : answer.rowCount > 0
      guard holds else { continue }
      violated.append(
        Violation(text: ":- \(constraint.source[constraint.body.span]).", answer: answer))
    }
    return (violated, program.constraints.count)
  }
}
