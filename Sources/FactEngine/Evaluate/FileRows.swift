import FactFormats
import FactLanguage
import FactModel

/// A bad row of a file, with the file it stands in.
public struct FileBadRow: Sendable, Hashable {
  /// The path as it was opened.
  public var file: String
  /// The line on which the record begins, from 1.
  public var line: Int
  /// Why it could not be read, as a sentence without a full stop.
  public var cause: String
}

/// Reads the records of `file(…)` as columns of words, a batch at a time.
///
/// Memory does not grow with the file but for the symbols in it.
final class FileRecords {
  /// Ranges for which room is made ahead at most.
  private static let reservedRanges = 8 << 20
  private let evaluation: Evaluation
  private let file: ResolvedFile

  init(_ evaluation: Evaluation, _ file: ResolvedFile) {
    self.evaluation = evaluation
    self.file = file
  }

  /// Calls `receive` with the words by requested column, at most a batch long each time.
  func forEachBatch(_ receive: ([[UInt64]], Int) throws -> Void) throws {
    if evaluation.settings.isSafe {
      throw failure("`file` is not allowed in safe mode")
    }
    let paths = expand(pattern: file.path)
    if paths.isEmpty { throw failure("no file matches \(file.path)") }
    evaluation.meter.begin(files: paths)
    for path in paths { try read(path, receive) }
  }

  private func failure(_ message: String) -> FailureError {
    FailureError(failure: RowFailure(message: message, span: file.span))
  }

  private func read(_ path: String, _ receive: ([[UInt64]], Int) throws -> Void) throws {
    var format: FileFormat?
    if let name = file.format {
      guard let known = FileFormat(rawValue: name) else {
        let names = FileFormat.allCases.map(\.rawValue).joined(separator: ", ")
        throw failure("`\(name)` is no format of files; there are \(names)")
      }
      format = known
    }
    var stopped: (any Error)?
    let evaluation = self.evaluation
    let shouldStop: () -> Bool = {
      do { try evaluation.checkpoint() } catch { stopped = error }
      return stopped != nil
    }
    do {
      let reader = try RecordReader(
        path: path, options: ReadOptions(format: format, hasHeader: file.hasHeader),
        shouldStop: shouldStop)
      // A file without any record or header has no rows, whatever is asked of it.
      if reader.columns.isEmpty { return }
      let columns = try file.columns.map { try column(of: reader, $0, path) }
      let types = zip(columns, file.columns).map { index, column in
        column.type.flatMap { $0 == .any ? nil : $0 } ?? AttributeType(reader.kinds[index])
      }
      let converted = RecordColumns(
        evaluation.values, columns: columns, types: types, names: reader.columns)
      var batch = RecordBatch()
      var isFirst = true
      while try reader.next(into: &batch, shouldStop: shouldStop) {
        try evaluation.checkpoint()
        evaluation.meter.note(reader, of: path, rows: batch.recordCount)
        for bad in batch.badRows { try report(path, bad.line, bad.cause) }
        try convert(batch, path, converted, receive)
        // Where nearly every row has a range of its own so far, the others will as well.
        if isFirst, converted.newRanges > batch.recordCount / 10 * 9,
          let rest = evaluation.meter.remainingRows
        {
          evaluation.values.wides.reserve(min(rest, FileRecords.reservedRanges))
        }
        isFirst = false
      }
      evaluation.meter.finish(reader)
      noteLateColumns(reader, path)
    } catch let error as FormatFailure {
      if let stopped { throw stopped }
      throw failure("\(error)")
    }
  }

  /// A key that first occurs far into a JSON file cannot be asked for, which is said once.
  private func noteLateColumns(_ reader: RecordReader, _ path: String) {
    guard let first = reader.lateColumns.first else { return }
    let names = reader.lateColumns.prefix(5).map { "`\($0.name)`" }.joined(separator: ", ")
    let more = reader.lateColumns.count > 5 ? " and others" : ""
    let text =
      "\(path):\(first.line): \(names)\(more) first occur after the records that decide on the "
      + "columns, so they are left out"
    if !evaluation.lateColumns.contains(text) { evaluation.lateColumns.append(text) }
  }

