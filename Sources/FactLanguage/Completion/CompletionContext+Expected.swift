import FactModel

extension CompletionContext {
  /// What may come after the tokens that the walker has taken; `word` is what is being typed.
  func expected(
    _ walker: SyntaxWalker, _ word: Token?, isDirect: Bool
  ) -> [Expectation] {
    let frame = walker.top
    let isText = word?.kind == .text || word?.kind == .openText
    if word?.kind == .parameter || word.map({ isLone($0, "$", walker) }) ?? false {
      return [.parameter]
    }
    if word?.kind == .qualifier || word.map({ isLone($0, "@", walker) }) ?? false {
      return [.qualifierName(used: frame.usedQualifiers)]
    }
    if walker.wantsOperand { return operands(walker, frame, isText: isText) }
    // An operand directly before the cursor is the word itself, complete or not.
    if word == nil, isDirect, walker.previous?.kind != .rightParen { return [] }
    return operators(walker, frame)
  }

  private func isLone(_ token: Token, _ mark: String, _ walker: SyntaxWalker) -> Bool {
    token.kind == .badCharacter && walker.text(token) == mark
  }

  // MARK: Where a value is next

  private func operands(
    _ walker: SyntaxWalker, _ frame: SyntaxWalker.Frame, isText: Bool
  ) -> [Expectation] {
    if let qualifier = frame.qualifier, walker.previous?.kind == .colon {
      return [.qualifierValue(qualifier)] + (isText || walker.frames.count == 1 ? [] : [.variable])
    }
    switch frame.kind {
    case .atom: return argument(walker, frame, isText: isText)
    case .function: return compared(walker) + (isText ? [] : [.variable, .function])
    case .list: return compared(walker)
    case .declaration: return walker.previous?.kind == .colon ? [.type] : []
    case .parameters: return [.parameter]
    case .unit: return []
    case .group: return compared(walker) + (isText ? [] : [.variable, .function])
    case .bodyGroup: return literal(walker, isText: isText)
    case .statement, .block: return section(walker, frame, isText: isText)
    }
  }

  private func argument(
    _ walker: SyntaxWalker, _ frame: SyntaxWalker.Frame, isText: Bool
  ) -> [Expectation] {
    // The reader's first argument is a path; its others are columns of a file.
    if frame.relation == "file", frame.index == 0 { return [.filePath] }
    switch walker.previous?.kind {
    case .leftParen, .comma, .colon: break
    default: return isText ? [] : [.variable, .function]
    }
    let isNamed = frame.attribute != nil
    let position = isNamed || !frame.usedAttributes.isEmpty ? nil : frame.index
    var result: [Expectation] = []
    if isNamed || position != nil {
      result.append(
        .value(relation: frame.relation, position: position, attribute: frame.attribute))
    }
    if !isText, !(position == nil && !isNamed) { result.append(.variable) }
    if !isNamed {
      result.append(.attribute(relation: frame.relation, used: frame.usedAttributes))
    }
    if !isText { result.append(.function) }
    return result
  }

  /// The values of the attributes that the variable on the left of the comparison stands for.
  private func compared(_ walker: SyntaxWalker) -> [Expectation] {
    guard let name = walker.compared else { return [] }
    var result: [Expectation] = []
    for use in walker.variables where use.name == name {
      let value = Expectation.value(
        relation: use.relation, position: use.position, attribute: use.attribute)
      if !result.contains(value) { result.append(value) }
    }
    return result
  }

  private func literal(_ walker: SyntaxWalker, isText: Bool) -> [Expectation] {
    if !walker.atLiteral {
      return compared(walker) + (isText ? [] : [.variable, .function])
    }
    if isText { return [.relation] }
    return [.relation, .variable, .function, .keyword(["not", "optional"])]
  }

  private func section(
    _ walker: SyntaxWalker, _ frame: SyntaxWalker.Frame, isText: Bool
  ) -> [Expectation] {
    switch walker.section {
    case .start:
      if walker.atStatement, !isText { return [.statement, .relation] }
      return literal(walker, isText: isText)
    case .body, .stage("where"): return literal(walker, isText: isText)
    case .loadHead: return walker.atLiteral ? [.relation] : []
    case .qualifiers: return [.qualifierName(used: frame.usedQualifiers)]
    case .scope:
      let isAs = walker.previous.map { walker.text($0) } == "as"
      return isAs ? [.keyword(["of"])] : [.date]
    case .declaration, .queryHeader: return []
    case .stage(""): return walker.previous?.kind == .equal ? [.aggregate] : [.stage]
    case .stage("into"): return [.filePath]
    case .stage("chart"):
      let isForm = walker.previous.map { walker.text($0) } == "chart"
      return isForm ? [.keyword(["bar"])] : [.variable]
    case .stage("limit"): return []
    case .stage(let stage):
      let isNext = walker.previous?.kind == .comma || walker.previous?.kind == .equal
      if walker.isAggregate(stage), isNext, !walker.hasBy { return [.aggregate] }
      var result: [Expectation] = isText ? [] : [.variable, .function]
      if stage == "count", walker.previous.map({ walker.text($0) }) == "count" {
        result.append(.keyword(["distinct", "by"]))
      }
      return result
    }
  }

  // MARK: Where an operator is next

  private func operators(
    _ walker: SyntaxWalker, _ frame: SyntaxWalker.Frame
  ) -> [Expectation] {
    let arithmetic = ["div", "mod"]
    switch frame.kind {
    case .atom, .function, .list, .group, .parameters: return [.keyword(arithmetic)]
    case .unit: return []
    case .declaration: return [.keyword(["key"])]
    case .bodyGroup: return [.keyword(["in", "overlaps"] + arithmetic)]
    case .statement, .block: break
    }
    switch walker.section {
    case .scope: return [.keyword(["and"])]
    case .declaration, .queryHeader, .loadHead, .qualifiers: return []
    case .start, .body, .stage("where"):
      // After an atom only punctuation comes; after a variable a comparison.
      if walker.previous?.kind == .rightParen { return [] }
      return [.keyword(["in", "overlaps"] + arithmetic)]
    case .stage("sort"): return [.keyword(["desc"] + arithmetic)]
    case .stage("limit"): return [.keyword(["offset"])]
    case .stage("latest"): return [.keyword(["on", "by"] + arithmetic)]
    case .stage(let stage):
      if stage == "" { return [.stage] }
      return walker.isAggregate(stage) && !walker.hasBy
        ? [.keyword(["by"] + arithmetic)] : [.keyword(arithmetic)]
    }
  }
}
