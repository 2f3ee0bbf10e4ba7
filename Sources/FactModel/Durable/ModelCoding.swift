/// The parts of the model as bytes of a record.
extension ByteWriter {
  mutating func rows(_ rows: [UInt32]) {
    number(rows.count)
    for row in rows { number(Int(row)) }
  }

  mutating func optional(_ word: Word?) {
    flag(word != nil)
    if let word { self.word(word.bits) }
  }

  mutating func column(_ words: [UInt64]?, count: Int) {
    flag(words != nil)
    guard let words else { return }
    for i in 0..<count { word(words[i]) }
  }
}

extension ByteReader {
  mutating func rows() throws(UnreadableBytes) -> [UInt32] {
    let count = try count(of: 1)
    var rows: [UInt32] = []
    for _ in 0..<count {
      guard let row = UInt32(exactly: try number()) else { throw UnreadableBytes() }
      rows.append(row)
    }
    return rows
  }

  mutating func optionalWord() throws(UnreadableBytes) -> Word? {
    try flag() ? Word(bits: try word()) : nil
  }

  mutating func words(_ count: Int) throws(UnreadableBytes) -> [UInt64] {
    var words: [UInt64] = []
    words.reserveCapacity(count)
    for _ in 0..<count { words.append(try word()) }
    return words
  }

  mutating func column(_ count: Int) throws(UnreadableBytes) -> [UInt64]? {
    try flag() ? try words(count) : nil
  }

  mutating func certainty() throws(UnreadableBytes) -> Certainty {
    guard let certainty = Certainty(rawValue: try byte()) else { throw UnreadableBytes() }
    return certainty
  }
}

extension Schema {
  func write(to writer: inout ByteWriter) {
    writer.text(name)
    writer.flag(isDeclared)
    writer.number(attributes.count)
    for attribute in attributes {
      writer.text(attribute.name)
      writer.byte(attribute.type.rawValue)
      writer.flag(attribute.isKey)
      writer.flag(attribute.unit != nil)
      if let unit = attribute.unit { writer.text(unit) }
    }
  }

  init(reading reader: inout ByteReader) throws(UnreadableBytes) {
    let name = try reader.text()
    let isDeclared = try reader.flag()
    var attributes: [Attribute] = []
    for _ in 0..<(try reader.count(of: 4)) {
      let name = try reader.text()
      guard let type = AttributeType(rawValue: try reader.byte()) else { throw UnreadableBytes() }
      let isKey = try reader.flag()
      let unit = try reader.flag() ? try reader.text() : nil
      attributes.append(Attribute(name: name, type: type, unit: unit, isKey: isKey))
    }
    self.init(name: name, attributes: attributes, isDeclared: isDeclared)
  }
}

extension Claim {
  func write(to writer: inout ByteWriter) {
    writer.flag(isPlain)
    if isPlain { return }
    for word in [source, document, place, known, valid] { writer.word(word.bits) }
    writer.byte(certainty.rawValue)
    writer.flag(knownIsGiven)
  }

  init(reading reader: inout ByteReader) throws(UnreadableBytes) {
    self.init()
    if try reader.flag() { return }
    source = Word(bits: try reader.word())
    document = Word(bits: try reader.word())
    place = Word(bits: try reader.word())
    known = Word(bits: try reader.word())
    valid = Word(bits: try reader.word())
    certainty = try reader.certainty()
    knownIsGiven = try reader.flag()
  }
}

extension ClaimFilter {
  func write(to writer: inout ByteWriter) {
    for word in [source, document, place, known, valid] { writer.optional(word) }
    writer.flag(certainty != nil)
    if let certainty { writer.byte(certainty.rawValue) }
  }

  init(reading reader: inout ByteReader) throws(UnreadableBytes) {
    self.init()
    source = try reader.optionalWord()
    document = try reader.optionalWord()
    place = try reader.optionalWord()
    known = try reader.optionalWord()
    valid = try reader.optionalWord()
    if try reader.flag() { certainty = try reader.certainty() }
  }
}

extension ClaimBatch {
  func write(to writer: inout ByteWriter, count: Int) {
    common.write(to: &writer)
    for column in [sources, documents, places, known, valid] { writer.column(column, count: count) }
    writer.flag(certainties != nil)
    if let certainties {
      for i in 0..<count { writer.byte(certainties[i]) }
    }
  }

  init(reading reader: inout ByteReader, count: Int) throws(UnreadableBytes) {
    self.init(common: try Claim(reading: &reader))
    sources = try reader.column(count)
    documents = try reader.column(count)
    places = try reader.column(count)
    known = try reader.column(count)
    valid = try reader.column(count)
    guard try reader.flag() else { return }
    var levels: [UInt8] = []
    for _ in 0..<count { levels.append(try reader.certainty().rawValue) }
    certainties = levels
  }
}
