/// What Tab does: inserts the only candidate, else what all candidates share, else opens a menu in
/// which Tab and Shift-Tab choose.
///
/// A plain value: it is told the text and gives back the edit to make. A candidate that does not
/// start with what was typed, in the same case or another, is never inserted before it is chosen
/// in the menu.
public struct CompletionMenu: Sendable {
  /// A change to make in the text; the cursor then stands after `text`.
  public struct Edit: Sendable, Hashable {
    /// UTF-8 byte offsets of what goes.
    public var range: Range<Int>
    /// What comes in its place.
    public var text: String
  }

  /// The candidates that the menu shows; none while it is closed.
  public private(set) var candidates: [CompletionCandidate] = []
  /// The chosen one.
  public private(set) var selection: Int?
  private var replaced = 0..<0
  private var original = ""

  /// A closed menu.
  public init() {}

  /// Whether the menu shows.
  public var isOpen: Bool { !candidates.isEmpty }

  /// Asks `assistant` what may stand at `cursor` (a UTF-8 byte offset) and either gives back an
  /// edit or opens the menu; nil with a closed menu means that nothing fits.
  public mutating func complete(
    _ text: String, cursor: Int, assistant: any LineAssistant
  ) -> Edit? {
    close()
    let result = assistant.completions(for: text, cursor: cursor)
    if result.candidates.isEmpty { return nil }
    let bytes = text.utf8
    let lower = min(max(result.replace.lowerBound, 0), cursor)
    let upper = min(max(result.replace.upperBound, cursor), bytes.count)
    let old = String(Substring(bytes.prefix(upper).dropFirst(lower)))
    let typed = String(Substring(bytes.prefix(cursor).dropFirst(lower)))
    let start = typed.lowercased()
    let fitting = result.candidates.filter {
      !$0.isDidYouMean
        && ($0.text.lowercased().hasPrefix(start) || $0.label.lowercased().hasPrefix(start))
    }
    if fitting.count == 1, let only = fitting.first {
      if only.text != old { return Edit(range: lower..<upper, text: only.text) }
      if result.candidates.count == 1 { return nil }
    }
    let shared = CompletionMenu.sharedStart(of: fitting)
    if fitting.count > 1 && shared.lowercased().hasPrefix(start) && shared.count > typed.count {
      return Edit(range: lower..<cursor, text: shared)
    }
    candidates = result.candidates
    replaced = lower..<upper
    original = old
    return nil
  }

  /// Chooses the next candidate, or the previous one, going round; the edit puts it in.
  public mutating func choose(backwards: Bool = false) -> Edit? {
    if candidates.isEmpty { return nil }
    let count = candidates.count
    let next: Int
    if let selection {
      next = (selection + (backwards ? count - 1 : 1)) % count
    } else {
      next = backwards ? count - 1 : 0
    }
    selection = next
    return replace(with: candidates[next].text)
  }

  /// Closes the menu and gives the edit that puts back what was typed, if that was replaced.
  public mutating func cancel() -> Edit? {
    let edit = selection == nil ? nil : replace(with: original)
    close()
    return edit
  }

  /// Closes the menu; what was chosen stays.
  public mutating func close() {
    candidates = []
    selection = nil
  }

  /// The rows to show under the text, at most `limit`, around the chosen one.
  public func rows(limit: Int) -> [MenuRow] {
    if candidates.isEmpty || limit <= 0 { return [] }
    let all = candidates.count
    let shown = all <= limit ? all : max(limit - 1, 1)
    let chosen = selection ?? 0
    let first = min(max(0, chosen - shown + 1), all - shown)
    var rows: [MenuRow] = []
    for index in first..<(first + shown) {
      let candidate = candidates[index]
      var detail = candidate.kind.rawValue
      if !candidate.detail.isEmpty { detail += "  " + candidate.detail }
      if candidate.isDidYouMean { detail = "did you mean? " + detail }
      rows.append(
        MenuRow(label: candidate.label, detail: detail, isSelected: index == selection))
    }
    if shown < all && limit > 1 {
      let above = first
      let below = all - first - shown
      var parts: [String] = []
      if above > 0 { parts.append("\(above) above") }
      if below > 0 { parts.append("\(below) more") }
      rows.append(MenuRow(label: "… " + parts.joined(separator: ", ")))
    }
    return rows
  }

  private mutating func replace(with text: String) -> Edit {
    let edit = Edit(range: replaced, text: text)
    replaced = replaced.lowerBound..<(replaced.lowerBound + text.utf8.count)
    return edit
  }

  private static func sharedStart(of candidates: [CompletionCandidate]) -> String {
    guard var shared = candidates.first?.text[...] else { return "" }
    for candidate in candidates.dropFirst() {
      let text = candidate.text
      var end = shared.startIndex
      var other = text.startIndex
      while end < shared.endIndex, other < text.endIndex, shared[end] == text[other] {
        end = shared.index(after: end)
        other = text.index(after: other)
      }
      shared = shared[..<end]
      if shared.isEmpty { break }
    }
    return String(shared)
  }
}
