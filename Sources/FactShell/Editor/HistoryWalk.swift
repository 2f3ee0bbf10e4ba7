/// Going back and forth in the history with Up and Down, among the entries that start with what
/// stood before the cursor.
struct HistoryWalk {
  private let prefix: String
  private let typed: String
  private var position: Int
  /// The text that the walk put into the prompt last.
  private(set) var shown: String

  /// Starts from `typed`; entries must start with `prefix`.
  init(typed: String, prefix: String, history: History) {
    self.prefix = prefix
    self.typed = typed
    position = history.count
    shown = typed
  }

  /// The next older entry that differs from what is shown.
  mutating func older(in history: History) -> String? {
    guard
      let index = history.newest(before: position, startingWith: prefix, otherThan: shown)
    else { return nil }
    position = index
    shown = history[index]
    return shown
  }

  /// The next newer entry, and after the newest what was typed.
  mutating func newer(in history: History) -> String? {
    if position >= history.count { return nil }
    if let index = history.oldest(after: position, startingWith: prefix, otherThan: shown) {
      position = index
      shown = history[index]
    } else {
      position = history.count
      shown = typed
    }
    return shown
  }
}

/// Searching the history while typing (Ctrl-R).
struct HistorySearch {
  /// What is looked for.
  private(set) var query = ""
  private var found: [Int] = []
  private var selection = 0

  /// The entry that is shown.
  var current: Int? { selection < found.count ? found[selection] : nil }

  /// What the row under the text says.
  var status: String {
    if query.isEmpty { return "search: " }
    if found.isEmpty { return "search: \(query)   no match" }
    return "search: \(query)   \(selection + 1) of \(found.count)"
  }

  /// Looks for `query` from the newest entry on.
  mutating func look(for query: String, in history: History) {
    self.query = query
    selection = 0
    found = []
    if query.isEmpty { return }
    var last = ""
    for index in history.matches(of: query) {
      let text = history[index]
      if text != last { found.append(index) }
      last = text
    }
  }

  /// Goes to the next older match, or a newer one; false at the end.
  mutating func move(older: Bool) -> Bool {
    let next = older ? selection + 1 : selection - 1
    if next < 0 || next >= found.count { return false }
    selection = next
    return true
  }

  /// Where the query stands in `text`, as UTF-8 byte offsets.
  func range(in text: String) -> Range<Int>? {
    let needle = Array(query.utf8)
    if needle.isEmpty { return nil }
    let folds = !needle.contains { $0 >= 0x41 && $0 <= 0x5a }
    guard let start = History.offset(of: needle, in: Array(text.utf8)[...], folds: folds) else {
      return nil
    }
    return start..<(start + needle.count)
  }
}
