import FactLanguage
import FactModel

extension Resolver {
  /// The moment or period that a query is asked of; nil, with a report, where it is none.
  func resolve(
    _ scope: TimeScope, _ defaults: [QueryParameter], _ collector: inout DiagnosticCollector
  ) -> ResolvedScope? {
    func date(_ expression: Expression, _ word: String) -> Word? {
      let prepared = prepare(&collector, defaults) { $0.prepare(expression) }
      if collector.hasErrors { return nil }
      guard let value = constant(prepared, &collector) else { return nil }
      if let date = Coercion.date(value), isScope(date, hasEnd: word == "as of") {
        return base.values.word(for: date)
      }
      let text = collector.source[expression.span]
      collector.report(.noMoment(text, after: word), at: expression.span)
      return nil
    }
    switch scope.kind {
    case .asOf(let moment): return date(moment, "as of").map { .asOf($0) }
    case .during(let period): return date(period, "during").map { .during($0) }
    case .between(let first, let second):
      guard let first = date(first, "as of"), let second = date(second, "as of") else { return nil }
      return .between(first, second)
    }
  }

  /// Whether a value is a date and, where it has to be reached, ends at some time.
  private func isScope(_ value: Value, hasEnd: Bool) -> Bool {
    guard let dates = base.values.dates(of: base.values.word(for: value)) else { return false }
    return !hasEnd || dates.last != nil
  }

  /// The moment of a text, as `.asof` and `--as-of` take it; nil where it is none.
  func moment(_ text: String) -> Value? {
    if text == "today" { return .date(today) }
    guard let date = Coercion.date(ParameterReader.value(text)), isScope(date, hasEnd: true) else {
      return nil
    }
    return date
  }
}

extension Engine {
  /// The date that a text names, as queries without a time of their own may be answered as of.
  ///
  /// - Throws: `EngineError` where it names none, or one without an end.
  public func moment(_ text: String) throws -> Value {
    resolver.today = today
    guard let moment = resolver.moment(text) else {
      throw EngineError.failed(
        message: "`\(text)` is no date that answers could be as of",
        hint: "a date is written 2026-01-12, 2026-01, 2026-Q1 or late 2026-01")
    }
    return moment
  }
}
