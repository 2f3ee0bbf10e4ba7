import XCTest

@testable import FactModel

final class ComparisonTests: XCTestCase {
  private let store = ValueStore()

  private func int(_ integer: Int64) -> Word { store.word(integer: integer) }

  func testRangesByMeaning() {
    let n = store.range(1001, 2500)
    XCTAssertEqual(store.compare(.greater, n, int(1000)), .certain)
    XCTAssertEqual(store.compare(.greater, n, int(2000)), .possible)
    XCTAssertEqual(store.compare(.greater, n, int(3000)), .never)
    XCTAssertEqual(store.compare(.greater, n, int(2500)), .never)
    XCTAssertEqual(store.compare(.greaterOrEqual, n, int(2500)), .possible)
    XCTAssertEqual(store.compare(.lessOrEqual, n, int(2500)), .certain)
    XCTAssertEqual(store.compare(.inside, int(2000), n), .certain)
    XCTAssertEqual(store.compare(.inside, n, store.range(0, 2000)), .possible)
    XCTAssertEqual(store.compare(.inside, n, store.range(0, nil)), .certain)
    XCTAssertEqual(store.compare(.inside, int(3000), n), .never)
    XCTAssertEqual(store.compare(.overlaps, n, store.range(2500, nil)), .certain)
    XCTAssertEqual(store.compare(.overlaps, n, store.range(2501, nil)), .never)
    XCTAssertEqual(store.compare(.equal, int(2000), n), .never)
    XCTAssertEqual(store.compare(.equal, n, n), .certain)
    XCTAssertEqual(store.compare(.less, n, n), .never)
    XCTAssertEqual(store.compare(.lessOrEqual, n, n), .certain)
    XCTAssertEqual(store.compare(.less, store.range(nil, 5), int(6)), .certain)
    XCTAssertEqual(store.compare(.less, store.range(5, nil), int(6)), .possible)
  }

  func testLargeIntegersAndDoublesCompareExactly() {
    let edge: Int64 = 1 << 53
    XCTAssertEqual(
      store.compare(.greater, int(edge + 1), store.word(number: Double(edge))), .certain)
    XCTAssertEqual(store.compare(.less, int(.max), store.word(number: 0x1p63)), .certain)
    XCTAssertEqual(store.compare(.less, int(.max - 1), int(.max)), .certain)
    XCTAssertEqual(store.compare(.less, int(2), store.word(number: 2.5)), .certain)
    XCTAssertEqual(store.compare(.less, int(-2), store.word(number: -2.5)), .never)
    XCTAssertEqual(store.word(number: 0x1p62), int(1 << 62))
  }

  /// A year on the right of `in` and `overlaps` may be written as a number.
  func testDatesInYears() {
    let day = store.date("2026-03-01")
    func inYears(_ word: Word, _ years: Word) -> Truth {
      var conditions = ConstantConditions()
      conditions.add(.inside, years, in: store)
      return conditions.judge(word, in: store)
    }
    XCTAssertEqual(inYears(day, int(2026)), .certain)
    XCTAssertEqual(inYears(day, int(2025)), .never)
    XCTAssertEqual(inYears(store.span("2025-12-01", "2026-02-01"), int(2026)), .possible)
    XCTAssertEqual(inYears(day, store.range(2024, 2026)), .certain)
    XCTAssertEqual(inYears(day, store.range(2027, nil)), .never)
    XCTAssertEqual(inYears(day, int(26)), .never)
    XCTAssertEqual(store.yearsWord(of: int(2026)), store.date("2026"))
    XCTAssertNil(store.yearsWord(of: day))
    // Between values that facts state, two kinds have nothing in common.
    XCTAssertEqual(store.compare(.inside, day, int(2026)), .never)
    XCTAssertEqual(store.compare(.overlaps, store.date("2026-Q1"), int(2026)), .never)
    XCTAssertEqual(store.compare(.overlaps, int(2026), day), .never)
    XCTAssertEqual(store.compare(.less, day, int(2027)), .never)
    XCTAssertEqual(store.compare(.inside, int(2026), int(2026)), .certain)
    let words = [day, int(2026), store.date("2025-01-01"), .unknown]
    var year = ConstantConditions()
    year.add(.inside, int(2026), in: store)
    XCTAssertEqual(words.map { year.judge($0, in: store) }, [.certain, .certain, .never, .never])
    let bits: [UInt64] = words.map(\.bits)
    var truths = [UInt8](repeating: 9, count: bits.count)
    year.judge(bits.span, in: store, into: &truths)
    XCTAssertEqual(truths, [0, 0, 3, 3])
    year.add(.less, store.date("2026-02-01"), in: store)
    XCTAssertEqual(words.map { year.judge($0, in: store) }, [.never, .never, .never, .never])
    var numbers = ConstantConditions()
    numbers.add(.inside, store.range(1001, 2500), in: store)
    numbers.add(.greater, int(2000), in: store)
    XCTAssertEqual(numbers.judge(store.range(1001, 2500), in: store), .possible)
    XCTAssertEqual(numbers.judge(day, in: store), .never)
  }

