import CLibEdit
import Glibc

extension LineEditor {
  /// What libedit calls for a key that is bound to `command`.
  static func perform(_ command: EditorCommand, _ el: OpaquePointer?) -> UInt8 {
    guard let el, let client = factsh_el_client(el) else { return UInt8(CC_ERROR) }
    let editor = Unmanaged<LineEditor>.fromOpaque(client).takeUnretainedValue()
    return UInt8(editor.perform(command))
  }

  private func perform(_ command: EditorCommand) -> Int32 {
    let (text, cursor) = content()
    switch command {
    case .complete: return complete(text, cursor, backwards: false)
    case .completeBack: return complete(text, cursor, backwards: true)
    case .enter: return enter(text)
    case .newline: return insert("\n")
    case .up: return up(text, cursor)
    case .down: return down(text, cursor)
    case .left: return move(text, cursor, to: TextMotion.left(text, cursor))
    case .right: return right(text, cursor)
    case .home: return home(text, cursor)
    case .end: return end(text, cursor)
    case .wordLeft: return move(text, cursor, to: TextMotion.wordLeft(text, cursor))
    case .wordRight: return wordRight(text, cursor)
    case .backspace: return delete(text, cursor, TextMotion.left(text, cursor)..<cursor)
    case .delete: return delete(text, cursor, cursor..<TextMotion.right(text, cursor))
    case .deleteOrEnd: return deleteOrEnd(text, cursor)
    case .killLine: return killLine(text, cursor)
    case .killStart: return kill(text, cursor, TextMotion.lineStart(text, cursor)..<cursor)
    case .killWord: return kill(text, cursor, cursor..<TextMotion.wordRight(text, cursor))
    case .killWordBack: return kill(text, cursor, TextMotion.wordLeft(text, cursor)..<cursor)
    case .yank: return yank()
    case .undo: return undoChange(text)
    case .older: return walk(text, cursor, older: true)
    case .newer: return walk(text, cursor, older: false)
    case .search: return searchHistory(text, cursor)
    case .cancel: return cancel(text, cursor)
    case .clearScreen: return clearScreen()
    case .suspend:
      suspend()
      return CC_REFRESH
    case .paste: return insert(pasted)
    }
  }

  // MARK: The text that libedit holds

