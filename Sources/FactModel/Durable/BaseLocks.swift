import Glibc

/// The locks beside a base: every opener shares one, a writer holds another while it writes.
///
/// LMDB has no way to try its own lock, and nothing that says that a base is open at all.
final class BaseLocks {
  private let path: String
  private let users: Int32
  private var writer: Int32 = -1
  private var isWriting = false

  /// What a wait asks and says.
  struct Waiting {
    /// True ends the wait.
    var isInterrupted: () -> Bool
    /// Called once, after a second.
    var notice: (String) -> Void
  }

  /// Shares the base with others; waits while one of them compacts it.
  init(path: String, isReadOnly: Bool, waiting: Waiting) throws(BaseError) {
    self.path = path
    var descriptor = open(path + "-users", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0, isReadOnly { descriptor = open(path + "-users", O_RDONLY | O_CLOEXEC) }
    users = descriptor
    if descriptor < 0 {
      let status = errno
      // Where nothing can be written, nobody compacts either.
      if isReadOnly, status == EROFS || status == ENOENT { return }
      throw BaseError(status: status, path: path, doing: "open")
    }
    do {
      try BaseLocks.wait(
        descriptor, LOCK_SH, waiting, "another shell compacts the base; waiting for it")
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit {
    if writer >= 0 { close(writer) }
    if users >= 0 { close(users) }
  }

  /// Waits until no other process writes.
  func beginWriting(_ waiting: Waiting) throws(BaseError) {
    if writer < 0 {
      writer = open(path + "-writer", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      if writer < 0 { throw BaseError(status: errno, path: path, doing: "write") }
    }
    try BaseLocks.wait(
      writer, LOCK_EX, waiting, "another shell writes to the base; waiting for it (Ctrl-C stops)")
    isWriting = true
  }

  /// Lets others write.
  func endWriting() {
    if isWriting { flock(writer, LOCK_UN) }
    isWriting = false
  }

  // MARK: Readers

  /// Says that this process reads a generation, so that nothing of it is deleted; false where that
  /// cannot be said.
  ///
  /// A lock on one byte of the shared file, which ends with the process: the system itself counts
  /// the readers. Unlike a transaction of LMDB it does not keep the pages of small values, which
  /// every commit writes anew.
  func pin(_ generation: Int) -> Bool {
    users >= 0 && byteLock(BaseLocks.setLock, Int16(F_RDLCK), generation, 1) != nil
  }

  /// Lets go of a generation.
  func unpin(_ generation: Int) {
    _ = byteLock(BaseLocks.setLock, Int16(F_UNLCK), generation, 1)
  }

  /// The oldest generation that another process reads, below a limit.
  func oldestPinned(below limit: Int) -> Int? {
    var oldest: Int?
    while oldest ?? limit > 0,
      let found = byteLock(BaseLocks.getLock, Int16(F_WRLCK), 0, oldest ?? limit),
      found.l_type != Int16(F_UNLCK)
    {
      oldest = Int(found.l_start)
    }
    return oldest
  }

  // Locks that belong to the opened file rather than the process (F_OFD_GETLK, F_OFD_SETLK).
  private static let getLock: Int32 = 36
  private static let setLock: Int32 = 37

  private func byteLock(
    _ command: Int32, _ type: Int16, _ start: Int, _ length: Int
  ) -> flock? {
    var lock = flock()
    lock.l_type = type
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = off_t(start)
    lock.l_len = off_t(length)
    return fcntl(users, command, &lock) == 0 ? lock : nil
  }

  /// Runs `body` while nobody else has the base open; false where somebody has.
  func exclusively<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard users >= 0, flock(users, LOCK_EX | LOCK_NB) == 0 else {
      if users >= 0 { flock(users, LOCK_SH) }
      return nil
    }
    defer { flock(users, LOCK_SH) }
    return try body()
  }

  private static func wait(
    _ descriptor: Int32, _ kind: Int32, _ waiting: Waiting, _ text: String
  ) throws(BaseError) {
    var waited = 0
    while flock(descriptor, kind | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw BaseError(.failed, "could not lock the base: \(String(cString: strerror(errno)))")
      }
      if waiting.isInterrupted() {
        throw BaseError(.interrupted, "interrupted while waiting for another shell")
      }
      let pause = waited < 20 ? 1 : 10
      usleep(UInt32(pause * 1000))
      if waited < 1000, waited + pause >= 1000 { waiting.notice(text) }
      waited += pause
    }
  }
}
