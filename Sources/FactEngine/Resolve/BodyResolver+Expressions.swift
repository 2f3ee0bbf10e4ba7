import FactLanguage
import FactModel

extension BodyResolver {
  /// An expression over slots, and its type. A constant becomes a date where one is expected.
  func resolve(
    _ expression: Expression, expecting kind: ValueKind? = nil
  ) -> (value: ResolvedExpression, type: ValueType) {
    let span = expression.span
    switch expression.kind {
    case .variable(let name):
      let slot = slot(of: name, at: span)
      return (ResolvedExpression(.variable(slot), at: span), type(of: slot))
    case .constant(let value):
      let value = kind == .date ? Coercion.date(value) ?? value : value
      let word = catalogue.values.word(for: value)
      return (ResolvedExpression(.constant(word), at: span), ValueType(of: value))
    case .wildcard:
      collector.report(.wildcardInExpression, at: span)
      return (ResolvedExpression(.variable(poisonedSlot(at: span)), at: span), .any)
    case .today, .parameter:
      // Both have been replaced, or reported, before.
      return (ResolvedExpression(.constant(.unknown), at: span), .any)
    case .unary(.minus, let operand): return call(.negate, "-", [operand], at: span)
    case .binary(let operation, let left, let right):
      return call(ValueOperation(operation), operation.rawValue, [left, right], at: span)
    case .call(let name, let arguments): return call(name, arguments, at: span)
    case .list:
      collector.report(.listOutsideIn, at: span)
      return (ResolvedExpression(.constant(.unknown), at: span), .any)
    }
  }

  private func call(
    _ name: String, _ arguments: [Expression], at span: SourceSpan
  ) -> (value: ResolvedExpression, type: ValueType) {
    let isAggregate = AggregateFunction(rawValue: name) != nil
    guard let function = ValueOperation.function(named: name) else {
      if isAggregate {
        collector.report(.aggregateMisplaced(name), at: span)
      } else {
        let near = nearest(name, among: ValueOperation.functionNames)
        collector.report(.unknownFunction(name, nearest: near), at: span)
      }
      return poisonedCall(arguments, at: span)
    }
    guard function.arity.contains(arguments.count) else {
      if isAggregate, arguments.count == 1 {
        collector.report(.aggregateMisplaced(name), at: span)
      } else {
        collector.report(
          .functionArity(name, given: arguments.count, expected: function.arity), at: span)
      }
      return poisonedCall(arguments, at: span)
    }
    return call(function, name, arguments, at: span)
  }

  /// What is wrong inside the arguments is still worth saying.
  private func poisonedCall(
    _ arguments: [Expression], at span: SourceSpan
  ) -> (value: ResolvedExpression, type: ValueType) {
    for argument in arguments { _ = resolve(argument) }
    return (ResolvedExpression(.variable(poisonedSlot(at: span)), at: span), .any)
  }

  private func call(
    _ function: ValueOperation, _ name: String, _ arguments: [Expression], at span: SourceSpan
  ) -> (value: ResolvedExpression, type: ValueType) {
    var values: [ResolvedExpression] = []
    var types: [ValueType] = []
    for (index, argument) in arguments.enumerated() {
      let expected = function.kind(ofArgument: index)
      let (value, type) = resolve(argument, expecting: expected)
      if let expected, let given = type.kind, given != expected {
        let problem = CheckProblem.functionArgument(name, expected: expected, given: given)
        collector.report(problem, at: argument.span)
      }
      values.append(value)
      types.append(type)
    }
    if function.wantsAlikeArguments { checkArguments(function, name, arguments, types, at: span) }
    return (ResolvedExpression(.call(function, values), at: span), function.result(of: types))
  }

  /// Sums take numbers of one unit, dates and days; `min` and `max` values of one kind.
  private func checkArguments(
    _ function: ValueOperation, _ name: String, _ arguments: [Expression], _ types: [ValueType],
    at span: SourceSpan
  ) {
    let isSum = function == .add || function == .subtract
    if isSum {
      for (argument, type) in zip(arguments, types) where type.kind == .symbol {
        let problem = CheckProblem.functionArgument(name, expected: .number, given: .symbol)
        collector.report(problem, at: argument.span)
        return
      }
      let kinds = types.map(\.kind)
      if kinds == [.date, .date], function == .add {
        let problem = CheckProblem.functionArgument(name, expected: .number, given: .date)
        return collector.report(problem, at: arguments[1].span)
      }
      if kinds == [.number, .date], function == .subtract {
        let problem = CheckProblem.functionArgument(name, expected: .number, given: .date)
        return collector.report(problem, at: arguments[1].span)
      }
      if kinds.contains(.date) { return }
    }
    for index in arguments.indices.dropFirst() {
      checkAlike(
        (source[arguments[0].span], types[0]), (source[arguments[index].span], types[index]),
        "`\(source[span])`", at: span)
    }
  }

  // MARK: Comparisons

  /// The two sides of a comparison; a constant becomes a date where the other side is one.
  func resolveAlike(
    _ left: Expression, _ right: Expression
  ) -> (ResolvedExpression, ResolvedExpression) {
    let leftKind = infer(left).kind
    let rightKind = infer(right).kind
    let first = resolve(left, expecting: rightKind == .date ? .date : nil)
    let second = resolve(right, expecting: leftKind == .date ? .date : nil)
    checkAlike(
      (source[left.span], first.type), (source[right.span], second.type), "this comparison",
      at: left.span.joined(right.span))
    return (first.value, second.value)
  }

  /// `X in R` or `X in [a, b]`.
  func resolve(_ element: Expression, in set: Expression) -> ResolvedLiteral.Kind {
    guard case .list(let items) = set.kind else {
      let (element, set, type) = resolveMember(element, of: set)
      if type.kind == .symbol {
        let problem = CheckProblem.functionArgument("in", expected: .number, given: .symbol)
        collector.report(problem, at: set.span)
      }
      return .memberOfRange(element, set)
    }
    let elementKind = infer(element).kind
    let isDate = elementKind == .date || items.contains { infer($0).kind == .date }
    let first = resolve(element, expecting: isDate ? .date : nil)
    var values: [ResolvedExpression] = []
    for item in items {
      let second = resolve(item, expecting: elementKind == .date ? .date : nil)
      checkAlike(
        (source[element.span], first.type), (source[item.span], second.type), "this list",
        at: item.span)
      values.append(second.value)
    }
    return .memberOfList(first.value, values)
  }

  private func resolveMember(
    _ element: Expression, of set: Expression
  ) -> (ResolvedExpression, ResolvedExpression, ValueType) {
    let elementKind = infer(element).kind
    let setKind = infer(set).kind
    let first = resolve(element, expecting: setKind == .date ? .date : nil)
    let second = resolve(set, expecting: elementKind == .date ? .date : nil)
    if second.type.kind != .symbol {
      checkAlike(
        (source[element.span], first.type), (source[set.span], second.type), "this comparison",
        at: element.span.joined(set.span))
    }
    return (first.value, second.value, second.type)
  }
}
