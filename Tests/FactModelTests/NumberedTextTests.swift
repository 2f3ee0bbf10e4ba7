import XCTest

@testable import FactModel

/// Texts that end in a number, which are found by it.
final class NumberedTextTests: XCTestCase {
  /// What `NumberedText.split` promises, character by character.
  private func expected(_ text: String) -> (Int, UInt32) {
    let bytes = Array(text.utf8)
    var start = bytes.count
    while start > 0, bytes.count - start < 8, (48...57).contains(bytes[start - 1]) { start -= 1 }
    while start < bytes.count, bytes[start] == 48 { start += 1 }
    guard start < bytes.count else { return (bytes.count, 0) }
    return (start, bytes[start...].reduce(0) { $0 * 10 + UInt32($1 - 48) })
  }

  func testTextsAreTakenApartInOneWay() {
    var texts = [
      "", "0", "7", "a", "a0", "a00", "a7", "a07", "a70", "1a", "12345678", "123456789",
      "x12345678", "x123456789", "x102030405", "x00000000", "x000000001", "1\u{0}2", "/9", ":9",
      "ä5", "😀12", "99999999", "abcdefgh1", "0000000a0000001",
    ]
    var random = FixedGenerator(seed: 5)
    for _ in 0..<20_000 {
      let letters = Array("0123456789/:a\u{0}ä")
      texts.append(
        String(
          (0..<Int.random(in: 0...14, using: &random)).map { _ in
            letters[Int.random(in: 0..<letters.count, using: &random)]
          }))
    }
    for text in texts {
      for front in ["", "5", "12345678", "no digits"] {
        let bytes = Array((front + text).utf8)
        bytes.withUnsafeBytes { memory in
          guard let base = memory.baseAddress else { return }
          let before = front.utf8.count
          let found = NumberedText.split(base + before, bytes.count - before, before: before)
          let wanted = expected(text)
          XCTAssertEqual(found.prefix, wanted.0, text)
          XCTAssertEqual(found.number, wanted.1, text)
        }
      }
    }
  }

  /// Enters texts in batches and by themselves, and compares with a dictionary.
  private func check(_ rounds: [[String]], file: StaticString = #filePath, line: UInt = #line) {
    _ = withOneAndManyThreads {
      let table = SymbolTable()
      var model: [String: UInt32] = [:]
      for texts in rounds {
        var bytes: [UInt8] = []
        var offsets: [UInt32] = [0]
        for text in texts {
          bytes += Array(text.utf8)
          offsets.append(UInt32(bytes.count))
        }
        let ids = table.internBatch(bytes.span, offsets: offsets.span)
        for (text, id) in zip(texts, ids) {
          let known = model[text] ?? UInt32(model.count)
          model[text] = known
          XCTAssertEqual(id, known, text, file: file, line: line)
        }
        for (number, text) in texts.enumerated() where number % 7 == 0 {
          let other = text + (number % 2 == 0 ? "1" : "_")
          XCTAssertEqual(table.find(other), model[other], file: file, line: line)
          let id = table.intern(other)
          XCTAssertEqual(id, model[other] ?? UInt32(model.count), file: file, line: line)
          model[other] = id
        }
      }
      XCTAssertEqual(table.count, model.count, file: file, line: line)
      for (text, id) in model {
        XCTAssertEqual(table.text(id), text, file: file, line: line)
        XCTAssertEqual(table.find(text), id, file: file, line: line)
      }
      return table.count
    }
  }

  func testNumbersInARowAndInAnyOrder() {
    var random = FixedGenerator(seed: 6)
    let row = (0..<30_000).map { "person_\($0)" }
    let others = (0..<30_000).map { _ in "firm_\(Int.random(in: 0..<40_000, using: &random))" }
    check([row, others, zip(row, others).flatMap { [$0, $1] }, others.reversed()])
  }

  func testNumbersThatLieFarApartAreFoundByTheirHashes() {
    var random = FixedGenerator(seed: 7)
    // More pages than a prefix gets while they stay nearly empty.
    let far = (0..<25_000).map { _ in "x\(Int.random(in: 1..<99_999_999, using: &random))" }
    let near = (0..<25_000).map { "x\($0 * 64 + $0 % 64)" }
    check([far, near, far + near])
  }

  func testMorePrefixesThanAreKept() {
    let many = (0..<3_000).flatMap { ["p\($0)_1", "p\($0)_2"] }
    let long = String(repeating: "long", count: 100)
    check([many, many.reversed(), ["\(long)1", "\(long)2", "1", "2", ""], many])
  }
}
