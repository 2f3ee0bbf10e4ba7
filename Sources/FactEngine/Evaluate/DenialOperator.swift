import FactModel

/// For each match of its input, the denials that agree with it, where denials leave attributes open.
///
/// An open attribute agrees with every value: a variable that is bound keeps its value there, one
/// that is not takes `Word.anything`, and gives it up for the value of a further denial. So the
/// order of denials within a body never decides. Complexity: O(matches · denials).
final class DenialOperator: Operator {
  /// What an attribute is asked for.
  enum Wanted {
    case any
    case constant(UInt64)
    /// A variable, by its place among those of the atom.
    case variable(Int)
  }

  private let source: ScanSource
  private let wanted: [Wanted]
  private let slots: [Slot]
  private let isBound: [Bool]
  /// The weakest level of the matches that are wanted.
  private let leastLevel: UInt8
  private let carried: [Slot]
  private let next: Operator
  private let out: Batch
  private var rows: [UInt32] = []
  private var columns: [[UInt64]] = []
  private var levels: [UInt8] = []
  private var probes: [UInt32]

  /// Takes the slots of the atom's variables, each once, with whether the input binds them, and the
  /// other slots that are read afterwards.
  init(
    _ evaluation: Evaluation, source: ScanSource, wanted: [Wanted], slots: [Slot], isBound: [Bool],
    leastLevel: UInt8, carried: [Slot], slotCount: Int, next: Operator
  ) {
    self.leastLevel = leastLevel
    self.source = source
    self.wanted = wanted
    self.slots = slots
    self.isBound = isBound
    self.carried = carried
    self.next = next
    out = Batch(slotCount: slotCount)
    for slot in carried { out.carry(slot) }
    for slot in slots { out.carry(slot) }
    probes = Array(repeating: 0, count: Batch.capacity)
    super.init(evaluation)
  }

  override func prepare() throws {
    rows = (0..<UInt32(source.rows.rowCount)).filter { source.isLive($0) }
    levels = Array(repeating: 0, count: rows.count)
    if source.isUncertain {
      var scratch = levels
      source.raiseLevels(rows: rows, count: rows.count, levels: &levels, scratch: &scratch)
      let kept = rows.indices.filter { levels[$0] <= leastLevel }
      rows = kept.map { rows[$0] }
      levels = kept.map { levels[$0] }
    }
    columns = wanted.indices.map { column in
      var words: [UInt64] = []
      source.rows.gather(column: column, rows: rows, count: rows.count, into: &words)
      return words
    }
    try next.prepare()
  }

  override func push(_ batch: Batch) throws {
    let anything = Word.anything.bits
    let unknown = Word.unknown.bits
    let failed = Word.failed.bits
    var found = [UInt64](repeating: anything, count: slots.count)
    var given = [UInt8](repeating: 0, count: Batch.capacity)
    var count = 0
    for match in 0..<batch.count {
      if match & 255 == 0 { try evaluation.checkpoint() }
      for denial in rows.indices {
        for place in slots.indices {
          found[place] = isBound[place] ? batch.columns[slots[place]][match] : anything
          // What could not be computed agrees with everything, as what a denial leaves open does.
          if found[place] == failed { found[place] = anything }
        }
        guard agrees(denial, &found, anything, unknown) else { continue }
        for place in slots.indices { out.columns[slots[place]][count] = found[place] }
        probes[count] = UInt32(match)
        given[count] = levels[denial]
        count += 1
        if count == Batch.capacity { try flush(batch, &count, given) }
      }
    }
    try flush(batch, &count, given)
  }

  /// Whether a denial agrees with what is bound; binds the rest.
  private func agrees(
    _ denial: Int, _ found: inout [UInt64], _ anything: UInt64, _ unknown: UInt64
  ) -> Bool {
    for (column, wanted) in wanted.enumerated() {
      let stored = columns[column][denial]
      switch wanted {
      case .any: break
      case .constant(let word): if stored != anything, stored != word { return false }
      case .variable(let place):
        let word = found[place]
        if word == unknown { return false }
        if stored == anything || stored == word { continue }
        if word != anything { return false }
        found[place] = stored
      }
    }
    return true
  }

  private func flush(_ batch: Batch, _ count: inout Int, _ given: [UInt8]) throws {
    guard count > 0 else { return }
    out.take(batch, probes: probes, count: count, carried: carried)
    if source.isUncertain {
      out.beginLevels()
      for position in 0..<count where given[position] > out.levels[position] {
        out.levels[position] = given[position]
      }
    }
    count = 0
    try next.push(out)
  }
}

extension ScanSource {
  /// Whether a row leaves an attribute open, as denials may.
  var hasOpenAttributes: Bool {
    let anything = Word.anything.bits
    var words: [UInt64] = []
    for column in 0..<rows.arity {
      var start = 0
      while start < rows.rowCount {
        let end = min(start + Batch.capacity, rows.rowCount)
        rows.unpack(column: column, rows: start..<end, into: &words)
        for position in 0..<(end - start) where words[position] == anything { return true }
        start = end
      }
    }
    return false
  }
}
