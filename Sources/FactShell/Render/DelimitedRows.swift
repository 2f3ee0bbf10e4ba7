import FactEngine
import FactModel

/// Writes rows as fields side by side, with a separator between them: CSV and TSV.
///
/// A block of rows is written in two passes. The first finds the written form of each cell: that of
/// a symbol is made once for all its cells where there are many, everything else is written anew
/// behind them. The second copies forms into the output, sixteen bytes at a time, which is about as
/// fast as memory. Complexity: O(bytes written).
struct DelimitedRows {
  private let answer: Answer
  private let columns: [AnswerColumns.Column]
  private let separator: UInt8
  private var cells: CellWriter
  /// Where the form of each symbol lies, by id: its start above 24 bits of length, 0 for none, since
  /// forms begin behind some padding. Empty where keeping them does not pay.
  private var places: [UInt64] = []
  /// The forms that are kept, and behind them those of the block at hand.
  private var forms: [UInt8]
  /// The forms of the block, row after row.
  private var fields: [Field] = []
  private var output: [UInt8] = []
  private var count = 0

  /// Where the form of a cell lies in `forms`; at 0 for none yet.
  private struct Field {
    var start: Int
    var length: Int

    static let none = Field(start: 0, length: 0)
  }

  /// What is copied at once.
  private typealias Step = SIMD16<UInt8>
  private static let step = MemoryLayout<Step>.size
  private static let blockRows = 1_024
  /// Bytes that are handed on at once.
  private static let chunk = 1 << 18

  init(
    _ answer: Answer, columns: [AnswerColumns.Column], cells: CellWriter, separator: UInt8
  ) {
    self.answer = answer
    self.columns = columns
    self.cells = cells
    self.separator = separator
    forms = [UInt8](repeating: 0, count: DelimitedRows.step)
    let cellCount = answer.rowCount * columns.count
    forms.reserveCapacity(DelimitedRows.step + min(cellCount, 4_096) * 16)
    let symbols = answer.values.symbols.count
    if cellCount > 4_096, cellCount > symbols / 4 {
      places = [UInt64](repeating: 0, count: symbols)
    }
  }

  /// Writes all rows; the sink gets chunks that end with a row.
  mutating func write(to sink: TextSink) throws {
    if columns.isEmpty { return }
    var row = 0
    while row < answer.rowCount {
      let end = min(row + DelimitedRows.blockRows, answer.rowCount)
      append(row..<end)
      if count >= DelimitedRows.chunk { try handOn(to: sink) }
      row = end
    }
    try handOn(to: sink)
  }

  private mutating func handOn(to sink: TextSink) throws {
    let written = count
    count = 0
    try sink.write(output.span.extracting(0..<written))
  }

  private mutating func append(_ rows: Range<Int>) {
    let size = rows.count * columns.count
    if fields.count < size { fields = [Field](repeating: .none, count: size) }
    var isOpen = [Bool](repeating: true, count: columns.count)
    for (place, column) in columns.enumerated() {
      if let index = column.index, !places.isEmpty {
        isOpen[place] = findKept(answer.words[index], rows, place)
      } else {
        for row in 0..<rows.count { fields[row &* columns.count &+ place] = .none }
      }
    }
    // Behind the forms that are kept those of this block stand until it is written.
    let kept = forms.count
    for place in columns.indices where isOpen[place] { writeOpen(rows, place) }
    // A line of one empty field would be no record at all to most readers.
    if columns.count == 1, separator == UInt8(ascii: ",") { quoteEmpty(rows.count) }
    forms.append(contentsOf: repeatElement(0, count: DelimitedRows.step))
    copyFields(rows.count)
    forms.removeLast(forms.count - kept)
  }

  /// Finds the forms of a column's symbols; says whether other cells are left.
  private mutating func findKept(_ words: [UInt64], _ rows: Range<Int>, _ column: Int) -> Bool {
    let tag = Word(symbol: 0).bits &>> 48
    let width = columns.count
    var isOpen = false
    var at = column
    for row in rows {
      let word = words[row]
      var field = Field.none
      if word &>> 48 == tag {
        var place = places[Int(Word(bits: word).symbol)]
        if place == 0 { place = keep(Word(bits: word)) }
        field.start = Int(truncatingIfNeeded: place &>> 24)
        field.length = Int(truncatingIfNeeded: place & 0xFF_FFFF)
      }
      if field.start == 0 { isOpen = true }
      fields[at] = field
      at &+= width
    }
    return isOpen
  }

  /// Keeps the form of a symbol, unless it is too long to be worth it; returns its place.
  private mutating func keep(_ word: Word) -> UInt64 {
    let start = forms.count
    cells.append(word, percent: false, to: &forms)
    let length = forms.count - start
    if length > 0xFF_FFFF {
      forms.removeLast(length)
      return 0
    }
    let place = UInt64(start) &<< 24 | UInt64(length)
    places[Int(word.symbol)] = place
    return place
  }

  /// Writes the cells of a column that have no form yet.
  private mutating func writeOpen(_ rows: Range<Int>, _ place: Int) {
    let column = columns[place]
    var at = place
    for row in rows {
      if fields[at].start == 0 {
        let start = forms.count
        if let index = column.index {
          cells.append(
            answer.word(row: row, column: index), percent: column.isPercent, to: &forms)
        } else {
          forms.append(text: answer.remark(column.content, row: row))
        }
        fields[at] = Field(start: start, length: forms.count - start)
      }
      at += columns.count
    }
  }

  private mutating func quoteEmpty(_ rowCount: Int) {
    let start = forms.count
    forms.append(text: "\"\"")
    for row in 0..<rowCount where fields[row].length == 0 {
      fields[row] = Field(start: start, length: 2)
    }
  }

  /// Copies the forms of the block to the output, each with what stands behind it.
  private mutating func copyFields(_ rowCount: Int) {
    let width = columns.count
    // Each copy reads and writes up to a step more than its form, for which `forms` ends with padding
    // and the output has room: what follows stays within both, whatever the lengths.
    var total = DelimitedRows.step
    for at in 0..<rowCount &* width { total &+= fields[at].length &+ 1 }
    let missing = count + total - output.count
    if missing > 0 {
      // A small answer gets what it needs, of a large one a chunk will come together.
      let room = answer.rowCount > DelimitedRows.blockRows ? DelimitedRows.chunk + total : missing
      output.append(contentsOf: repeatElement(0, count: max(missing, room)))
    }
    let forms = self.forms
    let fields = self.fields
    let start = count
    count = output.withUnsafeMutableBytes { output in
      forms.withUnsafeBytes { forms in
        fields.withUnsafeBufferPointer { fields in
          var at = start
          var next = 0
          for _ in 0..<rowCount {
            for _ in 0..<width {
              let field = fields[next]
              next &+= 1
              var copied = 0
              repeat {
                output.storeBytes(
                  of: forms.loadUnaligned(fromByteOffset: field.start &+ copied, as: Step.self),
                  toByteOffset: at &+ copied, as: Step.self)
                copied &+= DelimitedRows.step
              } while copied < field.length
              at &+= field.length
              output[at] = separator
              at &+= 1
            }
            output[at &- 1] = 0x0A
          }
          return at
        }
      }
    }
  }
}
