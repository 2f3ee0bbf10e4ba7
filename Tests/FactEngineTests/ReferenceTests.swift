import FactModel
import Foundation
import XCTest

@testable import FactEngine

/// The engine against the reference evaluator on random programs with fixed seeds.
final class ReferenceTests: XCTestCase {
  /// Each pass off by itself, and all of them.
  private static let passes =
    Pass.allCases.map { Set([$0.rawValue]) } + [Set(Pass.allCases.map(\.rawValue))]

  /// What differs between engine and reference, or between two ways to run the engine.
  /// Of the other ways to run a program the turn's, while programs are searched; all while one is
  /// made small.
  private var turn: Int?
  private var way = 0

  private func mayTry() -> Bool {
    defer { way += 1 }
    guard let turn else { return true }
    let count = ReferenceTests.passes.count + 5
    return way % count == turn % count
  }

  private func difference(_ program: ReferenceProgram) -> String? {
    let run = ReferenceRun(program)
    return difference(program, run, run.expected())
  }

  private func difference(
    _ program: ReferenceProgram, _ run: ReferenceRun, _ expected: ReferenceOutcome
  ) -> String? {
    if expected == .refused { return nil }
    way = 0
    if expected == .failed {
      // What no answer needs may be left underived, with its failures, for a bound query.
      let full = ReferenceRun(program, disabledPasses: [Pass.magicSets.rawValue]).answer()
      return full == .failed ? nil : describe("expected", expected, "derived in full", full)
    }
    let got = run.answer()
    if got != expected { return describe("expected", expected, "got", got) }
    for passes in ReferenceTests.passes where mayTry() {
      let other = ReferenceRun(program, disabledPasses: passes).answer()
      if other != expected {
        return describe("expected", expected, "without \(passes.sorted())", other)
      }
    }
    // What is not sure enough may be left out wherever that changes nothing else.
    for least in [Certainty.certain, .probable] {
      for passes in [Set(), ReferenceTests.passes[ReferenceTests.passes.count - 1]]
      where mayTry() {
        let kept = run.expected(atLeast: least)
        let other = ReferenceRun(program, disabledPasses: passes).answer(atLeast: least)
        if other != kept {
          return describe("expected", kept, "no less than \(least) without \(passes)", other)
        }
      }
    }
    guard mayTry() else { return nil }
    var reordered = program
    reordered.rules.reverse()
    for index in reordered.rules.indices {
      reordered.rules[index].body.reverse()
      for branch in reordered.rules[index].body.indices {
        reordered.rules[index].body[branch].reverse()
      }
    }
    let other = ReferenceRun(reordered).answer()
    if other != expected { return describe("expected", expected, "rules reversed", other) }
    return nil
  }

  private func describe(
    _ first: String, _ one: ReferenceOutcome, _ second: String, _ two: ReferenceOutcome
  ) -> String {
    func text(_ outcome: ReferenceOutcome) -> String {
      switch outcome {
      case .rows(let rows):
        rows.isEmpty ? "  (none)" : rows.map { "  " + $0 }.joined(separator: "\n")
      case .failed: "  (failed)"
      case .refused: "  (refused)"
      }
    }
    return "\(first):\n\(text(one))\n\(second):\n\(text(two))"
  }

  private func check(seeds: Range<UInt64>, isMixed: Bool, isClaimed: Bool = false) {
    var compared = 0
    var answered = 0
    var failed = 0
    var uncertain = 0
    var disputed = 0
    var failures = 0
    var refusals: [String: Int] = [:]
    for seed in seeds {
      var generator = ReferenceGenerator(seed: seed, isMixed: isMixed, isClaimed: isClaimed)
      let program = generator.program()
      let run = ReferenceRun(program)
      let expected = run.expected()
      if expected == .refused {
        refusals[run.refusal, default: 0] += 1
        continue
      }
      compared += 1
      if case .rows(let rows) = expected, !rows.isEmpty {
        answered += 1
        if rows.contains(where: { $0.contains(" @") }) { uncertain += 1 }
        if rows.contains(where: { $0.hasSuffix(" disputed") }) { disputed += 1 }
      }
      if expected == .failed { failed += 1 }
      turn = Int(seed)
      guard difference(program, run, expected) != nil else { continue }
      turn = nil
      let shrunk = program.shrunk { self.difference($0) != nil }
      XCTFail("seed \(seed)\n\(shrunk.text)\n\(difference(shrunk) ?? "")")
      failures += 1
      if failures == 5 { break }
    }
    if failures == 0 {
      // Programs that are refused or answer nothing compare nothing.
      XCTAssertGreaterThan(compared, seeds.count * 7 / 10, "\(refusals)")
      XCTAssertGreaterThan(answered, compared / 4)
      XCTAssertGreaterThan(uncertain, compared / 20)
      XCTAssertGreaterThan(failed, 0)
      if isClaimed { XCTAssertGreaterThan(disputed, compared / 20) }
    }
  }

  func testSymbolsAndSmallIntegers() { check(seeds: seeds(from: 1), isMixed: false) }

  func testInexactAndUnknownValues() { check(seeds: seeds(from: 1_000_001), isMixed: true) }

  func testClaimsRetractionsAndDenials() {
    check(seeds: seeds(from: 2_000_001), isMixed: false, isClaimed: true)
  }

  func testClaimsOfInexactValues() {
    check(seeds: seeds(from: 3_000_001), isMixed: true, isClaimed: true)
  }

  /// Two hundred seeds, or as many as FACTSH_SEEDS says for a longer search.
  private func seeds(from first: UInt64) -> Range<UInt64> {
    let count = ProcessInfo.processInfo.environment["FACTSH_SEEDS"].flatMap { UInt64($0) }
    return first..<(first + (count ?? 200))
  }
}
