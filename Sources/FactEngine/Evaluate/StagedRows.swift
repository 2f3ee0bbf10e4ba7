import FactModel

/// Rows that wait until all of them are known, in frames, so that they take little memory.
final class StagedRows {
  /// How many rows there are.
  private(set) var count = 0
  private var frames: [[Column]] = []
  private var pending: [[UInt64]]
  /// The words of the only frame, while they are still as they came.
  private var fresh: [[UInt64]] = []
  /// Raw levels; empty where all rows are certain.
  private var levels: [UInt8] = []
  private let account: MemoryAccount
  private var byteCount = 0

  private static let frameSize = 1 << 16

  /// Whether all rows are certain.
  var isCertain: Bool { levels.isEmpty }

  init(columnCount: Int, account: MemoryAccount) {
    pending = Array(repeating: [], count: columnCount)
    self.account = account
  }

  deinit { hold(-byteCount) }

  private func hold(_ bytes: Int) {
    byteCount += bytes
    account.add(bytes)
  }

  /// Adds the rows of a batch.
  func append(_ batch: [[UInt64]], count added: Int, levels batchLevels: [UInt8]?) {
    var start = 0
    while start < added {
      let room = StagedRows.frameSize - (count - frames.count * StagedRows.frameSize)
      let end = min(added, start + room)
      for column in pending.indices {
        pending[column].append(contentsOf: batch[column][start..<end])
      }
      if let batchLevels {
        while levels.count < count { levels.append(0) }
        levels.append(contentsOf: batchLevels[start..<end])
      } else if !levels.isEmpty {
        levels.append(contentsOf: repeatElement(0, count: end - start))
      }
      count += end - start
      start = end
      if count == (frames.count + 1) * StagedRows.frameSize { close() }
    }
  }

  private func close() {
    var frame: [Column?] = Array(repeating: nil, count: pending.count)
    frame.withUnsafeMutableBufferPointer { frame in
      parallel(over: frame.count) { column in
        frame[column] = Column(encoding: pending[column], count: StagedRows.frameSize)
      }
    }
    let packed = frame.compactMap { $0 }
    // Rows that are stated as they come need not be unpacked.
    if frames.isEmpty {
      swap(&fresh, &pending)
      if pending.count != fresh.count { pending = fresh.map { _ in [] } }
    } else {
      fresh = []
    }
    for column in pending.indices { pending[column].removeAll(keepingCapacity: true) }
    frames.append(packed)
    hold(packed.reduce(0) { $0 + $1.byteCount })
  }

  /// Gives all rows, at most a frame at a time, packed as well where they fill one, and forgets each
  /// as soon as it was taken; none is left then, or with `onlyFull` those that do not fill a frame.
  func take(onlyFull: Bool = false, _ receive: ([[UInt64]], Int, [UInt8]?, [Column]) throws -> Void)
    rethrows
  {
    var start = 0
    var words = fresh
    fresh = []
    let isFresh = frames.count == 1 && !words.isEmpty
    if !isFresh, !frames.isEmpty {
      words = pending.map { _ in [UInt64](repeating: 0, count: StagedRows.frameSize) }
    }
    for position in frames.indices {
      let packed = frames[position]
      frames[position] = []
      if !isFresh {
        for (column, frame) in packed.enumerated() {
          frame.unpack(0..<StagedRows.frameSize, into: &words[column])
        }
      }
      hold(-packed.reduce(0) { $0 + $1.byteCount })
      let end = start + StagedRows.frameSize
      try receive(
        words, StagedRows.frameSize, levels.isEmpty ? nil : Array(levels[start..<end]), packed)
      start = end
    }
    let rest = count - start
    frames = []
    if onlyFull {
      if !levels.isEmpty { levels.removeFirst(start) }
      count = rest
    } else {
      let restLevels = levels.isEmpty ? nil : Array(levels[start..<count])
      levels = []
      count = 0
      if rest > 0 {
        let columns = pending
        pending = pending.map { _ in [] }
        try receive(columns, rest, restLevels, [])
      }
    }
    // Their memory serves the next rows.
    if isFresh { fresh = words }
  }
}
