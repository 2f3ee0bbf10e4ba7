import FactEngine
import FactLanguage
import FactModel

/// `.why N`, `.why N all` and `.why not ATOM`: proofs, and reasons why there is none.
enum WhyCommand {
  static func run(_ session: Session, _ call: CommandCall) throws {
    let words = call.rest.split(whereSeparator: \.isWhitespace)
    if let first = words.first, first.lowercased() == "not", words.count > 1 {
      let atom = CommandLine.trimmed(call.rest.dropFirst(3)[...])
      return try whyNot(session, String(atom))
    }
    if words.count == 1, words[0].lowercased() == "not" {
      throw SessionFailure("`.why not` needs an atom", hint: "write `.why not p(a, b)`")
    }
    let isAll = words.count == 2 && words[1].lowercased() == "all"
    guard words.count <= 1 || isAll else {
      throw SessionFailure("`.why` takes the number of a row", hint: syntax)
    }
    guard let answer = session.lastAnswer else {
      throw SessionFailure("nothing was asked yet", hint: "ask something first")
    }
    let row = try number(words.first, of: answer)
    var renderer = session.proofRenderer()
    if isAll {
      let all = try session.engine.proveAll(answer, row: row)
      return try session.printProof(lines(of: all, &renderer))
    }
    let proof = try session.engine.prove(answer, row: row)
    let command = answer.isYesNo ? ".why 1 all" : ".why \(row + 1) all"
    try session.printProof(renderer.lines(of: proof, allCommand: command))
  }

  private static let syntax = "write `.why 1`, `.why 1 all` or `.why not p(a, b)`"

  /// The row that is meant, from 0; one that is alone needs no number.
  private static func number(_ word: Substring?, of answer: Answer) throws -> Int {
    let count = answer.isYesNo ? (answer.truth == nil ? 0 : 1) : answer.rowCount
    guard count > 0 else {
      let what = answer.isYesNo ? "the last answer is no" : "the last answer has no rows"
      throw SessionFailure(what, hint: "`.why not ATOM` says why a fact does not hold")
    }
    guard let word else {
      if count == 1 { return 0 }
      throw SessionFailure("the last answer has \(count) rows", hint: syntax)
    }
    guard let number = Int(word) else {
      throw SessionFailure(
        "`\(SafeText.escaped(String(word)))` is no number of a row", hint: syntax)
    }
    guard number >= 1, number <= count else {
      throw SessionFailure(
        "there is no row \(number)",
        hint: count == 1 ? "the last answer has one row" : "rows are numbered from 1 to \(count)")
    }
    return number - 1
  }

  private static func lines(
    of all: ProofAlternatives, _ renderer: inout ProofRenderer
  ) -> [String] {
    var lines: [String] = []
    for (number, proof) in all.proofs.enumerated() {
      if number > 0 { lines.append("") }
      if all.proofs.count > 1 { lines.append("way \(number + 1)") }
      lines += renderer.lines(of: proof)
    }
    if all.moreCount > 0 {
      let more = all.hasMore ? "at least " : ""
      let ways = all.moreCount == 1 ? "way" : "ways"
      lines += ["", "… and \(more)\(Readable.count(all.moreCount)) more \(ways)"]
    }
    return lines
  }

  private static func whyNot(_ session: Session, _ typed: String) throws {
    var text = typed
    while text.hasSuffix("?") || text.hasSuffix(".") { text.removeLast() }
    let source = SourceText(name: "<why not>", bytes: Array((text + "?").utf8))
    var parser = StatementParser(source, mode: .prompt)
    let statement = parser.next()
    let more = parser.next()
    if parser.hasErrors { throw DiagnosticsError(parser.diagnostics, in: source) }
    guard case .query(let query)? = statement?.kind, more == nil else {
      throw SessionFailure("`.why not` takes one atom", hint: "write `.why not p(a, b)`")
    }
    let why = try session.engine.whyNot(query, in: source)
    session.showEngineDiagnostics()
    try session.printProof(session.proofRenderer().lines(of: why))
  }
}

extension Session {
  /// Writes proofs for the window.
  func proofRenderer() -> ProofRenderer {
    let options = renderOptions()
    return ProofRenderer(
      base: engine.base, width: options.width, usesColour: options.usesColour)
  }

  /// Prints lines that are escaped already and may be coloured.
  func printProof(_ lines: [String]) throws {
    try page(unless: false) { sink in
      for line in lines { try sink.write(line + "\n") }
    }
  }
}
