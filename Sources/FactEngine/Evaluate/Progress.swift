import FactFormats
import Glibc

/// How far a statement that reads files has come.
public struct Progress: Equatable, Sendable {
  /// The file that is being read, or the last one.
  public var file = ""
  /// Records read so far, of all files.
  public var rows = 0
  /// Bytes read so far as stored, of all files.
  public var bytes = 0
  /// Bytes of all files as stored; nil where one of them is a pipe.
  public var totalBytes: Int?
  /// Rows stated so far; nil while files are still being read.
  public var statedRows: Int?
  /// Seconds since the statement began.
  public var seconds = 0.0

  /// Nothing read yet.
  public init() {}
}

/// Tells whoever asked how far the reading of files has come, at most ten times a second.
final class ProgressMeter {
  private var progress = Progress()
  private let report: ((Progress) -> Void)?
  private let start = Evaluation.clock()
  private var last: UInt64
  /// Bytes of the files that have been read to their end.
  private var finishedBytes = 0

  private static let interval: UInt64 = 100_000_000

  init(_ report: ((Progress) -> Void)?) {
    self.report = report
    last = start
  }

  /// A look at some files begins.
  func begin(files: [String]) {
    finishedBytes = 0
    progress.totalBytes = files.reduce(Int?.some(0)) { total, path in
      var status = stat()
      guard let total, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        return nil
      }
      return total + Int(status.st_size)
    }
  }

  /// A batch of records was read.
  func note(_ reader: RecordReader, of file: String, rows: Int) {
    progress.file = file
    progress.rows += rows
    progress.bytes = finishedBytes + reader.bytesRead
    tell()
  }

  /// A file was read to its end.
  func finish(_ reader: RecordReader) { finishedBytes += reader.bytesRead }

  /// About how many records are still to be read, where that can be told from the bytes read so far.
  var remainingRows: Int? {
    guard let total = progress.totalBytes, progress.bytes > 0, total > progress.bytes else {
      return nil
    }
    return Int(Double(progress.rows) * (Double(total) / Double(progress.bytes) - 1))
  }

  /// So many of the rows are facts now.
  func note(stated rows: Int) {
    progress.statedRows = rows
    tell()
  }

  private func tell() {
    guard let report else { return }
    let now = Evaluation.clock()
    guard now &- last >= ProgressMeter.interval else { return }
    last = now
    progress.seconds = Double(now &- start) / 1e9
    report(progress)
  }
}
