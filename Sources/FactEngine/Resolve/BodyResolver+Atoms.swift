import FactLanguage
import FactModel

extension BodyResolver {
  /// The test that an atom is: only where no relation has that name.
  func test(of atom: Atom) -> Test? {
    catalogue.isRelation(atom.name) ? nil : Test(rawValue: atom.name)
  }

  /// The attributes of the relation of an atom; nil where there is none.
  func schema(of atom: Atom) -> Schema? {
    if let schema = catalogue.schema(of: atom.name) { return schema }
    return atom.name == RelationCatalogue.claim.name ? RelationCatalogue.claim : nil
  }

  /// `contains(T, "x")` and the other tests.
  func resolve(_ atom: Atom, as test: Test) -> ResolvedLiteral.Kind {
    if atom.isDenial { collector.report(.denialOfTest(atom.name), at: atom.span) }
    if let qualifier = atom.qualifiers.first {
      collector.report(.noQualifiers(atom.name), at: qualifier.nameSpan)
    }
    if let argument = atom.arguments.first(where: { $0.name != nil }) {
      collector.report(.namesOnTest(atom.name), at: argument.span)
    }
    if atom.arguments.count != test.arity {
      let expected = test.arity...test.arity
      collector.report(
        .functionArity(atom.name, given: atom.arguments.count, expected: expected), at: atom.span)
    }
    let arguments = atom.arguments.map { argument in
      let (value, type) = resolve(argument.value)
      if test != .unknown, let given = type.kind, given != .symbol {
        let problem = CheckProblem.functionArgument(atom.name, expected: .symbol, given: given)
        collector.report(problem, at: argument.span)
      }
      return value
    }
    return .test(test, arguments)
  }

  /// An atom of a relation; equalities for its argument expressions go before it.
  func resolve(_ atom: Atom, into literals: inout [ResolvedLiteral]) -> ResolvedAtom? {
    if columns != nil {
      collector.report(.atomInWhere(atom.name), at: atom.span)
      return nil
    }
    guard let schema = schema(of: atom) else { return resolveUnknown(atom, into: &literals) }
    guard let matched = match(atom, to: schema) else { return nil }
    var arguments: [ResolvedArgument] = []
    for (attribute, value) in zip(schema.attributes, matched) {
      arguments.append(argument(value, attribute, of: atom.name, into: &literals))
    }
    let isCatalogue = catalogue.schema(of: atom.name) == nil
    if !atom.qualifiers.isEmpty {
      guard checkQualifiers(of: atom, isCatalogue: isCatalogue) else { return nil }
      for attribute in RelationCatalogue.qualifiers {
        let value = atom.qualifiers.first { $0.name == attribute.name }?.value
        if attribute.name == "certainty" { checkCertainty(value) }
        arguments.append(argument(value, attribute, of: "claim", into: &literals))
      }
    }
    return ResolvedAtom(
      source: source(of: atom, isCatalogue: isCatalogue), arguments: arguments, span: atom.span)
  }

  private func source(of atom: Atom, isCatalogue: Bool) -> AtomSource {
    if isCatalogue { return .claimCatalogue }
    if atom.isDenial {
      return atom.qualifiers.isEmpty ? .denials(atom.name) : .denialClaims(atom.name)
    }
    return atom.qualifiers.isEmpty ? .relation(atom.name) : .claims(atom.name)
  }

  /// A relation that nothing states or derives: an error where a query asks it, else empty.
  private func resolveUnknown(
    _ atom: Atom, into literals: inout [ResolvedLiteral]
  ) -> ResolvedAtom? {
    let attribute = Attribute(name: "")
    var arguments: [ResolvedArgument] = []
    for given in atom.arguments {
      arguments.append(argument(given.value, attribute, of: atom.name, into: &literals))
    }
    if isQuery {
      let near = nearest(atom.name, among: catalogue.names)
      collector.report(.unknownRelation(atom.name, nearest: near), at: atom.nameSpan)
      return nil
    }
    return ResolvedAtom(
      source: atom.isDenial ? .denials(atom.name) : .relation(atom.name), arguments: arguments,
      span: atom.span)
  }

