import Glibc

/// The files that a typed path may go on with.
enum FolderListing {
  struct Entry {
    /// The whole path as it would be typed.
    var path: String
    var name: String
    var detail: String
  }

  /// Entries of the folder of `typed` whose name begins with its last part, folders first.
  static func entries(matching typed: String, from directory: String?) -> [Entry] {
    let slash = typed.lastIndex(of: "/")
    let folder = slash.map { String(typed[...$0]) } ?? ""
    let prefix = slash.map { String(typed[typed.index(after: $0)...]) } ?? typed
    let opened = folder.isEmpty ? directory ?? "." : Paths.joined(folder, to: directory)
    guard let stream = opendir(opened) else { return [] }
    defer { closedir(stream) }
    var found: [(isFolder: Bool, entry: Entry)] = []
    while let item = readdir(stream) {
      let name = withUnsafeBytes(of: &item.pointee.d_name) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name == "." || name == ".." || name.hasPrefix(".") && !prefix.hasPrefix(".") { continue }
      guard name.hasPrefix(prefix) else { continue }
      let isFolder = isFolder(opened + "/" + name, type: item.pointee.d_type)
      found.append(
        (
          isFolder,
          Entry(
            path: folder + name + (isFolder ? "/" : ""), name: name + (isFolder ? "/" : ""),
            detail: isFolder ? "folder" : "")
        ))
      if found.count > 10_000 { break }
    }
    return found.sorted {
      ($0.isFolder ? 0 : 1, $0.entry.name) < ($1.isFolder ? 0 : 1, $1.entry.name)
    }
    .map(\.entry)
  }

  private static func isFolder(_ path: String, type: UInt8) -> Bool {
    if type == UInt8(DT_DIR) { return true }
    guard type == UInt8(DT_LNK) || type == UInt8(DT_UNKNOWN) else { return false }
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }
}
