import FactEngine
import FactLanguage
import FactModel
import Foundation
import XCTest

/// Enough facts that several threads share the work: loading, and grouping by columns.
final class ManyFactsTests: XCTestCase {
  private var folder = ""

  override func setUpWithError() throws {
    folder = NSTemporaryDirectory() + "many-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  override func tearDown() {
    Workers.count = 0
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Numbers that look random and are the same every time.
  private struct Numbers {
    var state: UInt64
    mutating func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  private func run(_ program: String, on engine: Engine) throws -> [Outcome] {
    let source = SourceText(name: "test", bytes: Array(program.utf8))
    let script = parseScript(source)
    XCTAssertTrue(script.diagnostics.isEmpty, "\(script.diagnostics)")
    return try script.statements.map { try engine.run($0, in: source) }
  }

  /// The rows of each answer, in the order shown.
  private func answers(_ program: String, on engine: Engine) throws -> [[String]] {
    try run(program, on: engine).compactMap { outcome in
      guard case .answer(let answer) = outcome else { return nil }
      return (0..<answer.rowCount).map { row in
        let words = answer.columns.indices.map {
          answer.values.text(of: answer.word(row: row, column: $0))
        }
        return words.joined(separator: ",") + " \(answer.certainty(row: row))"
      }
    }
  }

  private func write(_ name: String, rows: Int, _ line: (inout Numbers) -> String) throws -> String
  {
    var numbers = Numbers(state: 11)
    var text = "id\tkind\tsize\tday\n"
    for _ in 0..<rows { text += line(&numbers) + "\n" }
    let path = folder + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func declaration(_ path: String) -> String {
    """
    relation item(id: entity, kind: entity, size: integer, day: date).
    load item(I, K, S, D) :- file("\(path)", id: I, kind: K, size: S, day: D).
    """
  }

  func testALoadIsTheSameOnAnyNumberOfThreadsAndKeepsEachFactOnce() throws {
    // Few distinct rows, so that most of the equal ones lie far apart.
    let path = try write("items.tsv", rows: 120_000) { numbers in
      let size = ["", "\(numbers.next(3))", "9007199254740993", "-12"][numbers.next(4)]
      let day = ["2026-01-0\(1 + numbers.next(3))", "2026-02", "", "2025~"][numbers.next(4)]
      return "i\(numbers.next(2_000))\tk\(numbers.next(4))\t\(size)\t\(day)"
    }
    var seen: Set<String> = []
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for line in text.split(separator: "\n").dropFirst() { seen.insert(String(line)) }
    var first: [[String]]?
    for threads in [1, 2] {
      Workers.count = threads
      let engine = Engine()
      let outcomes = try run(declaration(path), on: engine)
      guard case .loaded(let rows, let newFacts, _, let skipped) = outcomes[1] else {
        return XCTFail("\(outcomes[1])")
      }
      XCTAssertEqual(rows, 120_000)
      XCTAssertEqual(newFacts, seen.count)
      XCTAssertEqual(skipped, 0)
      let found = try answers(
        "item(I, K, S, D), I = i77? item(I, K, S, D) | sort D, S desc, K, I | limit 200?",
        on: engine)
      if let first { XCTAssertEqual(found, first) } else { first = found }
    }
  }

  func testALoadThatIsStoppedLeavesNothing() throws {
    let path = try write("items.tsv", rows: 140_000) { numbers in
      "i\(numbers.next(100_000))\tk\(numbers.next(4))\t\(numbers.next(9))\t2026-01-01"
    }
    let load = "load item(I, K, S, D) :- file(\"\(path)\", id: I, kind: K, size: S, day: D)."
    for before in ["", "item(i7, k1, 500, 2026-01-02). item(i8, k1, 501, 2026-01-02)."] {
      var calls = 0
      let whole = Engine()
      whole.isInterrupted = {
        calls += 1
        return false
      }
      _ = try run(before + load, on: whole)
      let query = "item(I, K, S, D) | N = count, T = sum S by K?"
      let expected = try answers(query, on: whole)
      let total = calls
      XCTAssertGreaterThan(total, 10)
      for stop in [1, total / 2, total - 3, total - 2, total - 1] {
        let engine = Engine()
        if !before.isEmpty { _ = try run(before, on: engine) }
        var count = 0
        engine.isInterrupted = {
          count += 1
          return count > stop
        }
        do {
          _ = try run(load, on: engine)
          continue
        } catch EngineError.interrupted {
          engine.isInterrupted = { false }
        }
        let kept = engine.base.relation(named: "item")?.facts.factCount
        XCTAssertEqual(kept, before.isEmpty ? nil : 2)
        _ = try run(load, on: engine)
        XCTAssertEqual(try answers(query, on: engine), expected)
      }
    }
  }

  func testBadRowsOfALongFileAreNamedByLine() throws {
    let path = try write("items.tsv", rows: 50_000) { numbers in
      "i\(numbers.next(100))\tk\t\(numbers.next(20_000) == 0 ? "many" : "3")\t2026-01-01"
    }
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let wanted = lines.indices.filter { lines[$0].contains("many") }.map { $0 + 1 }
    XCTAssertFalse(wanted.isEmpty)
    for threads in [1, 2] {
      Workers.count = threads
      let engine = Engine()
      engine.settings.skipsBadRows = true
      let outcomes = try run(declaration(path), on: engine)
      guard case .loaded(_, _, _, let skipped) = outcomes[1] else {
        return XCTFail("\(outcomes[1])")
      }
      XCTAssertEqual(skipped, wanted.count)
      XCTAssertEqual(engine.badRows.map(\.line), wanted)
      XCTAssertEqual(engine.badRows.first?.cause, "`size` is `many`, which is no integer")
    }
  }

  func testGroupsOfColumnsAreThoseOfTheOperators() throws {
    let path = try write("items.tsv", rows: 70_000) { numbers in
      let day = "20\(10 + numbers.next(16))-0\(1 + numbers.next(9))-1\(numbers.next(10))"
      return "i\(numbers.next(20_000))\tk\(numbers.next(50))\t\(numbers.next(2_000) - 500)\t\(day)"
    }
    let queries = """
      item(_, K, S, D), D >= 2020-01-01 | N = count, T = sum S, L = min S, M = max S, A = avg S by K?
      item(_, K, S, D), D >= 2020-01-01, D < 2021-01-01, S > 0 | N = count, T = sum S by K?
      item(_, K, S, D), S in 5..9, S != 7 | N = count by K?
      item(I, _, S, _) | T = sum S, N = count by I | sort T desc, I | limit 20?
      item(_, _, S, _) | T = sum S, A = avg S?
      item(_, _, _, D) | N = count?
      item(_, _, _, D), D > 2030-01-01 | N = count?
      item(_, K, S, _), S > 100000 | N = sum S by K?
      item(_, K, S, D), D in 2020 | N = count, T = sum S by K?
      item(_, K, S, D), D > 2020 | N = count, T = sum S by K?
      item(I, I, S, _) | N = count by I?
      item(_, K, _, D) | N = count by D | limit 5?
      item(_, K, S, _), S > 1..3 | N = count by K?
      item(_, K, S, D) | where S > 50 | N = count D by K?
      item(_, _, S, _), S > 2, S <= 90 | N = count?
      item(_, _, S, D), S > 0, D >= 2020-01-01, S < 900 | N = count, M = count?
      item(_, _, _, D), D < late 2020-03 | N = count?
      item(_, K, _, _), K > k2 | N = count?
      """
    let engine = Engine()
    _ = try run(declaration(path), on: engine)
    for change in [
      "", "item(i1, k1, 2..4, 2020-01-01).", "-item(i1, _, _, _). item(i3, k2, 5, 2020).",
    ] {
      _ = try run(change, on: engine)
      engine.settings.disabledPasses = [Pass.columnGroups.rawValue]
      let expected = try answers(queries, on: engine)
      engine.settings.disabledPasses = []
      for threads in [1, 2] {
        Workers.count = threads
        XCTAssertEqual(try answers(queries, on: engine), expected)
      }
      XCTAssertEqual(expected.count, 18)
      XCTAssertEqual(expected[0].count, 50)
    }
  }

  /// What one batch of a scan is less than certain of says nothing about the next one.
  func testADoubtfulRowLeavesLaterOnesCertain() throws {
    var number = 0
    let path = try write("r.tsv", rows: 9_000) { _ in
      number += 1
      return "i\(number)\tk\t\(number == 5 ? "5..15" : "1..2")\t2026-01-01"
    }
    let found = try answers(
      declaration(path) + """

        item(_, _, S, _), S < 10 | N = count?
        item(I, _, S, _), S < 10 | select I?

        """, on: Engine())
    XCTAssertEqual(found[0], ["8999..9000 certain"])
    XCTAssertEqual(found[1].filter { $0.hasSuffix("certain") }.count, 8_999)
    XCTAssertEqual(found[1].filter { !$0.hasSuffix("certain") }, ["i5 possible"])
  }

  /// A load that looks things up is stated bit by bit as well, since what it reads stays as it is.
  func testALoadIntoABaseMayLookThingsUp() throws {
    let path = try write("items.tsv", rows: 200_000) { numbers in
      "i\(numbers.next(90_000))\tk\(numbers.next(9))\t\(numbers.next(900))\t2026-01-01"
    }
    let file = "file(\"\(path)\", id: I, kind: K, size: S, day: D)"
    let program = """
      relation item(id: entity, name: text, size: integer).
      relation kind(id: entity, name: text).
      relation gone(id: entity).
      kind(k1, "one"). kind(k2, "two"). kind(k2, "zwei"). kind(k5, "five"). gone(i5). gone(i77).
      load item(I, N, S) :- \(file), kind(K, N), not gone(I), S < 800.
      """
    // What a load states is not what it reads.
    let again = "load item(I, N, S + 1) :- \(file), K = k1, item(I, N, _), S < 5."
    let query = "item(_, N, S) | C = count, T = sum S by N? item(i9, N, S)? item(i77, N, S)?"
    let memory = Engine()
    let base = Engine()
    try base.open(base: folder + "/base")
    for text in [program, again] {
      _ = try run(text, on: memory)
      _ = try run(text, on: base)
      let expected = try answers(query, on: memory)
      XCTAssertEqual(try answers(query, on: base), expected)
      XCTAssertEqual(expected[0].count, 4)
      XCTAssertEqual(expected[2].count, 0)
    }
  }
}
