import FactLanguage
import FactModel

/// The rules that a query needs, resolved, and the order in which they are computed.
struct ResolvedProgram {
  var strata: [Stratum]
  /// The rules by id.
  var rules: [Int: ResolvedRule]
}

extension Resolver {
  /// What each rule of the program depends on.
  func dependencies() -> [RuleDependencies] {
    dependencyIndex.update(program.rules, isRelation: isRelation)
    return dependencyIndex.rules
  }

  /// The strata that relations need, with their rules resolved against the relations as they are.
  ///
  /// Throws what is wrong with a rule, with the text that it came from: a relation declared later
  /// may have made it so.
  func resolveProgram(for relations: Set<String>) throws -> ResolvedProgram {
    guard relations.contains(where: catalogue.isDerived) else {
      return ResolvedProgram(strata: [], rules: [:])
    }
    inferTypes()
    let stratifier = Stratifier(dependencies())
    let strata = stratifier.strata(for: relations)
    let needed = Set(strata.flatMap(\.rules))
    var rules: [Int: ResolvedRule] = [:]
    let violation = stratifier.violation(among: needed)
    for rule in program.rules where needed.contains(rule.id) {
      if let violation, violation.rule == rule.id {
        let problem = CheckProblem.unstratified(cycle: violation.cycle)
        throw DiagnosticsError([problem.diagnostic(at: violation.span)], in: rule.source)
      }
      rules[rule.id] = try resolve(rule: rule.syntax, in: rule.source).value
    }
    return ResolvedProgram(strata: strata, rules: rules)
  }
}

extension ResolvedBody {
  /// The relations that have to be complete before: those under negations and options.
  var relationsBelowNegation: Set<String> {
    var names: Set<String> = []
    for literal in alternatives.joined() {
      switch literal.kind {
      case .negation(let body): names.formUnion(body.relations)
      case .optional(let atom):
        if case .relation(let name) = atom.source { names.insert(name) }
      case .atom, .comparison, .memberOfList, .memberOfRange, .overlaps, .test: break
      }
    }
    return names
  }

  /// The relations whose facts it reads, stated and derived ones, also under negations.
  var relations: Set<String> {
    var names: Set<String> = []
    for literal in alternatives.joined() {
      switch literal.kind {
      case .atom(let atom), .optional(let atom):
        if case .relation(let name) = atom.source { names.insert(name) }
      case .negation(let body): names.formUnion(body.relations)
      case .comparison, .memberOfList, .memberOfRange, .overlaps, .test: break
      }
    }
    return names
  }
}

extension BodyResolver {
  /// The slots that a head's argument uses.
  static func uses(of term: HeadTerm) -> [BindingCheck.Use] {
    let expressions: [ResolvedExpression] =
      switch term {
      case .expression(let expression): [expression]
      case .aggregate(let aggregate): [aggregate.argument, aggregate.key].compactMap(\.self)
      }
    return expressions.flatMap(\.slotPlaces).map { place in
      BindingCheck.Use(slot: place.slot, role: .head, span: place.span)
    }
  }

  /// The slots whose numbers print as percentages.
  var percentSlots: Set<Slot> {
    Set(types.compactMap { $0.value.type == .percent ? $0.slot : nil })
  }
}
