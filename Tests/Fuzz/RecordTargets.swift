import FactFormats

/// A target for each format of records, one that recognises the format, and one for gzip.
let recordTargets: [FuzzTarget] =
  [
    target("csv", .csv), target("tsv", .tsv), target("json", .json), target("jsonl", .jsonl),
    target("companyfacts", .companyfacts), target("ntriples", .ntriples), target("records", nil),
  ] + [gzipTarget]

private func target(_ name: String, _ format: FileFormat?) -> FuzzTarget {
  let file = MemoryFile()
  return FuzzTarget(name: name) { bytes in
    file.write(bytes)
    let whole = read(file.path, format, recordLimit: 64 << 20)
    // Small windows cut records anywhere; where both readings succeed they must agree. The columns
    // of JSON are those of the records read ahead, which are fewer then.
    let cut = read(file.path, format, recordLimit: 1 << 10)
    if let whole, let cut, whole.first == cut.first {
      precondition(whole == cut, "the size of the window matters")
    }
  }
}

/// Bytes as a gzip file: the two bytes that say so stand before them where they are missing.
private let gzipTarget: FuzzTarget = {
  let file = MemoryFile()
  return FuzzTarget(name: "gzip") { bytes in
    file.write(bytes.starts(with: [0x1F, 0x8B]) ? bytes : [0x1F, 0x8B] + bytes)
    _ = read(file.path, .csv, recordLimit: 1 << 20)
  }
}()

/// Everything that a reader hands out, or nil where it refuses the file.
private func read(_ path: String, _ format: FileFormat?, recordLimit: Int) -> [[String?]]? {
  var options = ReadOptions(format: format)
  options.recordLimit = recordLimit
  do {
    let reader = try RecordReader(path: path, options: options)
    var rows: [[String?]] = [reader.columns.map { $0 }]
    var batch = RecordBatch()
    var records = 0
    while try reader.next(into: &batch) {
      records += batch.recordCount
      for bad in batch.badRows { precondition(bad.line > 0 && !bad.cause.isEmpty) }
      for record in 0..<batch.recordCount {
        precondition(batch.lines[record] > 0)
        // A few kilobytes cannot hold more fields than this; the rest would only take time.
        guard rows.count < 4_000 else { continue }
        rows.append(
          (0..<batch.columnCount).map { column in
            let slice = batch.field(column: column, record: record)
            guard !slice.isMissing else { return nil }
            let field = batch.bytes.span.extracting(slice.range)
            _ = FieldParser.integer(field)
            _ = FieldParser.number(field)
            _ = FieldParser.isoDate(field)
            let text = String(validating: batch.bytes[slice.range], as: UTF8.self)
            precondition(text != nil, "a field is no UTF-8")
            return text
          })
      }
    }
    return rows
  } catch {
    precondition(!"\(error)".isEmpty)
    return nil
  }
}
