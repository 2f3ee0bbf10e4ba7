import FactLanguage
import FactModel

extension Engine {
  /// Opens a durable base, or creates it unless it is to be read only; from then on every statement
  /// is on disk, whole or not at all, before `run` returns.
  ///
  /// What the engine holds in memory is let go of.
  ///
  /// - Throws: `BaseError` where it cannot be opened; the engine stays as it was.
  public func open(base path: String, isReadOnly: Bool = false) throws {
    guard !isWriting else {
      throw EngineError.failed(
        message: "a base cannot be opened in the middle of a transaction",
        hint: "open it before the script that states facts")
    }
    let opened: DurableBase
    if let durable, durable.path == path, durable.isReadOnly == isReadOnly {
      // Opening the same base again is a new look at it.
      opened = durable
    } else {
      opened = try DurableBase(
        path: path, isReadOnly: isReadOnly, account: base.account,
        isInterrupted: { [unowned self] in isInterrupted() },
        notice: { [unowned self] in waitNotice($0) })
    }
    // What cannot be read is found before anything is let go of.
    _ = try ProgramCoding.decode(opened.program, path: opened.path)
    endReading()
    durable = opened
    try adopt(.replaced)
  }

  // MARK: Transactions

  /// Runs several statements as one: all that they state is published at the end, or nothing where
  /// `body` throws. Without a durable base it just runs them.
  public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    if transactionDepth > 0 { return try body() }
    transactionDepth += 1
    defer { transactionDepth -= 1 }
    do {
      let result = try body()
      if isWriting { try publish() }
      return result
    } catch {
      if isWriting { abandon() }
      throw Engine.translated(error)
    }
  }

  /// Runs `body` on the newest state of a durable base, which stays the same until it ends.
  ///
  /// Whoever reads `base` between statements does so in here.
  public func reading<Result>(_ body: () throws -> Result) throws -> Result {
    guard let durable, !isWriting, !isReading else { return try body() }
    do {
      let found = try durable.beginReading()
      isReading = true
      defer { endReading() }
      try adopt(found)
      let result = try body()
      try checkDamage()
      return result
    } catch {
      throw Engine.translated(error)
    }
  }

  private func endReading() {
    if isReading { durable?.endReading() }
    isReading = false
  }

  /// Runs a statement that changes base or program, alone in this or any process.
  func writing<Result>(_ body: () throws -> Result) throws -> Result {
    guard let durable, !isWriting else { return try body() }
    // The state that is being read may not be the newest one.
    endReading()
    do {
      let found = try durable.beginWriting()
      isWriting = true
      do { try adopt(found) } catch {
        isWriting = false
        durable.endWriting()
        throw error
      }
    } catch {
      throw Engine.translated(error)
    }
    if transactionDepth > 0 { return try body() }
    do {
      let result = try body()
      try publish()
      return result
    } catch {
      if isWriting { abandon() }
      throw Engine.translated(error)
    }
  }

  /// Puts on disk what was done since writing began.
  private func publish() throws {
    guard let durable else { return }
    try checkDamage()
    if hasTornLoad {
      throw EngineError.failed(
        message: "a `load` failed in the middle, so nothing of the script was kept",
        hint: "cure what it said and run the script again")
    }
    if programIsChanged {
      durable.change(program: ProgramCoding.encode(program))
    }
    // Until all is done, a failure means that everything is read anew.
    programIsChanged = true
    try durable.commit()
    programIsChanged = false
    knownProgram = durable.program
    isWriting = false
    durable.endWriting()
  }

  /// Goes back to what was committed last. Where even that fails, the next statement tries again,
  /// and what made this one fail is what is told.
  private func abandon() {
    guard let durable else { return }
    defer {
      isWriting = false
      hasTornLoad = false
      durable.endWriting()
    }
    if durable.hasChanges || programIsChanged {
      mustAdopt = true
      do {
        try durable.rollback()
        try adopt(.replaced)
      } catch {}
    }
  }

  /// Makes what a durable base found the state of the engine.
  private func adopt(_ found: DurableBase.Refreshed) throws {
    guard let durable else { return }
    switch mustAdopt ? .replaced : found {
    case .same: return
    case .advanced:
      if durable.program != knownProgram { try readProgram() }
      resolver.program = program
    case .replaced:
      mustAdopt = true
      replaceBase(by: durable.base)
      try readProgram()
      mustAdopt = false
      if let again = last { last = (nil, again.syntax) }
    }
  }

  private func readProgram() throws {
    guard let durable else { return }
    let decoded = try ProgramCoding.decode(durable.program, path: durable.path)
    let version = program.version + 1
    program = decoded
    program.version = version
    knownProgram = durable.program
    programIsChanged = false
  }

  private func checkDamage() throws {
    guard let durable, let what = durable.damage.first else { return }
    throw EngineError.failed(
      message: "the base `\(durable.path)` is damaged: \(what)",
      hint: "`.verify` says what else is; go back to a copy of the file")
  }

  private static func translated(_ error: any Error) -> any Error {
    if let error = error as? BaseError, error.kind == .interrupted {
      return EngineError.interrupted
    }
    return error
  }

  /// Runs `body` while no state is held for reading.
  func quietly<Result>(_ body: () throws -> Result) throws -> Result {
    endReading()
    do { return try body() } catch { throw Engine.translated(error) }
  }

  /// Takes over a base that was read anew.
  func adoptAnew() throws { try adopt(.replaced) }

  // MARK: Removing

  /// Removes a relation with its facts, denials and declaration; a built-in one is emptied.
  public func drop(relationNamed name: String) throws {
    try writing {
      guard let relation = base.relation(named: name) else { return }
      base.drop(relation)
      program.version += 1
    }
  }
}

extension Engine {
  /// Writes the durable base anew without the room that it no longer needs.
  public func compact(_ durable: DurableBase) throws -> (before: Int, after: Int) {
    if isWriting {
      throw EngineError.failed(
        message: "a base cannot be compacted in the middle of a transaction",
        hint: "run `.compact` by itself")
    }
    let done = try quietly { try durable.compact() }
    try adoptAnew()
    return done
  }
}
