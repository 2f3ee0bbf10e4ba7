import FactLanguage
import FactModel

/// What can be wrong with the names, arguments and values of a statement.
///
/// Codes are stable: `E02xx` stops the statement, `W02xx` does not. Text is made here alone.
enum ResolveProblem: Hashable {
  case unknownRelation(String, nearest: [String])
  case wrongArity(String, given: Int, attributes: [String])
  case unknownAttribute(String, relation: String, attributes: [String], nearest: [String])
  case attributeTwice(String, relation: String)
  case unknownFunction(String, nearest: [String])
  case functionArity(String, given: Int, expected: ClosedRange<Int>)
  case unknownQualifier(String, allowed: [String], nearest: [String])
  case qualifiersOnDerived(String)
  case noQualifiers(String)
  case namesOnTest(String)
  case badCertainty(String, nearest: [String])
  case unsetParameter(String, nearest: [String])
  case wrongType(
    attribute: String, relation: String, type: AttributeType, text: String, reason: String?)
  case variableInFact(String)
  /// A constant expression of a fact that has no value, with the reason.
  case noValueInFact(String)
  case tooManyAlternatives(limit: Int)
  case aggregateMisplaced(String)
  case notOptional
  /// What is wrong with a chart, and what to do.
  case badChart(String, hint: String)
  /// `as of` or `during` with what is no date, or has no end.
  case noMoment(String, after: String)
  case pathIsNoText
  case fileQualifierValue(String, allowed: String)
  case atomInWhere(String)
  case unknownColumn(String, nearest: [String])
  case columnTwice(String)
  case badLimit
  case readOnlyRelation(String)
  case listOutsideIn
  case wildcardInExpression
  case denialOfTest(String)
  case attributeDiffers(relation: String, existing: String, declared: String)
  case fewerAttributes(String, existing: Int, declared: Int)
  case emptyRelation(String, nearest: [String])
  case hidesBuiltIn(String, what: String)
}

extension ResolveProblem {
  /// The finding at a place, as text.
  func diagnostic(at span: SourceSpan) -> Diagnostic {
    var (code, message, note, hint) = wording
    if hint == nil { hint = nearestHint }
    if note?.isEmpty == true { note = nil }
    return Diagnostic(severity, code, message, at: span, note: note, hint: hint)
  }

  private var severity: Diagnostic.Severity {
    switch self {
    case .emptyRelation: .warning
    case .hidesBuiltIn: .notice
    default: .error
    }
  }

  private typealias Wording = (code: String, message: String, note: String?, hint: String?)

  private var wording: Wording {
    switch self {
    case .unknownRelation, .wrongArity, .unknownAttribute, .attributeTwice, .emptyRelation,
      .hidesBuiltIn, .readOnlyRelation, .attributeDiffers, .fewerAttributes:
      relationWording
    case .unknownQualifier, .qualifiersOnDerived, .noQualifiers, .namesOnTest, .badCertainty,
      .fileQualifierValue, .pathIsNoText:
      qualifierWording
    case .unknownColumn, .columnTwice, .badLimit, .atomInWhere, .badChart, .noMoment:
      stageWording
    default: valueWording
    }
  }

  private var relationWording: Wording {
    switch self {
    case .unknownRelation(let name, _):
      return ("E0201", "there is no relation `\(name)`", nil, nil)
    case .wrongArity(let name, let given, let attributes):
      let takes = attributes.isEmpty ? "none" : attributes.joined(separator: ", ")
      return (
        "E0202", "`\(name)` has \(count(attributes.count, "attribute")), and \(areGiven(given))",
        "its attributes are: \(takes)",
        given < attributes.count ? "give attributes by name to leave others out" : nil
      )
    case .unknownAttribute(let name, let relation, let attributes, _):
      return (
        "E0203", "`\(relation)` has no attribute `\(name)`",
        "its attributes are: \(attributes.joined(separator: ", "))", nil
      )
    case .attributeTwice(let name, let relation):
      return ("E0204", "the attribute `\(name)` of `\(relation)` is given twice", nil, nil)
    case .attributeDiffers(let relation, let existing, let declared):
      return (
        "E0207", "`\(relation)` is declared with `\(existing)` where this says `\(declared)`",
        "declaring a relation again may only add attributes at the end", nil
      )
    case .fewerAttributes(let name, let existing, let declared):
      return (
        "E0208",
        "`\(name)` has \(count(existing, "attribute")) already, and this declares \(declared)",
        "declaring a relation again may only add attributes at the end",
        nil
      )
    case .emptyRelation(let name, _):
      return ("W0201", "`\(name)` has no facts and no rules, so it is empty", nil, nil)
    case .hidesBuiltIn(let name, let what):
      return ("W0202", "`\(name)` now means this relation and not the built-in \(what)", nil, nil)
    default:
      return (
        "E0206", "`claim` is read-only: it lists the claims of all relations", nil,
        "state the fact itself, with its qualifiers after it"
      )
    }
  }

  private var qualifierWording: Wording {
    switch self {
    case .unknownQualifier(let name, let allowed, _):
      let list = allowed.map { "@" + $0 }.joined(separator: ", ")
      return ("E0211", "there is no qualifier `@\(name)` here", "there are: \(list)", nil)
    case .qualifiersOnDerived(let name):
      return (
        "E0213", "`\(name)` is derived by rules, and a derived fact has no claims", nil,
        "ask without qualifiers, then `.why 1` shows the claims that it rests on"
      )
    case .noQualifiers(let name):
      return ("E0214", "`\(name)` takes no qualifiers", nil, nil)
    case .namesOnTest(let name):
      return ("E0216", "the test `\(name)` takes its arguments by position only", nil, nil)
    case .badCertainty(let text, _):
      return (
        "E0215", "`\(text)` is no certainty", "a certainty is certain, probable or possible", nil
      )
    case .fileQualifierValue(let name, let allowed):
      return ("E0217", "`@\(name)` takes \(allowed)", nil, nil)
    default:
      return ("E0218", "a path is a quoted text", nil, "write it as \"PATH\"")
    }
  }

