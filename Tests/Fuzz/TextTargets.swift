import FactEngine
import FactLanguage
import FactModel

@testable import FactShell

/// Text as a script and as typed at the prompt: parsed, completed, and its errors rendered.
let factTextTarget = FuzzTarget(name: "facttext") { bytes in
  for mode in [ParsingMode.script, .prompt] {
    let source = SourceText(name: "fuzz", bytes: bytes)
    var parser = StatementParser(source, mode: mode)
    while let item = parser.nextItem() {
      if case .statement(let statement) = item { precondition(statement.span.upper <= bytes.count) }
    }
    for diagnostic in parser.diagnostics {
      precondition(!DiagnosticRenderer(width: 40).render(diagnostic, in: source).isEmpty)
    }
  }
  _ = inputState(String(decoding: bytes, as: UTF8.self))
}

/// Text that is run, in safe mode and within limits, and then saved and read back.
let statementsTarget = FuzzTarget(name: "statements") { bytes in
  // Whatever a statement says, the process and its files are left alone.
  let engine = Engine()
  engine.settings.timeLimit = 0.5
  engine.settings.memoryLimit = 64 << 20
  engine.settings.today = CalendarDate(year: 2026, month: 1, day: 12)
  let session = Session(engine: engine, console: .recording(width: 80), isSafe: true)
  session.keepsGoing = true
  session.runCommandText(String(decoding: bytes, as: UTF8.self))
}

/// Text as one value: a date in EDTF, a regular expression.
let valuesTarget = FuzzTarget(name: "values") { bytes in
  let text = String(decoding: bytes, as: UTF8.self)
  let values = ValueStore()
  if case .success(let value) = EDTF.read(text) {
    precondition(!values.text(of: values.word(for: value)).isEmpty)
  }
  let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
  if var matcher = try? Matcher(pattern: String(parts[0])) {
    _ = matcher.matches(parts.count > 1 ? String(parts[1]) : text)
  }
}

/// Bytes as the file of the history.
let historyTarget: FuzzTarget = {
  let file = MemoryFile()
  return FuzzTarget(name: "history") { bytes in
    file.write(bytes)
    _ = try? HistoryFile(path: file.path, limit: 100).read { entry in
      // What was read is written back as one line, and is the same when read again.
      let line = HistoryEncoding.encode(entry)
      precondition(!line.contains(0x0A))
      precondition(HistoryEncoding.decode(line[...]) == entry)
    }
  }
}()
