import FactLanguage
import FactModel

/// Relations that depend on one another and are computed together, with what they depend on.
struct Stratum: Sendable, Hashable {
  /// The derived relations, sorted by name.
  var relations: [String]
  /// The ids of the rules that derive them, in the order of statement.
  var rules: [Int]
  /// Whether a rule reads a relation of the same stratum.
  var isRecursive: Bool
  /// The derived relations of earlier strata that its rules read directly.
  var uses: Set<String>
  /// All relations whose stored facts its rows rest on, through earlier strata too; its own are
  /// among them, since facts may be stated of a relation that has rules.
  var reads: Set<String>
  /// Whether the built-in relation `claim` is read, directly or through earlier strata: it changes
  /// with every statement.
  var readsAllClaims: Bool
  /// Whether files are read, directly or through earlier strata.
  var readsFiles: Bool
}

/// Orders the rules of a program, so that a relation is complete before it is negated or
/// aggregated.
struct Stratifier {
  private let dependencies: [RuleDependencies]
  /// The relations that rules derive, by number.
  private let names: [String]
  private let numbers: [String: Int]
  private let components: [[Int]]
  /// The positions of the rules by the relation that they derive.
  private let rulesOf: [String: [Int]]

  /// Takes the rules of a program with what each depends on. Complexity: O(*n*) in their literals.
  init(_ dependencies: [RuleDependencies]) {
    self.dependencies = dependencies
    names = Set(dependencies.map(\.head)).sorted()
    var numbers: [String: Int] = [:]
    for (number, name) in names.enumerated() { numbers[name] = number }
    self.numbers = numbers
    var rulesOf: [String: [Int]] = [:]
    for (position, rule) in dependencies.enumerated() {
      rulesOf[rule.head, default: []].append(position)
    }
    self.rulesOf = rulesOf
    var successors: [[Int]] = Array(repeating: [], count: names.count)
    for rule in dependencies {
      guard let head = numbers[rule.head] else { continue }
      for use in rule.uses {
        if let body = numbers[use.relation] { successors[head].append(body) }
      }
    }
    components = Components(successors: successors).components
  }

  /// The strata, each after those that it uses; only what `wanted` relations need, if given.
  func strata(for wanted: Set<String>? = nil) -> [Stratum] {
    var strata: [Stratum] = []
    var stratumOf: [String: Int] = [:]
    for component in components {
      let relations = component.map { names[$0] }.sorted()
      let stratum = stratum(of: relations, earlier: strata, stratumOf)
      for relation in relations { stratumOf[relation] = strata.count }
      strata.append(stratum)
    }
    guard let wanted else { return strata }
    var isNeeded = Array(repeating: false, count: strata.count)
    for relation in wanted {
      if let number = stratumOf[relation] { isNeeded[number] = true }
    }
    for number in strata.indices.reversed() where isNeeded[number] {
      for relation in strata[number].uses {
        if let earlier = stratumOf[relation] { isNeeded[earlier] = true }
      }
    }
    return strata.indices.filter { isNeeded[$0] }.map { strata[$0] }
  }

  private func stratum(
    of relations: [String], earlier: [Stratum], _ stratumOf: [String: Int]
  ) -> Stratum {
    let own = Set(relations)
    var stratum = Stratum(
      relations: relations, rules: [], isRecursive: false, uses: [], reads: own,
      readsAllClaims: false, readsFiles: false)
    for position in relations.flatMap({ rulesOf[$0] ?? [] }) {
      let rule = dependencies[position]
      stratum.rules.append(rule.id)
      stratum.readsAllClaims = stratum.readsAllClaims || rule.readsAllClaims
      stratum.readsFiles = stratum.readsFiles || rule.readsFiles
      stratum.reads.formUnion(rule.stored)
      for use in rule.uses {
        stratum.reads.insert(use.relation)
        if own.contains(use.relation) {
          stratum.isRecursive = true
        } else if let number = stratumOf[use.relation] {
          stratum.uses.insert(use.relation)
          stratum.reads.formUnion(earlier[number].reads)
          stratum.readsAllClaims = stratum.readsAllClaims || earlier[number].readsAllClaims
          stratum.readsFiles = stratum.readsFiles || earlier[number].readsFiles
        }
      }
    }
    stratum.rules.sort()
    return stratum
  }

  // MARK: Recursion through negation

  /// A recursion that goes through a negation, an aggregate or `optional`.
  struct Violation {
    /// The rule in which it does so, and the place of the literal there.
    var rule: Int
    var span: SourceSpan
    /// The relations of the cycle, the first again at the end, with `not` and the like before
    /// those that have to be complete.
    var cycle: [String]
  }

  /// The first violation in the order of statement, by a rule of `some` where they are given; that
  /// of `preferred` where there is one.
  func violation(preferring preferred: Int? = nil, among some: Set<Int>? = nil) -> Violation? {
    var componentOf: [String: Int] = [:]
    for (number, component) in components.enumerated() {
      for member in component { componentOf[names[member]] = number }
    }
    var first: Violation?
    for rule in dependencies where some?.contains(rule.id) ?? true {
      for use in rule.uses where use.mark != nil {
        guard let component = componentOf[use.relation], component == componentOf[rule.head] else {
          continue
        }
        if first != nil, rule.id != preferred { continue }
        let members = Set(components[component].map { names[$0] })
        first = Violation(
          rule: rule.id, span: use.span, cycle: cycle(from: rule.head, use, within: members))
        if preferred == nil || rule.id == preferred { return first }
      }
    }
    return first
  }

  /// The way from a head through one use and back to the head, the shortest there is.
  private func cycle(
    from head: String, _ first: RuleDependencies.Use, within members: Set<String>
  ) -> [String] {
    var cameFrom: [String: (relation: String, mark: String?)] = [:]
    var queue = [first.relation]
    var next = 0
    while next < queue.count, queue[next] != head {
      let relation = queue[next]
      next += 1
      for position in rulesOf[relation] ?? [] {
        for use in dependencies[position].uses
        where members.contains(use.relation) && cameFrom[use.relation] == nil
          && use.relation != first.relation
        {
          cameFrom[use.relation] = (relation, use.mark)
          queue.append(use.relation)
        }
      }
    }
    var path: [String] = []
    var relation = head
    while relation != first.relation, let step = cameFrom[relation] {
      path.append(step.mark.map { "\($0) \(relation)" } ?? relation)
      relation = step.relation
    }
    path.append(first.mark.map { "\($0) \(first.relation)" } ?? first.relation)
    path.append(head)
    return path.reversed()
  }
}
