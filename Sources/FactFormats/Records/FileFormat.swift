/// The formats that files of records come in; each may also be gzipped.
public enum FileFormat: String, Sendable, CaseIterable {
  /// Comma-separated (RFC 4180).
  case csv
  /// Tab-separated; quoted as CSV is, but for `.facts` files, where a quote is a character.
  case tsv
  /// One array of objects.
  case json
  /// One object after another, as a rule one on a line.
  case jsonl
  /// Company facts as the SEC serves them.
  case companyfacts
  /// N-Triples.
  case ntriples

  /// The name for messages.
  public var title: String {
    switch self {
    case .csv: "CSV"
    case .tsv: "TSV"
    case .json: "JSON"
    case .jsonl: "JSON Lines"
    case .companyfacts: "SEC companyfacts JSON"
    case .ntriples: "N-Triples"
    }
  }

  /// The format that a file name's extension says, looking through a final `.gz`.
  ///
  /// `facts` and `tab` are TSV, `ndjson` is JSON Lines, `nt` is N-Triples. A `.json` file may turn
  /// out to be company facts or JSON Lines by its content.
  public init?(path: String) {
    switch fileExtension(path) {
    case "csv": self = .csv
    case "tsv", "tab", "facts": self = .tsv
    case "json": self = .json
    case "jsonl", "ndjson": self = .jsonl
    case "nt", "ntriples": self = .ntriples
    default: return nil
    }
  }

  /// The format by extension and first bytes.
  static func recognise(path: String, head: [UInt8]) -> FileFormat {
    let byName = FileFormat(path: path)
    if let byName, byName != .json { return byName }
    var at = 0
    while at < head.count, head[at] <= 0x20 { at += 1 }
    guard at < head.count else { return byName ?? .csv }
    switch head[at] {
    case UInt8(ascii: "["): return .json
    case UInt8(ascii: "{"): return isCompanyFacts(head, from: at) ? .companyfacts : .jsonl
    default: break
    }
    if let byName { return byName }
    if head[at] == UInt8(ascii: "<") { return .ntriples }
    var commas = 0
    var tabs = 0
    while at < head.count, head[at] != 0x0A {
      if head[at] == UInt8(ascii: ",") { commas += 1 }
      if head[at] == 0x09 { tabs += 1 }
      at += 1
    }
    return tabs > commas ? .tsv : .csv
  }
}

/// Whether an object's first keys are those of company facts.
private func isCompanyFacts(_ head: [UInt8], from start: Int) -> Bool {
  let end = min(head.count, start + 4096)
  var bytes: [UInt8] = []
  for index in start..<end where head[index] > 0x20 { bytes.append(head[index]) }
  let text = String(decoding: bytes, as: UTF8.self)
  guard text.hasPrefix("{\"cik\":") || text.hasPrefix("{\"entityName\":") else { return false }
  return find("\"facts\":{", in: bytes)
}

/// Whether the bytes contain a text.
private func find(_ text: StaticString, in bytes: [UInt8]) -> Bool {
  let count = text.utf8CodeUnitCount
  guard bytes.count >= count else { return false }
  for start in 0...(bytes.count - count) {
    var same = 0
    while same < count, bytes[start + same] == text.utf8Start[same] { same += 1 }
    if same == count { return true }
  }
  return false
}

/// The lower-case extension of a path without its dot, looking through a final `.gz`.
func fileExtension(_ path: String) -> String {
  var parts = path.split(separator: "/").last?.split(separator: ".").map { $0.lowercased() } ?? []
  if parts.count > 1, parts.last == "gz" { parts.removeLast() }
  guard parts.count > 1, let last = parts.last else { return "" }
  return last
}

/// How to read a file; what is nil is found out from its name and content.
public struct ReadOptions: Sendable {
  /// The format.
  public var format: FileFormat?
  /// Whether the first line of a delimited file names the columns; by default yes, but for `.facts`.
  public var hasHeader: Bool?
  /// Whether a quote at the start of a field of a delimited file opens a quoted field; by default
  /// yes, but for `.facts`.
  public var hasQuotes: Bool?
  /// The largest record in bytes; memory stays within about three times that.
  public var recordLimit = 64 << 20
  /// How many records decide on the columns of JSON and on the kinds of columns.
  public var sampleSize = 20_000

  /// Everything by name and content.
  public init() {}

  /// Takes what a `file(…)` literal can say.
  public init(format: FileFormat?, hasHeader: Bool? = nil) {
    self.format = format
    self.hasHeader = hasHeader
  }
}
