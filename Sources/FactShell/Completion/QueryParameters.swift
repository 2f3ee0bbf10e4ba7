import FactLanguage

/// The parameters of a named query.
enum QueryParameters {
  /// Those declared after the name, then those that only the text names, each once.
  static func names(of query: NamedQuery) -> [String] {
    var names = query.parameters.map(\.name)
    for name in used(in: query.text) where !names.contains(name) { names.append(name) }
    return names
  }

  /// The names after `$` outside quotes.
  private static func used(in text: String) -> [String] {
    var names: [String] = []
    var quote: Character?
    var rest = text[...]
    while let character = rest.popFirst() {
      if let open = quote {
        if character == "\\" { _ = rest.popFirst() }
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character == "$" {
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        if !name.isEmpty { names.append(String(name)) }
      }
    }
    return names
  }
}
