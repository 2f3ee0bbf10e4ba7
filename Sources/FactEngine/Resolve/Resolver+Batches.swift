import FactLanguage
import FactModel

/// Plain facts of one relation as columns of words, ready to be inserted together.
struct StatedBatch {
  var schema: Schema
  /// As in `StatedFact`.
  var isNew: Bool
  /// The words by attribute, each `count` long.
  var columns: [[UInt64]]
  /// How many facts from the first one asked for are right.
  var count: Int
  /// The claim of all of them.
  var claim: Claim
  /// Notices about the first fact.
  var diagnostics: [Diagnostic]
  /// What is wrong with the fact after those; nil where the batch is through.
  var failure: DiagnosticsError?
}

extension Resolver {
  /// The facts of a batch from one on, up to the first that is wrong; what holds for `statedFact`
  /// holds for each of them. After a failure, go on at `first + count + 1`.
  ///
  /// Complexity: O(cells), with one look-up in the symbol table for each symbol.
  func statedFacts(_ batch: FactBatch, from first: Int = 0, in source: SourceText) -> StatedBatch {
    do {
      guard case .fact(let atom)? = batch.statement(first, in: source)?.kind else {
        return empty(batch)
      }
      let lead = try statedFact(atom, in: source)
      var stated = StatedBatch(
        schema: lead.schema, isNew: lead.isNew, columns: [], count: batch.count - first,
        claim: lead.claim, diagnostics: lead.diagnostics, failure: nil)
      for column in lead.schema.attributes.indices {
        fill(column, of: batch, from: first, &stated, source)
      }
      for column in stated.columns.indices {
        stated.columns[column].removeLast(stated.columns[column].count - stated.count)
      }
      let next = first + stated.count
      if next < batch.count, case .fact(let atom)? = batch.statement(next, in: source)?.kind {
        do {
          _ = try statedFact(atom, in: source)
        } catch let error as DiagnosticsError {
          stated.failure = error
        }
      }
      return stated
    } catch {
      var stated = empty(batch)
      stated.failure = error as? DiagnosticsError
      return stated
    }
  }

  /// Nothing but the failure of the first fact.
  private func empty(_ batch: FactBatch) -> StatedBatch {
    let schema = Schema(name: batch.relation, attributes: [], isDeclared: false)
    return StatedBatch(
      schema: schema, isNew: false, columns: [], count: 0, claim: .plain, diagnostics: [],
      failure: nil)
  }

  /// Appends one column; the batch ends before the first cell that does not fit its type.
  private func fill(
    _ column: Int, of batch: FactBatch, from first: Int, _ stated: inout StatedBatch,
    _ source: SourceText
  ) {
    let arity = batch.arity
    guard column < arity else {
      stated.columns.append(Array(repeating: Word.unknown.bits, count: stated.count))
      return
    }
    let type = stated.schema.attributes[column].type
    let cells = batch.cells
    let symbols = base.values.symbols
    let text = source.bytes
    let bytes = text.span
    var words: [UInt64] = []
    words.reserveCapacity(stated.count)
    var index = first * arity + column
    for row in 0..<stated.count {
      let cell = cells[index]
      index += arity
      switch cell.kind {
      case .symbol where type.kind == nil || type.kind == .symbol:
        words.append(Word(symbol: symbols.intern(bytes.extracting(cell.symbolRange))).bits)
      case .unknown: words.append(Word.unknown.bits)
      case .date where type.kind == nil || type.kind == .date:
        words.append(UInt64(bitPattern: cell.payload))
      default:
        guard let value = Coercion.stated(cell.value(in: source), as: type) else {
          stated.count = row
          stated.columns.append(words)
          return
        }
        words.append(base.values.word(for: value).bits)
      }
    }
    stated.columns.append(words)
  }
}