  private var stageWording: Wording {
    switch self {
    case .unknownColumn(let name, _):
      return ("E0241", "there is no column `\(name)` at this stage", nil, nil)
    case .columnTwice(let name):
      return (
        "E0242", "two columns are called `\(name)`", nil, "name one of them: `Other = …`"
      )
    case .badLimit:
      return ("E0243", "a limit is a whole number that is not negative", nil, nil)
    case .atomInWhere(let name):
      return (
        "E0244", "`where` takes conditions only, and `\(name)(…)` is an atom", nil,
        "put it into the body, before the first `|`"
      )
    case .badChart(let what, let hint): return ("E0245", what, nil, hint)
    case .noMoment(let text, let word):
      return (
        "E0246", "`\(text)` is no date that `\(word)` could go by", nil,
        word == "during"
          ? "write a period, such as `during 2026-Q1: …`"
          : "write a date that has an end, such as `as of 2026-01-12: …`"
      )
    default: return valueWording
    }
  }

  private var valueWording: Wording {
    switch self {
    case .unknownFunction(let name, _):
      return ("E0221", "there is no function `\(name)`", nil, nil)
    case .functionArity(let name, let given, let expected):
      let takes = arityText(expected)
      return ("E0222", "`\(name)` takes \(takes), and \(areGiven(given))", nil, nil)
    case .unsetParameter(let name, _):
      return ("E0223", "the parameter `$\(name)` is not set", nil, "give it: `--set \(name)=VALUE`")
    case .wrongType(let attribute, let relation, let type, let text, let reason):
      return (
        "E0224", "`\(attribute)` of `\(relation)` takes \(type.phrase), and this is `\(text)`",
        reason, typeHint(type, text)
      )
    case .variableInFact(let name):
      return (
        "E0225", "a stated fact has no variables, and `\(name)` is one", nil,
        "quote it if it is a name: `\"\(name)\"`; `_` is a value that is not known"
      )
    case .noValueInFact(let reason):
      return ("E0226", reason, nil, nil)
    case .tooManyAlternatives(let limit):
      return (
        "E0227", "the alternatives of this body multiply to more than \(limit)", nil,
        "give a part of it a name with a rule of its own"
      )
    case .aggregateMisplaced(let name):
      return (
        "E0229", "`\(name)` is an aggregate and stands alone, in a head or a stage", nil,
        "aggregate in a rule of its own, then compute with its result"
      )
    case .notOptional:
      return ("E0230", "`optional` takes one atom of a relation or file", nil, nil)
    case .listOutsideIn:
      return ("E0231", "a list stands on the right of `in` only", nil, nil)
    case .wildcardInExpression:
      return (
        "E0232", "`_` has no value that can be used here", nil,
        "name it, and bind the name in a literal"
      )
    case .denialOfTest(let name):
      return (
        "E0233", "`\(name)` is a test, and only facts are denied", nil, "`not \(name)(…)`"
      )
    default: return ("E0200", "this cannot be understood", nil, nil)
    }
  }

  private var nearestHint: String? {
    switch self {
    case .unknownRelation(_, let nearest), .unknownAttribute(_, _, _, let nearest),
      .unknownFunction(_, let nearest), .unknownQualifier(_, _, let nearest),
      .badCertainty(_, let nearest), .unknownColumn(_, let nearest),
      .emptyRelation(_, let nearest):
      guard let first = nearest.first else { return nil }
      guard nearest.count > 1 else { return "nearest: `\(first)`" }
      return "nearest: " + nearest.map { "`\($0)`" }.joined(separator: ", ")
    default: return nil
    }
  }

  private func typeHint(_ type: AttributeType, _ text: String) -> String? {
    switch type {
    case .entity, .text:
      return text.contains("\"") ? nil : "write it in quotes: `\"\(text)\"`"
    case .date: return "a date is written `2026-01-05`, `2026-01`, `2026-Q1` or `late 2026-01`"
    case .integer where text.contains("."):
      return "a number with a fraction needs the type `number`"
    default: return nil
    }
  }
}

/// `1 attribute`, `2 attributes`.
private func count(_ number: Int, _ noun: String) -> String {
  number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
}

/// `1 is given`, `2 are given`.
private func areGiven(_ number: Int) -> String {
  number == 1 ? "1 is given" : "\(number) are given"
}

/// `2 arguments`, `1 or 2 arguments`, `at least 2 arguments`.
private func arityText(_ range: ClosedRange<Int>) -> String {
  if range.upperBound == Int.max { return "at least \(count(range.lowerBound, "argument"))" }
  if range.count == 1 { return count(range.lowerBound, "argument") }
  return "\(range.lowerBound) to \(range.upperBound) arguments"
}

extension AttributeType {
  /// The type in a sentence.
  var phrase: String {
    switch self {
    case .entity: "an entity"
    case .text: "a text"
    case .integer: "an integer"
    case .number: "a number"
    case .percent: "a percentage"
    case .date: "a date"
    case .any: "any value"
    }
  }
}
