import Glibc

/// Where rendered text goes: a descriptor, a closure, or memory.
///
/// Takes whole chunks, so it is never called once a cell. Text for people should be written between
/// chunks in order: call `flush` before anything else writes to the same place.
public final class TextSink {
  private enum Target {
    case memory
    case descriptor(Int32)
    case closure((Span<UInt8>) throws -> Void)

    /// Whether bytes are handed on at all.
    var takesChunks: Bool { if case .memory = self { false } else { true } }
  }

  private let target: Target
  private var buffer: [UInt8] = []
  /// Bytes kept before they are handed on.
  private static let limit = 1 << 16
  /// Called before bytes are handed on; what it throws drops them.
  var beforeChunk: (() throws -> Void)?

  private init(_ target: Target) { self.target = target }

  /// Keeps everything; `text` gives it back.
  public static func memory() -> TextSink { TextSink(.memory) }

  /// Writes to an open file descriptor, which stays the caller's.
  public static func descriptor(_ descriptor: Int32) -> TextSink {
    TextSink(.descriptor(descriptor))
  }

  /// Hands each chunk to a closure.
  public static func closure(_ body: @escaping (Span<UInt8>) throws -> Void) -> TextSink {
    TextSink(.closure(body))
  }

  /// What a memory sink holds, as text.
  public var text: String { String(decoding: buffer, as: UTF8.self) }

  /// What a memory sink holds.
  public var bytes: [UInt8] { buffer }

  /// Takes a chunk of bytes.
  ///
  /// - Throws: `OutputError` where they could not be written.
  public func write(_ bytes: borrowing [UInt8]) throws { try write(bytes.span) }

  /// Takes a chunk of bytes; a large one is handed on as it lies.
  ///
  /// - Throws: `OutputError` where they could not be written.
  public func write(_ bytes: Span<UInt8>) throws {
    if bytes.count >= TextSink.limit, target.takesChunks {
      try flush()
      return try handOn(bytes)
    }
    bytes.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
    if buffer.count >= TextSink.limit { try flush() }
  }

  /// Takes a text.
  ///
  /// - Throws: `OutputError` where it could not be written.
  public func write(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= TextSink.limit { try flush() }
  }

  /// Hands on what is kept.
  ///
  /// - Throws: `OutputError` where it could not be written.
  public func flush() throws {
    guard target.takesChunks, !buffer.isEmpty else { return }
    // Whatever comes of it, nothing is written twice; and a closure may write here again.
    var bytes: [UInt8] = []
    swap(&bytes, &buffer)
    defer {
      if buffer.isEmpty {
        bytes.removeAll(keepingCapacity: true)
        swap(&bytes, &buffer)
      }
    }
    try handOn(bytes.span)
  }

  private func handOn(_ bytes: Span<UInt8>) throws {
    try beforeChunk?()
    switch target {
    case .memory: break
    case .closure(let body): try body(bytes)
    case .descriptor(let descriptor): try TextSink.writeAll(bytes, to: descriptor)
    }
  }

  /// Writes everything, going on after short writes and interruptions.
  static func writeAll(_ bytes: Span<UInt8>, to descriptor: Int32) throws {
    try bytes.withUnsafeBytes { raw in
      var offset = 0
      while offset < raw.count {
        let rest = UnsafeRawBufferPointer(rebasing: raw[offset...])
        let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if written >= 0 {
          offset += written
        } else if errno != EINTR && errno != EAGAIN {
          throw OutputError(code: errno)
        }
      }
    }
  }
}

/// Text could not be written.
public struct OutputError: Error, CustomStringConvertible {
  /// The `errno` of the write.
  public let code: Int32

  /// Whether the reader of a pipe has gone, which is no failure of ours.
  public var isClosedPipe: Bool { code == EPIPE }

  /// The sentence for the user.
  public var description: String {
    "the output could not be written: \(String(cString: strerror(code)))"
  }
}
