import FactModel
import Foundation
import XCTest

@testable import FactLanguage

/// No text crashes the parser, the renderer, or what the prompt asks at each key.
final class FuzzTests: XCTestCase {
  private func run(_ bytes: [UInt8]) {
    for mode in [ParsingMode.script, .prompt] {
      let source = SourceText(name: "fuzz", bytes: bytes)
      var parser = StatementParser(source, mode: mode)
      var count = 0
      while let statement = parser.next() {
        count += 1
        XCTAssertLessThanOrEqual(statement.span.upper, bytes.count)
        XCTAssertLessThanOrEqual(statement.span.lower, statement.span.upper)
      }
      XCTAssertLessThanOrEqual(count, bytes.count)
      for diagnostic in parser.diagnostics {
        XCTAssertLessThanOrEqual(diagnostic.span.lower, bytes.count)
        XCTAssertFalse(DiagnosticRenderer(width: 40).render(diagnostic, in: source).isEmpty)
      }
    }
    _ = inputState(String(decoding: bytes, as: UTF8.self))
  }

  func testRandomBytes() {
    var random = SplitMix(state: 7)
    for _ in 0..<3_000 {
      let length = Int.random(in: 0..<60, using: &random)
      run((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
  }

  func testRandomTokens() {
    let pieces = [
      "p", "X", "(", ")", "[", "]", "{", "}", ",", ";", ".", "..", "?", "~", "|", ":-", ":", "!",
      "not", "in", "overlaps", "as", "of", "with", "@source", "$x", "\"a\"", "'", "2026-01", "9%",
      "%", "#", "\n", " ", "-", "+", "**", "late", "count", "by", "latest", "on", "limit", "=",
      "<=", "==", "relation", "query", "load", "±", "5", "file", "today", "during", ".mode", "_",
    ]
    var random = SplitMix(state: 11)
    for _ in 0..<6_000 {
      let length = Int.random(in: 0..<24, using: &random)
      var text = ""
      for _ in 0..<length {
        text += pieces[Int.random(in: 0..<pieces.count, using: &random)]
        if Bool.random(using: &random) { text += " " }
      }
      run(Array(text.utf8))
    }
  }

  func testTruncationsAndBitFlips() {
    let whole = Array((ParserTests.taste + "\n" + ParserTests.more).utf8)
    for end in 0..<whole.count { run(Array(whole[max(0, end - 300)..<end])) }
    var random = SplitMix(state: 13)
    for _ in 0..<300 {
      var bytes = whole
      for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      run(bytes)
    }
  }

  func testDeepNestingIsAnErrorAndNoCrash() {
    let depth = 100_000
    let deep = [
      "p(" + String(repeating: "(", count: depth) + "1).",
      String(repeating: "(", count: depth) + "p(X)?",
      "p(X), " + String(repeating: "not ", count: depth) + "q(X)?",
      String(repeating: "!", count: depth) + "q(X)?",
      String(repeating: "optional ", count: depth) + "q(X)?",
      "p(" + String(repeating: "-", count: depth) + "X)?",
      "p(" + String(repeating: "f(", count: depth) + "X)?",
      "X = " + String(repeating: "1 + ", count: depth) + "1?",
      "X = " + String(repeating: "1 ** ", count: depth) + "1?",
      "X in " + String(repeating: "[", count: depth) + "?",
      String(repeating: "with @source: s { ", count: depth),
      "-" + String(repeating: "-p", count: depth) + "(X)?",
    ]
    for text in deep {
      let found = errors(text)
      XCTAssertFalse(found.isEmpty, String(text.prefix(20)))
      XCTAssertEqual(inputState(text), .complete, String(text.prefix(20)))
    }
    XCTAssertTrue(errors(deep[0])[0].contains("E0119"), errors(deep[0])[0])
    XCTAssertEqual(
      errors(
        "p(" + String(repeating: "(", count: 150) + "X"
          + String(repeating: ")", count: 150) + ")?"), [])
  }

  func testVeryLongLines() {
    let word = String(repeating: "x", count: 2_000_000)
    XCTAssertEqual(statements("p(\(word)).").count, 1)
    let source = SourceText(name: "long", bytes: Array("p(a) \(word)".utf8))
    let (_, diagnostics) = parseScript(source)
    XCTAssertLessThan(DiagnosticRenderer(width: 80).render(diagnostics, in: source).count, 600)
  }

  func testTheNumberOfErrorsIsLimited() {
    let found = errors(String(repeating: "p(.\n", count: 50))
    XCTAssertEqual(found.count, StatementParser.errorLimit + 1)
    XCTAssertTrue(found.contains { $0.contains("E0199") })
  }
}
