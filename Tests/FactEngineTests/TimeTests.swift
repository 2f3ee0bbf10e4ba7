import FactEngine
import FactLanguage
import FactModel
import XCTest

/// `as of` against bases rebuilt from the claims that were known on each day, and disputes with
/// rules and passes in every order.
final class TimeTests: XCTestCase {
  /// Numbers that look random and are the same every time.
  private struct Numbers {
    var state: UInt64
    mutating func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  /// One claim of `e(from, to)`, known from a day on and perhaps retracted on a later one.
  private struct Entry {
    var fact: String
    var source: String
    var certainty: String
    var known: Int?
    var until: Int?
  }

  private static let rules = """
    p(X, Y) :- e(X, Y).
    p(X, Z) :- e(X, Y), p(Y, Z).
    lone(X) :- e(X, _), not p(X, X).
    many(X, count) :- p(X, _).
    """

  private static let queries = [
    "e(X, Y)", "p(X, Y)", "p(n1, Y)", "lone(X)", "many(X, N)", "e(X, Y, @source: S)",
    "p(X, Y) | N = count by X", "e(X, Y), not e(Y, X)", "-e(X, Y)", "p(n0, n3)",
    "claim(statement: T, source: S, polarity: P)",
  ]

  private func text(_ day: Int) -> String { "2026-01-\(day < 10 ? "0" : "")\(day)" }

  private func entries(_ numbers: inout Numbers) -> [Entry] {
    var seen: Set<String> = []
    return (0..<16).compactMap { _ in
      let sign = numbers.next(6) == 0 ? "-" : ""
      let known = numbers.next(5) == 0 ? nil : 1 + numbers.next(20)
      let entry = Entry(
        fact: "\(sign)e(n\(numbers.next(5)), n\(numbers.next(5))",
        source: "s\(numbers.next(3))",
        certainty: ["certain", "probable", "possible"][numbers.next(3)],
        known: known, until: numbers.next(3) == 0 ? (known ?? 1) + 1 + numbers.next(6) : nil)
      // A source says a thing once, so that a retraction closes one claim.
      return seen.insert(entry.fact + entry.source).inserted ? entry : nil
    }
  }

  private func statement(_ entry: Entry) -> String {
    let known = entry.known.map { ", @known: \(text($0))" } ?? ""
    return "\(entry.fact)) @source: \(entry.source), @certainty: \(entry.certainty)\(known)."
  }

  func testAsOfAgreesWithABaseOfWhatWasKnownThen() throws {
    var numbers = Numbers(state: 7)
    for _ in 0..<8 {
      let entries = entries(&numbers)
      let engine = Engine()
      var program = "relation e(from, to).\n" + TimeTests.rules + "\n"
      program += entries.map(statement).joined(separator: "\n") + "\n"
      for entry in entries {
        guard let until = entry.until else { continue }
        program += "\(entry.fact))~ @source: \(entry.source), @known: \(text(until)).\n"
      }
      _ = try AnswerTexts.of(program, on: engine)
      for day in [1, 5, 9, 13, 17, 21, 28] {
        let then = entries.filter { entry in
          (entry.known ?? 0) <= day && (entry.until ?? 99) > day
        }
        let reference = Engine()
        let rebuilt =
          "relation e(from, to).\n" + TimeTests.rules + "\n"
          + then.map(statement).joined(separator: "\n") + "\n"
        _ = try AnswerTexts.of(rebuilt, on: reference)
        for query in TimeTests.queries {
          XCTAssertEqual(
            try AnswerTexts.of("as of \(text(day)): \(query)?", on: engine),
            try AnswerTexts.of(query + "?", on: reference),
            "\(query) as of \(text(day)) of\n\(program)")
        }
      }
      // What changes is what one answer has and the other has not.
      for query in ["p(X, Y)", "lone(X)"] {
        func rows(_ day: Int) throws -> Set<String> {
          let found = try AnswerTexts.of("as of \(text(day)): \(query) | select X?", on: engine)
          return Set(found[0].split(separator: "\n").map { String($0.prefix { $0 != "]" }) })
        }
        let (before, after) = (try rows(5), try rows(17))
        let changed = try AnswerTexts.of(
          "as of \(text(5)) and \(text(17)): \(query) | select X?", on: engine)
        XCTAssertEqual(
          changed[0].split(separator: "\n").count, before.symmetricDifference(after).count)
      }
    }
  }

