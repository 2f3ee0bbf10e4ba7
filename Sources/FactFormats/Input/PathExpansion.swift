import Glibc

/// The files that a path with `*`, `?` or `[…]` names, sorted by name.
///
/// A path without such characters, and one that names an existing file as it stands, is returned as
/// it is. The result is empty where nothing matches.
public func expand(pattern: String) -> [String] {
  guard pattern.utf8.contains(where: { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B }) else {
    return [pattern]
  }
  if access(pattern, F_OK) == 0 { return [pattern] }
  var found = glob_t()
  defer { globfree(&found) }
  guard glob(pattern, 0, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
  var result: [String] = []
  for index in 0..<Int(found.gl_pathc) {
    if let path = paths[index] { result.append(String(cString: path)) }
  }
  return result
}
