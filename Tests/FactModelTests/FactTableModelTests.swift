import XCTest

@testable import FactModel

/// Facts and claims against a dictionary of lists.
final class FactTableModelTests: XCTestCase {
  /// One claim as the model keeps it.
  private struct Entry: Hashable {
    var claim: Claim
    var until: Int?
  }

  /// Facts with their claims, by the book: nothing is left out, nothing is kept twice over.
  private struct Model {
    var facts: [[UInt64]: [Entry]] = [:]

    mutating func state(_ words: [UInt64], _ claim: Claim) -> (newFact: Bool, newClaim: Bool) {
      let open = (facts[words] ?? []).filter { $0.until == nil }
      if open.contains(where: { $0.claim == claim }) { return (false, false) }
      facts[words, default: []].append(Entry(claim: claim, until: nil))
      return (open.isEmpty, true)
    }

    mutating func close(_ words: [UInt64], _ filter: ClaimFilter, day: Int?) -> Int {
      var closed = 0
      var kept: [Entry] = []
      for var entry in facts[words] ?? [] {
        let isMeant = filter.matches(entry.claim)
        if isMeant, day == nil {
          closed += 1
          continue
        }
        if isMeant, entry.until == nil {
          entry.until = day
          closed += 1
        }
        kept.append(entry)
      }
      facts[words] = kept
      return closed
    }
  }

  private func day(_ n: Int) -> Word {
    CalendarDate(year: 2026, month: 1, day: n).map(\.word) ?? .unknown
  }

