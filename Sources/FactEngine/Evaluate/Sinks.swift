import FactModel

/// Ends a rule: computes the head and inserts the rows.
final class HeadSink: Operator {
  private let relation: DerivedRelation
  private let head: [ResolvedExpression]
  private let evaluator: ExpressionEvaluator
  private let isMagic: Bool

  init(_ evaluation: Evaluation, relation: DerivedRelation, head: [ResolvedExpression]) {
    self.relation = relation
    self.head = head
    isMagic = MagicSets.isMagic(relation.name)
    evaluator = ExpressionEvaluator(evaluation: evaluation)
    super.init(evaluation)
  }

  override func push(_ batch: Batch) throws {
    let columns = head.map { evaluator.evaluate($0, over: batch) }
    if batch.hasFailures {
      if isMagic { return try insertSound(columns, batch) }
      try evaluation.raiseFailures(of: batch)
    }
    relation.insert(
      columns: columns, count: batch.count, levels: batch.isUncertain ? batch.levels : nil)
  }
}

extension HeadSink {
  /// Inserts the rows that carry no failure: what cannot be computed asks for nothing.
  private func insertSound(_ columns: [[UInt64]], _ batch: Batch) throws {
    let sound = (0..<batch.count).filter { batch.failures[$0] == 0 }
    guard !sound.isEmpty else { return }
    relation.insert(
      columns: columns.map { column in sound.map { column[$0] } }, count: sound.count,
      levels: batch.isUncertain ? sound.map { batch.levels[$0] } : nil)
  }
}

/// Hands the computed columns of each batch, with levels, to a closure called once a batch.
final class ColumnSink: Operator {
  private let expressions: [ResolvedExpression]
  private let evaluator: ExpressionEvaluator
  private let receive: ([[UInt64]], Int, [UInt8]?) throws -> Void

  init(
    _ evaluation: Evaluation, expressions: [ResolvedExpression],
    receive: @escaping ([[UInt64]], Int, [UInt8]?) throws -> Void
  ) {
    self.expressions = expressions
    self.receive = receive
    evaluator = ExpressionEvaluator(evaluation: evaluation)
    super.init(evaluation)
  }

  override func push(_ batch: Batch) throws {
    let columns = expressions.map { evaluator.evaluate($0, over: batch) }
    try evaluation.raiseFailures(of: batch)
    try receive(columns, batch.count, batch.isUncertain ? batch.levels : nil)
  }
}
