extension FactBase {
  /// Where a word stands in an attribute of a relation.
  public struct Occurrence {
    /// The relation.
    public let relation: Relation
    /// The position of the attribute.
    public let column: Int
    /// Whether the rows are denials.
    public let isDenial: Bool
    /// The rows, ascending.
    public let rows: [UInt32]
  }

  /// Every fact and denial that a word stands in, by relation and attribute.
  ///
  /// Uses an index where one exists and is up to date, else reads the columns, leaving out segments
  /// whose bounds exclude the word. Complexity: O(facts) without indexes, about a nanosecond each.
  public func occurrences(of word: Word) -> [Occurrence] {
    var found: [Occurrence] = []
    for relation in relations {
      for isDenial in [false, true] {
        guard let table = relation.table(denied: isDenial)?.facts else { continue }
        for column in 0..<table.arity {
          let rows = table.rows(holding: word.bits, in: column)
          if rows.isEmpty { continue }
          found.append(
            Occurrence(relation: relation, column: column, isDenial: isDenial, rows: rows))
        }
      }
    }
    return found
  }

  /// The entities that a text names: as their id, their label or an alias, in this order.
  public func entities(named text: String) -> [Word] {
    guard let word = values.findWord(for: .symbol(text)) else { return [] }
    var result: [Word] = []
    if isInUse(word) { result.append(word) }
    for (name, column) in [("entity", 2), ("alias", 1)] {
      guard let relation = relation(named: name), relation.isBuiltin else { continue }
      for row in relation.facts.facts.rows(holding: word.bits, in: column) {
        let id = Word(bits: relation.facts.facts.word(row: row, column: 0))
        if !result.contains(id) { result.append(id) }
      }
    }
    return result
  }

  /// Whether a word stands in an attribute that is not declared to be a text, so that it may be an
  /// entity.
  private func isInUse(_ word: Word) -> Bool {
    for relation in relations {
      for (column, attribute) in relation.schema.attributes.enumerated() {
        guard attribute.type == .entity || attribute.type == .any else { continue }
        if relation.facts.facts.holds(word.bits, in: column) { return true }
      }
    }
    return false
  }

  /// The label of an entity, if one is stated.
  public func label(of entity: Word) -> Word? {
    guard let relation = relation(named: "entity"), relation.isBuiltin else { return nil }
    let table = relation.facts.facts
    for row in table.index(on: [0]).rows(forKey: [entity.bits]) where table.isLive(row) {
      let label = Word(bits: table.word(row: row, column: 2))
      if label != .unknown { return label }
    }
    return nil
  }
}

extension Table {
  /// The live rows whose word in a column is this one, ascending.
  func rows(holding word: UInt64, in column: Int) -> [UInt32] {
    var found: [UInt32] = []
    if let index = existingIndex(on: [column]), index.rowLimit == rowCount {
      found = index.rows(forKey: [word])
    } else {
      scan(column: column, for: word) { row in
        found.append(row)
        return true
      }
    }
    var count = found.count
    compactLive(rows: &found, count: &count)
    found.removeLast(found.count - count)
    return found
  }

  /// Whether some live row has this word in a column.
  func holds(_ word: UInt64, in column: Int) -> Bool {
    if let index = existingIndex(on: [column]), index.rowLimit == rowCount {
      return index.rows(forKey: [word]).contains { isLive($0) }
    }
    var found = false
    scan(column: column, for: word) { row in
      found = isLive(row)
      return !found
    }
    return found
  }

  /// Calls `body` with each row that has a word in a column, until it returns false.
  private func scan(column: Int, for word: UInt64, _ body: (UInt32) -> Bool) {
    var words: [UInt64] = []
    var row = 0
    while row < rowCount {
      let block = row >> 16
      if block < segments.count {
        let frame = segments[block].columns[column]
        if word < frame.minimum || word > frame.maximum {
          row = (block + 1) << 16
          continue
        }
      }
      let end = min(rowCount, row + batchSize)
      unpack(column: column, rows: row..<end, into: &words)
      var hits = 0
      for i in 0..<(end - row) where words[i] == word { hits &+= 1 }
      if hits > 0 {
        for i in 0..<(end - row) where words[i] == word {
          if !body(UInt32(row + i)) { return }
        }
      }
      row = end
    }
  }

  /// The distinct words of the live rows in a column with their numbers of rows, most frequent
  /// first, then by word.
  func wordCounts(column: Int) -> [FactBase.FrequentValue] {
    var counts = index(on: [column]).wordCounts { rows in
      guard self.hasDeadRows else { return rows.count }
      return rows.reduce(0) { $0 + (self.isLive($1) ? 1 : 0) }
    }
    counts.sort { $0.count != $1.count ? $0.count > $1.count : $0.word.bits < $1.word.bits }
    return counts
  }
}

extension KeyIndex {
  /// The words of the index's one column, each with what `size` makes of its rows; none with 0.
  func wordCounts(_ size: (ArraySlice<UInt32>) -> Int) -> [FactBase.FrequentValue] {
    // With everything in groups each word is there once.
    if !chained.next.isEmpty || stored != nil { regroup() }
    var firstRows: [UInt32] = []
    var counts: [Int] = []
    for group in 0..<groupCount {
      let rows = permutation[Int(starts[group])..<Int(starts[group + 1])]
      guard let first = rows.first else { continue }
      let count = size(rows)
      if count == 0 { continue }
      firstRows.append(first)
      counts.append(count)
    }
    var words: [UInt64] = []
    source.gather(column: columns[0], rows: firstRows, count: firstRows.count, into: &words)
    return counts.indices.map {
      FactBase.FrequentValue(word: Word(bits: words[$0]), count: counts[$0])
    }
  }
}
