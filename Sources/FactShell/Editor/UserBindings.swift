import Glibc

/// The user's own key bindings, as libedit's programs have them.
enum UserBindings {
  /// The lines of `$EDITRC`, else of `~/.editrc`, without comments; none if there is no file.
  static func lines() -> [String] {
    var path = Environment.value(of: "EDITRC")
    if path == nil, let home = Environment.value(of: "HOME") { path = home + "/.editrc" }
    guard let path else { return [] }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 { return [] }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return [] }
    var bytes: [UInt8] = []
    while bytes.count < 1_048_576, Terminal.read(descriptor, { bytes.append(contentsOf: $0) }) {}
    return bytes.split(separator: 0x0a).map { line in
      String(decoding: line.drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
    }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
  }
}
