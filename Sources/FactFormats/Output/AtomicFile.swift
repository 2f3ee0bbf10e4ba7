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
  /// Whether a file stood there before.
  private let replaces: Bool
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
    replaces = exists
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
  public func write(_ bytes: [UInt8]) throws(FormatFailure) { try write(bytes.span) }

  /// Adds bytes to the file; many at once are written as they lie.
  ///
  /// - Throws: `FormatFailure` where the disk is full or the like; the file is then to be given up.
  public func write(_ bytes: Span<UInt8>) throws(FormatFailure) {
    byteCount += bytes.count
    if let deflater {
      deflater.add(bytes.withUnsafeBufferPointer { Array($0) }, isLast: false, to: &buffer)
    } else if buffer.isEmpty, bytes.count >= AtomicFile.bufferSize / 4 {
      try bytes.withUnsafeBytes { raw throws(FormatFailure) in try writeAll(raw) }
      return
    } else {
      bytes.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
    }
    if buffer.count >= AtomicFile.bufferSize { try flush() }
  }

  /// Adds text to the file.
  public func write(_ text: String) throws(FormatFailure) { try write(Array(text.utf8)) }

  /// Completes the file and puts it in its place.
  ///
  /// It is on the disk then where it replaces another, which would else be lost if the machine failed
  /// now, or where it is asked for. Waiting for the disk takes many times as long as writing.
  ///
  /// - Throws: `FormatFailure`; the file that stood at the path before is then untouched.
  public func commit(durably: Bool = false) throws(FormatFailure) {
    deflater?.add([], isLast: true, to: &buffer)
    try flush()
    if let temporary {
      if durably || replaces { guard fsync(descriptor) == 0 else { throw writeFailure() } }
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
    var bytes: [UInt8] = []
    swap(&bytes, &buffer)
    try bytes.span.withUnsafeBytes { raw throws(FormatFailure) in try writeAll(raw) }
    bytes.removeAll(keepingCapacity: true)
    swap(&bytes, &buffer)
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer) throws(FormatFailure) {
    var written = 0
    while written < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw writeFailure()
      }
      written += count
    }
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
