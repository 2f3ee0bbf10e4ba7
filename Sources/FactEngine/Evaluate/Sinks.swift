import FactModel

/// Ends a rule: computes the head and inserts the rows.
final class HeadSink: Operator {
  private let relation: DerivedRelation
  private let head: [ResolvedExpression]
  private let evaluator: ExpressionEvaluator

  init(_ evaluation: Evaluation, relation: DerivedRelation, head: [ResolvedExpression]) {
    self.relation = relation
    self.head = head
    evaluator = ExpressionEvaluator(evaluation: evaluation)
    super.init(evaluation)
  }

  override func push(_ batch: Batch) throws {
    let columns = head.map { evaluator.evaluate($0, over: batch) }
    try evaluation.raiseFailures(of: batch)
    relation.insert(
      columns: columns, count: batch.count, levels: batch.isUncertain ? batch.levels : nil)
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
