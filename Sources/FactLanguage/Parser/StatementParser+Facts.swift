import FactModel

extension StatementParser {
  /// The next statement, or as many plain facts of one relation as stand here, in the order of the
  /// text; nil at its end. Like `next`, but a tenth of its cost for files of facts.
  public mutating func nextItem() -> ScriptItem? {
    if !isStopped, token.kind == .name || token.kind == .variable, let batch = nextFacts() {
      return .facts(batch)
    }
    return next().map { .statement($0) }
  }

  /// The plain facts of one relation that begin at the current token; nil if there is none.
  private mutating func nextFacts() -> FactBatch? {
    let scanner = FactScanner(lexer.bytes)
    var cells: [FactCell] = []
    var starts: [Int] = []
    let first = token.lower
    guard let name = scanner.name(at: first), !scanner.isReader(name),
      let firstEnd = scanner.fact(after: name.upperBound, &cells)
    else { return nil }
    let arity = cells.count
    let size = name.count
    starts.append(first)
    cells.reserveCapacity(64 * arity)
    var end = firstEnd
    while starts.count < FactBatch.capacity {
      let next = scanner.skipBlank(end)
      guard scanner.isName(at: next, sameAs: name) else { break }
      let before = cells.count
      let found = scanner.fact(after: next + size, &cells)
      guard let found, cells.count - before == arity else {
        cells.removeLast(cells.count - before)
        break
      }
      starts.append(next)
      end = found
    }
    previousUpper = end
    previousKind = .stop
    hasEnded = true
    token = lexer.token(from: end)
    var batch = FactBatch(
      relation: text(SourceSpan(name.lowerBound, name.upperBound)), arity: arity,
      qualifiers: blocks.last?.qualifiers ?? [])
    batch.cells = cells
    batch.starts = starts
    return batch
  }
}

/// Reads plain facts byte by byte. What it does not know, it leaves to the parser.
private struct FactScanner {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  @inline(__always)
  private func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  /// The name directly before a bracket.
  func name(at offset: Int) -> Range<Int>? {
    var end = offset
    guard CharacterClass.isASCIILetter(byte(end)) else { return nil }
    while CharacterClass.isASCIIWord(byte(end)) { end &+= 1 }
    return byte(end) == UInt8(ascii: "(") ? offset..<end : nil
  }

  /// Whether a name is that of the reader of files, which is no relation before a text.
  func isReader(_ name: Range<Int>) -> Bool {
    name.count == 4 && bytes[name].elementsEqual("file".utf8)
  }

  func isName(at offset: Int, sameAs name: Range<Int>) -> Bool {
    guard offset + name.count < bytes.count, bytes[offset + name.count] == UInt8(ascii: "(") else {
      return false
    }
    var index = 0
    while index < name.count {
      if bytes[offset + index] != bytes[name.lowerBound + index] { return false }
      index &+= 1
    }
    return true
  }

