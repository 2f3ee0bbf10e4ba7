import Glibc

extension DurableBase {
  /// Looks at the file before LMDB does, which would make a base of an empty one and more.
  static func check(_ path: String, _ isReadOnly: Bool) throws(BaseError) {
    var information = stat()
    guard stat(path, &information) == 0 else {
      let status = errno
      if status == ENOENT, !isReadOnly { return }
      throw BaseError(status: status, path: path, doing: "open")
    }
    if information.st_mode & S_IFMT == S_IFDIR {
      throw BaseError(
        .foreign, "`\(path)` is a folder",
        hint: "give the path of a file, such as \(path)/base.facts")
    }
    let descriptor = Glibc.open(path, (isReadOnly ? O_RDONLY : O_RDWR) | O_CLOEXEC)
    guard descriptor >= 0 else { throw BaseError(status: errno, path: path, doing: "open") }
    defer { close(descriptor) }
    if !isReadOnly, DurableBase.isUnfinished(descriptor, information.st_size) { return }
    let metas = try MapStructure.metas(of: descriptor, path: path, size: Int(information.st_size))
    guard metas != nil else {
      throw BaseError(
        .foreign, "`\(path)` is no fact base", hint: "give another path; the file was not touched")
    }
  }

  /// Whether a file is what is left where the first writing of a base was cut off, before anything
  /// was kept in it: empty, or its first page without the second.
  private static func isUnfinished(_ descriptor: Int32, _ size: off_t) -> Bool {
    let limit = 8192
    guard size <= limit else { return false }
    var page = [UInt8](repeating: 0, count: limit)
    guard pread(descriptor, &page, limit, 0) == size else { return false }
    let isFirst =
      page[16..<20] == [0xDE, 0xC0, 0xEF, 0xBE] && page[144..<152].allSatisfy { $0 == 0 }
    let rest = isFirst ? page[(limit / 2)...] : page[...]
    return rest.allSatisfy { $0 == 0 }
  }

  /// Lets LMDB begin anew with a file that was never finished, unless somebody is just doing so.
  static func clearUnfinished(
    _ path: String, _ locks: BaseLocks
  ) throws(BaseError) {
    let descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_size > 0,
      DurableBase.isUnfinished(descriptor, information.st_size)
    else { return }
    _ = try locks.exclusively { () throws(BaseError) in
      guard ftruncate(descriptor, 0) == 0 else {
        throw BaseError(status: errno, path: path, doing: "open")
      }
    }
  }

  func hasFormat() throws -> Bool {
    do {
      return try environment.read { reader in
        guard let value = try reader.value(.format) else {
          try reader.forEach(from: .format) { _, _ in
            throw BaseError(
              .foreign, "`\(path)` is the database of another program",
              hint: "give another path; it was not touched")
          }
          return false
        }
        try DurableBase.checkFormat(value, path)
        return true
      }
    } catch let error as BaseError where error.kind == .missing { return false }
  }

  private static func checkFormat(_ value: UnsafeRawBufferPointer, _ path: String) throws {
    let magic = Catalogue.magic
    guard value.count >= magic.count, Array(value[0..<magic.count]) == magic else {
      throw BaseError(
        .foreign, "`\(path)` is the database of another program",
        hint: "give another path; it was not touched")
    }
    var reader = ByteReader(UnsafeRawBufferPointer(rebasing: value[magic.count...]))
    guard let format = try? reader.count() else { throw BaseError.damaged(path, "its format") }
    if format > Catalogue.format {
      throw BaseError(
        .newerFormat, "the base `\(path)` has format \(format), newer than this program's",
        hint: "open it with a newer factsh")
    }
    if format < Catalogue.format {
      throw BaseError(
        .olderFormat, "the base `\(path)` has format \(format), older than this program's",
        hint: "save it with the factsh that wrote it (.save FILE) and read it into a new base")
    }
  }

  func create(_ waiting: BaseLocks.Waiting) throws {
    if isReadOnly {
      throw BaseError(
        .missing, "there is no base in `\(path)` yet", hint: "open it without --read-only first")
    }
    try locks.beginWriting(waiting)
    defer { locks.endWriting() }
    // Another process may have been faster.
    if try hasFormat() { return }
    let sealer = BaseSealer(after: catalogue, base: base, known: [:])
    try sealer.plan(nil)
    try environment.write { writer in
      var format = ByteWriter()
      format.append(Catalogue.magic)
      format.number(Catalogue.format)
      try writer.put(.format, format.bytes)
      try sealer.seal(writer, program: [], logs: 1..<1, oldest: nil)
    }
    // A file that no folder names is as good as none.
    try DurableBase.synchronize(DurableBase.folder(of: path))
  }
}
