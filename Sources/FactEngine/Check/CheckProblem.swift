import FactLanguage
import FactModel

/// What can be wrong with a statement whose names are all known.
///
/// Codes are stable: `E03xx` stops the statement, `W03xx` does not. Text is made here alone.
enum CheckProblem: Hashable {
  /// How a variable is used that nothing binds.
  enum Role: Hashable {
    case head, compared, negated, tested, answer, stage
  }
  case unbound(String, Role)
  /// Bound in one alternative and not in another.
  case unboundInBranch(String, Role)
  /// The relations of the cycle in order, the first again at the end; `not` stands before those
  /// that are negated, `aggregate of` and `optional` likewise.
  case unstratified(cycle: [String])
  case kinds(String, String, left: ValueKind, right: ValueKind)
  case units(String, left: String, right: String)
  case functionArgument(String, expected: ValueKind, given: ValueKind)
  case headType(attribute: String, relation: String, type: AttributeType, given: ValueKind)
  case deniedHead
  case qualifiersInHead
  case wildcardInHead
  case singleton(String)
}

extension CheckProblem {
  /// The finding at a place, as text.
  func diagnostic(at span: SourceSpan) -> Diagnostic {
    let (severity, code, message, note, hint) = wording
    return Diagnostic(severity, code, message, at: span, note: note, hint: hint)
  }

  private var wording: (Diagnostic.Severity, String, String, note: String?, hint: String?) {
    switch self {
    case .unbound(let name, let role):
      return (.error, "E0301", "no positive literal binds `\(name)`", role.note, role.hint(name))
    case .unboundInBranch(let name, let role):
      return (
        .error, "E0302", "`\(name)` is bound in one branch of `;` and not in another", role.note,
        "bind it in each branch, or call it `_\(name)` if it is not needed"
      )
    case .unstratified(let cycle):
      return (
        .error, "E0303", "this recursion goes through a negation, aggregate or `optional`",
        "the cycle is: \(cycle.joined(separator: " → "))",
        "a relation has to be complete before it is negated or aggregated"
      )
    case .kinds(let left, let right, let leftKind, let rightKind):
      return (
        .error, "E0304", "`\(left)` is \(leftKind.phrase) and `\(right)` is \(rightKind.phrase)",
        "values of different kinds are never equal, and neither is less", nil
      )
    case .units(let what, let left, let right):
      return (
        .error, "E0305", "\(what) mixes the units `\(left)` and `\(right)`", nil,
        "convert one of them first: multiplication and division drop the unit"
      )
    case .functionArgument(let name, let expected, let given):
      return (
        .error, "E0306", "`\(name)` takes \(expected.phrase), and this is \(given.phrase)", nil,
        nil
      )
    case .headType(let attribute, let relation, let type, let given):
      return (
        .error, "E0307",
        "`\(attribute)` of `\(relation)` takes \(type.phrase), and this is \(given.phrase)", nil,
        nil
      )
    case .deniedHead:
      return (
        .error, "E0308", "the head of a rule is never a denial", nil,
        "derive a relation with a name of its own, such as `not_…`"
      )
    case .qualifiersInHead:
      return (
        .error, "E0309", "the head of a rule has no qualifiers: a derived fact has no claims", nil,
        "`load HEAD :- BODY.` states facts with qualifiers"
      )
    case .wildcardInHead:
      return (.error, "E0310", "`_` in the head of a rule has no value", nil, nil)
    case .singleton(let name):
      return (
        .warning, "W0301", "`\(name)` is used only once", nil,
        "write `_` or `_\(name)` if that is meant"
      )
    }
  }
}

extension CheckProblem.Role {
  fileprivate var note: String? {
    switch self {
    case .head: "it stands in the head"
    case .compared: "it is compared or computed with"
    case .negated: "it stands under `not`"
    case .tested: "it is tested"
    case .answer: "it is a column of the answer"
    case .stage: "a stage uses it"
    }
  }

  fileprivate func hint(_ name: String) -> String? {
    switch self {
    case .negated: "write `_` if any value will do"
    case .head: "use `\(name)` in an atom of the body, or write a constant"
    default: "use `\(name)` in an atom of the body; `_` stands for any value"
    }
  }
}