  private func column(of reader: RecordReader, _ wanted: FileColumn, _ path: String) throws -> Int {
    switch wanted.key {
    case .position(let position):
      guard position < reader.columns.count else {
        throw FailureError(
          failure: RowFailure(
            message: "\(path) has \(reader.columns.count) columns, so there is no column "
              + "\(position + 1)", span: wanted.span))
      }
      return position
    case .name(let name):
      if let found = reader.column(named: name) { return found }
      var message = "\(path) has no column `\(name)`"
      if let first = NearestName.nearest(name, among: reader.columns).first {
        message += "; nearest: \(first)"
      } else {
        message += "; it has \(reader.columns.prefix(12).joined(separator: ", "))"
        if reader.columns.count > 12 { message += ", …" }
      }
      throw FailureError(failure: RowFailure(message: message, span: wanted.span))
    }
  }

  private func report(_ path: String, _ line: Int, _ cause: String) throws {
    guard evaluation.settings.skipsBadRows else {
      throw FailureError(
        failure: RowFailure(
          message: "\(path):\(line): \(cause); `.set bad-rows skip` leaves such rows out",
          span: file.span))
    }
    evaluation.skippedRows += 1
    if evaluation.badRows.count < 1_000 {
      evaluation.badRows.append(FileBadRow(file: path, line: line, cause: cause))
    }
  }

  private func convert(
    _ batch: RecordBatch, _ path: String, _ columns: RecordColumns,
    _ receive: ([[UInt64]], Int) throws -> Void
  ) throws {
    let bad = columns.convert(batch)
    for record in bad.keys.sorted() {
      try report(path, Int(batch.lines[record]), bad[record] ?? "")
    }
    columns.drop(bad)
    var start = 0
    while start < columns.count {
      let end = min(start + Batch.capacity, columns.count)
      try receive(columns.columns(start..<end), end - start)
      start = end
    }
  }
}

extension AttributeType {
  /// The type that a column has by its first records.
  init(_ kind: ColumnKind) {
    switch kind {
    case .text: self = .text
    case .integer: self = .integer
    case .number: self = .number
    case .date: self = .date
    }
  }
}

/// Starts a plan with the records of a file, streamed: each record is a match of its own.
final class FileScanOperator: Operator {
  private let file: ResolvedFile
  /// For each requested column the slot it binds, if any.
  private let outputs: [(column: Int, slot: Slot)]
  private let constants: [(column: Int, word: UInt64)]
  private let equalities: [(Int, Int)]
  private let next: Operator
  private let out: Batch
  private var selection: [UInt32]

  init(
    _ evaluation: Evaluation, file: ResolvedFile, outputs: [(column: Int, slot: Slot)],
    constants: [(column: Int, word: UInt64)], equalities: [(Int, Int)], slotCount: Int,
    next: Operator
  ) {
    self.file = file
    self.outputs = outputs
    self.constants = constants
    self.equalities = equalities
    self.next = next
    out = Batch(slotCount: slotCount)
    for output in outputs { out.carry(output.slot) }
    selection = Array(repeating: 0, count: Batch.capacity)
    super.init(evaluation)
  }

  override func prepare() throws { try next.prepare() }

  override func push(_ batch: Batch) throws {
    let unknown = Word.unknown.bits
    try FileRecords(evaluation, file).forEachBatch { words, count in
      for output in outputs { out.columns[output.slot] = words[output.column] }
      out.count = count
      out.isUncertain = false
      out.hasFailures = false
      if !constants.isEmpty || !equalities.isEmpty {
        var kept = 0
        for row in 0..<count {
          let agrees =
            constants.allSatisfy { words[$0.column][row] == $0.word }
            && equalities.allSatisfy {
              words[$0.0][row] == words[$0.1][row] && words[$0.0][row] != unknown
            }
          if agrees {
            selection[kept] = UInt32(row)
            kept += 1
          }
        }
        if kept == 0 { return }
        out.compact(selection, count: kept, slots: outputs.map(\.slot))
      }
      try next.push(out)
    }
  }
}

extension Evaluation {
  /// All records of a file as a table, for a join that must look into it more than once.
  func table(of file: ResolvedFile) throws -> Table {
    if let known = fileTables[file] { return known }
    let table = Table(arity: file.columns.count, account: account, isSet: false)
    var rows: [UInt32] = []
    var isNew: [Bool] = []
    try FileRecords(self, file).forEachBatch { words, count in
      _ = table.insert(columns: words, count: count, rows: &rows, isNew: &isNew)
    }
    fileTables[file] = table
    return table
  }
}