  private func randomClaim(_ random: inout FixedGenerator) -> Claim {
    var claim = Claim()
    guard Int.random(in: 0..<3, using: &random) > 0 else { return claim }
    claim.source = Word(symbol: UInt32.random(in: 0..<3, using: &random))
    claim.certainty = Certainty.allCases.randomElement(using: &random) ?? .certain
    if Bool.random(using: &random) { claim.document = Word(symbol: 900) }
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      claim.knownIsGiven = true
      claim.known = day(Int.random(in: 1...28, using: &random))
    case 1: claim.knownIsGiven = true
    default: break
    }
    if Int.random(in: 0..<4, using: &random) == 0 {
      claim.valid = day(Int.random(in: 1...28, using: &random))
    }
    return claim
  }

  func testStatingRetractingAndErasing() {
    for regime in Regime.allCases {
      for seed in 0..<4 {
        var random = FixedGenerator(seed: UInt64(seed))
        let values = ValueStore()
        let table = FactTable(arity: 2, account: MemoryAccount())
        var model = Model()
        for step in 0..<60 {
          let version = table.version
          let changed = change(table, &model, regime, step, &random)
          XCTAssertEqual(table.version != version, changed)
          if step % 6 == 5 {
            compare(table, model, values)
            table.checkInvariants()
          }
        }
      }
    }
  }

  /// Does one thing to both; true if it changed something.
  private func change(
    _ table: FactTable, _ model: inout Model, _ regime: Regime, _ step: Int,
    _ random: inout FixedGenerator
  ) -> Bool {
    func row() -> [UInt64] { (0..<2).map { _ in regime.word(&random, below: 12) } }
    switch Int.random(in: 0..<8, using: &random) {
    case 0..<3:
      let words = row()
      let claim = randomClaim(&random)
      let got = table.state(words, claim)
      let expected = model.state(words, claim)
      XCTAssertEqual(got.newFact, expected.newFact)
      XCTAssertEqual(got.newClaim, expected.newClaim)
      return expected.newClaim
    case 3..<6:
      let rows = (0..<Int.random(in: 1...40, using: &random)).map { _ in row() }
      var batch = ClaimBatch(common: randomClaim(&random))
      if Bool.random(using: &random) {
        batch.sources = rows.map { _ in
          Word(symbol: UInt32.random(in: 0..<3, using: &random)).bits
        }
        batch.certainties = rows.map { _ in UInt8.random(in: 0...2, using: &random) }
      }
      var numbers: [UInt32] = []
      let got = table.state(
        columns: columns(of: rows, arity: 2), count: rows.count, claims: batch, rows: &numbers)
      var expected = FactTable.Stated()
      for (i, words) in rows.enumerated() {
        let stated = model.state(words, batch.claim(at: i))
        expected.newFacts += stated.newFact ? 1 : 0
        expected.newClaims += stated.newClaim ? 1 : 0
        XCTAssertEqual(table.facts.words(row: numbers[i]), words)
      }
      XCTAssertEqual(got, expected)
      return expected.newClaims > 0
    default:
      var filter = ClaimFilter()
      if Bool.random(using: &random) { filter.source = Word(symbol: 1) }
      let rows = (0..<UInt32(table.facts.rowCount)).filter { _ in Bool.random(using: &random) }
      let words = rows.map { table.facts.words(row: $0) }
      let isErasing = Int.random(in: 0..<3, using: &random) == 0
      let moment = min(28, step / 2 + 1)
      var expected = 0
      for row in words { expected += model.close(row, filter, day: isErasing ? nil : moment) }
      if isErasing {
        XCTAssertEqual(table.erase(rows: rows, matching: filter), expected)
      } else {
        XCTAssertEqual(table.retract(rows: rows, matching: filter, at: day(moment)), expected)
      }
      return expected > 0
    }
  }

  private func compare(_ table: FactTable, _ model: Model, _ values: ValueStore) {
    for (words, entries) in model.facts {
      let open = entries.filter { $0.until == nil }.map(\.claim)
      let row = table.facts.find(words)
      XCTAssertEqual(row.map { Set(table.claims(of: $0)) } ?? [], Set(open))
      XCTAssertEqual(row.map { table.facts.isLive($0) } ?? false, !open.isEmpty)
      if let row, let best = open.map(\.certainty.rawValue).min() {
        XCTAssertEqual(table.facts.level(of: row).rawValue, best)
      }
    }
    let all = model.facts.values.flatMap { $0 }
    XCTAssertEqual(table.claimCount, all.filter { $0.until == nil }.count)
    XCTAssertEqual(
      table.factCount, model.facts.values.filter { $0.contains { $0.until == nil } }.count)
    let documents = [Word(symbol: 900): day(10)]
    for moment in [nil, 3, 10, 20] {
      for period in [nil, 14] {
        let perspective = Perspective(asOf: moment.map(day), during: period.map(day))
        check(table, model, perspective, moment, period, values, documents)
      }
    }
  }

  private func check(
    _ table: FactTable, _ model: Model, _ perspective: Perspective, _ moment: Int?,
    _ period: Int?, _ values: ValueStore, _ documents: [Word: Word]
  ) {
    var expected: [[UInt64]: [Claim]] = [:]
    for (words, entries) in model.facts {
      for entry in entries {
        if let moment {
          let known = entry.claim.knownIsGiven ? entry.claim.known : documents[entry.claim.document]
          if let known {
            if known == .unknown || known.bits > day(moment).bits { continue }
          }
          if let until = entry.until, until <= moment { continue }
        } else if entry.until != nil {
          continue
        }
        if let period, entry.claim.valid != .unknown, entry.claim.valid != day(period) { continue }
        expected[words, default: []].append(entry.claim)
      }
    }
    let view = table.claimView(
      perspective, values: values, documents: documents, documentsVersion: 0,
      certaintyWords: (0..<3).map { Word(symbol: 70 + $0) })
    var got: [[UInt64]: [Claim]] = [:]
    var read: [[UInt64]] = Array(repeating: [], count: view.arity)
    for c in 0..<view.arity { view.unpack(column: c, rows: 0..<view.rowCount, into: &read[c]) }
    var levels: [UInt8] = []
    view.gatherLevels(
      rows: Array(0..<UInt32(view.rowCount)), count: view.rowCount, into: &levels)
    for row in 0..<view.rowCount {
      let claim = view.claim(at: UInt32(row))
      got[[read[0][row], read[1][row]], default: []].append(claim)
      XCTAssertEqual(read[2][row], claim.source.bits)
      XCTAssertEqual(read[3][row], claim.document.bits)
      XCTAssertEqual(read[5][row], Word(symbol: 70 + UInt32(claim.certainty.rawValue)).bits)
      let known = claim.knownIsGiven ? claim.known : documents[claim.document] ?? .unknown
      XCTAssertEqual(read[6][row], known.bits)
      XCTAssertEqual(read[7][row], claim.valid.bits)
      XCTAssertEqual(levels[row], claim.certainty.rawValue)
    }
    XCTAssertEqual(got.mapValues(Set.init), expected.mapValues(Set.init))
    let filter = table.rowFilter(
      perspective, values: values, documents: documents, documentsVersion: 0)
    guard let filter else { return XCTAssertEqual(perspective, .now) }
    var rows = Array(0..<UInt32(table.facts.rowCount))
    var count = rows.count
    filter.compactLive(rows: &rows, count: &count)
    XCTAssertEqual(Set(rows.prefix(count).map { table.facts.words(row: $0) }), Set(expected.keys))
    filter.gatherLevels(rows: rows, count: count, into: &levels)
    for i in 0..<count {
      let best = expected[table.facts.words(row: rows[i])]?.map(\.certainty.rawValue).min()
      XCTAssertEqual(levels[i], best)
    }
  }
}
