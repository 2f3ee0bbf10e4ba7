import FactModel
import XCTest

@testable import FactLanguage

/// Facts read in batches are the facts that the parser reads one by one.
final class FactBatchTests: XCTestCase {
  /// The items of a text, batches spelled out as statements.
  private func expanded(_ text: String) -> (statements: [Statement], batches: Int) {
    let source = SourceText(name: "t", bytes: Array(text.utf8))
    var parser = StatementParser(source)
    var statements: [Statement] = []
    var batches = 0
    while let item = parser.nextItem() {
      switch item {
      case .statement(let statement): statements.append(statement)
      case .facts(let batch):
        batches += 1
        XCTAssertEqual(batch.cells.count, batch.count * batch.arity)
        for index in 0..<batch.count {
          guard let statement = batch.statement(index, in: source),
            case .fact(let atom) = statement.kind
          else {
            XCTFail("no statement for fact \(index) of \(batch.relation)")
            continue
          }
          XCTAssertEqual(atom.name, batch.relation)
          let cells = batch.cells[index * batch.arity..<(index + 1) * batch.arity]
          for (argument, cell) in zip(atom.arguments, cells) {
            let value = cell.value(in: source)
            let isUnknown = argument.value.kind == .wildcard && value == .unknown
            XCTAssertTrue(isUnknown || argument.value.kind == .constant(value), "\(value)")
          }
          statements.append(statement)
        }
      }
    }
    XCTAssertFalse(parser.hasErrors, parser.diagnostics.first?.message ?? "")
    return (statements, batches)
  }

  func testBatchesHoldWhatTheParserReads() {
    let text = """
      # plain
      p(a, 1, -2, 1.5, "b c", _, 2026-01, 2026-01-12T09:31).
      p( b , 2,3 , 0.09 , 'x', _ , 2026-Q1, 2026). % comment
      p(c,9007199254740993,123456789012345678,0.1,"",_x,1,1)?
      e(a, b).e(b, c). e(c, d) .
      e(d, "x\\"y"). e(today, late). e(f(x), y). e(1..2, 3k). e(late 2026-01, x). e(a: b).
      e(a) @source: s. e(g). e(h)~ e(i) :- e(j). e(k).
      file(a). not(b). with(c). Upper(x).
      with @source: s, @place: 3 { q(1). q(2). -q(3). q(4) @source: t. }
      q(5). r. s().
      e(1.0, 0.3). e(3.14159265358979, 100.25). e(99.99999, 1e3).
      """
    let (all, batches) = expanded(text)
    let expected = statements(text)
    XCTAssertEqual(all.map { FactPrinter.text($0) }, expected.map { FactPrinter.text($0) })
    XCTAssertEqual(all.map(\.span), expected.map(\.span))
    XCTAssertGreaterThan(batches, 5)
  }

  func testLongRunsAreCutIntoBatches() {
    let count = 3 * FactBatch.capacity + 7
    let text = (0..<count).map { "edge(n\($0), \($0))." }.joined(separator: "\n")
    let (all, batches) = expanded(text)
    XCTAssertEqual(all.count, count)
    XCTAssertEqual(batches, 4)
  }

  func testErrorsAreFoundAfterBatches() {
    let source = SourceText(name: "t", bytes: Array("p(1).\np(2).\np(X).\np(3).\np(4".utf8))
    var parser = StatementParser(source)
    var facts = 0
    while let item = parser.nextItem() {
      switch item {
      case .facts(let batch): facts += batch.count
      case .statement: facts += 1
      }
    }
    XCTAssertEqual(facts, 3)
    XCTAssertEqual(parser.diagnostics.map(\.code), ["E0120", "E0104"])
  }
}
