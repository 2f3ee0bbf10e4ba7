import FactModel

/// Names, variables and texts: which of their many parts a word plays.
extension SyntaxWalker {
  mutating func name(_ token: Token) -> TokenRole {
    let word = text(token)
    let next = lexer.token(from: token.upper)
    let isCall = next.kind == .leftParen
    if top.kind == .declaration {
      if previous?.kind == .colon || word == "key" && !wantsOperand { return operand(.keyword) }
      return operand(.attribute)
    }
    if atStatement, !isCall, let role = statementKeyword(word, next) { return role }
    if section == .scope, word == "of" || word == "and" {
      wantsOperand = true
      return .keyword
    }
    if case .stage(let stage) = section, frames.count == 1 || top.kind == .block,
      isStageKeyword(word, stage)
    {
      return .keyword
    }
    if !wantsOperand, ["in", "overlaps", "div", "mod", "not"].contains(word) {
      if word == "in" || word == "overlaps" {
        compared = previous?.kind == .variable ? previous.map { text($0) } : nil
      }
      wantsOperand = true
      return .keyword
    }
    if atLiteral, word == "not" || word == "optional", next.lower > token.upper || word == "not" {
      return .keyword
    }
    if section == .declaration || section == .queryHeader {
      if isCall { pending = (word, section == .declaration ? .declaration : .parameters) }
      return operand(.relation)
    }
    return wordOperand(word, token, next)
  }

  private mutating func statementKeyword(_ word: String, _ next: Token) -> TokenRole? {
    switch next.kind {
    case .name, .variable, .text, .qualifier, .parameter, .number, .date, .badDate, .range, .tilde,
      .end, .openText, .badCharacter:
      break
    default: return nil
    }
    switch word {
    case "relation": section = .declaration
    case "query": section = .queryHeader
    case "load":
      section = .loadHead
      wantLiteral()
      return .keyword
    case "with":
      section = .qualifiers
      frames[frames.count - 1].usedQualifiers = []
    case "as", "during": section = .scope
    default: return nil
    }
    wantsOperand = true
    atLiteral = false
    return .keyword
  }

  /// Whether a word belongs to a stage; takes it.
  private mutating func isStageKeyword(_ word: String, _ stage: String) -> Bool {
    if stage.isEmpty || isAggregate(stage) && wantsOperand && !hasBy && isAggregate(word) {
      guard StatementParser.stageWords.contains(word) || stage.isEmpty else { return false }
      section = .stage(word)
      wantsOperand = true
      atLiteral = word == "where"
      return true
    }
    switch word {
    case "by":
      hasBy = true
      wantsOperand = true
      return true
    case "distinct": return stage == "count" && wantsOperand
    case "on", "offset":
      wantsOperand = true
      return true
    case "desc", "asc": return stage == "sort" && !wantsOperand
    default:
      // The kind of a chart.
      if stage == "chart", previous.map({ text($0) }) == "chart" {
        wantsOperand = true
        return true
      }
      return false
    }
  }

  func isAggregate(_ word: String) -> Bool { AggregateFunction(rawValue: word) != nil }

  /// A name, variable or text that is an operand, an attribute, or the name of an atom or function.
  private mutating func wordOperand(_ word: String, _ token: Token, _ next: Token) -> TokenRole {
    let isDirect = next.kind == .leftParen && (token.kind == .name || next.lower == token.upper)
    if isDirect {
      let isAtom = atLiteral || section == .loadHead && frames.count == 1
      pending = (word, isAtom ? .atom : .function)
      wantsOperand = false
      atLiteral = false
      return isAtom ? .relation : .function
    }
    if top.kind == .atom, wantsOperand, next.kind == .colon {
      frames[frames.count - 1].attribute = word
      frames[frames.count - 1].usedAttributes.append(word)
      return .attribute
    }
    if atLiteral, token.kind == .name {
      switch next.kind {
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .plus, .times, .slash:
        return operand(.value)
      default: return operand(.relation)
      }
    }
    return operand(token.kind == .name ? .value : token.kind == .text ? .text : .variable)
  }

  mutating func variable(_ token: Token) -> TokenRole {
    let next = lexer.token(from: token.upper)
    let word = text(token)
    if top.kind == .declaration { return operand(.attribute) }
    if section == .declaration || section == .queryHeader, frames.count == 1 {
      if next.kind == .leftParen {
        pending = (word, section == .declaration ? .declaration : .parameters)
      }
      return operand(.relation)
    }
    let role = wordOperand(word, token, next)
    guard role == .variable, token.kind == .variable else { return role }
    if !variableNames.contains(word) { variableNames.append(word) }
    switch previous?.kind {
    case .leftParen, .comma, .colon:
      guard top.kind == .atom else { break }
      let attribute = top.qualifier.map { "@" + $0 } ?? top.attribute
      variables.append(
        VariableUse(
          name: word, relation: top.relation, position: attribute == nil ? top.index : nil,
          attribute: attribute))
    default: break
    }
    return role
  }

  mutating func quotedText(_ token: Token) -> TokenRole {
    let next = lexer.token(from: token.upper)
    if top.kind == .declaration { return operand(.attribute) }
    guard token.kind == .text else { return operand(.text) }
    return wordOperand(unquoted(token), token, next)
  }
}
