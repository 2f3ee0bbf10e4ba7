import Glibc

/// The hash of a text, eight bytes at a time.
enum SymbolHash {
  private static let first: UInt64 = 0xA076_1D64_78BD_642F
  private static let second: UInt64 = 0xE703_7ED1_A0B4_28DB

  @inline(__always)
  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  /// Complexity: O(length).
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    guard let base = bytes.baseAddress else { return hash(base: nil, count: 0) }
    return hash(base: base, count: bytes.count)
  }

  /// The upper half of the hash of `count` bytes, which says where a slot is.
  @inline(__always)
  static func upper(base: UnsafeRawPointer?, count: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: hash(base: base, count: count) &>> 32)
  }

  /// The hash of `count` bytes; there is a base unless there are none.
  @inline(__always)
  static func hash(base: UnsafeRawPointer?, count: Int) -> UInt64 {
    var state = first ^ UInt64(truncatingIfNeeded: count)
    guard let base else { return fold(state, second ^ first) }
    var offset = 0
    while offset &+ 8 <= count {
      let word = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      state = fold(state ^ word, second)
      offset &+= 8
    }
    if offset < count {
      let word: UInt64
      if count >= 8 {
        word = base.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      } else {
        word = short(base, count)
      }
      state = fold(state ^ word, first)
    }
    return fold(state, second ^ first)
  }

  /// One to seven bytes as a number, the first one highest.
  @inline(__always)
  private static func short(_ base: UnsafeRawPointer, _ count: Int) -> UInt64 {
    if count >= 4 {
      // Both halves agree where they overlap.
      let high = UInt64(base.loadUnaligned(as: UInt32.self).byteSwapped)
      let low = base.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self).byteSwapped
      return high &<< UInt64(8 &* (count &- 4)) | UInt64(low)
    }
    var word: UInt64 = 0
    var offset = 0
    while offset < count {
      word = word &<< 8 | UInt64(base.load(fromByteOffset: offset, as: UInt8.self))
      offset &+= 1
    }
    return word
  }

  /// Whether two runs of `count` bytes are the same.
  @inline(__always)
  static func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Bool {
    if count >= 8 {
      var offset = 0
      while offset &+ 8 < count {
        if word(left, offset) != word(right, offset) { return false }
        offset &+= 8
      }
      return word(left, count &- 8) == word(right, count &- 8)
    }
    return count == 0 || short(left, count) == short(right, count)
  }

  @inline(__always)
  private static func word(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }
}

/// The bytes of texts, which are mostly few.
enum SymbolBytes {
  /// Copies `count` bytes, short runs as one or two words that may overlap.
  @inline(__always)
  static func copy(_ target: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ count: Int) {
    if count >= 8, count <= 16 {
      let head = source.loadUnaligned(as: UInt64.self)
      let tail = source.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      target.storeBytes(of: head, as: UInt64.self)
      target.storeBytes(of: tail, toByteOffset: count &- 8, as: UInt64.self)
    } else if count >= 4, count < 8 {
      let head = source.loadUnaligned(as: UInt32.self)
      let tail = source.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      target.storeBytes(of: head, as: UInt32.self)
      target.storeBytes(of: tail, toByteOffset: count &- 4, as: UInt32.self)
    } else if count > 0 {
      memcpy(target, source, count)
    }
  }
}
