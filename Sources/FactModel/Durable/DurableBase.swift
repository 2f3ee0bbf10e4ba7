import Glibc

/// A fact base in a file: what is committed is on disk, whole or not at all.
///
/// One process writes at a time, any number read; each sees what the others have committed when it
/// next begins to read. A commit is one log record, or, once these are many or one is large, new
/// segments that are written once and read in place from then on.
public final class DurableBase {
  /// Where the file is.
  public let path: String
  /// Whether it was opened for reading only.
  public let isReadOnly: Bool
  /// What was found to be damaged while reading; ask before showing an answer.
  public internal(set) var damage = DamageNote()
  /// The facts as of the last commit, and what was done since. Another object after `refresh` says
  /// that everything was read anew.
  public private(set) var base: FactBase
  /// The rules and queries of the last commit, as the engine wrote them.
  public private(set) var program: [UInt8] = []
  /// Ends a wait for another process where it gives true.
  public var isInterrupted: () -> Bool = { false }
  /// Is told, after a second, what is waited for.
  public var notice: (String) -> Void = { _ in }

  var environment: MapEnvironment
  let locks: BaseLocks
  let journal = Journal()
  /// From how many rows on indexes are stored; tests take fewer.
  var thresholds = BaseSealer.Thresholds()
  private let account: MemoryAccount
  private let cache = BlobCache()
  var catalogue = Catalogue()
  /// The number of the next log record.
  var nextLog = 1
  /// The generation that is noted as being read.
  private var pinned: Int?
  /// Whether what is in memory is not what was committed, so that all must be read anew.
  private var isStale = false
  /// Whether the path has another file than the one that is open.
  private var isReplaced = false
  private var loggedRows = 0
  private var loggedBytes = 0
  /// The numbers of texts and wide values that are committed.
  private var texts = 0
  private var wides = 0
  private(set) var tables: [Int: StoredTable] = [:]
  /// What has written segments ahead of the commit.
  private var earlySealer: BaseSealer?

  /// Opens a base, and creates it unless it is to be read only.
  public init(
    path: String, isReadOnly: Bool = false, account: MemoryAccount = MemoryAccount(),
    isInterrupted: @escaping () -> Bool = { false },
    notice: @escaping (String) -> Void = { _ in }
  ) throws {
    self.path = path
    self.isReadOnly = isReadOnly
    self.account = account
    self.isInterrupted = isInterrupted
    self.notice = notice
    base = FactBase(account: account)
    // A file-size limit is an error like a full disk, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    try DurableBase.check(path, isReadOnly)
    let waiting = BaseLocks.Waiting(isInterrupted: isInterrupted, notice: notice)
    locks = try BaseLocks(path: path, isReadOnly: isReadOnly, waiting: waiting)
    if !isReadOnly { try DurableBase.clearUnfinished(path, locks) }
    environment = try MapEnvironment.of(path: path, isReadOnly: isReadOnly)
    if try !hasFormat() { try create(waiting) }
    try environment.read { try load($0) }
  }

  // MARK: Reading

  /// What `beginReading` and `beginWriting` found.
  public enum Refreshed: Sendable {
    /// Nothing was committed since.
    case same
    /// What was committed since has been done to `base` as well; `program` may be another one.
    case advanced
    /// `base` is another object.
    case replaced
  }

  /// Holds the newest state until `endReading`.
  ///
  /// What is large of it is kept by a note that it is read; a transaction, which would keep all
  /// pages that others write meanwhile from being used again, only where there can be no such note.
  public func beginReading() throws -> Refreshed {
    if isReplaced { try reopen() }
    var result = Refreshed.same
    for _ in 0..<20 {
      switch try environment.read({ try refresh($0) }) {
      case .same: break
      case .advanced: if case .same = result { result = .advanced }
      case .replaced: result = .replaced
      }
      let generation = catalogue.generation
      guard locks.pin(generation) else { break }
      do {
        // A seal that was under way has looked for readers before this one.
        if try environment.read({ try self.generation($0) }) == generation {
          pinned = generation
          return result
        }
      } catch {
        locks.unpin(generation)
        throw error
      }
      locks.unpin(generation)
    }
    let reader = try environment.beginReading()
    do {
      switch try refresh(reader) {
      case .same: return result
      case .advanced: if case .same = result { return .advanced } else { return result }
      case .replaced: return .replaced
      }
    } catch {
      environment.endReading()
      throw error
    }
  }

