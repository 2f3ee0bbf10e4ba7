import FactLanguage
import FactModel

/// Turns statements as written into statements over relations, slots and words, and checks them.
///
/// An engine keeps one and tells it when the program or the parameters change. Every entry point
/// either gives a value, with warnings and notices beside it, or throws `DiagnosticsError` with all
/// that is wrong, sorted by place. The base is only read, but for values that are interned.
final class Resolver {
  let base: FactBase
  /// The rules; write it after each change.
  var program: Program {
    didSet {
      catalogue.update(program)
      typesAreKnown = nil
    }
  }
  /// Script parameters as given.
  var parameters: [String: String] {
    didSet { parameterValues = parameters.mapValues(ParameterReader.value) }
  }
  /// The date of `today`.
  var today: CalendarDate
  private(set) var catalogue: RelationCatalogue
  private(set) var parameterValues: [String: Value]
  /// The empty relations that a warning was given of; each gets one.
  private var warnedRelations: Set<String> = []
  /// When the types of derived relations were inferred last; nil where they have to be again.
  private var typesAreKnown: [Int]?
  private var inference: TypeInference?
  /// What the rules depend on.
  var dependencyIndex = DependencyIndex()

  init(base: FactBase, program: Program, parameters: [String: String], today: CalendarDate) {
    self.base = base
    self.program = program
    self.parameters = parameters
    self.today = today
    catalogue = RelationCatalogue(base: base, program: program)
    parameterValues = parameters.mapValues(ParameterReader.value)
  }

  // MARK: Rules

  /// Takes in a new rule: resolves it, and checks that recursion stays stratified with it.
  func define(rule: RuleSyntax, in source: SourceText) throws -> Resolution<ResolvedRule> {
    // A later rule may still widen the types of a derived relation, so only declared ones count.
    catalogue.inference = nil
    var resolution = try resolve(rule: rule, in: source)
    let id = (program.rules.last?.id ?? -1) + 1
    dependencyIndex.update(program.rules, isRelation: isRelation)
    let dependencies = RuleDependencies(id: id, rule: rule, isRelation: isRelation)
    if let violation = dependencyIndex.violation(adding: dependencies) {
      let span = violation.rule == id ? violation.span : rule.head.span
      let problem = CheckProblem.unstratified(cycle: violation.cycle)
      throw DiagnosticsError([problem.diagnostic(at: span)], in: source)
    }
    for (name, span) in SingletonCheck.singletons(of: rule) {
      resolution.diagnostics.append((CheckProblem.singleton(name).diagnostic(at: span), source))
    }
    resolution.diagnostics.sort { $0.0.span.lower < $1.0.span.lower }
    return resolution
  }

  /// A rule over slots and words. Rules that were defined before are resolved again whenever the
  /// relations have changed.
  func resolve(rule: RuleSyntax, in source: SourceText) throws -> Resolution<ResolvedRule> {
    var collector = DiagnosticCollector(source: source)
    if let first = rule.head.qualifiers.first {
      collector.report(.qualifiersInHead, at: first.nameSpan)
    }
    return try resolve(head: rule, isLoad: false, collector)
  }

  /// What `load` runs: as a rule, whose head has the six qualifier columns (source, document,
  /// place, certainty, known, valid) after the attributes if it is written with any qualifier.
  ///
  /// There `Word.anything` stands for a qualifier that is not given. Attributes left out are
  /// unknown.
  func resolve(load: RuleSyntax, in source: SourceText) throws -> Resolution<ResolvedRule> {
    inferTypes()
    var resolution = try resolve(head: load, isLoad: true, DiagnosticCollector(source: source))
    for (name, span) in SingletonCheck.singletons(of: load) {
      resolution.diagnostics.append((CheckProblem.singleton(name).diagnostic(at: span), source))
    }
    return resolution
  }

  private func resolve(
    head rule: RuleSyntax, isLoad: Bool, _ start: DiagnosticCollector
  ) throws -> Resolution<ResolvedRule> {
    var collector = start
    if rule.head.isDenial { collector.report(.deniedHead, at: rule.head.span) }
    let (schema, isNew) = catalogue.schema(statedBy: rule.head, isRule: !isLoad)
    reportBuiltIn(rule.head, isNew: isNew, &collector)
    let prepared = prepare(&collector) { $0.prepare(rule) }
    let body = BodyResolver(catalogue: catalogue, isQuery: false, collector: collector)
    let headNames = BodyResolver.names { $0.walk(prepared.head) }
    body.levels[0].names = headNames
    body.noteHeadTypes(of: prepared.head, schema: schema)
    let resolved = body.resolve(
      prepared.body, names: BodyResolver.names { $0.walk(prepared.body) }, required: headNames)
    body.finishTypes()
    var head = body.resolveHead(prepared.head, schema: schema)
    if isLoad { head += body.resolveQualifiers(ofHead: prepared.head) }
    body.publishTypes()
    var uses: [BindingCheck.Use] = []
    for term in head { uses += BodyResolver.uses(of: term) }
    checkBinding(of: resolved, uses, body)
    try body.collector.throwErrors()
    let value = ResolvedRule(
      relation: schema.name, head: head, body: resolved, variables: body.variables, span: rule.span)
    return Resolution(value: value, diagnostics: body.collector.sorted.map { ($0, body.source) })
  }

