import XCTest

@testable import FactModel

final class ArithmeticTests: XCTestCase {
  private let store = ValueStore()

  private func int(_ integer: Int64) -> Word { store.word(integer: integer) }
  private func num(_ number: Double) -> Word { store.word(number: number) }

  func testExactNumbers() {
    XCTAssertEqual(store.show(.add, int(2), int(3)), "5")
    XCTAssertEqual(store.show(.divide, int(6), int(3)), "2")
    XCTAssertEqual(store.apply(.divide, int(6), int(3)), .success(int(2)))
    XCTAssertEqual(store.show(.divide, int(1), int(4)), "0.25")
    XCTAssertEqual(store.show(.wholeDivide, int(-7), int(2)), "-3")
    XCTAssertEqual(store.show(.modulo, int(-7), int(3)), "-1")
    XCTAssertEqual(store.show(.modulo, int(7), int(-3)), "1")
    XCTAssertEqual(store.show(.modulo, num(7.5), int(2)), "1.5")
    XCTAssertEqual(store.show(.power, int(2), int(10)), "1024")
    XCTAssertEqual(store.show(.power, int(2), int(-1)), "0.5")
    XCTAssertEqual(store.show(.power, int(-1), int(1_000_000_001)), "-1")
    XCTAssertEqual(store.show(.power, int(0), int(0)), "1")
    XCTAssertEqual(store.show(.negate, int(5)), "-5")
    XCTAssertEqual(store.show(.add, num(0.5), num(0.5)), "1")
    XCTAssertEqual(store.apply(.add, num(0.5), num(0.5)), .success(int(1)))
  }

  func testOverflowAndDivisionByZeroAreFailures() {
    let big = int(.max)
    for (operation, left, right) in [
      (ValueOperation.add, big, int(1)), (.subtract, int(.min), int(1)), (.multiply, big, int(2)),
      (.power, int(10), int(19)), (.wholeDivide, int(.min), int(-1)), (.power, int(3), big),
      (.multiply, num(1e300), num(1e300)),
    ] {
      XCTAssertEqual(
        store.apply(operation, left, right), .failure(.overflow(operation)), operation.name)
    }
    XCTAssertEqual(store.apply(.negate, int(.min)), .failure(.overflow(.negate)))
    XCTAssertEqual(store.apply(.abs, int(.min)), .failure(.overflow(.abs)))
    XCTAssertEqual(store.show(.modulo, int(.min), int(-1)), "0")
    XCTAssertEqual(store.show(.power, int(-1), big), "-1")
    for operation in [ValueOperation.divide, .wholeDivide, .modulo] {
      XCTAssertEqual(
        store.apply(operation, int(1), int(0)), .failure(.divisionByZero(operation)))
      XCTAssertEqual(
        store.apply(operation, num(1.5), int(0)), .failure(.divisionByZero(operation)))
    }
    XCTAssertEqual(store.apply(.power, int(0), int(-1)), .failure(.divisionByZero(.power)))
    XCTAssertEqual(store.apply(.power, int(-8), num(0.5)), .failure(.noRealResult(.power)))
    XCTAssertEqual(store.apply(.sqrt, int(-1)), .failure(.noRealResult(.sqrt)))
    // Beyond 2^47 but within 64 bits nothing is lost.
    XCTAssertEqual(store.show(.subtract, big, int(1)), "9223372036854775806")
  }

