import XCTest

@testable import FactModel

final class ValueStoreTests: XCTestCase {
  private let store = ValueStore()

  func testCanonicalWords() {
    XCTAssertEqual(store.word(for: .number(1.0)), store.word(for: .integer(1)))
    XCTAssertEqual(store.word(for: .number(-0.0)), store.word(for: .integer(0)))
    XCTAssertEqual(store.word(for: .number(.nan)), .unknown)
    XCTAssertEqual(store.word(for: .number(.infinity)), .unknown)
    XCTAssertEqual(store.range(5, 5), store.word(integer: 5))
    XCTAssertEqual(store.range(9, 1), store.range(1, 9))
    XCTAssertEqual(
      store.word(for: .range(lower: .number(1), upper: .number(2), text: nil)), store.range(1, 2))
    for (first, last, unit) in [
      ("2026-01-01", "2026-12-31", "2026"), ("2026-01", "2026-03", "2026-Q1"),
      ("2026-Q3", "2026-Q4", "2026-H2"), ("2026-02-01", "2026-02-28", "2026-02"),
      ("2026-01-12", "2026-01-12", "2026-01-12"), ("2024-02-01", "2024-02-29", "2024-02"),
      ("2026-01-12T09:31", "2026-01-12", "2026-01-12"),
      ("2026-01-12T09:31", "2026-01-12T09:31", "2026-01-12T09:31"),
    ] {
      XCTAssertEqual(store.span(first, last), store.date(unit), unit)
    }
    XCTAssertEqual(store.text(of: store.span("2026-02", "2026-04")), "2026-02-01..2026-04-30")
    XCTAssertEqual(store.span("2026-04", "2026-02"), store.span("2026-02", "2026-04"))
  }

  func testKeepsTheTextFirstWritten() {
    let computed = store.range(13_500, 14_500)
    XCTAssertEqual(store.text(of: computed), "13500..14500")
    let written = store.word(
      for: .range(lower: .integer(13_500), upper: .integer(14_500), text: "~14000"))
    XCTAssertEqual(written, computed)
    XCTAssertEqual(store.text(of: computed), "~14000")
    _ = store.word(for: .range(lower: .integer(13_500), upper: .integer(14_500), text: "14k±500"))
    XCTAssertEqual(store.text(of: computed), "~14000")
  }

  func testEveryValueComesBack() {
    let values: [Value] = [
      .unknown, .anything, .symbol("amazon"), .symbol(""), .integer(.max), .integer(.min),
      .integer(1 << 47), .integer(-(1 << 47)), .integer(-1), .number(0.09), .number(-1e300),
      .range(lower: .integer(1001), upper: .integer(2500), text: nil),
      .range(lower: nil, upper: .integer(.max), text: nil),
      .range(lower: .number(0.5), upper: nil, text: nil),
      .range(lower: .integer(0), upper: .number(0.09), text: "0..9%"),
      .date(CalendarDate.latest),
      .span(first: nil, last: .latest, text: "..9999-12-31x"),
    ]
    for value in values {
      let isNew = value != .unknown && store.findWord(for: value) == nil
      let word = store.word(for: value)
      XCTAssertEqual(store.value(of: word), value)
      XCTAssertEqual(store.findWord(for: value), word)
      if case .symbol = value { XCTAssertTrue(isNew) }
    }
    XCTAssertNil(store.findWord(for: .symbol("nobody")))
    XCTAssertNil(store.findWord(for: .range(lower: .integer(3), upper: .integer(4), text: nil)))
    XCTAssertNil(store.findWord(for: .integer(1 << 50)))
    XCTAssertEqual(Set(values.map { store.word(for: $0) }).count, values.count)
  }

  func testManyWideValuesKeepTheirIds() {
    var words: [Word] = []
    for i in 0..<2000 { words.append(store.range(Int64(i), Int64(i * 2 + 1))) }
    for i in 0..<2000 { XCTAssertEqual(store.range(Int64(i), Int64(i * 2 + 1)), words[i]) }
    XCTAssertEqual(store.wides.count, 2000)
  }

  func testText() {
    for (text, written) in [
      ("amazon", "amazon"), ("Amazon", "\"Amazon\""), ("a_1B", "a_1B"), ("", "\"\""),
      ("today", "\"today\""), ("e-commerce", "\"e-commerce\""), ("börse", "\"börse\""),
      ("a\"b\\c\n\t", "\"a\\\"b\\\\c\\n\\t\""), ("\u{1B}[0m", "\"\\u{1b}[0m\""),
      ("_x", "\"_x\""), ("1a", "\"1a\""),
    ] {
      XCTAssertEqual(store.text(of: store.symbol(text)), written)
      XCTAssertEqual(store.text(of: store.symbol(text), style: .table), text)
    }
    XCTAssertEqual(store.text(of: .unknown), "_")
    XCTAssertEqual(store.text(of: .unknown, style: .table), "?")
    XCTAssertEqual(store.text(of: .unknown, style: .field), "")
    XCTAssertEqual(store.text(of: store.word(number: 1e300)), "1e300")
    XCTAssertEqual(store.text(of: store.word(number: 0.1 + 0.2)), "0.30000000000000004")
    XCTAssertEqual(store.text(of: store.word(integer: .min)), "-9223372036854775808")
  }

