/// A text that statements come from: a file, a `-c` argument or what was typed at the prompt.
///
/// Byte offsets become lines and columns when a diagnostic is shown and not before.
public final class SourceText: Sendable {
  /// What messages call it: the path as given, `<command>` or `<prompt>`.
  public let name: String
  /// The folder that relative paths in it start from; nil is the working directory.
  public let directory: String?
  /// The text itself, as UTF-8.
  public let bytes: [UInt8]

  /// Takes a text that is known to be UTF-8.
  public init(name: String, directory: String? = nil, bytes: [UInt8]) {
    self.name = name
    self.directory = directory
    self.bytes = bytes
  }

  /// The line (from 1) and column (from 1, in characters) of a byte offset. Complexity: O(*n*).
  public func position(of offset: Int) -> (line: Int, column: Int) {
    let end = min(max(offset, 0), bytes.count)
    var line = 1
    var lineStart = 0
    for index in 0..<end where bytes[index] == 0x0A {
      line += 1
      lineStart = index + 1
    }
    let prefix = bytes[lineStart..<end]
    // Clusters of characters are looked for in lines that a person could have written; a line of
    // megabytes is counted by its scalars.
    if prefix.count < 16_384 { return (line, String(decoding: prefix, as: UTF8.self).count + 1) }
    return (line, prefix.reduce(1) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 })
  }

  /// The line that holds a byte offset, without its line break.
  public func line(at offset: Int) -> SourceSpan {
    var lower = min(max(offset, 0), bytes.count)
    var upper = lower
    while lower > 0, bytes[lower - 1] != 0x0A { lower -= 1 }
    while upper < bytes.count, bytes[upper] != 0x0A { upper += 1 }
    if upper > lower, bytes[upper - 1] == 0x0D { upper -= 1 }
    return SourceSpan(lower, upper)
  }

  /// The text of a span.
  public subscript(span: SourceSpan) -> String {
    let lower = min(max(span.lower, 0), bytes.count)
    let upper = min(max(span.upper, lower), bytes.count)
    return String(decoding: bytes[lower..<upper], as: UTF8.self)
  }
}

/// A range of bytes of a source text.
public struct SourceSpan: Hashable, Sendable {
  /// The offset of the first byte.
  public var lower: Int
  /// The offset after the last byte.
  public var upper: Int

  /// The bytes from `lower` up to `upper`.
  public init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = upper
  }

  /// The smallest span that covers both.
  public func joined(_ other: SourceSpan) -> SourceSpan {
    SourceSpan(min(lower, other.lower), max(upper, other.upper))
  }
}
