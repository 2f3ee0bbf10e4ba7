/// Bounds of the bounds of sixty-four wide values that follow one another, so that a condition is
/// mostly told of all of them at once (a zone map: Moerkotte, "Small Materialized Aggregates", 1998).
public struct WideZone: Sendable, BitwiseCopyable {
  /// The least and the greatest lower bound.
  var leastLower = UInt64.max
  var mostLower: UInt64 = 0
  /// The least and the greatest upper bound.
  var leastUpper = UInt64.max
  var mostUpper: UInt64 = 0
  /// Whether all are ranges of small integers, of which the words sort by value.
  var isOfIntegers = true

  /// The values of a zone.
  static let size = 64

  mutating func add(_ kind: UInt8, _ lower: UInt64, _ upper: UInt64) {
    let tag = Word(kind: .integer, payload: 0).bits >> 48
    if kind != WideKind.range.rawValue || lower >> 48 != tag || upper >> 48 != tag {
      isOfIntegers = false
    }
    leastLower = min(leastLower, lower)
    mostLower = max(mostLower, lower)
    leastUpper = min(leastUpper, upper)
    mostUpper = max(mostUpper, upper)
  }
}