  func testDates() {
    let month = store.date("2026-01")
    XCTAssertEqual(store.compare(.less, month, store.date("2026-01-15")), .possible)
    XCTAssertEqual(store.compare(.less, month, store.date("2026-02-01")), .certain)
    XCTAssertEqual(store.compare(.less, month, store.date("2026-01-01")), .never)
    XCTAssertEqual(store.compare(.inside, store.date("2026-01-15"), month), .certain)
    XCTAssertEqual(store.compare(.inside, month, store.date("2026-01-15")), .possible)
    XCTAssertEqual(store.compare(.inside, month, store.date("2026-Q1")), .certain)
    XCTAssertEqual(store.compare(.overlaps, month, store.span("2026-01-31", nil)), .certain)
    XCTAssertEqual(store.compare(.overlaps, month, store.span("2026-02-01", nil)), .never)
    let day = store.date("2026-01-12")
    let morning = store.date("2026-01-12T09:31")
    let noon = store.date("2026-01-12T12:00:00")
    XCTAssertEqual(store.compare(.less, morning, noon), .certain)
    XCTAssertEqual(store.compare(.less, morning, day), .never)
    XCTAssertEqual(store.compare(.lessOrEqual, morning, day), .certain)
    XCTAssertEqual(store.compare(.greaterOrEqual, morning, day), .certain)
    XCTAssertEqual(store.compare(.inside, morning, day), .certain)
    XCTAssertEqual(
      store.compare(.inside, noon, store.span("2026-01-12T09:00", "2026-01-12T10:00")), .never)
    XCTAssertEqual(store.compare(.less, day, day), .never)
    XCTAssertEqual(store.compare(.less, month, month), .never)
  }

  func testKindsUnknownAndTexts() {
    let kinds = [int(1), store.date("2026"), store.symbol("a")]
    for (i, left) in kinds.enumerated() {
      for (j, right) in kinds.enumerated() where i != j {
        for comparison in Comparison.allCases {
          XCTAssertEqual(
            store.compare(comparison, left, right), comparison == .notEqual ? .certain : .never)
        }
      }
      for comparison in Comparison.allCases {
        XCTAssertEqual(store.compare(comparison, left, .unknown), .never)
        XCTAssertEqual(store.compare(comparison, .unknown, left), .never)
        XCTAssertEqual(store.compare(comparison, .unknown, .unknown), .never)
      }
    }
    XCTAssertEqual(store.compare(.less, store.symbol("Z"), store.symbol("a")), .certain)
    XCTAssertEqual(store.compare(.less, store.symbol("a"), store.symbol("ab")), .certain)
    XCTAssertEqual(store.compare(.less, store.symbol("z"), store.symbol("ä")), .certain)
    XCTAssertEqual(store.compare(.less, store.symbol("\u{FFFF}"), store.symbol("😀")), .certain)
  }

  func testConditionsAreJudgedTogether() {
    var conditions = ConstantConditions()
    XCTAssertTrue(conditions.add(.greater, int(2000), in: store))
    XCTAssertEqual(conditions.judge(store.range(1001, 2500), in: store), .possible)
    XCTAssertTrue(conditions.add(.less, int(1500), in: store))
    XCTAssertEqual(conditions.judge(store.range(1001, 2500), in: store), .never)
    XCTAssertFalse(conditions.add(.equal, int(1), in: store))
    var january = ConstantConditions()
    january.add(.greater, store.date("2026-01-05"), in: store)
    january.add(.less, store.date("2026-01-06"), in: store)
    XCTAssertEqual(january.judge(store.date("2026-01"), in: store), .never)
    XCTAssertEqual(january.judge(store.date("2026-01-05T12:00"), in: store), .never)
    var mixed = ConstantConditions()
    mixed.add(.greater, int(1), in: store)
    mixed.add(.less, store.date("2026"), in: store)
    XCTAssertEqual(mixed.judge(int(2), in: store), .never)
    XCTAssertEqual(ConstantConditions().judge(.unknown, in: store), .certain)
    let n = store.range(1, 9)
    var itself = ConstantConditions()
    itself.add(.lessOrEqual, n, in: store)
    XCTAssertEqual(itself.judge(n, in: store), .certain)
    itself.add(.less, n, in: store)
    XCTAssertEqual(itself.judge(n, in: store), .never)
  }

