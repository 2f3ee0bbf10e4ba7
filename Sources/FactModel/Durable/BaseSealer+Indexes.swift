/// What a table's indexes become by a seal.
struct PlannedIndexes {
  /// Runs of row numbers by hash, in the order of their rows.
  var runs: [(rows: Range<Int>, blob: Int)] = []
  /// The rows of those that are new.
  var newRows = 0
  /// Runs of the index on the first column.
  var index: [PlannedIndexRun] = []
}

/// A run of an index that is kept, or one that is made before it is written.
final class PlannedIndexRun {
  let rows: Range<Int>
  /// What it is in the base, once that is known.
  var entry: StoredTable.IndexEntry?
  /// What it takes the place of.
  let replaced: [StoredTable.IndexEntry]
  let isNew: Bool
  private var contents: StoredIndexContents?

  init(kept entry: StoredTable.IndexEntry) {
    rows = entry.rows
    self.entry = entry
    replaced = []
    isNew = false
  }

  init(rows: Range<Int>, replaced: [StoredTable.IndexEntry]) {
    self.rows = rows
    self.replaced = replaced
    isNew = true
  }

  /// The value of it under a number.
  func value(_ number: Int, of table: Table) -> SealedValue {
    SealedValue(
      number: number,
      make: { [self] in
        let made = StoredIndexContents(of: table, column: 0, rows: rows)
        contents = made
        entry = .init(
          column: 0, rows: rows, blob: number, size: made.size, shape: made.shape)
      },
      size: { [self] in contents?.size ?? 0 },
      fill: { [self] in
        contents?.write(to: $0)
        contents = nil
      })
  }
}

extension BaseSealer {
  /// Plans the indexes of all tables.
  func planIndexes() {
    for table in allTables {
      var plan = PlannedIndexes()
      for run in identityRuns(of: table) {
        if run.blob == nil { plan.newRows += run.rows.count }
        plan.runs.append((run.rows, run.blob ?? planRun(run.rows, of: table)))
      }
      plan.index = indexRuns(of: table)
      for run in plan.index where run.isNew {
        // What is verified can be read by several threads.
        table.verify(columns: [0], rows: run.rows)
        indexes.append(run.value(nextBlob(), of: table))
      }
      planned[ObjectIdentifier(table)] = plan
    }
  }

  /// Plans a run over some rows and returns its number.
  func planRun(_ rows: Range<Int>, of table: Table) -> Int {
    if !IdentityRun.isKnown(rows, in: table) {
      table.verify(columns: Array(0..<table.arity), rows: rows)
    }
    let size = IdentityRun.size(rows.count)
    let value = SealedValue(number: nextBlob(), size: { size }) { value in
      IdentityRun.write(rows, of: table, into: value)
    }
    values.append(value)
    return value.number
  }

  /// Covers full segments by runs of row numbers by hash, of which short ones are written anew as
  /// one with the next.
  private func identityRuns(of table: Table) -> [(rows: Range<Int>, blob: Int?)] {
    var runs: [(rows: Range<Int>, blob: Int?)] = (table.stored?.identity ?? []).map {
      ($0.rows, $0.blob.number)
    }
    for run in table.spilled { runs.append((run.rows, run.blob.number)) }
    let limit =
      isThorough
      ? IdentityRun.rowLimit : isLarge(table) ? thresholds.longRun : thresholds.merged
    let full = table.segments.count * Segment.rowLimit
    var first = runs.last?.rows.upperBound ?? 0
    guard table.isSet, table.arity > 0, first < full, full >= thresholds.identity else {
      return runs
    }
    while first < full {
      // What is in memory is soon written, however long it is.
      let isKnown = IdentityRun.isKnown(first..<full, in: table)
      var rows = first..<min(full, first + (isKnown ? IdentityRun.rowLimit : thresholds.longRun))
      first = rows.upperBound
      while let last = runs.last, last.rows.count < rows.count * 4,
        last.rows.count + rows.count <= limit
      {
        if let blob = last.blob { retire(blob) }
        rows = last.rows.lowerBound..<rows.upperBound
        runs.removeLast()
      }
      runs.append((rows, nil))
    }
    return runs
  }

