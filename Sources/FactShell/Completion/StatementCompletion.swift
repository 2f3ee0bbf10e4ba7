import FactLanguage
import FactModel

/// Completion inside statements.
struct StatementCompletion {
  init(_ text: String, cursor: Int) {}
  func result(from completer: Completer) -> CompletionResult {
    CompletionResult(replace: 0..<0, candidates: [])
  }
}
extension Completer {
  func entities(_ typed: String) -> [CompletionCandidate] { [] }
}
