import FactLanguage
import XCTest

final class DisplayWidthTests: XCTestCase {
  func testWidths() {
    let cases: [(String, Int)] = [
      ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("ß", 1), ("漢字", 4), ("カナ", 4), ("ｶﾅ", 2),
      ("ＡＢ", 4), ("한글", 4), ("\u{1112}\u{1161}\u{11ab}", 2), ("🇩🇪", 2), ("🇩🇪🇫🇷", 4),
      ("👍🏽", 2), ("👨\u{200d}👩\u{200d}👧", 2), ("❤️", 2), ("❤", 1), ("⌚", 2), ("€", 1), ("…", 1),
      ("─", 1), ("नि", 2), ("\u{200b}", 0), ("\u{feff}", 0), ("a\u{300}\u{301}\u{302}", 1),
      ("\u{20000}", 2), ("𝒳", 1), ("ق", 1), ("\n", 0), ("①", 1), ("、", 2), ("\u{303f}", 1),
      ("₿", 1), ("\u{1f9d1}\u{200d}\u{1f680}", 2), ("4️⃣", 2),
    ]
    for (text, width) in cases {
      XCTAssertEqual(
        DisplayWidth.of(text), width, "\(text) \(text.unicodeScalars.map { $0.value })")
    }
  }

  func testTruncation() {
    XCTAssertEqual(DisplayWidth.truncate("abcdef", to: 6), "abcdef")
    XCTAssertEqual(DisplayWidth.truncate("abcdef", to: 5), "abcd…")
    XCTAssertEqual(DisplayWidth.truncate("漢字漢", to: 4), "漢…")
    XCTAssertEqual(DisplayWidth.truncate("漢字漢", to: 5), "漢字…")
    XCTAssertEqual(DisplayWidth.truncate("abc", to: 1), "…")
    XCTAssertEqual(DisplayWidth.truncate("abc", to: 0), "")
  }
}