  /// Whether so much is sealed that work on all of the table does not show: a segment takes longer
  /// to state than anybody waits for.
  private func isLarge(_ table: Table) -> Bool {
    let added = table.rowCount - (table.stored?.rowCount ?? 0)
    return isThorough || added >= Segment.rowLimit || added >= table.rowCount / 16
  }

  /// The index on the first column, from which most questions start: rows that came since get a run
  /// of their own once they are many, which is written as one with short ones before it.
  private func indexRuns(of table: Table) -> [PlannedIndexRun] {
    var runs = (table.stored?.indexEntries ?? []).map { PlannedIndexRun(kept: $0) }
    let full = table.segments.count * Segment.rowLimit
    var replaced: [StoredTable.IndexEntry] = []
    if isThorough, runs.count > 1 || runs.last?.rows.upperBound ?? 0 < full {
      replaced = runs.compactMap(\.entry)
      runs = []
    }
    var first = runs.last?.rows.upperBound ?? 0
    guard table.isSet, table.arity > 0, full >= thresholds.index, first < full,
      full - first > min(first / 4, thresholds.index)
    else { return runs }
    let limit = isLarge(table) ? thresholds.longRun : thresholds.merged
    while first < full {
      var rows = first..<min(full, first + IdentityRun.rowLimit)
      first = rows.upperBound
      while let last = runs.last, let entry = last.entry, last.rows.count < rows.count * 4,
        last.rows.count + rows.count <= limit
      {
        replaced.append(entry)
        rows = last.rows.lowerBound..<rows.upperBound
        runs.removeLast()
      }
      guard
        StoredIndexContents.isWorthItsRoom(
          table, column: 0, rows: rows, share: thresholds.indexShare)
      else { return (table.stored?.indexEntries ?? []).map { PlannedIndexRun(kept: $0) } }
      runs.append(PlannedIndexRun(rows: rows, replaced: replaced))
      replaced = []
    }
    return runs
  }

  /// Notes what the indexes of a table are by now.
  func noteIndexes(of table: Table, _ stored: StoredTable) {
    let plan = planned.removeValue(forKey: ObjectIdentifier(table))
    identities[stored.id] = plan?.runs ?? []
    var entries: [StoredTable.IndexEntry] = []
    for run in plan?.index ?? [] {
      for old in run.replaced { retire(old.blob) }
      // It was made by now.
      if let entry = run.entry { entries.append(entry) }
    }
    indexEntries[stored.id] = entries
  }

  /// How much goes where, and how much is done at once.
  struct Thresholds {
    /// From how many rows on the base keeps rows by all their words, which only a writer needs. Fewer
    /// are entered in some milliseconds.
    var identity = 16 * Segment.rowLimit
    /// From how many rows on it keeps an index on the first column, which takes as much room as a
    /// fifth of them.
    var index = 8 * Segment.rowLimit
    /// The part of the room of the rows that the words of an index may take where they lie far apart:
    /// where each row has another one, they would take as much, and the base outgrow those of others.
    var indexShare = 0.3
    /// Rows or texts that one run of an index gets after a short statement, whose successor must not
    /// wait for it.
    var merged = 8 * Segment.rowLimit
    /// Rows or texts that one run gets after a long one.
    var longRun = 32 * Segment.rowLimit
    /// Bytes that one transaction may hold in memory.
    var transaction = 32 << 20
    /// From how many rows on memory no longer tells them apart, in the middle of a load.
    var spilledRows = IdentityRun.rowLimit - 4 * Segment.rowLimit
    /// From how many bytes on memory no longer holds new texts, in the middle of a load.
    var spilledTexts = 128 << 20
  }

  func encoded(_ stored: StoredTable) -> [UInt8] {
    stored.encoded(
      identity: (identities[stored.id] ?? []).map { ($0.rows.count, $0.blob) },
      indexes: indexEntries[stored.id] ?? [])
  }
}
