import Glibc

/// What went wrong with the history file, as a sentence.
struct HistoryError: Error {
  var message: String
}

/// The file of the history: a first line that says what it is, then one encoded entry a line,
/// as libedit's own files have them.
///
/// Writers hold a lock on the file itself, append with one write, and shorten it by putting a new
/// file in its place, so that neither two shells nor a crash lose entries.
struct HistoryFile {
  let path: String
  let limit: Int

  private static let cookie: [UInt8] = Array("_HiStOrY_V2_\n".utf8)
  // Longer entries stay in memory alone, and longer lines in a file are passed over.
  private static let longestEntry = 262_144
  // Of a longer file only the end is read.
  private static let longestRead = 8_388_608

  /// Hands the newest `limit` entries to `body`, oldest first, and gives the number of lines in
  /// the file. A missing file has none; lines that cannot be decoded are passed over.
  func read(_ body: ([UInt8]) -> Void) throws(HistoryError) -> Int {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 {
      if errno == ENOENT { return 0 }
      throw failure("cannot be read")
    }
    defer { close(descriptor) }
    let size = try regularSize(descriptor)
    if size == 0 || !hasCookie(descriptor) { return 0 }
    let lines = readLines(descriptor, size: size)
    for line in lines.suffix(limit) {
      if let entry = HistoryEncoding.decode(line) { body(entry) }
    }
    return lines.count
  }

  /// Appends an entry under the lock and gives the number of lines then in the file, as far as
  /// this process knows; a file much longer than the limit is shortened.
  func append(_ entry: [UInt8], linesInFile: Int) throws(HistoryError) -> Int {
    if entry.count > HistoryFile.longestEntry { return linesInFile }
    let descriptor = try openLocked()
    defer { close(descriptor) }
    let size = try regularSize(descriptor)
    var output: [UInt8] = []
    if size == 0 {
      output += HistoryFile.cookie
    } else {
      var last: UInt8 = 0x0a
      pread(descriptor, &last, 1, off_t(size - 1))
      // A line cut off by a crash must not swallow this entry.
      if last != 0x0a { output.append(0x0a) }
    }
    output += HistoryEncoding.encode(entry)
    output.append(0x0a)
    try writeAll(descriptor, output)
    let lines = linesInFile + 1
    if lines > limit + limit / 4 || size > HistoryFile.longestRead {
      return try shorten(descriptor, size: size + output.count)
    }
    return lines
  }

  // MARK: Opening

