/// Finds the known names that a misspelt one was likely to mean.
public enum NearestName {
  /// How many edits a name of this length may be away: one up to four characters, then one in
  /// three, three at most.
  static func limit(forLength length: Int) -> Int {
    length <= 1 ? 0 : length <= 4 ? 1 : min(length / 3 + (length < 6 ? 1 : 0), 3)
  }

  /// The nearest of `names` to `name`, best first, at most `count`.
  ///
  /// Edits are insertions, deletions, replacements and swaps of neighbours; a difference of case or
  /// of `_`, `-` and spaces costs less than an edit. A name is compared only if its length and its
  /// letters can be near enough, so that a million names take well under a second.
  /// Complexity: O(*n*), with a small factor.
  public static func nearest<Names: Sequence>(
    _ name: String, among names: Names, count: Int = 3
  ) -> [String] where Names.Element == String {
    let wanted = folded(name)
    var limit = limit(forLength: wanted.count)
    let mask = letterMask(wanted)
    var best: [(distance: Int, name: String)] = []
    var rows: [Int] = []
    var other: [UInt8] = []
    for candidate in names {
      let length = candidate.utf8.count
      // Folding drops separators only, so a shorter candidate is out, a much longer one as well.
      if length + limit < wanted.count || length > 2 * (wanted.count + limit) + 2 { continue }
      fold(candidate, into: &other)
      if abs(other.count - wanted.count) > limit { continue }
      if (letterMask(other) ^ mask).nonzeroBitCount > 2 * limit { continue }
      guard let distance = distance(wanted, other, limit, &rows), candidate != name else {
        continue
      }
      best.append((distance, candidate))
      guard best.count > 64 + count else { continue }
      // From here on only what is at least as near as those kept is of interest.
      best.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
      best.removeLast(best.count - count)
      if let last = best.last { limit = min(limit, last.distance) }
    }
    best.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
    return best.prefix(count).map(\.name)
  }

  /// Whether two names are so near that one may be meant by the other.
  public static func isNear(_ name: String, _ other: String) -> Bool {
    !nearest(name, among: [other]).isEmpty
  }

  /// The bytes of a name in lower case, without separators.
  private static func folded(_ name: String) -> [UInt8] {
    var bytes: [UInt8] = []
    fold(name, into: &bytes)
    return bytes
  }

  private static func fold(_ name: String, into bytes: inout [UInt8]) {
    bytes.removeAll(keepingCapacity: true)
    for byte in name.utf8 {
      if byte == 0x5F || byte == 0x2D || byte == 0x20 { continue }
      bytes.append(CharacterClass.isUpper(byte) ? byte | 0x20 : byte)
    }
    if bytes.isEmpty { bytes.append(contentsOf: name.utf8) }
  }

  /// Which letters occur: an edit changes two bits at most.
  private static func letterMask(_ bytes: [UInt8]) -> UInt64 {
    var mask: UInt64 = 0
    for byte in bytes { mask |= 1 << UInt64(byte & 63) }
    return mask
  }

  /// The number of edits between two names if it is at most `limit`: the table of Damerau and
  /// Levenshtein, of which only the band around the diagonal can matter.
  private static func distance(
    _ a: [UInt8], _ b: [UInt8], _ limit: Int, _ rows: inout [Int]
  ) -> Int? {
    if a == b { return 0 }
    if limit == 0 || a.isEmpty || b.isEmpty { return nil }
    let width = b.count + 2
    let far = limit + 1
    if rows.count < 3 * width { rows = [Int](repeating: 0, count: 3 * width) }
    var before = 0
    var previous = width
    var current = 2 * width
    for column in 0..<width {
      rows[before + column] = far
      rows[previous + column] = min(column, far)
      rows[current + column] = far
    }
    for row in 1...a.count {
      let first = max(1, row - limit)
      let last = min(b.count, row + limit)
      if first > last { return nil }
      rows[current + first - 1] = first == 1 ? min(row, far) : far
      rows[current + last + 1] = far
      var least = rows[current + first - 1]
      for column in first...last {
        let cost = a[row - 1] == b[column - 1] ? 0 : 1
        var value = min(
          rows[previous + column] + 1, rows[current + column - 1] + 1,
          rows[previous + column - 1] + cost)
        if row > 1, column > 1, a[row - 1] == b[column - 2], a[row - 2] == b[column - 1] {
          value = min(value, rows[before + column - 2] + 1)
        }
        rows[current + column] = value
        least = min(least, value)
      }
      if least > limit { return nil }
      (before, previous, current) = (previous, current, before)
    }
    let result = rows[previous + b.count]
    return result <= limit ? result : nil
  }
}
