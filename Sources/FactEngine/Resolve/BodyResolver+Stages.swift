import FactLanguage
import FactModel

extension BodyResolver {
  /// Resolves stages over the columns so far, which the body's variables are at first.
  ///
  /// Each column that a stage makes has a slot of its own. Call `finishTypes` before.
  func resolve(_ stages: [Stage]) -> [ResolvedStage] {
    if stages.isEmpty { return [] }
    if columns == nil {
      columns = levels[0].slots.reduce(into: [:]) { $0[$1.name] = $1.value }
    }
    var resolved: [ResolvedStage] = []
    for stage in stages {
      if let chart {
        collector.report(
          .badChart("`chart` is the last stage", hint: "put what follows it before it"),
          at: chart.span)
        self.chart = nil
      }
      if let stage = resolve(stage) { resolved.append(stage) }
    }
    publishTypes()
    return resolved
  }

  private func resolve(_ stage: Stage) -> ResolvedStage? {
    switch stage.kind {
    case .select(let selected): return select(selected)
    case .filter(let body):
      guard let alternatives = Alternatives.expand(body) else {
        collector.report(.tooManyAlternatives(limit: Alternatives.limit), at: body.span)
        return nil
      }
      return .filter(ResolvedBody(alternatives: alternatives.map { filter($0) }))
    case .aggregate(let aggregates, let groups): return aggregate(aggregates, by: groups)
    case .sort(let keys):
      return .sort(
        keys.map { key in
          ResolvedSortKey(value: resolve(key.value).value, isDescending: key.isDescending)
        })
    case .limit(let count, let offset):
      guard let count = wholeNumber(count), let offset = offset.map(wholeNumber) ?? 0 else {
        return nil
      }
      return .limit(count, offset: offset)
    case .chart(let form, let value):
      resolveChart(form, value, at: stage.span)
      return nil
    case .into(let path):
      guard let path = filePath(path) else { return nil }
      return .into(path: path, span: stage.span)
    }
  }

  private func filter(_ literals: [Literal]) -> [ResolvedLiteral] {
    var resolved: [ResolvedLiteral] = []
    for literal in literals { resolve(literal, into: &resolved) }
    return resolved
  }

  private func wholeNumber(_ expression: Expression) -> Int? {
    if case .constant(.integer(let number)) = expression.kind, number >= 0 { return Int(number) }
    collector.report(.badLimit, at: expression.span)
    return nil
  }

  // MARK: Columns

  private func select(_ selected: [NamedExpression]) -> ResolvedStage {
    var names: [String: Slot] = [:]
    var made: [ResolvedColumn] = []
    for column in selected {
      let (value, type) = resolve(column.value)
      let name = column.name ?? self.name(of: column.value)
      let slot = newSlot(name, at: column.span, type: type)
      if names.updateValue(slot, forKey: name) != nil {
        collector.report(.columnTwice(name), at: column.span)
      }
      made.append(ResolvedColumn(slot: slot, value: value))
    }
    columns = names
    return .select(made)
  }

  private func aggregate(_ aggregates: [NamedAggregate], by groups: [Expression]) -> ResolvedStage {
    var names: [String: Slot] = [:]
    var keys: [ResolvedColumn] = []
    for group in groups {
      let (value, type) = resolve(group)
      let name = self.name(of: group)
      let slot = newSlot(name, at: group.span, type: type)
      if names.updateValue(slot, forKey: name) != nil {
        collector.report(.columnTwice(name), at: group.span)
      }
      keys.append(ResolvedColumn(slot: slot, value: value))
    }
    var made: [AggregateColumn] = []
    for named in aggregates {
      let (aggregate, type) = resolve(
        named.function, isDistinct: named.isDistinct, named.argument, key: named.key,
        at: named.span)
      let name = named.name ?? freeName(defaultName(of: named), in: names)
      let slot = newSlot(name, at: named.span, type: type)
      if names.updateValue(slot, forKey: name) != nil {
        collector.report(.columnTwice(name), at: named.span)
      }
      made.append(AggregateColumn(slot: slot, aggregate: aggregate))
    }
    columns = names
    return .aggregate(by: keys, made)
  }

  /// The name of a column that is not named: the variable, or the text of the expression.
  private func name(of expression: Expression) -> String {
    if case .variable(let name) = expression.kind { return name }
    return source[expression.span]
  }

  /// `Count`, `Count_X`, `Sum_N`, …; an expression that is no variable gives no more to the name.
  private func defaultName(of named: NamedAggregate) -> String {
    let word = named.function.rawValue
    let function = word.prefix(1).uppercased() + word.dropFirst()
    guard let argument = named.argument, case .variable(let name) = argument.kind else {
      return function
    }
    return function + "_" + name
  }

  /// The name, or where it is taken the name with the first free number.
  private func freeName(_ name: String, in taken: [String: Slot]) -> String {
    if taken[name] == nil { return name }
    var number = 2
    while taken["\(name)_\(number)"] != nil { number += 1 }
    return "\(name)_\(number)"
  }
}

extension ResolvedStage {
  /// The slots that the stage reads, with the places where it does.
  var reads: [ResolvedExpression] {
    switch self {
    case .select(let columns): columns.map(\.value)
    case .filter, .limit, .into: []
    case .aggregate(let groups, let aggregates):
      groups.map(\.value)
        + aggregates.flatMap { [$0.aggregate.argument, $0.aggregate.key].compactMap(\.self) }
    case .sort(let keys): keys.map(\.value)
    }
  }

  /// The slots of the columns from here on; nil where the stage keeps those it has.
  var columns: [Slot]? {
    switch self {
    case .select(let columns): columns.map(\.slot)
    case .aggregate(let groups, let aggregates): groups.map(\.slot) + aggregates.map(\.slot)
    case .filter, .sort, .limit, .into: nil
    }
  }
}

extension ResolvedQuery {
  /// The slots of the columns that the answer has after all stages.
  var answerColumns: [Slot] { stages.last { $0.columns != nil }?.columns ?? columns }
}
