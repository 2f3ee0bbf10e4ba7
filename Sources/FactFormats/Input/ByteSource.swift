import Glibc

/// The bytes of a file or pipe in order, decompressed where they begin as gzip does.
///
/// Holds the descriptor and closes it. Reading a pipe polls, so that it can be stopped while the
/// other side is silent.
final class ByteSource {
  /// The path as it was given, for failures.
  let path: String
  /// The size of a regular file in bytes, as stored.
  let fileSize: Int?
  /// How many bytes were read from the file, as stored.
  private(set) var bytesRead = 0

  private let descriptor: Int32
  /// The first bytes, read to recognise the format and handed out again first.
  private var head: [UInt8] = []
  private var headOffset = 0
  private var inflater: Inflater?

  /// Opens the file and looks at its first bytes.
  init(path: String, shouldStop: () -> Bool) throws(FormatFailure) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FormatFailure(file: path, problem: .system(action: "open it", reason: systemReason()))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = systemReason()
      close(descriptor)
      throw FormatFailure(file: path, problem: .system(action: "open it", reason: reason))
    }
    let kind = status.st_mode & S_IFMT
    fileSize = kind == S_IFREG ? Int(status.st_size) : nil
    if kind == S_IFDIR {
      close(descriptor)
      throw FormatFailure(file: path, problem: .directory)
    }
    try recognise(shouldStop)
  }

  deinit { close(descriptor) }

  /// Whether the file is gzipped.
  var isCompressed: Bool { inflater != nil }

  /// Fills the buffer as far as the file goes; fewer bytes than asked for means its end.
  func fill(
    _ buffer: UnsafeMutableRawBufferPointer, shouldStop: () -> Bool
  ) throws(FormatFailure) -> Int {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count: Int
      if let inflater {
        if shouldStop() { throw FormatFailure(file: path, problem: .stopped) }
        count = try inflater.inflate(into: rest, from: self, shouldStop: shouldStop)
      } else {
        count = try readStored(into: rest, shouldStop: shouldStop)
      }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// Reads some stored bytes; 0 means the end of the file.
  func readStored(
    into buffer: UnsafeMutableRawBufferPointer, shouldStop: () -> Bool
  ) throws(FormatFailure) -> Int {
    if headOffset < head.count {
      let count = min(head.count - headOffset, buffer.count)
      head.withUnsafeBytes { source in
        buffer.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[headOffset..<headOffset + count]))
      }
      headOffset += count
      if headOffset == head.count {
        head = []
        headOffset = 0
      }
      return count
    }
    return try readDescriptor(into: buffer, shouldStop: shouldStop)
  }

  private func readDescriptor(
    into buffer: UnsafeMutableRawBufferPointer, shouldStop: () -> Bool
  ) throws(FormatFailure) -> Int {
    while true {
      if shouldStop() { throw FormatFailure(file: path, problem: .stopped) }
      if fileSize == nil {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&waiting, 1, 50) == 0 { continue }
      }
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 {
        bytesRead += count
        return count
      }
      if errno == EINTR || errno == EAGAIN { continue }
      if errno == EISDIR { throw FormatFailure(file: path, problem: .directory) }
      throw FormatFailure(file: path, problem: .system(action: "read it", reason: systemReason()))
    }
  }

  /// Reads the first bytes and decides by them whether to decompress.
  private func recognise(_ shouldStop: () -> Bool) throws(FormatFailure) {
    let headSize = 4096
    var bytes = [UInt8](repeating: 0, count: headSize)
    var count = 0
    while count < 4 {
      let offset = count
      var outcome: Result<Int, FormatFailure> = .success(0)
      bytes.withUnsafeMutableBytes { buffer in
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[offset...])
        do throws(FormatFailure) {
          outcome = .success(try readDescriptor(into: rest, shouldStop: shouldStop))
        } catch {
          outcome = .failure(error)
        }
      }
      let got = try outcome.get()
      if got == 0 { break }
      count += got
    }
    bytes.removeLast(headSize - count)
    if let name = foreignFormat(bytes) {
      throw FormatFailure(file: path, problem: .unsupported(name: name))
    }
    head = bytes
    if bytes.starts(with: [0x1F, 0x8B]) {
      guard let made = Inflater(path: path) else {
        throw FormatFailure(
          file: path, problem: .system(action: "decompress it", reason: "out of memory"))
      }
      inflater = made
    }
  }
}

/// The name of a format that is recognised by its first bytes only to be refused.
private func foreignFormat(_ bytes: [UInt8]) -> String? {
  let known: [([UInt8], String)] = [
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd"),
    ([0xFD, 0x37, 0x7A, 0x58], "compressed with xz"),
    ([0x42, 0x5A, 0x68, 0x39], "compressed with bzip2"),
    ([0x50, 0x4B, 0x03, 0x04], "a zip archive (or a workbook)"),
    ([0x50, 0x41, 0x52, 0x31], "a Parquet file"),
    ([0x25, 0x50, 0x44, 0x46], "a PDF document"),
    ([0xFF, 0xFE], "UTF-16 text"),
    ([0xFE, 0xFF], "UTF-16 text"),
  ]
  for (start, name) in known where bytes.starts(with: start) { return name }
  return nil
}

/// The system's words for the last error of a call.
func systemReason() -> String { String(cString: strerror(errno)) }
