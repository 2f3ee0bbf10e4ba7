import FactLanguage
import FactModel

/// Resolves the bodies, heads and stages of one rule or query, which share their variables.
///
/// Each alternative is read twice: first only for the types that flow from attributes to
/// variables, then in full, so that a constant knows the type that it is compared with wherever
/// the atom stands that gives it.
final class BodyResolver {
  /// The names that belong to one scope: the rule itself, or a negation within it.
  struct Level {
    var names = NamePlaces()
    var slots = NameMap<Slot>()
  }

  let catalogue: RelationCatalogue
  let source: SourceText
  /// Whether an unknown relation is an error: a query asks it directly.
  let isQuery: Bool
  var collector: DiagnosticCollector
  var variables: [ResolvedVariable] = []
  var levels = [Level()]
  /// The types of the alternative at hand.
  var types = SlotMap<ValueType>()
  /// The slots whose type an attribute declares, not only a constant that they are compared with.
  var declaredSlots: SlotSet = []
  /// What all alternatives agree on.
  var mergedTypes = SlotMap<ValueType>()
  /// The types that a head declares: a file's column is read as that.
  var headTypes = SlotMap<ValueType>()
  /// Slots that stand for what could not be resolved; nothing more is said about them.
  var poisoned: SlotSet = []
  /// Whether an atom was left out because something is wrong with it, so that nothing can be said
  /// about what binds.
  var hasUnresolvedAtoms = false
  /// In stages the columns so far; nil in bodies.
  var columns: [String: Slot]?
  /// Whether variables are left out of `mergedTypes`: within a negation.
  private var negationDepth = 0
  private var freshCount = 0
  /// What a `chart` stage draws.
  var chart: (slot: Slot, span: SourceSpan)?

  init(catalogue: RelationCatalogue, isQuery: Bool, collector: DiagnosticCollector) {
    self.catalogue = catalogue
    self.isQuery = isQuery
    self.collector = collector
    source = collector.source
  }

  // MARK: Variables

  /// The slot of a name, new at its first use; the outermost scope that has the name owns it.
  func slot(of name: String, at span: SourceSpan) -> Slot {
    if let columns {
      if let slot = columns[name] { return slot }
      let names = columns.keys.sorted()
      collector.report(.unknownColumn(name, nearest: nearest(name, among: names)), at: span)
      return poisonedSlot(at: span)
    }
    let (owner, known) = BodyResolver.find(name, in: levels)
    if let known { return known }
    let slot = newSlot(name, at: span)
    levels[owner].slots.enter(name, slot)
    return slot
  }

  /// The scope that owns a name, and its slot if it has one.
  private static func find(_ name: String, in levels: [Level]) -> (owner: Int, slot: Slot?) {
    var owner = levels.count - 1
    if owner > 0 { owner = levels.firstIndex { $0.names.contains(name) } ?? owner }
    return (owner, levels[owner].slots[name])
  }

  func newSlot(_ name: String, at span: SourceSpan, type: ValueType = .any) -> Slot {
    variables.append(ResolvedVariable(name: name, span: span))
    if type != .any { types[variables.count - 1] = type }
    return variables.count - 1
  }

  func freshSlot(at span: SourceSpan, type: ValueType = .any) -> Slot {
    freshCount += 1
    return newSlot("_\(freshCount)", at: span, type: type)
  }

  func poisonedSlot(at span: SourceSpan) -> Slot {
    let slot = freshSlot(at: span)
    poisoned.insert(slot)
    return slot
  }

  func type(of slot: Slot) -> ValueType { types[slot] ?? .any }

  // MARK: Bodies

  /// Resolves a body with the names that it uses; `required` are those that head, stages or answer
  /// use.
  func resolve(_ body: Body, names: NamePlaces, required: NamePlaces) -> ResolvedBody {
    guard let alternatives = Alternatives.expand(body) else {
      collector.report(.tooManyAlternatives(limit: Alternatives.limit), at: body.span)
      return ResolvedBody(alternatives: [])
    }
    levels[0].names = names
    for (name, span) in names { _ = slot(of: name, at: span) }
    if alternatives.count == 1 {
      // Its names are those of the whole body.
      for (name, span) in required { levels[0].names.enter(name, span) }
      return ResolvedBody(alternatives: [resolve(alternatives[0], names: names)])
    }
    return ResolvedBody(
      alternatives: alternatives.map { literals in
        let names = BodyResolver.names { $0.walk(literals) }
        levels[0].names = names
        for (name, span) in required { levels[0].names.enter(name, span) }
        return resolve(literals, names: names)
      })
  }