  private func openLocked() throws(HistoryError) -> Int32 {
    makeDirectories()
    for _ in 0..<100 {
      let flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK
      let descriptor = open(path, flags, 0o600)
      if descriptor < 0 { throw failure("cannot be written") }
      do {
        _ = try regularSize(descriptor)
      } catch {
        close(descriptor)
        throw error
      }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
        close(descriptor)
        usleep(5_000)
        continue
      }
      // Another shell may have put a new file in place since it was opened.
      var mine = stat()
      var current = stat()
      if fstat(descriptor, &mine) == 0, stat(path, &current) == 0, mine.st_ino == current.st_ino,
        mine.st_dev == current.st_dev
      {
        if mine.st_size == 0 || hasCookie(descriptor) {
          if mine.st_mode & 0o077 != 0 { fchmod(descriptor, 0o600) }
          return descriptor
        }
        moveAside()
      }
      close(descriptor)
    }
    throw HistoryError(message: "the history file \(path) is locked by another program")
  }

  private func moveAside() {
    var number = 1
    while number < 1_000 {
      let name = path + ".foreign-\(number)"
      if access(name, F_OK) != 0 && rename(path, name) == 0 { return }
      number += 1
    }
  }

  private func makeDirectories() {
    let parts = path.split(separator: "/").dropLast()
    var directory = ""
    for part in parts {
      directory += "/" + part
      mkdir(directory, 0o700)
    }
  }

  private func regularSize(_ descriptor: Int32) throws(HistoryError) -> Int {
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw failure("cannot be read") }
    if status.st_mode & S_IFMT != S_IFREG {
      throw HistoryError(message: "history is not kept: \(path) is no ordinary file")
    }
    return Int(status.st_size)
  }

  private func hasCookie(_ descriptor: Int32) -> Bool {
    var start = [UInt8](repeating: 0, count: HistoryFile.cookie.count)
    return pread(descriptor, &start, start.count, 0) == start.count && start == HistoryFile.cookie
  }

  private func failure(_ what: String) -> HistoryError {
    HistoryError(
      message: "history is not kept: \(path) \(what) (\(String(cString: strerror(errno))))")
  }

  // MARK: Lines

  private func readLines(_ descriptor: Int32, size: Int) -> [ArraySlice<UInt8>] {
    let start = max(HistoryFile.cookie.count, size - HistoryFile.longestRead)
    var bytes = [UInt8](repeating: 0, count: max(size - start, 0))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes { space in
        pread(
          descriptor, space.baseAddress.map { $0 + filled }, space.count - filled,
          off_t(start + filled))
      }
      if count <= 0 { break }
      filled += count
    }
    var lines = bytes[..<filled].split(separator: 0x0a)
    if start > HistoryFile.cookie.count && !lines.isEmpty { lines.removeFirst() }
    return lines.filter { $0.count <= HistoryFile.longestEntry * 4 }
  }

  private func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws(HistoryError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        write(descriptor, all.baseAddress.map { $0 + written }, all.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { throw failure("cannot be written") }
      written += count
    }
  }

  private func shorten(_ descriptor: Int32, size: Int) throws(HistoryError) -> Int {
    var kept: [ArraySlice<UInt8>] = []
    var total = 0
    for line in readLines(descriptor, size: size).reversed() {
      total += line.count + 1
      if kept.count == limit || total > HistoryFile.longestRead / 2 { break }
      kept.append(line)
    }
    var output = HistoryFile.cookie
    for line in kept.reversed() {
      output += line
      output.append(0x0a)
    }
    // A link stays a link: the file that it names is replaced.
    guard let resolved = realpath(path, nil) else { throw failure("cannot be shortened") }
    let target = String(cString: resolved)
    free(resolved)
    let temporary = target + ".new-\(getpid())"
    let copy = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if copy < 0 { throw failure("cannot be shortened") }
    defer { close(copy) }
    do {
      try writeAll(copy, output)
    } catch {
      unlink(temporary)
      throw error
    }
    if rename(temporary, target) != 0 {
      unlink(temporary)
      throw failure("cannot be shortened")
    }
    return kept.count
  }
}

/// How an entry is written on one line: white space, backslashes and control characters as a
/// backslash and three octal digits, all else as it is.
enum HistoryEncoding {
  static func encode(_ entry: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(entry.count + entry.count / 2)
    for byte in entry {
      if byte > 0x20 && byte != 0x5c && byte != 0x7f {
        result.append(byte)
      } else {
        result.append(0x5c)
        result.append(0x30 + (byte >> 6))
        result.append(0x30 + ((byte >> 3) & 7))
        result.append(0x30 + (byte & 7))
      }
    }
    return result
  }

  /// The entry that `line` stands for; nil if it is empty, malformed, or no UTF-8.
  static func decode(_ line: ArraySlice<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(line.count)
    var index = line.startIndex
    var isASCII = true
    while index < line.endIndex {
      let byte = line[index]
      index += 1
      if byte != 0x5c {
        if byte == 0 { return nil }
        if byte >= 0x80 { isASCII = false }
        result.append(byte)
        continue
      }
      guard let decoded = escape(line, &index) else { return nil }
      if decoded == 0 { return nil }
      if decoded >= 0x80 { isASCII = false }
      result.append(decoded)
    }
    while let last = result.last, last == 0x0a || last == 0x20 { result.removeLast() }
    if result.isEmpty { return nil }
    if !isASCII && String(validating: result, as: UTF8.self) == nil { return nil }
    return result
  }

  private static func escape(_ line: ArraySlice<UInt8>, _ index: inout Int) -> UInt8? {
    guard index < line.endIndex else { return nil }
    let first = line[index]
    index += 1
    switch first {
    case 0x5c: return 0x5c
    case UInt8(ascii: "n"): return 0x0a
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "s"): return 0x20
    case UInt8(ascii: "r"): return 0x0d
    case 0x30...0x37:
      guard index + 1 < line.endIndex else { return nil }
      let second = line[index]
      let third = line[index + 1]
      if first > 0x33 || second < 0x30 || second > 0x37 || third < 0x30 || third > 0x37 {
        return nil
      }
      index += 2
      return (first - 0x30) << 6 | (second - 0x30) << 3 | (third - 0x30)
    default: return nil
    }
  }
}
