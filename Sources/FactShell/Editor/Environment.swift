import Glibc

/// The process's environment, read without Foundation.
enum Environment {
  /// The value of the variable `name`, or nil where it is not set.
  static func value(of name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    return String(cString: value)
  }
}