  /// A conjunction is as the conjunction of its comparisons for exact values, never surer or less
  /// possible than that for others, and the batch says the same as one value at a time.
  func testConditionsAgreeWithComparisons() {
    var random = FixedGenerator(seed: 3)
    func pick<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &random)] }
    var numbers: [Word] = []
    for n: Int64 in [-3, 0, 1, 2, 5, 1 << 47, (1 << 53) + 1, .max, .min, -(1 << 47)] {
      numbers.append(int(n))
      numbers.append(store.word(number: Double(n) + 0.5))
    }
    numbers += [
      store.word(number: 1e30), store.word(number: -1e30), store.word(number: 0x1p53 + 2),
    ]
    numbers += [store.range(0, 2), store.range(nil, 1), store.range(2, nil), store.range(nil, nil)]
    numbers += [store.word(range: .init(lower: .number(0.5), upper: .integer(.max)))]
    var dates = [
      "0001", "9999", "2026", "2026-01", "2026-Q1", "2026-01-05", "2026-01-06", "2026-02-01",
      "2026-01-05T00:00", "2026-01-05T23:59:59", "2026-01-06T00:00:00", "9999-12-31", "0001-01-01",
    ].map { store.date($0) }
    dates += [store.span("2026-01-05", nil), store.span(nil, "2026-01-05"), store.span(nil, nil)]
    dates += [
      store.span("2026-01-05T10:00", "2026-01-06T11:00"), store.span("2026-01-05T10:00", nil),
    ]
    let texts = ["", "a", "b", "ä"].map { store.symbol($0) }
    let everything = numbers + dates + texts + [.unknown, .anything]
    let comparisons: [Comparison] = [.less, .lessOrEqual, .greater, .greaterOrEqual, .inside]
    for round in 0..<1500 {
      var conditions = ConstantConditions()
      var parts: [(Comparison, Word)] = []
      let pool = round % 3 == 0 ? numbers : round % 3 == 1 ? dates : everything
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        parts.append((pick(comparisons), pick(pool)))
        conditions.add(parts[parts.count - 1].0, parts[parts.count - 1].1, in: store)
      }
      var truths: [UInt8] = []
      let batch = (round % 5 == 0 ? numbers.filter { $0.kind == .integer } : everything).map(\.bits)
      conditions.judge(batch.span, in: store, into: &truths)
      for (bits, truth) in zip(batch, truths) {
        let word = Word(bits: bits)
        let judged = conditions.judge(word, in: store)
        let note =
          "\(store.text(of: word)): "
          + parts.map { "\($0.0.symbol) \(store.text(of: $0.1))" }
          .joined(separator: ", ")
        XCTAssertEqual(truth, judged.rawValue, note)
        let isDate = store.category(of: word) == .date
        let each = parts.map { comparison, constant in
          let years = isDate && comparison == .inside ? store.yearsWord(of: constant) : nil
          return store.compare(comparison, word, years ?? constant)
        }
        let together = each.reduce(Truth.certain) { $0.and($1) }
        if parts.count == 1 || judged == .certain || together == .never {
          XCTAssertEqual(judged, together, note)
        } else {
          XCTAssertTrue(judged == together || judged == .never, note)
        }
      }
    }
  }

  func testBatchComparesAsRowsDo() {
    let words = [
      int(1), int(2), store.range(0, 5), store.date("2026"), store.symbol("a"), .unknown,
    ]
    var left: [UInt64] = []
    var right: [UInt64] = []
    for a in words {
      for b in words {
        left.append(a.bits)
        right.append(b.bits)
      }
    }
    for comparison in Comparison.allCases {
      var truths: [UInt8] = []
      store.compare(comparison, left.span, right.span, into: &truths)
      for i in left.indices {
        XCTAssertEqual(
          truths[i], store.compare(comparison, Word(bits: left[i]), Word(bits: right[i])).rawValue)
      }
    }
  }
}
