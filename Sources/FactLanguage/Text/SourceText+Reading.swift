import Glibc

/// Why a file cannot be read as statements. The wording stands in `diagnostic`.
public enum SourceProblem: Error, Sendable, Hashable {
  case notFound
  case isDirectory
  /// What the system says.
  case unreadable(String)
  /// A NUL byte: no text at all.
  case binary
  case notUTF8(byte: UInt8)

  /// The problem at a place of the text.
  public func diagnostic(name: String, at span: SourceSpan) -> Diagnostic {
    switch self {
    case .notFound:
      return Diagnostic(.error, "E0150", "there is no file `\(name)`", at: span)
    case .isDirectory:
      return Diagnostic(
        .error, "E0151", "`\(name)` is a folder, not a file", at: span,
        hint: "`file(\"folder/*.csv\", …)` reads several data files")
    case .unreadable(let reason):
      return Diagnostic(.error, "E0152", "`\(name)` cannot be read: \(reason)", at: span)
    case .binary:
      return Diagnostic(
        .error, "E0153", "`\(name)` is no text: it contains a zero byte", at: span,
        hint: "a base is opened with `--base`, a data file read with `file(\"…\")` in a body")
    case .notUTF8(let byte):
      let hex = String(byte, radix: 16, uppercase: true)
      return Diagnostic(
        .error, "E0154", "`\(name)` is not UTF-8: the byte 0x\(hex) begins no character here",
        at: span, hint: "convert it first, for example: iconv -f latin1 -t utf8")
    }
  }
}

extension SourceText {
  /// Takes bytes from outside, after a look at whether they are text.
  ///
  /// Throws a `DiagnosticsError` with the place of the first byte that is none. Complexity: O(*n*).
  public static func validated(
    name: String, directory: String? = nil, bytes: [UInt8]
  ) throws -> SourceText {
    let source = SourceText(name: name, directory: directory, bytes: bytes)
    let zero = bytes.withUnsafeBufferPointer { buffer -> Int? in
      guard let base = buffer.baseAddress, let found = memchr(base, 0, buffer.count) else {
        return nil
      }
      return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
    if let zero { throw failure(.binary, source, SourceSpan(zero, zero + 1)) }
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      let place = SourceSpan(error.byteOffsets.lowerBound, error.byteOffsets.upperBound)
      let byte = place.lower < bytes.count ? bytes[place.lower] : 0
      throw failure(.notUTF8(byte: byte), source, place)
    }
    return source
  }

  /// Reads a whole file of statements. Relative paths in it start from its folder.
  ///
  /// Throws a `DiagnosticsError` where the file cannot be read or is no text.
  public static func read(path: String) throws -> SourceText {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) }
    let empty = SourceText(name: path, directory: directory, bytes: [])
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      let code = errno
      throw failure(
        code == ENOENT ? .notFound : .unreadable(String(cString: strerror(code))), empty)
    }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, name: path, directory: directory)
  }

  /// Reads a whole text from an open descriptor, such as standard input.
  ///
  /// Throws a `DiagnosticsError` where it cannot be read or is no text.
  public static func read(
    descriptor: CInt, name: String, directory: String? = nil
  ) throws -> SourceText {
    let empty = SourceText(name: name, directory: directory, bytes: [])
    var status = stat()
    var bytes: [UInt8] = []
    if fstat(descriptor, &status) == 0, status.st_size > 0 {
      bytes.reserveCapacity(Int(status.st_size) + 1)
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count > 0 {
        bytes.append(contentsOf: buffer[..<count])
      } else if count == 0 {
        break
      } else if errno != EINTR {
        let code = errno
        throw failure(
          code == EISDIR ? .isDirectory : .unreadable(String(cString: strerror(code))), empty)
      }
    }
    return try validated(name: name, directory: directory, bytes: bytes)
  }

  private static func failure(
    _ problem: SourceProblem, _ source: SourceText, _ span: SourceSpan = SourceSpan(0, 0)
  ) -> DiagnosticsError {
    DiagnosticsError([problem.diagnostic(name: source.name, at: span)], in: source)
  }
}
