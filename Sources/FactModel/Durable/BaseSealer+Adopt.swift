extension BaseSealer {
  /// Reads back, after the commit, what is now in the base, so that memory can be given back.
  func adopt(_ loader: BaseLoader) throws {
    for (table, stored) in tables {
      let before = table.stored?.segments.count ?? 0
      for run in identities[stored.id] ?? [] {
        if let known = table.stored?.identity.first(where: { $0.blob.number == run.blob }) {
          stored.identity.append(known)
          continue
        }
        let blob = try loader.blob(run.blob, IdentityRun.size(run.rows.count))
        if let run = IdentityRun(rows: run.rows, blob: blob) { stored.identity.append(run) }
      }
      for entry in indexEntries[stored.id] ?? [] {
        if let known = table.stored?.indexes.first(where: { $0.blob.number == entry.blob }) {
          stored.indexes.append(known)
          continue
        }
        let blob = try loader.blob(entry.blob, entry.size)
        let index = StoredIndex(
          columns: [entry.column], rows: entry.rows, shape: entry.shape, blob: blob)
        if let index { stored.indexes.append(index) }
      }
      if before < stored.segments.count {
        let columns = try stored.segments[before...].map { try loader.columns($0) }
        table.replace(before..<stored.segments.count) { columns[$0 - before] }
      }
      // What an index was read from may be deleted by now.
      let kept = Set(stored.indexes.map(\.blob.number))
      table.indexes = table.indexes.filter { _, index in
        index.stored.map { kept.isSuperset(of: $0.blobs) } ?? true
      }
      table.stored = stored
      table.changedBlocks = []
      table.leaveIdentityToBase()
    }
    for relation in base.relations {
      relation.facts.hasChangedRetractions = false
      relation.denials?.hasChangedRetractions = false
    }
    base.values.symbols.rebase(try loader.dictionary(catalogue))
  }
}

extension Table {
  /// Whether a segment's bitmap or levels have changed since they were stored.
  func isChanged(_ block: Int) -> Bool { block < changedBlocks.count && changedBlocks[block] }
}
