import FactModel

/// What two answers to one query differ in: the rows that only one of them has.
struct AnswerChange {
  let before: Answer
  let after: Answer

  /// The rows that one answer alone has, with a last column `change`: `new` or `gone`.
  ///
  /// Rows are sorted; where the query sorts them itself, those that are gone stand first, and both
  /// kinds in the query's order. An answer without variables becomes a row at most.
  func answer(isSorted: Bool) -> Answer {
    let values = after.values
    let gone = AnswerChange.rows(of: before, notIn: after)
    let new = AnswerChange.rows(of: after, notIn: before)
    var words = after.words.indices.map { column in
      gone.map { before.words[column][$0] } + new.map { after.words[column][$0] }
    }
    let change = [values.word(for: .symbol("gone")).bits, values.word(for: .symbol("new")).bits]
    words.append(gone.map { _ in change[0] } + new.map { _ in change[1] })
    let count = gone.count + new.count
    var levels =
      gone.map { before.certainty(row: $0).rawValue }
      + new.map { after.certainty(row: $0).rawValue }
    if after.isYesNo, count > 0 {
      levels = [(before.truth ?? after.truth ?? .certain).rawValue]
    }
    var disputed = gone.map { before.isDisputed(row: $0) } + new.map { after.isDisputed(row: $0) }
    if !isSorted {
      let order = RowSorter(values: values).order(
        words, descending: words.map { _ in false }, count: count)
      words = words.map { column in order.map { column[Int($0)] } }
      levels = order.map { levels[Int($0)] }
      disputed = order.map { disputed[Int($0)] }
    }
    let answer = Answer(
      columns: after.columns + [AnswerColumn(name: "change", type: .text)], rowCount: count,
      words: words, levels: levels.contains { $0 > 0 } ? levels : nil, truth: nil, isYesNo: false,
      lists: before.lists.merging(after.lists) { $1 }, values: values)
    answer.into = after.into
    answer.chartColumn = after.chartColumn
    answer.disputed = disputed.contains(true) ? disputed : nil
    if count == 0 {
      let isNothing = after.isYesNo ? after.truth == nil : after.rowCount == 0
      answer.explanation = isNothing ? after.explanation : [sameness]
    }
    return answer
  }

  /// What is said of answers that have the same rows.
  private var sameness: String {
    func judgements(_ answer: Answer) -> [[UInt64]: [UInt8]] {
      var found: [[UInt64]: [UInt8]] = [:]
      for row in 0..<max(answer.rowCount, answer.isYesNo ? 1 : 0) {
        let level = answer.isYesNo ? answer.truth ?? .possible : answer.certainty(row: row)
        found[answer.isYesNo ? [] : answer.words.map { $0[row] }] = [
          level.rawValue, answer.isDisputed(row: row) ? 1 : 0,
        ]
      }
      return found
    }
    let then = judgements(before)
    let differing = judgements(after).count { then[$0.key] != $0.value }
    if differing == 0 { return "the answer is the same at both dates" }
    let rows = differing == 1 ? "of one of them" : "of \(differing) of them"
    return "the rows are the same at both dates; how sure they are, or whether they are disputed, "
      + "has changed \(rows)"
  }

  private static func rows(of answer: Answer, notIn other: Answer) -> [Int] {
    if answer.isYesNo { return answer.truth != nil && other.truth == nil ? [0] : [] }
    if answer.columns.isEmpty { return [] }
    var table = GroupTable(keyCount: answer.columns.count)
    var groups: [Int32] = []
    table.assign(other.words, rowCount: other.rowCount, into: &groups)
    let known = table.count
    table.assign(answer.words, rowCount: answer.rowCount, into: &groups)
    return (0..<answer.rowCount).filter { Int(groups[$0]) >= known }
  }
}
