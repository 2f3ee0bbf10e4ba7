import FactLanguage
import FactModel
import Foundation
import XCTest

@testable import FactEngine

/// Certainty against possible worlds: what is called certain holds in all of them, and what holds
/// in one of them is at least called possible.
final class WorldsTests: XCTestCase {
  /// The rows of one world, or nil where the program fails there.
  private func rows(of run: ReferenceRun, in world: ReferenceWorld) -> [[UInt64]]? {
    guard let resolved = run.resolved else { return nil }
    return try? run.rows(of: resolved, resolved.scope, world: world).map(\.words)
  }

  /// Worlds over the uncertain facts and inexact stated values; all where there are few.
  private func worlds(of run: ReferenceRun) -> [ReferenceWorld] {
    let values = run.engine.base.values
    let claims = ReferenceClaims(base: run.engine.base, scope: run.resolved?.scope)
    var uncertain: [[UInt64]] = []
    var inexact: Set<UInt64> = []
    func add(_ stated: ReferenceClaims.Stated, _ name: String) {
      if stated.level > 0 { uncertain.append(ReferenceWorld.key(name, stated.words)) }
      for word in stated.words where ReferenceWorld.choices(Word(bits: word), values).count > 1 {
        inexact.insert(word)
      }
    }
    for name in run.relations {
      for fact in claims.facts(of: name) { add(fact, name) }
      for denial in claims.denials(of: name) { add(denial, "-" + name) }
    }
    let choices = inexact.sorted().map { word in
      (word: word, values: ReferenceWorld.choices(Word(bits: word), values))
    }
    var total = 1
    for _ in uncertain where total <= 128 { total *= 2 }
    for choice in choices where total <= 128 { total *= choice.values.count }
    var random = SplitMix(state: 7)
    return (0..<min(total, 128)).map { number in
      var rest = total <= 128 ? UInt64(number) : random.next()
      var world = ReferenceWorld(values: values, number: UInt64(number))
      for fact in uncertain {
        if rest % 2 == 1 { world.dropped.insert(fact) }
        rest /= 2
      }
      for choice in choices {
        if total > 128, rest < 100 { rest = random.next() }
        world.chosen[choice.word] = choice.values[Int(rest % UInt64(choice.values.count))]
        rest /= UInt64(choice.values.count)
      }
      return world
    }
  }

  /// Whether a value of a world may be what the answer says: itself, or within its bounds.
  private func agrees(_ answer: UInt64, _ other: UInt64, _ values: ValueStore) -> Bool {
    if answer == other { return true }
    let word = Word(bits: other)
    // Where nothing is there in a world, an extreme or average has no value in it.
    if word == .unknown { return true }
    guard let bounds = values.numbers(of: Word(bits: answer)), let value = values.scalar(of: word)
    else { return values.compare(.inside, word, Word(bits: answer)) == .certain }
    let slack = 1e-9
    return (bounds.lower?.double ?? -.infinity) - slack <= value.double
      && value.double <= (bounds.upper?.double ?? .infinity) + slack
  }

  /// A claim of the engine that a world contradicts.
  func contradiction(_ program: ReferenceProgram) -> String? {
    let run = ReferenceRun(program)
    guard let resolved = run.resolved, let query = run.query else { return nil }
    guard let answer = try? run.engine.ask(query, in: run.source) else { return nil }
    let values = run.engine.base.values
    var groups: Int?
    for case .aggregate(let by, _) in resolved.stages { groups = by.count }
    let claimed: [(words: [UInt64], level: UInt8)]
    if answer.isYesNo {
      claimed = answer.truth.map { [([], $0.rawValue)] } ?? []
    } else {
      claimed = (0..<answer.rowCount).map { row in
        (answer.words.map { $0[row] }, answer.certainty(row: row).rawValue)
      }
    }
    func same(_ claim: [UInt64], _ row: [UInt64]) -> Bool {
      guard let groups else { return claim == row }
      return claim[..<groups] == row[..<groups]
        && zip(claim[groups...], row[groups...]).allSatisfy { agrees($0, $1, values) }
    }
    for world in worlds(of: run) {
      guard let rows = rows(of: run, in: world) else { continue }
      for row in rows where !claimed.contains(where: { same($0.words, row) }) {
        return "missing: \(run.line(row, 0))\n\(describe(run, claimed, rows, world))"
      }
      for claim in claimed where claim.level == 0 {
        if !rows.contains(where: { same(claim.words, $0) }) {
          return "not certain: \(run.line(claim.words, 0))\n\(describe(run, claimed, rows, world))"
        }
      }
    }
    return nil
  }

  private func describe(
    _ run: ReferenceRun, _ claimed: [(words: [UInt64], level: UInt8)], _ rows: [[UInt64]],
    _ world: ReferenceWorld
  ) -> String {
    let values = run.engine.base.values
    let chosen = world.chosen.map {
      "\(values.text(of: Word(bits: $0.key))) is \(values.text(of: $0.value))"
    }
    return """
      answer: \(claimed.map { run.line($0.words, $0.level) })
      in the world without \(world.dropped.count) facts where \(chosen.sorted()): \
      \(rows.map { run.line($0, 0) })
      """
  }

