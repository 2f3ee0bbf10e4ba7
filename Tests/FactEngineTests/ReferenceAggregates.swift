import FactLanguage
import FactModel

@testable import FactEngine

extension ReferenceEvaluator {
  /// One match as an aggregate sees it.
  private struct Item {
    var word: Word
    var key: Word
    var level: UInt8
  }

  /// Groups matches and aggregates each group, from the definitions.
  ///
  /// A row is undisputed where the undisputed matches alone come to the same.
  func aggregate(
    _ matches: [Match], by: [ResolvedExpression], _ aggregates: [ResolvedAggregate]
  ) throws -> [Row] {
    let rows = try grouped(matches, by: by, aggregates)
    if matches.allSatisfy(\.isClean) { return rows.map { Row(words: $0.words, level: $0.level) } }
    let clean = Set(try grouped(matches.filter(\.isClean), by: by, aggregates).map(\.words))
    return rows.map {
      Row(words: $0.words, level: $0.level, isClean: clean.contains($0.words))
    }
  }

  private func grouped(
    _ matches: [Match], by: [ResolvedExpression], _ aggregates: [ResolvedAggregate]
  ) throws -> [(words: [UInt64], level: UInt8)] {
    func value(_ expression: ResolvedExpression, _ match: Match) throws -> UInt64 {
      let word = evaluate(expression, match.words)
      if word == failed { throw Failed() }
      return word
    }
    var groups: [[UInt64]: [Match]] = by.isEmpty ? [[]: []] : [:]
    for match in matches {
      groups[try by.map { try value($0, match) }, default: []].append(match)
    }
    var result: [(words: [UInt64], level: UInt8)] = []
    for (group, members) in groups {
      let level = by.isEmpty ? 0 : members.map(\.level).min() ?? 0
      var rows: [(words: [UInt64], level: UInt8)] = [(group, level)]
      for aggregate in aggregates {
        var items: [Item] = []
        for match in members {
          let word = try aggregate.argument.map { try value($0, match) } ?? 0
          let key = try aggregate.key.map { try value($0, match) } ?? 0
          if word == Word.unknown.bits || key == Word.unknown.bits { continue }
          items.append(Item(word: Word(bits: word), key: Word(bits: key), level: match.level))
        }
        let made = try results(aggregate, items, isGroupUncertain: !by.isEmpty && level > 0)
        rows = rows.flatMap { row in
          made.map { (row.words + [$0.word.bits], max(row.level, $0.level)) }
        }
      }
      result += rows
    }
    return result
  }

  private func results(
    _ aggregate: ResolvedAggregate, _ items: [Item], isGroupUncertain: Bool
  ) throws -> [(word: Word, level: UInt8)] {
    let certain = items.filter { $0.level == 0 }
    func range(_ lower: Scalar?, _ upper: Scalar?) -> [(word: Word, level: UInt8)] {
      [(values.word(range: NumberInterval(lower: lower, upper: upper)), 0)]
    }
    switch aggregate.function {
    case .count:
      var least = certain.count
      var most = items.count
      if aggregate.isDistinct {
        least = Set(certain.map(\.word)).count
        most = Set(items.map(\.word)).count
      } else if aggregate.argument == nil, isGroupUncertain {
        least = max(1, least)
      }
      return range(.integer(Int64(least)), .integer(Int64(most)))
    case .sum:
      var lowers: [Scalar?] = []
      var uppers: [Scalar?] = []
      for item in items {
        let bounds = try numbers(item.word)
        // A match that may not be there adds from zero.
        lowers.append(
          item.level == 0 ? bounds.lower : bounds.lower.map { Swift.min($0, .integer(0)) })
        uppers.append(
          item.level == 0 ? bounds.upper : bounds.upper.map { Swift.max($0, .integer(0)) })
      }
      return range(total(lowers), total(uppers))
    case .avg:
      if items.isEmpty { return [(.unknown, 0)] }
      var lowers: [(value: Scalar?, level: UInt8)] = []
      var uppers: [(value: Scalar?, level: UInt8)] = []
      for item in items {
        let bounds = try numbers(item.word)
        lowers.append((bounds.lower, item.level))
        uppers.append((bounds.upper, item.level))
      }
      return range(
        average(lowers) { Swift.min($0, $1) }, average(uppers) { Swift.max($0, $1) })
    case .min: return extreme(items, isMaximum: false)
    case .max: return extreme(items, isMaximum: true)
    case .list:
      let sorted = items.sorted {
        let order = values.compareForSort($0.word, $1.word)
        return order != 0 ? order < 0 : $0.level < $1.level
      }
      let text = sorted.map {
        values.text(of: $0.word, style: .table) + ($0.level > 0 ? "?" : "")
      }.joined(separator: ", ")
      return [(values.word(for: .symbol(text)), 0)]
    case .latest: return latest(items)
    }
  }

  private func numbers(_ word: Word) throws -> NumberInterval {
    guard let interval = values.numbers(of: visible(word)) else { throw Failed() }
    return interval
  }

  /// What a value is where its meaning counts: in a world one number or day.
  private func visible(_ word: Word) -> Word { world?.value(of: word) ?? word }

