import FactLanguage
import FactModel
import XCTest

@testable import FactEngine

/// Ranges that meet ranges: by sorted bounds and pair by pair.
final class BoundJoinTests: XCTestCase {
  private func answers(_ program: String, without passes: Set<String> = []) throws -> [String] {
    let engine = Engine()
    engine.settings.disabledPasses = passes
    let source = SourceText(name: "test", bytes: Array(program.utf8))
    let script = parseScript(source)
    XCTAssertEqual(script.diagnostics.map(\.message), [])
    var found: [String] = []
    for statement in script.statements {
      guard case .answer(let answer) = try engine.run(statement, in: source) else { continue }
      if let truth = answer.truth { found.append("yes \(truth)") }
      for row in 0..<answer.rowCount {
        let texts = answer.columns.indices.map {
          answer.values.text(of: answer.word(row: row, column: $0))
        }
        found.append(texts.joined(separator: ",") + " \(answer.certainty(row: row))")
      }
      found.append("-")
    }
    return found
  }

  private var random = SplitMix(state: 3)

  private func value(isMixed: Bool) -> String {
    let low = random.below(400)
    guard isMixed else { return "\(low)..\(low + 1 + random.below(random.chance(5) ? 200 : 9))" }
    switch random.below(14) {
    case 0: return "_"
    case 1: return "\(low)"
    case 2: return "\(low).."
    case 3: return "..\(low)"
    case 4: return "\(low).5..\(low + 2)"
    case 5: return "~\(low + 1)"
    case 6: return "a\(random.below(3))"
    case 7: return "2026-0\(1 + random.below(9))"
    case 8: return "late 2026-0\(1 + random.below(9))"
    case 9: return "2026-01-1\(random.below(9))..2026-0\(2 + random.below(5))"
    case 10: return "2026-01-1\(random.below(9))T09:31"
    case 11: return "2026-01-1\(random.below(9))"
    case 12: return "\(9_007_199_254_740_990 + low)..\(9_007_199_254_740_993 + low)"
    default: return "\(low)..\(low + 40)"
    }
  }

  /// A program over ranges `r(X, C, A)` and `s(Y, C, B)`, and queries that let them meet.
  private func program(isMixed: Bool, count: Int) -> String {
    var program = "relation r(id, group, value).\nrelation s(id, group, value).\n"
    func certainty() -> String {
      isMixed && random.chance(20)
        ? " @certainty: \(random.chance(50) ? "probable" : "possible")" : ""
    }
    for number in 0..<count {
      for name in ["r", "s"] {
        let group = isMixed && random.chance(5) ? "_" : "g\(random.below(4))"
        program += "\(name)(\(number), \(group), \(value(isMixed: isMixed)))\(certainty()).\n"
      }
    }
    program += "erased(1). r(\(count), g1, 3..90). r(\(count), g1, 3..90)~\n"
    program += """
      r(X, _, A), s(Y, _, B), A overlaps B | count?
      r(X, _, A), s(Y, _, B), A overlaps B, X < Y | N = count, M = count distinct Y by X?
      r(X, C, A), s(Y, C, B), B overlaps A | N = count by C?
      r(X, C, A), r(Y, C, B), X < Y, A overlaps B | N = count by X?
      r(X, _, A), s(Y, g1, B), A in B | N = count by Y?
      s(Y, g2, B), r(X, _, A), A in B, X != Y?
      r(X, _, A), s(X, _, B), A overlaps B?
      r(X, _, A), s(_, _, B), A overlaps B | select X?
      r(X, g1, A), not (s(Y, _, B), A overlaps B)?
      r(X, C, A), not (s(Y, C, B), B in A, Y > X) | count?
      r(X, _, A), s(Y, _, B), s(Z, _, B), A overlaps B, Y < Z | count?
      r(X, _, A), s(Y, _, A2), A overlaps A2, A in A2, s(Y, C, A2) | N = count by C?
      r(X, _, A), B = A, s(Y, _, C), B overlaps C | count?
      meets(X, Y) :- r(X, _, A), s(Y, _, B), A overlaps B, A in B.
      meets(X, Y) | count?
      meets(3, Y)?
      chain(X, A) :- r(X, g0, A), X < 5.
      chain(Y, B) :- chain(X, A), s(Y, _, B), A overlaps B.
      chain(Y, B) :- chain(X, A), chain(Z, C), A overlaps C, r(Y, g2, B), B overlaps C.
      chain(X, A) | N = count, M = sum X?
      chain(17, _)?
      erased(X), r(Y, _, A), r(Z, _, A), A overlaps A | count?
      """
    return program
  }

