import FactLanguage
import FactModel

/// A variable of a rule or query, by its number within it.
public typealias Slot = Int

/// What is known of one variable, or of one column that a stage makes.
public struct ResolvedVariable: Sendable, Hashable {
  /// The name as written; a fresh name such as `_1` for what the resolver made.
  public var name: String
  /// Where it stands first.
  public var span: SourceSpan
  /// The declared type of what binds it, `any` where none does or several differ.
  public var type: AttributeType
  /// The declared unit of what binds it.
  public var unit: String?

  /// A variable, without a type unless one is given.
  public init(name: String, span: SourceSpan, type: AttributeType = .any, unit: String? = nil) {
    self.name = name
    self.span = span
    self.type = type
    self.unit = unit
  }
}

/// A test of texts or values that stands like an atom.
public enum Test: String, Sendable, Hashable, CaseIterable {
  case contains
  case startsWith = "starts_with"
  case endsWith = "ends_with"
  case matches
  case unknown
}

/// An expression over slots and words.
public struct ResolvedExpression: Sendable, Hashable {
  /// What an expression may be.
  public indirect enum Kind: Sendable, Hashable {
    case variable(Slot)
    case constant(Word)
    /// A function of values, arithmetic included.
    case call(ValueOperation, [ResolvedExpression])
  }
  /// What it is.
  public var kind: Kind
  /// The whole expression.
  public var span: SourceSpan

  /// Takes an expression with its place.
  public init(_ kind: Kind, at span: SourceSpan) {
    self.kind = kind
    self.span = span
  }

  /// The slots it reads, each once, in the order of their first use.
  public var slots: [Slot] {
    switch kind {
    case .variable(let slot): return [slot]
    case .constant: return []
    case .call(_, let arguments):
      var seen: [Slot] = []
      for argument in arguments {
        for slot in argument.slots where !seen.contains(slot) { seen.append(slot) }
      }
      return seen
    }
  }
}
