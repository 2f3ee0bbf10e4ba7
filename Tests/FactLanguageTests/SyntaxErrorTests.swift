import FactModel
import XCTest

@testable import FactLanguage

/// Messages and places of what is wrong with the form of a text.
final class SyntaxErrorTests: XCTestCase {
  func testPlacesAndMessages() {
    let cases: [(String, [String])] = [
      ("p(a", ["1:2-1 E0104 this `(` is never closed"]),
      ("p(a))?", ["1:5-1 E0105 this `)` closes no bracket"]),
      ("p(X in [a)?", ["1:5-2 E0101 `in` cannot stand here; expected `,` or `)`"]),
      ("X in [a)?", ["1:8-1 E0105 this `)` stands where `]` should close"]),
      ("p(a) :-", ["1:7-1 E0102 the text ends within a statement; expected a literal"]),
      ("p(a)\nq(b).\nr(c).", ["1:4-1 E0103 the ending of this statement is missing"]),
      ("p(\"a).\nq(b).", ["1:3-4 E0106 this text has no closing `\"` on its line"]),
      ("p(\"a\\q\").", ["1:5-2 E0107 `\\q` is no escape"]),
      ("p(\"\\u{110000}\").", ["1:4-9 E0107 `\\u{110000` is no escape"]),
      ("p(2026-1).", ["1:3-6 E0109 `2026-1` is no date"]),
      ("p(2026-13).", ["1:3-7 E0110 `2026-13` is no date"]),
      ("p(1..9%).", ["1:3-5 E0111 the lower bound `1` lies above the upper bound `9%`"]),
      (
        "p(2026-03..2026-01).",
        ["1:3-16 E0111 the lower bound `2026-03` lies above the upper bound `2026-01`"]
      ),
      ("p(5..2026-01).", ["1:3-10 E0112 `5` and `2026-01` are not both numbers or both dates"]),
      ("p(~0).", ["1:3-2 E0113 `~0` does not say how far off it may be"]),
      ("p(~a).", ["1:3-1 E0114 `~` stands before a number or a date"]),
      (
        "p(late 2026-01-05).",
        ["1:3-15 E0115 `late 2026-01-05`: a day has no early, middle or late part"]
      ),
      (
        "X in 1..N?",
        ["1:6-4 E0117 a bound of a range is a number or date that is written out, not `N`"]
      ),
      (
        "X in A..B?",
        ["1:6-3 E0117 a bound of a range is a number or date that is written out, not `A`"]
      ),
      ("p(..).", ["1:3-2 E0118 `..` needs a bound on one side at least"]),
      (
        "p(US0231351067).",
        ["1:3-12 E0120 `US0231351067` is a variable, and a stated fact has none"]
      ),
      ("p(e-commerce).", ["1:3-10 E0116 `e-commerce` is no name without quotes"]),
      ("p(Coca-Cola).", ["1:3-9 E0116 `Coca-Cola` is no name without quotes"]),
      ("p(amazon.com).", ["1:3-10 E0116 `amazon.com` is no name without quotes"]),
      ("p(a) @source: amazon.com.", ["1:15-10 E0116 `amazon.com` is no name without quotes"]),
      ("p(Amazon.com).", ["1:3-10 E0116 `Amazon.com` is no name without quotes"]),
      ("p(2nd).", ["1:3-3 E0116 `2nd` is no name without quotes"]),
      ("p(3M-company).", ["1:3-10 E0116 `3M-company` is no name without quotes"]),
      ("p(1.2.3).", ["1:3-5 E0116 `1.2.3` is no name without quotes"]),
      ("p(X).", ["1:3-1 E0120 `X` is a variable, and a stated fact has none"]),
      ("p(a) @source: X.", ["1:15-1 E0120 `X` is a variable, and a stated fact has none"]),
      ("p(a, @source: b).", ["1:6-10 E0122 `@source` stands inside the brackets of a stated fact"]),
      ("p(X) @source: b?", ["1:6-10 E0123 qualifiers after an atom only belong to a stated fact"]),
      (
        "q, p(X) @source: b, r?",
        ["1:9-10 E0123 qualifiers after an atom only belong to a stated fact"]
      ),
      (
        "p(X, @source: b) :- q(X).",
        ["1:6-10 E0124 a derived fact has no claims, so that it takes no `@source`"]
      ),
      (
        "p(a) @place: 1 + 2.",
        ["1:14-5 E0125 the value of `@place` is a constant, a parameter or a variable"]
      ),
      ("p(a) @source: b, @source: c.", ["1:18-10 E0126 `@source` is given twice"]),
      ("p(x: 1, x: 2).", ["1:9-4 E0127 the attribute `x` is given twice"]),
      ("p(x: 1, 2).", ["1:9-1 E0128 an argument by position stands after one by name"]),
      ("p(f(x: 1))?", ["1:5-4 E0129 a function takes no `x:`, only arguments by position"]),
      ("p(X), Y?", ["1:7-1 E0130 `Y` alone says nothing that could hold"]),
      ("p(X), Y + 1?", ["1:7-5 E0130 `Y + 1` alone says nothing that could hold"]),
      ("-p(X) :- q(X).", ["1:1-5 E0132 the head of a rule is never a denial"]),
      ("X > 2 :- q(X).", ["1:1-5 E0133 the head of a rule is one atom: `p(X) :- q(X).`"]),
      ("X = 2.", ["1:1-5 E0134 `X = 2` is nothing that can be stated"]),
      ("p(a), q(b).", ["1:1-10 E0135 several literals cannot be stated at once"]),
      (
        "with @source: s { p(X)? }",
        ["1:19-5 E0136 `p(X)?` cannot stand inside a `with` block"]
      ),
      ("with @source: s { p(a).", ["1:17-1 E0104 this `{` is never closed"]),
      (
        "p(X), not not q(X)?",
        ["1:7-12 E0137 `not` takes an atom, a test or a bracketed body"]
      ),
      ("p(X), optional (q(X), r(X))?", ["1:7-21 E0137 `optional` takes an atom"]),
      ("relation p(a: entty).", ["1:15-5 E0139 `entty` is no type"]),
      ("relation p(a: number[5]).", ["1:22-1 E0140 `5` is no unit"]),
      ("p(X) | cuont?", ["1:8-5 E0141 `cuont` is no stage and no aggregate"]),
      ("p(X) | sum?", ["1:8-3 E0142 `sum` needs a variable or expression"]),
      ("p(X) | latest X?", ["1:8-8 E0142 `latest` needs `on` and a key"]),
      ("| count?", ["1:1-1 E0143 a `|` at the start of a statement has no query before it"]),
      ("p(X) :- q(X) | count.", ["1:14-1 E0144 `|` belongs to queries; a rule has none"]),
      ("p(“a”).", ["1:3-1 E0146 `“` has no meaning here"]),
      ("p($1).", ["1:3-1 E0146 `$` has no meaning here"]),
    ]
    for (text, expected) in cases { XCTAssertEqual(errors(text), expected, text) }
  }