  /// An integrity constraint, as a query of its violations.
  func resolve(constraint: Body, in source: SourceText) throws -> Resolution<ResolvedBody> {
    let query = Query(scope: nil, body: constraint, stages: [], span: constraint.span)
    let resolution = try resolve(query: query, in: source, isDirect: false)
    return Resolution(value: resolution.value.body, diagnostics: resolution.diagnostics)
  }

  // MARK: Queries

  /// A query over slots and words; `defaults` are the parameters of a named query.
  func resolve(
    query: Query, in source: SourceText, defaults: [QueryParameter] = []
  ) throws -> Resolution<ResolvedQuery> {
    try resolve(query: query, in: source, defaults: defaults, isDirect: true)
  }

  /// The same; of a query that is not asked `isDirect`ly, unknown relations are empty.
  func resolve(
    query: Query, in source: SourceText, defaults: [QueryParameter] = [], isDirect: Bool
  ) throws -> Resolution<ResolvedQuery> {
    var collector = DiagnosticCollector(source: source)
    let scope = query.scope.flatMap { resolve($0, defaults, &collector) }
    let (prepared, stages) = prepare(&collector, defaults) { preparation in
      (preparation.prepare(query.body), query.stages.map { preparation.prepare($0) })
    }
    inferTypes()
    let body = BodyResolver(catalogue: catalogue, isQuery: isDirect, collector: collector)
    let names = BodyResolver.names { $0.walk(prepared) }
    let resolved = body.resolve(prepared, names: names, required: names)
    body.finishTypes()
    var columns: [Slot] = []
    for (name, _) in names where name.utf8.first != UInt8(ascii: "_") {
      if let slot = body.levels[0].slots[name] { columns.append(slot) }
    }
    let bodySlots = body.variables.count
    let resolvedStages = body.resolve(stages)
    var uses = columns.map { slot in
      BindingCheck.Use(slot: slot, role: .answer, span: body.variables[slot].span)
    }
    for expression in resolvedStages.flatMap(\.reads) {
      for (slot, span) in expression.slotPlaces where slot < bodySlots {
        uses.append(BindingCheck.Use(slot: slot, role: .stage, span: span))
      }
    }
    checkBinding(of: resolved, uses, body)
    body.checkChart(resolvedStages.last { $0.columns != nil }?.columns ?? columns)
    try body.collector.throwErrors()
    var value = ResolvedQuery(
      body: resolved, variables: body.variables, columns: columns, stages: resolvedStages,
      percentSlots: body.percentSlots, scope: scope, span: query.span)
    value.chart = body.chart?.slot
    var diagnostics = body.collector.sorted.map { ($0, source) }
    diagnostics += warnings(ofEmptyRelationsReachedBy: resolved, source)
    return Resolution(value: value, diagnostics: diagnostics)
  }

  /// The last query with further stages, over the columns that it has.
  func resolve(
    stages: [Stage], continuing last: ResolvedQuery, in source: SourceText
  ) throws -> Resolution<ResolvedQuery> {
    var collector = DiagnosticCollector(source: source)
    let prepared = prepare(&collector) { preparation in stages.map { preparation.prepare($0) } }
    let body = BodyResolver(catalogue: catalogue, isQuery: true, collector: collector)
    body.variables = last.variables
    for (slot, variable) in last.variables.enumerated() {
      body.types[slot] = ValueType(variable.type, unit: variable.unit)
    }
    var names: [String: Slot] = [:]
    let columns = last.stages.last { $0.columns != nil }?.columns
    for slot in columns ?? Array(last.variables.indices) {
      let name = last.variables[slot].name
      if names[name] == nil { names[name] = slot }
    }
    body.columns = names
    let resolved = body.resolve(prepared)
    if columns == nil {
      var uses: [BindingCheck.Use] = []
      for expression in resolved.flatMap(\.reads) {
        for (slot, span) in expression.slotPlaces where slot < last.variables.count {
          uses.append(BindingCheck.Use(slot: slot, role: .stage, span: span))
        }
      }
      checkBinding(of: last.body, uses, body)
    }
    try body.collector.throwErrors()
    var query = last
    query.variables = body.variables
    query.stages += resolved
    query.chart = body.chart?.slot
    query.percentSlots = body.percentSlots
    return Resolution(value: query, diagnostics: body.collector.sorted.map { ($0, source) })
  }

  private func checkBinding(
    of resolved: ResolvedBody, _ uses: [BindingCheck.Use], _ body: BodyResolver
  ) {
    // What could not be resolved would only be reported a second time.
    if resolved.alternatives.isEmpty || body.hasUnresolvedAtoms { return }
    var check = BindingCheck(
      variables: body.variables, values: base.values, ignoring: body.poisoned)
    check.check(resolved, uses: uses)
    for (problem, span) in check.findings { body.collector.report(problem, at: span) }
  }

