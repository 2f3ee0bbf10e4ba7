import FactEngine
import FactModel

/// The words of the language with what the menu says about them.
enum Vocabulary {
  typealias Word = (name: String, detail: String)

  static let statements: [Word] = [
    ("relation", "declares attributes and their types"),
    ("query", "names a query"), ("load", "states what a body finds"),
    ("with", "qualifiers for a block of facts"),
  ]

  static let stages: [Word] = [
    ("select", "columns, computed or not"), ("where", "keeps rows"),
    ("count", "how many, by …"), ("sum", "total, by …"), ("min", "least, by …"),
    ("max", "greatest, by …"), ("avg", "mean, by …"), ("list", "all values in one, by …"),
    ("latest", "the value with the greatest key: latest X on K"),
    ("sort", "order, desc for falling"), ("limit", "so many rows, offset for the next"),
    ("into", "writes a file"),
  ]

  static let aggregates: [Word] = Array(stages[2...8])

  static let qualifiers: [Word] = [
    ("source", "who says so"), ("document", "where it was published"),
    ("place", "where in the document"), ("certainty", "certain, probable or possible"),
    ("known", "since when it could be known"), ("valid", "the period in which it holds"),
  ]

  static let types: [Word] = [
    ("entity", "something to ask about"), ("text", ""), ("integer", "exact"), ("number", ""),
    ("percent", "printed as 9%"), ("date", "exact or vague"),
  ]

  static let dates: [Word] = [
    ("today", ""), ("early ", "first third"), ("mid ", "middle third"), ("late ", "last third"),
  ]

  /// Functions and text tests that begin with what was typed.
  static func functions(_ typed: String) -> [CompletionCandidate] {
    guard !typed.isEmpty else { return [] }
    let tests = Test.allCases.map(\.rawValue)
    return ValueOperation.functionNames.filter { $0.hasPrefix(typed) }.map {
      CompletionCandidate(text: $0 + "(", label: $0, kind: .function)
    }
      + tests.filter { $0.hasPrefix(typed) }.map {
        CompletionCandidate(text: $0 + "(", label: $0, detail: "a test", kind: .function)
      }
  }
}
