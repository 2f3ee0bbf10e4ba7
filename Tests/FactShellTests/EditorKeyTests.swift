import XCTest

@testable import FactShell

final class EditorKeyTests: XCTestCase {
  private func keys(_ text: String, chunk: Int = .max) -> [Key] {
    keys(Array(text.utf8), chunk: chunk)
  }

  private func keys(_ bytes: [UInt8], chunk: Int = .max) -> [Key] {
    var decoder = KeyDecoder()
    var result: [Key] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = rest.prefix(chunk)
      rest = rest.dropFirst(part.count)
      part.withUnsafeBytes { decoder.feed($0) }
      while let key = decoder.key() { result.append(key) }
    }
    while let key = decoder.key(isFinal: true) { result.append(key) }
    return result
  }

  func testCharacters() {
    XCTAssertEqual(keys("aé漢😀"), [0x61, 0xe9, 0x6f22, 0x1f600].map { .scalar($0) })
    XCTAssertEqual(keys("aé漢😀", chunk: 1), keys("aé漢😀"))
    XCTAssertEqual(keys("\r\t\u{7f}"), [.scalar(13), .scalar(9), .scalar(127)])
    XCTAssertEqual(keys("\u{03}"), [.interrupt])
  }

  func testBrokenUTF8IsReplaced() {
    XCTAssertEqual(keys([0xff, 0x61]), [.scalar(0xfffd), .scalar(0x61)])
    XCTAssertEqual(keys([0xe6, 0x61]), [.scalar(0xfffd), .scalar(0x61)])
    XCTAssertEqual(keys([0xe6, 0xbc]), [.scalar(0xfffd), .scalar(0xfffd)])
    // A typed C1 character must not call a key's function.
    XCTAssertEqual(keys("\u{80}"), [.scalar(0xfffd)])
  }

  func testSequences() {
    let cases: [(String, SpecialKey)] = [
      ("\u{1b}[A", .up), ("\u{1b}OA", .up), ("\u{1b}[B", .down), ("\u{1b}[C", .right),
      ("\u{1b}[D", .left), ("\u{1b}[H", .home), ("\u{1b}[1~", .home), ("\u{1b}[7~", .home),
      ("\u{1b}[F", .end), ("\u{1b}[4~", .end), ("\u{1b}OF", .end), ("\u{1b}[3~", .delete),
      ("\u{1b}[3;5~", .deleteWord), ("\u{1b}[1;5C", .wordRight), ("\u{1b}[1;3D", .wordLeft),
      ("\u{1b}[Z", .shiftTab), ("\u{1b}[13;2u", .newline), ("\u{1b}[27;2;13~", .newline),
    ]
    for (text, key) in cases {
      XCTAssertEqual(keys(text), [.special(key)], text.debugDescription)
      XCTAssertEqual(keys(text + "x", chunk: 1), [.special(key), .scalar(0x78)])
    }
    XCTAssertEqual(keys("\u{1b}[15~x"), [.unknown(Array("\u{1b}[15~".utf8)), .scalar(0x78)])
    XCTAssertEqual(keys("\u{1b}[<0;1;1M"), [.unknown(Array("\u{1b}[<0;1;1M".utf8))])
  }

  func testEscapeAloneAndMeta() {
    XCTAssertEqual(keys("\u{1b}"), [.scalar(27)])
    XCTAssertEqual(keys("\u{1b}b"), [.scalar(27), .scalar(0x62)])
    XCTAssertEqual(keys("\u{1b}["), [.scalar(27), .scalar(0x5b)])
    var decoder = KeyDecoder()
    [UInt8(27)].withUnsafeBytes { decoder.feed($0) }
    XCTAssertNil(decoder.key())
    XCTAssertEqual(decoder.patience, 30)
  }

  func testPaste() {
    let pasted = "\u{1b}[200~a\rb\r\nc\t\u{03}\u{1b}[A漢\u{1b}[201~x"
    let expected: [Key] = [.paste("a\nb\nc\t\u{03}\u{1b}[A漢"), .scalar(0x78)]
    for chunk in [1, 2, 3, 7, 100] { XCTAssertEqual(keys(pasted, chunk: chunk), expected) }
    // One that never ends is taken as it is.
    XCTAssertEqual(keys("\u{1b}[200~abc"), [.paste("abc")])
  }

  func testLongPasteIsReadInLinearTime() {
    let text = "\u{1b}[200~" + String(repeating: "x", count: 400_000) + "\u{1b}[201~"
    let clock = ContinuousClock()
    let time = clock.measure { XCTAssertEqual(keys(text, chunk: 256).count, 1) }
    XCTAssertLessThan(time, .seconds(2))
  }

  func testAnyBytesEnd() {
    var random = SplitMix(state: 3)
    let likely: [UInt8] = [0x1b, 0x5b, 0x4f, 0x32, 0x30, 0x7e, 0x3b, 0x41, 0xe6, 0xbc, 0xa2, 0x61]
    for _ in 0..<500 {
      let bytes = (0..<40).map { _ in likely[Int(random.next() % UInt64(likely.count))] }
      _ = keys(bytes, chunk: 1 + Int(random.next() % 5))
    }
  }
}