  private func check(seeds: Range<UInt64>, isClaimed: Bool = false) {
    var compared = 0
    var failures = 0
    for seed in seeds {
      var generator = ReferenceGenerator(
        seed: seed, isMixed: true, isForWorlds: true, isClaimed: isClaimed)
      let program = generator.program()
      if ReferenceRun(program).resolved == nil { continue }
      compared += 1
      guard contradiction(program) != nil else { continue }
      let shrunk = program.shrunk { self.contradiction($0) != nil }
      XCTFail("seed \(seed)\n\(shrunk.text)\n\(contradiction(shrunk) ?? "")")
      failures += 1
      if failures == 5 { break }
    }
    if failures == 0 { XCTAssertGreaterThan(compared, seeds.count * 7 / 10) }
  }

  private var seedCount: UInt64 {
    ProcessInfo.processInfo.environment["FACTSH_SEEDS"].flatMap { UInt64($0) } ?? 200
  }

  func testAnswersHoldInWorlds() { check(seeds: 1..<(1 + seedCount)) }

  /// The same of what was known at a moment or holds in a period, with facts denied and retracted.
  func testAnswersHoldInWorldsOfAMoment() {
    check(seeds: 1_000_001..<(1_000_001 + seedCount), isClaimed: true)
  }

  /// Negations, options and aggregates of uncertain facts, which random programs seldom ask alone.
  func testNegationsAndAggregatesOfUncertainFactsHoldInWorlds() {
    let facts = [
      "e(1).", "e(2).", "e(3).", "e(4) @certainty: probable.", "p(1) @certainty: possible.",
      "p(2) @certainty: probable.", "p(3).", "s(1, 1..3) @certainty: possible.", "s(2, 2).",
      "s(3, 1..3).",
    ]
    let rules = [
      ReferenceProgram.Rule(head: "free(X)", body: [["e(X)", "not p(X)"]])
    ]
    for (query, stages) in [
      (["e(X)", "not p(X)"], []), (["free(X)"], []), (["e(X)", "not free(X)"], []),
      (["e(X)", "not s(X, _)"], []), (["e(X)", "not (s(X, N), N > 1)"], []),
      (["p(X)"], ["C = count"]), (["free(X)"], ["C = count, S = sum X"]),
      (["e(X)", "optional p(X)"], []), (["s(X, N)"], ["S = sum N, L = min N, M = max N"]),
    ] as [([String], [String])] {
      let program = ReferenceProgram(facts: facts, rules: rules, query: [query], stages: stages)
      XCTAssertNotNil(ReferenceRun(program).resolved, program.question)
      XCTAssertNil(contradiction(program), program.question)
    }
  }

  // MARK: Where possible is claimed once too often

  private func answer(_ text: String) -> [String] {
    let run = ReferenceRun(text: text)
    guard case .rows(let rows) = run.answer() else { return ["none: \(run.refusal)"] }
    return rows
  }

  /// Each branch is judged by itself, so that a certainty of the two together is not seen.
  func testBranchesTogetherAreNotSeen() {
    XCTAssertEqual(answer("p(1..3). p(N), (N > 2 ; N <= 2)?"), ["1..3 @possible"])
  }

  /// Two comparisons of two variables may each hold, though never together.
  func testComparisonsOfTwoVariablesAreJudgedAlone() {
    XCTAssertEqual(
      answer("p(1..3). q(2..4). p(N), q(M), N < M, M < N?"), ["1..3 | 2..4 @possible"])
  }

  /// A fact and its absence exclude each other, and are judged apart all the same.
  func testFactAndAbsenceAreJudgedApart() {
    XCTAssertEqual(
      answer("p(1) @certainty: possible. p(N), not p(N)?"), ["1 @possible"])
  }

  /// Two claims of one fact are one fact: it is as sure as the surer one, never surer for both.
  func testClaimsOfOneFactAreNotAdded() {
    XCTAssertEqual(
      answer(
        "p(1) @source: a, @certainty: probable. p(1) @source: b, @certainty: possible. p(N)?"),
      ["1 @probable"])
  }

  /// Two uncertain facts of which one holds in every world would make their disjunction certain,
  /// had they excluded each other; worlds drop facts one by one, and so none is certain.
  func testAlternativesAreAsSureAsTheSurest() {
    XCTAssertEqual(
      answer(
        "p(1) @certainty: possible. q(1) @certainty: probable. r(N) :- p(N). r(N) :- q(N). r(N)?"),
      ["1 @probable"])
  }

  /// A denial takes nothing away: what is denied is disputed, not less certain.
  func testWhatIsDeniedStaysAsSureAsItIs() {
    XCTAssertEqual(answer("p(1). -p(1) @certainty: possible. p(N)?"), ["1 disputed"])
    XCTAssertEqual(answer("p(1). -p(1). p(N), -p(N)?"), ["1 disputed"])
  }

  /// The same value on both sides of a sum is judged as if it were two.
  func testOccurrencesAreJudgedAlone() {
    XCTAssertEqual(answer("p(1..3). p(N), N - N < 1?"), ["1..3 @possible"])
  }

  /// Comparisons of one variable with constants are judged together.
  func testComparisonsWithConstantsAreJudgedTogether() {
    XCTAssertEqual(answer("p(1001..2500). p(N), N > 2000, N < 1500?"), [])
    XCTAssertEqual(answer("p(1001..2500). p(N), N > 2000?"), ["1001..2500 @possible"])
    XCTAssertEqual(answer("p(1001..2500). p(N), N > 1000?"), ["1001..2500"])
  }
}
