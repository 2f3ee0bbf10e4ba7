/// A large value that a seal writes, under the number it has got already.
///
/// What takes long of it is made first, by whichever thread has time, and then it is written in one
/// transaction or another.
final class SealedValue: @unchecked Sendable {
  let number: Int
  private var make: (() -> Void)?
  private let size: () -> Int
  private let fill: (UnsafeMutableRawBufferPointer) -> Void

  /// A value of a size that is known once it is made; `fill` writes it, with at least the bytes of
  /// one checksum behind its own.
  init(
    number: Int, make: @escaping () -> Void = {}, size: @escaping () -> Int,
    fill: @escaping (UnsafeMutableRawBufferPointer) -> Void
  ) {
    self.number = number
    self.make = make
    self.size = size
    self.fill = fill
  }

  /// Makes it, unless that was done. Several threads may make several of them at the same time.
  func prepare() {
    make?()
    make = nil
  }

  /// Writes it with its checksums; nothing where there turned out to be nothing to write.
  func write(_ writer: MapWriter) throws {
    prepare()
    let size = size()
    guard size > 0 else { return }
    try writer.put(.blob(number), size: StoredBlob.storedSize(size)) { value in
      fill(value)
      StoredBlob.finish(value, size: size)
    }
  }
}

/// Hashes of texts with their ids, as a run of them is stored: sorted.
final class HashPairs {
  var pairs: [UInt64]
  /// Runs that lie in the base and become part of this one.
  var merged: [UnsafeRawBufferPointer] = []

  init(_ pairs: [UInt64]) { self.pairs = pairs }

  /// Sorts them in and takes over what the runs have. Complexity: O(n log n) for those that are new.
  func merge() {
    pairs.sort()
    for run in merged { pairs = HashPairs.merge(run, pairs) }
    merged = []
  }

  private static func merge(_ left: UnsafeRawBufferPointer, _ right: [UInt64]) -> [UInt64] {
    let leftCount = left.count / 8
    var result: [UInt64] = []
    result.reserveCapacity(leftCount + right.count)
    var i = 0
    var j = 0
    while i < leftCount || j < right.count {
      let a = i < leftCount ? left.loadUnaligned(fromByteOffset: i * 8, as: UInt64.self) : .max
      if j == right.count || i < leftCount && a <= right[j] {
        result.append(a)
        i += 1
      } else {
        result.append(right[j])
        j += 1
      }
    }
    return result
  }
}
