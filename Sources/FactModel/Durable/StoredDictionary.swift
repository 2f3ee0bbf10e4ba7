import Glibc

/// The texts of a base by id and by content, read in place.
///
/// Texts come in runs, one for each time that the base was written to: where each ends, then their
/// bytes. Beside them lie runs of sorted (hash, id) pairs, of which short ones are merged.
final class StoredDictionary: @unchecked Sendable {
  /// Texts that were written together.
  struct TextRun {
    let first: Int
    let count: Int
    let blob: StoredBlob
  }

  /// Sorted pairs of the upper half of a hash and an id.
  struct HashRun {
    let count: Int
    let blob: StoredBlob
  }

  private(set) var texts: [TextRun] = []
  private(set) var hashes: [HashRun] = []
  /// The number of texts.
  private(set) var count = 0

  /// Takes runs that follow one another.
  init?(texts: [TextRun], hashes: [HashRun]) {
    for run in texts {
      guard run.first == count, run.blob.size >= run.count * 4 else { return nil }
      count += run.count
    }
    for run in hashes where run.blob.size != run.count * 8 { return nil }
    self.texts = texts
    self.hashes = hashes
  }

  /// The bytes of a text; empty where a damaged value says nonsense.
  func bytes(of id: UInt32) -> UnsafeRawBufferPointer {
    let wanted = Int(id)
    var low = 0
    var high = texts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if texts[middle].first <= wanted { low = middle } else { high = middle }
    }
    guard low < texts.count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let run = texts[low]
    let index = wanted - run.first
    guard index < run.count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let base = run.count * 4
    let start = index == 0 ? 0 : Int(run.blob.word32(index - 1))
    let end = Int(run.blob.word32(index))
    guard start <= end, base + end <= run.blob.size else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    run.blob.touch(base + start, end - start)
    return UnsafeRawBufferPointer(rebasing: run.blob.bytes[base + start..<base + end])
  }

  /// The id of a text. Complexity: an interpolation search in each run of hashes.
  func find(_ text: UnsafeRawBufferPointer, hash: UInt64) -> UInt32? {
    let upper = UInt32(truncatingIfNeeded: hash >> 32)
    for run in hashes.reversed() {
      var at = StoredDictionary.position(of: upper, in: run)
      while at < run.count {
        let pair = run.blob.word64(at)
        guard UInt32(truncatingIfNeeded: pair >> 32) == upper else { break }
        let id = UInt32(truncatingIfNeeded: pair)
        let known = bytes(of: id)
        if known.count == text.count {
          guard let left = known.baseAddress, let right = text.baseAddress, text.count > 0 else {
            return id
          }
          if memcmp(left, right, text.count) == 0 { return id }
        }
        at += 1
      }
    }
    return nil
  }

  /// The first pair whose hash is not below the one sought.
  private static func position(of hash: UInt32, in run: HashRun) -> Int {
    var low = 0
    var high = run.count
    var lowHash: UInt64 = 0
    var highHash = UInt64(UInt32.max) + 1
    let wanted = UInt64(hash)
    var guesses = 0
    while low < high {
      var middle = (low + high) / 2
      if guesses < 6, highHash > lowHash, wanted >= lowHash {
        // Hashes are spread evenly, so that where one lies can be guessed.
        let share = Double(wanted - lowHash) / Double(highHash - lowHash)
        middle = min(high - 1, low + Int(share * Double(high - low)))
      }
      guesses += 1
      let found = run.blob.word64(middle) >> 32
      if found < wanted {
        low = middle + 1
        lowHash = found
      } else {
        high = middle
        highHash = found
      }
    }
    return low
  }

  /// Verifies everything that was not verified yet; from then on several threads may read.
  func verify() {
    for run in texts { run.blob.touch(0, run.blob.size) }
    for run in hashes { run.blob.touch(0, run.blob.size) }
  }

  /// Appends what a transaction has written.
  func append(text: TextRun?, hashes: [HashRun]) {
    if let text {
      texts.append(text)
      count += text.count
    }
    self.hashes = hashes
  }
}