  private func total(_ bounds: [Scalar?]) -> Scalar? {
    var integer: Int64 = 0
    var number = 0.0
    var isNumber = false
    for bound in bounds {
      switch bound {
      case nil: return nil
      case .integer(let value): integer += value
      case .number(let value):
        number += value
        isNumber = true
      }
    }
    return isNumber ? Scalar(Double(integer) + number) : .integer(integer)
  }

  /// The best average over all the sets of matches that may be there.
  private func average(
    _ bounds: [(value: Scalar?, level: UInt8)], best: (Double, Double) -> Double
  ) -> Scalar? {
    if bounds.contains(where: { $0.value == nil }) { return nil }
    let certain = bounds.filter { $0.level == 0 }.compactMap { $0.value?.double }
    let others = bounds.filter { $0.level > 0 }.compactMap { $0.value?.double }
    precondition(others.count < 16, "too many matches for a plain enumeration")
    var result: Double?
    for subset in 0..<(1 << others.count) {
      let some = others.indices.filter { subset >> $0 & 1 == 1 }.map { others[$0] }
      let all = certain + some
      if all.isEmpty { continue }
      let average = all.reduce(0, +) / Double(all.count)
      result = result.map { best($0, average) } ?? average
    }
    return result.flatMap { Scalar($0) }
  }

  private func extreme(_ items: [Item], isMaximum: Bool) -> [(word: Word, level: UInt8)] {
    if items.isEmpty { return [(.unknown, 0)] }
    func isBetter(_ a: Word, _ b: Word) -> Bool {
      let order = values.compareForSort(visible(a), visible(b))
      return isMaximum ? order > 0 : order < 0
    }
    let best = items.reduce(items[0]) { isBetter($1.word, $0.word) ? $1 : $0 }
    if world != nil { return [(visible(best.word), 0)] }
    if items.allSatisfy({ $0.level == 0 && values.isExact($0.word) }) { return [(best.word, 0)] }
    let exact = items.filter { $0.level == 0 && values.isExact($0.word) }
    // A single exact value that is best stands as it is written.
    if exact.count == items.count { return [(best.word, 0)] }
    var intervals: [(lower: Scalar?, upper: Scalar?, level: UInt8)] = []
    var spans: [(lower: Int?, upper: Int?, level: UInt8)] = []
    for item in items {
      if let interval = values.numbers(of: item.word) {
        intervals.append((interval.lower, interval.upper, item.level))
      }
      if let span = values.dates(of: item.word) {
        spans.append((span.firstDay, span.lastDay, item.level))
      }
    }
    if intervals.count == items.count {
      let (lower, upper) = combined(intervals, isMaximum: isMaximum)
      return [(values.word(range: NumberInterval(lower: lower, upper: upper)), 0)]
    }
    if spans.count == items.count {
      let (lower, upper) = combined(spans, isMaximum: isMaximum)
      let word = values.word(
        first: lower.flatMap(CalendarDate.init(dayNumber:)),
        last: upper.flatMap(CalendarDate.init(dayNumber:)))
      return [(word, 0)]
    }
    // Others have no bounds: each that may be the best, the best itself as sure as it is there.
    var candidates: [Word: UInt8] = [:]
    for item in items
    where !items.contains(where: { $0.level == 0 && isBetter($0.word, item.word) }) {
      candidates[item.word] = min(candidates[item.word] ?? 3, item.level)
    }
    return candidates.map { word, level in
      let isBest = !items.contains { isBetter($0.word, word) }
      return (word, isBest ? level : max(level, 2))
    }
  }

  private func combined<Bound: Comparable>(
    _ bounds: [(lower: Bound?, upper: Bound?, level: UInt8)], isMaximum: Bool
  ) -> (Bound?, Bound?) {
    let certain = bounds.filter { $0.level == 0 }
    // The side that a better value moves is decided by all, the other one by those surely there.
    if isMaximum {
      let upper =
        bounds.contains { $0.upper == nil } ? nil : bounds.compactMap(\.upper).max()
      if certain.isEmpty {
        return (bounds.contains { $0.lower == nil } ? nil : bounds.compactMap(\.lower).min(), upper)
      }
      return (certain.compactMap(\.lower).max(), upper)
    }
    let lower = bounds.contains { $0.lower == nil } ? nil : bounds.compactMap(\.lower).min()
    if certain.isEmpty {
      return (lower, bounds.contains { $0.upper == nil } ? nil : bounds.compactMap(\.upper).max())
    }
    return (lower, certain.compactMap(\.upper).min())
  }

  private func latest(_ items: [Item]) -> [(word: Word, level: UInt8)] {
    if items.isEmpty { return [(.unknown, 0)] }
    func compare(_ comparison: Comparison, _ left: Word, _ right: Word) -> Truth {
      values.compare(comparison, visible(left), visible(right))
    }
    let candidates = items.filter { item in
      !items.contains { $0.level == 0 && compare(.greater, $0.key, item.key) == .certain }
    }
    var result: [Word: UInt8] = [:]
    for item in candidates {
      let isLatest = candidates.allSatisfy {
        $0.key == item.key || compare(.greaterOrEqual, item.key, $0.key) == .certain
      }
      let level = isLatest ? item.level : max(item.level, 2)
      result[item.word] = min(result[item.word] ?? 3, level)
    }
    return result.map { ($0.key, $0.value) }
  }
}
