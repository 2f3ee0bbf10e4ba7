import XCTest

@testable import FactModel

/// Bounds in batches against the comparison of one pair of values.
final class BoundKeysTests: XCTestCase {
  private let store = ValueStore()
  private var random = FixedGenerator(seed: 11)

  private func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

  /// Small ranges of integers, or whatever a word can be.
  private func word(_ regime: Regime) -> Word {
    let low = Int64(below(30)) - 5
    guard regime == .mixed else { return store.range(low, low + Int64(below(6))) }
    switch below(14) {
    case 0: return .unknown
    case 1: return store.symbol(["a", "b", "c"][below(3)])
    case 2: return store.word(integer: low)
    case 3: return store.word(number: Double(low) + 0.5)
    case 4: return store.range(nil, low)
    case 5: return store.range(low, nil)
    case 6: return store.range(nil, nil)
    case 7: return store.range((1 << 53) + low, (1 << 53) + low + Int64(below(4)))
    case 8: return store.word(integer: (1 << 60) + low)
    case 9: return store.date("2026-01-\(10 + below(20))")
    case 10:
      return store.date(["2026-01", "2026-Q1", "2026", "2025-12-31T23:59"][below(4)])
    case 11:
      return store.span("2026-01-1\(below(10))", below(4) == 0 ? nil : "2026-01-2\(below(10))")
    case 12:
      return store.span("2026-01-12T0\(below(10)):00", "2026-01-12T1\(below(10)):00")
    default:
      return store.word(
        range: NumberInterval(lower: .number(Double(low) + 0.25), upper: .integer(low + 2)))
    }
  }

  func testKeysOverlapWhereValuesDo() {
    for regime in Regime.allCases {
      var keys = BoundKeys()
      for _ in 0..<40 {
        let words = (0..<50).map { _ in word(regime) }
        let bits = words.map(\.bits)
        keys.read(bits.span, in: store)
        for (i, a) in words.enumerated() {
          for (j, b) in words.enumerated() {
            let meets =
              keys.families[i] != 0 && keys.families[i] == keys.families[j]
              && keys.lower[i] <= keys.upper[j] && keys.lower[j] <= keys.upper[i]
            let expected = store.compare(.overlaps, a, b) == .certain
            if keys.isExact {
              XCTAssertEqual(meets, expected, "\(store.text(of: a)) \(store.text(of: b))")
            } else if expected {
              XCTAssertTrue(meets, "\(store.text(of: a)) \(store.text(of: b))")
            }
          }
        }
      }
      XCTAssertEqual(keys.isExact, regime == .symbols)
    }
  }

  func testBatchesAreJudgedLikeSingleValues() {
    let comparisons: [Comparison] = [.less, .lessOrEqual, .greater, .greaterOrEqual, .inside]
    for regime in Regime.allCases {
      for _ in 0..<400 {
        var conditions = ConstantConditions()
        let dates = regime == .mixed && below(2) == 0
        for _ in 0...below(3) {
          var constant = word(below(3) == 0 ? regime : .symbols)
          if below(3) > 0 { constant = store.word(integer: Int64(below(30)) - 5) }
          if below(8) == 0 { constant = store.word(number: Double(below(20)) + 0.5) }
          if dates { constant = store.date("2026-01-\(10 + below(20))") }
          conditions.add(comparisons[below(5)], constant, in: store)
        }
        let words = (0..<60).map { _ in word(regime) }
        var truths: [UInt8] = []
        let bits = words.map(\.bits)
        conditions.judge(bits.span, in: store, into: &truths)
        for (position, word) in words.enumerated() {
          XCTAssertEqual(
            truths[position], conditions.judge(word, in: store).rawValue,
            "\(store.text(of: word)) under \(conditions)")
        }
      }
    }
  }

  /// Ranges that stand one after the other are judged zone by zone.
  func testRangesInARowAreJudgedLikeSingleValues() {
    for isSorted in [true, false] {
      let store = ValueStore()
      var words: [UInt64] = []
      for number in 0..<3_000 {
        let low = isSorted ? Int64(number * 2) : Int64(below(6_000))
        var word = store.range(low, low + 1 + Int64(below(number % 50 == 0 ? 900 : 9)))
        // One zone in some has a value of another kind.
        if number % 700 == 650 { word = store.span("2026-01-1\(below(10))", nil) }
        if number % 900 == 850 { word = store.range(low, nil) }
        if number % 40 == 7 { words.append(words[below(number)]) }
        words.append(word.bits)
      }
      var truths: [UInt8] = []
      for round in 0..<300 {
        var conditions = ConstantConditions()
        let comparison: Comparison = [.less, .lessOrEqual, .greater, .greaterOrEqual][round % 4]
        conditions.add(comparison, store.word(integer: Int64(below(7_000)) - 500), in: store)
        if round % 3 == 0 {
          conditions.add(.less, store.word(integer: Int64(below(7_000))), in: store)
        }
        let first = below(words.count - 1)
        let part = Array(words[first..<min(words.count, first + 1 + below(700))])
        conditions.judge(part.span, in: store, into: &truths)
        for (position, bits) in part.enumerated() {
          XCTAssertEqual(
            truths[position], conditions.judge(Word(bits: bits), in: store).rawValue,
            "\(store.text(of: Word(bits: bits))) under \(conditions)")
        }
      }
    }
  }

  func testColumnsAreComparedLikeSingleValues() {
    for regime in Regime.allCases {
      for comparison in Comparison.allCases {
        var left = (0..<400).map { _ in word(regime).bits }
        var right = (0..<400).map { _ in below(9) == 0 ? left[below(400)] : word(regime).bits }
        if below(2) == 0 {
          left = left.map { _ in store.word(integer: Int64(below(9))).bits }
          right = right.map { _ in store.word(integer: Int64(below(9))).bits }
        }
        var truths: [UInt8] = [7]
        store.compare(comparison, left.span, right.span, into: &truths)
        for row in left.indices {
          let a = Word(bits: left[row])
          let b = Word(bits: right[row])
          XCTAssertEqual(
            truths[row], store.compare(comparison, a, b).rawValue,
            "\(store.text(of: a)) \(comparison.symbol) \(store.text(of: b))")
        }
      }
    }
  }

  func testRangesOfABatchAreInternedLikeSingleOnes() {
    var lower: [UInt64] = []
    var upper: [UInt64] = []
    for _ in 0..<10_000 {
      let low = Int64(below(300))
      lower.append(store.word(integer: low).bits)
      upper.append(store.word(integer: low + 1 + Int64(below(20))).bits)
    }
    _ = store.range(5, 9)
    var ids: [UInt32] = []
    store.wides.internRanges(lower: lower, upper: upper, count: lower.count, into: &ids)
    let count = store.wides.count
    XCTAssertGreaterThan(count, 4_000)
    for position in lower.indices {
      let entry = WideEntry(kind: .range, lower: lower[position], upper: upper[position])
      XCTAssertEqual(store.wides.entry(ids[position]), entry)
      XCTAssertEqual(store.wides.find(entry), ids[position])
      XCTAssertEqual(store.wides.intern(entry, text: nil), ids[position])
    }
    XCTAssertEqual(store.wides.count, count)
    XCTAssertEqual(store.wides.find(WideEntry(kind: .span, lower: lower[0], upper: upper[0])), nil)
  }
}
