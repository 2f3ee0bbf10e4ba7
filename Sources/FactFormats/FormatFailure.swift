/// Why a file cannot be read any further, with its place: file, line and what to do about it.
public struct FormatFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path as it was given.
  public var file: String
  /// The line on which the trouble is, counted from 1, where it is known.
  public var line: Int?
  /// What is wrong.
  public var problem: FormatProblem

  /// Takes the place and the problem.
  public init(file: String, line: Int? = nil, problem: FormatProblem) {
    self.file = file
    self.line = line
    self.problem = problem
  }

  /// The place and a sentence: `FILE:LINE: MESSAGE`.
  public var description: String {
    guard let line else { return "\(file): \(problem)" }
    return "\(file):\(line): \(problem)"
  }
}

/// What can be wrong with a file; `description` is the sentence for the user.
public enum FormatProblem: Hashable, Sendable, CustomStringConvertible {
  /// The system refused to open, read or write it; the reason is the system's.
  case system(action: String, reason: String)
  /// The path is a directory.
  case directory
  /// A byte sequence is no UTF-8.
  case invalidUTF8
  /// A zero byte: not a text file.
  case binary
  /// A known format that is not read here.
  case unsupported(name: String)
  /// Compressed data that does not decompress.
  case damagedGzip
  /// Compressed data that ends early.
  case truncatedGzip
  /// One record is longer than the limit, in bytes.
  case recordTooLong(limit: Int)
  /// More columns than the limit.
  case tooManyColumns(limit: Int)
  /// A quoted field that is still open at the end of the file.
  case unclosedQuote
  /// The file ends inside of a value.
  case truncated(format: FileFormat)
  /// Something is not written as the format wants it.
  case malformed(format: FileFormat, detail: String)
  /// Brackets within brackets beyond the limit.
  case tooDeep(limit: Int)
  /// The caller's `shouldStop` said so.
  case stopped

  /// The sentence: what is wrong and what to do.
  public var description: String {
    switch self {
    case .system(let action, let reason):
      "cannot \(action): \(reason)"
    case .directory:
      "is a directory; name a file in it, or several with \"…/*.csv\""
    case .invalidUTF8:
      "is not valid UTF-8; convert it first, for example with iconv -t UTF-8"
    case .binary:
      "holds a zero byte, so it is no text file; check the path"
    case .unsupported(let name):
      "is \(name), which is not read here; convert it to UTF-8 text or gzip first"
    case .damagedGzip:
      "the compressed data is damaged; fetch the file again, and check it with gzip -t"
    case .truncatedGzip:
      "the compressed data ends early; fetch the file again, and check it with gzip -t"
    case .recordTooLong(let limit):
      "a record is longer than \(sizeText(limit)); a quote may be left open, or a line end missing"
    case .tooManyColumns(let limit):
      "has more than \(limit) columns; check the format (@format) and the delimiter"
    case .unclosedQuote:
      "the quote opened here is never closed; close it, or double the quotes inside of a field"
    case .truncated(let format):
      "the \(format.title) ends in the middle of a value; the file may be cut off"
    case .malformed(let format, let detail):
      "this is not \(format.title): \(detail)"
    case .tooDeep(let limit):
      "brackets are nested deeper than \(limit); flatten the file first"
    case .stopped:
      "interrupted"
    }
  }
}

/// Bytes as a size to read, in the largest unit that divides them.
private func sizeText(_ bytes: Int) -> String {
  if bytes % (1 << 20) == 0 { return "\(bytes >> 20) MB" }
  if bytes % (1 << 10) == 0 { return "\(bytes >> 10) KB" }
  return "\(bytes) bytes"
}

/// A record that was left out, and why.
public struct BadRow: Hashable, Sendable {
  /// The line on which the record begins, counted from 1.
  public var line: Int
  /// The cause as a sentence without a full stop.
  public var cause: String

  /// Takes the line and the cause.
  public init(line: Int, cause: String) {
    self.line = line
    self.cause = cause
  }
}