  // MARK: Parameters

  /// A rule with its parameters filled in, as it is kept; `today` stays as it stands.
  func filled(_ rule: RuleSyntax, in source: SourceText) throws -> RuleSyntax {
    var preparation = Preparation(
      parameters: parameterValues, today: nil, collector: DiagnosticCollector(source: source))
    let filled = preparation.prepare(rule)
    try preparation.collector.throwErrors()
    return filled
  }

  /// A constraint with its parameters filled in, as it is kept.
  func filled(_ body: Body, in source: SourceText) throws -> Body {
    var preparation = Preparation(
      parameters: parameterValues, today: nil, collector: DiagnosticCollector(source: source))
    let filled = preparation.prepare(body)
    try preparation.collector.throwErrors()
    return filled
  }

  /// Runs a preparation, with the defaults of parameters that are not set.
  func prepare<Prepared>(
    _ collector: inout DiagnosticCollector, _ defaults: [QueryParameter] = [],
    _ work: (inout Preparation) -> Prepared
  ) -> Prepared {
    var preparation = Preparation(
      parameters: parameterValues, today: today, collector: collector)
    for parameter in defaults where preparation.parameters[parameter.name] == nil {
      guard let value = parameter.defaultValue.map({ preparation.prepare($0) }) else { continue }
      if case .constant(let value) = value.kind { preparation.parameters[parameter.name] = value }
    }
    let prepared = work(&preparation)
    collector = preparation.collector
    return prepared
  }

  // MARK: Names

  /// Brings the types of derived relations up to date, for what is resolved next.
  func inferTypes() {
    if program.rules.isEmpty { return }
    let signature = catalogue.typeSignature
    if typesAreKnown != signature {
      catalogue.inference = nil
      inference = TypeInference(catalogue)
      typesAreKnown = signature
    }
    catalogue.inference = inference
  }

  /// What a new fact, rule or `load` declares by naming attributes of a relation that is not there;
  /// nil where it names none, or the relation is there. To be declared before it is taken in.
  func newDeclaration(by atom: Atom, isRule: Bool) -> Schema? {
    let schema = catalogue.schema(statedBy: atom, isRule: isRule).schema
    return schema.isDeclared && !catalogue.isHeld(schema) ? schema : nil
  }

  /// Whether an atom of that name is one of a relation, even an empty one, and no test.
  func isRelation(_ name: String) -> Bool { catalogue.isRelation(name) }

  /// Whether rules derive facts of that name.
  func isDerived(_ name: String) -> Bool { catalogue.isDerived(name) }

  /// Says that a new relation hides something built in, or that `claim` cannot be stated.
  func reportBuiltIn(_ atom: Atom, isNew: Bool, _ collector: inout DiagnosticCollector) {
    guard isNew else { return }
    if atom.name == RelationCatalogue.claim.name,
      RelationCatalogue.fits(atom, RelationCatalogue.claim, isRule: false),
      atom.arguments.count == RelationCatalogue.claim.arity
        || atom.arguments.contains(where: { $0.name != nil })
    {
      return collector.report(.readOnlyRelation(atom.name), at: atom.nameSpan)
    }
    if let what = builtIn(atom.name) {
      collector.report(.hidesBuiltIn(atom.name, what: what), at: atom.nameSpan)
    }
  }

  /// What is built in under a name, such as `test`; nil where nothing is.
  func builtIn(_ name: String) -> String? {
    if Test(rawValue: name) != nil { return "test" }
    if name == RelationCatalogue.claim.name
      || FactBase.builtinSchemas.contains(where: { $0.name == name })
    {
      return "relation"
    }
    return ValueOperation.function(named: name) == nil ? nil : "function"
  }

  /// Warns once of each relation that rules name and that nothing states or derives.
  private func warnings(
    ofEmptyRelationsReachedBy body: ResolvedBody, _ source: SourceText
  ) -> [(Diagnostic, SourceText)] {
    var found: [(Diagnostic, SourceText)] = []
    guard !program.rules.isEmpty, body.relations.contains(where: catalogue.isDerived) else {
      return found
    }
    let strata = Stratifier(dependencies()).strata(for: body.relations)
    let needed = Set(strata.flatMap(\.rules))
    var names: [String] = []
    for (rule, dependencies) in zip(program.rules, dependencyIndex.rules)
    where needed.contains(rule.id) {
      for use in dependencies.uses where !isRelation(use.relation) {
        guard warnedRelations.insert(use.relation).inserted else { continue }
        if names.isEmpty { names = catalogue.names }
        let near = nearest(use.relation, among: names)
        let problem = ResolveProblem.emptyRelation(use.relation, nearest: near)
        found.append((problem.diagnostic(at: use.span), rule.source))
      }
    }
    return found
  }
}
