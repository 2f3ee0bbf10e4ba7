import XCTest

@testable import FactModel

final class MatcherTests: XCTestCase {
  private func matches(_ pattern: String, _ text: String) throws -> Bool {
    var matcher = try Matcher(pattern: pattern)
    return matcher.matches(text)
  }

  func testPatternsThatMatch() throws {
    let cases: [(String, String)] = [
      ("", ""), ("", "abc"), ("b", "abc"), ("^a", "abc"), ("c$", "abc"), ("^abc$", "abc"),
      ("a.c", "xaéc"), ("a.c", "a漢c"), ("^.$", "😀"), ("^..$", "é😀"), ("[a-c]+x", "zzabcx"),
      ("[^a-c]", "abcd"), ("^[^x]$", "é"), ("[à-ü]", "é"), ("^[а-я]+$", "привет"),
      ("\\d{3}", "a123"),
      ("^\\w+$", "ab_9"), ("\\s", "a\tb"), ("\\bcat\\b", "a cat."), ("\\Bat", "cat"),
      ("a|b|", "c"), ("(ab)+c", "xababc"), ("(?:a|b)*c", "c"), ("a{2,3}$", "aaaa"), ("^a{0}$", ""),
      ("^a{2,}$", "aaaaa"), ("a*?b", "aab"), ("^a??$", "a"), ("(?i)straße", "STRAßE"),
      ("(?i)ÉCOLE", "l'école"), ("(?i)[a-z]+$", "ABC"), ("(?i)[^a]", "b"), ("(?i:a)b", "Ab"),
      ("(?s)a.b", "a\nb"), ("\\.", "a.b"), ("[.]", "a.b"), ("[]a]", "]"), ("[^]a]", "b"),
      ("[a-]", "-"), ("[\\d-]", "-"), ("[[:alpha:]]+", "abc"), ("\\u{20AC}", "5 €"), ("\\x41", "A"),
      ("a{,2}", "a{,2}"), ("a{x", "a{x"), ("(?<name>a)b", "ab"), ("(?P<n>a)b", "ab"),
      ("\\Aab\\z", "ab"),
      ("^(a|ab)(c|bcd)$", "abcd"), ("x*", ""), ("$", "abc"), ("(|a)+b", "b"),
      ("\\w\\b\\W", "é a é"),
    ]
    for (pattern, text) in cases {
      XCTAssertTrue(try matches(pattern, text), "\(pattern) in \(text)")
    }
  }

  func testPatternsThatDoNotMatch() throws {
    let cases: [(String, String)] = [
      ("d", "abc"), ("^b", "abc"), ("b$", "abc"), ("^.$", "ab"), ("^.$", "\n"), ("a.b", "a\nb"),
      ("[^a-c]", "abc"), ("^\\w$", "é"), ("\\bat", "cat"), ("\\Bcat", "a cat"), ("a{3}", "aabaa"),
      ("^a{2,3}$", "aaaa"), ("(?i)a(?-i)b", "AB"), ("(?i:a)b", "aB"), ("^[à-ü]$", "a"),
      ("[[:digit:]]", "abc"), ("a$b", "ab"), ("^$", "a"), ("\\B", "a"), ("^é$", "e\u{301}"),
      ("[^\\d]", "123"), ("x\\By", "xé"), ("a\\Bé", "aé"), ("^(a|b)$", "ab"),
    ]
    for (pattern, text) in cases {
      XCTAssertFalse(try matches(pattern, text), "\(pattern) in \(text)")
    }
  }

  func testRefusedPatternsSayWhere() throws {
    let cases: [(String, Int, String)] = [
      ("(a)\\1", 3, "back-references"), ("é(?=b)", 2, "look-ahead"), ("(?!b)", 0, "look-ahead"),
      ("a(?<=b)", 1, "look-behind"), ("a(?<!b)", 1, "look-behind"), ("(a", 0, "never closed"),
      ("a)", 1, "closes no group"), ("[a", 0, "never closed"), ("*a", 0, "nothing stands before"),
      ("a**", 2, "quantifier follows"), ("a{2}{3}", 4, "count follows"), ("a{3,2}", 1, "below"),
      ("a{1001}", 2, "more than 1000"), ("[z-a]", 1, "backwards"), ("\\", 0, "backslash"),
      ("\\q", 0, "not supported"), ("(?x)a", 2, "flag `x`"), ("\\k<a>", 0, "back-references"),
      ("a++", 2, "possessive"), ("\\u{110000}", 0, "not readable"), ("[[:foo:]]", 1, "[:foo:]"),
      ("{2}", 0, "nothing stands before"), ("(?>a)", 0, "atomic"),
    ]
    for (pattern, offset, part) in cases {
      do throws(PatternFailure) {
        _ = try Matcher(pattern: pattern)
        XCTFail("\(pattern) is accepted")
      } catch {
        XCTAssertEqual(error.offset, offset, pattern)
        XCTAssertTrue(error.message.contains(part), "\(pattern): \(error.message)")
      }
    }
  }

  func testLargePatternsAreRefusedAtOnce() {
    let nested = String(repeating: "(", count: 100_000)
    let patterns = [
      "((a{1000}){1000}){1000}", "(((((){1000}){1000}){1000}){1000}){1000}", nested,
      String(repeating: "[^a]", count: 20_000), "(?:" + nested,
    ]
    for pattern in patterns { XCTAssertThrowsError(try Matcher(pattern: pattern)) }
  }