  /// The names of variables outside negations, in what is walked.
  static func names(_ walk: (VariableWalk) -> Void) -> NamePlaces {
    var names = NamePlaces()
    walk(VariableWalk(entersNegations: false) { name, span in names.enter(name, span) })
    return names
  }

  /// Resolves a conjunction that uses some names of the outermost scope.
  private func resolve(_ literals: [Literal], names: NamePlaces) -> [ResolvedLiteral] {
    let outerTypes = types
    let outerDeclared = declaredSlots
    flowTypes(literals)
    var resolved: [ResolvedLiteral] = []
    for literal in literals { resolve(literal, into: &resolved) }
    if negationDepth == 0, columns == nil {
      for (name, _) in names {
        guard let slot = levels[0].slots[name] else { continue }
        let type = self.type(of: slot)
        mergedTypes[slot] = mergedTypes[slot]?.widened(type) ?? type
      }
    }
    for (slot, type) in types where mergedTypes[slot] == nil { mergedTypes[slot] = type }
    types = outerTypes
    declaredSlots = outerDeclared
    return resolved
  }

  /// Gives the variables their types as all alternatives have them, for stages and heads.
  func finishTypes() {
    for (slot, type) in mergedTypes { types[slot] = type }
    publishTypes()
  }

  /// Writes the types into the variables.
  func publishTypes() {
    for (slot, type) in types {
      variables[slot].type = type.type
      variables[slot].unit = type.unit
    }
  }

  func resolve(_ literal: Literal, into literals: inout [ResolvedLiteral]) {
    switch literal.kind {
    case .atom(let atom):
      if let test = test(of: atom) {
        literals.append(ResolvedLiteral(resolve(atom, as: test), at: literal.span))
      } else {
        append(resolve(atom, into: &literals), to: &literals, at: literal.span) { .atom($0) }
      }
    case .file(let file):
      append(resolve(file, into: &literals), to: &literals, at: literal.span) { .atom($0) }
    case .comparison(let operation, let left, let right):
      let (left, right) = resolveAlike(left, right)
      literals.append(ResolvedLiteral(.comparison(operation, left, right), at: literal.span))
    case .membership(let element, let set):
      literals.append(ResolvedLiteral(resolve(element, in: set), at: literal.span))
    case .overlaps(let left, let right):
      let (left, right) = resolveAlike(left, right)
      literals.append(ResolvedLiteral(.overlaps(left, right), at: literal.span))
    case .negation(let body):
      literals.append(ResolvedLiteral(.negation(resolveNegated(body)), at: literal.span))
    case .optional(let inner):
      switch inner.kind {
      case .atom(let atom) where test(of: atom) == nil:
        append(resolve(atom, into: &literals), to: &literals, at: literal.span) { .optional($0) }
      case .file(let file):
        append(resolve(file, into: &literals), to: &literals, at: literal.span) { .optional($0) }
      default: collector.report(.notOptional, at: inner.span)
      }
    case .group: break  // multiplied out before
    }
  }

  private func append(
    _ atom: ResolvedAtom?, to literals: inout [ResolvedLiteral], at span: SourceSpan,
    _ kind: (ResolvedAtom) -> ResolvedLiteral.Kind
  ) {
    guard let atom else {
      hasUnresolvedAtoms = true
      return
    }
    literals.append(ResolvedLiteral(kind(atom), at: span))
  }

  /// A negated body; names that stand nowhere outside of it are its own.
  private func resolveNegated(_ body: Body) -> ResolvedBody {
    guard let alternatives = Alternatives.expand(body) else {
      collector.report(.tooManyAlternatives(limit: Alternatives.limit), at: body.span)
      return ResolvedBody(alternatives: [])
    }
    if columns == nil { reportLocalNames(alternatives) }
    negationDepth += 1
    defer { negationDepth -= 1 }
    return ResolvedBody(
      alternatives: alternatives.map { literals in
        let names = BodyResolver.names { $0.walk(literals) }
        levels.append(Level(names: names))
        defer { levels.removeLast() }
        return resolve(literals, names: names)
      })
  }

  /// `not p(X)` alone says nothing about an X that stands nowhere else.
  private func reportLocalNames(_ alternatives: [[Literal]]) {
    guard alternatives.count == 1, alternatives[0].count == 1 else { return }
    VariableWalk(entersNegations: false) { name, span in
      guard !name.hasPrefix("_"), !self.levels.contains(where: { $0.names.contains(name) }) else {
        return
      }
      self.collector.report(.unbound(name, .negated), at: span)
    }.walk(alternatives[0])
  }
}