  func testRanges() {
    let n = store.range(1001, 2500)
    XCTAssertEqual(store.show(.add, n, int(10)), "1011..2510")
    XCTAssertEqual(store.show(.subtract, n, n), "-1499..1499")
    XCTAssertEqual(store.show(.multiply, store.range(-2, 3), store.range(-5, 4)), "-15..12")
    XCTAssertEqual(store.show(.divide, int(10), store.range(2, 5)), "2..5")
    XCTAssertEqual(store.show(.divide, int(10), store.range(0, 5)), "2..")
    XCTAssertEqual(store.show(.divide, int(10), store.range(-5, 0)), "..-2")
    XCTAssertEqual(store.show(.divide, int(10), store.range(-5, 5)), "..")
    XCTAssertEqual(store.show(.divide, int(-10), store.range(0, nil)), "..0")
    XCTAssertEqual(store.show(.divide, int(0), store.range(-5, 5)), "0")
    XCTAssertEqual(store.show(.add, store.range(nil, 5), int(1)), "..6")
    XCTAssertEqual(store.show(.multiply, store.range(5, nil), int(-2)), "..-10")
    XCTAssertEqual(store.show(.multiply, store.range(5, nil), int(0)), "0")
    XCTAssertEqual(store.show(.power, store.range(-3, 2), int(2)), "0..9")
    XCTAssertEqual(store.show(.power, store.range(-3, 2), int(3)), "-27..8")
    XCTAssertEqual(store.show(.power, int(2), store.range(1, 3)), "2..8")
    XCTAssertEqual(store.show(.power, store.range(-3, 2), int(-1)), "..")
    XCTAssertEqual(store.show(.modulo, store.range(11, 13), int(10)), "1..3")
    XCTAssertEqual(store.show(.modulo, store.range(5, 13), int(10)), "0..10")
    XCTAssertEqual(store.show(.modulo, store.range(-5, 13), int(10)), "-5..10")
    XCTAssertEqual(store.show(.abs, store.range(-3, 2)), "0..3")
    XCTAssertEqual(store.show(.sqrt, store.range(4, 9)), "2..3")
    XCTAssertEqual(store.show(.min, store.range(1, 10), store.range(5, 7)), "1..7")
    XCTAssertEqual(store.show(.max, store.range(1, 10), store.range(5, 7)), "5..10")
    XCTAssertEqual(store.show(.max, store.range(nil, 10), int(5)), "5..10")
    XCTAssertEqual(store.show(.lower, n), "1001")
    XCTAssertEqual(store.show(.upper, n), "2500")
    XCTAssertEqual(store.show(.mid, n), "1750.5")
    XCTAssertEqual(store.show(.width, n), "1499")
    XCTAssertEqual(store.show(.upper, store.range(5, nil)), "_")
    XCTAssertEqual(
      store.show(.round, store.word(range: .init(lower: .number(0.4), upper: .number(2.5)))), "0..3"
    )
  }

