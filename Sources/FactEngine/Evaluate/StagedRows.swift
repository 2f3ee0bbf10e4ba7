import FactModel

/// Rows that wait until all of them are known, in frames, so that they take little memory.
final class StagedRows {
  /// How many rows there are.
  private(set) var count = 0
  private var frames: [[Column]] = []
  private var pending: [[UInt64]]
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
    let frame = pending.map { Column(encoding: $0, count: StagedRows.frameSize) }
    for column in pending.indices { pending[column].removeAll(keepingCapacity: true) }
    frames.append(frame)
    hold(frame.reduce(0) { $0 + $1.byteCount })
  }

  /// Gives all rows, at most a frame at a time, packed as well where they fill one, and forgets each
  /// as soon as it was taken; none is left then.
  func take(_ receive: ([[UInt64]], Int, [UInt8]?, [Column]) throws -> Void) rethrows {
    var start = 0
    var words: [[UInt64]] =
      frames.isEmpty
      ? []
      : pending.map { _ in
        [UInt64](repeating: 0, count: StagedRows.frameSize)
      }
    for position in frames.indices {
      let packed = frames[position]
      frames[position] = []
      for (column, frame) in packed.enumerated() {
        frame.unpack(0..<StagedRows.frameSize, into: &words[column])
      }
      hold(-packed.reduce(0) { $0 + $1.byteCount })
      let end = start + StagedRows.frameSize
      try receive(
        words, StagedRows.frameSize, levels.isEmpty ? nil : Array(levels[start..<end]), packed)
      start = end
    }
    let rest = count - start
    let restLevels = levels.isEmpty ? nil : Array(levels[start..<count])
    let columns = pending
    frames = []
    pending = pending.map { _ in [] }
    levels = []
    count = 0
    if rest > 0 { try receive(columns, rest, restLevels, []) }
  }
}
