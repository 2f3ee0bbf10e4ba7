import FactLanguage
import FactModel

extension BodyResolver {
  /// The column that a `chart` stage draws.
  func resolveChart(_ form: String, _ value: Expression, at span: SourceSpan) {
    guard form == "bar" else {
      return collector.report(
        .badChart("there is no chart `\(form)`", hint: "`chart bar X` draws horizontal bars"),
        at: span)
    }
    guard case .variable(let name) = value.kind else {
      return collector.report(
        .badChart(
          "a chart draws a column", hint: "compute it first: `select A, X = … | chart bar X`"),
        at: value.span)
    }
    guard case .variable(let slot) = resolve(value).value.kind else { return }
    guard columns?[name] != nil else { return }
    chart = (slot, span)
  }

  /// Reports a chart of what is no column of the answer.
  func checkChart(_ columns: [Slot]) {
    guard let chart, !columns.contains(chart.slot) else { return }
    collector.report(
      .badChart(
        "`\(variables[chart.slot].name)` is no column of the answer",
        hint: "give it a name that does not begin with `_`"), at: chart.span)
  }
}