  /// The offset of what follows blanks and comments.
  func skipBlank(_ offset: Int) -> Int {
    var position = offset
    let count = bytes.count
    while position < count {
      let byte = bytes[position]
      if byte == 0x23 || byte == 0x25 {
        while position < count, bytes[position] != 0x0A { position &+= 1 }
      } else if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        position &+= 1
      } else {
        break
      }
    }
    return position
  }

  @inline(__always)
  private func skipSpaces(_ offset: Int) -> Int {
    var position = offset
    while byte(position) == 0x20 || byte(position) == 0x0A || byte(position) == 0x09 {
      position &+= 1
    }
    return position
  }

  /// Reads `(…).` at `offset` and returns the offset after the full stop; nil where there is
  /// anything but constants.
  func fact(after offset: Int, _ cells: inout [FactCell]) -> Int? {
    var position = offset
    repeat {
      position = skipSpaces(position &+ 1)
      guard let end = cell(position, &cells) else { return nil }
      position = skipSpaces(end)
    } while byte(position) == UInt8(ascii: ",")
    guard byte(position) == UInt8(ascii: ")") else { return nil }
    position = skipSpaces(position &+ 1)
    guard byte(position) == UInt8(ascii: "."), byte(position &+ 1) != UInt8(ascii: ".") else {
      return nil
    }
    return position &+ 1
  }

  private func cell(_ start: Int, _ cells: inout [FactCell]) -> Int? {
    let first = byte(start)
    var position = start
    if first == 0x22 {
      position &+= 1
      while true {
        let byte = byte(position)
        if byte == 0x22 { break }
        if byte == 0x5C || byte == 0x0A || position >= bytes.count { return nil }
        position &+= 1
      }
      // A text may still be the name of an attribute, or of a relation.
      guard endsCell(position &+ 1) else { return nil }
      cells.append(FactCell(.symbol, Int64(start &+ 1), length: position &- start &- 1))
      return position &+ 1
    }
    if CharacterClass.isASCIILetter(first) {
      guard !CharacterClass.isUpper(first) else { return nil }
      while CharacterClass.isASCIIWord(byte(position)) { position &+= 1 }
      let isToday = position - start == 5 && bytes[start..<position].elementsEqual("today".utf8)
      guard endsCell(position), !isToday else { return nil }
      cells.append(FactCell(.symbol, Int64(start), length: position &- start))
      return position
    }
    if first == 0x5F {
      guard endsCell(start &+ 1) else { return nil }
      cells.append(FactCell(.unknown, 0))
      return start &+ 1
    }
    return number(start, &cells)
  }

  /// Whether only blanks stand between `offset` and the comma or bracket that ends a value.
  @inline(__always)
  private func endsCell(_ offset: Int) -> Bool {
    let byte = self.byte(offset)
    if byte == UInt8(ascii: ",") || byte == UInt8(ascii: ")") { return true }
    guard byte == 0x20 || byte == 0x0A || byte == 0x09 else { return false }
    let next = self.byte(skipSpaces(offset))
    return next == UInt8(ascii: ",") || next == UInt8(ascii: ")")
  }

  private func number(_ start: Int, _ cells: inout [FactCell]) -> Int? {
    let isNegative = byte(start) == UInt8(ascii: "-")
    var position = isNegative ? start &+ 1 : start
    let digits = position
    var value: Int64 = 0
    while CharacterClass.isDigit(byte(position)) {
      value = value &* 10 &+ Int64(byte(position) &- 0x30)
      position &+= 1
    }
    guard position > digits, position &- digits <= 18 else { return nil }
    if endsCell(position) {
      cells.append(FactCell(.integer, isNegative ? -value : value))
      return position
    }
    if byte(position) == UInt8(ascii: "-") {
      return isNegative || position &- digits != 4 ? nil : date(start, &cells)
    }
    guard byte(position) == UInt8(ascii: ".") else { return nil }
    position &+= 1
    let fraction = position
    while CharacterClass.isDigit(byte(position)) {
      value = value &* 10 &+ Int64(byte(position) &- 0x30)
      position &+= 1
    }
    // Up to 15 digits and a small power of ten are exact as doubles, so that one division rounds
    // as it should.
    let places = position &- fraction
    guard places > 0, position &- digits <= 16, endsCell(position) else { return nil }
    let number = Double(isNegative ? -value : value) / FactScanner.powers[places]
    switch Scalar(number) {
    case .integer(let integer): cells.append(FactCell(.integer, integer))
    case .number(let number):
      cells.append(FactCell(.number, Int64(bitPattern: number.bitPattern)))
    case nil: return nil
    }
    return position
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]

  private func date(_ start: Int, _ cells: inout [FactCell]) -> Int? {
    var end = start
    while end < bytes.count, bytes[end] > 0x20, bytes[end] != UInt8(ascii: ","),
      bytes[end] != UInt8(ascii: ")")
    {
      end &+= 1
    }
    guard endsCell(end), end &- start <= 32 else { return nil }
    guard case .success(let date) = CalendarDate.read(bytes.span.extracting(start..<end)) else {
      return nil
    }
    cells.append(FactCell(.date, Int64(bitPattern: date.word.bits)))
    return end
  }
}
