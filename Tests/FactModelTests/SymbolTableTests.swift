import XCTest

@testable import FactModel

final class SymbolTableTests: XCTestCase {
  func testInternsEachTextOnce() {
    let table = SymbolTable()
    var model: [String: UInt32] = [:]
    var random = FixedGenerator(seed: 1)
    for _ in 0..<20_000 {
      let text =
        String(repeating: "ä", count: Int.random(in: 0...5, using: &random))
        + String(Int.random(in: 0..<6000, using: &random))
      let known = model[text]
      XCTAssertEqual(table.find(text), known)
      let id = table.intern(text)
      XCTAssertEqual(id, known ?? UInt32(model.count))
      model[text] = id
    }
    XCTAssertEqual(table.count, model.count)
    for (text, id) in model { XCTAssertEqual(table.text(id), text) }
  }

  func testEmptyAndLongTexts() {
    let table = SymbolTable()
    let empty = table.intern("")
    XCTAssertEqual(table.text(empty), "")
    XCTAssertEqual(table.find(""), empty)
    for length in 0...40 { _ = table.intern(String(repeating: "x", count: length)) }
    for length in 0...40 {
      XCTAssertEqual(table.find(String(repeating: "x", count: length)), UInt32(length))
    }
    let long = [UInt8](repeating: 65, count: 0x100_0001)
    let one = table.intern(long.span)
    let other = table.intern(long.span.extracting(0..<0xFF_FFFF))
    XCTAssertNotEqual(one, other)
    let found = table.find(long.span)
    let foundOther = table.find(long.span.extracting(0..<0xFF_FFFF))
    let foundNone = table.find(long.span.extracting(0..<0x100_0000))
    XCTAssertEqual(found, one)
    XCTAssertEqual(foundOther, other)
    XCTAssertNil(foundNone)
  }

  func testBatchesAreAsOneByOne() {
    var random = FixedGenerator(seed: 2)
    var bytes: [UInt8] = []
    var offsets: [UInt32] = [0]
    var texts: [String] = []
    for _ in 0..<9000 {
      let text = "t" + String(Int.random(in: 0..<3000, using: &random))
      texts.append(text)
      bytes += Array(text.utf8)
      offsets.append(UInt32(bytes.count))
    }
    let single = SymbolTable()
    let expected = texts.map { single.intern($0) }
    let batched = SymbolTable()
    let ids = batched.internBatch(bytes.span, offsets: offsets.span)
    XCTAssertEqual(ids, expected)
    XCTAssertEqual(batched.count, single.count)
    let none: [UInt32] = []
    let noIds = batched.internBatch(bytes.span, offsets: none.span)
    XCTAssertEqual(noIds, [])
  }

  func testOrderIsByCodePoint() {
    let table = SymbolTable()
    let texts = [
      "", "A", "Z", "a", "aaaaaaaa", "aaaaaaaab", "ab", "b\0", "b\0a", "é", "\u{FFFF}", "😀",
    ]
    let ids = texts.shuffled().map { table.intern($0) }
    XCTAssertEqual(table.sorted(ids).map { table.text($0) }, texts)
    let ranks = table.ranks()
    for (rank, text) in texts.enumerated() {
      XCTAssertEqual(table.find(text).map { ranks[Int($0)] }, UInt32(rank))
    }
  }
}
