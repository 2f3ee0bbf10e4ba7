extension BaseSealer {
  /// What a thread of its own writes, under numbers that it has got already.
  private struct EarlyValues: Sendable {
    var columns: [(column: Column, stored: StoredColumn)] = []
    var values: [SealedValue] = []
    /// From where on values are what an earlier writer left, if those are still to be deleted.
    var leftovers: Int?

    func write(in environment: MapEnvironment) throws {
      try environment.write { writer in
        if let leftovers { try BaseSealer.clean(from: leftovers, writer) }
        for (column, stored) in columns { try BaseSealer.write(column, as: stored, writer) }
        for value in values { try value.write(writer) }
      }
    }
  }

  /// Full segments that were not written yet, with their bytes in all.
  private var waiting: (segments: [(table: Table, number: Int)], size: Int) {
    var segments: [(Table, Int)] = []
    var size = 0
    for table in allTables {
      let written = early[ObjectIdentifier(table)]?.count ?? 0
      let first = (table.stored?.segments.count ?? 0) + written
      for i in first..<max(table.segments.count, first) {
        segments.append((table, i))
        size += table.segments[i].byteCount
      }
    }
    return (segments, size)
  }

  /// Whether so much waits that the statement has to wait as well.
  var mustWait: Bool { waiting.size > 2 * thresholds.transaction }

  /// Begins to write full segments in a transaction of their own, beside the statement, if they are
  /// too much for one; false where they are not. `finishEarly` has to follow.
  func beginEarly(in environment: MapEnvironment) throws -> Bool {
    try finishEarly()
    let todo = waiting
    guard todo.size > thresholds.transaction else { return false }
    var work = EarlyValues(leftovers: leftovers)
    leftovers = nil
    var taken = 0
    for (table, i) in todo.segments where taken < thresholds.transaction {
      taken += table.segments[i].byteCount
      let columns = table.segments[i].columns.map { ($0, describe($0)) }
      work.columns += columns
      let segment = StoredSegment(count: Segment.rowLimit, columns: columns.map(\.1))
      early[ObjectIdentifier(table), default: []].append(segment)
      unadopted.append((table, i, segment))
    }
    begin(work, in: environment)
    return true
  }

  /// Plans all large values, after those that `reader` finds.
  func plan(_ reader: MapReader?) throws {
    try planTexts(reader)
    planIndexes()
  }

  private func begin(_ work: EarlyValues, in environment: MapEnvironment) {
    writing = BackgroundWork { try work.write(in: environment) }
  }

  /// Plans the large values of a seal and makes those that take long with all processors. Where they
  /// are many, all but the indexes are written meanwhile.
  func prepare(in environment: MapEnvironment) throws {
    try environment.read { try plan($0) }
    let rows = planned.values.reduce(0) { $0 + $1.newRows }
    if rows > Segment.rowLimit * 16 {
      try finishEarly()
      begin(EarlyValues(values: values, leftovers: leftovers), in: environment)
      leftovers = nil
      values = []
      // Each is on its way to disk while the next one is made.
      for (i, index) in indexes.enumerated() {
        index.prepare()
        try finishEarly()
        if i < indexes.count - 1 { begin(EarlyValues(values: [index]), in: environment) }
      }
      try finishEarly()
      indexes = indexes.suffix(1)
    } else {
      let all = indexes + values
      parallel(over: all.count) { all[$0].prepare() }
    }
  }

  // MARK: Bounded memory

  /// Writes what tells rows apart, and new texts, where they are as much as memory should hold; false
  /// where they are not. `adoptSpilled` has to follow, nothing may be stated between.
  func spill(in environment: MapEnvironment) throws -> Bool {
    for table in allTables where table.isSet && table.waitingForIdentity >= thresholds.spilledRows {
      let full = table.segments.count * Segment.rowLimit
      let rows = table.identityFloor..<min(full, table.identityFloor + IdentityRun.rowLimit)
      spilled.append((table, rows, planRun(rows, of: table)))
    }
    let symbols = base.values.symbols
    hasSpilledTexts = symbols.byteCount > thresholds.spilledTexts
    if hasSpilledTexts { try environment.read { try planTexts($0) } }
    guard hasSpilledTexts || !spilled.isEmpty else { return false }
    begin(EarlyValues(values: values, leftovers: leftovers), in: environment)
    leftovers = nil
    values = []
    try finishEarly()
    return true
  }

  /// Looks up in the base from now on what was written by `spill`.
  func adoptSpilled(_ loader: BaseLoader) throws {
    for (table, rows, blob) in spilled {
      let blob = try loader.blob(blob, IdentityRun.size(rows.count))
      if let run = IdentityRun(rows: rows, blob: blob) { table.leaveIdentity(to: run) }
    }
    spilled = []
    if hasSpilledTexts { base.values.symbols.rebase(try loader.dictionary(catalogue)) }
    hasSpilledTexts = false
  }

  /// Waits until what was begun is on disk.
  func finishEarly() throws {
    guard let writing else { return }
    self.writing = nil
    try writing.finish()
  }

  /// Writes full segments in transactions of their own while they are too much for one.
  func writeEarly(in environment: MapEnvironment, isInterrupted: () -> Bool) throws {
    while try beginEarly(in: environment) {
      if isInterrupted() {
        throw BaseError(.interrupted, "interrupted; nothing of it was kept")
      }
    }
  }

  /// Reads segments that were written ahead from the base, so that memory can be given back.
  func adoptEarly(_ loader: BaseLoader) throws {
    var first = 0
    while first < unadopted.count {
      let table = unadopted[first].table
      var end = first + 1
      while end < unadopted.count, unadopted[end].table === table { end += 1 }
      let columns = try unadopted[first..<end].map { try loader.columns($0.segment) }
      let number = unadopted[first].number
      table.replace(number..<number + columns.count) { columns[$0 - number] }
      first = end
    }
    unadopted = []
  }
}
