/// Notes that something stored does not agree with its checksum.
///
/// Kernels cannot fail in the middle of a batch: they note the damage here, and whoever runs the
/// statement asks before it shows anything.
public final class DamageNote: @unchecked Sendable {
  /// What was found to be damaged first.
  public private(set) var first: String?

  func note(_ what: String) {
    if first == nil { first = what }
  }
}

/// A large value that lies in the map: bytes, and a checksum for each 64 KB of them behind.
///
/// Where it lies is looked up when it is first read, so that a base opens without a look at each of
/// its columns; each block is verified when it is first read. Whoever reads it holds the state of the
/// base that names it. Used from one thread at a time until everything has been verified.
final class StoredBlob: @unchecked Sendable {
  let number: Int
  /// The number of bytes, without their checksums.
  let size: Int
  let owner: MapEnvironment
  private let damage: DamageNote
  /// Where the bytes begin; meaningful once `touch` or `bytes` has looked.
  private(set) var start: UnsafeRawPointer
  private var sums: UnsafeRawPointer
  /// Whether it was looked up.
  private(set) var isFound = false
  /// A bit for each block; empty until the first is verified.
  private var verified: [UInt64] = []
  private var remaining: Int
  /// Bytes that do not lie in the map because they are few.
  private var copied: UnsafeMutableRawBufferPointer?

  /// A value that is named somewhere, and is looked up at first need.
  init(number: Int, size: Int, owner: MapEnvironment, damage: DamageNote) {
    self.number = number
    self.size = size
    self.owner = owner
    self.damage = damage
    start = StoredBlob.nowhere
    sums = StoredBlob.nowhere
    remaining = Checksum.blocks(size)
  }

  /// Takes a value as it was written; nil where it cannot be one.
  convenience init?(
    number: Int, value: UnsafeRawBufferPointer, size: Int, owner: MapEnvironment,
    damage: DamageNote
  ) {
    guard size >= 0, value.count == StoredBlob.storedSize(size) else { return nil }
    self.init(number: number, size: size, owner: owner, damage: damage)
    take(value)
  }

  deinit { copied?.deallocate() }

  /// An address that nobody reads from; it stays for as long as the process.
  nonisolated(unsafe) private static let nowhere = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16))

  /// The bytes themselves.
  var bytes: UnsafeRawBufferPointer {
    if !isFound { find() }
    return UnsafeRawBufferPointer(start: start, count: size)
  }

  /// Looks up where the value lies. What is missing reads as zeroes, and is noted.
  private func find() {
    let value = try? owner.read { try $0.value(.blob(number)) }
    if let value, value.count == StoredBlob.storedSize(size) { return take(value) }
    damage.note("value \(number) is missing or has another size")
    let zeroes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: StoredBlob.storedSize(max(size, 0)) + 8, alignment: 16)
    zeroes.initializeMemory(as: UInt8.self, repeating: 0)
    copied = zeroes
    start = zeroes.baseAddress.map { UnsafeRawPointer($0) } ?? StoredBlob.nowhere
    remaining = 0
    isFound = true
  }

  private func take(_ value: UnsafeRawBufferPointer) {
    var value = value
    if value.count < 8192 {
      // Small values share a page with others, which moves when they are written.
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: value.count, alignment: 16)
      copy.copyMemory(from: value)
      copied = copy
      value = UnsafeRawBufferPointer(copy)
    }
    start = value.baseAddress ?? StoredBlob.nowhere
    sums = start + (value.count - Checksum.blocks(size) * 4)
    isFound = true
  }

  /// The bytes that a value of so many takes with its checksums.
  static func storedSize(_ size: Int) -> Int { (size + 3) & ~3 + Checksum.blocks(size) * 4 }

  /// Whether every block has been verified.
  var isVerified: Bool { remaining == 0 }

  /// Verifies the blocks of some bytes that were not verified yet.
  @inline(__always)
  func touch(_ offset: Int, _ length: Int) {
    if remaining > 0, length > 0 {
      verifyBlocks(offset / Checksum.blockSize, (offset + length - 1) / Checksum.blockSize)
    }
  }

  /// Verifies everything; false where something is damaged.
  @discardableResult
  func verifyAll() -> Bool {
    var isSound = true
    for block in 0..<Checksum.blocks(size) where !isBlockSound(block) { isSound = false }
    if !isSound { damage.note("block of value \(number)") }
    return isSound
  }

  private func verifyBlocks(_ first: Int, _ last: Int) {
    if !isFound { find() }
    if remaining == 0 { return }
    if verified.isEmpty {
      verified = [UInt64](repeating: 0, count: (Checksum.blocks(size) + 63) / 64)
    }
    for block in first...last where verified[block >> 6] >> UInt64(block & 63) & 1 == 0 {
      verified[block >> 6] |= 1 << UInt64(block & 63)
      remaining -= 1
      if !isBlockSound(block) { damage.note("block \(block) of value \(number)") }
    }
  }

  private func isBlockSound(_ block: Int) -> Bool {
    let start = block * Checksum.blockSize
    let end = min(size, start + Checksum.blockSize)
    let sum = Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    return sum == sums.loadUnaligned(fromByteOffset: block * 4, as: UInt32.self)
  }

  /// Writes the checksums of a value behind its bytes.
  static func finish(_ value: UnsafeMutableRawBufferPointer, size: Int) {
    let blocks = Checksum.blocks(size)
    var at = size
    while at < value.count - blocks * 4 {
      value[at] = 0
      at += 1
    }
    for block in 0..<blocks {
      let start = block * Checksum.blockSize
      let end = min(size, start + Checksum.blockSize)
      let sum = Checksum.of(UnsafeRawBufferPointer(rebasing: value[start..<end]))
      value.storeBytes(of: sum, toByteOffset: at + block * 4, as: UInt32.self)
    }
  }

  /// The value at a place of an array of 32-bit numbers.
  @inline(__always)
  func word32(_ index: Int, from base: Int = 0) -> UInt32 {
    let offset = base &+ index &* 4
    touch(offset, 4)
    return bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
  }

  /// The value at a place of an array of 64-bit numbers.
  @inline(__always)
  func word64(_ index: Int) -> UInt64 {
    touch(index &* 8, 8)
    return bytes.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self)
  }
}

/// The values that the last look at a base has named: those that the next one names as well have
/// not moved, and what was verified of them need not be verified again.
final class BlobCache {
  private var blobs: [Int: StoredBlob] = [:]
  private var used: [Int: StoredBlob] = [:]

  /// A value that is known, of this size and in this file.
  func find(_ number: Int, size: Int, in environment: MapEnvironment) -> StoredBlob? {
    guard let blob = blobs[number] ?? used[number], blob.owner === environment,
      blob.size == size
    else { return nil }
    used[number] = blob
    return blob
  }

  func note(_ blob: StoredBlob) { used[blob.number] = blob }

  /// Lets go of what was not named since the last call.
  func keepUsed() {
    blobs = used
    used = [:]
  }

  func clear() {
    blobs = [:]
    used = [:]
  }
}
