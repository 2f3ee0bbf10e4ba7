import CLMDB
import Glibc
import Synchronization

/// An LMDB environment of one file: opening, transactions, values by key.
///
/// What reads hand out lies in the map and stays there while its value is not deleted; values are
/// written once, so a value that the newest catalogue names can be read without a transaction.
final class MapEnvironment: @unchecked Sendable {
  let path: String
  let isReadOnly: Bool
  private let handle: OpaquePointer
  private var database: MDB_dbi = 0
  private var hasDatabase = false
  private var reader: OpaquePointer?
  private var readers = 0
  private let pageSize: Int

  /// The environments of this process. LMDB forbids to open one twice, and what was read from one
  /// may still be in use when its base is opened again.
  private static let open = Mutex<[Weak]>([])

  private struct Weak: @unchecked Sendable {
    weak var environment: MapEnvironment?
    let device: UInt
    let inode: UInt
  }

  /// The environment of a file, as it is open already or anew.
  static func of(path: String, isReadOnly: Bool) throws(BaseError) -> MapEnvironment {
    var information = stat()
    if stat(path, &information) == 0 {
      let device = UInt(information.st_dev)
      let inode = UInt(information.st_ino)
      let known = open.withLock { list in
        list.first { $0.device == device && $0.inode == inode }?.environment
      }
      if let known {
        if known.isReadOnly == isReadOnly { return known }
        throw BaseError(
          .busy, "`\(path)` is open in this shell in another mode", hint: "leave and open it anew")
      }
    }
    let made = try MapEnvironment(path: path, isReadOnly: isReadOnly)
    guard stat(path, &information) == 0 else { return made }
    let entry = Weak(
      environment: made, device: UInt(information.st_dev), inode: UInt(information.st_ino))
    open.withLock { list in
      list.removeAll { $0.environment == nil }
      list.append(entry)
    }
    return made
  }

  /// Opens the file, creates it unless it is to be read only.
  private init(path: String, isReadOnly: Bool) throws(BaseError) {
    self.path = path
    self.isReadOnly = isReadOnly
    handle = try MapEnvironment.openHandle(path, isReadOnly)
    var statistics = MDB_stat()
    mdb_env_stat(handle, &statistics)
    pageSize = Int(statistics.ms_psize)
    // All is set by now, so that `deinit` closes it where this throws.
    try MapEnvironment.checkStructure(handle, path)
    forgetDeadReaders()
  }

  /// A reader that died leaves its slot behind, which would keep old pages for ever.
  func forgetDeadReaders() {
    var dead: Int32 = 0
    mdb_reader_check(handle, &dead)
  }

  deinit {
    if let reader { mdb_txn_abort(reader) }
    mdb_env_close(handle)
  }

  private static func openHandle(
    _ path: String, _ isReadOnly: Bool
  ) throws(BaseError) -> OpaquePointer {
    // Address space only; less of it where `ulimit -v` says so.
    var size = 1 << 40
    while true {
      var environment: OpaquePointer?
      var status = mdb_env_create(&environment)
      guard status == 0, let environment else {
        throw BaseError(status: status, path: path, doing: "open")
      }
      mdb_env_set_mapsize(environment, size)
      var flags = UInt32(MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD)
      if isReadOnly { flags |= UInt32(MDB_RDONLY) }
      status = mdb_env_open(environment, path, flags, 0o644)
      if status == 0 { return environment }
      mdb_env_close(environment)
      guard status == ENOMEM, size > 1 << 28 else {
        throw BaseError(status: status, path: path, doing: "open")
      }
      size >>= 2
    }
  }

