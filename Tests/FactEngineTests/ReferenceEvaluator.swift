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

  /// One match of a body.
  struct Match {
    var words: [UInt64?]
    var level: UInt8
    var hasFailed = false
    /// The rows that were matched, by the place of their atom: what makes a match itself.
    var rows: [[UInt64]] = []
  }

  let values: ValueStore
  let world: ReferenceWorld?
  var facts: [String: [[UInt64]: UInt8]] = [:]
  private let unknown = Word.unknown.bits
  /// Stands where a computation failed; no value of the language.
  let failed = Word(kind: .unknown, payload: 77).bits

  init(base: FactBase, relations: Set<String>, world: ReferenceWorld? = nil) {
    values = base.values
    self.world = world
    for name in relations {
      guard let table = base.relation(named: name)?.facts.facts else { continue }
      var rows: [[UInt64]: UInt8] = [:]
      for row in 0..<UInt32(table.rowCount) where table.isLive(row) {
        let level = table.level(of: row).rawValue
        let words = (0..<table.arity).map { table.word(row: row, column: $0) }
        if let world {
          if level == 0 || world.keeps(name, words) { rows[words] = 0 }
        } else {
          rows[words] = level
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
          for (row, level) in try rows(of: rule) where level < facts[rule.relation]?[row] ?? 3 {
            facts[rule.relation, default: [:]][row] = level
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

  private func rows(of rule: ResolvedRule) throws -> [([UInt64], UInt8)] {
    let found = try matches(of: rule.body, variableCount: rule.variables.count)
    if !rule.hasAggregates {
      return try found.map { match in
        (try rule.head.map { term in try word(of: term, match) }, match.level)
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
      return (ordered, row.level)
    }
  }

  private func word(of term: HeadTerm, _ match: Match) throws -> UInt64 {
    guard case .expression(let expression) = term else { return unknown }
    let word = evaluate(expression, match.words)
    if word == failed { throw Failed() }
    return word
  }

  // MARK: Queries

  /// The rows of a query in the order in which they are shown, without columns for yes or no.
  func rows(of query: ResolvedQuery) throws -> [(words: [UInt64], level: UInt8)] {
    var matches = try matches(of: query.body, variableCount: query.variables.count)
    var columns = query.columns
    var isMatches = true
    var isSorted = false
    func sort() {
      matches = ordered(matches, keys: [], columns: isMatches ? columns : columns)
    }
    for stage in query.stages {
      switch stage {
      case .select(let selected):
        matches = unique(
          try matches.map { try project($0, selected.map { ($0.slot, $0.value) }) },
          selected.map(\.slot))
        columns = selected.map(\.slot)
        isMatches = false
        isSorted = false
      case .filter(let body):
        matches = try matches.compactMap { match in
          let levels = try body.alternatives.flatMap { literals in
            try self.matches(of: literals, from: match)
          }
          guard let best = levels.min(by: { $0.level < $1.level }) else { return nil }
          if best.hasFailed { throw Failed() }
          var kept = match
          kept.level = best.level
          return kept
        }
      case .aggregate(let by, let aggregates):
        let rows = try aggregate(matches, by: by.map(\.value), aggregates.map(\.aggregate))
        columns = by.map(\.slot) + aggregates.map(\.slot)
        matches = rows.map { row in
          var match = Match(
            words: Array(repeating: nil, count: query.variables.count), level: row.level)
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
    return matches.map { match in (columns.map { match.words[$0] ?? unknown }, match.level) }
  }

  private func project(
    _ match: Match, _ columns: [(slot: Slot, value: ResolvedExpression)]
  ) throws -> Match {
    var result = Match(words: match.words.map { _ in nil }, level: match.level)
    for (slot, value) in columns {
      let word = evaluate(value, match.words)
      if word == failed { throw Failed() }
      result.words[slot] = word
    }
    return result
  }

  /// Each row over some columns once, with its best level, in the order of first occurrence.
  private func unique(_ matches: [Match], _ columns: [Slot]) -> [Match] {
    var result: [Match] = []
    var places: [[UInt64?]: Int] = [:]
    for match in matches {
      let key = columns.map { match.words[$0] }
      if let place = places[key] {
        result[place].level = min(result[place].level, match.level)
      } else {
        places[key] = result.count
        result.append(match)
      }
    }
    return result
  }

  private func ordered(
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

  // MARK: Bodies

  /// The matches of a body, each once: alternatives that differ in conditions alone share matches.
  private func matches(of body: ResolvedBody, variableCount: Int) throws -> [Match] {
    var result: [Match] = []
    var places: [[UInt64?]: Int] = [:]
    let start = Match(words: Array(repeating: nil, count: variableCount), level: 0)
    for literals in body.alternatives {
      for match in try matches(of: literals, from: start) {
        if match.hasFailed { throw Failed() }
        let key = match.words + match.rows.sorted { $0[0] < $1[0] }.flatMap { $0 }
        if let place = places[key] {
          result[place].level = min(result[place].level, match.level)
        } else {
          places[key] = result.count
          result.append(match)
        }
      }
    }
    return result
  }

  /// The matches of a conjunction that extend a match.
  private func matches(of literals: [ResolvedLiteral], from start: Match) throws -> [Match] {
    var found = [start]
    var bound = Set(start.words.indices.filter { start.words[$0] != nil })
    var rest: [ResolvedLiteral] = []
    for literal in literals {
      guard case .atom(let atom) = literal.kind else {
        rest.append(literal)
        continue
      }
      found = found.flatMap { join($0, atom, at: literal.span) }
      bound.formUnion(atom.slots)
    }
    var together: [Slot: ConstantConditions] = [:]
    var negations: [ResolvedBody] = []
    while !rest.isEmpty {
      if let index = rest.firstIndex(where: { isCondition($0, bound) }) {
        let literal = rest.remove(at: index)
        if world == nil, addConstant(literal, to: &together) { continue }
        found = found.compactMap { judge(literal, $0) }
      } else if let index = rest.firstIndex(where: { isEquality($0) && binding($0, bound) != nil })
        ?? rest.firstIndex(where: { binding($0, bound) != nil })
      {
        let literal = rest.remove(at: index)
        guard let (slot, choices) = binding(literal, bound) else { continue }
        found = found.flatMap { match in
          choices(match).map { word in
            var next = match
            next.words[slot] = word
            if word == failed { next.hasFailed = true }
            return next
          }
        }
        bound.insert(slot)
      } else if let index = rest.firstIndex(where: { $0.optionalAtom != nil }) {
        let literal = rest.remove(at: index)
        guard let atom = literal.optionalAtom else { continue }
        found = found.flatMap { extend($0, atom, at: literal.span) }
        bound.formUnion(atom.slots)
      } else {
        if case .negation(let body) = rest.removeFirst().kind { negations.append(body) }
      }
    }
    for (slot, conditions) in together {
      found = found.compactMap { match in
        if match.words[slot] == failed { return match }
        let truth = conditions.judge(Word(bits: match.words[slot] ?? unknown), in: values)
        return weakened(match, truth.rawValue)
      }
    }
    for body in negations {
      found = try found.compactMap { match in
        var best: UInt8 = 3
        var inner = match
        inner.level = 0
        inner.hasFailed = false
        for literals in body.alternatives {
          for other in try matches(of: literals, from: inner) {
            if other.hasFailed { throw Failed() }
            best = min(best, other.level)
          }
          if world == nil, mayBeUnknown(literals, match) { best = min(best, 2) }
        }
        if best == 0 { return nil }
        return weakened(match, best == 3 ? 0 : 2)
      }
    }
    return found
  }

  /// Whether a negated atom is asked for an unknown argument and its relation has any row.
  private func mayBeUnknown(_ literals: [ResolvedLiteral], _ match: Match) -> Bool {
    guard literals.count == 1, case .atom(let atom) = literals[0].kind,
      case .relation(let name) = atom.source, facts[name]?.isEmpty == false
    else { return false }
    return atom.arguments.contains { argument in
      if case .variable(let slot) = argument { return match.words[slot] == unknown }
      return false
    }
  }

  private func weakened(_ match: Match, _ truth: UInt8) -> Match? {
    if truth == 3 { return nil }
    var next = match
    next.level = max(next.level, truth)
    return next
  }

  /// The matches of an atom that extend a match; unknown joins with nothing.
  private func join(_ match: Match, _ atom: ResolvedAtom, at span: SourceSpan) -> [Match] {
    guard case .relation(let name) = atom.source else { return [] }
    var result: [Match] = []
    for (row, level) in facts[name] ?? [:] {
      var next = match
      var agrees = true
      for (column, argument) in atom.arguments.enumerated() {
        switch argument {
        case .any: break
        case .constant(let word): if row[column] != word.bits { agrees = false }
        case .variable(let slot):
          if let word = next.words[slot] {
            if word != row[column] || word == unknown { agrees = false }
          } else {
            next.words[slot] = row[column]
          }
        }
      }
      guard agrees else { continue }
      next.level = max(next.level, level)
      next.rows.append([UInt64(span.lower)] + row)
      result.append(next)
    }
    return result
  }

  private func extend(_ match: Match, _ atom: ResolvedAtom, at span: SourceSpan) -> [Match] {
    var inner = match
    inner.level = 0
    let found = join(inner, atom, at: span)
    let best = found.map(\.level).min() ?? 3
    var result = found.map { other in
      var next = other
      next.level = max(next.level, match.level)
      return next
    }
    if best > 0 {
      var absent = match
      for slot in atom.slots where absent.words[slot] == nil { absent.words[slot] = unknown }
      absent.level = max(match.level, best == 3 ? 0 : 2)
      result.append(absent)
    }
    return result
  }

  // MARK: Conditions

  private func isCondition(_ literal: ResolvedLiteral, _ bound: Set<Slot>) -> Bool {
    switch literal.kind {
    case .atom, .optional, .negation: false
    default: literal.slots.isSubset(of: bound)
    }
  }

  private func isEquality(_ literal: ResolvedLiteral) -> Bool {
    if case .comparison = literal.kind { true } else { false }
  }

  private func addConstant(
    _ literal: ResolvedLiteral, to together: inout [Slot: ConstantConditions]
  ) -> Bool {
    func add(_ slot: Slot, _ comparison: Comparison, _ word: Word) -> Bool {
      var conditions = together[slot] ?? ConstantConditions()
      guard conditions.add(comparison, word, in: values) else { return false }
      together[slot] = conditions
      return true
    }
    switch literal.kind {
    case .comparison(let comparison, let left, let right):
      if case .variable(let slot) = left.kind, case .constant(let word) = right.kind {
        return add(slot, comparison.byMeaning, word)
      }
      if case .constant(let word) = left.kind, case .variable(let slot) = right.kind {
        return add(slot, comparison.mirrored.byMeaning, word)
      }
    case .memberOfRange(let value, let range):
      if case .variable(let slot) = value.kind, case .constant(let word) = range.kind {
        return add(slot, .inside, word)
      }
    default: break
    }
    return false
  }

  private func judge(_ literal: ResolvedLiteral, _ match: Match) -> Match? {
    func evaluated(_ expressions: [ResolvedExpression]) -> [UInt64] {
      expressions.map { evaluate($0, match.words) }
    }
    let words: [UInt64]
    let judged: () -> UInt8
    switch literal.kind {
    case .comparison(let comparison, let left, let right):
      words = evaluated([left, right])
      judged = { self.compare(comparison.byMeaning, words[0], words[1]) }
    case .memberOfRange(let left, let right):
      words = evaluated([left, right])
      judged = { self.compare(.inside, words[0], words[1]) }
    case .overlaps(let left, let right):
      words = evaluated([left, right])
      judged = { self.compare(.overlaps, words[0], words[1]) }
    case .memberOfList(let value, let list):
      words = evaluated([value] + list)
      judged = {
        words[0] != self.unknown && words.dropFirst().contains(words[0]) ? 0 : 3
      }
    case .test(let test, let arguments):
      words = evaluated(arguments)
      judged = { self.holds(test, words) ? 0 : 3 }
    default: return nil
    }
    if words.contains(failed) {
      var next = match
      next.hasFailed = true
      return next
    }
    return weakened(match, judged())
  }

  private func holds(_ test: Test, _ words: [UInt64]) -> Bool {
    if test == .unknown { return words[0] == unknown }
    guard case .symbol(let text) = values.value(of: Word(bits: words[0])),
      case .symbol(let part) = values.value(of: Word(bits: words[1]))
    else { return false }
    switch test {
    case .startsWith: return text.hasPrefix(part)
    case .endsWith: return text.hasSuffix(part)
    default: return text.contains(part)
    }
  }

  private func compare(_ comparison: Comparison, _ left: UInt64, _ right: UInt64) -> UInt8 {
    var a = Word(bits: left)
    var b = Word(bits: right)
    if left == unknown || right == unknown { return 3 }
    if let world {
      switch comparison {
      case .equal, .notEqual, .overlaps: break
      case .inside: a = world.value(of: a)
      default:
        a = world.value(of: a)
        b = world.value(of: b)
      }
    }
    return values.compare(comparison, a, b).rawValue
  }

  /// What a literal binds an unbound slot to, for each match.
  private func binding(
    _ literal: ResolvedLiteral, _ bound: Set<Slot>
  ) -> (Slot, (Match) -> [UInt64])? {
    func free(_ expression: ResolvedExpression) -> Slot? {
      if case .variable(let slot) = expression.kind, !bound.contains(slot) { return slot }
      return nil
    }
    switch literal.kind {
    case .comparison(.equal, let left, let right):
      for (target, value) in [(left, right), (right, left)] {
        if let slot = free(target), bound.isSuperset(of: value.slots) {
          return (slot, { [self.evaluate(value, $0.words)] })
        }
      }
    case .memberOfList(let value, let list):
      guard let slot = free(value), list.allSatisfy({ bound.isSuperset(of: $0.slots) }) else {
        return nil
      }
      return (
        slot,
        { match in
          Array(Set(list.map { self.evaluate($0, match.words) }).subtracting([self.unknown]))
        }
      )
    case .memberOfRange(let value, let range):
      guard let slot = free(value), bound.isSuperset(of: range.slots) else { return nil }
      return (
        slot,
        { match in
          guard
            let interval = self.values.numbers(of: Word(bits: self.evaluate(range, match.words))),
            case .integer(let lower) = interval.lower, case .integer(let upper) = interval.upper
          else { return [] }
          return (lower...upper).map { self.values.word(integer: $0).bits }
        }
      )
    default: break
    }
    return nil
  }

  func evaluate(_ expression: ResolvedExpression, _ words: [UInt64?]) -> UInt64 {
    switch expression.kind {
    case .variable(let slot): return words[slot] ?? unknown
    case .constant(let word): return word.bits
    case .call(let function, let arguments):
      let operands = arguments.map { evaluate($0, words) }
      if operands.contains(failed) { return failed }
      switch values.apply(function.operation, operands.map(Word.init(bits:))) {
      case .success(let word): return word.bits
      case .failure: return failed
      }
    }
  }
}

extension ResolvedLiteral {
  fileprivate var optionalAtom: ResolvedAtom? {
    if case .optional(let atom) = kind { atom } else { nil }
  }
}
