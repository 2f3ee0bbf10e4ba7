import CLMDB
import Glibc

/// Why a durable base cannot be opened, read or written: a sentence, and what to do.
public struct BaseError: Error, Hashable, Sendable {
  /// What kind of trouble it is, for programs; people read the sentence.
  public enum Kind: Sendable {
    /// There is nothing at the path, or something that is no base.
    case missing, foreign
    /// It was written by another version of the program.
    case newerFormat, olderFormat
    /// What is stored does not agree with its checksum, or the file was cut.
    case damaged
    /// The system refuses to read or write.
    case noPermission, readOnly, fullDisk
    /// Another process holds what is needed, and the wait was interrupted or is not possible.
    case busy, interrupted
    case failed
  }

  /// What kind of trouble it is.
  public let kind: Kind
  /// One sentence without a full stop.
  public let message: String
  /// What to do about it.
  public let hint: String?

  init(_ kind: Kind, _ message: String, hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
  }

  /// The error for a status of LMDB or the system.
  init(status: Int32, path: String, doing what: String) {
    let name = "the base `\(path)`"
    switch status {
    case ENOENT:
      self.init(
        .missing, "there is no base `\(path)`", hint: "open it without --read-only to create it")
    case EACCES, EPERM:
      self.init(
        .noPermission, "no permission to \(what) \(name) or the files beside it",
        hint: "the folder and the files `\(path)*` must be yours to read and write")
    case EROFS:
      self.init(
        .readOnly, "\(name) lies on a file system that is read-only",
        hint: "open it with --read-only")
    case ENOSPC, EDQUOT, EFBIG:
      self.init(
        .fullDisk, "no room is left to \(what) \(name)",
        hint: "make room and run the statement again; nothing of it was kept")
    case MDB_MAP_FULL:
      self.init(
        .fullDisk, "\(name) has reached the size that fits into the address space",
        hint: "raise `ulimit -v` and open it again; nothing of the statement was kept")
    case MDB_INVALID:
      self.init(
        .foreign, "`\(path)` is no fact base", hint: "give another path; it was not touched")
    case MDB_VERSION_MISMATCH:
      self.init(
        .newerFormat, "\(name) was written with another version of LMDB",
        hint: "save it as text with the program that wrote it: .save FILE")
    case MDB_CORRUPTED, MDB_PAGE_NOTFOUND:
      self.init(.damaged, "\(name) is damaged", hint: BaseError.restoreHint)
    case MDB_PANIC:
      self.init(
        .failed, "an earlier failure to write left \(name) unusable in this process",
        hint: "leave and open it again; what was acknowledged is kept")
    case MDB_READERS_FULL:
      self.init(.busy, "too many processes read \(name)", hint: "close some of them")
    case ENOMEM:
      self.init(.failed, "no memory to \(what) \(name)", hint: "raise `ulimit -v`")
    default:
      self.init(
        .failed, "could not \(what) \(name): \(String(cString: mdb_strerror(status)))")
    }
  }

  static let restoreHint =
    "go back to a copy of the file, or save what can still be read with .save FILE"

  /// Something stored does not read as what it should be.
  static func damaged(_ path: String, _ what: String) -> BaseError {
    BaseError(.damaged, "the base `\(path)` is damaged: \(what)", hint: restoreHint)
  }
}