  /// Looks at all that LMDB will follow, while the state that it belongs to is held.
  private static func checkStructure(
    _ handle: OpaquePointer, _ path: String
  ) throws(BaseError) {
    var descriptor: Int32 = -1
    mdb_env_get_fd(handle, &descriptor)
    // Two commits of others between the beginning of a transaction and its look at the file are
    // possible, but not again and again.
    for _ in 0..<20 {
      var transaction: OpaquePointer?
      let status = mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &transaction)
      guard status == 0, let transaction else {
        throw BaseError(status: status, path: path, doing: "read")
      }
      defer { mdb_txn_abort(transaction) }
      let isChecked = try MapStructure.check(
        descriptor: descriptor, path: path, transaction: mdb_txn_id(transaction))
      if isChecked { return }
    }
    throw .damaged(path, "its first pages change all the time")
  }

  /// Looks at the pages of the newest state again.
  func checkStructure() throws(BaseError) { try MapEnvironment.checkStructure(handle, path) }

  /// Whether the pages of a value, if it has some of its own, say so.
  func hasSoundPages(_ key: StoreKey, _ value: UnsafeRawBufferPointer) -> Bool {
    !MapStructure.hasOwnPages(value, keySize: key.bytes.count, pageSize: pageSize)
      || MapStructure.isLarge(value, pageSize: pageSize)
  }

  /// Bytes that the file takes, free pages included.
  var fileSize: Int {
    var information = stat()
    return stat(path, &information) == 0 ? Int(information.st_size) : 0
  }

  // MARK: Reading

  /// Holds the newest state while `body` runs; a call within another one sees the same state.
  func read<Result>(_ body: (MapReader) throws -> Result) throws -> Result {
    let transaction = try beginReading()
    defer { endReading() }
    return try body(transaction)
  }

  /// Holds the newest state until `endReading`.
  @discardableResult
  func beginReading() throws(BaseError) -> MapReader {
    if readers == 0 {
      if let reader {
        try check(mdb_txn_renew(reader), "read")
      } else {
        try check(mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &reader), "read")
      }
    }
    guard let reader else { throw BaseError(status: EINVAL, path: path, doing: "read") }
    if !hasDatabase {
      let status = mdb_dbi_open(reader, nil, 0, &database)
      guard status == 0 else {
        mdb_txn_reset(reader)
        throw BaseError(status: status, path: path, doing: "read")
      }
      hasDatabase = true
    }
    readers += 1
    return MapReader(transaction: reader, database: database, path: path)
  }

  /// Lets go of the state, so that its pages can be used again.
  func endReading() {
    readers -= 1
    if readers == 0, let reader { mdb_txn_reset(reader) }
  }

  // MARK: Writing

  /// Runs `body` in a transaction: all that it writes is on disk when this returns, or nothing.
  func write<Result>(_ body: (MapWriter) throws -> Result) throws -> Result {
    var transaction: OpaquePointer?
    try check(mdb_txn_begin(handle, nil, 0, &transaction), "write")
    guard let transaction else { throw BaseError(status: EINVAL, path: path, doing: "write") }
    do {
      if !hasDatabase {
        try check(mdb_dbi_open(transaction, nil, 0, &database), "write")
        hasDatabase = true
      }
      let result = try body(
        MapWriter(
          transaction: transaction, database: database, path: path, pageSize: pageSize))
      let status = mdb_txn_commit(transaction)
      guard status == 0 else { throw Committed(status: status) }
      return result
    } catch let error as Committed {
      throw BaseError(status: error.status, path: path, doing: "write")
    } catch {
      mdb_txn_abort(transaction)
      throw error
    }
  }

  private struct Committed: Error { let status: Int32 }

  private func check(_ status: Int32, _ what: String) throws(BaseError) {
    if status != 0 { throw BaseError(status: status, path: path, doing: what) }
  }

  /// Writes a copy without free pages.
  func copyCompacted(to target: String) throws(BaseError) {
    try check(mdb_env_copy2(handle, target, UInt32(MDB_CP_COMPACT)), "copy")
  }
}

/// Values by key, in one state of the base.
struct MapReader {
  fileprivate let transaction: OpaquePointer
  fileprivate let database: MDB_dbi
  fileprivate let path: String