  /// Lets go of the state.
  public func endReading() {
    guard let generation = pinned else { return environment.endReading() }
    locks.unpin(generation)
    pinned = nil
  }

  private func generation(_ reader: MapReader) throws -> Int? {
    guard let value = try reader.value(.catalogue) else { return nil }
    do { return try Catalogue.generation(of: value) } catch { return nil }
  }

  private func refresh(_ reader: MapReader) throws -> Refreshed {
    if isStale {
      try load(reader)
      return .replaced
    }
    guard let value = try reader.value(.catalogue) else {
      throw BaseError.damaged(path, "there is no catalogue")
    }
    do {
      if try Catalogue.generation(of: value) != catalogue.generation {
        try load(reader)
        return .replaced
      }
      let before = nextLog
      if try !replay(reader) {
        try load(reader)
        return .replaced
      }
      return before == nextLog ? .same : .advanced
    } catch is UnreadableBytes {
      throw BaseError.damaged(path, "the catalogue or the log does not read")
    }
  }

  /// Reads everything anew. Complexity: O(relations + segments + log records).
  func load(_ reader: MapReader) throws {
    let known =
      isStale
      ? [:]
      : Dictionary(
        storedTables.map { ($1.id, $0) }, uniquingKeysWith: { $1 })
    isStale = true
    if damage.first != nil {
      // What was found once is to be found again.
      damage = DamageNote()
      cache.clear()
    }
    earlySealer = nil
    guard let value = try reader.value(.catalogue) else {
      throw BaseError.damaged(path, "there is no catalogue")
    }
    do {
      let catalogue = try Catalogue(reading: value)
      let loader = BaseLoader(
        reader: reader, environment: environment, damage: damage, account: account, cache: cache)
      base = try loader.base(catalogue)
      cache.keepUsed()
      for (table, stored) in storedTables {
        if let old = known[stored.id] { table.takeIndexes(of: old) }
      }
      self.catalogue = catalogue
      noteTables()
      texts = catalogue.textCount
      wides = catalogue.wideCount
      if let stored = try reader.value(.program) {
        _ = try ByteReader(sealed: stored)
        program = Array(stored[0..<stored.count - 8])
      }
      nextLog = catalogue.firstLog
      loggedRows = 0
      loggedBytes = 0
      journal.clear()
      base.journal = journal
      guard try replay(reader) else { throw UnreadableBytes() }
      try checkLogEnd(reader)
    } catch is UnreadableBytes {
      throw BaseError.damaged(path, "the catalogue or the log does not read")
    }
    if let first = damage.first { throw BaseError.damaged(path, first) }
    isStale = false
  }

  /// A statement after one that is missing was acknowledged later than that one.
  private func checkLogEnd(_ reader: MapReader) throws {
    let next = StoreKey.log(nextLog)
    try reader.forEach(from: next) { key, _ in
      if key.isLike(next) { throw BaseError.damaged(path, "statement \(nextLog) is missing") }
      return false
    }
  }

  /// The tables that lie in the base, and what of them does.
  private var storedTables: [(table: Table, stored: StoredTable)] {
    base.relations.flatMap { [$0.facts, $0.denials].compactMap { $0 } }
      .flatMap { [$0.facts, $0.claims] }
      .compactMap { table in table.stored.map { (table, $0) } }
  }

  private func noteTables() {
    tables = Dictionary(storedTables.map { ($1.id, $1) }, uniquingKeysWith: { $1 })
  }

  /// Does what others have logged since; false where it does not fit what is in memory.
  private func replay(_ reader: MapReader) throws -> Bool {
    journal.isReplaying = true
    defer { journal.isReplaying = false }
    while let record = try reader.value(.log(nextLog)) {
      var changed: [UInt8]?
      // Values that queries made here have the numbers that the record gives to others.
      guard base.values.symbols.count == texts, base.values.wides.count == wides else {
        return false
      }
      guard try LogRecord.replay(record, on: base, &changed) else { return false }
      if let changed { program = changed }
      nextLog += 1
      loggedRows += 1
      loggedBytes += record.count
      texts = base.values.symbols.count
      wides = base.values.wides.count
    }
    return true
  }

  // MARK: Writing

