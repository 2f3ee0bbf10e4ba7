import Glibc

/// A file in memory that has a path, for readers that open one.
struct MemoryFile: Sendable {
  let path: String
  private let descriptor: Int32

  init() {
    var template = Array("/dev/shm/factsh-fuzz-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    precondition(descriptor >= 0, "no room in /dev/shm")
    unlink(template)
    path = "/proc/self/fd/\(descriptor)"
  }

  /// Replaces what is in the file.
  func write(_ bytes: [UInt8]) {
    precondition(ftruncate(descriptor, 0) == 0)
    precondition(pwrite(descriptor, bytes, bytes.count, 0) == bytes.count)
  }
}
