/// The first rows of a relation of pairs, as a matrix of bits.
struct PairView {
  var matrix: PairMatrix
  /// How many rows it has.
  var rows: Int
}

extension RowStore {
  /// Which rows a look-up of pairs sees.
  public enum PairRows: Sendable, Hashable {
    /// All rows there are.
    case all
    /// The first rows, up to one that only grows from one preparation to the next. There are two
    /// such views, numbered 0 and 1, for the two ends of a fixpoint's last round.
    case first(Int, view: Int)
  }

  /// The largest matrix of which views are made; beyond it an index takes less.
  private static let viewLimit = 64 << 20

  /// Makes pairs of symbols ready to be looked up by `contains(pairs:)`, without an index; false
  /// where the rows are kept in a way that does not allow it. Complexity: O(rows since the last
  /// preparation of the view).
  public func preparePairs(_ rows: PairRows) -> Bool {
    guard arity == 2 else { return false }
    guard case .first(let limit, let number) = rows else {
      return membership == .matrix || membership == .pairs
    }
    guard membership == .matrix, let matrix, matrix.byteCount <= RowStore.viewLimit else {
      return false
    }
    var view = views[number] ?? PairView(matrix: matrix.emptied, rows: 0)
    views[number] = nil
    if view.rows > limit || !view.matrix.spans(matrix) {
      view = PairView(matrix: matrix.emptied, rows: 0)
    }
    var left: [UInt64] = []
    var right: [UInt64] = []
    var fresh: [UInt32] = []
    while view.rows < limit {
      let end = min(view.rows + batchSize, limit)
      let size = end - view.rows
      unpack(column: 0, rows: view.rows..<end, into: &left)
      unpack(column: 1, rows: view.rows..<end, into: &right)
      grow(&fresh, to: size)
      _ = pack([left, right], size)
      _ = view.matrix.insert(packed, count: size, fresh: &fresh)
      view.rows = end
    }
    views[number] = view
    return true
  }

  /// Writes 1 for each of `count` pairs of words that is among the rows that were prepared, 0 for
  /// the others. Complexity: O(count).
  public func contains(
    pairs left: [UInt64], _ right: [UInt64], count: Int, among rows: PairRows,
    into found: inout [UInt8]
  ) {
    grow(&found, to: count)
    if case .first(_, let number) = rows {
      views[number]?.matrix.contains(left, right, count: count, into: &found)
      return
    }
    if let matrix { return matrix.contains(left, right, count: count, into: &found) }
    let tag = Word(symbol: 0).bits
    grow(&packed, to: count)
    for i in 0..<count {
      let a = left[i] ^ tag
      let b = right[i] ^ tag
      packed[i] = a &<< 32 | b
    }
    keys.contains(packed, count: count, into: &found)
    // What is no symbol is in no pair, whatever it packs to.
    for i in 0..<count where ((left[i] ^ tag) | (right[i] ^ tag)) &>> 32 != 0 { found[i] = 0 }
  }
}
