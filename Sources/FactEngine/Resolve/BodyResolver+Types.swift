import FactLanguage
import FactModel

extension BodyResolver {
  /// Notes the types that attributes, and then equalities, give to the variables of a conjunction.
  func flowTypes(_ literals: [Literal]) {
    for literal in literals {
      switch literal.kind {
      case .atom(let atom): noteTypes(of: atom)
      case .optional(let inner): if case .atom(let atom) = inner.kind { noteTypes(of: atom) }
      default: break
      }
    }
    for literal in literals {
      guard case .file(let file) = literal.kind else { continue }
      for argument in file.arguments {
        guard case .variable(let name) = argument.value.kind else { continue }
        let slot = slot(of: name, at: argument.value.span)
        if let type = headTypes[slot], types[slot] == nil {
          types[slot] = type
          declaredSlots.insert(slot)
        }
      }
    }
    var isChanged = true
    while isChanged {
      isChanged = false
      for literal in literals {
        switch literal.kind {
        case .comparison(.equal, let left, let right):
          if takeType(left, from: right) || takeType(right, from: left) { isChanged = true }
        case .membership(let element, let set):
          // Beside dates a number is a year there, so that it says nothing of the variable.
          if case .constant(let value) = set.kind, ValueType(of: value).kind == .number,
            case .success = value.asDate
          {
            continue
          }
          if takeType(element, from: set) { isChanged = true }
        default: break
        }
      }
    }
  }

  /// Gives a variable without a type that of an expression; false where nothing changes.
  private func takeType(_ variable: Expression, from expression: Expression) -> Bool {
    guard case .variable(let name) = variable.kind, columns == nil else { return false }
    let slot = slot(of: name, at: variable.span)
    guard types[slot] == nil else { return false }
    let type = infer(expression)
    guard type.type != .any else { return false }
    types[slot] = type
    if case .variable(let other) = expression.kind,
      declaredSlots.contains(self.slot(of: other, at: expression.span))
    {
      declaredSlots.insert(slot)
    }
    return true
  }

  private func noteTypes(of atom: Atom) {
    guard columns == nil, test(of: atom) == nil, let schema = schema(of: atom) else { return }
    var position = 0
    for argument in atom.arguments {
      var index = position
      if let name = argument.name {
        guard let found = schema.attributes.firstIndex(where: { $0.name == name }) else { continue }
        index = found
      } else {
        position += 1
      }
      guard index < schema.arity else { continue }
      note(schema.attributes[index], of: atom.name, for: argument.value)
    }
    for qualifier in atom.qualifiers {
      let attribute = RelationCatalogue.qualifiers.first { $0.name == qualifier.name }
      if let attribute { note(attribute, of: atom.name, for: qualifier.value) }
    }
  }

  /// A variable has the type of the attribute that it stands in; two kinds are an error.
  private func note(_ attribute: Attribute, of relation: String, for value: Expression) {
    guard case .variable(let name) = value.kind else { return }
    let new = ValueType(attribute)
    guard new.type != .any || new.unit != nil else { return }
    let slot = slot(of: name, at: value.span)
    declaredSlots.insert(slot)
    guard let old = types[slot] else {
      types[slot] = new
      return
    }
    if let oldKind = old.kind, let newKind = new.kind, oldKind != newKind {
      let place = "\(attribute.name) of \(relation)"
      collector.report(.kinds(name, place, left: oldKind, right: newKind), at: value.span)
    } else if let oldUnit = old.unit, let newUnit = new.unit, oldUnit != newUnit {
      collector.report(.units("`\(name)`", left: oldUnit, right: newUnit), at: value.span)
    }
    let type = old.type == .any ? new.type : old.type.widened(new.type)
    types[slot] = ValueType(type, unit: old.unit ?? new.unit)
  }

  /// The type of an expression as far as it is known; reports nothing.
  func infer(_ expression: Expression) -> ValueType {
    switch expression.kind {
    case .variable(let name):
      if let columns { return columns[name].map { type(of: $0) } ?? .any }
      return type(of: slot(of: name, at: expression.span))
    case .constant(let value): return ValueType(of: value)
    case .today: return ValueType(.date)
    case .wildcard, .parameter: return .any
    case .unary: return ValueType(.number)
    case .binary(let operation, let left, let right):
      return ValueOperation(operation).result(of: [infer(left), infer(right)])
    case .call(let name, let arguments):
      return ValueOperation.function(named: name)?.result(of: arguments.map { infer($0) }) ?? .any
    case .list(let items):
      guard let first = items.first else { return .any }
      return items.dropFirst().reduce(infer(first)) { $0.widened(infer($1)) }
    }
  }

  /// Reports two operands whose kinds or units do not go together.
  func checkAlike(
    _ left: (text: String, type: ValueType), _ right: (text: String, type: ValueType),
    _ what: String, at span: SourceSpan
  ) {
    if let leftKind = left.type.kind, let rightKind = right.type.kind, leftKind != rightKind {
      let problem = CheckProblem.kinds(left.text, right.text, left: leftKind, right: rightKind)
      collector.report(problem, at: span)
    } else if let leftUnit = left.type.unit, let rightUnit = right.type.unit, leftUnit != rightUnit
    {
      collector.report(.units(what, left: leftUnit, right: rightUnit), at: span)
    }
  }
}
