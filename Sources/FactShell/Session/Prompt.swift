import FactLanguage
import Glibc

/// The loop of the prompt: reads a statement, runs it, and so on until the end.
struct Prompt {
  private let session: Session
  private let loaded: [String]
  private let greets: Bool

  init(session: Session, loaded: [String], greets: Bool) {
    self.session = session
    self.loaded = loaded
    self.greets = greets
  }

  func run() {
    if greets { session.console.report(Greeting(session, loaded: loaded).text) }
    let history = History(path: History.defaultPath())
    let editor = Terminal.canEdit ? LineEditor(assistant: session, history: history) : nil
    let reader: any StatementReader =
      editor ?? PlainReader(assistant: session, showsPrompt: true)
    session.historyEntries = { history.entries().map(\.text) }
    var saidProblem = false
    while !session.hasQuit {
      editor?.mode = session.settings.keys
      switch reader.readStatement(prompt: "fact> ") {
      case .text(let text):
        Interrupts.reset()
        session.runPrompt(text)
        Interrupts.reset()
        if let problem = history.problem, !saidProblem {
          session.notice(problem)
          saidProblem = true
        }
      case .interrupted: continue
      case .endOfInput: return
      }
    }
  }
}

/// The first line of a prompt: what is loaded, how much it is, and what to type next.
struct Greeting {
  let text: String

  init(_ session: Session, loaded: [String]) {
    let counts = session.engine.counts
    let style = TerminalStyle(usesColour: session.console.usesColour)
    guard counts.facts + counts.rules + counts.queries + counts.denials > 0 else {
      text =
        "factsh \(Launch.version)"
        + style.faint(" · state a fact: likes(ann, tea).  ask: likes(ann, X)?  more: .help")
      return
    }
    var parts = [
      Readable.count(counts.facts, "fact"), Readable.count(counts.claims, "claim"),
    ]
    if counts.denials > 0 { parts.append(Readable.count(counts.denials, "denial")) }
    parts.append(Readable.count(counts.rules, "rule"))
    parts.append(Readable.count(counts.queries, "query"))
    // Where neither is named, all was read as it stands.
    if session.errorCount > 0 { parts.append(Readable.count(session.errorCount, "error")) }
    if session.warningCount > 0 { parts.append(Readable.count(session.warningCount, "warning")) }
    let base = session.engine.durable.map { base in [base.path] } ?? []
    let names = (base + loaded).map { path in
      path.split(separator: "/").last.map { SafeText.escaped(String($0)) } ?? path
    }
    let hints =
      counts.queries > 0
      ? [".queries lists what to ask", ".queries lists them"]
      : [".help says what to type", "more: .help"]
    let width = session.console.windowSize()?.columns ?? .max
    let figures = parts.joined(separator: ", ")
    // It may take two lines, and the second is the hint; many files are only counted.
    var line = names.isEmpty ? figures : names.joined(separator: ", ") + ": " + figures
    if !names.isEmpty, DisplayWidth.of(line) > width {
      line = "\(Readable.count(names.count, "file")): \(figures)"
    }
    line = DisplayWidth.truncate(line, to: width)
    let fitting = hints.first { DisplayWidth.of("\(line) · \($0)") <= width }
    text = line + style.faint(fitting.map { " · \($0)" } ?? "\n\(hints[0])")
  }
}
