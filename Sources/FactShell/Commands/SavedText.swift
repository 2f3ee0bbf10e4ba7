import FactEngine
import FactModel

/// The text of `.save`: it reads back to the same facts, claims, denials, rules and queries.
///
/// Relations stand in the order of their names and facts in the order in which they were stated,
/// a claim on a line, so that two savings differ only in what has changed. What was retracted comes
/// first in each relation, each claim before its retraction.
struct SavedText {
  private let engine: Engine
  private let values: ValueStore

  init(_ engine: Engine) {
    self.engine = engine
    values = engine.base.values
  }

  func write(to sink: TextSink) throws {
    let relations = engine.base.relations.sorted { $0.name < $1.name }
    var hasDeclarations = false
    for relation in relations where relation.schema.isDeclared && isWorthDeclaring(relation) {
      try sink.write(Declaration.text(of: relation.schema) + "\n")
      hasDeclarations = true
    }
    var needsGap = hasDeclarations
    for relation in relations {
      for isDenial in [false, true] {
        guard let table = relation.table(denied: isDenial),
          table.factCount > 0 || table.hasRetractions
        else { continue }
        if needsGap { try sink.write("\n") }
        needsGap = true
        try write(table, of: relation, isDenial: isDenial, to: sink)
      }
    }
    try write(engine.program.rules.map(ProgramText.rule), after: &needsGap, to: sink)
    try write(engine.program.constraints.map(ProgramText.constraint), after: &needsGap, to: sink)
    try write(engine.program.queries.map(ProgramText.query), after: &needsGap, to: sink)
  }

  /// Built-in relations are there in any session, unless attributes were added to them.
  private func isWorthDeclaring(_ relation: Relation) -> Bool {
    !relation.isBuiltin || !FactBase.builtinSchemas.contains(relation.schema)
  }

  private func write(
    _ statements: [String], after needsGap: inout Bool, to sink: TextSink
  ) throws {
    guard !statements.isEmpty else { return }
    if needsGap { try sink.write("\n") }
    needsGap = true
    for statement in statements { try sink.write(statement + "\n") }
  }

  private func write(
    _ table: FactTable, of relation: Relation, isDenial: Bool, to sink: TextSink
  ) throws {
    var cells = CellWriter(
      values: values, form: .facts, digits: nil, cellCount: table.factCount * relation.arity)
    // A retraction closes whatever agrees with it, so that nothing else may stand there yet.
    if table.hasRetractions {
      try write(table, of: relation, isDenial, &cells, retracted: true, to: sink)
    }
    try write(table, of: relation, isDenial, &cells, retracted: false, to: sink)
  }

  private func write(
    _ table: FactTable, of relation: Relation, _ isDenial: Bool, _ cells: inout CellWriter,
    retracted: Bool, to sink: TextSink
  ) throws {
    var bytes: [UInt8] = []
    var atom: [UInt8] = []
    let opening = Array(((isDenial ? "-" : "") + SymbolText.name(relation.name) + "(").utf8)
    let names = relation.schema.attributes.map { SymbolText.name($0.name) + ": " }
    let percents = relation.schema.attributes.map { $0.type == .percent }
    for row in 0..<UInt32(table.facts.rowCount) where retracted || table.facts.isLive(row) {
      let claims =
        retracted
        ? table.claims(of: row, all: true).filter { $0.until != .unknown }
        : table.claims(of: row)
      if claims.isEmpty { continue }
      atom.removeAll(keepingCapacity: true)
      atom.append(contentsOf: opening)
      append(
        table.facts.words(row: row), names, percents, relation.schema.isDeclared, &cells, to: &atom)
      atom.append(UInt8(ascii: ")"))
      for claim in claims {
        bytes.append(contentsOf: atom)
        if !claim.isPlain { append(claim, &cells, to: &bytes) }
        bytes.append(text: ".\n")
        guard retracted else { continue }
        bytes.append(contentsOf: atom)
        bytes.append(text: "~ @known: ")
        cells.append(claim.until, percent: false, to: &bytes)
        bytes.append(text: ".\n")
      }
      if bytes.count > 1 << 15 {
        try sink.write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    try sink.write(bytes)
  }

  /// Attributes by position; after one that a denial leaves open, by name, if they have some.
  private func append(
    _ words: [UInt64], _ names: [String], _ percents: [Bool], _ isDeclared: Bool,
    _ cells: inout CellWriter, to bytes: inout [UInt8]
  ) {
    var isNamed = false
    var isFirst = true
    for column in words.indices {
      let word = Word(bits: words[column])
      if word == .anything {
        if isDeclared {
          isNamed = true
        } else {
          bytes.append(text: isFirst ? "_" : ", _")
          isFirst = false
        }
        continue
      }
      if !isFirst { bytes.append(text: ", ") }
      isFirst = false
      if isNamed { bytes.append(text: names[column]) }
      cells.append(word, percent: percents[column], to: &bytes)
    }
  }

  private func append(_ claim: Claim, _ cells: inout CellWriter, to bytes: inout [UInt8]) {
    var separator = " "
    func add(_ name: String, _ word: Word, _ isGiven: Bool) {
      guard isGiven else { return }
      bytes.append(text: "\(separator)@\(name): ")
      cells.append(word, percent: false, to: &bytes)
      separator = ", "
    }
    add("source", claim.source, claim.source != .unknown)
    add("document", claim.document, claim.document != .unknown)
    add("place", claim.place, claim.place != .unknown)
    if claim.certainty != .certain {
      bytes.append(text: "\(separator)@certainty: \(claim.certainty.name)")
      separator = ", "
    }
    add("known", claim.known, claim.knownIsGiven)
    add("valid", claim.valid, claim.valid != .unknown)
  }
}