  /// The values of an atom in the order of the attributes, nil for those left out.
  func match(_ atom: Atom, to schema: Schema) -> [Expression?]? {
    var values: [Expression?] = Array(repeating: nil, count: schema.arity)
    var position = 0
    var isRight = true
    for argument in atom.arguments {
      var index = position
      if let name = argument.name {
        guard let found = schema.attributes.firstIndex(where: { $0.name == name }) else {
          let names = schema.attributes.map(\.name)
          let problem = ResolveProblem.unknownAttribute(
            name, relation: schema.name, attributes: names, nearest: nearest(name, among: names))
          collector.report(problem, at: argument.span)
          isRight = false
          continue
        }
        index = found
      } else {
        position += 1
      }
      guard index < schema.arity else { continue }
      if values[index] != nil {
        let name = schema.attributes[index].name
        collector.report(.attributeTwice(name, relation: schema.name), at: argument.span)
        isRight = false
      }
      values[index] = argument.value
    }
    let isByPosition = position == atom.arguments.count
    if position > schema.arity || !schema.isDeclared && isByPosition && position != schema.arity {
      let names = schema.attributes.map(\.name)
      let problem = ResolveProblem.wrongArity(
        schema.name, given: atom.arguments.count, attributes: names)
      collector.report(problem, at: atom.span)
      return nil
    }
    return isRight ? values : nil
  }

  /// One argument of an atom; an expression becomes a fresh variable that equals it.
  func argument(
    _ value: Expression?, _ attribute: Attribute, of relation: String,
    into literals: inout [ResolvedLiteral]
  ) -> ResolvedArgument {
    guard let value else { return .any }
    switch value.kind {
    case .wildcard: return .any
    case .variable(let name): return .variable(slot(of: name, at: value.span))
    case .constant(let constant):
      guard let asked = Coercion.asked(constant, as: attribute.type) else {
        let problem = ResolveProblem.wrongType(
          attribute: attribute.name, relation: relation, type: attribute.type,
          text: source[value.span], reason: Coercion.reason(constant, as: attribute.type))
        collector.report(problem, at: value.span)
        return .any
      }
      return .constant(catalogue.values.word(for: asked))
    default:
      let type = ValueType(attribute)
      let resolved = resolve(value, expecting: type.kind)
      checkAlike(
        (attribute.name, type), (source[value.span], resolved.type), "this argument",
        at: value.span)
      let slot = freshSlot(at: value.span, type: type.type == .any ? resolved.type : type)
      let variable = ResolvedExpression(.variable(slot), at: value.span)
      literals.append(
        ResolvedLiteral(.comparison(.equal, variable, resolved.value), at: value.span))
      return .variable(slot)
    }
  }

  // MARK: Qualifiers

  /// Whether the qualifiers of an atom have names that there are, and claims to speak of.
  private func checkQualifiers(of atom: Atom, isCatalogue: Bool) -> Bool {
    let first = atom.qualifiers[0]
    if isCatalogue {
      collector.report(.noQualifiers(atom.name), at: first.nameSpan)
      return false
    }
    if catalogue.isDerived(atom.name), !atom.isDenial {
      collector.report(.qualifiersOnDerived(atom.name), at: first.nameSpan)
      return false
    }
    return checkNames(of: atom.qualifiers)
  }

  func checkNames(of qualifiers: [Qualifier]) -> Bool {
    let allowed = RelationCatalogue.qualifiers.map(\.name)
    var isRight = true
    for qualifier in qualifiers where !allowed.contains(qualifier.name) {
      let near = nearest(qualifier.name, among: allowed)
      let problem = ResolveProblem.unknownQualifier(
        qualifier.name, allowed: allowed, nearest: near)
      collector.report(problem, at: qualifier.nameSpan)
      isRight = false
    }
    return isRight
  }

