extension BaseSealer {
  /// Covers full segments by runs of row numbers by hash, of which short ones are written anew as
  /// one with the next.
  func storeIdentity(
    _ table: Table, _ old: StoredTable?, _ stored: StoredTable, _ writer: MapWriter
  ) throws {
    var runs = (old?.identity ?? []).map { (rows: $0.rows, blob: $0.blob.number) }
    let full = table.segments.count * Segment.rowLimit
    var first = runs.last?.rows.upperBound ?? 0
    if table.isSet, table.arity > 0, first < full {
      while first < full {
        var rows = first..<min(full, first + BaseSealer.mergeLimit)
        first = rows.upperBound
        while let last = runs.last, last.rows.count < rows.count * 4,
          last.rows.count + rows.count <= BaseSealer.mergeLimit
        {
          try writer.delete(.blob(last.blob))
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

  /// Keeps an index on the first column, from which most questions start; written anew once a
  /// quarter of the rows is not in it.
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
    guard table.isSet, table.arity > 0, full >= BaseSealer.indexedRows,
      full - covered > covered / 4,
      let contents = StoredIndex.contents(of: table, column: 0, rows: full)
    else { return }
    for entry in entries { try writer.delete(.blob(entry.blob)) }
    let number = nextBlob()
    try writer.put(.blob(number), size: StoredBlob.storedSize(contents.size)) { value in
      contents.write(value)
      StoredBlob.finish(value, size: contents.size)
    }
    entries = [
      StoredTable.IndexEntry(column: 0, rows: full, blob: number, size: contents.size)
    ]
  }

  /// Fewer rows are indexed in no time.
  static let indexedRows = 4 * Segment.rowLimit

  func encoded(_ stored: StoredTable) -> [UInt8] {
    stored.encoded(
      identity: (identities[stored.id] ?? []).map { ($0.rows.count, $0.blob) },
      indexes: indexEntries[stored.id] ?? [])
  }
}