  func testBytesAreTheText() {
    let words = [
      store.symbol("amazon"), store.symbol("in"), store.symbol("a\"b"), store.symbol(""),
      store.word(integer: 0), store.word(integer: -1), store.word(integer: 1_234_567),
      store.word(integer: .min), store.word(integer: -(1 << 47)), store.word(number: 0.5),
      store.range(1, 2), store.date("2026-01"), .unknown, .anything,
    ]
    for style in [TextStyle.language, .table, .field, .language.inPercent] {
      for word in words {
        var bytes = Array("x".utf8)
        store.append(word, to: &bytes, style: style)
        XCTAssertEqual(
          String(decoding: bytes, as: UTF8.self), "x" + store.text(of: word, style: style))
      }
    }
  }

  func testWhereADateIsExpected() throws {
    func date(_ value: Value) -> String {
      guard case .success(let date) = value.asDate else { return "error" }
      return store.text(of: store.word(for: date))
    }
    XCTAssertEqual(date(.integer(2026)), "2026")
    XCTAssertEqual(date(.integer(999)), "error")
    XCTAssertEqual(date(.integer(10_000)), "error")
    XCTAssertEqual(date(.number(2026.5)), "error")
    XCTAssertEqual(date(.symbol("2026-01~")), "~2026-01")
    XCTAssertEqual(date(.symbol("soon")), "error")
    XCTAssertEqual(date(.unknown), "_")
    let years = Value.range(lower: .integer(2010), upper: .integer(2019), text: "2010..2019")
    XCTAssertEqual(date(years), "2010..2019")
    XCTAssertEqual(date(.range(lower: .integer(5), upper: .integer(2019), text: nil)), "error")
    XCTAssertEqual(date(.range(lower: nil, upper: .integer(2019), text: nil)), "..2019-12-31")
    let about = Value.range(lower: .integer(2015), upper: .integer(2025), text: "~2020")
    XCTAssertEqual(
      store.dates(of: store.word(for: try about.asDate.get()))?.text, "2019-01-01..2021-12-31")
    XCTAssertGreaterThan(CalendarDate.today().start, CalendarDate(year: 2020)?.start ?? 0)
  }

  func testPercent() {
    for (number, text) in [
      (0.09, "9%"), (0.07, "7%"), (0.038231, "3.8231%"), (1.0, "100%"), (0, "0%"),
      (-0.005, "-0.5%"), (1e-7, "0.00001%"), (12.5, "1250%"), (0.29, "29%"), (0.285, "28.5%"),
      (1.1, "110%"), (1e30, "1e32%"),
    ] {
      XCTAssertEqual(store.text(of: store.word(number: number), style: .language.inPercent), text)
    }
    let range = NumberInterval(lower: .integer(0), upper: .number(0.09))
    let word = store.word(range: range)
    XCTAssertEqual(store.text(of: word, style: .table.inPercent), "0%..9%")
    XCTAssertEqual(store.text(of: word), "0..0.09")
    _ = store.word(range: range, text: "0..9%")
    XCTAssertEqual(store.text(of: word), "0..9%")
  }

  func testNumberLiterals() {
    for (text, expected) in [
      ("14000", "14000"), ("14_000", "14000"), ("14k", "14000"), ("3M", "3000000"),
      ("2B", "2000000000"), ("1.5", "1.5"), ("2e9", "2000000000"), ("9%", "0.09"), ("7%", "0.07"),
      ("1.5M", "1500000"), ("1.0", "1"), ("-5", "-5"), ("1e400", ""), ("1e-400", "0"),
      ("9223372036854775807", "9223372036854775807"), ("9223372036854775808", ""),
      ("-9223372036854775808", "-9223372036854775808"), ("9.3e18", "9.3e18"), ("1e", ""),
      ("", ""), ("-", ""), ("1_", ""), ("_1", ""), ("1.", ""), (".5", ""), ("1k5", ""), ("0x1", ""),
      ("99999999999B", ""), ("1.5.2", ""), ("0.1", "0.1"), ("1__0", ""), ("inf", ""), ("nan", ""),
      ("0000000000000000000000000000000000000000001", "1"),
      ("9999999999999999999999999999999999999999", ""),
    ] {
      let found = (try? NumberLiteral.read(text).get())?.value.text ?? ""
      XCTAssertEqual(found, expected, text)
    }
  }

