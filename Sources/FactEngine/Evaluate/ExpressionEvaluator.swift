import FactModel

extension Word {
  /// Stands where a computation failed, until its row has passed all else; never leaves a batch.
  static let failed = Word(kind: .unknown, payload: 1)
}

/// Computes expressions over batches: a column in, a column out.
///
/// Sums, differences and products of exact integers run in a plain loop; whatever else occurs in
/// the batch goes through the general functions row by row.
struct ExpressionEvaluator {
  let evaluation: Evaluation

  /// The words of an expression for the first `batch.count` rows; failures are noted in the batch.
  func evaluate(_ expression: ResolvedExpression, over batch: Batch) -> [UInt64] {
    switch expression.kind {
    case .variable(let slot):
      return batch.columns[slot]
    case .constant(let word):
      return Array(repeating: word.bits, count: batch.count)
    case .call(let function, let arguments):
      let columns = arguments.map { evaluate($0, over: batch) }
      if let result = integers(function, columns, count: batch.count) { return result }
      var result = [UInt64](repeating: 0, count: batch.count)
      var words = Array(repeating: Word.unknown, count: arguments.count)
      for row in 0..<batch.count {
        var hasFailed = false
        for (position, column) in columns.enumerated() {
          words[position] = Word(bits: column[row])
          if words[position] == .failed { hasFailed = true }
        }
        if hasFailed {
          result[row] = Word.failed.bits
          continue
        }
        switch evaluation.values.apply(function, words) {
        case .success(let word): result[row] = word.bits
        case .failure(let failure):
          result[row] = Word.failed.bits
          let note = RowFailure(message: failure.message, span: expression.span)
          batch.fail(row: row, evaluation.note(note))
        }
      }
      return result
    }
  }

  /// The fast path, or nil where some operand is no exact integer or a result does not fit.
  private func integers(_ function: ValueOperation, _ columns: [[UInt64]], count: Int) -> [UInt64]?
  {
    guard columns.count == 2, function == .add || function == .subtract || function == .multiply
    else { return nil }
    let tag = Word(kind: .integer, payload: 0).bits &>> 48
    let left = columns[0]
    let right = columns[1]
    var result = [UInt64](repeating: 0, count: count)
    for row in 0..<count {
      let a = left[row]
      let b = right[row]
      guard a &>> 48 == tag, b &>> 48 == tag else { return nil }
      let x = Word(bits: a).integer
      let y = Word(bits: b).integer
      let value: Int64
      switch function {
      case .add: value = x &+ y
      case .subtract: value = x &- y
      default:
        let (product, overflow) = x.multipliedReportingOverflow(by: y)
        if overflow { return nil }
        value = product
      }
      guard let word = Word(integer: value) else { return nil }
      result[row] = word.bits
    }
    return result
  }
}