  func testSlipsOfOtherLanguages() {
    let cases = [
      ("p(X) :- q(X), \\+ r(X).", "\\+", "negation is `not p(X)` or `!p(X)`"),
      ("p(X) :- q(X), X =< 2.", "=<", "less or equal is `<=`"),
      ("p(X) :- q(X), X == 2.", "==", "equality is `=`"),
      ("p(X) :- q(X), X <> 2.", "<>", "inequality is `!=`"),
      ("p(X) :- q(X), Y is X + 1.", "is", "`=` computes as well: `X = Y + 1`"),
      ("p(X) :- q(X) && r(X).", "&&", "literals are joined by `,`"),
      ("p(X) :- q(X) || r(X).", "||", "alternatives are joined by `;`"),
      ("p(X) := q(X).", ":=", "a rule is `HEAD :- BODY.`; equality is `=`"),
      ("p(X) <- q(X).", "<-", "a rule is `HEAD :- BODY.`"),
      ("p(X), X = 7 // 2?", "//", "a comment begins with `#`; integer division is `div`"),
      ("p(X), X = 7 ^ 2?", "^", "a power is `**`"),
      ("p(X), X not in [a]?", "not in", "`not` stands before the test: `not X in [a, b]`"),
    ]
    for (text, mark, hint) in cases {
      let found = errors(text)
      XCTAssertEqual(found.count, 1, text)
      XCTAssertTrue(
        found.first?.hasSuffix("E0147 `\(mark)` is not written this way here") ?? false,
        "\(text): \(found)")
      XCTAssertEqual(hints(text), [hint], text)
    }
    XCTAssertEqual(
      errors(".decl p(x: number)\np(a)."), ["1:1-5 E0148 `.decl` is a directive of another Datalog"]
    )
  }

