import Glibc

/// A file that is written beside its final place and moved there only when it is whole.
///
/// Until `commit`, the file that may stand at the path stays as it is; a writer that goes away
/// without it leaves nothing behind. Where the path names something that is no regular file (a pipe,
/// `/dev/stdout`), it is written directly. A path that ends in `.gz` is compressed.
public final class AtomicFile {
  /// The path as it was given.
  public let path: String
  /// How many bytes were given to `write`.
  public private(set) var byteCount = 0

  private var descriptor: Int32 = -1
  /// Where the file will stand, links followed.
  private let target: String
  /// Where it is written; nil if directly.
  private var temporary: String?
  private var deflater: Deflater?
  private var buffer: [UInt8] = []

  private static let bufferSize = 256 << 10

  /// Opens a temporary file in the folder of the path.
  ///
  /// - Throws: `FormatFailure` where the folder or the file cannot be written.
  public init(path: String) throws(FormatFailure) {
    self.path = path
    var status = stat()
    let exists = stat(path, &status) == 0
    let kind = status.st_mode & S_IFMT
    if exists && kind == S_IFDIR {
      target = path
      throw FormatFailure(file: path, problem: .directory)
    }
    if exists && kind != S_IFREG {
      target = path
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      target = exists ? AtomicFile.resolved(path) : path
      if exists && access(target, W_OK) != 0 {
        throw FormatFailure(
          file: path, problem: .system(action: "write it", reason: systemReason()))
      }
      openTemporary(mode: exists ? status.st_mode & 0o777 : nil)
    }
    if descriptor < 0 {
      throw FormatFailure(file: path, problem: .system(action: "write it", reason: systemReason()))
    }
    if path.hasSuffix(".gz") {
      deflater = Deflater()
      if deflater == nil {
        throw FormatFailure(
          file: path, problem: .system(action: "compress it", reason: "out of memory"))
      }
    }
  }

  deinit { discard() }

  /// Adds bytes to the file.
  ///
  /// - Throws: `FormatFailure` where the disk is full or the like; the file is then to be given up.
  public func write(_ bytes: [UInt8]) throws(FormatFailure) {
    byteCount += bytes.count
    if let deflater {
      deflater.add(bytes, isLast: false, to: &buffer)
    } else {
      buffer.append(contentsOf: bytes)
    }
    if buffer.count >= AtomicFile.bufferSize { try flush() }
  }

  /// Adds text to the file.
  public func write(_ text: String) throws(FormatFailure) { try write(Array(text.utf8)) }

  /// Completes the file, brings it to the disk and puts it in its place.
  ///
  /// - Throws: `FormatFailure`; the file that stood at the path before is then untouched.
  public func commit() throws(FormatFailure) {
    deflater?.add([], isLast: true, to: &buffer)
    try flush()
    if let temporary {
      guard fsync(descriptor) == 0 else { throw writeFailure() }
      let closed = close(descriptor)
      descriptor = -1
      guard closed == 0, rename(temporary, target) == 0 else { throw writeFailure() }
      self.temporary = nil
    }
    discard()
  }

  /// Gives the file up, as if it had never been opened.
  public func discard() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    if let temporary { unlink(temporary) }
    temporary = nil
  }

  private func writeFailure() -> FormatFailure {
    FormatFailure(file: path, problem: .system(action: "write it", reason: systemReason()))
  }

  private func flush() throws(FormatFailure) {
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes { bytes in
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        return Glibc.write(descriptor, rest.baseAddress, rest.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw writeFailure()
      }
      written += count
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Creates a file of a name that nothing has, beside the target.
  private func openTemporary(mode: mode_t?) {
    let slash = target.lastIndex(of: "/")
    let folder = slash.map { String(target[...$0]) } ?? ""
    let name = slash.map { String(target[target.index(after: $0)...]) } ?? target
    for number in 0..<1000 {
      let candidate = "\(folder).\(name.prefix(100)).\(getpid())-\(number).tmp"
      descriptor = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 {
        temporary = candidate
        if let mode { fchmod(descriptor, mode) }
        return
      }
      if errno != EEXIST { return }
    }
  }

  /// The path with links followed.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
