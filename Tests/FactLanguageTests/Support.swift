import FactModel
import Foundation
import XCTest

@testable import FactLanguage

/// The statements of a script that has no error.
func statements(
  _ text: String, mode: ParsingMode = .script, file: StaticString = #filePath, line: UInt = #line
) -> [Statement] {
  let source = SourceText(name: "test", bytes: Array(text.utf8))
  let result = mode == .script ? parseScript(source) : parsePrompt(source)
  for diagnostic in result.diagnostics {
    let (row, column) = source.position(of: diagnostic.span.lower)
    XCTFail("\(row):\(column): \(diagnostic.message)", file: file, line: line)
  }
  return result.statements
}

/// The errors of a text as `LINE:COLUMN-LENGTH CODE MESSAGE`.
func errors(_ text: String, mode: ParsingMode = .script) -> [String] {
  let source = SourceText(name: "test", bytes: Array(text.utf8))
  let result = mode == .script ? parseScript(source) : parsePrompt(source)
  return result.diagnostics.map { diagnostic in
    let (line, column) = source.position(of: diagnostic.span.lower)
    let length = source[diagnostic.span].count
    return "\(line):\(column)-\(length) \(diagnostic.code) \(diagnostic.message)"
  }
}

/// The hints of the errors of a text.
func hints(_ text: String, mode: ParsingMode = .script) -> [String] {
  let source = SourceText(name: "test", bytes: Array(text.utf8))
  let result = mode == .script ? parseScript(source) : parsePrompt(source)
  return result.diagnostics.map { $0.hint ?? "" }
}

/// The value of a literal in a stated fact.
func value(_ text: String, file: StaticString = #filePath, line: UInt = #line) -> Value? {
  let parsed = statements("p(\(text)).", file: file, line: line)
  guard case .fact(let atom) = parsed.first?.kind,
    case .constant(let value) = atom.arguments.first?.value.kind
  else {
    XCTFail("no value: \(text)", file: file, line: line)
    return nil
  }
  return value
}

/// A syntax tree as text without the places, so that trees of different texts can be compared.
func shape(_ statement: Statement) -> String {
  var result = ""
  var rest = Substring("\(statement.kind)")
  while let found = rest.range(of: "FactLanguage.SourceSpan(") {
    result += rest[..<found.lowerBound]
    rest = rest[found.upperBound...]
    if let end = rest.firstIndex(of: ")") { rest = rest[rest.index(after: end)...] }
  }
  return result + rest
}

/// A folder of the data that tests share; the test is skipped where it is absent.
func sharedFolder(_ name: String) throws -> URL {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  let shared =
    ProcessInfo.processInfo.environment["FACTSH_SHARED"].map { URL(fileURLWithPath: $0) }
    ?? root.appendingPathComponent("../shared")
  let folder = shared.appendingPathComponent(name)
  guard FileManager.default.fileExists(atPath: folder.path) else {
    throw XCTSkip("no shared data at \(folder.path)")
  }
  return folder
}
