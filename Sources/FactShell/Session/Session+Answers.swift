import FactEngine
import FactModel
import Glibc

/// Answers on their way to the reader.
extension Session {
  /// Asks, times, shows and remembers.
  func answer(_ ask: () throws -> Answer) throws {
    let start = Clock.now()
    // Asking for it takes as long as a small question.
    let saysProcessorTime = settings.timer == .on && !console.outputIsTerminal
    let processorStart = saysProcessorTime ? Clock.processorTime() : 0
    defer { progressLine.clear() }
    let answer = try ask().keeping(atLeast: settings.leastCertainty)
    progressLine.clear()
    let seconds = Clock.now() - start
    let processorSeconds = saysProcessorTime ? Clock.processorTime() - processorStart : 0
    showEngineDiagnostics()
    try show(answer, seconds: seconds)
    if saysProcessorTime {
      notice(Readable.timing(seconds: seconds, processorSeconds: processorSeconds))
    }
  }

  /// Prints an answer in the mode of the session and remembers it.
  func show(_ answer: Answer, seconds: Double?) throws {
    lastAnswer = answer
    if let path = answer.into { return try FileCommands.write(answer, to: path, in: self) }
    let isEmpty = answer.isYesNo ? answer.truth == nil : answer.rowCount == 0
    if isEmpty, failsOnEmpty { note(.failed) }
    var options = renderOptions()
    if !isPrompting, printedAnswers > 0, !options.mode.isMachineReadable {
      try console.output.write("\n")
    }
    printedAnswers += 1
    if let seconds {
      switch settings.timer {
      case .auto where options.isTerminal && options.mode == .table,
        .on where options.isTerminal && options.mode == .table:
        options.duration = Readable.duration(seconds: seconds)
      default: break
      }
    }
    let isShort = options.mode == .table && options.maximumRows != nil
    console.output.beforeChunk = checkpoint
    defer { console.output.beforeChunk = nil }
    try page(unless: isShort) { try Renderer.render(answer, options: options, to: $0) }
    if let seconds, settings.timer == .on, options.duration == nil, console.outputIsTerminal {
      notice("took \(Readable.duration(seconds: seconds))")
    }
  }

  /// Stops where the user says so; called once a chunk of what is written.
  func checkpoint() throws {
    if engine.isInterrupted() { throw EngineError.interrupted }
  }

  /// How answers look in this session: fitted to the window on a terminal, whole elsewhere.
  func renderOptions() -> RenderOptions {
    var options = RenderOptions.whole(settings.mode)
    options.certaintyColumn = settings.certaintyColumn
    options.width = settings.width
    guard console.outputIsTerminal else { return options }
    options.isTerminal = true
    options.usesColour = console.usesColour
    options.width = settings.width ?? console.windowSize()?.columns
    options.maximumRows = settings.maximumRows
    options.digits = settings.digits
    return options
  }

  /// Prints lines of a command, through the pager where they are longer than the window.
  func printLines(_ lines: [String]) throws {
    try page(unless: false) { sink in
      for line in lines { try sink.write(SafeText.escaped(line, keepingLines: true) + "\n") }
    }
  }

  /// Lets `body` write to the output, through a pager on a terminal.
  func page(unless isShort: Bool, _ body: (TextSink) throws -> Void) throws {
    guard !isShort, settings.usesPager, !isSafe, console.outputIsTerminal, console.inputIsTerminal,
      let size = console.windowSize()
    else {
      return try body(console.output)
    }
    try console.output.flush()
    let pager = Pager(rows: size.rows, console: console)
    do {
      try body(pager.sink)
      try pager.finish()
    } catch let error as OutputError where error.isClosedPipe {
      pager.close()
    } catch {
      pager.close()
      throw error
    }
  }
}

extension Answer {
  /// The rows that are at least so sure; an answer no less sure than that for yes or no.
  func keeping(atLeast least: Certainty) -> Answer {
    if least == .possible { return self }
    if isYesNo {
      guard let truth, truth.rawValue > least.rawValue else { return self }
      return copy(words: words, rowCount: rowCount, levels: levels, truth: nil)
    }
    guard let levels else { return self }
    var kept: [Int] = []
    for row in 0..<rowCount where levels[row] <= least.rawValue { kept.append(row) }
    if kept.count == rowCount { return self }
    return copy(
      words: words.map { column in kept.map { column[$0] } }, rowCount: kept.count,
      levels: kept.map { levels[$0] }, truth: truth,
      disputed: disputed.map { disputed in kept.map { disputed[$0] } })
  }

  private func copy(
    words: [[UInt64]], rowCount: Int, levels: [UInt8]?, truth: Certainty?,
    disputed: [Bool]? = nil
  ) -> Answer {
    let answer = Answer(
      columns: columns, rowCount: rowCount, words: words, levels: levels, truth: truth,
      isYesNo: isYesNo, lists: lists, atom: atom, atomColumns: atomColumns, values: values)
    answer.explanation = explanation
    answer.into = into
    answer.chartColumn = chartColumn
    answer.disputed = disputed
    return answer
  }
}

/// The clock for durations.
enum Clock {
  /// Seconds of a clock that never goes back.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Seconds that the process has spent on all processors together.
  static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
