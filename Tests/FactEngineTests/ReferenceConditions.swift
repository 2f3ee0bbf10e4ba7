import FactLanguage
import FactModel

@testable import FactEngine

extension ReferenceEvaluator {
  func isCondition(_ literal: ResolvedLiteral, _ bound: SlotSet) -> Bool {
    switch literal.kind {
    case .atom, .optional, .negation: false
    default: literal.slots.isSubset(of: bound)
    }
  }

  func isEquality(_ literal: ResolvedLiteral) -> Bool {
    if case .comparison = literal.kind { true } else { false }
  }

  func addConstant(
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

  func judge(_ literal: ResolvedLiteral, _ match: Match) -> Match? {
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

  func holds(_ test: Test, _ words: [UInt64]) -> Bool {
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

  func compare(_ comparison: Comparison, _ left: UInt64, _ right: UInt64) -> UInt8 {
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
  func binding(
    _ literal: ResolvedLiteral, _ bound: SlotSet
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
      switch values.apply(function, operands.map(Word.init(bits:))) {
      case .success(let word): return word.bits
      case .failure: return failed
      }
    }
  }
}
