import FactLanguage
import FactModel

@testable import FactEngine

extension ReferenceEvaluator {
  /// The matches of a body, each once: alternatives that differ in conditions alone share matches.
  func matches(of body: ResolvedBody, variableCount: Int) throws -> [Match] {
    var result: [Match] = []
    var places: [[UInt64?]: Int] = [:]
    let start = Match(words: Array(repeating: nil, count: variableCount), level: 0)
    for literals in body.alternatives {
      for match in try matches(of: literals, from: start) {
        if match.hasFailed { throw Failed() }
        let key = match.words + match.rows.sorted { $0[0] < $1[0] }.flatMap { $0 }
        if let place = places[key] {
          result[place].level = min(result[place].level, match.level)
          if match.isClean { result[place].isClean = true }
        } else {
          places[key] = result.count
          result.append(match)
        }
      }
    }
    return result
  }

  /// The matches of a conjunction that extend a match.
  func matches(of literals: [ResolvedLiteral], from start: Match) throws -> [Match] {
    var found = [start]
    var bound = SlotSet(start.words.indices.filter { start.words[$0] != nil })
    var rest: [ResolvedLiteral] = []
    var denials: [(ResolvedAtom, SourceSpan)] = []
    for literal in literals {
      guard case .atom(let atom) = literal.kind else {
        rest.append(literal)
        continue
      }
      bound.formUnion(atom.slots)
      if case .denials = atom.source {
        denials.append((atom, literal.span))
      } else {
        found = found.flatMap { join($0, atom, at: literal.span) }
      }
    }
    // What a denial leaves open agrees with what everything else says.
    for (atom, span) in denials { found = found.flatMap { join($0, denied: atom, at: span) } }
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
        // What cannot be told holds: its match is an error if it passes all else.
        if body.slots.contains(where: { match.words[$0] == failed }) { return match }
        var cannotBeTold = false
        for literals in body.alternatives {
          for other in try matches(of: literals, from: inner) {
            if other.hasFailed {
              cannotBeTold = true
            } else {
              best = min(best, other.level)
            }
          }
          if world == nil, mayBeUnknown(literals, match) { best = min(best, 2) }
        }
        if best == 0 { return nil }
        var kept = weakened(match, best == 3 ? 0 : 2)
        if cannotBeTold { kept?.hasFailed = true }
        return kept
      }
    }
    return found
  }

  /// Whether a negated atom is asked for an unknown argument and its relation has any row.
  func mayBeUnknown(_ literals: [ResolvedLiteral], _ match: Match) -> Bool {
    guard literals.count == 1, case .atom(let atom) = literals[0].kind,
      case .relation(let name) = atom.source, facts[name]?.isEmpty == false
    else { return false }
    return atom.arguments.contains { argument in
      if case .variable(let slot) = argument { return match.words[slot] == unknown }
      return false
    }
  }

  func weakened(_ match: Match, _ truth: UInt8) -> Match? {
    if truth == 3 { return nil }
    var next = match
    next.level = max(next.level, truth)
    return next
  }

  /// The matches of an atom that extend a match; unknown joins with nothing.
  func join(_ match: Match, _ atom: ResolvedAtom, at span: SourceSpan) -> [Match] {
    guard case .relation(let name) = atom.source else { return [] }
    var result: [Match] = []
    for (row, known) in facts[name] ?? [:] {
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
      next.level = max(next.level, known.level)
      next.isClean = next.isClean && known.isClean
      next.rows.append([UInt64(span.lower)] + row)
      result.append(next)
    }
    return result
  }

  /// The denials that agree with a match; an open attribute agrees with every value, and takes that
  /// of a further denial.
  func join(_ match: Match, denied atom: ResolvedAtom, at span: SourceSpan) -> [Match] {
    guard case .denials(let name) = atom.source else { return [] }
    let anything = Word.anything.bits
    var result: [Match] = []
    for denial in claims.denials(of: name) {
      if let world, denial.level > 0, !world.keeps("-" + name, denial.words) { continue }
      var next = match
      var agrees = true
      for (stored, argument) in zip(denial.words, atom.arguments) {
        switch argument {
        case .any: break
        case .constant(let word): if stored != anything, stored != word.bits { agrees = false }
        case .variable(let slot):
          let word = next.words[slot] ?? anything
          if word == unknown { agrees = false }
          if word == anything {
            next.words[slot] = stored
          } else if stored != anything, stored != word {
            agrees = false
          } else {
            next.words[slot] = word
          }
        }
      }
      guard agrees else { continue }
      if world == nil { next.level = max(next.level, denial.level) }
      next.rows.append([UInt64(span.lower)] + denial.words)
      result.append(next)
    }
    return result
  }

  func extend(_ match: Match, _ atom: ResolvedAtom, at span: SourceSpan) -> [Match] {
    var inner = match
    inner.level = 0
    // What could not be computed is looked up nowhere, and nothing can be told of what it would give.
    if atom.slots.contains(where: { match.words[$0] == failed }) {
      for slot in atom.slots where inner.words[slot] == nil { inner.words[slot] = failed }
      inner.level = match.level
      return [inner]
    }
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
}

extension ResolvedLiteral {
  fileprivate var optionalAtom: ResolvedAtom? {
    if case .optional(let atom) = kind { atom } else { nil }
  }
}
