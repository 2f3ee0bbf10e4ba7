import FactEngine
import FactLanguage
import FactModel

/// Completion inside statements: what the grammar expects at the cursor, filled from the session.
struct StatementCompletion {
  private let context: CompletionContext

  init(_ text: String, cursor: Int) {
    context = CompletionContext(text, cursor: cursor)
  }

  func result(from completer: Completer) -> CompletionResult {
    var candidates: [CompletionCandidate] = []
    var seen = Set<String>()
    for expectation in ordered {
      for candidate in self.candidates(for: expectation, completer)
      where seen.insert(candidate.text).inserted {
        candidates.append(candidate)
      }
    }
    if candidates.isEmpty { candidates = near(completer) }
    return CompletionResult(replace: context.replace, candidates: candidates)
  }

  /// Before anything is typed of a value, what joins and what names come before what is known;
  /// functions would drown both.
  private var ordered: [Expectation] {
    guard context.prefix.isEmpty, context.quote == nil else { return context.expectations }
    func rank(_ expectation: Expectation) -> Int {
      switch expectation {
      case .variable: 0
      case .attribute: 1
      case .value: 2
      default: 3
      }
    }
    let hasValue = context.expectations.contains { if case .value = $0 { true } else { false } }
    guard hasValue else { return context.expectations }
    return context.expectations.filter { $0 != .function }
      .enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
      .map(\.element)
  }

  private func candidates(
    for expectation: Expectation, _ completer: Completer
  ) -> [CompletionCandidate] {
    let typed = context.prefix
    switch expectation {
    case .statement: return words(Vocabulary.statements, kind: .keyword, suffix: " ")
    case .relation: return context.quote == nil ? completer.relations(typed, suffix: "(") : []
    case .attribute(let relation, let used):
      return completer.attributes(of: relation, except: used, typed, quote: context.quote)
    case .value(let relation, let position, let attribute):
      return completer.values(
        of: relation, position: position, attribute: attribute, typed, quote: context.quote)
    case .variable: return variables(completer)
    case .function: return Vocabulary.functions(typed)
    case .qualifierName(let used):
      return Vocabulary.qualifiers.filter { $0.name.hasPrefix(typed) && !used.contains($0.name) }
        .map {
          CompletionCandidate(
            text: "@\($0.name): ", label: "@\($0.name)", detail: $0.detail, kind: .qualifier)
        }
    case .qualifierValue(let name):
      return completer.qualifierValues(name, typed, quote: context.quote)
    case .stage: return words(Vocabulary.stages, kind: .stage, suffix: " ")
    case .aggregate: return words(Vocabulary.aggregates, kind: .stage, suffix: " ")
    case .keyword(let names):
      return words(names.map { ($0, "") }, kind: .keyword, suffix: " ")
    case .type: return words(Vocabulary.types, kind: .keyword, suffix: "")
    case .date: return words(Vocabulary.dates, kind: .keyword, suffix: "")
    case .parameter:
      return completer.parameters.sorted().filter { $0.hasPrefix(typed) }.map {
        CompletionCandidate(text: "$\($0)", detail: "parameter", kind: .value)
      }
    case .filePath: return paths(completer)
    case .command, .commandArgument: return []
    }
  }

  private func words(
    _ words: [(name: String, detail: String)], kind: CompletionKind, suffix: String
  ) -> [CompletionCandidate] {
    guard context.quote == nil else { return [] }
    return words.filter { $0.name.hasPrefix(context.prefix) }.map {
      CompletionCandidate(
        text: $0.name + suffix, label: $0.name, detail: $0.detail, kind: kind)
    }
  }

  /// Paths stand in quotes.
  private func paths(_ completer: Completer) -> [CompletionCandidate] {
    completer.files(context.prefix).map { candidate in
      var candidate = candidate
      let quoted = SymbolText.quoted(candidate.text)
      candidate.text = candidate.text.hasSuffix("/") ? String(quoted.dropLast()) : quoted
      return candidate
    }
  }

  // MARK: Variables

  /// The variables of the statement that may stand here: of the type of the attribute, where one
  /// is known of both.
  private func variables(_ completer: Completer) -> [CompletionCandidate] {
    guard context.quote == nil else { return [] }
    let wanted = expectedAttribute(completer)
    return context.variableNames.compactMap { name in
      guard name.hasPrefix(context.prefix), name != "_" else { return nil }
      let uses = context.variables.filter { $0.name == name }
      let bound = uses.compactMap {
        completer.attribute(of: $0.relation, position: $0.position, named: $0.attribute)
      }
      if let wanted, wanted.type != .any, !bound.isEmpty,
        !bound.contains(where: { StatementCompletion.agree($0.type, wanted.type) })
      {
        return nil
      }
      let detail = uses.first.map { use in
        let attribute = completer.attribute(
          of: use.relation, position: use.position, named: use.attribute)
        return attribute.map { "\($0.name) of \(use.relation)" } ?? "of \(use.relation)"
      }
      return CompletionCandidate(text: name, detail: detail ?? "", kind: .variable)
    }
  }

  private func expectedAttribute(_ completer: Completer) -> Attribute? {
    for case .value(let relation, let position, let name) in context.expectations {
      return completer.attribute(of: relation, position: position, named: name)
    }
    return nil
  }

  /// Whether a value of one type may equal one of the other.
  private static func agree(_ a: AttributeType, _ b: AttributeType) -> Bool {
    if a == b || a == .any || b == .any { return true }
    func group(_ type: AttributeType) -> Int {
      switch type {
      case .entity, .text: 0
      case .integer, .number, .percent: 1
      case .date: 2
      case .any: 3
      }
    }
    return group(a) == group(b)
  }

  // MARK: Near names

  /// Where nothing begins with what was typed, what it may have meant; never inserted unasked.
  private func near(_ completer: Completer) -> [CompletionCandidate] {
    let typed = context.prefix
    guard typed.utf8.count > 2 else { return [] }
    var found: [CompletionCandidate] = []
    for expectation in context.expectations {
      switch expectation {
      case .relation:
        found += completer.didYouMean(
          typed, among: completer.relationNames, kind: .relation, suffix: "(")
      case .attribute(let relation, let used):
        let names = completer.schema(of: relation)?.attributes.map(\.name) ?? []
        found += completer.didYouMean(
          typed, among: names.filter { !used.contains($0) }, kind: .attribute, suffix: ": ")
      case .value(let relation, let position, let attribute):
        found += completer.nearValues(
          of: relation, position: position, attribute: attribute, typed, quote: context.quote)
      case .stage:
        found += completer.didYouMean(
          typed, among: Vocabulary.stages.map(\.name), kind: .stage, suffix: " ")
      default: break
      }
    }
    return found
  }
}
