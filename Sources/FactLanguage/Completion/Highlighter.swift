/// What a piece of text is, for its colour.
public enum TokenStyle: Sendable, Hashable, CaseIterable {
  case relation, attribute, variable, value, qualifier, string, comment, command, keyword
  /// A bracket without its other half, or text that no statement can contain.
  case error
}

/// The styled stretches of a text, in order and without overlaps; punctuation has no style.
/// Complexity: O(*n*).
public func highlight(_ text: String) -> [(SourceSpan, TokenStyle)] {
  let lexer = Lexer(Array(text.utf8))
  var walker = SyntaxWalker(lexer)
  var result: [(SourceSpan, TokenStyle)] = []
  var end = 0
  var token = lexer.token(from: 0, startsLine: true)
  while true {
    appendComments(lexer, from: end, to: token.lower, &result)
    if token.kind == .end { break }
    if walker.isCommand(token) {
      let word = lexer.endOfWord(token.upper)
      result.append((SourceSpan(token.lower, word), .command))
      walker.begin()
      end = lexer.endOfLine(token.lower)
      token = lexer.token(from: end)
      continue
    }
    if let style = style(of: walker.step(token)) { result.append((token.span, style)) }
    end = token.upper
    token = lexer.token(from: end)
  }
  // Brackets that are still open at the end stand where their frames were pushed.
  for frame in walker.frames {
    guard let open = frame.open else { continue }
    let place = result.firstIndex { $0.0.lower > open.lower } ?? result.count
    result.insert((open.span, .error), at: place)
  }
  return result
}

private func style(of role: TokenRole) -> TokenStyle? {
  switch role {
  case .relation, .function: return .relation
  case .attribute: return .attribute
  case .variable: return .variable
  case .value, .parameter: return .value
  case .text: return .string
  case .qualifier: return .qualifier
  case .keyword: return .keyword
  case .command: return .command
  case .error: return .error
  case .punctuation, .bracket: return nil
  }
}

/// The comments in the blanks between two tokens.
private func appendComments(
  _ lexer: Lexer, from lower: Int, to upper: Int, _ result: inout [(SourceSpan, TokenStyle)]
) {
  var position = lower
  while position < upper {
    let byte = lexer.bytes[position]
    if byte == UInt8(ascii: "#") || byte == UInt8(ascii: "%") {
      let end = min(lexer.endOfLine(position), upper)
      result.append((SourceSpan(position, end), .comment))
      position = end
    } else {
      position += 1
    }
  }
}