  func testSortedBoundsGiveTheSameMatches() throws {
    for round in 0..<4 {
      let text = program(isMixed: round % 2 == 1, count: round < 2 ? 60 : 250)
      let fast = try answers(text)
      XCTAssertEqual(fast, try answers(text, without: [Pass.sortedBounds.rawValue]))
      XCTAssertEqual(
        fast, try answers(text, without: [Pass.sortedBounds.rawValue, Pass.joinOrder.rawValue]))
      XCTAssertGreaterThan(fast.count, 200)
    }
  }

  func testRunsFindWhatEveryComparisonFinds() throws {
    for isMixed in [false, true] {
      let engine = Engine()
      let source = SourceText(
        name: "test", bytes: Array(program(isMixed: isMixed, count: 300).utf8))
      for statement in parseScript(source).statements {
        if case .query = statement.kind { continue }
        _ = try engine.run(statement, in: source)
      }
      let evaluation = Evaluation(engine: engine)
      let rows = try evaluation.scanSource(.relation("s"))
      let layout = BoundLayout(
        column: 2, keyColumns: [1], constants: [], equalities: [], outputs: [0])
      let run = try BoundRun(rows, range: 0..<rows.rows.rowCount, layout: layout, in: evaluation)
      run.checkInvariants()
      for segment in 0..<(run.starts.count - 1) {
        let places = run.places(of: segment)
        for _ in 0..<50 where !places.isEmpty {
          let key = run.lower[places.lowerBound + random.below(places.count)]
          let end = places.lowerBound + random.below(places.count + 1)
          XCTAssertEqual(
            run.lastReaching(key, before: end, from: places.lowerBound),
            (places.lowerBound..<end).last { run.upper[$0] >= key })
          let start = places.lowerBound + random.below(places.count)
          XCTAssertEqual(
            run.firstBeginning(after: key, orEqual: true, from: start, to: places.upperBound),
            (start..<places.upperBound).first { run.lower[$0] >= key } ?? places.upperBound)
          XCTAssertEqual(
            run.firstBeginning(after: key, orEqual: false, from: start, to: places.upperBound),
            (start..<places.upperBound).first { run.lower[$0] > key } ?? places.upperBound)
        }
      }
    }
  }

  func testLongRangesAreLeaptOver() throws {
    // One range reaches all the others, so that going back one by one would look at every row.
    var text = "relation r(id, value).\nr(0, 0..100000000).\n"
    for number in 1..<3_000 { text += "r(\(number), \(number * 10)..\(number * 10 + 3)).\n" }
    text += "r(X, A), r(Y, B), A overlaps B | count?\n"
    XCTAssertEqual(try answers(text), ["\(3_000 + 2 * 2_999) certain", "-"])
  }

  func testAJoinOfEverythingWithEverythingCanBeStopped() throws {
    var text = "relation r(id, value).\n"
    for number in 0..<20_000 { text += "r(\(number), \(number)..\(number + 100000)).\n" }
    let engine = Engine()
    let source = SourceText(name: "test", bytes: Array(text.utf8))
    for statement in parseScript(source).statements { _ = try engine.run(statement, in: source) }
    let query = SourceText(
      name: "query", bytes: Array("r(X, A), r(Y, B), A overlaps B, X < Y | count?".utf8))
    let statement = try XCTUnwrap(parseScript(query).statements.first)
    for asked in [0, 3, 30, 300] {
      var left = asked
      engine.isInterrupted = {
        left -= 1
        return left < 0
      }
      XCTAssertThrowsError(try engine.run(statement, in: query)) {
        XCTAssertEqual($0 as? EngineError, .interrupted)
      }
      // Nobody goes on working after the answer is no.
      XCTAssertEqual(left, -1)
    }
    engine.isInterrupted = { false }
    let small = SourceText(name: "query", bytes: Array("r(X, A), X < 3 | count?".utf8))
    _ = try engine.run(try XCTUnwrap(parseScript(small).statements.first), in: small)
  }

  /// What is looked up once the input has ended is time of the join that looks it up.
  func testThePlanSaysHowLongAJoinBySortedBoundsTook() throws {
    let engine = Engine()
    let program = program(isMixed: false, count: 2_000)
    let source = SourceText(
      name: "test",
      bytes: Array((program + "\nr(X, _, A), s(Y, _, B), A overlaps B | N = count?").utf8))
    var plan = ""
    for statement in parseScript(source).statements {
      if case .query(let query) = statement.kind {
        plan = try engine.explain(query, in: source, showsTimes: true)
      } else {
        _ = try engine.run(statement, in: source)
      }
    }
    let line = try XCTUnwrap(plan.split(separator: "\n").first { $0.contains("by sorted bounds") })
    let time = try XCTUnwrap(line.split(separator: " ").dropLast().last.flatMap { Double($0) })
    XCTAssertGreaterThan(time, 0.05, "\(line)")
  }
}
