import FactLanguage

/// Calls a closure for the variables of a syntax tree, in the order of the text.
struct VariableWalk {
  /// Whether what stands under `not` is visited too.
  var entersNegations: Bool
  let visit: (_ name: String, _ span: SourceSpan) -> Void

  init(entersNegations: Bool, visit: @escaping (_ name: String, _ span: SourceSpan) -> Void) {
    self.entersNegations = entersNegations
    self.visit = visit
  }

  func walk(_ expression: Expression) {
    switch expression.kind {
    case .variable(let name): visit(name, expression.span)
    case .wildcard, .constant, .today, .parameter: break
    case .unary(_, let operand): walk(operand)
    case .binary(_, let left, let right):
      walk(left)
      walk(right)
    case .call(_, let arguments): arguments.forEach(walk)
    case .list(let items): items.forEach(walk)
    }
  }

  func walk(_ atom: Atom) {
    for argument in atom.arguments { walk(argument.value) }
    for qualifier in atom.qualifiers { walk(qualifier.value) }
  }

  func walk(_ literals: [Literal]) { literals.forEach(walk) }

  func walk(_ body: Body) { body.alternatives.forEach(walk) }

  func walk(_ literal: Literal) {
    switch literal.kind {
    case .atom(let atom): walk(atom)
    case .file(let file):
      for argument in file.arguments { walk(argument.value) }
      for qualifier in file.qualifiers { walk(qualifier.value) }
    case .comparison(_, let left, let right), .membership(let left, let right),
      .overlaps(let left, let right):
      walk(left)
      walk(right)
    case .negation(let body): if entersNegations { walk(body) }
    case .optional(let inner): walk(inner)
    case .group(let body): walk(body)
    }
  }
}
