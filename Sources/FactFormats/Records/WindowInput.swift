/// Moves the bytes of a source through the windows of batches, checking that they are text.
struct WindowInput {
  /// Bytes of the last window that belong to no record yet.
  private(set) var carry: [UInt8] = []
  /// How many bytes at the end of `carry` are not yet checked: the beginning of a scalar, or all.
  private var uncheckedCount = 0
  private var isAtEnd = false
  private let recordLimit: Int
  /// Bytes that are read at once.
  private let windowSize: Int

  /// Takes the largest record and, where it is known, the number of bytes that will come.
  init(recordLimit: Int, expectedSize: Int?) {
    self.recordLimit = min(max(recordLimit, 1 << 10), FieldSlice.lengthLimit)
    var size = min(RecordLimits.window, self.recordLimit)
    // A little more than a small file, so that its end is seen at once.
    if let expectedSize { size = min(size, max(4096, expectedSize + 64)) }
    windowSize = size
  }

  /// Reads the first window, so that the format can be recognised, and drops a byte order mark.
  mutating func readFirst(
    _ source: ByteSource, shouldStop: () -> Bool
  ) throws(FormatFailure) {
    var bytes = [UInt8](repeating: 0, count: windowSize)
    let count = try fill(&bytes, from: 0, to: bytes.count, source, shouldStop)
    bytes.removeLast(bytes.count - count)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    uncheckedCount = bytes.count
    carry = bytes
  }

  /// Fills a batch with the next records; false at the end of the file.
  mutating func next(
    into batch: inout RecordBatch, from source: ByteSource, decoder: any RecordDecoder,
    shouldStop: () -> Bool
  ) throws(FormatFailure) -> Bool {
    batch.reset(columnCount: decoder.columns.count)
    var end = carry.count
    var target = max(windowSize, end)
    resize(&batch.bytes, to: target)
    carry.withUnsafeBytes { kept in
      batch.bytes.withUnsafeMutableBytes { $0.copyMemory(from: kept) }
    }
    var unchecked = uncheckedCount
    while true {
      if shouldStop() { throw FormatFailure(file: source.path, problem: .stopped) }
      let filled = try fill(&batch.bytes, from: end, to: target, source, shouldStop)
      unchecked = try check(
        batch.bytes, from: end - unchecked, to: end + filled, source.path, decoder)
      end += filled
      // Every record ends with a line end then, which spares the scanners a case.
      if isAtEnd, end > 0, batch.bytes[end - 1] != 0x0A {
        batch.bytes[end] = 0x0A
        end += 1
      }
      let consumed = try decoder.decode(&batch, end: end - unchecked, isLast: isAtEnd)
      if batch.recordCount > 0 || !batch.badRows.isEmpty {
        carry = Array(batch.bytes[consumed..<end])
        uncheckedCount = unchecked
        return true
      }
      if isAtEnd && consumed >= end {
        carry = []
        uncheckedCount = 0
        return false
      }
      if consumed > 0 {
        batch.bytes.withUnsafeMutableBytes { buffer in
          let rest = UnsafeRawBufferPointer(rebasing: buffer[consumed..<end])
          buffer.copyMemory(from: rest)
        }
        end -= consumed
      } else if isAtEnd {
        throw FormatFailure(
          file: source.path, line: decoder.line, problem: .truncated(format: .json))
      }
      if end >= target {
        if target >= recordLimit {
          throw FormatFailure(
            file: source.path, line: decoder.line, problem: .recordTooLong(limit: recordLimit))
        }
        target = min(target * 2, recordLimit)
        resize(&batch.bytes, to: target)
      }
    }
  }

  /// Gives a buffer room for a window of a size and what may be read or written after it.
  private func resize(_ bytes: inout [UInt8], to size: Int) {
    let wanted = size + RecordLimits.padding
    if bytes.count < wanted {
      var larger = [UInt8](repeating: 0, count: wanted)
      larger.withUnsafeMutableBytes { target in
        bytes.withUnsafeBytes { target.copyMemory(from: $0) }
      }
      bytes = larger
    }
  }

  /// Reads into a part of a buffer, as far as the file goes, and returns the number of bytes.
  private mutating func fill(
    _ bytes: inout [UInt8], from start: Int, to end: Int, _ source: ByteSource,
    _ shouldStop: () -> Bool
  ) throws(FormatFailure) -> Int {
    if isAtEnd || start >= end { return 0 }
    var outcome: Result<Int, FormatFailure> = .success(0)
    bytes.withUnsafeMutableBytes { buffer in
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<end])
      do throws(FormatFailure) {
        outcome = .success(try source.fill(part, shouldStop: shouldStop))
      } catch {
        outcome = .failure(error)
      }
    }
    let count = try outcome.get()
    if count < end - start { isAtEnd = true }
    return count
  }

  /// Checks that a part of a window is text and returns how many bytes at its end remain unchecked.
  private func check(
    _ bytes: [UInt8], from start: Int, to end: Int, _ path: String, _ decoder: any RecordDecoder
  ) throws(FormatFailure) -> Int {
    let result = bytes.withUnsafeBytes { checkText($0, from: start, to: end) }
    let place: Int
    let problem: FormatProblem
    switch result {
    case .text(let checked) where checked == end || !isAtEnd: return end - checked
    case .text(let checked): (place, problem) = (checked, .invalidUTF8)
    case .invalid(let at): (place, problem) = (at, .invalidUTF8)
    case .zero(let at): (place, problem) = (at, .binary)
    }
    let line = decoder.line + bytes.withUnsafeBytes { countLines($0, from: 0, to: place) }
    throw FormatFailure(file: path, line: line, problem: problem)
  }
}
