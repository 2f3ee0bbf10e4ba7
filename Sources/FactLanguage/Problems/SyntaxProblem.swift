/// What can be wrong with the form of a text. The wording stands in `SyntaxProblem+Diagnostic`.
public enum SyntaxProblem: Sendable, Hashable {
  /// Something else was expected where `found` stands.
  case unexpected(found: String, expected: String)
  /// The text ends within a statement.
  case endOfText(expected: String)
  /// The next statement begins on a new line before this one has ended.
  case missingStop
  /// An opening bracket without its closing one.
  case unclosedBracket(String)
  /// A closing bracket without its opening one, or the wrong one.
  case unmatchedBracket(String, expected: String?)
  /// A quoted text without its second quote on the line.
  case unclosedText(String)
  case badEscape(String)
  /// Digits that make no number that fits; the sentence says why.
  case badNumber(String)
  /// Four digits and a hyphen that begin no date.
  case noDate(String)
  /// A date that the calendar does not have.
  case noSuchDate(String, reason: String)
  /// A lower bound above the upper one.
  case reversedRange(lower: String, upper: String, hint: String?)
  case mixedRange(lower: String, upper: String)
  /// `~0`
  case approximateZero(String)
  /// `~` or `±` before or after what takes none.
  case badApproximate(String)
  /// `late 2026-01-05`: days have no thirds.
  case noThirds(String)
  /// A range whose bound is no literal.
  case openBound(String)
  /// `..` alone.
  case rangeWithoutBounds
  case badCharacter(String)
  /// A word that looks like a name but is none.
  case notAName(String)
  /// A mark of another language.
  case slip(String)
  /// A directive of Soufflé such as `.decl`.
  case directive(String)
  case tooDeep(limit: Int)
  /// A variable in a stated fact.
  case variableInFact(String)
  /// Qualifiers inside the brackets of a stated fact.
  case qualifierInsideFact(String)
  /// Qualifiers after an atom of a query or body.
  case qualifierOutside(String)
  /// A qualifier of a rule's head.
  case qualifierOfDerived(String)
  /// A qualifier whose value is an expression.
  case qualifierExpression(String)
  case duplicateQualifier(String)
  case duplicateAttribute(String)
  case positionalAfterNamed
  /// An attribute name in the arguments of a function.
  case namedFunctionArgument(String)
  /// A literal that states nothing: `X + 1`.
  case bareExpression(String)
  case denialInHead
  /// The left side of `:-` is no atom.
  case badHead
  /// A denial or comparison before `.` where a fact is stated.
  case notAFact(String)
  /// `p(X), q(X).` without `:-` and `?`.
  case conjunctionStated
  case notInBlock(String)
  /// What `not` or `optional` stands before.
  case badOperand(String)
  case unknownType(String)
  case badUnit(String)
  case unknownStage(String, nearest: String?)
  case aggregateNeeds(String, what: String)
  case stageOutsideQuery
  case stageOnRule
  case tooManyErrors(Int)
}

/// A problem at its place; ends the parsing of one statement.
struct SyntaxFailure: Error {
  var problem: SyntaxProblem
  var span: SourceSpan
  /// Set where a `%` that began a comment is the likely cause.
  var percent: Int?
  /// Whether the next statement begins at the current token, so that nothing is to be skipped.
  var resumes = false

  init(_ problem: SyntaxProblem, at span: SourceSpan, percent: Int? = nil) {
    self.problem = problem
    self.span = span
    self.percent = percent
  }

  /// Whether more text could cure it.
  var isIncomplete: Bool {
    switch problem {
    case .endOfText, .unclosedBracket: return true
    default: return false
    }
  }
}
