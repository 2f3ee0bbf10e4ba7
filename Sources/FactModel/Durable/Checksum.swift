/// The checksum of stored bytes: four lanes of multiplied words, so that it keeps up with reading.
enum Checksum {
  /// Bytes that have a checksum of their own.
  static let blockSize = 65_536

  @inline(__always)
  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  /// The checksum of some bytes. Complexity: O(length), about eight bytes a cycle.
  static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    let count = bytes.count
    var a: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)
    var b: UInt64 = 0xA076_1D64_78BD_642F
    var c: UInt64 = 0xE703_7ED1_A0B4_28DB
    var d: UInt64 = 0x8EBC_6AF0_9C88_C6E3
    var at = 0
    while at &+ 32 <= count {
      a = fold(a ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self), 0xD6E8_FEB8_6659_FD93)
      b = fold(
        b ^ bytes.loadUnaligned(fromByteOffset: at &+ 8, as: UInt64.self), 0xA076_1D64_78BD_642F)
      c = fold(
        c ^ bytes.loadUnaligned(fromByteOffset: at &+ 16, as: UInt64.self), 0xE703_7ED1_A0B4_28DB)
      d = fold(
        d ^ bytes.loadUnaligned(fromByteOffset: at &+ 24, as: UInt64.self), 0x8EBC_6AF0_9C88_C6E3)
      at &+= 32
    }
    while at < count {
      a = fold(a ^ UInt64(bytes[at]), 0xD6E8_FEB8_6659_FD93)
      at &+= 1
    }
    let sum = fold(a ^ c, 0xA076_1D64_78BD_642F) ^ fold(b ^ d, 0xE703_7ED1_A0B4_28DB)
    return UInt32(truncatingIfNeeded: sum ^ sum &>> 32)
  }

  /// The number of blocks of a value.
  static func blocks(_ size: Int) -> Int { (size + blockSize - 1) / blockSize }
}