  func testApproximateNumbers() {
    func about(_ text: String) -> String {
      guard case .success(let literal) = NumberLiteral.read(text) else { return "unread" }
      return (try? literal.approximation.get())?.text ?? "error"
    }
    for (text, expected) in [
      ("14000", "13500..14500"), ("350000", "345000..355000"), ("350k", "345000..355000"),
      ("5", "4..6"), ("12", "11..13"), ("10", "5..15"), ("0", "error"), ("1.5", "1.45..1.55"),
      ("1.50", "1.495..1.505"), ("1.0", "0.95..1.05"), ("9%", "0.085..0.095"),
      ("1.5M", "1450000..1550000"),
      ("2e9", "1500000000..2500000000"), ("50%", "0.45..0.55"), ("100%", "0.5..1.5"),
      ("0.0", "error"),
    ] {
      XCTAssertEqual(about(text), expected, text)
    }
    func plusMinus(_ left: String, _ right: String) -> String {
      guard case .success(let a) = NumberLiteral.read(left),
        case .success(let b) = NumberLiteral.read(right)
      else { return "unread" }
      return (try? a.plusOrMinus(b).get())?.text ?? "error"
    }
    XCTAssertEqual(plusMinus("14000", "500"), "13500..14500")
    XCTAssertEqual(plusMinus("0.3", "0.1"), "0.2..0.4")
    XCTAssertEqual(plusMinus("9%", "1%"), "0.08..0.1")
    XCTAssertEqual(plusMinus("1e300", "1e-300"), "error")
  }

  func testSortOrder() {
    let sorted = [
      store.range(nil, 0), store.word(integer: .min), store.word(integer: -1),
      store.word(number: 0.5), store.word(integer: 1), store.range(1, 2), store.range(1, nil),
      store.word(integer: 2), store.word(integer: 1 << 60), store.span(nil, "2026"),
      store.date("2025-12-31"), store.date("2026-01-01T00:00"), store.date("2026-01-01"),
      store.date("2026-01"), store.date("2026"), store.date("2026-01-02"), store.symbol(""),
      store.symbol("Z"), store.symbol("a"), store.symbol("ä"), .unknown,
    ]
    for (i, left) in sorted.enumerated() {
      for (j, right) in sorted.enumerated() {
        XCTAssertEqual(
          store.compareForSort(left, right), i < j ? -1 : i > j ? 1 : 0,
          "\(store.text(of: left)) and \(store.text(of: right))")
      }
    }
  }

  func testSums() {
    func sum(_ rows: [(Word, Bool)]) -> String {
      var total = RangeSum()
      for (word, isCertain) in rows {
        XCTAssertNil(total.add(word, isCertain: isCertain, in: store))
      }
      guard case .success(let word) = total.word(in: store) else { return "overflow" }
      return store.text(of: word)
    }
    let int = { (n: Int64) in self.store.word(integer: n) }
    let num = { (n: Double) in self.store.word(number: n) }
    XCTAssertEqual(sum([]), "0")
    XCTAssertEqual(sum([(int(1), true), (int(2), true), (.unknown, true)]), "3")
    XCTAssertEqual(sum([(int(1), true), (int(2), false)]), "1..3")
    XCTAssertEqual(sum([(int(1), true), (int(-2), false)]), "-1..1")
    XCTAssertEqual(sum([(store.range(1001, 2500), true), (int(10), true)]), "1011..2510")
    XCTAssertEqual(sum([(store.range(5, nil), true), (int(10), true)]), "15..")
    XCTAssertEqual(
      sum([(int(.max), true), (int(.max), true), (int(.min), true), (int(.min), true)]), "-2")
    XCTAssertEqual(sum([(int(.max), true), (int(1), true)]), "overflow")
    XCTAssertEqual(
      sum([(num(0.1), true), (num(0.2), true), (num(0.3), true), (num(-0.6), true)]),
      "2.7755575615628914e-17")
    XCTAssertEqual(sum(Array(repeating: (num(0.1), true), count: 10)), "1")
    XCTAssertEqual(sum([(num(1e300), true), (num(1.5), true), (num(-1e300), true)]), "1.5")
    XCTAssertEqual(sum([(num(1.7e308), true), (num(1.7e308), true)]), "overflow")
    XCTAssertEqual(
      sum([(int((1 << 60) + 1), true), (num(0.5), true), (int(-(1 << 60)), true)]), "1.5")
    var total = RangeSum()
    XCTAssertEqual(total.add(store.symbol("a"), in: store), .wrongKind(.add, .symbol))
  }

  /// The order of the rows must not show in a sum.
  func testSumsDoNotDependOnTheOrder() throws {
    var random = FixedGenerator(seed: 5)
    var words = (0..<500).map { _ in
      store.word(
        number: Double.random(in: -1...1, using: &random)
          * Double(sign: .plus, exponent: Int.random(in: -60...60, using: &random), significand: 1))
    }
    var seen: Set<Word> = []
    for _ in 0..<5 {
      words.shuffle(using: &random)
      var left = RangeSum()
      var right = RangeSum()
      let bits = words.map(\.bits)
      let leftFailure = left.add(bits.span.extracting(0..<100), in: store)
      let rightFailure = right.add(bits.span.extracting(100..<500), in: store)
      XCTAssertNil(leftFailure)
      XCTAssertNil(rightFailure)
      left.add(right)
      seen.insert(try left.word(in: store).get())
    }
    XCTAssertEqual(seen.count, 1)
  }
}