  func testTheOrderOfRulesNeverDecidesWhatIsDisputed() throws {
    var numbers = Numbers(state: 11)
    let rules =
      TimeTests.rules.split(separator: "\n").map(String.init) + [
        "-p(n1, _).", "far(X) :- p(X, Y), p(Y, n2).", "p(X, n3) :- far(X).", "-far(n0).",
      ]
    for _ in 0..<25 {
      let facts = entries(&numbers).map(statement)
      var results: [[String]] = []
      for turn in 0..<4 {
        let engine = Engine()
        if turn == 3 { engine.settings.disabledPasses = Set(Pass.allCases.map(\.rawValue)) }
        let ordered = turn % 2 == 0 ? rules : rules.reversed()
        let stated = turn < 2 ? facts : facts.reversed()
        var program = ["relation e(from, to)."] + stated + ordered
        program += TimeTests.queries.map { $0 + "?" } + ["far(X)?"]
        results.append(try AnswerTexts.of(program.joined(separator: "\n"), on: engine))
      }
      for result in results.dropFirst() { XCTAssertEqual(result, results[0]) }
    }
  }

  /// Disputed is exactly what is lost where the disputed facts are not there, for positive rules.
  func testDisputedIsWhatIsLostWithoutDisputedFacts() throws {
    var numbers = Numbers(state: 23)
    for _ in 0..<25 {
      let edges = (0..<9).map { _ in "e(n\(numbers.next(5)), n\(numbers.next(5)))." }
      let denied = Set((0..<3).map { _ in edges[numbers.next(edges.count)] })
      let rules = "p(X, Y) :- e(X, Y).\np(X, Z) :- e(X, Y), p(Y, Z).\n"
      let all = rules + edges.joined(separator: "\n")
      let clean = rules + edges.filter { !denied.contains($0) }.joined(separator: "\n")
      let denials = denied.map { "-" + $0 }.joined(separator: "\n")
      let found = try AnswerTexts.of("relation e(f, t).\n\(all)\n\(denials)\np(X, Y)?")[0]
      let kept = try AnswerTexts.of("relation e(f, t).\n\(clean)\np(X, Y)?")[0]
      let undisputed = found.split(separator: "\n").filter { $0.hasSuffix("false") }
      XCTAssertEqual(undisputed.joined(separator: "\n"), kept)
    }
  }

  /// Leaving disputed facts out makes no negation true and leaves no option without a match: what
  /// would be derived by that alone stays disputed.
  func testNegationsAreJudgedWithDisputedFacts() throws {
    let facts = "base(a). d(a). -d(a). p(a). -p(a). s(a, 1). -s(a, 1). m(_).\n"
    for rules in [
      "t(X) :- d(X). t(X) :- base(X), not p(X).",
      "t(X) :- base(X), not p(X). t(X) :- d(X).",
      "w(X, N) :- d(X), m(N). w(X, N) :- base(X), optional s(X, N). t(X) :- w(X, N), unknown(N).",
    ] {
      for passes in [Set<String>(), Set(Pass.allCases.map(\.rawValue))] {
        let engine = Engine()
        engine.settings.disabledPasses = passes
        let found = try AnswerTexts.of(facts + rules + "\nt(X)?", on: engine)[0]
        XCTAssertEqual(found.split(separator: "\n").count, 1, rules)
        XCTAssertTrue(found.hasSuffix("true"), "\(rules)\n\(found)")
      }
    }
  }

  /// A claim and a denial dispute each other only for periods that meet, as of the moment asked for.
  func testDisputesOfPeriodsAndMoments() throws {
    func isDisputed(_ facts: String, _ query: String = "p(X)?") throws -> Bool {
      let found = try AnswerTexts.of(facts + " q(X) :- p(X).\n" + query)[0]
      XCTAssertEqual(found.split(separator: "\n").count, 1, "\(facts)\n\(query)")
      return found.hasSuffix("true")
    }
    let apart = "p(a) @valid: 2025. -p(a) @valid: 2026."
    for query in ["p(X)?", "q(X)?", "during 2025: p(X)?", "p(X, @source: S)?"] {
      XCTAssertFalse(try isDisputed(apart, query), query)
    }
    let partly = "p(a) @valid: 2025..2026. -p(a) @valid: 2026. -p(b) @valid: 2025."
    XCTAssertTrue(try isDisputed(partly))
    XCTAssertTrue(try isDisputed(partly, "during 2026-Q1: q(X)?"))
    XCTAssertFalse(try isDisputed(partly, "during 2025: q(X)?"))
    XCTAssertTrue(try isDisputed("p(a) @valid: 2025. -p(a)."))
    XCTAssertTrue(try isDisputed("p(a). -p(a) @valid: 2025."))
    XCTAssertTrue(try isDisputed("p(a) @valid: 2024. p(a) @valid: 2026. -p(a) @valid: 2026-05."))
    let later = "p(a) @known: 2025-01-01. -p(a) @known: 2025-06-01."
    XCTAssertFalse(try isDisputed(later, "as of 2025-05-31: q(X)?"))
    XCTAssertTrue(try isDisputed(later, "as of 2025-06-01: q(X)?"))
  }
}
