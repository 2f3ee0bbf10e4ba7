import FactModel

/// What a token is for, as far as the tokens before it and the one after tell.
enum TokenRole {
  case relation, function, attribute, variable, value, parameter, text, qualifier, keyword
  case command, punctuation, bracket, error
}

/// Where a variable stands as an argument.
public struct VariableUse: Sendable, Hashable {
  /// The variable.
  public var name: String
  /// The relation in whose atom it stands.
  public var relation: String
  /// Its position, where it is not given by name.
  public var position: Int?
  /// The attribute or the qualifier (with `@`) that it is given for.
  public var attribute: String?
}

/// Follows a text token by token and knows at each what is open, whether it parses or not. A text
/// being typed is wrong at most moments; the parser proper would stop at the first of them.
struct SyntaxWalker {
  enum Section: Equatable {
    /// The first literal of a statement.
    case start
    case body
    /// After `|`: the word that names the stage, empty before it.
    case stage(String)
    /// After the atom of a stated fact, or after `with`.
    case qualifiers
    /// `as of …`, `during …`
    case scope
    case declaration
    case queryHeader
    case loadHead
  }

  struct Frame {
    enum Kind {
      case statement
      /// A `with` block: statements again.
      case block
      /// Brackets of a body, or of an expression.
      case bodyGroup, group
      case atom, function, list, declaration, parameters, unit
    }
    var kind: Kind
    var open: Token?
    var relation = ""
    var index = 0
    var attribute: String?
    var qualifier: String?
    var usedAttributes: [String] = []
    var usedQualifiers: [String] = []
  }

  let lexer: Lexer
  var frames = [Frame(kind: .statement)]
  var section = Section.start
  /// Whether a value, rather than an operator, is next.
  var wantsOperand = true
  /// Whether a literal begins here.
  var atLiteral = true
  /// Whether a statement begins here.
  var atStatement = true
  /// The variable on the left of the comparison that is open.
  var compared: String?
  /// Whether `by` has been read in this stage.
  var hasBy = false
  var previous: Token?
  private var pending: (name: String, kind: Frame.Kind)?
  private(set) var variables: [VariableUse] = []
  /// All variables of the statement, in order of first use.
  private(set) var variableNames: [String] = []

  init(_ lexer: Lexer) { self.lexer = lexer }

  var top: Frame { frames[frames.count - 1] }

  func text(_ token: Token) -> String {
    String(decoding: lexer.bytes[token.lower..<token.upper], as: UTF8.self)
  }

  /// The text in quotes, without looking at escapes.
  func unquoted(_ token: Token) -> String {
    let upper = token.kind == .text ? token.upper - 1 : token.upper
    return String(
      decoding: lexer.bytes[token.lower + 1..<max(upper, token.lower + 1)], as: UTF8.self)
  }

  /// Whether `token` begins a command line: at the prompt a line before it may have no ending.
  func isCommand(_ token: Token) -> Bool {
    token.kind == .stop && token.startsLine && frames.count == 1 && (atStatement || !wantsOperand)
      && (CharacterClass.isASCIILetter(lexer.byte(token.upper)) || token.upper == lexer.bytes.count)
  }

  /// Forgets the statement that was open.
  mutating func begin() {
    section = .start
    wantsOperand = true
    atLiteral = true
    atStatement = true
    compared = nil
    hasBy = false
    pending = nil
    variables = []
    variableNames = []
    frames[frames.count - 1].attribute = nil
    frames[frames.count - 1].qualifier = nil
    frames[frames.count - 1].usedQualifiers = []
  }

  private mutating func wantLiteral() {
    wantsOperand = true
    atLiteral = true
    compared = nil
  }

  /// Takes a token and says what it is for.
  mutating func step(_ token: Token) -> TokenRole {
    let role = take(token)
    previous = token
    if token.kind != .rightBrace, !isEnding(token) { atStatement = atStatement && isBlockStart }
    return role
  }

  private var isBlockStart: Bool { previous?.kind == .leftBrace && top.kind == .block }

  private func isEnding(_ token: Token) -> Bool {
    (token.kind == .stop || token.kind == .question || token.kind == .tilde) && atStatement
  }

