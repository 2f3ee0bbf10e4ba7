import FactEngine
import FactLanguage
import XCTest

/// What the queries of a program answer, as text.
enum AnswerTexts {
  /// Runs all statements of a program and gives for each query its rows, one a line: the cells, how
  /// sure the row is, and whether it is disputed. A yes or no is a line of its own.
  static func of(_ program: String, on engine: Engine = Engine()) throws -> [String] {
    let source = SourceText(name: "test", bytes: Array(program.utf8))
    let script = parseScript(source)
    XCTAssertTrue(script.diagnostics.isEmpty, "\(script.diagnostics)")
    var found: [String] = []
    for statement in script.statements {
      guard case .answer(let answer) = try engine.run(statement, in: source) else { continue }
      if answer.isYesNo {
        found.append("\(answer.truth.map { "\($0)" } ?? "no") \(answer.isDisputed(row: 0))")
        continue
      }
      let rows = (0..<answer.rowCount).map { row in
        let cells = answer.columns.indices.map { column in
          answer.values.text(of: answer.word(row: row, column: column))
        }
        return "\(cells) \(answer.certainty(row: row)) \(answer.isDisputed(row: row))"
      }
      found.append(rows.joined(separator: "\n"))
    }
    return found
  }

  /// The same on a new engine, without some passes.
  static func of(_ program: String, without passes: [Pass]) throws -> [String] {
    let engine = Engine()
    engine.settings.disabledPasses = Set(passes.map(\.rawValue))
    return try of(program, on: engine)
  }
}