  /// The bytes of a value, nil where there is none.
  func value(_ key: StoreKey) throws(BaseError) -> UnsafeRawBufferPointer? {
    var found = MDB_val()
    let status = key.withValue { mdb_get(transaction, database, &$0, &found) }
    if status == MDB_NOTFOUND { return nil }
    guard status == 0 else { throw BaseError(status: status, path: path, doing: "read") }
    return UnsafeRawBufferPointer(start: found.mv_data, count: found.mv_size)
  }

  /// Calls `body` with each key and value from a key on, until it returns false.
  func forEach(
    from first: StoreKey, _ body: (StoreKey, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    var cursor: OpaquePointer?
    var status = mdb_cursor_open(transaction, database, &cursor)
    guard status == 0, let cursor else {
      throw BaseError(status: status, path: path, doing: "read")
    }
    defer { mdb_cursor_close(cursor) }
    var found = MDB_val()
    var value = MDB_val()
    status = first.withValue { key in
      found = key
      return mdb_cursor_get(cursor, &found, &value, MDB_SET_RANGE)
    }
    while status == 0 {
      let key = StoreKey(UnsafeRawBufferPointer(start: found.mv_data, count: found.mv_size))
      let bytes = UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
      if try !body(key, bytes) { return }
      status = mdb_cursor_get(cursor, &found, &value, MDB_NEXT)
    }
    guard status == MDB_NOTFOUND else {
      throw BaseError(status: status, path: path, doing: "read")
    }
  }
}

/// A transaction that writes.
struct MapWriter {
  fileprivate let transaction: OpaquePointer
  fileprivate let database: MDB_dbi
  fileprivate let path: String
  fileprivate let pageSize: Int

  /// What this transaction sees.
  var reader: MapReader {
    MapReader(transaction: transaction, database: database, path: path)
  }

  /// Looks at what stands before a large value that goes: LMDB frees as many pages as it says.
  private func checkOld(_ key: StoreKey) throws(BaseError) {
    guard let old = try reader.value(key),
      MapStructure.hasOwnPages(old, keySize: key.bytes.count, pageSize: pageSize),
      !MapStructure.isLarge(old, pageSize: pageSize)
    else { return }
    throw .damaged(path, "the pages of a value that is to go do not read")
  }

  /// Writes a value.
  func put(_ key: StoreKey, _ bytes: [UInt8]) throws(BaseError) {
    try checkOld(key)
    let status = bytes.withUnsafeBytes { source in
      var value = MDB_val(
        mv_size: source.count, mv_data: UnsafeMutableRawPointer(mutating: source.baseAddress))
      return key.withValue { mdb_put(transaction, database, &$0, &value, 0) }
    }
    guard status == 0 else { throw BaseError(status: status, path: path, doing: "write") }
  }

  /// Makes room for a value, which `fill` writes.
  func put(
    _ key: StoreKey, size: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void
  ) throws(BaseError) {
    try checkOld(key)
    var value = MDB_val(mv_size: size, mv_data: nil)
    let status = key.withValue {
      mdb_put(transaction, database, &$0, &value, UInt32(MDB_RESERVE))
    }
    guard status == 0 else { throw BaseError(status: status, path: path, doing: "write") }
    fill(UnsafeMutableRawBufferPointer(start: value.mv_data, count: size))
  }

  /// Deletes a value, if it is there.
  func delete(_ key: StoreKey) throws(BaseError) {
    try checkOld(key)
    let status = key.withValue { mdb_del(transaction, database, &$0, nil) }
    guard status == 0 || status == MDB_NOTFOUND else {
      throw BaseError(status: status, path: path, doing: "write")
    }
  }

  /// Deletes all values whose key begins with that of `first` without its last number.
  func deleteAll(from first: StoreKey, while belongs: (StoreKey) -> Bool) throws {
    var keys: [StoreKey] = []
    try reader.forEach(from: first) { key, _ in
      guard belongs(key) else { return false }
      keys.append(key)
      return true
    }
    for key in keys { try delete(key) }
  }
}
