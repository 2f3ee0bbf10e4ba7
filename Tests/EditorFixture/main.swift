// The line editor with an assistant that knows a few words, for the tests that drive it in a
// terminal. Each text that it reads is shown back on one line.

import FactShell
import Glibc

func show(_ line: String) {
  var bytes = Array((line + "\n").utf8)
  _ = write(STDOUT_FILENO, &bytes, bytes.count)
}

let arguments = CommandLine.arguments
let history = History(path: History.defaultPath())
let assistant = FixtureAssistant()
let reader: any StatementReader
if Terminal.canEdit {
  let editor = LineEditor(assistant: assistant, history: history)
  if arguments.contains("--vi") { editor.mode = .vi }
  reader = editor
} else {
  Interrupts.install()
  reader = PlainReader(assistant: assistant, showsPrompt: Terminal.isInteractive)
}
var number = 0
loop: while true {
  switch reader.readStatement(prompt: "fact> ") {
  case .interrupted: show("[interrupted]")
  case .endOfInput:
    show("[end\(Interrupts.termination.map { " by signal \($0)" } ?? "")]")
    break loop
  case .text("spin"):
    Interrupts.reset()
    show("[spinning]")
    while !Interrupts.isRaised { usleep(1_000) }
    show("[stopped]")
  case .text("quit"): break loop
  case .text(let text):
    number += 1
    let escaped = text.split(separator: "\n", omittingEmptySubsequences: false)
      .joined(separator: "\\n").map { $0 == "\t" ? "\\t" : String($0) }.joined()
    if text.utf8.count > 400 {
      show("[\(number): \(text.utf8.count) bytes, \(escaped.suffix(12))]")
    } else {
      show("[\(number): \(escaped)]")
    }
  }
}
if let problem = history.problem { show("[\(problem)]") }
