import FactLanguage

/// What the line editor asks while a text is typed.
extension Session: LineAssistant {
  /// What may stand at the cursor.
  public func completions(for text: String, cursor: Int) -> CompletionResult {
    let completions = try? engine.reading {
      Completer(
        base: engine.base, program: engine.program, parameters: Array(engine.parameters.keys),
        directory: nil, listsFiles: !isSafe
      ).completions(for: text, cursor: cursor)
    }
    return completions ?? CompletionResult(replace: cursor..<cursor, candidates: [])
  }

  /// Lists the values of large attributes ahead, so that the first Tab does not wait for it. The
  /// very largest would take memory that nobody may need, and are left until they are asked for.
  public func prepare() -> Bool {
    let isPrepared = try? engine.reading {
      !engine.base.prepareFrequentValues(factCounts: 20_000...3_000_000)
    }
    return isPrepared == false
  }

  /// The styled stretches of the text.
  public func highlight(_ text: String) -> [HighlightSpan] {
    FactLanguage.highlight(text).map { span, style in
      HighlightSpan(span.lower..<span.upper, HighlightStyle(style))
    }
  }

  /// Whether Enter submits the text.
  public func isComplete(_ text: String) -> InputState {
    switch inputState(text) {
    case .complete: .complete
    case .open(let mark): .needsMore(open: mark)
    }
  }
}

extension HighlightStyle {
  /// The colour of a piece of the language.
  init(_ style: TokenStyle) {
    switch style {
    case .relation: self = .relation
    case .attribute: self = .attribute
    case .variable: self = .variable
    case .value: self = .value
    case .qualifier: self = .qualifier
    case .string: self = .string
    case .comment: self = .comment
    case .command: self = .command
    case .keyword: self = .keyword
    case .error: self = .error
    }
  }
}
