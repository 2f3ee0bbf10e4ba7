/// Writes numbers and texts one after the other, for the catalogue and the log.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

  /// A number in as few bytes as it needs, seven bits each.
  mutating func number(_ value: Int) {
    var rest = UInt64(bitPattern: Int64(value))
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// All 64 bits.
  mutating func word(_ value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func raw(_ value: UnsafeRawBufferPointer) {
    number(value.count)
    bytes.append(contentsOf: value)
  }

  mutating func raw(_ value: [UInt8]) {
    number(value.count)
    bytes.append(contentsOf: value)
  }

  mutating func text(_ value: String) { raw(Array(value.utf8)) }

  mutating func append(_ other: [UInt8]) { bytes.append(contentsOf: other) }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// The bytes with their checksum behind them, as values of the catalogue and the log are stored.
  var sealed: [UInt8] {
    var result = self
    result.word(UInt64(bytes.withUnsafeBytes { Checksum.of($0) }))
    return result.bytes
  }
}

/// What stored bytes that do not read as they should throw; who knows the path makes it an error.
struct UnreadableBytes: Error {}

/// Reads what `ByteWriter` wrote; never beyond the end.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Checks and takes off the checksum of a sealed value.
  init(sealed bytes: UnsafeRawBufferPointer) throws(UnreadableBytes) {
    guard bytes.count >= 8 else { throw UnreadableBytes() }
    let body = UnsafeRawBufferPointer(rebasing: bytes[0..<bytes.count - 8])
    let sum = bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
    guard UInt64(littleEndian: sum) == UInt64(Checksum.of(body)) else { throw UnreadableBytes() }
    self.bytes = body
  }

  var isAtEnd: Bool { at == bytes.count }

  mutating func byte() throws(UnreadableBytes) -> UInt8 {
    guard at < bytes.count else { throw UnreadableBytes() }
    at += 1
    return bytes[at - 1]
  }

  mutating func flag() throws(UnreadableBytes) -> Bool { try byte() != 0 }

  mutating func number() throws(UnreadableBytes) -> Int {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 64 else { throw UnreadableBytes() }
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return Int(Int64(bitPattern: value)) }
      shift += 7
    }
  }

  /// A number of things of which each takes at least `size` bytes more, so that a damaged one
  /// does not reserve more memory than the value has bytes.
  mutating func count(of size: Int = 0) throws(UnreadableBytes) -> Int {
    let value = try number()
    guard value >= 0, value < 1 << 48, size == 0 || value <= (bytes.count - at) / size else {
      throw UnreadableBytes()
    }
    return value
  }

  mutating func word() throws(UnreadableBytes) -> UInt64 {
    guard at + 8 <= bytes.count else { throw UnreadableBytes() }
    at += 8
    return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at - 8, as: UInt64.self))
  }

  mutating func raw() throws(UnreadableBytes) -> UnsafeRawBufferPointer {
    let count = try count(of: 1)
    at += count
    return UnsafeRawBufferPointer(rebasing: bytes[at - count..<at])
  }

  mutating func text() throws(UnreadableBytes) -> String {
    String(decoding: try raw(), as: UTF8.self)
  }
}