  /// Waits until this process may write, and brings `base` up to date.
  public func beginWriting() throws -> Refreshed {
    if isReadOnly {
      throw BaseError(
        .readOnly, "the base `\(path)` is open for reading only",
        hint: "open it without --read-only")
    }
    try locks.beginWriting(.init(isInterrupted: isInterrupted, notice: notice))
    do {
      if isReplaced { try reopen() }
      let found = try environment.read { try refresh($0) }
      // Many values of queries would be written with the statement.
      guard base.values.symbols.count - texts > 65_536 else { return found }
      try environment.read { try load($0) }
      return .replaced
    } catch {
      locks.endWriting()
      throw error
    }
  }

  /// Lets others write; what was not committed has to be rolled back before.
  public func endWriting() {
    earlySealer = nil
    locks.endWriting()
  }

  /// Whether anything was done since the last commit.
  public var hasChanges: Bool { !journal.isEmpty }

  /// Makes a changed program part of what is committed next.
  public func change(program: [UInt8]) {
    guard program != self.program else { return }
    self.program = program
    journal.programmed(program)
  }

  /// Puts all that was done since the last commit on disk, or fails and keeps none of it there;
  /// then it has to be rolled back.
  public func commit() throws {
    guard hasChanges else { return }
    if let first = damage.first { throw BaseError.damaged(path, first) }
    let isLong =
      journal.isTooLong || loggedRows + max(journal.rows, 1) > Journal.rowLimit
      || loggedBytes > 4 << 20 || base.values.symbols.count - texts > 65_536
    if isLong { return try seal() }
    let record = LogRecord.encode(journal, values: base.values, symbols: texts, wides: wides)
    try environment.write { try $0.put(.log(nextLog), record) }
    nextLog += 1
    loggedRows += max(journal.rows, 1)
    loggedBytes += record.count
    texts = base.values.symbols.count
    wides = base.values.wides.count
    journal.clear()
  }

  private func newSealer() -> BaseSealer {
    let sealer = BaseSealer(after: catalogue, base: base, known: tables)
    sealer.thresholds = thresholds
    return sealer
  }

  /// Gives back memory in the middle of a long statement: full segments are written ahead, beside
  /// the statement, where nobody sees them before the commit.
  public func relieve() throws {
    let sealer = earlySealer ?? newSealer()
    earlySealer = sealer
    if let writing = sealer.writing, !writing.isFinished, !sealer.mustWait { return }
    try sealer.finishEarly()
    if !sealer.unadopted.isEmpty { try reading { try sealer.adoptEarly($0) } }
    if try sealer.spill(in: environment) { try reading { try sealer.adoptSpilled($0) } }
    _ = try sealer.beginEarly(in: environment)
  }

  /// Runs `body` on the newest state with what makes tables of it.
  private func reading(_ body: (BaseLoader) throws -> Void) throws {
    try environment.read { reader in
      try body(
        BaseLoader(
          reader: reader, environment: environment, damage: damage, account: account, cache: cache))
    }
  }

  /// Writes everything since the last seal as segments; with `thoroughly`, all that is left to do.
  func seal(thoroughly: Bool = false) throws {
    let sealer = earlySealer ?? newSealer()
    sealer.isThorough = thoroughly
    try sealer.writeEarly(in: environment, isInterrupted: isInterrupted)
    try sealer.prepare(in: environment)
    earlySealer = nil
    environment.forgetDeadReaders()
    try environment.write { writer in
      try sealer.seal(
        writer, program: program, logs: catalogue.firstLog..<nextLog,
        oldest: locks.oldestPinned(below: catalogue.generation))
    }
    catalogue = sealer.catalogue
    loggedRows = 0
    loggedBytes = 0
    texts = base.values.symbols.count
    wides = base.values.wides.count
    journal.clear()
    // It is kept by now, so that what fails from here on is no failure of the statement.
    do {
      try reading { try sealer.adopt($0) }
      noteTables()
    } catch { isStale = true }
  }

  /// Forgets what was done since the last commit: `base` is another object afterwards.
  public func rollback() throws {
    journal.clear()
    isStale = true
    // The numbers of values that were written ahead are given to others.
    cache.clear()
    try environment.read { try load($0) }
  }
}

extension DurableBase {
  /// Goes on with the file that now has the path. Where that fails, nothing is read from or written
  /// to the old one: what was written there would be lost.
  func reopen() throws {
    isReplaced = true
    isStale = true
    // The name of the new file must be on disk before anything is kept in it.
    try DurableBase.synchronize(DurableBase.folder(of: path))
    environment = try MapEnvironment.of(path: path, isReadOnly: isReadOnly)
    isReplaced = false
    try environment.read { try load($0) }
  }
}
