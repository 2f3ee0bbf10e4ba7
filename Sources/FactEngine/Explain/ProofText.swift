import FactLanguage
import FactModel

/// Writes literals with their variables filled in.
struct ProofText {
  let base: FactBase
  let variables: [ResolvedVariable]
  let slots: [Slot: Word]

  private var plans: PlanText { PlanText(base: base, variables: variables) }

  func text(_ expression: ResolvedExpression) -> String {
    var text = plans.text(filled(expression))
    if case .call(let function, let arguments) = expression.kind, arguments.count == 2,
      text.hasPrefix("("), text.hasSuffix(")"), !function.isFunction
    {
      text = String(text.dropFirst().dropLast())
    }
    return text
  }

  private func filled(_ expression: ResolvedExpression) -> ResolvedExpression {
    var result = expression
    switch expression.kind {
    case .constant: break
    case .variable(let slot):
      if let word = slots[slot] { result.kind = .constant(word) }
    case .call(let function, let arguments):
      result.kind = .call(function, arguments.map { filled($0) })
    }
    return result
  }

  func text(_ atom: ResolvedAtom) -> String {
    var filled = atom
    filled.arguments = atom.arguments.map { argument in
      if case .variable(let slot) = argument, let word = slots[slot] { return .constant(word) }
      return argument
    }
    return plans.text(filled)
  }

  func text(_ literal: ResolvedLiteral) -> String {
    switch literal.kind {
    case .atom(let atom): return text(atom)
    case .optional(let atom): return "optional " + text(atom)
    case .comparison(let comparison, let left, let right):
      return "\(text(left)) \(comparison.rawValue) \(text(right))"
    case .memberOfList(let value, let list):
      return "\(text(value)) in [\(list.map { text($0) }.joined(separator: ", "))]"
    case .memberOfRange(let value, let range): return "\(text(value)) in \(text(range))"
    case .overlaps(let left, let right): return "\(text(left)) overlaps \(text(right))"
    case .test(let test, let arguments):
      return "\(test.rawValue)(\(arguments.map { text($0) }.joined(separator: ", ")))"
    case .negation(let body):
      let parts = body.alternatives.map { literals in
        literals.map { text($0) }.joined(separator: ", ")
      }
      let inner = parts.joined(separator: "; ")
      let isAtom = body.alternatives.count == 1 && body.alternatives[0].count == 1
      return isAtom ? "not \(inner)" : "not (\(inner))"
    }
  }

  /// A row of a source as an atom.
  func text(of source: AtomSource, words: [Word]) -> String {
    switch source {
    case .relation(let name), .denials(let name):
      guard let relation = base.relation(named: name) else { break }
      let sign = if case .denials = source { "-" } else { "" }
      return sign + relation.text(of: words, base.values)
    case .claims(let name), .denialClaims(let name):
      guard let relation = base.relation(named: name), words.count >= relation.arity else { break }
      let sign = if case .denialClaims = source { "-" } else { "" }
      return sign + relation.text(of: Array(words[..<relation.arity]), base.values)
    case .claimCatalogue, .file: break
    }
    let (title, attributes) = plans.heading(of: source)
    let parts = words.enumerated().map { column, word in
      let value = base.values.text(of: word)
      return column < attributes.count ? "\(attributes[column]): \(value)" : value
    }
    return "\(title)(\(parts.joined(separator: ", ")))"
  }
}

extension SourceText {
  /// The text of a span on one line: runs of white space outside quotes become one space.
  func line(of span: SourceSpan) -> String {
    var result = ""
    var quote: Character?
    var isSpace = false
    var isComment = false
    for character in self[span] {
      if isComment {
        if character.isNewline { isComment = false }
        continue
      }
      if quote == nil, character.isWhitespace {
        isSpace = true
        continue
      }
      if quote == nil, character == "#" {
        isComment = true
        isSpace = true
        continue
      }
      if isSpace, !result.isEmpty { result.append(" ") }
      isSpace = false
      result.append(character)
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      }
    }
    return result
  }
}
