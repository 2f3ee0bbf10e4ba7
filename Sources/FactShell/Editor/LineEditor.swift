import CLibEdit
import Glibc

/// Reads statements at a prompt in a terminal: multi-line editing with colours, completion,
/// suggestions and history.
///
/// libedit keeps the text and does the editing (key maps of emacs and vi, `~/.editrc`, macros,
/// undo), but never draws. Whenever it wants a key and none is waiting, `Painter` draws the whole
/// prompt anew. One editor at a time may read, from one thread.
public final class LineEditor: StatementReader {
  /// The keys to edit with.
  public enum Mode: String, Sendable, CaseIterable {
    case emacs, vi
  }

  /// Where submitted texts go and suggestions come from.
  public let history: History
  /// The keys to edit with; nil leaves the choice to `~/.editrc`, else emacs.
  public var mode: Mode? {
    didSet { if mode != oldValue { isConfigured = false } }
  }

  let assistant: any LineAssistant
  var el: OpaquePointer?
  var painter: Painter
  var decoder = KeyDecoder()
  var prompt = ""
  var outcome = EditorEvent.endOfInput
  var menu = CompletionMenu()
  // Set by the commands that keep the menu open; any other key closes it.
  var keepsMenu = false
  var walk: HistoryWalk?
  var search: HistorySearch?
  var undo = UndoStack()
  var killed = ""
  var pasted = ""
  // Characters that libedit gets before the next key.
  var pushedBack: [UInt32] = []
  var windowSize = (columns: 80, rows: 24)
  private var continuationMarks: [String: String] = [:]
  private var isConfigured = false
  private var hasUserBindings = false
  private var rawModes: termios?

  /// An editor that asks `assistant` about the text. Nothing is started before the first read.
  public init(
    assistant: any LineAssistant, history: History, theme: Theme = .fromEnvironment()
  ) {
    self.assistant = assistant
    self.history = history
    painter = Painter(theme: theme)
  }

  deinit {
    if let el { factsh_el_end(el) }
  }

