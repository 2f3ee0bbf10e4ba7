import FactLanguage
import FactModel

@testable import FactEngine

/// Evaluates resolved rules and queries in the plainest way there is: nested loops over sets of
/// rows, no index, no plan, and rules applied again until no row is new and no level improves.
///
/// With a world it evaluates in that world: all that is there is certain, and comparisons by meaning
/// look at the value that the world gives.
final class ReferenceEvaluator {
  /// The failure of a computation in a row that passes all else.
  struct Failed: Error {}

  /// What is known of one row.
  struct Known {
    var level: UInt8
    /// Whether some derivation of it rests on no disputed fact.
    var isClean = true
  }

  /// A row of an answer.
  struct Row {
    var words: [UInt64]
    var level: UInt8
    var isClean = true
  }

  /// One match of a body.
  struct Match {
    var words: [UInt64?]
    var level: UInt8
    var hasFailed = false
    /// Whether none of its rows is disputed.
    var isClean = true
    /// The rows that were matched, by the place of their atom: what makes a match itself.
    var rows: [[UInt64]] = []
  }

  let values: ValueStore
  let world: ReferenceWorld?
  let claims: ReferenceClaims
  var facts: [String: [[UInt64]: Known]] = [:]
  let unknown = Word.unknown.bits
  /// Stands where a computation failed; no value of the language.
  let failed = Word(kind: .unknown, payload: 77).bits

  init(
    base: FactBase, relations: Set<String>, scope: ResolvedScope? = nil,
    world: ReferenceWorld? = nil
  ) {
    values = base.values
    self.world = world
    claims = ReferenceClaims(base: base, scope: scope)
    for name in relations {
      let denials = claims.denials(of: name)
      var rows: [[UInt64]: Known] = [:]
      for fact in claims.facts(of: name) {
        let isClean = !denials.contains { claims.denies($0, fact) }
        if let world {
          if fact.level == 0 || world.keeps(name, fact.words) {
            rows[fact.words] = Known(level: 0, isClean: isClean)
          }
        } else {
          rows[fact.words] = Known(level: fact.level, isClean: isClean)
        }
      }
      facts[name] = rows
    }
  }

  // MARK: Rules

  /// Derives all that the rules give, stratum by stratum.
  func derive(_ rules: [ResolvedRule]) throws {
    var stratum: [String: Int] = [:]
    var changed = true
    while changed {
      changed = false
      for rule in rules {
        var least = 0
        for (name, isStrict) in ReferenceEvaluator.reads(rule) {
          least = max(least, (stratum[name] ?? 0) + (isStrict ? 1 : 0))
        }
        if least > stratum[rule.relation] ?? 0 {
          stratum[rule.relation] = least
          changed = true
        }
      }
    }
    for level in 0...(stratum.values.max() ?? 0) {
      let running = rules.filter { stratum[$0.relation] ?? 0 == level }
      var changed = true
      while changed {
        changed = false
        for rule in running {
          let denials = claims.denials(of: rule.relation)
          for row in try rows(of: rule) {
            // What is derived holds at any time, so that any denial of it disputes it.
            let isClean = row.isClean && !denials.contains { claims.denies($0, row.words) }
            let known = facts[rule.relation]?[row.words]
            let new = Known(
              level: min(row.level, known?.level ?? 3), isClean: isClean || known?.isClean ?? false)
            if let known, known.level == new.level, known.isClean == new.isClean { continue }
            facts[rule.relation, default: [:]][row.words] = new
            changed = true
          }
        }
      }
    }
  }

  private static func reads(_ rule: ResolvedRule) -> [(String, Bool)] {
    func reads(_ body: ResolvedBody, _ isStrict: Bool) -> [(String, Bool)] {
      body.alternatives.joined().flatMap { literal -> [(String, Bool)] in
        switch literal.kind {
        case .atom(let atom), .optional(let atom):
          guard case .relation(let name) = atom.source else { return [] }
          if case .optional = literal.kind { return [(name, true)] }
          return [(name, isStrict)]
        case .negation(let inner): return reads(inner, true)
        default: return []
        }
      }
    }
    return reads(rule.body, rule.hasAggregates)
  }

  func rows(of rule: ResolvedRule) throws -> [Row] {
    let found = try matches(of: rule.body, variableCount: rule.variables.count)
    if !rule.hasAggregates {
      return try found.map { match in
        Row(
          words: try rule.head.map { term in try word(of: term, match) }, level: match.level,
          isClean: match.isClean)
      }
    }
    var by: [ResolvedExpression] = []
    var aggregates: [ResolvedAggregate] = []
    for term in rule.head {
      switch term {
      case .expression(let expression): by.append(expression)
      case .aggregate(let aggregate): aggregates.append(aggregate)
      }
    }
    return try aggregate(found, by: by, aggregates).map { row in
      var group = row.words[..<by.count]
      var results = row.words[by.count...]
      let ordered = rule.head.map { term -> UInt64 in
        if case .aggregate = term { return results.removeFirst() }
        return group.removeFirst()
      }
      return Row(words: ordered, level: row.level, isClean: row.isClean)
    }
  }

