import FactEngine
import FactModel
import Glibc
import XCTest

@testable import FactShell

/// A base saved as text and read into another one is equal to it.
final class SavedBaseTests: XCTestCase {
  private var folder = ""

  override func setUp() {
    folder = "/tmp/factsh-saved-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    mkdir(folder, 0o755)
  }

  override func tearDown() {
    for name in ["one", "two", "one.dl", "two.dl"] {
      for suffix in ["", "-lock", "-users", "-writer"] { unlink("\(folder)/\(name)\(suffix)") }
    }
    rmdir(folder)
  }

  /// Every kind of value, as it is written; in a stated fact `_` is unknown.
  private static let values = [
    "amazon", "\"Deutsche Bank\"", "\"\"", "\"US0231351067\"",
    "\"tab\\t, \\\"quoted\\\" \\\\ \\u{1F600}\"",
    "\"line\\nbreak \\u{0} \\u{7F} \\u{9B}\"", "\"e\\u{301}\"", "\"2026-01-12\"", "\"12\"",
    "\"relation\"",
    "'O''Neil'", "0", "-5", "14000", "140737488355327", "140737488355328", "-140737488355329",
    "9223372036854775807", "1.5", "-0.25", "2e300", "5e-324", "0.1", "9%", "1001..2500", "0..9%",
    "5..", "..100", "-3..-1", "1.5..2.5", "~14000", "~350k", "14000±500", "9223372036854775806..",
    "2026", "2026-01", "2026-01-12", "2026-Q1", "2026-H1", "2026-01-12T09:31",
    "2026-01-12T09:31:05Z", "late 2026-01", "mid 2026", "late 2026-01..early 2026-02",
    "~2026-01-20", "..2026-02", "2026-01-12..", "0001-01-01", "9999-12-31", "_",
  ]

  private var script: String {
    var lines = [
      "relation typed(a: entity, b: text, c: integer[positions], d: number[usd], e: percent, f: date).",
      "typed(amazon, \"Ab\", 1001..2500, 1.5, 9%, late 2026-01).",
      "relation bare(of, aim).", "typed(ups, _, _, _, _, 2026).",
      "document(d1, \"A \\\"report\\\"\", paper, 2026-01-12). alias(amazon, \"Amazon.com\").",
    ]
    for (i, value) in Self.values.enumerated() where !value.contains("''") {
      lines.append("any(\(value), \(i)).")
      lines.append("other(\(i), \(value)) @source: \"desk \(i % 3)\".")
      lines.append("other(\(i), \(value)) @source: \"desk 4\", @certainty: possible.")
    }
    for qualifier in [
      "@source: \"Wolfe Research\"", "@document: d1", "@place: \"par 2\"", "@certainty: probable",
      "@known: 2026-01-28", "@known: _", "@known: late 2026-01", "@valid: 2026",
      "@valid: late 2026-01..2026-03", "@source: s, @document: d1, @known: 2026, @valid: 2025..",
    ] {
      lines.append("claimed(a, 1) \(qualifier).")
      lines.append("-claimed(a, \(lines.count)) \(qualifier).")
    }
    lines += [
      "-claimed(b, _). -typed(amazon, e: 5%).", "gone(1, _) @source: s. gone(1, 5). gone(2, 5).",
      "gone(1, _)~ @known: 2026-02-01.", "gone(1, 5) @source: again.",
      "claimed(a, 1, @source: s)~ @known: 2026-03.", "-claimed(b, _)~ @known: 2026-02-02.",
      "reach(X, Y) :- bare(X, Y).", "reach(X, Y) :- reach(X, Z), bare(Z, Y).",
      ":- typed(a: X, c: N), N > 10M.",
      "query large($least = 2) \"Which?\": any(X, N), N > $least ?",
    ]
    return lines.joined(separator: "\n")
  }

  private static let questions = [
    "any(X, N) | sort N?", "other(N, X) | sort N?", "typed(A, B, C, D, E, F)?", "-claimed(A, B)?",
    "claim(S, R, P, D, O, L, C, K, V)?", "gone(A, B)?", "as of 2026-01-31: gone(A, B)?",
    "as of 2026-02-15: claimed(A, B)?", "as of 2026-02-01: -claimed(A, B)?", "reach(A, B)?",
    "document(A, B, C, D, E)?", ".relations", ".queries",
  ]

  private func answers(_ session: Session) -> [String] {
    Self.questions.map { question in
      let before = session.console.text.count
      XCTAssertTrue(session.runCommandText(question), "\(question): \(session.console.errorText)")
      let lines = session.console.text.dropFirst(before).split(separator: "\n")
      // Rows come in the order in which they were stated, which retractions may change.
      return lines.sorted().joined(separator: "\n")
    }
  }

  func testEveryKindOfValueComesBack() throws {
    let first = Session(engine: Engine(), console: .recording(width: 200))
    first.settings.mode = .jsonl
    XCTAssertTrue(first.open(base: "\(folder)/one", isReadOnly: false))
    XCTAssertTrue(first.runCommandText(script), first.console.errorText)
    let expected = answers(first)
    XCTAssertGreaterThan(expected[0].split(separator: "\n").count, 45)
    XCTAssertTrue(expected[6].contains("\"A\":1"), expected[6])
    XCTAssertTrue(first.runCommandText(".save \(folder)/one.dl"), first.console.errorText)

    let second = Session(engine: Engine(), console: .recording(width: 200))
    second.settings.mode = .jsonl
    XCTAssertTrue(second.open(base: "\(folder)/two", isReadOnly: false))
    XCTAssertTrue(second.runFile("\(folder)/one.dl"), second.console.errorText)
    for (question, (one, two)) in zip(Self.questions, zip(expected, answers(second))) {
      XCTAssertEqual(one, two, question)
    }
    let one = TextSink.memory()
    let two = TextSink.memory()
    try SavedText(first.engine).write(to: one)
    try SavedText(second.engine).write(to: two)
    XCTAssertEqual(one.text, two.text)
  }
}