  /// The text and the cursor as a UTF-8 byte offset.
  func content() -> (text: String, cursor: Int) {
    guard let el, let line = el_wline(el), let start = line.pointee.buffer,
      let cursorPlace = line.pointee.cursor, let end = line.pointee.lastchar
    else { return ("", 0) }
    let scalars = UnsafeBufferPointer(start: start, count: max(end - start, 0))
    let cursorIndex = cursorPlace - start
    var bytes: [UInt8] = []
    bytes.reserveCapacity(scalars.count + 16)
    var cursor = 0
    for (index, wide) in scalars.enumerated() {
      if index == cursorIndex { cursor = bytes.count }
      let value = UInt32(bitPattern: wide)
      if value < 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: value))
      } else {
        let scalar = Unicode.Scalar(value) ?? "\u{fffd}"
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    if cursorIndex >= scalars.count { cursor = bytes.count }
    return (String(decoding: bytes, as: UTF8.self), cursor)
  }

  func move(_ text: String, _ cursor: Int, to target: Int) -> Int32 {
    guard let el else { return CC_ERROR }
    if target == cursor { return CC_NORM }
    if target < cursor {
      el_cursor(el, -Int32(clamping: TextMotion.scalarCount(text, target..<cursor)))
    } else {
      el_cursor(el, Int32(clamping: TextMotion.scalarCount(text, cursor..<target)))
    }
    return CC_REFRESH
  }

  @discardableResult
  func replace(_ text: String, _ cursor: Int, _ range: Range<Int>, with new: String) -> Int32 {
    guard let el else { return CC_ERROR }
    _ = move(text, cursor, to: range.upperBound)
    let count = TextMotion.scalarCount(text, range)
    if count > 0 { el_deletestr(el, Int32(clamping: count)) }
    // libedit takes an empty text for an error.
    if !new.isEmpty { el_insertstr(el, new) }
    return CC_REFRESH
  }

  /// Puts `new` in place of the whole text, the cursor at `place` or at the end.
  func setContent(_ new: String, cursor place: Int? = nil) {
    let (text, cursor) = content()
    replace(text, cursor, 0..<text.utf8.count, with: new)
    if let place { _ = move(new, new.utf8.count, to: place) }
  }

  func insert(_ new: String) -> Int32 {
    guard let el else { return CC_ERROR }
    if !new.isEmpty && el_insertstr(el, new) != 0 { return CC_ERROR }
    return CC_REFRESH
  }

  // MARK: Enter and the end

  private func enter(_ text: String) -> Int32 {
    if menu.selection != nil {
      // Takes the choice; the next Enter submits.
      menu.close()
      return CC_REFRESH
    }
    if case .needsMore = assistant.isComplete(text), !text.utf8.allSatisfy({ $0 == 0x20 }) {
      return insert("\n")
    }
    leave(.text(text))
    return CC_NEWLINE
  }

  private func deleteOrEnd(_ text: String, _ cursor: Int) -> Int32 {
    if text.isEmpty {
      leave(.endOfInput)
      return CC_EOF
    }
    return delete(text, cursor, cursor..<TextMotion.right(text, cursor))
  }

  private func cancel(_ text: String, _ cursor: Int) -> Int32 {
    if let edit = menu.cancel() { return replace(text, cursor, edit.range, with: edit.text) }
    return CC_REFRESH
  }

  private func clearScreen() -> Int32 {
    Terminal.write(Array("\u{1b}[H\u{1b}[2J".utf8))
    painter.reset()
    return CC_REFRESH
  }

  // MARK: Moving

  private func right(_ text: String, _ cursor: Int) -> Int32 {
    if let hint = suggestion(text, cursor) { return insert(hint) }
    return move(text, cursor, to: TextMotion.right(text, cursor))
  }

  private func wordRight(_ text: String, _ cursor: Int) -> Int32 {
    if let hint = suggestion(text, cursor) {
      return insert(TextMotion.slice(hint, 0..<TextMotion.wordRight(hint, 0)))
    }
    return move(text, cursor, to: TextMotion.wordRight(text, cursor))
  }

  private func home(_ text: String, _ cursor: Int) -> Int32 {
    return move(text, cursor, to: TextMotion.lineStart(text, cursor))
  }

  private func end(_ text: String, _ cursor: Int) -> Int32 {
    if let hint = suggestion(text, cursor) { return insert(hint) }
    return move(text, cursor, to: TextMotion.lineEnd(text, cursor))
  }

  // MARK: Deleting

  private func delete(_ text: String, _ cursor: Int, _ range: Range<Int>) -> Int32 {
    if range.isEmpty { return CC_NORM }
    return replace(text, cursor, range, with: "")
  }

  private func kill(_ text: String, _ cursor: Int, _ range: Range<Int>) -> Int32 {
    if range.isEmpty { return CC_NORM }
    killed = TextMotion.slice(text, range)
    return replace(text, cursor, range, with: "")
  }

  private func killLine(_ text: String, _ cursor: Int) -> Int32 {
    var end = TextMotion.lineEnd(text, cursor)
    // At the end of a line it joins the next one, as emacs does.
    if end == cursor { end = TextMotion.right(text, cursor) }
    return kill(text, cursor, cursor..<end)
  }

  private func yank() -> Int32 {
    if killed.isEmpty, let el {
      el_push(el, KeyBindings.string(.chainedYank))
      return CC_NORM
    }
    return insert(killed)
  }

  private func undoChange(_ text: String) -> Int32 {
    guard let previous = undo.pop(current: text) else { return CC_ERROR }
    setContent(previous.text, cursor: previous.cursor)
    return CC_REFRESH
  }

  // MARK: Completion

  private func complete(_ text: String, _ cursor: Int, backwards: Bool) -> Int32 {
    keepsMenu = true
    if menu.isOpen {
      guard let edit = menu.choose(backwards: backwards) else { return CC_NORM }
      return replace(text, cursor, edit.range, with: edit.text)
    }
    if backwards { return CC_NORM }
    if let edit = menu.complete(text, cursor: cursor, assistant: assistant) {
      return replace(text, cursor, edit.range, with: edit.text)
    }
    return menu.isOpen ? CC_REFRESH : CC_ERROR
  }

  // MARK: History

  private func up(_ text: String, _ cursor: Int) -> Int32 {
    if menu.selection != nil { return complete(text, cursor, backwards: true) }
    if let above = TextMotion.up(text, cursor) { return move(text, cursor, to: above) }
    return walk(text, cursor, older: true)
  }

  private func down(_ text: String, _ cursor: Int) -> Int32 {
    if menu.isOpen { return complete(text, cursor, backwards: false) }
    if let below = TextMotion.down(text, cursor) { return move(text, cursor, to: below) }
    return walk(text, cursor, older: false)
  }

  private func walk(_ text: String, _ cursor: Int, older: Bool) -> Int32 {
    var current: HistoryWalk
    if let walk, walk.shown == text {
      current = walk
    } else {
      current = HistoryWalk(
        typed: text, prefix: TextMotion.slice(text, 0..<cursor), history: history)
    }
    let next = older ? current.older(in: history) : current.newer(in: history)
    guard let next else { return CC_ERROR }
    walk = current
    // Going up the cursor stands in the first line, going down in the last one, so that the same
    // key goes on; the other one moves into the statement.
    setContent(next, cursor: older ? TextMotion.lineEnd(next, 0) : next.utf8.count)
    return CC_REFRESH
  }

  private func searchHistory(_ text: String, _ cursor: Int) -> Int32 {
    var state = HistorySearch()
    search = state
    defer { search = nil }
    while true {
      let key = nextKey()
      switch key {
      case .scalar(0x12), .special(.up), .scalar(0x10):
        _ = state.move(older: true)
      case .scalar(0x13), .special(.down), .scalar(0x0e):
        _ = state.move(older: false)
      case .scalar(0x7f), .scalar(0x08):
        state.look(for: String(state.query.dropLast()), in: history)
      case .scalar(0x15):
        state.look(for: "", in: history)
      case .scalar(0x07):
        setContent(text, cursor: cursor)
        return CC_REFRESH
      case .scalar(let value) where value >= 0x20:
        state.look(for: state.query + String(UnicodeScalar(value) ?? " "), in: history)
      case .paste(let pasted):
        state.look(for: state.query + pasted, in: history)
      case .unknown:
        break
      default:
        return finishSearch(with: key)
      }
      search = state
      if let index = state.current {
        let found = history[index]
        setContent(found, cursor: state.range(in: found)?.lowerBound)
      } else if state.query.isEmpty {
        setContent(text, cursor: cursor)
      }
    }
  }

  // Any other key takes what was found and then does what it always does; Escape only takes it.
  private func finishSearch(with key: Key) -> Int32 {
    switch key {
    case .scalar(0x1b): break
    case .scalar(let value): pushedBack.append(value)
    case .special(let special): pushedBack.append(special.rawValue)
    case .interrupt:
      leave(.interrupted, suffix: "^C")
      return CC_EOF
    case .end:
      leave(.endOfInput)
      return CC_EOF
    case .paste, .unknown: break
    }
    return CC_REFRESH
  }
}