  func testHints() {
    let cases = [
      ("p(2026-1).", "a date is written like `2026-01-05`, a difference with spaces: `2026 - 1`"),
      ("p(1..9%).", "write `1%..9%`"), ("p(350k..400).", "write `350k..400k`"),
      ("p(amazon.com).", "write \"amazon.com\""),
      (
        "p(US0231351067).",
        "the name is written \"US0231351067\"; an unknown value is `_`; `?` asks"
      ),
      ("p(X) | cuont?", "did you mean `count`?"),
      ("p(X) :- q(X), X % 2 = 1.", "the remainder of a division is `mod`, as in `X mod 2`"),
      (
        "q(X) :- p(X), Y = X % 2,\n  r(Y).\ns(a).",
        "the remainder of a division is `mod`, as in `X mod 2`"
      ),
      ("p(company = amazon)?", "an argument by name is written `attribute: value`"),
    ]
    for (text, hint) in cases { XCTAssertEqual(hints(text), [hint], text) }
  }

  func testAllErrorsOfATextAreFoundByPlace() {
    let text = """
      p(a.
      q(2).
      r(X :- q(X).
      s(~0).
      t(Y).
      u(b)
      """
    XCTAssertEqual(
      errors(text).map { String($0.prefix { $0 != " " }) },
      ["1:2-1", "3:2-1", "4:3-2", "5:3-1", "6:4-1"])
  }

  func testTheNextStatementIsReadAfterAForgottenEnding() {
    XCTAssertEqual(
      errors("p(a)\nq(X).\nr(b)\n-s(c).\nt(d, e\nu(Y)."),
      [
        "1:4-1 E0103 the ending of this statement is missing",
        "2:3-1 E0120 `X` is a variable, and a stated fact has none",
        "3:4-1 E0103 the ending of this statement is missing",
        "5:2-1 E0104 this `(` is never closed",
        "6:3-1 E0120 `Y` is a variable, and a stated fact has none",
      ])
  }

  func testACommentIsNotTakenForARemainder() {
    XCTAssertEqual(hints("p(X) :- q(X), % the source says so\n  r(X"), [""])
    XCTAssertEqual(hints("p(X) :- q(X) % Only these count\n"), [""])
    XCTAssertEqual(
      hints("p(X) :- q(X), (X + 1) % (2) = 0.\n"),
      ["the remainder of a division is `mod`, as in `X mod 2`"])
  }

