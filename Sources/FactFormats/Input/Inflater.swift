import CZlib

/// Decompresses gzip data as a stream, member after member.
final class Inflater {
  private let path: String
  /// zlib keeps a pointer to the stream, so it needs an address that never changes.
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  private var isFinished = false
  private var betweenMembers = false

  private static let inputSize = 128 << 10

  /// Returns nil where zlib cannot get its memory.
  init?(path: String) {
    self.path = path
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(byteCount: Inflater.inputSize, alignment: 16)
    // 15 is the largest window, 16 more asks for the gzip wrapper.
    let code = inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    if code != Z_OK { return nil }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Decompresses at least one byte into the buffer; 0 means the end of the file.
  func inflate(
    into buffer: UnsafeMutableRawBufferPointer, from source: ByteSource, shouldStop: () -> Bool
  ) throws(FormatFailure) -> Int {
    if isFinished { return 0 }
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let room = min(buffer.count, 1 << 20)
    stream.pointee.avail_out = UInt32(room)
    while true {
      if stream.pointee.avail_in == 0 {
        let count = try source.readStored(into: input, shouldStop: shouldStop)
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
        if count == 0 {
          guard betweenMembers else { throw FormatFailure(file: path, problem: .truncatedGzip) }
          isFinished = true
          return room - Int(stream.pointee.avail_out)
        }
      }
      if betweenMembers {
        skipPadding()
        if stream.pointee.avail_in == 0 { continue }
        guard inflateReset(stream) == Z_OK else {
          throw FormatFailure(file: path, problem: .damagedGzip)
        }
        betweenMembers = false
      }
      let code = CZlib.inflate(stream, Z_NO_FLUSH)
      if code == Z_STREAM_END {
        betweenMembers = true
      } else if code != Z_OK && code != Z_BUF_ERROR {
        throw FormatFailure(file: path, problem: .damagedGzip)
      }
      let written = room - Int(stream.pointee.avail_out)
      if written > 0 { return written }
    }
  }

  /// Passes over zero bytes after a member, as tapes and some writers leave them.
  private func skipPadding() {
    while stream.pointee.avail_in > 0, let next = stream.pointee.next_in, next.pointee == 0 {
      stream.pointee.next_in = next + 1
      stream.pointee.avail_in -= 1
    }
  }
}
