/// Streams the records of a file in batches.
///
/// Opening reads the first records (20,000, as `ReadOptions.sampleSize` says, or fewer if they fill
/// 64 MB) to find the columns of JSON objects and the kinds of all columns; they are handed out first.
/// Beyond that, memory does not grow with the file. A reader is used by one thread at a time.
///
///     let reader = try RecordReader(path: "notices.csv")
///     var batch = RecordBatch()
///     while try reader.next(into: &batch) { … }
public final class RecordReader {
  /// The names of the columns: the header, the keys of JSON objects, or `c1`, `c2`, … without a header.
  ///
  /// Empty only for a file without any record or header.
  public let columns: [String]
  /// What each column holds, judged by the first records.
  public let kinds: [ColumnKind]
  /// The format, given or found out.
  public let format: FileFormat

  private let source: ByteSource
  private let decoder: any RecordDecoder
  /// The records read ahead, last batch first.
  private var ahead: [RecordBatch]
  private var input: WindowInput

  /// Opens a file, which may be `/dev/stdin`.
  ///
  /// - Parameters:
  ///   - path: The file, opened as it stands; patterns are resolved by `expand(pattern:)`.
  ///   - options: What is known of the file.
  ///   - shouldStop: Asked between reads; where it returns true, the failure is `stopped`.
  /// - Throws: `FormatFailure` where it cannot be opened, or where the first records are unreadable.
  public init(
    path: String, options: ReadOptions = ReadOptions(), shouldStop: () -> Bool = { false }
  ) throws(FormatFailure) {
    let source = try ByteSource(path: path, shouldStop: shouldStop)
    var input = WindowInput(
      recordLimit: options.recordLimit, expectedSize: source.isCompressed ? nil : source.fileSize)
    try input.readFirst(source, shouldStop: shouldStop)
    let format = options.format ?? FileFormat.recognise(path: path, head: input.carry)
    let decoder = makeDecoder(path: path, format: format, options: options)
    var ahead: [RecordBatch] = []
    var sample = KindSample(limit: options.sampleSize)
    var slots = 0
    var bytes = 0
    while true {
      var batch = RecordBatch()
      guard try input.next(into: &batch, from: source, decoder: decoder, shouldStop: shouldStop)
      else { break }
      sample.add(batch)
      slots += batch.recordCount * batch.stride
      bytes += batch.bytes.count
      ahead.append(batch)
      if sample.isFull || slots > 4 << 20 || bytes > options.recordLimit { break }
    }
    decoder.settleColumns()
    columns = decoder.columns
    for index in ahead.indices { ahead[index].widen(toColumns: columns.count) }
    ahead.reverse()
    kinds = sample.kinds(columnCount: columns.count)
    self.format = format
    self.source = source
    self.decoder = decoder
    self.ahead = ahead
    self.input = input
  }

  /// Replaces the content of a batch with the next records; false at the end of the file.
  ///
  /// A batch may hold only bad rows. Complexity: linear in the bytes read.
  public func next(
    into batch: inout RecordBatch, shouldStop: () -> Bool = { false }
  ) throws(FormatFailure) -> Bool {
    if let first = ahead.popLast() {
      batch = first
      return true
    }
    return try input.next(into: &batch, from: source, decoder: decoder, shouldStop: shouldStop)
  }

  /// The position of a column by its name: as written, or else upper and lower case alike.
  public func column(named name: String) -> Int? {
    if let exact = columns.firstIndex(of: name) { return exact }
    let lowered = name.lowercased()
    return columns.firstIndex { $0.lowercased() == lowered }
  }

  /// Keys of JSON objects that came too late to be columns (at most 100), so that a notice can say so.
  public var lateColumns: [LateColumn] { decoder.lateColumns }
  /// How many bytes of the file were read, as stored; for a progress line.
  public var bytesRead: Int { source.bytesRead }
  /// The size of the file as stored, where it is a regular file.
  public var fileSize: Int? { source.fileSize }
}

/// The decoder of a format.
private func makeDecoder(
  path: String, format: FileFormat, options: ReadOptions
) -> any RecordDecoder {
  let isFacts = fileExtension(path) == "facts"
  switch format {
  case .csv, .tsv:
    return DelimitedDecoder(
      path: path, format: format, hasHeader: options.hasHeader ?? !isFacts,
      hasQuotes: options.hasQuotes ?? !isFacts)
  case .json, .jsonl:
    return JSONRecordDecoder(path: path, format: format)
  case .companyfacts:
    return CompanyFactsDecoder(path: path)
  case .ntriples:
    return NTriplesDecoder(path: path)
  }
}
