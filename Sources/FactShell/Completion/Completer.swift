import FactEngine
import FactLanguage
import FactModel

/// What may come next at a cursor: pure, from a text and what the session holds.
///
/// A candidate always begins with what was typed, in the same case or another; names that are
/// merely near come last and are marked.
struct Completer {
  let base: FactBase
  let program: Program
  /// The names of the script parameters that are set.
  var parameters: [String] = []
  /// The folder from which file names are looked up; nil is the working directory.
  var directory: String?
  /// Whether folders may be looked into.
  var listsFiles = true

  /// So many candidates are offered of a kind.
  static let limit = 100

  func completions(for text: String, cursor: Int) -> CompletionResult {
    let bytes = Array(text.utf8)
    let cursor = min(max(cursor, 0), bytes.count)
    if let command = CommandCompletion(bytes, cursor: cursor) {
      return command.result(from: self)
    }
    return StatementCompletion(text, cursor: cursor).result(from: self)
  }

  // MARK: Candidates by kind

  /// Relations, those of the program and those of the session.
  func relations(_ typed: String, suffix: String = "") -> [CompletionCandidate] {
    var found: [CompletionCandidate] = []
    let rules = RuleIndex(program)
    var seen = Set<String>()
    for relation in base.relations.sorted(by: { $0.name < $1.name }) {
      seen.insert(relation.name)
      guard Completer.begins(relation.name, with: typed) else { continue }
      let attributes = relation.schema.attributes.map(\.name).joined(separator: ", ")
      let detail =
        relation.schema.isDeclared
        ? "(\(attributes)) · \(Readable.count(relation.facts.factCount, "fact"))"
        : "/\(relation.arity) · \(Readable.count(relation.facts.factCount, "fact"))"
      found.append(
        CompletionCandidate(
          text: SymbolText.name(relation.name) + suffix, label: relation.name, detail: detail,
          kind: .relation))
    }
    for name in rules.names where !seen.contains(name) && Completer.begins(name, with: typed) {
      found.append(
        CompletionCandidate(
          text: name + suffix, label: name,
          detail: "/\(rules.arity(name)) · \(Readable.count(rules.count(name), "rule"))",
          kind: .relation))
    }
    return found
  }

  /// Named queries with their titles.
  func queries(_ typed: String) -> [CompletionCandidate] {
    program.queries.filter { Completer.begins($0.syntax.name, with: typed) }.map { query in
      CompletionCandidate(
        text: query.syntax.name, detail: query.syntax.title ?? "", kind: .query)
    }.sorted { $0.text < $1.text }
  }

  /// Near names where nothing begins with what was typed.
  func didYouMean(
    _ typed: String, among names: [String], kind: CompletionKind, suffix: String = ""
  ) -> [CompletionCandidate] {
    guard typed.utf8.count > 2 else { return [] }
    return NearestName.nearest(typed, among: names).map {
      CompletionCandidate(
        text: $0 + suffix, label: $0, kind: kind, isDidYouMean: true)
    }
  }

  var relationNames: [String] { base.relations.map(\.name) + RuleIndex(program).names }

  /// Whether a name begins with what was typed; capitals are typed where they matter.
  static func begins(_ name: String, with typed: String) -> Bool {
    if typed.isEmpty { return true }
    if name.hasPrefix(typed) { return true }
    return typed == typed.lowercased() && name.lowercased().hasPrefix(typed)
  }

  /// Entries of a folder as candidates; hidden ones only where a dot was typed.
  func files(_ typed: String) -> [CompletionCandidate] {
    guard listsFiles else { return [] }
    return FolderListing.entries(matching: typed, from: directory).prefix(Completer.limit).map {
      CompletionCandidate(text: $0.path, label: $0.name, detail: $0.detail, kind: .file)
    }
  }
}
