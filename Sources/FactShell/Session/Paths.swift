import Glibc

/// Paths as text.
enum Paths {
  /// The folder of a path; nil where it names none, which is the working directory.
  static func directory(of path: String) -> String? {
    guard let slash = path.lastIndex(of: "/") else { return nil }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// A relative path from a folder on; `~/` is the home folder.
  static func joined(_ path: String, to directory: String?) -> String {
    if path.hasPrefix("~/"), let home = Environment.value(of: "HOME") {
      return home + path.dropFirst()
    }
    guard !path.hasPrefix("/"), let directory else { return path }
    return directory.hasSuffix("/") ? directory + path : directory + "/" + path
  }

  /// The one name of a file, however it was reached.
  static func canonical(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
