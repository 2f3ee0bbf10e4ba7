import FactLanguage
import FactModel
import XCTest

@testable import FactEngine

/// Damaged programs are refused or taken, and nothing else happens.
final class ResolveFuzzTests: XCTestCase {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  private let pieces = [
    "p(a, 3). ", "relation d(at: date, n: integer[usd], p: percent). ", "d(2026, 5, 9%). ",
    "-p(a). ", "q(X) :- p(X, N), N > 2. ", "r(X, sum(N)) :- p(X, N). ",
    "s(X) :- q(X), not r(X, _). ",
    "p(X, N), d(at: D), D in 2026 | Total = sum N by X | sort Total desc | limit 3? ",
    "p(X, N, @source: S, @certainty: probable)? ", "X in [a, b], optional p(X, N)? ",
    "(p(X, _); q(X)), not (p(X, N), N < 3)? ", "claim(statement: S, known: K)? ",
    "file(\"a.csv\", X, name: Y, @header: no), X overlaps 1..3? ",
    "load n(K, at: D, @known: D) :- file(\"a.csv\", K, day: D). ", "p(_, 3)~ ",
    "p(a, @source: s)~ ",
    "t(X, Y) :- p(X, Y). ", "t(X, Z) :- t(X, Y), t(Y, Z). ",
    "t(X, Y), Y = X + 1, contains(X, \"a\")? ",
    "source(1). ", "alias(X, Y) :- p(X, Y). ", "p(X + 1, min(X, 2, 3)) :- q(X). ",
    "query z($n = 1): p(X, $n)? ", "with @document: m { p(c, 4) @place: 3. } ",
    "p(X, N) | select X, Y = N / 2 | where Y > 1; Y < 0 | count, latest X on Y? ",
  ]

  func testDamagedPrograms() {
    var generator = Generator(state: 42)
    var accepted = 0
    for _ in 0..<1500 {
      var text = ""
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        text += pieces[Int.random(in: 0..<pieces.count, using: &generator)]
      }
      var bytes = Array(text.utf8)
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        let other = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes.remove(at: at)
        case 1: bytes.swapAt(at, other)
        default: bytes.insert(bytes[other], at: at)
        }
        if bytes.isEmpty { break }
      }
      let fixture = ResolveFixture(parameters: ["n": "3"])
      fixture.run(String(decoding: bytes, as: UTF8.self))
      accepted += fixture.queries.count
      for query in fixture.queries { check(query, bytes) }
      for rule in fixture.rules { check(rule.body, rule.variables.count, bytes) }
    }
    XCTAssertGreaterThan(accepted, 300)
  }

  private func check(_ query: ResolvedQuery, _ bytes: [UInt8]) {
    check(query.body, query.variables.count, bytes)
    for slot in query.columns + query.answerColumns + Array(query.percentSlots) {
      XCTAssertLessThan(slot, query.variables.count, String(decoding: bytes, as: UTF8.self))
    }
    for slot in query.stages.flatMap(\.reads).flatMap(\.slots) {
      XCTAssertLessThan(slot, query.variables.count, String(decoding: bytes, as: UTF8.self))
    }
  }

  private func check(_ body: ResolvedBody, _ count: Int, _ bytes: [UInt8]) {
    for literal in body.alternatives.joined() {
      switch literal.kind {
      case .atom(let atom), .optional(let atom):
        for case .variable(let slot) in atom.arguments { XCTAssertLessThan(slot, count) }
      case .negation(let inner): check(inner, count, bytes)
      default: break
      }
    }
    XCTAssertFalse(body.alternatives.isEmpty, String(decoding: bytes, as: UTF8.self))
  }
}
