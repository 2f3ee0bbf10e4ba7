import FactLanguage
import FactModel

/// The rules that a query needs, resolved, and the order in which they are computed.
struct ResolvedProgram {
  var strata: [Stratum]
  /// The rules by id.
  var rules: [Int: ResolvedRule]
}

extension Resolver {
  /// What each rule of the program depends on. Only new rules are read, unless a built-in name has
  /// been hidden since.
  func dependencies() -> [RuleDependencies] {
    let names = Test.allCases.map(\.rawValue) + [RelationCatalogue.claim.name]
    let hidden = names.filter(isRelation)
    if hidden != knownDependencies.hidden { knownDependencies = (hidden, [:]) }
    return program.rules.map { rule in
      if let known = knownDependencies.rules[rule.id] { return known }
      let read = RuleDependencies(id: rule.id, rule: rule.syntax, isRelation: isRelation)
      knownDependencies.rules[rule.id] = read
      return read
    }
  }

  /// The recursion through negation that a further rule would bring about.
  ///
  /// A rule whose relation nothing reads yet closes no cycle, so that a program in the usual order
  /// is checked in time proportional to its length.
  func violation(adding rule: RuleDependencies) -> Stratifier.Violation? {
    var all = dependencies()
    all.append(rule)
    guard all.contains(where: { $0.uses.contains { $0.relation == rule.head } }),
      all.contains(where: { $0.uses.contains { $0.mark != nil } })
    else { return nil }
    return Stratifier(all).violation(preferring: rule.id)
  }

  /// The strata that relations need, with their rules resolved against the relations as they are.
  ///
  /// Throws what is wrong with a rule, with the text that it came from: a relation declared later
  /// may have made it so.
  func resolveProgram(for relations: Set<String>) throws -> ResolvedProgram {
    guard relations.contains(where: catalogue.isDerived) else {
      return ResolvedProgram(strata: [], rules: [:])
    }
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
    Set(types.filter { $0.value.type == .percent }.keys)
  }
}
