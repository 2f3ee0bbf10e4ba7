import FactLanguage
import FactModel

/// The rules, constraints and named queries of a base as bytes: their text, and where each is from.
enum ProgramCoding {
  static func encode(_ program: Program) -> [UInt8] {
    var bytes: [UInt8] = []
    for rule in program.rules {
      append(text(of: rule.syntax, in: rule.source), rule.source, rule.origin, to: &bytes)
    }
    for constraint in program.constraints {
      let body = text(of: constraint.body, in: constraint.source)
      append(body, constraint.source, constraint.origin, to: &bytes)
    }
    for query in program.queries {
      append(ended(query.syntax.text, by: "?"), query.source, query.origin, to: &bytes)
    }
    return bytes
  }

  /// Reads a program back. Complexity: that of parsing it.
  static func decode(_ bytes: [UInt8], path: String) throws -> Program {
    var program = Program()
    var at = 0
    while at < bytes.count {
      guard let origin = optional(bytes, &at), let directory = optional(bytes, &at),
        let text = optional(bytes, &at), let text
      else { throw unreadable(path) }
      let source = SourceText(
        name: origin.map { String(decoding: $0, as: UTF8.self) } ?? "<base>",
        directory: directory.map { String(decoding: $0, as: UTF8.self) }, bytes: Array(text))
      let from = origin.map { String(decoding: $0, as: UTF8.self) }
      let parsed = parseScript(source)
      guard parsed.statements.count == 1, let statement = parsed.statements.first else {
        throw unreadable(path)
      }
      switch statement.kind {
      case .rule(let rule):
        program.rules.append(
          ProgramRule(id: program.rules.count, syntax: rule, source: source, origin: from))
      case .constraint(let body):
        program.constraints.append(ProgramConstraint(body: body, source: source, origin: from))
      case .namedQuery(let query):
        program.queries.append(ProgramQuery(syntax: query, source: source, origin: from))
      default: throw unreadable(path)
      }
    }
    return program
  }

  private static func unreadable(_ path: String) -> EngineError {
    .failed(
      message: "the rules or queries of the base `\(path)` cannot be read",
      hint: "open it with the version of factsh that wrote it")
  }

  // MARK: Texts

  /// A rule as it was written, or with its parameters filled in where it had some.
  private static func text(of rule: RuleSyntax, in source: SourceText) -> String {
    let written = source[rule.span]
    return ended(written.contains("$") ? FactPrinter.text(rule) : String(written), by: ".")
  }

  private static func text(of body: Body, in source: SourceText) -> String {
    let written = String(source[body.span])
    let text = trimmed(written.contains("$") ? FactPrinter.text(body) : written)
    return ended(text.hasPrefix(":-") ? text : ":- " + text, by: ".")
  }

  private static func ended(_ text: String, by ending: String) -> String {
    let text = trimmed(text)
    // A line of its own, since the text may end with a comment.
    return text.hasSuffix(ending) ? text : text + "\n" + ending
  }

  private static func trimmed(_ text: String) -> String {
    var rest = text[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }

  // MARK: Bytes

  private static func append(
    _ text: String, _ source: SourceText, _ origin: String?, to bytes: inout [UInt8]
  ) {
    for part in [origin, source.directory, text] {
      bytes.append(part == nil ? 0 : 1)
      guard let part else { continue }
      let utf8 = Array(part.utf8)
      withUnsafeBytes(of: UInt32(utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: utf8)
    }
  }

  /// One part; nil inside where it was none, nil where the bytes end too early.
  private static func optional(_ bytes: [UInt8], _ at: inout Int) -> ArraySlice<UInt8>?? {
    guard at < bytes.count else { return nil }
    at += 1
    if bytes[at - 1] == 0 { return .some(nil) }
    guard at + 4 <= bytes.count else { return nil }
    var count = 0
    for i in 0..<4 { count |= Int(bytes[at + i]) << (8 * i) }
    at += 4
    guard at + count <= bytes.count else { return nil }
    at += count
    return bytes[at - count..<at]
  }
}
