import XCTest

@testable import FactModel

/// Tables, derived rows and indexes against dictionaries and loops.
final class StorageModelTests: XCTestCase {
  func testTableKeepsEachRowOnceUnderAStableNumber() {
    for regime in Regime.allCases {
      for arity in 1...4 {
        var random = FixedGenerator(seed: UInt64(arity))
        let table = Table(arity: arity, account: MemoryAccount())
        var model: [[UInt64]: UInt32] = [:]
        for round in 0..<12 {
          let size = round == 5 ? 5000 : Int.random(in: 1...600, using: &random)
          let batch = (0..<size).map { _ in
            (0..<arity).map { _ in regime.word(&random, below: arity == 1 ? 4000 : 40) }
          }
          var rows: [UInt32] = []
          var isNew: [Bool] = []
          let before = model.count
          let new = table.insert(
            columns: columns(of: batch, arity: arity), count: size, rows: &rows, isNew: &isNew)
          for (i, row) in batch.enumerated() {
            if let known = model[row] {
              XCTAssertEqual(rows[i], known)
              XCTAssertFalse(isNew[i])
            } else {
              XCTAssertTrue(isNew[i])
              model[row] = rows[i]
            }
          }
          XCTAssertEqual(new, model.count - before)
          let single = (0..<arity).map { _ in regime.word(&random, below: 90) }
          let entered = table.insert(single)
          XCTAssertEqual(entered.isNew, model[single] == nil)
          model[single] = entered.row
        }
        XCTAssertEqual(table.rowCount, model.count)
        XCTAssertEqual(Set(model.values).count, model.count)
        for (row, number) in model { XCTAssertEqual(table.words(row: number), row) }
        table.checkInvariants()
      }
    }
  }

  func testSealedSegmentsGiveBackEveryWord() {
    for regime in Regime.allCases {
      var random = FixedGenerator(seed: 7)
      let table = Table(arity: 3, account: MemoryAccount(), isSet: false)
      var model: [[UInt64]] = []
      while model.count < 150_000 {
        let size = Int.random(in: 1...9000, using: &random)
        let batch = (0..<size).map { i in
          [
            regime.word(&random, below: 300), Word(symbol: UInt32(model.count + i)).bits,
            Word(symbol: 9).bits,
          ]
        }
        var rows: [UInt32] = []
        var isNew: [Bool] = []
        table.insert(columns: columns(of: batch, arity: 3), count: size, rows: &rows, isNew: &isNew)
        XCTAssertEqual(Int(rows[0]), model.count)
        model.append(contentsOf: batch)
      }
      XCTAssertEqual(table.sealedSegments.count, 2)
      XCTAssertEqual(table.sealedSegments[1].columns.map(\.width).suffix(2), [0, 0])
      table.checkInvariants()
      let wanted = (0..<5000).map { _ in UInt32.random(in: 0..<150_000, using: &random) }
      for c in 0..<3 {
        var words: [UInt64] = []
        table.unpack(column: c, rows: 60_000..<140_000, into: &words)
        XCTAssertEqual(Array(words[0..<80_000]), model[60_000..<140_000].map { $0[c] })
        table.gather(column: c, rows: wanted, count: wanted.count, into: &words)
        XCTAssertEqual(Array(words[0..<wanted.count]), wanted.map { model[Int($0)][c] })
      }
    }
  }

  func testDeadAndUncertainRows() {
    var random = FixedGenerator(seed: 11)
    let table = Table(arity: 1, account: MemoryAccount())
    for n in 0..<70_000 { table.insert([Word(symbol: UInt32(n)).bits]) }
    XCTAssertFalse(table.hasDeadRows)
    XCTAssertFalse(table.hasUncertainRows)
    var dead: Set<UInt32> = []
    var levels: [UInt32: Certainty] = [:]
    for _ in 0..<5000 {
      let row = UInt32.random(in: 0..<70_000, using: &random)
      let isLive = Bool.random(using: &random)
      table.setLive(row, isLive)
      if isLive { dead.remove(row) } else { dead.insert(row) }
      let level = Certainty.allCases.randomElement(using: &random) ?? .certain
      table.setLevel(row, level)
      levels[row] = level
    }
    XCTAssertEqual(table.liveCount, 70_000 - dead.count)
    var rows: [UInt32] = []
    var count = table.liveRows(in: 100..<69_000, into: &rows)
    XCTAssertEqual(Array(rows[0..<count]), (100..<69_000).filter { !dead.contains($0) })
    var all = (0..<UInt32(70_000)).map { $0 }
    count = all.count
    var bytes: [UInt8] = []
    table.gatherLevels(rows: all, count: count, into: &bytes)
    XCTAssertEqual(bytes, all.map { (levels[$0] ?? .certain).rawValue })
    table.compactLive(rows: &all, count: &count)
    XCTAssertEqual(count, table.liveCount)
    table.checkInvariants()
  }