  /// Shows `prompt` and edits until a complete text is submitted; that text is then in the
  /// history. Afterwards the terminal is in its ordinary mode, where Ctrl-C raises SIGINT.
  public func readStatement(prompt: String) -> EditorEvent {
    guard let el = start() else {
      return PlainReader(assistant: assistant, showsPrompt: true).readStatement(prompt: prompt)
    }
    self.prompt = prompt
    Terminal.write(Array("\u{1b}[?2004h".utf8))
    defer { Terminal.write(Array("\u{1b}[?2004l".utf8)) }
    while true {
      begin(el)
      var count: Int32 = 0
      _ = el_wgets(el, &count)
      if case .text(let text) = outcome {
        if text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x0a || $0 == 0x09 }) { continue }
        history.add(text)
      }
      return outcome
    }
  }

  // MARK: Starting

  private func start() -> OpaquePointer? {
    if el == nil {
      Interrupts.install()
      _ = factsh_use_utf8()
      let client = Unmanaged.passUnretained(self).toOpaque()
      el = factsh_el_start("factsh", client, LineEditor.readCharacter)
      if let el {
        for command in EditorCommand.allCases {
          factsh_el_add_function(el, command.rawValue, "of the fact shell", command.function)
        }
        factsh_el_history(el, LineEditor.historyEntry, client)
      }
    }
    if let el, !isConfigured { configure(el) }
    return el
  }

  private func configure(_ el: OpaquePointer) {
    isConfigured = true
    let lines = UserBindings.lines()
    hasUserBindings = !lines.isEmpty
    // The mode first, because changing it resets all keys; then our keys, then the user's.
    factsh_el_set_editor(el, (mode ?? .emacs).rawValue)
    if mode == nil { for line in lines { _ = factsh_el_run(el, line, true) } }
    KeyBindings.install(in: el)
    for line in lines { _ = factsh_el_run(el, line, false) }
  }

  private func begin(_ el: OpaquePointer) {
    // Signals that arrived while something else ran say nothing about this prompt.
    while factsh_next_signal() != 0 {}
    Interrupts.reset()
    windowSize = Terminal.size()
    el_resize(el)
    outcome = .endOfInput
    rawModes = nil
    menu.close()
    walk = nil
    search = nil
    undo = UndoStack()
    continuationMarks = [:]
    painter.reset()
  }

  // MARK: Reading keys

  private static let readCharacter: factsh_read_fn = { el, result in
    guard let el, let result, let client = factsh_el_client(el) else { return -1 }
    let editor = Unmanaged<LineEditor>.fromOpaque(client).takeUnretainedValue()
    guard let character = editor.nextCharacter() else {
      errno = EINTR
      return -1
    }
    result.pointee = wchar_t(bitPattern: character)
    return 1
  }

  private static let historyEntry: factsh_entry_fn = { client, index in
    guard let client else { return nil }
    let history = Unmanaged<LineEditor>.fromOpaque(client).takeUnretainedValue().history
    if index < 0 || index >= Int32(clamping: history.count) { return nil }
    return strdup(history[history.count - 1 - Int(index)])
  }

  private func nextCharacter() -> UInt32? {
    if !keepsMenu { menu.close() }
    keepsMenu = false
    while true {
      if !pushedBack.isEmpty { return pushedBack.removeFirst() }
      switch nextKey() {
      case .scalar(let value): return value
      case .special(let key): return key.rawValue
      case .paste(let text):
        pasted = text
        return SpecialKey.pasted.rawValue
      case .unknown(let bytes):
        // The user may have bound it; to others it would insert its last characters.
        if hasUserBindings { pushedBack = bytes.map { UInt32($0) } }
      case .interrupt:
        leave(.interrupted, suffix: "^C")
        return nil
      case .end:
        leave(.endOfInput, suffix: "")
        return nil
      }
    }
  }

  /// The next key; draws the prompt before it waits for one.
  func nextKey() -> Key {
    if rawModes == nil { enterRawMode() }
    while true {
      if let key = decoder.key() { return key }
      let patience = decoder.patience
      var wakeup = Terminal.wait(input: STDIN_FILENO, milliseconds: patience ?? 0)
      if wakeup == .timeout {
        if patience != nil, let key = decoder.key(isFinal: true) { return key }
        paint()
        // Read while nobody waits, so that the first key does not have to.
        history.prepare()
        wakeup = Terminal.wait(input: STDIN_FILENO, milliseconds: 0)
        while wakeup == .timeout, assistant.prepare() {
          wakeup = Terminal.wait(input: STDIN_FILENO, milliseconds: 0)
        }
        if wakeup == .timeout { wakeup = Terminal.wait(input: STDIN_FILENO, milliseconds: -1) }
      }
      switch wakeup {
      case .timeout: continue
      case .input:
        if !Terminal.read(STDIN_FILENO, { decoder.feed($0) }) { return .end }
      case .signal(let number):
        if let key = handle(signal: number) { return key }
      }
    }
  }

  private func handle(signal: Int32) -> Key? {
    switch signal {
    case SIGINT: return .interrupt
    case SIGTERM, SIGHUP: return .end
    case SIGCONT:
      // Whoever had the terminal meanwhile may have changed its mode and its content.
      if var modes = rawModes { tcsetattr(STDIN_FILENO, TCSADRAIN, &modes) }
      Terminal.write(Array("\u{1b}[?2004h".utf8))
      painter.reset()
      return nil
    default: return nil
    }
  }

  // libedit leaves signals to the terminal driver, which would take Ctrl-C out of a paste and
  // run ahead of keys typed before it; here they are keys like others.
  private func enterRawMode() {
    var modes = termios()
    if tcgetattr(STDIN_FILENO, &modes) != 0 { return }
    modes.c_lflag &= ~tcflag_t(ISIG | IEXTEN)
    modes.c_iflag &= ~tcflag_t(IXON | INLCR | ICRNL)
    tcsetattr(STDIN_FILENO, TCSANOW, &modes)
    rawModes = modes
  }

  /// Gives the terminal back to the shell that started this process, until it goes on.
  func suspend() {
    guard let el else { return }
    let (text, _) = content()
    Terminal.write(painter.finish(frame(text, cursor: text.utf8.count), width: windowSize.columns))
    Terminal.write(Array("\u{1b}[?2004l".utf8))
    factsh_el_prepare(el, false)
    factsh_stop_group()
    factsh_el_prepare(el, true)
    enterRawMode()
    while factsh_next_signal() != 0 {}
    Terminal.write(Array("\u{1b}[?2004h".utf8))
    painter.reset()
  }

  // MARK: Drawing

  /// Draws the prompt as it is now.
  func paint() {
    let size = Terminal.size()
    if size != windowSize {
      if size.columns != windowSize.columns {
        painter.resize(to: size.columns, height: size.rows)
      }
      windowSize = size
      if let el { el_resize(el) }
    }
    let (text, cursor) = content()
    undo.note(text, cursor)
    var shown = frame(text, cursor: cursor)
    if let search {
      shown.status = search.status
      shown.mark = search.range(in: text)
    } else if menu.isOpen {
      shown.menu = menu.rows(limit: min(10, max(size.rows / 2, 1)))
    } else if let hint = suggestion(text, cursor) {
      shown.hint = hint
    }
    Terminal.write(painter.paint(shown, width: size.columns, height: size.rows))
  }

  /// Ends this read with `event`; the text stays on the screen.
  func leave(_ event: EditorEvent, suffix: String = "") {
    outcome = event
    let (text, _) = content()
    Terminal.write(
      painter.finish(
        frame(text, cursor: text.utf8.count), suffix: suffix, width: windowSize.columns))
  }

  private func frame(_ text: String, cursor: Int) -> EditorFrame {
    EditorFrame(
      prompt: prompt, continuations: continuations(text), text: text, cursor: cursor,
      spans: text.utf8.count <= 100_000 ? assistant.highlight(text) : [])
  }

  /// What history suggests at the end of the text.
  func suggestion(_ text: String, _ cursor: Int) -> String? {
    if cursor != text.utf8.count || walk?.shown == text { return nil }
    return history.suggestion(for: text)
  }

  // The prompt of each further line says what is open where it begins.
  private func continuations(_ text: String) -> [String] {
    var result: [String] = []
    var offset = 0
    for byte in text.utf8 {
      offset += 1
      if byte != 0x0a { continue }
      let before = TextMotion.slice(text, 0..<(offset - 1))
      var mark = continuationMarks[before]
      if mark == nil {
        mark = ""
        if case .needsMore(let open) = assistant.isComplete(before) { mark = open }
        continuationMarks[before] = mark
      }
      result.append(Continuation.prompt(open: mark ?? "", under: prompt))
      if result.count == 40 || offset > 4_000 {
        result.append(Continuation.prompt(open: "", under: prompt))
        break
      }
    }
    return result
  }
}