  func word(of term: HeadTerm, _ match: Match) throws -> UInt64 {
    guard case .expression(let expression) = term else { return unknown }
    let word = evaluate(expression, match.words)
    if word == failed { throw Failed() }
    return word
  }

  // MARK: Queries

  /// The rows of a query in the order in which they are shown, without columns for yes or no.
  func rows(of query: ResolvedQuery) throws -> [Row] {
    // The conditions of the first stages stand in the body, so that those of one variable are judged
    // together.
    var body = query.body
    var stages = query.stages[...]
    while case .filter(let filter) = stages.first {
      stages = stages.dropFirst()
      body.alternatives = body.alternatives.flatMap { left in
        filter.alternatives.map { left + $0 }
      }
    }
    var matches = try matches(of: body, variableCount: query.variables.count)
    var columns = query.columns
    var isMatches = true
    var isSorted = false
    func sort() {
      matches = ordered(matches, keys: [], columns: columns)
    }
    for stage in stages {
      switch stage {
      case .select(let selected):
        matches = unique(
          try matches.map { try project($0, selected.map { ($0.slot, $0.value) }) },
          selected.map(\.slot))
        columns = selected.map(\.slot)
        isMatches = false
      case .filter(let body):
        matches = try matches.compactMap { match in
          let levels = try body.alternatives.flatMap { literals in
            try self.matches(of: literals, from: match)
          }
          if levels.contains(where: \.hasFailed) { throw Failed() }
          guard let best = levels.min(by: { $0.level < $1.level }) else { return nil }
          var kept = match
          kept.level = best.level
          return kept
        }
      case .aggregate(let by, let aggregates):
        let rows = try aggregate(matches, by: by.map(\.value), aggregates.map(\.aggregate))
        columns = by.map(\.slot) + aggregates.map(\.slot)
        matches = rows.map { row in
          var match = Match(
            words: Array(repeating: nil, count: query.variables.count), level: row.level,
            isClean: row.isClean)
          for (slot, word) in zip(columns, row.words) { match.words[slot] = word }
          return match
        }
        isMatches = false
        isSorted = false
      case .sort(let keys):
        matches = ordered(matches, keys: keys, columns: columns)
        isSorted = true
      case .limit(let count, let offset):
        if !isSorted { sort() }
        isSorted = true
        matches = Array(matches.dropFirst(offset).prefix(count))
      case .into: break
      }
    }
    if isMatches { matches = unique(matches, columns) }
    if !isSorted { sort() }
    return matches.map { match in
      Row(
        words: columns.map { match.words[$0] ?? unknown }, level: match.level,
        isClean: match.isClean)
    }
  }

  func project(
    _ match: Match, _ columns: [(slot: Slot, value: ResolvedExpression)]
  ) throws -> Match {
    var result = Match(
      words: match.words.map { _ in nil }, level: match.level, isClean: match.isClean)
    for (slot, value) in columns {
      let word = evaluate(value, match.words)
      if word == failed { throw Failed() }
      result.words[slot] = word
    }
    return result
  }

  /// Each row over some columns once, with its best level, in the order of first occurrence.
  func unique(_ matches: [Match], _ columns: [Slot]) -> [Match] {
    var result: [Match] = []
    var places: [[UInt64?]: Int] = [:]
    for match in matches {
      let key = columns.map { match.words[$0] }
      if let place = places[key] {
        result[place].level = min(result[place].level, match.level)
        if match.isClean { result[place].isClean = true }
      } else {
        places[key] = result.count
        result.append(match)
      }
    }
    return result
  }

  func ordered(
    _ matches: [Match], keys: [ResolvedSortKey], columns: [Slot]
  ) -> [Match] {
    let keyed = matches.map { match in (match, keys.map { evaluate($0.value, match.words) }) }
    return keyed.sorted { left, right in
      for (position, key) in keys.enumerated() {
        let order = values.compareForSort(
          Word(bits: left.1[position]), Word(bits: right.1[position]))
        if order != 0 { return (order < 0) != key.isDescending }
      }
      for column in columns {
        let order = values.compareForSort(
          Word(bits: left.0.words[column] ?? unknown), Word(bits: right.0.words[column] ?? unknown))
        if order != 0 { return order < 0 }
      }
      return false
    }.map(\.0)
  }
}
