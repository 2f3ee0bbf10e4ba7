import FactEngine
import FactLanguage
import FactModel

/// What is said of an error, and the exit status that follows.
struct ErrorText {
  let text: String
  let status: SessionStatus

  init(_ error: any Error, renderer: DiagnosticRenderer) {
    switch error {
    case let error as DiagnosticsError:
      text = renderer.render(error.diagnostics, in: error.source)
      status = .failed
    case let error as SessionFailure:
      text = ErrorText.sentence(error.message, hint: error.hint, isColored: renderer.isColored)
      status = .failed
    case let error as BaseError:
      text = ErrorText.sentence(error.message, hint: error.hint, isColored: renderer.isColored)
      status = .baseUnavailable
    case let error where ErrorText.isInterruption(error):
      text = "interrupted"
      status = .interrupted
    case let error as EngineError:
      let (message, hint) = ErrorText.message(of: error)
      text = ErrorText.sentence(message, hint: hint, isColored: renderer.isColored)
      status = .failed
    default:
      text = ErrorText.sentence("\(error)", hint: nil, isColored: renderer.isColored)
      status = .failed
    }
  }

  /// `error: MESSAGE`, and on a line of its own what may help.
  static func sentence(_ message: String, hint: String?, isColored: Bool) -> String {
    let error = isColored ? "\u{1B}[1;31merror: \u{1B}[0m" : "error: "
    var text = error + SafeText.escaped(message, keepingLines: true)
    if let hint {
      text += isColored ? "\n\u{1B}[1;32mhint: \u{1B}[0m" : "\nhint: "
      text += SafeText.escaped(hint, keepingLines: true)
    }
    return text
  }

  private static func message(of error: EngineError) -> (String, hint: String?) {
    switch error {
    case .interrupted: ("interrupted", nil)
    case .limit(let message): (message, "`.limit` shows and sets the limits")
    case .failed(let message, let hint): (message, hint)
    }
  }

  static func isInterruption(_ error: any Error) -> Bool {
    if let error = error as? EngineError, case .interrupted = error { return true }
    return false
  }
}
