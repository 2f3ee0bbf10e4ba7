import CLibEdit

/// The functions that keys are bound to beside libedit's own; the raw value is the name under
/// which `~/.editrc` can bind them.
enum EditorCommand: String, CaseIterable {
  case complete = "fact-complete"
  case completeBack = "fact-complete-back"
  case enter = "fact-enter"
  case newline = "fact-newline"
  case up = "fact-up"
  case down = "fact-down"
  case left = "fact-left"
  case right = "fact-right"
  case home = "fact-home"
  case end = "fact-end"
  case wordLeft = "fact-word-left"
  case wordRight = "fact-word-right"
  case backspace = "fact-backspace"
  case delete = "fact-delete"
  case deleteOrEnd = "fact-delete-or-end"
  case killLine = "fact-kill-line"
  case killStart = "fact-kill-start"
  case killWord = "fact-kill-word"
  case killWordBack = "fact-kill-word-back"
  case yank = "fact-yank"
  case undo = "fact-undo"
  case older = "fact-older"
  case newer = "fact-newer"
  case search = "fact-search"
  case cancel = "fact-cancel"
  case clearScreen = "fact-clear-screen"
  case suspend = "fact-suspend"
  case paste = "fact-paste"

  /// What libedit calls; C functions cannot carry the command with them, so each has its own.
  var function: factsh_key_fn {
    switch self {
    case .complete: return { el, _ in LineEditor.perform(.complete, el) }
    case .completeBack: return { el, _ in LineEditor.perform(.completeBack, el) }
    case .enter: return { el, _ in LineEditor.perform(.enter, el) }
    case .newline: return { el, _ in LineEditor.perform(.newline, el) }
    case .up: return { el, _ in LineEditor.perform(.up, el) }
    case .down: return { el, _ in LineEditor.perform(.down, el) }
    case .left: return { el, _ in LineEditor.perform(.left, el) }
    case .right: return { el, _ in LineEditor.perform(.right, el) }
    case .home: return { el, _ in LineEditor.perform(.home, el) }
    case .end: return { el, _ in LineEditor.perform(.end, el) }
    case .wordLeft: return { el, _ in LineEditor.perform(.wordLeft, el) }
    case .wordRight: return { el, _ in LineEditor.perform(.wordRight, el) }
    case .backspace: return { el, _ in LineEditor.perform(.backspace, el) }
    case .delete: return { el, _ in LineEditor.perform(.delete, el) }
    case .deleteOrEnd: return { el, _ in LineEditor.perform(.deleteOrEnd, el) }
    case .killLine: return { el, _ in LineEditor.perform(.killLine, el) }
    case .killStart: return { el, _ in LineEditor.perform(.killStart, el) }
    case .killWord: return { el, _ in LineEditor.perform(.killWord, el) }
    case .killWordBack: return { el, _ in LineEditor.perform(.killWordBack, el) }
    case .yank: return { el, _ in LineEditor.perform(.yank, el) }
    case .undo: return { el, _ in LineEditor.perform(.undo, el) }
    case .older: return { el, _ in LineEditor.perform(.older, el) }
    case .newer: return { el, _ in LineEditor.perform(.newer, el) }
    case .search: return { el, _ in LineEditor.perform(.search, el) }
    case .cancel: return { el, _ in LineEditor.perform(.cancel, el) }
    case .clearScreen: return { el, _ in LineEditor.perform(.clearScreen, el) }
    case .suspend: return { el, _ in LineEditor.perform(.suspend, el) }
    case .paste: return { el, _ in LineEditor.perform(.paste, el) }
    }
  }
}

/// Which keys call which function.
enum KeyBindings {
  /// Characters that do the same in both editing modes.
  static let common: [(key: String, command: EditorCommand)] = [
    ("\r", .enter), ("\n", .enter), ("\t", .complete), ("\u{7f}", .backspace),
    ("\u{08}", .backspace), ("\u{0c}", .clearScreen), ("\u{12}", .search), ("\u{1a}", .suspend),
    ("\u{10}", .older), ("\u{0e}", .newer), ("\u{04}", .deleteOrEnd), ("\u{07}", .cancel),
    ("\u{17}", .killWordBack),
  ]

  /// Keys that are no characters, in all maps.
  static let special: [(key: SpecialKey, command: EditorCommand)] = [
    (.up, .up), (.down, .down), (.left, .left), (.right, .right), (.home, .home), (.end, .end),
    (.delete, .delete), (.wordLeft, .wordLeft), (.wordRight, .wordRight),
    (.shiftTab, .completeBack), (.newline, .newline), (.pasted, .paste), (.deleteWord, .killWord),
  ]

  /// Keys of the emacs mode alone.
  static let emacs: [(key: String, command: EditorCommand)] = [
    ("\u{01}", .home), ("\u{02}", .left), ("\u{05}", .end), ("\u{06}", .right),
    ("\u{0b}", .killLine), ("\u{15}", .killStart), ("\u{19}", .yank), ("\u{1f}", .undo),
    ("\u{1b}\r", .newline), ("\u{1b}\n", .newline), ("\u{1b}b", .wordLeft),
    ("\u{1b}f", .wordRight), ("\u{1b}d", .killWord), ("\u{1b}\u{7f}", .killWordBack),
  ]

  /// Keys of vi's command mode.
  static let viCommand: [(key: String, command: EditorCommand)] = [
    ("\r", .enter), ("\n", .enter), ("k", .up), ("j", .down), ("\u{12}", .search),
    ("\u{0c}", .clearScreen), ("\u{1a}", .suspend), ("\u{10}", .older), ("\u{0e}", .newer),
  ]

  /// The private character that stands for `key`, as a string to bind or push.
  static func string(_ key: SpecialKey) -> String {
    String(UnicodeScalar(key.rawValue) ?? " ")
  }

  /// Binds all keys for the mode that the editor is in.
  static func install(in editor: OpaquePointer) {
    for (key, command) in common { bind(editor, key, command) }
    for (key, command) in special { bind(editor, string(key), command) }
    if factsh_el_is_vi(editor) {
      for (key, command) in special {
        bind(editor, string(key), command, inCommandMode: true)
      }
      for (key, command) in viCommand { bind(editor, key, command, inCommandMode: true) }
    } else {
      for (key, command) in emacs { bind(editor, key, command) }
      factsh_el_bind(editor, false, string(.chainedYank), "em-yank")
    }
  }

  private static func bind(
    _ editor: OpaquePointer, _ key: String, _ command: EditorCommand, inCommandMode: Bool = false
  ) {
    // libedit reads `^` and `\` in a key as notation; none of these keys contains them.
    factsh_el_bind(editor, inCommandMode, key, command.rawValue)
  }
}