  /// For any two numbers within the operands the result lies within the result of the ranges.
  func testResultsOfSampledPointsLieWithin() {
    var random = FixedGenerator(seed: 7)
    func point(_ bound: Int64) -> Scalar {
      let integer = Int64.random(in: -bound...bound, using: &random)
      return Bool.random(using: &random)
        ? .integer(integer) : Scalar(Double(integer) / 8) ?? .integer(0)
    }
    func sample(_ interval: NumberInterval) -> Scalar {
      let lower = interval.lower ?? .integer(-1000)
      let upper = interval.upper ?? .integer(1000)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: return lower <= upper ? lower : upper
      case 1: return upper
      default:
        if lower > upper { return upper }
        let inner = Scalar(Double.random(in: lower.double...upper.double, using: &random))
        return inner.map { min(max($0, lower), upper) } ?? lower
      }
    }
    let operations: [ValueOperation] = [
      .add, .subtract, .multiply, .divide, .wholeDivide, .modulo, .power, .min, .max,
    ]
    var results = 0
    for _ in 0..<4000 {
      let operation = operations[Int.random(in: 0..<operations.count, using: &random)]
      let limit: Int64 = operation == .power ? 6 : 60
      func interval() -> NumberInterval {
        var result = NumberInterval(lower: point(limit), upper: point(limit)).canonical
        if Int.random(in: 0..<8, using: &random) == 0 { result.lower = nil }
        if Int.random(in: 0..<8, using: &random) == 0 { result.upper = nil }
        return result
      }
      let a = interval()
      let b = interval()
      let outcome = store.apply(operation, store.word(range: a), store.word(range: b))
      guard case .success(let word) = outcome, let whole = store.numbers(of: word) else { continue }
      for _ in 0..<12 {
        let x = sample(a)
        let y = sample(b)
        guard case .success(let single) = store.apply(operation, store.word(x), store.word(y)),
          let value = store.scalar(of: single)
        else { continue }
        results += 1
        let holds =
          (whole.lower.map { $0 <= value } ?? true) && (whole.upper.map { value <= $0 } ?? true)
        XCTAssertTrue(
          holds,
          "\(a.text) \(operation.name) \(b.text) = \(whole.text), but "
            + "\(x.text) and \(y.text) give \(value.text)"
        )
      }
    }
    XCTAssertGreaterThan(results, 20_000)
  }

  func testDates() {
    let day = store.date("2026-01-12")
    XCTAssertEqual(store.show(.add, day, int(20)), "2026-02-01")
    XCTAssertEqual(store.show(.add, int(20), day), "2026-02-01")
    XCTAssertEqual(store.show(.subtract, day, int(12)), "2025-12-31")
    XCTAssertEqual(store.show(.subtract, store.date("2026-02-01"), day), "20")
    XCTAssertEqual(store.show(.subtract, store.date("2026-02"), day), "20..47")
    XCTAssertEqual(store.show(.add, store.date("2026-01"), int(1)), "2026-01-02..2026-02-01")
    XCTAssertEqual(store.show(.add, day, store.range(1, 3)), "2026-01-13..2026-01-15")
    XCTAssertEqual(store.show(.add, day, store.range(1, nil)), "2026-01-13..")
    XCTAssertEqual(store.show(.add, store.date("2026-01-12T09:31"), int(1)), "2026-01-13T09:31")
    XCTAssertEqual(store.apply(.add, day, num(0.5)), .failure(.notWhole(.add)))
    XCTAssertEqual(store.apply(.add, day, int(.max)), .failure(.outsideCalendar(.add)))
    XCTAssertEqual(store.apply(.subtract, day, int(.max)), .failure(.outsideCalendar(.subtract)))
    XCTAssertEqual(store.apply(.add, day, day), .failure(.wrongKind(.add, .date)))
    XCTAssertEqual(store.show(.addMonths, store.date("2026-01-31"), int(1)), "2026-02-28")
    XCTAssertEqual(store.show(.addMonths, store.date("2026-01"), int(1)), "2026-02")
    XCTAssertEqual(store.show(.addMonths, store.date("2026-Q1"), int(3)), "2026-Q2")
    XCTAssertEqual(store.show(.addMonths, store.date("2026"), int(-12)), "2025")
    XCTAssertEqual(
      store.show(.addMonths, store.date("2026-11-30T09:31"), int(3)), "2027-02-28T09:31")
    XCTAssertEqual(
      store.apply(.addMonths, day, int(.max)), .failure(.outsideCalendar(.addMonths)))
    for (operation, text, expected) in [
      (ValueOperation.year, "2026-01-12", "2026"), (.quarter, "2026-05", "2"),
      (.month, "2026-Q1", "1..3"), (.day, "2026-01", "1..31"), (.day, "2024-02", "1..29"),
      (.weekday, "2026-01-12", "1"), (.weekday, "2026-01-18", "7"), (.weekday, "2026-01", "1..7"),
      (.quarter, "2026", "1..4"), (.year, "2026-01-12T09:31", "2026"),
    ] {
      XCTAssertEqual(store.show(operation, store.date(text)), expected, "\(operation) \(text)")
    }
    let turn = store.span("2025-12-30", "2026-01-02")
    XCTAssertEqual(store.show(.year, turn), "2025..2026")
    XCTAssertEqual(store.show(.month, turn), "1..12")
    XCTAssertEqual(store.show(.day, turn), "1..31")
    XCTAssertEqual(store.show(.weekday, turn), "2..5")
    XCTAssertEqual(store.show(.lower, turn), "2025-12-30")
    XCTAssertEqual(store.show(.mid, store.date("2026-01")), "2026-01-16")
    XCTAssertEqual(store.show(.width, store.date("2026-01")), "30")
    XCTAssertEqual(store.show(.min, store.date("2026-01"), store.date("2025-06-01")), "2025-06-01")
  }

  func testTextsAndConversions() {
    let bank = store.symbol("Deutsche Bänk")
    XCTAssertEqual(store.show(.upper, bank), "\"DEUTSCHE BÄNK\"")
    XCTAssertEqual(store.show(.lower, store.symbol("AMAZON")), "amazon")
    XCTAssertEqual(store.show(.length, bank), "13")
    XCTAssertEqual(store.show(.substring, bank, int(1), int(8)), "\"Deutsche\"")
    XCTAssertEqual(store.show(.substring, bank, int(10)), "\"Bänk\"")
    XCTAssertEqual(store.show(.substring, bank, int(-1), int(3)), "\"D\"")
    XCTAssertEqual(store.show(.substring, bank, int(99)), "\"\"")
    XCTAssertEqual(store.show(.substring, bank, int(.min), int(.max)), "\"\"")
    XCTAssertEqual(store.show(.substring, bank, int(.max), int(.max)), "\"\"")
    XCTAssertEqual(store.show(.concat, store.symbol("a"), int(3), store.symbol("b")), "a3b")
    XCTAssertEqual(store.show(.number, store.symbol(" 14k ")), "14000")
    XCTAssertEqual(store.show(.number, store.symbol("n/a")), "_")
    XCTAssertEqual(store.show(.text, store.range(1, 2)), "\"1..2\"")
    XCTAssertEqual(store.show(.date, store.symbol("2026-01~")), "~2026-01")
    XCTAssertEqual(store.show(.date, int(2026)), "2026")
    XCTAssertEqual(store.show(.date, store.symbol("soon")), "_")
    XCTAssertEqual(
      store.show(.date, store.symbol("01/28/2026"), store.symbol("MM/DD/YYYY")), "2026-01-28")
    XCTAssertEqual(store.show(.date, store.symbol("28/01/2026"), store.symbol("MM/DD/YYYY")), "_")
    XCTAssertEqual(
      store.apply(.date, [store.symbol("x"), store.symbol("MM")]), .failure(.badDateFormat))
    XCTAssertEqual(store.show(.coalesce, .unknown, .unknown, int(3)), "3")
    XCTAssertEqual(store.show(.percent, num(0.09)), "0.09")
    XCTAssertEqual(store.show(.round, num(2.5)), "3")
    XCTAssertEqual(store.show(.round, num(-2.5)), "-3")
    XCTAssertEqual(store.show(.round, num(3.14159), int(2)), "3.14")
    XCTAssertEqual(store.show(.round, int(1250), int(-2)), "1300")
    XCTAssertEqual(store.show(.round, num(1.5), int(.max)), "1.5")
    XCTAssertEqual(store.show(.floor, num(-0.5)), "-1")
    XCTAssertEqual(store.show(.ceil, num(-0.5)), "0")
  }

  func testUnknownAndKinds() {
    for operation in ValueOperation.allCases where operation != .coalesce {
      let operands = [Word](repeating: .unknown, count: operation.arity.lowerBound)
      XCTAssertEqual(store.apply(operation, operands), .success(.unknown), operation.name)
    }
    XCTAssertEqual(
      store.apply(.add, int(1), store.symbol("a")), .failure(.mixedKinds(.add, .number, .symbol)))
    XCTAssertEqual(
      store.apply(.max, int(1), store.date("2026")), .failure(.mixedKinds(.max, .number, .date)))
    XCTAssertEqual(store.apply(.year, int(1)), .failure(.wrongKind(.year, .number)))
    XCTAssertEqual(store.apply(.sqrt, [int(1), int(2)]), .failure(.wrongCount(.sqrt)))
  }

  /// No operation may trap, whatever it is given.
  func testNothingTraps() {
    var random = FixedGenerator(seed: 11)
    let words = [
      int(0), int(1), int(-1), int(.max), int(.min), int(1 << 47), int(-(1 << 47)), num(0.5),
      num(-1e308), num(.leastNonzeroMagnitude), num(9.3e18), store.range(0, 1), store.range(nil, 0),
      store.range(nil, nil), store.range(.min, .max), store.range(-1, 1), store.date("0001"),
      store.date("9999"), store.date("2026-01-12"), store.date("2026-01-12T09:31"),
      store.date("9999-12-31T23:59:59"), store.span(nil, "2026"), store.span("2026-01", nil),
      store.span(nil, nil), store.symbol(""), store.symbol("YYYY"), store.symbol("1e99999"),
      .unknown, .anything,
    ]
    for operation in ValueOperation.allCases {
      for count in operation.arity.clamped(to: 1...3) {
        for _ in 0..<2500 {
          let operands = (0..<count).map { _ in
            words[Int.random(in: 0..<words.count, using: &random)]
          }
          if case .success(let word) = store.apply(operation, operands) {
            XCTAssertNotEqual(store.text(of: word), "nan")
            XCTAssertNotEqual(store.text(of: word), "inf")
          }
        }
      }
    }
  }
}
