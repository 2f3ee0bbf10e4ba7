/// From when one looks at the facts: as of a moment, and during a period.
public struct Perspective: Hashable, Sendable {
  /// What was known and not yet retracted at this date; nil is everything known and not retracted.
  public var asOf: Word?
  /// Only claims whose valid period overlaps this one; nil is all.
  public var during: Word?

  /// Looks from now, at all periods, unless said otherwise.
  public init(asOf: Word? = nil, during: Word? = nil) {
    self.asOf = asOf
    self.during = during
  }

  /// Everything known and not retracted.
  public static let now = Perspective()
}

/// Decides which claims count from a perspective, each distinct word once.
final class ClaimJudge {
  private let values: ValueStore
  private let documents: [Word: Word]
  let perspective: Perspective
  private var reached: [Word: Bool] = [:]
  private var overlapping: [Word: Bool] = [:]
  /// The last word looked up in each, since neighbours are often alike.
  private var lastReached = (word: Word.anything, result: false)
  private var lastOverlapping = (word: Word.anything, result: false)

  init(_ perspective: Perspective, values: ValueStore, documents: [Word: Word]) {
    self.perspective = perspective
    self.values = values
    self.documents = documents
  }

  /// Since when a claim could be known; unknown is always, unless it was given so.
  func known(_ claim: Claim) -> Word {
    claim.knownIsGiven ? claim.known : documents[claim.document] ?? .unknown
  }

  /// Whether a claim counts that was retracted at `until`, or is open where that is unknown.
  ///
  /// `known` is nil where it was not given.
  func counts(known: Word?, _ document: Word, valid: Word, until: Word) -> Bool {
    if let asOf = perspective.asOf {
      if let date = known ?? documents[document] {
        if date == .unknown || !isReached(date, by: asOf) { return false }
      }
      if until != .unknown, isReached(until, by: asOf) { return false }
    }
    guard let during = perspective.during, valid != .unknown else { return true }
    return overlaps(valid, during)
  }

  /// Whether a date is over by another one; what is no date never is.
  private func isReached(_ date: Word, by moment: Word) -> Bool {
    if date == lastReached.word { return lastReached.result }
    let result = reached[date] ?? ClaimJudge.isReached(date, by: moment, values)
    reached[date] = result
    lastReached = (date, result)
    return result
  }

  static func isReached(_ date: Word, by moment: Word, _ values: ValueStore) -> Bool {
    guard let last = values.dates(of: date)?.last, let limit = values.dates(of: moment)?.last else {
      return false
    }
    // A date-time beside a day counts as its day.
    if last.isDateTime, limit.isDateTime { return last.lastSecond <= limit.lastSecond }
    return last.lastDay <= limit.lastDay
  }

  private func overlaps(_ valid: Word, _ period: Word) -> Bool {
    if valid == lastOverlapping.word { return lastOverlapping.result }
    let result = overlapping[valid] ?? compare(valid, period)
    overlapping[valid] = result
    lastOverlapping = (valid, result)
    return result
  }

  private func compare(_ valid: Word, _ period: Word) -> Bool {
    if let a = values.dates(of: valid), let b = values.dates(of: period) {
      if a.isOfMoments, b.isOfMoments {
        return (a.first?.start ?? .min) <= (b.last?.lastSecond ?? .max)
          && (b.first?.start ?? .min) <= (a.last?.lastSecond ?? .max)
      }
      return (a.firstDay ?? .min) <= (b.lastDay ?? .max)
        && (b.firstDay ?? .min) <= (a.lastDay ?? .max)
    }
    return false
  }
}

/// Which rows of a table count from a perspective, and how sure they are; row numbers stay the same.
public final class RowFilter {
  /// One bit a row.
  private var live: [UInt64]
  /// One byte a row, empty where all are certain.
  private var levels: [UInt8] = []
  /// The number of rows that count.
  public private(set) var liveCount = 0

  init(rowCount: Int) {
    live = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
  }

  /// Lets rows count, each as surely as the best of its levels.
  func add(_ rows: [UInt32], _ newLevels: [UInt8], rowCount: Int) {
    if newLevels.contains(where: { $0 != 0 }) { levels = [UInt8](repeating: 0, count: rowCount) }
    for i in 0..<rows.count {
      let row = Int(rows[i])
      let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: row & 63)
      let isNew = live[row &>> 6] & bit == 0
      if isNew {
        live[row &>> 6] |= bit
        liveCount &+= 1
      }
      if !levels.isEmpty, isNew || newLevels[i] < levels[row] { levels[row] = newLevels[i] }
    }
  }

  /// Whether some row is less than certain.
  public var hasUncertainRows: Bool { !levels.isEmpty }

  /// Whether a row counts.
  public func isLive(_ row: UInt32) -> Bool {
    Int(row >> 6) < live.count && live[Int(row >> 6)] >> UInt64(row & 63) & 1 == 1
  }

  /// Keeps of the first `count` rows those that count, in their order.
  public func compactLive(rows: inout [UInt32], count: inout Int) {
    let live = self.live
    var kept = 0
    for i in 0..<count {
      let row = rows[i]
      rows[kept] = row
      let at = Int(truncatingIfNeeded: row &>> 6)
      // A row that came after this filter does not count.
      if at < live.count { kept &+= Int(truncatingIfNeeded: (live[at] &>> UInt64(row & 63)) & 1) }
    }
    count = kept
  }

  /// Writes the levels of the first `count` rows, as raw values of `Certainty`.
  public func gatherLevels(rows: [UInt32], count: Int, into result: inout [UInt8]) {
    grow(&result, to: count)
    if levels.isEmpty {
      for i in 0..<count { result[i] = 0 }
      return
    }
    let levels = self.levels
    for i in 0..<count { result[i] = levels[Int(truncatingIfNeeded: rows[i])] }
  }
}
