/// The states that the text went through, for taking changes back (Ctrl-_).
struct UndoStack {
  struct State: Equatable {
    var text: String
    var cursor: Int
  }

  private var states: [State] = []

  /// Remembers a state; typing on within a word stays one change.
  mutating func note(_ text: String, _ cursor: Int) {
    guard let last = states.last else {
      states = [State(text: text, cursor: cursor)]
      return
    }
    if last.text == text {
      states[states.count - 1].cursor = cursor
      return
    }
    let isTyping =
      text.utf8.count == last.text.utf8.count + 1 && cursor == last.cursor + 1
      && text.hasPrefix(last.text) && text.last?.isLetter == true && states.count > 1
      && last.text.last?.isLetter == true
    if isTyping {
      states[states.count - 1] = State(text: text, cursor: cursor)
      return
    }
    states.append(State(text: text, cursor: cursor))
    // Few states of a very long text, so that typing on in it does not fill the memory.
    let most = max(min(200, 4_000_000 / (text.utf8.count + 1)), 2)
    if states.count > most { states.removeFirst(states.count - most) }
  }

  /// The state before the change that led to `text`.
  mutating func pop(current text: String) -> State? {
    if states.last?.text == text { states.removeLast() }
    return states.last
  }
}