  func checkCertainty(_ value: Expression?) {
    guard let value, case .constant(let constant) = value.kind else { return }
    if case .symbol(let text) = constant, RelationCatalogue.certainties.contains(text) { return }
    let text = source[value.span]
    let near = nearest(text, among: RelationCatalogue.certainties)
    collector.report(.badCertainty(text, nearest: near), at: value.span)
  }

  // MARK: Files

  /// `file("PATH", …)` as an atom over its records.
  func resolve(_ file: FileAtom, into literals: inout [ResolvedLiteral]) -> ResolvedAtom? {
    if columns != nil {
      collector.report(.atomInWhere("file"), at: file.span)
      return nil
    }
    guard let path = filePath(file.path) else { return nil }
    var format: String?
    var hasHeader: Bool?
    for qualifier in file.qualifiers {
      switch qualifier.name {
      case "format":
        if case .constant(.symbol(let name)) = qualifier.value.kind {
          format = name
        } else {
          let problem = ResolveProblem.fileQualifierValue("format", allowed: "a name such as `csv`")
          collector.report(problem, at: qualifier.value.span)
        }
      case "header":
        switch qualifier.value.kind {
        case .constant(.symbol("yes")): hasHeader = true
        case .constant(.symbol("no")): hasHeader = false
        default:
          let problem = ResolveProblem.fileQualifierValue("header", allowed: "`yes` or `no`")
          collector.report(problem, at: qualifier.value.span)
        }
      default:
        let allowed = ["format", "header"]
        let near = nearest(qualifier.name, among: allowed)
        let problem = ResolveProblem.unknownQualifier(
          qualifier.name, allowed: allowed, nearest: near)
        collector.report(problem, at: qualifier.nameSpan)
      }
    }
    var arguments: [ResolvedArgument] = []
    var fileColumns: [FileColumn] = []
    for (index, given) in file.arguments.enumerated() {
      let key = given.name.map(FileColumn.Key.name) ?? .position(index)
      arguments.append(
        argument(given.value, Attribute(name: given.name ?? ""), of: "file", into: &literals))
      fileColumns.append(
        FileColumn(key: key, type: columnType(for: given.value), span: given.span))
    }
    let resolved = ResolvedFile(
      path: path, format: format, hasHeader: hasHeader,
      columns: fileColumns, span: file.span)
    return ResolvedAtom(source: .file(resolved), arguments: arguments, span: file.span)
  }

  /// The type that a column is read as: that of the declared attribute its variable is bound to, or
  /// of the constant it is compared with where that leaves no choice.
  private func columnType(for value: Expression) -> AttributeType? {
    switch value.kind {
    case .variable(let name):
      let slot = slot(of: name, at: value.span)
      let type = type(of: slot).type
      return type == .any || !declaredSlots.contains(slot) ? nil : type
    case .constant(.symbol): return .text
    case .constant(.date), .constant(.span): return .date
    default: return nil
    }
  }
}

extension BodyResolver {
  /// A path as it is opened: a relative one starts at the folder of the script that names it, and
  /// one that a parameter gives at the working directory, where the parameter was given. Nil, and
  /// reported, where it is no text.
  func filePath(_ expression: Expression) -> String? {
    // An unset parameter has been reported, and is unknown.
    if case .constant(.unknown) = expression.kind { return nil }
    let span = expression.span
    guard case .constant(.symbol(let path)) = expression.kind else {
      collector.report(.pathIsNoText, at: span)
      return nil
    }
    guard let directory = source.directory, !directory.isEmpty, !path.hasPrefix("/"),
      source.bytes.indices.contains(span.lower), source.bytes[span.lower] != UInt8(ascii: "$")
    else { return path }
    return directory.hasSuffix("/") ? directory + path : directory + "/" + path
  }
}
