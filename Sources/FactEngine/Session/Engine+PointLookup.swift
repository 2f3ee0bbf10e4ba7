import FactLanguage
import FactModel

/// Memory that lookups use again and again.
struct PointLookupScratch {
  var hits = KeyIndex.Hits()
  var probes: [UInt32] = []
  var matched: [UInt32] = []
}

extension Engine {
  /// Rows up to which a query is answered by a lookup; more go through a plan, which can be stopped
  /// between batches.
  private static let mostRows = 1024

  /// Answers what people ask most, one atom over the certain facts of a relation with constants in
  /// some places and variables in all others, by one look into an index; nil where a query says more
  /// than that, or nothing is found and somebody wants to know why.
  ///
  /// Resolving, planning and running such a query takes five times as long as finding its rows. The
  /// answer is the one that a plan gives. Complexity: O(rows found), once the index is there.
  func lookUp(_ query: Query, in source: SourceText) -> Answer? {
    guard query.scope == nil, query.stages.isEmpty, settings.asOf == nil,
      !settings.disabledPasses.contains(Pass.pointLookup.rawValue),
      query.body.alternatives.count == 1, query.body.alternatives[0].count == 1,
      case .atom(let atom) = query.body.alternatives[0][0].kind,
      !atom.isDenial, atom.qualifiers.isEmpty, !resolver.isDerived(atom.name),
      let relation = base.relation(named: atom.name), relation.denials == nil,
      relation.arity == atom.arguments.count,
      !isInterrupted(), !base.account.isExceeded
    else { return nil }
    let table = relation.facts.facts
    guard !table.hasDeadRows, !table.hasUncertainRows else { return nil }
    var columns: [AnswerColumn] = []
    var shown: [Int] = []
    var keyColumns: [Int] = []
    var keys: [[UInt64]] = []
    // For each argument the column of the answer that fills it.
    var filled: [Int?] = Array(repeating: nil, count: relation.arity)
    columns.reserveCapacity(relation.arity)
    shown.reserveCapacity(relation.arity)
    // Parts of them are read in place: a copy of either counts references to all that is in it.
    let attributes = relation.schema.attributes
    let arguments = atom.arguments
    for column in arguments.indices {
      let type = attributes[column].type
      guard arguments[column].name == nil, type != .percent else { return nil }
      switch arguments[column].value.kind {
      case .constant(let value):
        guard let asked = Coercion.asked(value, as: type) else { return nil }
        let word = base.values.word(for: asked)
        guard word != .unknown, word != .anything else { return nil }
        keyColumns.append(column)
        keys.append([word.bits])
      case .variable(let name):
        // What is left out of the answer could make rows of it alike.
        guard name.utf8.first != UInt8(ascii: "_"), !columns.contains(where: { $0.name == name })
        else { return nil }
        filled[column] = columns.count
        columns.append(AnswerColumn(name: name, type: type, unit: attributes[column].unit))
        shown.append(column)
      default: return nil
      }
    }
    guard !keyColumns.isEmpty, !columns.isEmpty else { return nil }
    guard let block = rows(of: table, keyColumns, keys, shown),
      block.count > 0 || !settings.explainsEmptyAnswers
    else { return nil }
    last = (nil, query)
    lastSource = source
    badRows = []
    return Answer(
      columns: columns, rowCount: block.count, words: block.columns, levels: nil, truth: nil,
      isYesNo: false, atom: atom, atomColumns: filled, values: base.values)
  }

  /// The rows that have some words, sorted, of some columns; nil where they are too many.
  private func rows(
    of table: Table, _ keyColumns: [Int], _ keys: [[UInt64]], _ shown: [Int]
  ) -> RowBlock? {
    var block = RowBlock(slots: Array(shown.indices))
    guard table.rowCount > 0 else { return block }
    let index = table.index(on: keyColumns)
    var scratch = PointLookupScratch()
    swap(&scratch, &lookups)
    defer { swap(&scratch, &lookups) }
    index.probe(keys: keys, count: 1, into: &scratch.hits)
    let isFull = index.expand(
      &scratch.hits, within: 0..<UInt32(table.rowCount), probes: &scratch.probes,
      matched: &scratch.matched, count: &block.count, capacity: Engine.mostRows)
    if isFull { return nil }
    for (position, column) in shown.enumerated() {
      var words = [UInt64](repeating: 0, count: block.count)
      table.gather(column: column, rows: scratch.matched, count: block.count, into: &words)
      block.columns[position] = words
    }
    return RowSorter(values: base.values).sorted(block)
  }
}
