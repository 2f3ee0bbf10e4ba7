import Glibc

/// A growing run of plain values that costs memory only where it has been written.
///
/// The system moves large ones by renaming their pages, so that growing them copies nothing. Places
/// from `count` on may be written before they count.
final class GrowingMemory<Element: BitwiseCopyable> {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var capacity: Int
  var count = 0

  /// Empty, with room for some values.
  init(capacity: Int = 16) {
    self.capacity = max(capacity, 1)
    base = GrowingMemory.memory(nil, self.capacity)
  }

  deinit { free(base) }

  /// Bytes that were asked for.
  var byteCount: Int { capacity * MemoryLayout<Element>.stride }

  /// Makes room for more values. Pointers to the values end here.
  func reserve(_ additional: Int) {
    guard count + additional > capacity else { return }
    capacity = max(count + additional, capacity + capacity / 2)
    base = GrowingMemory.memory(base, capacity)
  }

  func append(_ value: Element) {
    if count == capacity { reserve(1) }
    base[count] = value
    count &+= 1
  }

  private static func memory(
    _ old: UnsafeMutablePointer<Element>?, _ capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    guard let new = realloc(old, capacity * MemoryLayout<Element>.stride) else {
      // As where an array finds no memory.
      preconditionFailure("out of memory")
    }
    return new.bindMemory(to: Element.self, capacity: capacity)
  }
}

/// Memory for tables that are read at random: large ones in large pages, where the system has them,
/// since every access to another small page costs a look-up of its own.
enum LargePages {
  private static let leastSize = 4 << 20

  /// Zeroed memory of a size; it goes back by `release` with the same size.
  static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
    if size >= leastSize {
      let found = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      if let found, found != MAP_FAILED {
        madvise(found, size, MADV_HUGEPAGE)
        return found
      }
    } else if let found = calloc(size, 1) {
      return found
    }
    // As where an array finds no memory.
    preconditionFailure("out of memory")
  }

  static func release(_ memory: UnsafeMutableRawPointer, _ size: Int) {
    if size >= leastSize { munmap(memory, size) } else { free(memory) }
  }

  /// An array of one value.
  static func array(of value: UInt64, count: Int) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: count) { memory, filled in
      let size = count * MemoryLayout<UInt64>.stride
      if size >= leastSize, let base = memory.baseAddress {
        // Whole pages within the array, before any is touched.
        let page = 4096
        let first = (Int(bitPattern: base) + page - 1) / page * page
        let last = (Int(bitPattern: base) + size) / page * page
        if let start = UnsafeMutableRawPointer(bitPattern: first) {
          madvise(start, last - first, MADV_HUGEPAGE)
        }
      }
      // Two threads, since the system clears each page at its first touch.
      let pieces = size >= leastSize ? 2 : 1
      let room = memory
      parallel(over: pieces) { piece in
        let part = count * piece / pieces..<count * (piece + 1) / pieces
        UnsafeMutableBufferPointer(rebasing: room[part]).initialize(repeating: value)
      }
      filled = count
    }
  }
}
