import FactShell

/// An assistant that knows a handful of words and brackets.
final class FixtureAssistant: LineAssistant {
  private let words: [(text: String, detail: String, kind: CompletionKind)] = [
    ("layoff(", "event, company, positions", .relation), ("layout(", "page, column", .relation),
    ("rating(", "firm, company, view", .relation), ("workforce(", "company, size", .relation),
    (".help", "what there is to know", .command), (".history", "what was typed", .command),
    ("\"Deutsche Bank\"", "12 facts", .entity), ("person", "an entity", .entity),
  ]

  func completions(for text: String, cursor: Int) -> CompletionResult {
    let before = text.utf8.prefix(cursor)
    let separators: [UInt8] = Array(" (,\n".utf8)
    let start = before.lastIndex { separators.contains($0) }
    let lower = start.map { text.utf8.distance(from: text.startIndex, to: $0) + 1 } ?? 0
    let typed = String(Substring(before.dropFirst(lower)))
    var found = words.filter { $0.text.hasPrefix(typed) }.map {
      CompletionCandidate(text: $0.text, detail: $0.detail, kind: $0.kind)
    }
    if found.isEmpty && typed == "persn" {
      found = [
        CompletionCandidate(text: "person", detail: "an entity", kind: .entity, isDidYouMean: true)
      ]
    }
    return CompletionResult(replace: lower..<cursor, candidates: found)
  }

  func highlight(_ text: String) -> [HighlightSpan] {
    var spans: [HighlightSpan] = []
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      let start = index
      let isCapital = bytes[start] >= 0x41 && bytes[start] <= 0x5a
      while index < bytes.count, bytes[index] | 0x20 >= 0x61, bytes[index] | 0x20 <= 0x7a {
        index += 1
      }
      if index == start {
        index += 1
        continue
      }
      if isCapital {
        spans.append(HighlightSpan(start..<index, .variable))
      } else if index < bytes.count && bytes[index] == UInt8(ascii: "(") {
        spans.append(HighlightSpan(start..<index, .relation))
      }
    }
    return spans
  }

  func isComplete(_ text: String) -> InputState {
    var open = 0
    var inText = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): inText.toggle()
      case UInt8(ascii: "(") where !inText: open += 1
      case UInt8(ascii: ")") where !inText: open -= 1
      default: break
      }
    }
    if inText { return .needsMore(open: "\"") }
    if open > 0 { return .needsMore(open: "(") }
    if text.utf8.contains(UInt8(ascii: ":")) && text.utf8.last != UInt8(ascii: ".") {
      return .needsMore(open: "rule")
    }
    return .complete
  }
}
