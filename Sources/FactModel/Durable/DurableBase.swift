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
  private let account: MemoryAccount
  var catalogue = Catalogue()
  /// The number of the next log record.
  var nextLog = 1
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
    environment = try MapEnvironment.of(path: path, isReadOnly: isReadOnly)
    try checkSize()
    if try !hasFormat() { try create(waiting) }
    try environment.read { try load($0) }
  }

  /// Looks at the file before LMDB does, which would make a base of an empty one and more.
  private static func check(_ path: String, _ isReadOnly: Bool) throws(BaseError) {
    var information = stat()
    guard stat(path, &information) == 0 else {
      let status = errno
      if status == ENOENT, !isReadOnly { return }
      throw BaseError(status: status, path: path, doing: "open")
    }
    if information.st_mode & S_IFMT == S_IFDIR {
      throw BaseError(
        .foreign, "`\(path)` is a folder",
        hint: "give the path of a file, such as \(path)/base.facts")
    }
    let descriptor = Glibc.open(path, (isReadOnly ? O_RDONLY : O_RDWR) | O_CLOEXEC)
    guard descriptor >= 0 else { throw BaseError(status: errno, path: path, doing: "open") }
    defer { close(descriptor) }
    if information.st_size == 0, !isReadOnly { return }
    // The first page of an LMDB file has this number behind its header.
    var page = [UInt8](repeating: 0, count: 24)
    let count = read(descriptor, &page, page.count)
    guard count == page.count, Array(page[16..<20]) == [0xDE, 0xC0, 0xEF, 0xBE] else {
      throw BaseError(
        .foreign, "`\(path)` is no fact base", hint: "give another path; the file was not touched")
    }
  }

  /// A file that was cut would end the process as soon as a page beyond its end is read.
  private func checkSize() throws(BaseError) {
    // Pages at the very end may never have been written.
    let slack = 1 << 20
    if environment.fileSize + slack < environment.reachedSize {
      throw BaseError.damaged(path, "the file has been cut short")
    }
  }

  private func hasFormat() throws -> Bool {
    do {
      return try environment.read { reader in
        guard let value = try reader.value(.format) else {
          try reader.forEach(from: .format) { _, _ in
            throw BaseError(
              .foreign, "`\(path)` is the database of another program",
              hint: "give another path; it was not touched")
          }
          return false
        }
        try DurableBase.checkFormat(value, path)
        return true
      }
    } catch let error as BaseError where error.kind == .missing { return false }
  }

  private static func checkFormat(_ value: UnsafeRawBufferPointer, _ path: String) throws {
    let magic = Catalogue.magic
    guard value.count >= magic.count, Array(value[0..<magic.count]) == magic else {
      throw BaseError(
        .foreign, "`\(path)` is the database of another program",
        hint: "give another path; it was not touched")
    }
    var reader = ByteReader(UnsafeRawBufferPointer(rebasing: value[magic.count...]))
    guard let format = try? reader.count() else { throw BaseError.damaged(path, "its format") }
    if format > Catalogue.format {
      throw BaseError(
        .newerFormat, "the base `\(path)` has format \(format), newer than this program's",
        hint: "open it with a newer factsh")
    }
    if format < Catalogue.format {
      throw BaseError(
        .olderFormat, "the base `\(path)` has format \(format), older than this program's",
        hint: "save it with the factsh that wrote it (.save FILE) and read it into a new base")
    }
  }

  private func create(_ waiting: BaseLocks.Waiting) throws {
    if isReadOnly {
      throw BaseError(
        .missing, "there is no base in `\(path)` yet", hint: "open it without --read-only first")
    }
    try locks.beginWriting(waiting)
    defer { locks.endWriting() }
    // Another process may have been faster.
    if try hasFormat() { return }
    let sealer = BaseSealer(after: catalogue, base: base, known: [:])
    try environment.write { writer in
      var format = ByteWriter()
      format.append(Catalogue.magic)
      format.number(Catalogue.format)
      try writer.put(.format, format.bytes)
      try sealer.seal(writer, program: [], logs: 1..<1)
    }
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
  public func beginReading() throws -> Refreshed {
    let reader = try environment.beginReading()
    do {
      return try refresh(reader)
    } catch {
      environment.endReading()
      throw error
    }
  }

  /// Lets go of the state.
  public func endReading() { environment.endReading() }

  private func refresh(_ reader: MapReader) throws -> Refreshed {
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
    damage = DamageNote()
    earlySealer = nil
    guard let value = try reader.value(.catalogue) else {
      throw BaseError.damaged(path, "there is no catalogue")
    }
    do {
      let catalogue = try Catalogue(reading: value)
      let loader = BaseLoader(
        reader: reader, environment: environment, damage: damage, account: account)
      base = try loader.base(catalogue)
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
    } catch is UnreadableBytes {
      throw BaseError.damaged(path, "the catalogue or the log does not read")
    }
    if let first = damage.first { throw BaseError.damaged(path, first) }
  }

  private func noteTables() {
    tables = [:]
    for relation in base.relations {
      for table in [relation.facts, relation.denials].compactMap({ $0 }) {
        for stored in [table.facts.stored, table.claims.stored].compactMap({ $0 }) {
          tables[stored.id] = stored
        }
      }
    }
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
  public func endWriting() { locks.endWriting() }

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

  /// Gives back memory in the middle of a long statement: full segments are written ahead, where
  /// nobody sees them before the commit.
  public func relieve() throws {
    let sealer = earlySealer ?? BaseSealer(after: catalogue, base: base, known: tables)
    earlySealer = sealer
    let written = try sealer.writeEarly(in: environment, isInterrupted: isInterrupted)
    guard written else { return }
    try environment.read { reader in
      try sealer.adoptEarly(
        BaseLoader(reader: reader, environment: environment, damage: damage, account: account))
    }
  }

  /// Writes everything since the last seal as segments.
  func seal() throws {
    let sealer = earlySealer ?? BaseSealer(after: catalogue, base: base, known: tables)
    earlySealer = nil
    _ = try sealer.writeEarly(in: environment, isInterrupted: isInterrupted)
    try environment.write { writer in
      try sealer.seal(writer, program: program, logs: catalogue.firstLog..<nextLog)
    }
    catalogue = sealer.catalogue
    loggedRows = 0
    loggedBytes = 0
    texts = base.values.symbols.count
    wides = base.values.wides.count
    journal.clear()
    try environment.read { reader in
      try sealer.adopt(
        BaseLoader(reader: reader, environment: environment, damage: damage, account: account))
    }
    noteTables()
  }

  /// Forgets what was done since the last commit: `base` is another object afterwards.
  public func rollback() throws {
    journal.clear()
    try environment.read { try load($0) }
  }
}

extension DurableBase {
  /// Goes on with the file that now has the path.
  func reopen() throws {
    environment = try MapEnvironment.of(path: path, isReadOnly: isReadOnly)
    try environment.read { try load($0) }
  }
}