  func testDiagnosticsShowTheBadExpression() {
    func rendered(_ text: String, width: Int = 60) -> String {
      let source = SourceText(name: "a.dl", bytes: Array(text.utf8))
      return DiagnosticRenderer(width: width).render(parseScript(source).diagnostics, in: source)
    }
    XCTAssertEqual(
      rendered("ok(a).\n\tp(\"日本\", 1..9%)."),
      """
      a.dl:2:10: error: the lower bound `1` lies above the upper bound `9%` [E0111]
          p("日本", 1..9%).
                    ^~~~~
      note: each bound is read by itself
      hint: write `1%..9%`

      """)
    XCTAssertTrue(rendered("p(\u{1B}[31m).").contains("p(\\u{1b}[31m)."))
    let long =
      "p(" + String(repeating: "a, ", count: 100) + "1..9%, " + String(repeating: "b, ", count: 100)
      + "c)."
    let lines = rendered(long).split(separator: "\n")
    XCTAssertTrue(lines[1].hasPrefix("…") && lines[1].hasSuffix("…"), String(lines[1]))
    XCTAssertLessThanOrEqual(lines[1].count, 60)
    let start = lines[2].prefix { $0 == " " }.count
    XCTAssertEqual(lines[1].dropFirst(start).prefix(5), "1..9%")
    XCTAssertEqual(lines[2].dropFirst(start), "^~~~~")
    let colored = DiagnosticRenderer(isColored: true)
      .render(
        Diagnostic(.warning, "W1", "m", at: SourceSpan(0, 1)),
        in: SourceText(name: "n", bytes: [97]))
    XCTAssertTrue(colored.contains("\u{1B}[1;33mwarning: "))
  }

  func testTextsFromOutsideAreValidated() {
    func failure(_ bytes: [UInt8]) -> (String, Int)? {
      do {
        _ = try SourceText.validated(name: "x", bytes: bytes)
        return nil
      } catch let error as DiagnosticsError {
        let first = error.diagnostics[0]
        return (first.code, error.source.position(of: first.span.lower).line)
      } catch { return nil }
    }
    XCTAssertNil(failure(Array("p(\"é\").".utf8)))
    XCTAssertEqual(failure([0x61, 0x0A, 0xFF, 0x0A])?.0, "E0154")
    XCTAssertEqual(failure([0x61, 0x0A, 0xFF, 0x0A])?.1, 2)
    XCTAssertEqual(failure([0x61, 0x0A, 0x0A, 0])?.0, "E0153")
    XCTAssertEqual(failure([0x61, 0x0A, 0x0A, 0])?.1, 3)
    XCTAssertThrowsError(try SourceText.read(path: "/nonexistent/file.dl")) { error in
      XCTAssertEqual((error as? DiagnosticsError)?.diagnostics.first?.code, "E0150")
    }
    XCTAssertThrowsError(try SourceText.read(path: "/tmp")) { error in
      XCTAssertEqual((error as? DiagnosticsError)?.diagnostics.first?.code, "E0151")
    }
  }

  func testNearestNames() {
    let names = ["rating", "layoff", "workforce", "document", "jefferies"]
    XCTAssertEqual(NearestName.nearest("raitng", among: names), ["rating"])
    XCTAssertEqual(NearestName.nearest("jeffries", among: names), ["jefferies"])
    XCTAssertEqual(NearestName.nearest("LayOff", among: names), ["layoff"])
    XCTAssertEqual(NearestName.nearest("work_force", among: names), ["workforce"])
    XCTAssertEqual(NearestName.nearest("zebra", among: names), [])
    XCTAssertEqual(NearestName.nearest("x", among: ["y"]), [])
  }

  /// The banded table against the plain one, on short random names.
  func testNearestNamesAgainstThePlainTable() {
    func edits(_ a: [UInt8], _ b: [UInt8]) -> Int {
      var table = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
      for i in 0...a.count { table[i][0] = i }
      for j in 0...b.count { table[0][j] = j }
      for i in 1...a.count {
        for j in 1...b.count {
          let cost = a[i - 1] == b[j - 1] ? 0 : 1
          var value = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + cost)
          if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
            value = min(value, table[i - 2][j - 2] + 1)
          }
          table[i][j] = value
        }
      }
      return table[a.count][b.count]
    }
    var random = SplitMix(state: 5)
    func name() -> String {
      let length = Int.random(in: 2...10, using: &random)
      return String((0..<length).map { _ in "abc".randomElement(using: &random) ?? "a" })
    }
    for _ in 0..<5_000 {
      let (one, other) = (name(), name())
      if one == other { continue }
      let isNear =
        edits(Array(one.utf8), Array(other.utf8))
        <= NearestName.limit(forLength: one.utf8.count)
      XCTAssertEqual(NearestName.isNear(one, other), isNear, "\(one) \(other)")
    }
  }
}