  func testDerivedRowsAgainstASet() {
    for regime in Regime.allCases {
      for arity in 0...3 {
        var random = FixedGenerator(seed: UInt64(100 + arity))
        let account = MemoryAccount()
        let store = RowStore(arity: arity, account: account)
        var model: [[UInt64]: Int] = [:]
        for round in 0..<15 {
          let size = round == 3 ? 6000 : Int.random(in: 0...500, using: &random)
          // Pairs start as symbols in both regimes, so that the change of sets is seen.
          let kind = round < 4 ? Regime.symbols : regime
          let batch = (0..<size).map { _ in
            (0..<arity).map { _ in kind.word(&random, below: arity == 1 ? 3000 : 60) }
          }
          var selection: [UInt32] = []
          let before = store.rowCount
          let new = store.insert(
            columns: columns(of: batch, arity: arity), count: size, newSelection: &selection)
          XCTAssertEqual(store.rowCount, before + new)
          for k in 0..<new {
            let row = batch[Int(selection[k])]
            XCTAssertNil(model[row])
            model[row] = before + k
          }
          for row in batch { XCTAssertNotNil(model[row]) }
        }
        XCTAssertEqual(store.rowCount, model.count)
        for (row, number) in model {
          XCTAssertEqual(store.find(row), UInt32(number))
          for c in 0..<arity { XCTAssertEqual(store.word(row: UInt32(number), column: c), row[c]) }
        }
        XCTAssertNil(
          arity == 0 ? nil : store.find(Array(repeating: Word.anything.bits, count: arity)))
        store.checkInvariants()
        if arity > 0 { XCTAssertGreaterThan(account.used, 0) }
      }
    }
  }

  func testIndexFindsEveryRowOfAKeyAsRowsAreAppended() {
    for regime in Regime.allCases {
      for key in [[0], [1], [2], [0, 1], [2, 0, 1], []] {
        for domain in [30, 100_000] {
          var random = FixedGenerator(seed: UInt64(domain + key.count))
          let store = RowStore(arity: 3, account: MemoryAccount())
          var model: [[UInt64]: [UInt32]] = [:]
          let index = KeyIndex(source: store, columns: key)
          for round in 0..<8 {
            let size = round == 0 ? 2100 : Int.random(in: 1...200, using: &random)
            // The first rounds are symbols in both regimes, so that the index changes its kind.
            let kind = round < 3 ? Regime.symbols : regime
            for _ in 0..<size {
              let row = (0..<3).map { _ in kind.word(&random, below: domain) }
              if store.insert(row) {
                model[key.map { row[$0] }, default: []].append(UInt32(store.rowCount - 1))
              }
            }
            index.extend()
            XCTAssertEqual(index.rowLimit, store.rowCount)
            if round % 2 == 1 { check(index, model, regime, domain, &random) }
          }
          index.checkInvariants()
        }
      }
    }
  }

  private func check(
    _ index: KeyIndex, _ model: [[UInt64]: [UInt32]], _ regime: Regime, _ domain: Int,
    _ random: inout FixedGenerator
  ) {
    var keys = Array(model.keys.sorted { $0.lexicographicallyPrecedes($1) }.prefix(60))
    for _ in 0..<30 {
      keys.append(index.columns.map { _ in regime.word(&random, below: domain * 2) })
    }
    let batch = columns(of: keys, arity: index.columns.count)
    let total = UInt32(index.rowLimit)
    for range in [0..<total, 0..<(total / 2), (total / 2)..<total, (total - 1)..<total] {
      var expected: [[UInt32]] = []
      for (i, key) in keys.enumerated() {
        for row in model[key] ?? [] where range.contains(row) { expected.append([UInt32(i), row]) }
      }
      var hits = KeyIndex.Hits()
      index.probe(keys: batch, count: keys.count, into: &hits)
      var got: [[UInt32]] = []
      var probes: [UInt32] = []
      var matched: [UInt32] = []
      var count = 0
      var more = true
      while more {
        more = index.expand(
          &hits, within: range, probes: &probes, matched: &matched, count: &count, capacity: 37)
        for k in 0..<count { got.append([probes[k], matched[k]]) }
        XCTAssertTrue(!more || count == 37)
      }
      XCTAssertEqual(got.sorted { $0.lexicographicallyPrecedes($1) }, expected)
      var found: [UInt8] = []
      index.contains(keys: batch, count: keys.count, within: range, hits: &hits, into: &found)
      let rows = Dictionary(grouping: expected) { $0[0] }
      for i in keys.indices { XCTAssertEqual(found[i] == 1, rows[UInt32(i)] != nil) }
    }
    if let key = keys.first { XCTAssertEqual(index.rows(forKey: key), model[key] ?? []) }
  }

  func testAccountIsGivenBack() {
    let account = MemoryAccount(limit: 1000)
    do {
      let store = RowStore(arity: 2, account: account)
      for n in 0..<1000 { store.insert([Word(symbol: UInt32(n)).bits, Word(symbol: 1).bits]) }
      _ = store.index(on: [1])
      XCTAssertTrue(account.isExceeded)
    }
    XCTAssertEqual(account.used, 0)
    XCTAssertGreaterThan(account.peak, 8000)
  }
}
