extension BaseSealer {
  /// Covers full segments by runs of row numbers by hash, of which short ones are written anew as
  /// one with the next.
  func storeIdentity(
    _ table: Table, _ old: StoredTable?, _ stored: StoredTable, _ writer: MapWriter
  ) throws {
    let limit = isLarge(old, stored) ? BaseSealer.mergeLimit : BaseSealer.mergeLimit / 2
    var runs = (old?.identity ?? []).map { (rows: $0.rows, blob: $0.blob.number) }
    let full = table.segments.count * Segment.rowLimit
    var first = runs.last?.rows.upperBound ?? 0
    if table.isSet, table.arity > 0, first < full, full >= thresholds.identity {
      while first < full {
        var rows = first..<min(full, first + BaseSealer.mergeLimit)
        first = rows.upperBound
        while let last = runs.last, last.rows.count < rows.count * 4,
          last.rows.count + rows.count <= limit
        {
          retire(last.blob)
          rows = last.rows.lowerBound..<rows.upperBound
          runs.removeLast()
        }
        let number = nextBlob()
        let size = IdentityRun.size(rows.count)
        try writer.put(.blob(number), size: StoredBlob.storedSize(size)) { value in
          IdentityRun.write(rows, of: table, into: value)
          StoredBlob.finish(value, size: size)
        }
        runs.append((rows, number))
      }
    }
    identities[stored.id] = runs
  }

  /// Whether what is sealed is much beside what is there, so that work on all of it does not show.
  private func isLarge(_ old: StoredTable?, _ stored: StoredTable) -> Bool {
    isThorough || stored.rowCount - (old?.rowCount ?? 0) >= stored.rowCount / 16
  }

  /// Keeps an index on the first column, from which most questions start; written anew once a
  /// quarter of the rows is not in it, but not all of a large one for a few statements.
  func storeIndexes(
    _ table: Table, _ old: StoredTable?, _ stored: StoredTable, _ writer: MapWriter
  ) throws {
    var entries = (old?.indexes ?? []).map {
      StoredTable.IndexEntry(
        column: $0.columns[0], rows: $0.rows, blob: $0.blob.number, size: $0.blob.bytes.count)
    }
    defer { indexEntries[stored.id] = entries }
    let full = table.segments.count * Segment.rowLimit
    let covered = entries.first?.rows ?? 0
    guard table.isSet, table.arity > 0, full >= thresholds.index,
      isThorough ? full > covered : full - covered > covered / 4,
      full <= BaseSealer.mergeLimit || isLarge(old, stored),
      let contents = StoredIndex.contents(of: table, column: 0, rows: full)
    else { return }
    for entry in entries { retire(entry.blob) }
    let number = nextBlob()
    try writer.put(.blob(number), size: StoredBlob.storedSize(contents.size)) { value in
      contents.write(value)
      StoredBlob.finish(value, size: contents.size)
    }
    entries = [
      StoredTable.IndexEntry(column: 0, rows: full, blob: number, size: contents.size)
    ]
  }

  /// From how many rows on indexes are stored: fewer are indexed in some milliseconds, and an index
  /// takes as much room as a fifth of them.
  struct Thresholds {
    /// Rows by all their words, which only a writer needs.
    var identity = 16 * Segment.rowLimit
    /// Rows by their first word.
    var index = 8 * Segment.rowLimit
  }

  func encoded(_ stored: StoredTable) -> [UInt8] {
    stored.encoded(
      identity: (identities[stored.id] ?? []).map { ($0.rows.count, $0.blob) },
      indexes: indexEntries[stored.id] ?? [])
  }
}
