import FactLanguage
import FactModel

/// A stated fact or denial, ready to be inserted.
struct StatedFact {
  /// The relation.
  var schema: Schema
  /// Whether the base does not hold the relation so. It is to be declared if the schema says that
  /// it is declared (its attributes were named), else made with its arity.
  var isNew: Bool
  /// One word for each attribute: unknown where left out of a fact, `anything` where left out of a
  /// denial.
  var words: [UInt64]
  var claim: Claim
  var isDenial: Bool
  /// Notices, such as that a built-in test is hidden now.
  var diagnostics: [Diagnostic]
}

/// Which claims a retraction closes.
struct RetractionPattern {
  var relation: String
  /// One for each attribute; nil agrees with every value.
  var words: [Word?]
  var isDenial: Bool
  /// The qualifiers that claims have to agree in; `@known` is never among them.
  var filter: ClaimFilter
  /// What `@known` says: the moment from which the claims are closed; nil is today.
  var moment: Word?
}

extension Resolver {
  /// Declares a relation, and gives the notice where that hides something built in.
  func declare(_ declaration: RelationDeclaration, in source: SourceText) throws -> [Diagnostic] {
    let schema = declaration.schema
    let isKnown = isRelation(schema.name)
    var collector = DiagnosticCollector(source: source)
    do {
      let what = try base.declare(schema).what
      if !isKnown, let what = builtIn(schema.name) {
        collector.report(.hidesBuiltIn(schema.name, what: what), at: declaration.nameSpan)
      } else if what == .hidesBuiltin {
        collector.report(.hidesBuiltIn(schema.name, what: "relation"), at: declaration.nameSpan)
      }
    } catch {
      switch error {
      case .attributeDiffers(let position, let existing, let declared):
        let spans = declaration.attributeSpans
        collector.report(
          .attributeDiffers(
            relation: schema.name, existing: existing.declaration,
            declared: declared.declaration),
          at: position < spans.count ? spans[position] : declaration.nameSpan)
      case .fewerAttributes(let existing, let declared):
        collector.report(
          .fewerAttributes(schema.name, existing: existing, declared: declared),
          at: declaration.nameSpan)
      }
      try collector.throwErrors()
    }
    return collector.sorted
  }

  /// A stated fact as words, with the types of a declared relation checked.
  ///
  /// Constant expressions are computed: `p(2 * 3).` states `p(6)`. In a denial `_` leaves an
  /// attribute open, as leaving it out does.
  func statedFact(_ atom: Atom, in source: SourceText) throws -> StatedFact {
    var collector = DiagnosticCollector(source: source)
    let (schema, isNew) = catalogue.schema(statedBy: atom)
    if isNew { reportBuiltIn(atom, isNew: true, &collector) }
    let open = atom.isDenial ? Word.anything : Word.unknown
    var words = Array(repeating: open.bits, count: schema.arity)
    for (index, argument) in positions(of: atom, in: schema, &collector) {
      let attribute = schema.attributes[index]
      if case .wildcard = argument.value.kind { continue }
      let word = stated(argument.value, attribute, of: schema.name, &collector)
      words[index] = (word ?? open).bits
    }
    let claim = atom.qualifiers.isEmpty ? Claim.plain : self.claim(atom.qualifiers, &collector)
    try collector.throwErrors()
    return StatedFact(
      schema: schema, isNew: isNew || !catalogue.isHeld(schema), words: words, claim: claim,
      isDenial: atom.isDenial,
      diagnostics: collector.sorted)
  }

  /// What a retraction or `.erase` names; variables, `_` and left-out attributes agree with all.
  func retractionPattern(_ atom: Atom, in source: SourceText) throws -> RetractionPattern {
    var collector = DiagnosticCollector(source: source)
    guard let schema = catalogue.schema(of: atom.name) else {
      let near = nearest(atom.name, among: catalogue.names)
      collector.report(.unknownRelation(atom.name, nearest: near), at: atom.nameSpan)
      throw DiagnosticsError(collector.sorted, in: source)
    }
    var pattern = RetractionPattern(
      relation: schema.name, words: Array(repeating: nil, count: schema.arity),
      isDenial: atom.isDenial, filter: ClaimFilter(), moment: nil)
    for (index, argument) in positions(of: atom, in: schema, &collector) {
      let attribute = schema.attributes[index]
      switch argument.value.kind {
      case .wildcard, .variable: continue
      default: pattern.words[index] = stated(argument.value, attribute, of: schema.name, &collector)
      }
    }
    readFilter(atom.qualifiers, &pattern, &collector)
    try collector.throwErrors()
    return pattern
  }

  private func readFilter(
    _ qualifiers: [Qualifier], _ pattern: inout RetractionPattern,
    _ collector: inout DiagnosticCollector
  ) {
    for qualifier in qualifiers {
      switch qualifier.value.kind {
      case .wildcard, .variable: continue
      default: break
      }
      let one = claim([qualifier], &collector)
      switch qualifier.name {
      case "source": pattern.filter.source = one.source
      case "document": pattern.filter.document = one.document
      case "place": pattern.filter.place = one.place
      case "certainty": pattern.filter.certainty = one.certainty
      case "known": pattern.moment = one.known
      default: pattern.filter.valid = one.valid
      }
    }
  }

  // MARK: Parts

