import FactModel
import XCTest

@testable import FactEngine

/// Rows in order, against comparing them value by value.
final class RowSorterTests: XCTestCase {
  private var random = SystemRandom(state: 11)

  /// Numbers that look random and are the same every time.
  private struct SystemRandom {
    var state: UInt64
    mutating func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  private let values = ValueStore()

  /// Columns of one kind, and one of all kinds.
  private func column(_ kind: Int, _ distinct: Int, _ count: Int) -> [UInt64] {
    (0..<count).map { _ in
      let number = random.next(distinct)
      let value: Value =
        switch kind == 4 ? random.next(4) : kind {
        case 0: .symbol("name \(number * 7919 % 10_007)")
        case 1: .integer(Int64(number) - 3)
        case 2: .date(CalendarDate(start: Int64(number) * 86_400, precision: .day))
        default: .number(Double(number) + 0.5)
        }
      return values.word(for: value).bits
    }
  }

  private func rows(_ block: RowBlock) -> [[UInt64]] {
    (0..<block.count).map { row in block.columns.map { $0[row] } }
  }

  private func precedes(_ a: [UInt64], _ b: [UInt64]) -> Bool {
    for (left, right) in zip(a, b) where left != right {
      return values.compareForSort(Word(bits: left), Word(bits: right)) < 0
    }
    return false
  }

  private func check(_ block: RowBlock, line: UInt = #line) {
    let sorted = RowSorter(values: values).sorted(block)
    XCTAssertEqual(rows(sorted), rows(block).sorted(by: precedes), line: line)
    XCTAssertEqual(sorted.count, block.count, line: line)
  }

  func testRowsOfAllKindsComeInOrder() {
    for count in [0, 1, 2, 40, 64, 65, 900] {
      for kinds in [[0], [1], [2], [3], [4], [0, 0], [1, 0], [0, 4, 1], [4, 3, 2, 1, 0]] {
        for distinct in [1, 3, 400] {
          var block = RowBlock(slots: Array(kinds.indices))
          block.count = count
          block.columns = kinds.map { column($0, distinct, count) }
          check(block)
        }
      }
    }
  }

  /// Different rows over few values are sorted by setting bits.
  func testDenseRowsComeInOrder() {
    for side in [9, 64, 100] {
      var cells = (0..<side * side).map { $0 }
      for at in cells.indices.dropFirst() { cells.swapAt(at, random.next(at + 1)) }
      cells.removeLast(side)
      var block = RowBlock(slots: [0, 1])
      block.count = cells.count
      block.columns = [
        cells.map { values.word(for: .symbol("left \($0 / side)")).bits },
        cells.map { values.word(for: .integer(Int64($0 % side))).bits },
      ]
      check(block)
      let sorted = RowSorter(values: values).sorted(block)
      check(sorted)
    }
  }

  /// Ranks of many wide columns do not fit into one word.
  func testRowsOfManyColumnsComeInOrder() {
    var block = RowBlock(slots: Array(0..<7))
    block.count = 3_000
    block.columns = (0..<7).map { column($0 % 2, $0 < 3 ? 2 : 3_000, 3_000) }
    check(block)
  }

  func testLevelsGoWithTheirRows() {
    var block = RowBlock(slots: [0, 1])
    block.count = 900
    block.columns = [column(0, 30, 900), column(1, 1_000_000, 900)]
    block.levels = (0..<900).map { UInt8($0 % 3) }
    let levels = Dictionary(zip(rows(block), block.levels)) { first, _ in first }
    let sorted = RowSorter(values: values).sorted(block)
    XCTAssertEqual(rows(sorted), rows(block).sorted(by: precedes))
    for (row, level) in zip(rows(sorted), sorted.levels) { XCTAssertEqual(levels[row], level) }
  }

  func testDescendingAndLimitedOrders() {
    for count in [30, 4_000] {
      let columns = [column(0, 20, count), column(1, 50, count)]
      let order = RowSorter(values: values).order(
        columns, descending: [true, false], count: count)
      let wanted = (0..<UInt32(count)).sorted { a, b in
        let (a, b) = (Int(a), Int(b))
        if columns[0][a] != columns[0][b] { return precedes([columns[0][b]], [columns[0][a]]) }
        if columns[1][a] != columns[1][b] { return precedes([columns[1][a]], [columns[1][b]]) }
        return a < b
      }
      XCTAssertEqual(order, wanted)
      let first = RowSorter(values: values).order(
        columns, descending: [true, false], count: count, limit: 3)
      XCTAssertEqual(Array(first.prefix(3)), Array(wanted.prefix(3)))
    }
  }

  /// The pairs of a closure with many pairs stand in order without being sorted.
  func testPairsOfAClosureAreEnumeratedInOrder() throws {
    for _ in 0..<20 {
      let count = 40 + random.next(60)
      let nodes = (0..<count).map { values.word(for: .symbol("n\($0)")).bits }
      let edges = (0..<count * 2).map { _ in (nodes[random.next(count)], nodes[random.next(count)])
      }
      let graph = Digraph(sources: edges.map(\.0), targets: edges.map(\.1), levels: [])
      let found = try ClosureRows(graph, values: values, account: MemoryAccount()) {}
      let rows = try XCTUnwrap(found)
      guard rows.isInOrder else { continue }
      var block = RowBlock(slots: [0, 1])
      block.count = rows.rowCount
      for column in 0...1 {
        // In uneven pieces, as a scan may ask for them.
        var start = 0
        while start < rows.rowCount {
          let end = min(rows.rowCount, start + 1 + random.next(90))
          var words: [UInt64] = []
          rows.unpack(column: column, rows: start..<end, into: &words)
          block.columns[column] += words[0..<(end - start)]
          start = end
        }
        let all = (0..<UInt32(rows.rowCount)).map { $0 }
        var gathered: [UInt64] = []
        rows.gather(column: column, rows: all, count: all.count, into: &gathered)
        XCTAssertEqual(gathered, block.columns[column])
      }
      check(block)
      XCTAssertEqual(self.rows(block), self.rows(block).sorted(by: precedes))
    }
  }
}
