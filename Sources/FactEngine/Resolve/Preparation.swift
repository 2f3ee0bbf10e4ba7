import FactLanguage
import FactModel

/// Puts constants in the place of parameters and `today`, and of a minus before a number.
struct Preparation {
  /// The values of parameters by name; defaults of a named query are among them.
  var parameters: [String: Value]
  /// The date of `today`; nil leaves it as it stands.
  var today: CalendarDate?
  var collector: DiagnosticCollector

  init(parameters: [String: Value], today: CalendarDate?, collector: DiagnosticCollector) {
    self.parameters = parameters
    self.today = today
    self.collector = collector
  }

  mutating func prepare(_ expression: Expression) -> Expression {
    let span = expression.span
    switch expression.kind {
    case .variable, .wildcard, .constant: return expression
    case .today:
      guard let today else { return expression }
      return Expression(.constant(.date(today)), at: span)
    case .parameter(let name):
      guard let value = parameters[name] else {
        let near = nearest(name, among: parameters.keys.sorted())
        collector.report(.unsetParameter(name, nearest: near), at: span)
        return Expression(.constant(.unknown), at: span)
      }
      return Expression(.constant(value), at: span)
    case .unary(let operation, let operand):
      let operand = prepare(operand)
      if case .constant(.integer(let integer)) = operand.kind, integer != .min {
        return Expression(.constant(.integer(-integer)), at: span)
      }
      if case .constant(.number(let number)) = operand.kind {
        return Expression(.constant(.number(-number)), at: span)
      }
      return Expression(.unary(operation, operand), at: span)
    case .binary(let operation, let left, let right):
      return Expression(.binary(operation, prepare(left), prepare(right)), at: span)
    case .call(let name, let arguments):
      return Expression(.call(name: name, arguments: arguments.map { prepare($0) }), at: span)
    case .list(let items):
      return Expression(.list(items.map { prepare($0) }), at: span)
    }
  }

  mutating func prepare(_ atom: Atom) -> Atom {
    var atom = atom
    prepare(&atom.arguments)
    prepare(&atom.qualifiers)
    return atom
  }

  private mutating func prepare(_ arguments: inout [Argument]) {
    for index in arguments.indices { arguments[index].value = prepare(arguments[index].value) }
  }

  private mutating func prepare(_ qualifiers: inout [Qualifier]) {
    for index in qualifiers.indices { qualifiers[index].value = prepare(qualifiers[index].value) }
  }

  mutating func prepare(_ body: Body) -> Body {
    // Most bodies stay as they are, and copying them costs more than looking.
    if body.alternatives.allSatisfy({ $0.allSatisfy(\.isPrepared) }) { return body }
    var body = body
    body.alternatives = body.alternatives.map { literals in literals.map { prepare($0) } }
    return body
  }

  mutating func prepare(_ literal: Literal) -> Literal {
    switch literal.kind {
    case .atom(let atom): return Literal(.atom(prepare(atom)), at: literal.span)
    case .file(var file):
      file.path = prepare(file.path)
      prepare(&file.arguments)
      prepare(&file.qualifiers)
      return Literal(.file(file), at: literal.span)
    case .comparison(let operation, let left, let right):
      return Literal(.comparison(operation, prepare(left), prepare(right)), at: literal.span)
    case .membership(let left, let right):
      return Literal(.membership(prepare(left), prepare(right)), at: literal.span)
    case .overlaps(let left, let right):
      return Literal(.overlaps(prepare(left), prepare(right)), at: literal.span)
    case .negation(let body): return Literal(.negation(prepare(body)), at: literal.span)
    case .optional(let inner): return Literal(.optional(prepare(inner)), at: literal.span)
    case .group(let body): return Literal(.group(prepare(body)), at: literal.span)
    }
  }

  mutating func prepare(_ rule: RuleSyntax) -> RuleSyntax {
    RuleSyntax(head: prepare(rule.head), body: prepare(rule.body), span: rule.span)
  }

  mutating func prepare(_ stage: Stage) -> Stage {
    var stage = stage
    switch stage.kind {
    case .select(var columns):
      for index in columns.indices { columns[index].value = prepare(columns[index].value) }
      stage.kind = .select(columns)
    case .filter(let body): stage.kind = .filter(prepare(body))
    case .aggregate(var aggregates, let groups):
      for index in aggregates.indices {
        aggregates[index].argument = aggregates[index].argument.map { prepare($0) }
        aggregates[index].key = aggregates[index].key.map { prepare($0) }
      }
      stage.kind = .aggregate(aggregates, by: groups.map { prepare($0) })
    case .sort(var keys):
      for index in keys.indices { keys[index].value = prepare(keys[index].value) }
      stage.kind = .sort(keys)
    case .limit(let count, let offset):
      stage.kind = .limit(prepare(count), offset: offset.map { prepare($0) })
    case .chart: break
    case .into(let path): stage.kind = .into(prepare(path))
    }
    return stage
  }
}

extension Literal {
  /// Whether there is nothing in it that a constant takes the place of.
  fileprivate var isPrepared: Bool {
    switch kind {
    case .atom(let atom):
      return atom.arguments.allSatisfy(\.value.isPrepared)
        && atom.qualifiers.allSatisfy(\.value.isPrepared)
    case .comparison(_, let left, let right), .membership(let left, let right),
      .overlaps(let left, let right):
      return left.isPrepared && right.isPrepared
    case .negation(let body), .group(let body):
      return body.alternatives.allSatisfy { $0.allSatisfy(\.isPrepared) }
    case .optional(let inner): return inner.isPrepared
    case .file: return false
    }
  }
}

extension Expression {
  fileprivate var isPrepared: Bool {
    switch kind {
    case .variable, .wildcard, .constant: true
    case .today, .parameter, .unary: false
    case .binary(_, let left, let right): left.isPrepared && right.isPrepared
    case .call(_, let arguments): arguments.allSatisfy(\.isPrepared)
    case .list(let items): items.allSatisfy(\.isPrepared)
    }
  }
}
