import FactLanguage

/// What is said to somebody who meant to state a fact at the prompt and asked for it.
enum FactHint {
  /// The hint for a query that was typed without an ending and could be a fact; nil for others.
  static func text(for query: Query, in source: SourceText) -> String? {
    guard query.scope == nil, query.stages.isEmpty, query.body.alternatives.count == 1,
      query.body.alternatives[0].count == 1,
      case .atom(let atom) = query.body.alternatives[0][0].kind, isGround(atom)
    else { return nil }
    let text = String(CommandLine.trimmed(source[query.span][...]))
    let rest = source[SourceSpan(query.span.upper, source.bytes.count)]
    guard !text.hasSuffix("?"), !rest.contains("?"), text.utf8.count <= 60 else { return nil }
    return "`\(text).` with a full stop states it"
  }

  private static func isGround(_ atom: Atom) -> Bool {
    atom.qualifiers.isEmpty
      && atom.arguments.allSatisfy { argument in
        switch argument.value.kind {
        case .constant, .wildcard, .today, .parameter: true
        default: false
        }
      }
  }
}