  private mutating func take(_ token: Token) -> TokenRole {
    switch token.kind {
    case .leftParen, .leftBracket, .leftBrace: return open(token)
    case .rightParen, .rightBracket, .rightBrace: return close(token)
    case .comma:
      frames[frames.count - 1].index += 1
      frames[frames.count - 1].attribute = nil
      frames[frames.count - 1].qualifier = nil
      wantsOperand = true
      compared = nil
      if isBody { atLiteral = true }
      return .punctuation
    case .semicolon:
      wantLiteral()
      return .punctuation
    case .implies:
      section = .body
      wantLiteral()
      return .punctuation
    case .bar:
      section = .stage("")
      hasBy = false
      wantLiteral()
      return .punctuation
    case .colon:
      wantsOperand = true
      if top.kind == .statement || top.kind == .block,
        section == .scope || section == .queryHeader
      {
        section = .body
        wantLiteral()
      }
      return .punctuation
    case .stop, .question:
      if frames.count == 1 || top.kind == .block { begin() }
      return .punctuation
    case .tilde:
      if !wantsOperand, frames.count == 1 || top.kind == .block { begin() }
      return .punctuation
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      compared = previous?.kind == .variable ? previous.map { text($0) } : nil
      wantsOperand = true
      atLiteral = false
      return .punctuation
    case .bang:
      wantLiteral()
      return .punctuation
    case .plus, .minus, .times, .power, .slash, .plusMinus:
      if token.kind != .minus || !atLiteral { atLiteral = false }
      wantsOperand = true
      return .punctuation
    case .range: return .value
    case .name: return name(token)
    case .variable, .wildcard: return variable(token)
    case .text, .openText: return quotedText(token)
    case .number, .date: return operand(.value)
    case .parameter: return operand(.parameter)
    case .qualifier:
      let name = String(text(token).dropFirst())
      frames[frames.count - 1].qualifier = name
      frames[frames.count - 1].usedQualifiers.append(name)
      if frames.count == 1 || top.kind == .block {
        if section != .qualifiers { frames[frames.count - 1].usedQualifiers = [name] }
        section = .qualifiers
        atLiteral = false
      }
      return .qualifier
    case .end: return .punctuation
    case .slip, .badWord, .badDate, .badCharacter: return operand(.error)
    }
  }

  private mutating func operand(_ role: TokenRole) -> TokenRole {
    wantsOperand = false
    atLiteral = false
    return role
  }

  /// Whether commas here join literals.
  private var isBody: Bool {
    switch top.kind {
    case .bodyGroup: return true
    case .statement, .block:
      switch section {
      case .start, .body, .stage("where"): return true
      default: return false
      }
    default: return false
    }
  }

  // MARK: Brackets

  private mutating func open(_ token: Token) -> TokenRole {
    var frame = Frame(kind: .group, open: token)
    switch token.kind {
    case .leftParen:
      if let pending {
        frame.kind = pending.kind
        frame.relation = pending.name
      } else if atLiteral, isBody {
        frame.kind = .bodyGroup
      }
    case .leftBracket: frame.kind = top.kind == .declaration ? .unit : .list
    default: frame.kind = .block
    }
    pending = nil
    frames.append(frame)
    if frame.kind == .block { begin() }
    wantsOperand = true
    atLiteral = frame.kind == .bodyGroup || frame.kind == .block
    return .bracket
  }

  private mutating func close(_ token: Token) -> TokenRole {
    let isMatching: Bool
    switch (top.open?.kind, token.kind) {
    case (.leftParen, .rightParen), (.leftBracket, .rightBracket), (.leftBrace, .rightBrace):
      isMatching = true
    default: isMatching = false
    }
    guard isMatching else { return .error }
    let frame = frames.removeLast()
    pending = nil
    if frame.kind == .block { begin() } else { _ = operand(.bracket) }
    return .bracket
  }

  // MARK: Words

  private mutating func name(_ token: Token) -> TokenRole {
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

  private mutating func variable(_ token: Token) -> TokenRole {
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

  private mutating func quotedText(_ token: Token) -> TokenRole {
    let next = lexer.token(from: token.upper)
    if top.kind == .declaration { return operand(.attribute) }
    guard token.kind == .text else { return operand(.text) }
    return wordOperand(unquoted(token), token, next)
  }
}
