import FactEngine
import FactLanguage
import FactModel

/// Attributes and values of the session's relations.
extension Completer {
  /// The attributes of a relation, stored or predeclared.
  func schema(of relation: String) -> Schema? {
    if let stored = base.relation(named: relation) { return stored.schema }
    return relation == ClaimCatalogue.schema.name ? ClaimCatalogue.schema : nil
  }

  /// The attribute at a position or of a name.
  func attribute(of relation: String, position: Int?, named name: String?) -> Attribute? {
    guard let schema = schema(of: relation) else { return nil }
    if let name { return schema.attributes.first { $0.name == name } }
    guard let position, position < schema.arity else { return nil }
    return schema.attributes[position]
  }

  /// Names of attributes that are not used yet, with their types.
  func attributes(
    of relation: String, except used: [String], _ typed: String, quote: UInt8?
  ) -> [CompletionCandidate] {
    guard let schema = schema(of: relation), quote == nil else { return [] }
    let isNamed = schema.isDeclared
    return schema.attributes.filter {
      isNamed && !used.contains($0.name) && Completer.begins($0.name, with: typed)
    }.map { attribute in
      var detail = attribute.type == .any ? "" : "\(attribute.type)"
      if let unit = attribute.unit { detail += "[\(unit)]" }
      return CompletionCandidate(
        text: SymbolText.name(attribute.name) + ": ", label: attribute.name, detail: detail,
        kind: .attribute)
    }
  }

  /// The values that occur in an attribute, most frequent first; of an attribute that holds
  /// nothing yet, the entities that begin with what was typed.
  func values(
    of relation: String, position: Int?, attribute: String?, _ typed: String, quote: UInt8?
  ) -> [CompletionCandidate] {
    let found = frequent(of: relation, position: position, attribute: attribute, typed)
    let wanted = self.attribute(of: relation, position: position, named: attribute)
    let kind: CompletionKind = wanted?.type == .text ? .text : .entity
    var candidates = found.compactMap { candidate($0, kind: kind, quote: quote) }
    if wanted?.type == .date, quote == nil {
      candidates += Vocabulary.dates.filter { $0.name.hasPrefix(typed) && !typed.isEmpty }.map {
        CompletionCandidate(text: $0.name, detail: $0.detail, kind: .keyword)
      }
    }
    if candidates.isEmpty, !typed.isEmpty, wanted == nil || wanted?.type == .entity {
      return entities(typed, quote: quote)
    }
    return candidates
  }

  private func frequent(
    of relation: String, position: Int?, attribute: String?, _ typed: String
  ) -> [FactBase.FrequentValue] {
    guard let stored = base.relation(named: relation) else { return [] }
    let column = attribute.flatMap { stored.position(of: $0) } ?? position
    guard let column, column < stored.arity else { return [] }
    return base.frequentValues(
      of: stored, column: column, prefix: typed, limit: Completer.limit)
  }

  private func candidate(
    _ value: FactBase.FrequentValue, kind: CompletionKind, quote: UInt8?
  ) -> CompletionCandidate? {
    guard value.word != .unknown, value.word != .anything else { return nil }
    let detail = value.count > 1 ? "\(Readable.count(value.count)) facts" : ""
    guard value.word.kind == .symbol else {
      if quote != nil { return nil }
      return CompletionCandidate(
        text: base.values.text(of: value.word), detail: detail, kind: .value)
    }
    let text = base.values.symbols.text(value.word.symbol)
    return symbol(text, detail: detail, kind: kind, quote: quote)
  }

  /// A symbol in the quotes that were opened, or in those that it needs.
  private func symbol(
    _ text: String, detail: String, kind: CompletionKind, quote: UInt8?
  ) -> CompletionCandidate? {
    guard text.utf8.count <= 300 else { return nil }
    let written: String
    switch quote {
    case nil: written = SymbolText.written(text)
    case UInt8(ascii: "'"):
      guard !text.contains("'"), !text.contains("\\"), !text.contains("\n") else { return nil }
      written = "'\(text)'"
    default: written = SymbolText.quoted(text)
    }
    let label = quote == nil ? text : written
    return CompletionCandidate(
      text: written, label: SafeText.escaped(label), detail: detail, kind: kind)
  }

  /// Entities of any attribute that begin with what was typed, those in most facts first.
  func entities(_ typed: String, quote: UInt8? = nil) -> [CompletionCandidate] {
    var counts: [Word: Int] = [:]
    for relation in base.relations {
      for (column, attribute) in relation.schema.attributes.enumerated()
      where attribute.type == .entity || attribute.type == .any {
        let found = base.frequentValues(of: relation, column: column, prefix: typed, limit: 50)
        for value in found where value.word.kind == .symbol {
          counts[value.word, default: 0] += value.count
        }
      }
    }
    let sorted = counts.sorted { a, b in
      a.value != b.value
        ? a.value > b.value : base.values.compareForSort(a.key, b.key) < 0
    }
    return sorted.prefix(Completer.limit).compactMap { entry in
      let label = base.label(of: entry.key).map { base.values.text(of: $0, style: .table) }
      let text = base.values.symbols.text(entry.key.symbol)
      return symbol(
        text, detail: label ?? "\(Readable.count(entry.value, "fact"))", kind: .entity,
        quote: quote)
    }
  }

  /// What a qualifier may say.
  func qualifierValues(_ name: String, _ typed: String, quote: UInt8?) -> [CompletionCandidate] {
    let words: [String]
    switch name {
    case "certainty": words = Certainty.allCases.map(\.name)
    case "format": words = ["csv", "tsv", "json", "jsonl"]
    case "header": words = ["yes", "no"]
    case "source", "document":
      let listed = values(of: name, position: 0, attribute: nil, typed, quote: quote)
      return listed.isEmpty && !typed.isEmpty ? entities(typed, quote: quote) : listed
    default: return []
    }
    guard quote == nil else { return [] }
    return words.filter { $0.hasPrefix(typed) }.map {
      CompletionCandidate(text: $0, kind: .value)
    }
  }

  /// Values of an attribute whose names come near.
  func nearValues(
    of relation: String, position: Int?, attribute: String?, _ typed: String, quote: UInt8?
  ) -> [CompletionCandidate] {
    guard let stored = base.relation(named: relation) else { return [] }
    let column = attribute.flatMap { stored.position(of: $0) } ?? position
    guard let column, column < stored.arity else { return [] }
    // Comparing takes about a microsecond each: the most frequent, and those that begin alike.
    var known = base.frequentValues(of: stored, column: column, limit: 1_000)
    if known.count == 1_000, let first = typed.first {
      let frequent = Set(known.map(\.word))
      known += base.frequentValues(
        of: stored, column: column, prefix: String(first), limit: 1_000
      ).filter { !frequent.contains($0.word) }
    }
    let names = known.lazy.filter { $0.word.kind == .symbol }
      .map { base.values.symbols.text($0.word.symbol) }
    return NearestName.nearest(typed, among: names).compactMap { name in
      var candidate = symbol(name, detail: "", kind: .entity, quote: quote)
      candidate?.isDidYouMean = true
      return candidate
    }
  }
}
