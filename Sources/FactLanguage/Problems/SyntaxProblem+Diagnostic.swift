import FactModel

/// The wording of a problem: everything of a diagnostic but its place.
struct ProblemText {
  var code: String
  var message: String
  var note: String?
  var hint: String?

  init(_ code: String, _ message: String, note: String? = nil, hint: String? = nil) {
    self.code = code
    self.message = message
    self.note = note
    self.hint = hint
  }
}

extension SyntaxFailure {
  /// The failure as it is shown.
  func diagnostic(in source: SourceText) -> Diagnostic {
    var text = problem.text
    if let percent {
      let line = source.position(of: percent).line
      text.note = "on line \(line) a `%` begins a comment"
      text.hint = "the remainder of a division is `mod`, as in `X mod 2`"
    }
    return Diagnostic(
      .error, text.code, text.message, at: span, note: text.note, hint: text.hint)
  }
}

extension SyntaxProblem {
  /// The stable code of the problem.
  public var code: String { text.code }

  /// A word in quotes of the language.
  static func quoted(_ text: String) -> String { SymbolText.quoted(text) }

  /// What is found, shortened to what a sentence can hold.
  static func short(_ text: String) -> String {
    let line = text.prefix { $0 != "\n" && $0 != "\r\n" }
    return line.count <= 40 ? String(line) : line.prefix(39) + "…"
  }

  var text: ProblemText { formText ?? valueText ?? meaningText }

