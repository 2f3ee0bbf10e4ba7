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
  /// The name that stands directly before a bracket, and what the bracket then opens.
  var pending: (name: String, kind: Frame.Kind)?
  var variables: [VariableUse] = []
  /// All variables of the statement, in order of first use.
  var variableNames: [String] = []

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

  mutating func wantLiteral() {
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

  mutating func operand(_ role: TokenRole) -> TokenRole {
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
}