  /// The arguments with the positions of their attributes.
  private func positions(
    of atom: Atom, in schema: Schema, _ collector: inout DiagnosticCollector
  ) -> [(Int, Argument)] {
    var result: [(Int, Argument)] = []
    result.reserveCapacity(atom.arguments.count)
    var position = 0
    for argument in atom.arguments {
      guard let name = argument.name else {
        if position < schema.arity { result.append((position, argument)) }
        position += 1
        continue
      }
      guard let index = schema.attributes.firstIndex(where: { $0.name == name }) else {
        let names = schema.attributes.map(\.name)
        let problem = ResolveProblem.unknownAttribute(
          name, relation: schema.name, attributes: names, nearest: nearest(name, among: names))
        collector.report(problem, at: argument.span)
        continue
      }
      if result.contains(where: { $0.0 == index }) {
        collector.report(.attributeTwice(name, relation: schema.name), at: argument.span)
      }
      result.append((index, argument))
    }
    let isByPosition = position == atom.arguments.count
    if position > schema.arity || !schema.isDeclared && isByPosition && position != schema.arity {
      let names = schema.attributes.map(\.name)
      let problem = ResolveProblem.wrongArity(
        schema.name, given: atom.arguments.count, attributes: names)
      collector.report(problem, at: atom.span)
    }
    return result
  }

  /// A value of an attribute as a word; nil, with a report, where there is none or it does not fit.
  private func stated(
    _ expression: Expression, _ attribute: Attribute, of relation: String,
    _ collector: inout DiagnosticCollector
  ) -> Word? {
    guard let value = constant(expression, &collector) else { return nil }
    guard let fitting = Coercion.stated(value, as: attribute.type) else {
      let problem = ResolveProblem.wrongType(
        attribute: attribute.name, relation: relation, type: attribute.type,
        text: collector.source[expression.span],
        reason: Coercion.reason(value, as: attribute.type))
      collector.report(problem, at: expression.span)
      return nil
    }
    return base.values.word(for: fitting)
  }

  /// The value of an expression without variables.
  func constant(
    _ expression: Expression, _ collector: inout DiagnosticCollector
  ) -> Value? {
    switch expression.kind {
    case .constant(let value): return value
    case .wildcard: return .unknown
    case .variable(let name):
      collector.report(.variableInFact(name), at: expression.span)
      return nil
    case .list:
      collector.report(.listOutsideIn, at: expression.span)
      return nil
    case .today, .parameter, .unary, .binary, .call: break
    }
    let prepared = prepare(&collector) { $0.prepare(expression) }
    switch prepared.kind {
    case .constant(let value): return collector.hasErrors ? nil : value
    case .unary(.minus, let operand): return apply(.negate, [operand], expression, &collector)
    case .binary(let operation, let left, let right):
      return apply(ValueOperation(operation), [left, right], expression, &collector)
    case .call(let name, let arguments):
      guard let operation = ValueOperation.function(named: name) else {
        let near = nearest(name, among: ValueOperation.functionNames)
        collector.report(.unknownFunction(name, nearest: near), at: expression.span)
        return nil
      }
      guard operation.arity.contains(arguments.count) else {
        let problem = ResolveProblem.functionArity(
          name, given: arguments.count, expected: operation.arity)
        collector.report(problem, at: expression.span)
        return nil
      }
      return apply(operation, arguments, expression, &collector)
    default: return nil
    }
  }

  private func apply(
    _ operation: ValueOperation, _ operands: [Expression], _ expression: Expression,
    _ collector: inout DiagnosticCollector
  ) -> Value? {
    var words: [Word] = []
    for operand in operands {
      guard let value = constant(operand, &collector) else { return nil }
      words.append(base.values.word(for: value))
    }
    switch base.values.apply(operation, words) {
    case .success(let word): return base.values.value(of: word)
    case .failure(let failure):
      collector.report(.noValueInFact(failure.message), at: expression.span)
      return nil
    }
  }

  /// The qualifiers of a stated fact.
  private func claim(_ qualifiers: [Qualifier], _ collector: inout DiagnosticCollector) -> Claim {
    var claim = Claim()
    for qualifier in qualifiers {
      guard
        let attribute = RelationCatalogue.qualifiers.first(where: { $0.name == qualifier.name })
      else {
        let allowed = RelationCatalogue.qualifiers.map(\.name)
        let near = nearest(qualifier.name, among: allowed)
        let problem = ResolveProblem.unknownQualifier(
          qualifier.name, allowed: allowed, nearest: near)
        collector.report(problem, at: qualifier.nameSpan)
        continue
      }
      if attribute.name == "certainty" {
        claim.certainty = certainty(qualifier.value, &collector)
        continue
      }
      let word = stated(qualifier.value, attribute, of: "claim", &collector) ?? .unknown
      switch attribute.name {
      case "source": claim.source = word
      case "document": claim.document = word
      case "place": claim.place = word
      case "known":
        claim.known = word
        claim.knownIsGiven = true
      default: claim.valid = word
      }
    }
    return claim
  }

  private func certainty(
    _ expression: Expression, _ collector: inout DiagnosticCollector
  ) -> Certainty {
    guard let value = constant(expression, &collector) else { return .certain }
    if case .symbol(let name) = value,
      let level = RelationCatalogue.certainties.firstIndex(of: name),
      let certainty = Certainty(rawValue: UInt8(level))
    {
      return certainty
    }
    let text = collector.source[expression.span]
    let near = nearest(text, among: RelationCatalogue.certainties)
    collector.report(.badCertainty(text, nearest: near), at: expression.span)
    return .certain
  }
}

extension Attribute {
  /// The attribute as a declaration writes it, such as `size: integer[positions]`.
  fileprivate var declaration: String {
    let unit = self.unit.map { "[\($0)]" } ?? ""
    return type == .any ? name + unit : "\(name): \(type)\(unit)"
  }
}
