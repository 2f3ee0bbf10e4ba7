import CZlib

/// Compresses bytes to gzip as a stream.
final class Deflater {
  /// zlib keeps a pointer to the stream, so it needs an address that never changes.
  private let stream: UnsafeMutablePointer<z_stream>

  private static let chunkSize = 64 << 10

  /// Returns nil where zlib cannot get its memory.
  init?() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 is the largest window, 16 more asks for the gzip wrapper; 8 is the usual memory level.
    let code = deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    if code != Z_OK { return nil }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Compresses some bytes and appends what comes out; the last call completes the data.
  func add(_ bytes: [UInt8], isLast: Bool, to output: inout [UInt8]) {
    var bytes = bytes
    var chunk = [UInt8](repeating: 0, count: Deflater.chunkSize)
    var offset = 0
    repeat {
      let count = min(bytes.count - offset, 1 << 20)
      let isFinal = isLast && offset + count == bytes.count
      bytes.withUnsafeMutableBufferPointer { input in
        stream.pointee.next_in = input.baseAddress.map { $0 + offset }
        stream.pointee.avail_in = UInt32(count)
        var room: UInt32 = 0
        repeat {
          chunk.withUnsafeMutableBufferPointer { target in
            stream.pointee.next_out = target.baseAddress
            stream.pointee.avail_out = UInt32(target.count)
            deflate(stream, isFinal ? Z_FINISH : Z_NO_FLUSH)
          }
          room = stream.pointee.avail_out
          output.append(contentsOf: chunk[..<(chunk.count - Int(room))])
        } while room == 0
      }
      offset += count
    } while offset < bytes.count
  }
}