  func testTimeIsLinear() throws {
    let text = String(repeating: "a", count: 100_000)
    for pattern in ["(a*)*b", "(a|aa)+$b", "(a+)+c", "(.*)(.*)(.*)(.*)x", "(a?){500}a{500}b"] {
      let clock = ContinuousClock()
      var found = true
      let time = try clock.measure { found = try matches(pattern, text) }
      XCTAssertFalse(found, pattern)
      XCTAssertLessThan(time, .seconds(5), pattern)
    }
  }

  func testStopping() throws {
    var matcher = try Matcher(pattern: "(a|b)*c")
    let text = [UInt8](repeating: 0x61, count: 1 << 20)
    var asked = 0
    let result = matcher.matches(text.span) {
      asked += 1
      return asked == 3
    }
    XCTAssertNil(result)
    XCTAssertEqual(asked, 3)
    XCTAssertEqual(matcher.matches(text.span, shouldStop: { false }), false)
  }

  /// More states than are kept: the store is emptied and filled again, with the same answers.
  func testManyStates() throws {
    var matcher = try Matcher(pattern: "a[ab]{16}c")
    var state: UInt64 = 5
    var text: [UInt8] = []
    for _ in 0..<60_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      text.append(state >> 40 & 1 == 0 ? 0x61 : 0x62)
    }
    XCTAssertEqual(matcher.matches(text.span, shouldStop: { false }), false)
    text[59_999 - 17] = 0x61
    text[59_999] = 0x63
    XCTAssertEqual(matcher.matches(text.span, shouldStop: { false }), true)
  }

  // MARK: - Against backtracking

  /// A pattern with an independent, slow meaning.
  private indirect enum Shape {
    case letter(Character)
    case any
    case set(String, negated: Bool)
    case start, end, boundary
    case both(Shape, Shape)
    case either(Shape, Shape)
    case times(Shape, Int, Int)

    var text: String {
      switch self {
      case .letter(let letter): String(letter)
      case .any: "."
      case .set(let members, let negated): (negated ? "[^" : "[") + members + "]"
      case .start: "^"
      case .end: "$"
      case .boundary: "\\b"
      case .both(let first, let second): first.text + second.text
      case .either(let first, let second): "(" + first.text + "|" + second.text + ")"
      case .times(let part, 0, Int.max): "(" + part.text + ")*"
      case .times(let part, 1, Int.max): "(?:" + part.text + ")+"
      case .times(let part, 0, 1): "(" + part.text + ")??"
      case .times(let part, let lower, let upper): "(" + part.text + "){\(lower),\(upper)}"
      }
    }

    /// Every position at which a match from a position may end.
    func ends(_ text: [Character], _ at: Int) -> Set<Int> {
      switch self {
      case .letter(let letter): return at < text.count && text[at] == letter ? [at + 1] : []
      case .any: return at < text.count && text[at] != "\n" ? [at + 1] : []
      case .set(let members, let negated):
        return at < text.count && members.contains(text[at]) != negated ? [at + 1] : []
      case .start: return at == 0 ? [at] : []
      case .end: return at == text.count ? [at] : []
      case .boundary:
        let before = at > 0 && "ab".contains(text[at - 1])
        let after = at < text.count && "ab".contains(text[at])
        return before != after ? [at] : []
      case .both(let first, let second):
        return Set(first.ends(text, at).flatMap { second.ends(text, $0) })
      case .either(let first, let second):
        return first.ends(text, at).union(second.ends(text, at))
      case .times(let part, let lower, let upper):
        var reached: Set<Int> = [at]
        var result: Set<Int> = lower == 0 ? [at] : []
        var seen: Set<Set<Int>> = []
        var count = 0
        while count < upper, !reached.isEmpty, count <= lower || seen.insert(reached).inserted {
          reached = Set(reached.flatMap { part.ends(text, $0) })
          count += 1
          if count >= lower { result.formUnion(reached) }
        }
        return result
      }
    }
  }

  private struct Source {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }

    mutating func shape(_ depth: Int) -> Shape {
      switch next(depth == 0 ? 8 : 14) {
      case 0: return .letter("a")
      case 1: return .letter("b")
      case 2: return .letter("é")
      case 3: return .any
      case 4: return .set("aé", negated: next(2) == 0)
      case 5: return .start
      case 6: return .end
      case 7: return .boundary
      case 8, 9: return .both(shape(depth - 1), shape(depth - 1))
      case 10, 11: return .either(shape(depth - 1), shape(depth - 1))
      default:
        let bounds = [(0, Int.max), (1, Int.max), (0, 1), (2, 3), (0, 2)][next(5)]
        return .times(shape(depth - 1), bounds.0, bounds.1)
      }
    }
  }

  func testAgainstBacktracking() throws {
    var source = Source(state: 42)
    let letters: [Character] = ["a", "b", "é", "\n", "😀", "."]
    var found = 0
    for _ in 0..<2500 {
      let shape = source.shape(4)
      var matcher = try Matcher(pattern: shape.text)
      for _ in 0..<6 {
        let text = (0..<source.next(7)).map { _ in letters[source.next(letters.count)] }
        let expected = (0...text.count).contains { !shape.ends(text, $0).isEmpty }
        if expected { found += 1 }
        XCTAssertEqual(matcher.matches(String(text)), expected, "\(shape.text) in \(String(text))")
      }
    }
    XCTAssertGreaterThan(found, 2000)
    XCTAssertLessThan(found, 13_000)
  }
}