  /// Problems of punctuation and words.
  private var formText: ProblemText? {
    switch self {
    case .unexpected(let found, let expected):
      let hint = found == "=" ? "an argument by name is written `attribute: value`" : nil
      return ProblemText(
        "E0101", "`\(Self.short(found))` cannot stand here; expected \(expected)",
        hint: expected == "`,` or `)`" ? hint : nil)
    case .endOfText(let expected):
      return ProblemText("E0102", "the text ends within a statement; expected \(expected)")
    case .missingStop:
      return ProblemText(
        "E0103", "the ending of this statement is missing",
        hint: "a full stop states, `?` asks: `p(a).`, `p(X)?`")
    case .unclosedBracket(let mark):
      return ProblemText("E0104", "this `\(mark)` is never closed")
    case .unmatchedBracket(let mark, nil):
      return ProblemText("E0105", "this `\(mark)` closes no bracket")
    case .unmatchedBracket(let mark, let expected?):
      return ProblemText("E0105", "this `\(mark)` stands where `\(expected)` should close")
    case .unclosedText(let quote):
      return ProblemText(
        "E0106", "this text has no closing \(quote == "'" ? "`'`" : "`\"`") on its line",
        hint: "a line break within a text is written `\\n`")
    case .badEscape(let escape):
      return ProblemText(
        "E0107", "`\(escape)` is no escape",
        hint: "in quotes a backslash begins `\\n \\t \\\" \\' \\\\ \\u{…}`; itself it is `\\\\`")
    case .badCharacter(let character): return Self.badCharacter(character)
    case .notAName(let word):
      return ProblemText(
        "E0116", "`\(Self.short(word))` is no name without quotes",
        hint: "write \(Self.quoted(word))")
    case .slip(let mark): return Self.slip(mark)
    case .directive(let word): return Self.directive(word)
    case .tooDeep(let limit):
      return ProblemText("E0119", "this is nested more than \(limit) levels deep")
    case .tooManyErrors(let count):
      return ProblemText("E0199", "more than \(count) errors; the rest of the text was not read")
    default: return nil
    }
  }

  /// Problems of numbers, dates and ranges.
  private var valueText: ProblemText? {
    switch self {
    case .badNumber(let reason):
      return ProblemText(
        "E0108", reason,
        note: reason.contains("64 bits")
          ? "integers go from -9223372036854775808 to 9223372036854775807" : nil)
    case .noDate(let word):
      let parts = word.split(separator: "-", omittingEmptySubsequences: false)
      let difference = parts.joined(separator: " - ")
      return ProblemText(
        "E0109", "`\(Self.short(word))` is no date",
        hint: "a date is written like `2026-01-05`, a difference with spaces: `\(difference)`")
    case .noSuchDate(let word, let reason):
      return ProblemText("E0110", "`\(Self.short(word))` is no date", note: reason)
    case .reversedRange(let lower, let upper, let hint):
      return ProblemText(
        "E0111", "the lower bound `\(lower)` lies above the upper bound `\(upper)`",
        note: "each bound is read by itself", hint: hint.map { "write `\($0)`" })
    case .mixedRange(let lower, let upper):
      return ProblemText(
        "E0112", "`\(lower)` and `\(upper)` are not both numbers or both dates")
    case .approximateZero(let text):
      return ProblemText(
        "E0113", "`\(text)` does not say how far off it may be",
        hint: "write the bounds, such as `-1..1` or `0..1`")
    case .badApproximate(let mark):
      return ProblemText(
        "E0114", "`\(mark)` stands before a number or a date", hint: "for example `~14000`")
    case .noThirds(let text):
      return ProblemText(
        "E0115", "`\(text)`: a day has no early, middle or late part",
        hint: "they go with a month, quarter, half or year: `late 2026-01`")
    case .openBound(let word):
      return ProblemText(
        "E0117", "a bound of a range is a number or date that is written out, not `\(word)`",
        hint: "with variables write comparisons: `Low <= X, X <= High`")
    case .rangeWithoutBounds:
      return ProblemText(
        "E0118", "`..` needs a bound on one side at least", hint: "`_` is the unknown value")
    default: return nil
    }
  }

  /// Problems of where things stand.
  private var meaningText: ProblemText {
    switch self {
    case .variableInFact(let name):
      return ProblemText(
        "E0120", "`\(name)` is a variable, and a stated fact has none",
        hint: "the name is written \(Self.quoted(name)); an unknown value is `_`; `?` asks")
    case .qualifierInsideFact(let name):
      return ProblemText(
        "E0122", "`@\(name)` stands inside the brackets of a stated fact",
        hint: "qualifiers of a fact stand after it: `p(a) @\(name): ….`")
    case .qualifierOutside(let text):
      return ProblemText(
        "E0123", "qualifiers after an atom only belong to a stated fact",
        hint: "to ask, put them inside the brackets: `p(X, \(Self.short(text)))?`")
    case .qualifierOfDerived(let name):
      return ProblemText(
        "E0124", "a derived fact has no claims, so that it takes no `@\(name)`",
        hint: "`.why` shows the claims that it rests on; `load` states facts with qualifiers")
    case .qualifierExpression(let name):
      return ProblemText(
        "E0125", "the value of `\(name)` is a constant, a parameter or a variable",
        hint: "compare in the body: `p(X, \(name): V), V > …`")
    case .duplicateQualifier(let name):
      return ProblemText("E0126", "`@\(name)` is given twice")
    case .duplicateAttribute(let name):
      return ProblemText("E0127", "the attribute `\(name)` is given twice")
    case .positionalAfterNamed:
      return ProblemText(
        "E0128", "an argument by position stands after one by name",
        hint: "positions come first: `layoff(cut, begins: When)`")
    case .namedFunctionArgument(let name):
      return ProblemText("E0129", "a function takes no `\(name):`, only arguments by position")
    case .bareExpression(let text):
      return ProblemText(
        "E0130", "`\(Self.short(text))` alone says nothing that could hold",
        hint: "a literal is an atom such as `p(X)` or a comparison such as `X > 2`")
    case .denialInHead:
      return ProblemText(
        "E0132", "the head of a rule is never a denial",
        note: "a denial is what a source says: `-p(a) @source: s.`")
    case .badHead:
      return ProblemText("E0133", "the head of a rule is one atom: `p(X) :- q(X).`")
    case .notAFact(let text):
      return ProblemText(
        "E0134", "`\(Self.short(text))` is nothing that can be stated",
        hint: "a full stop states a fact; a query ends with `?`")
    case .conjunctionStated:
      return ProblemText(
        "E0135", "several literals cannot be stated at once",
        hint: "a query ends with `?`; a rule has `:-` after its head; facts end one by one")
    case .notInBlock(let text):
      return ProblemText(
        "E0136", "`\(Self.short(text))` cannot stand inside a `with` block",
        note: "a block holds facts, denials and retractions")
    case .badOperand(let word):
      let operand = word == "optional" ? "an atom" : "an atom, a test or a bracketed body"
      return ProblemText("E0137", "`\(word)` takes \(operand)")
    case .unknownType(let word):
      let nearest = NearestName.nearest(word, among: AttributeType.words.map(\.0)).first
      let all = AttributeType.words.map { "`\($0.0)`" }.joined(separator: ", ")
      return ProblemText(
        "E0139", "`\(word)` is no type", note: "the types are \(all)",
        hint: nearest.map { "did you mean `\($0)`?" })
    case .badUnit(let text):
      return ProblemText(
        "E0140", "`\(text)` is no unit", hint: "a unit is a name: `number[usd]`")
    case .unknownStage(let word, let nearest):
      return ProblemText(
        "E0141", "`\(word)` is no stage and no aggregate",
        note: "stages are `select`, `where`, `sort`, `limit`, `chart`, `into`; aggregates "
          + "`count`, `sum`, `min`, `max`, `avg`, `list`, `latest`",
        hint: nearest.map { "did you mean `\($0)`?" })
    case .aggregateNeeds(let word, let what):
      return ProblemText(
        "E0142", "`\(word)` needs \(what)",
        hint: word == "latest" ? "write `latest X on K`" : "write `\(word) X`")
    case .stageOutsideQuery:
      return ProblemText(
        "E0143", "a `|` at the start of a statement has no query before it",
        hint: "only at the prompt a line may go on with the last query")
    case .stageOnRule:
      return ProblemText(
        "E0144", "`|` belongs to queries; a rule has none",
        hint: "in a rule, aggregates stand in the head: `total(C, sum(N)) :- p(C, N).`")
    default: return ProblemText("E0100", "this is no statement")
    }
  }

  private static func badCharacter(_ character: String) -> ProblemText {
    let hint: String?
    switch character {
    case "“", "”", "„", "«", "»": hint = "texts stand in straight quotes: \"…\""
    case "‘", "’": hint = "texts stand in straight quotes: '…'"
    case "–", "—", "−": hint = "the minus sign is `-`"
    case "…": hint = "a range is written with two full stops: `1..5`"
    case "$": hint = "a parameter has a name, such as `$company`"
    case "@": hint = "a qualifier has a name, such as `@source`"
    case "\\": hint = "negation is `not`, inequality `!=`"
    default: hint = nil
    }
    return ProblemText("E0146", "`\(character)` has no meaning here", hint: hint)
  }

  /// What is written instead of a mark of another language.
  private static func slip(_ mark: String) -> ProblemText {
    let hint: String
    switch mark {
    case "\\+", "¬": hint = "negation is `not p(X)` or `!p(X)`"
    case "\\=", "=\\=", "<>", "~=", "≠": hint = "inequality is `!=`"
    case "=<", "≤": hint = "less or equal is `<=`"
    case "=>", "≥": hint = "greater or equal is `>=`; a rule is `HEAD :- BODY.`"
    case "==", "=:=": hint = "equality is `=`"
    case "is": hint = "`=` computes as well: `X = Y + 1`"
    case "//": hint = "a comment begins with `#`; integer division is `div`"
    case "/*": hint = "a comment begins with `#` and ends with its line"
    case ":=": hint = "a rule is `HEAD :- BODY.`; equality is `=`"
    case "&&", "&", "∧", "and": hint = "literals are joined by `,`"
    case "||", "∨", "or": hint = "alternatives are joined by `;`"
    case "<-", "←": hint = "a rule is `HEAD :- BODY.`"
    case "->", "→": hint = "a rule is written from its head: `HEAD :- BODY.`"
    case "^": hint = "a power is `**`"
    case "not in": hint = "`not` stands before the test: `not X in [a, b]`"
    default: hint = "see `.help operators`"
    }
    return ProblemText("E0147", "`\(mark)` is not written this way here", hint: hint)
  }

  private static func directive(_ word: String) -> ProblemText {
    let hint: String
    switch word {
    case "decl": hint = "a relation is declared `relation NAME(attribute: TYPE, …).`"
    case "type": hint = "types are built in: `entity text integer number percent date`"
    case "input": hint = "facts are read with `load p(X) :- file(\"p.facts\", X, @header: no).`"
    case "output", "printsize": hint = "a query shows a relation: `p(X)?` or `p(X) | count?`"
    default: hint = "declare relations with `relation NAME(attribute: TYPE, …).`"
    }
    return ProblemText("E0148", "`.\(word)` is a directive of another Datalog", hint: hint)
  }
}
