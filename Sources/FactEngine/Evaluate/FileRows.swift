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
  private let evaluation: Evaluation
  private let file: ResolvedFile
  private var texts = TextRun()
  private var ranges = InexactFields()
  private var days = DayMemo()

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
    evaluation.meter?.begin(files: paths)
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
      var batch = RecordBatch()
      while try reader.next(into: &batch, shouldStop: shouldStop) {
        try evaluation.checkpoint()
        evaluation.meter?.note(reader, of: path, rows: batch.recordCount)
        for bad in batch.badRows { try report(path, bad.line, bad.cause) }
        try convert(batch, path, reader, columns, types, receive)
      }
      evaluation.meter?.finish(reader)
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
    _ batch: RecordBatch, _ path: String, _ reader: RecordReader, _ columns: [Int],
    _ types: [AttributeType], _ receive: ([[UInt64]], Int) throws -> Void
  ) throws {
    var words = columns.map { _ in [UInt64](repeating: 0, count: Batch.capacity) }
    var start = 0
    while start < batch.recordCount {
      let end = min(start + Batch.capacity, batch.recordCount)
      var bad: [Int: String] = [:]
      for (position, column) in columns.enumerated() {
        convert(
          batch, start..<end, column, types[position], name: reader.columns[column],
          into: &words[position], bad: &bad)
      }
      var count = end - start
      if !bad.isEmpty {
        for row in bad.keys.sorted() {
          try report(path, Int(batch.lines[start + row]), bad[row] ?? "")
        }
        count = 0
        for row in 0..<(end - start) where bad[row] == nil {
          for position in words.indices { words[position][count] = words[position][row] }
          count += 1
        }
      }
      if count > 0 { try receive(words, count) }
      start = end
    }
  }

  private func convert(
    _ batch: RecordBatch, _ records: Range<Int>, _ column: Int, _ type: AttributeType, name: String,
    into words: inout [UInt64], bad: inout [Int: String]
  ) {
    switch type {
    case .entity, .text, .any: return intern(batch, records, column, into: &words)
    default: break
    }
    let values = evaluation.values
    let bytes = batch.bytes.span
    let fields = batch.fields
    let stride = batch.stride
    func reversed(_ name: String, _ slice: FieldSlice) -> String {
      "`\(name)` is `\(batch.text(slice))`, a range that ends before it begins"
    }
    var row = 0
    for record in records {
      let slice = fields[record &* stride &+ column]
      if slice.isMissing {
        words[row] = Word.unknown.bits
      } else {
        let field = bytes.extracting(slice.range)
        switch type {
        case .entity, .text, .any: break
        case .integer:
          if let integer = FieldParser.integer(field) {
            words[row] = (Word(integer: integer) ?? values.word(integer: integer)).bits
          } else if let range = FieldParser.integerRange(field) {
            if !ranges.add(range, row: row, in: values) { bad[row] = reversed(name, slice) }
          } else if let number = FieldParser.number(field), number.rounded() == number,
            abs(number) < 9e18
          {
            words[row] = values.word(number: number).bits
          } else if let word = InexactFields.read(field, as: type, in: values) {
            words[row] = word.bits
          } else {
            bad[row] = "`\(name)` is `\(batch.text(slice))`, which is no integer"
          }
        case .number, .percent:
          if let number = number(field, isPercent: type == .percent) {
            words[row] = values.word(number: number).bits
          } else if let range = FieldParser.integerRange(field) {
            if !ranges.add(range, row: row, in: values) { bad[row] = reversed(name, slice) }
          } else if let word = InexactFields.read(field, as: type, in: values) {
            words[row] = word.bits
          } else {
            bad[row] = "`\(name)` is `\(batch.text(slice))`, which is no number"
          }
        case .date:
          if let word = date(field) ?? InexactFields.read(field, as: type, in: values) {
            words[row] = word.bits
          } else {
            bad[row] = "`\(name)` is `\(batch.text(slice))`, which is no date"
          }
        }
      }
      row += 1
    }
    ranges.enter(into: &words, in: values)
  }

  /// Interns the texts of a column all at once, so that the waits for memory overlap.
  private func intern(
    _ batch: RecordBatch, _ records: Range<Int>, _ column: Int, into words: inout [UInt64]
  ) {
    texts.removeAll(keepingCapacity: true)
    let fields = batch.fields
    let stride = batch.stride
    for record in records {
      let slice = fields[record &* stride &+ column]
      if !slice.isMissing { texts.append(slice) }
    }
    var ids: [UInt32] = []
    swap(&ids, &texts.ids)
    defer { swap(&ids, &texts.ids) }
    evaluation.values.symbols.internBatch(
      batch.bytes.span, starts: texts.starts.span, lengths: texts.lengths.span, into: &ids)
    let first = Word(symbol: 0).bits
    if ids.count == records.count {
      for row in 0..<records.count { words[row] = first | UInt64(ids[row]) }
      return
    }
    var row = 0
    var next = 0
    for record in records {
      if fields[record &* stride &+ column].isMissing {
        words[row] = Word.unknown.bits
      } else {
        words[row] = first | UInt64(ids[next])
        next += 1
      }
      row += 1
    }
  }

  private func number(_ field: Span<UInt8>, isPercent: Bool) -> Double? {
    if isPercent, field.count > 1, field[field.count - 1] == UInt8(ascii: "%") {
      return FieldParser.number(field.extracting(0..<(field.count - 1))).map { $0 / 100 }
    }
    return FieldParser.number(field)
  }

  /// A day or moment, a year as four digits, or an EDTF string.
  private func date(_ field: Span<UInt8>) -> Word? {
    if let word = days.word(field) { return word }
    if let date = FieldParser.isoDate(field) {
      days.note(field, date.word)
      return date.word
    }
    var text = ""
    for index in 0..<field.count { text.unicodeScalars.append(Unicode.Scalar(field[index])) }
    if case .success(let value) = EDTF.read(text) { return evaluation.values.word(for: value) }
    return nil
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
