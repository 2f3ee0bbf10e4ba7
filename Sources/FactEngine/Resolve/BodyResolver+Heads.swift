import FactLanguage
import FactModel

extension BodyResolver {
  /// Takes over the types that a head declares for its variables, before the body is resolved.
  func noteHeadTypes(of head: Atom, schema: Schema) {
    guard let matched = match(head, to: schema) else { return }
    var pairs = Array(zip(schema.attributes, matched))
    for qualifier in head.qualifiers {
      let attribute = RelationCatalogue.qualifiers.first { $0.name == qualifier.name }
      if let attribute { pairs.append((attribute, qualifier.value)) }
    }
    for (attribute, value) in pairs {
      guard let value, case .variable(let name) = value.kind, attribute.type != .any else {
        continue
      }
      let slot = slot(of: name, at: value.span)
      if headTypes[slot] == nil { headTypes[slot] = ValueType(attribute) }
    }
  }

  /// The arguments of a head by position; attributes left out are unknown.
  func resolveHead(_ head: Atom, schema: Schema) -> [HeadTerm] {
    guard let matched = match(head, to: schema) else { return [] }
    return zip(schema.attributes, matched).map { attribute, value in
      guard let value else {
        return .expression(ResolvedExpression(.constant(.unknown), at: head.span))
      }
      return headTerm(value, attribute, of: schema.name)
    }
  }

  /// The six qualifier columns of a `load` head; `Word.anything` stands for one not given, which is
  /// not the same as given but unknown.
  func resolveQualifiers(ofHead head: Atom) -> [HeadTerm] {
    guard !head.qualifiers.isEmpty, checkNames(of: head.qualifiers) else { return [] }
    return RelationCatalogue.qualifiers.map { attribute in
      guard let value = head.qualifiers.first(where: { $0.name == attribute.name })?.value else {
        return .expression(ResolvedExpression(.constant(.anything), at: head.span))
      }
      if attribute.name == "certainty" { checkCertainty(value) }
      return headTerm(value, attribute, of: "claim")
    }
  }

  private func headTerm(
    _ value: Expression, _ attribute: Attribute, of relation: String
  ) -> HeadTerm {
    let span = value.span
    switch value.kind {
    case .wildcard:
      collector.report(.wildcardInHead, at: span)
      return .expression(ResolvedExpression(.constant(.unknown), at: span))
    case .constant(let constant):
      guard let stated = Coercion.stated(constant, as: attribute.type) else {
        let problem = ResolveProblem.wrongType(
          attribute: attribute.name, relation: relation, type: attribute.type, text: source[span],
          reason: Coercion.reason(constant, as: attribute.type))
        collector.report(problem, at: span)
        return .expression(ResolvedExpression(.constant(.unknown), at: span))
      }
      return .expression(
        ResolvedExpression(.constant(catalogue.values.word(for: stated)), at: span))
    case .call(let name, let arguments):
      guard let function = AggregateFunction(rawValue: name),
        function.isAggregate(of: arguments.count)
      else { break }
      let (aggregate, type) = resolve(
        function, isDistinct: false, arguments.first,
        key: arguments.count == 2 ? arguments[1] : nil, at: span)
      checkHead(type, attribute, of: relation, at: span)
      return .aggregate(aggregate)
    default: break
    }
    let (resolved, type) = resolve(value, expecting: attribute.type.kind)
    checkHead(type, attribute, of: relation, at: span)
    return .expression(resolved)
  }

  private func checkHead(
    _ type: ValueType, _ attribute: Attribute, of relation: String, at span: SourceSpan
  ) {
    guard let given = type.kind, let expected = attribute.type.kind, given != expected else {
      return
    }
    let problem = CheckProblem.headType(
      attribute: attribute.name, relation: relation, type: attribute.type, given: given)
    collector.report(problem, at: span)
  }

  // MARK: Aggregates

  /// An aggregate and the type of its result.
  func resolve(
    _ function: AggregateFunction, isDistinct: Bool, _ argument: Expression?, key: Expression?,
    at span: SourceSpan
  ) -> (ResolvedAggregate, ValueType) {
    let value = argument.map { resolve($0) }
    let order = key.map { resolve($0) }
    let type = value?.type ?? .any
    if function == .sum || function == .avg, let kind = type.kind, kind != .number {
      let problem = CheckProblem.functionArgument(
        function.rawValue, expected: .number, given: kind)
      collector.report(problem, at: argument?.span ?? span)
    }
    let aggregate = ResolvedAggregate(
      function: function, isDistinct: isDistinct, argument: value?.value, key: order?.value,
      span: span)
    return (aggregate, function.result(of: type))
  }
}
