import XCTest

@testable import FactModel

/// Many rows and texts at once, which two threads share, against one at a time.
final class ManyRowsTests: XCTestCase {
  // MARK: Texts

  /// Texts of all lengths, most of them more than once, and their places in one run of bytes.
  private func texts(_ count: Int, seed: UInt64) -> (bytes: [UInt8], tokens: [UInt64], [String?]) {
    var random = FixedGenerator(seed: seed)
    var bytes: [UInt8] = []
    var tokens: [UInt64] = []
    var texts: [String?] = []
    for _ in 0..<count {
      let n = Int.random(in: 0..<count / 3, using: &random)
      if n % 50 == 0 {
        tokens.append(SymbolBatch.missing)
        texts.append(nil)
        continue
      }
      let text = String(repeating: "long ", count: n % 7 == 0 ? n % 11 : 0) + String(n, radix: 36)
      tokens.append(UInt64(text.utf8.count) << 32 | UInt64(bytes.count))
      bytes += Array(text.utf8)
      texts.append(text)
    }
    return (bytes, tokens, texts)
  }

  func testBatchesOfTextsAreAsOneByOneOnAnyNumberOfThreads() {
    _ = withOneAndManyThreads {
      let table = SymbolTable()
      let single = SymbolTable()
      let batch = SymbolBatch()
      for round in 0..<6 {
        let count = [20_000, 3, 6_000, 0, 40_000, 5_000][round]
        let (bytes, tokens, texts) = texts(max(count, 3), seed: UInt64(round))
        batch.reset(count: count)
        for i in 0..<count { batch.tokens[i] = tokens[i] }
        bytes.withUnsafeBytes { source in
          batch.hash(0..<count / 2, in: source, for: table)
          batch.hash(count / 2..<count, in: source, for: table)
          batch.ids(of: table, in: source)
        }
        for i in 0..<count {
          guard let text = texts[i] else { continue }
          XCTAssertEqual(batch.ids[i], single.intern(text))
        }
        XCTAssertEqual(table.count, single.count)
      }
      for id in 0..<UInt32(table.count) {
        XCTAssertEqual(table.text(id), single.text(id))
        XCTAssertEqual(table.find(single.text(id)), id)
      }
    }
  }

  func testTextsThatOnlyShareTheirHashAreToldApart() {
    // Two new texts in one batch with the same upper half of their hash.
    var seen: [UInt32: Int] = [:]
    var pairs: [(Int, Int)] = []
    var n = 0
    while pairs.count < 4, n < 2_000_000 {
      let hash = Array("\(n)x".utf8).withUnsafeBytes { SymbolHash.hash($0) }
      if let other = seen.updateValue(n, forKey: UInt32(hash >> 32)) { pairs.append((other, n)) }
      n += 1
    }
    XCTAssertEqual(pairs.count, 4)
    var bytes: [UInt8] = []
    var offsets: [UInt32] = [0]
    for text in pairs.flatMap({ [$0.0, $0.1, $0.0] }) + Array(0..<5_000) {
      bytes += Array("\(text)x".utf8)
      offsets.append(UInt32(bytes.count))
    }
    let table = SymbolTable()
    let ids = table.internBatch(bytes.span, offsets: offsets.span)
    for (i, pair) in pairs.enumerated() {
      XCTAssertEqual(table.text(ids[i * 3]), "\(pair.0)x")
      XCTAssertEqual(table.text(ids[i * 3 + 1]), "\(pair.1)x")
      XCTAssertEqual(ids[i * 3], ids[i * 3 + 2])
    }
  }

  func testManyRangesAreAsOneByOneOnAnyNumberOfThreads() {
    _ = withOneAndManyThreads {
      var random = FixedGenerator(seed: 12)
      let many = WideTable()
      let single = WideTable()
      let other = WideEntry(kind: .span, lower: 3, upper: 4)
      XCTAssertEqual(many.intern(other, text: nil), single.intern(other, text: nil))
      for count in [20_000, 100, 60_000, 16_384] {
        // Of two hundred words as bounds many pairs come again, and some share a hash.
        let lower = (0..<count).map { _ in UInt64.random(in: 0..<200, using: &random) }
        let upper = (0..<count).map { _ in UInt64.random(in: 200..<600, using: &random) << 30 }
        var ids: [UInt32] = []
        many.internRanges(lower: lower, upper: upper, count: count, into: &ids)
        for i in 0..<count {
          let entry = WideEntry(kind: .range, lower: lower[i], upper: upper[i])
          XCTAssertEqual(ids[i], single.intern(entry, text: nil))
          XCTAssertEqual(many.entry(ids[i]), entry)
        }
        XCTAssertEqual(many.count, single.count)
      }
      return many.count
    }
  }

  func testManyRangesOfOneHashAreToldApart() {
    var seen: [UInt32: UInt64] = [:]
    var lower: [UInt64] = []
    for n in UInt64(0)..<400_000 where lower.count < 8 {
      let hash = WideTable.hash(WideKind.range.rawValue, n, n + 1)
      if let other = seen.updateValue(n, forKey: hash) { lower += [other, n, other, n] }
    }
    XCTAssertEqual(lower.count, 8)
    lower += (400_000..<420_000)
    let many = WideTable()
    let single = WideTable()
    for part in [lower, Array(lower.reversed())] {
      var ids: [UInt32] = []
      let upper = part.map { $0 + 1 }
      many.internRanges(lower: part, upper: upper, count: part.count, into: &ids)
      for i in part.indices {
        let entry = WideEntry(kind: .range, lower: part[i], upper: upper[i])
        XCTAssertEqual(ids[i], single.intern(entry, text: nil))
        XCTAssertEqual(many.find(entry), ids[i])
      }
    }
    XCTAssertEqual(many.count, 20_004)
  }

  // MARK: Rows

  func testManyRowsAreAsOneByOneOnAnyNumberOfThreads() {
    for regime in Regime.allCases {
      for limit in [30, 600] {
        _ = withOneAndManyThreads {
          var random = FixedGenerator(seed: UInt64(limit))
          let table = Table(arity: 2, account: MemoryAccount())
          var model: [[UInt64]: UInt32] = [:]
          for size in [40_000, 200, 16_384] {
            let batch = (0..<size).map { _ in
              [regime.word(&random, below: limit), regime.word(&random, below: limit)]
            }
            var rows: [UInt32] = []
            var isNew: [Bool] = []
            let before = model.count
            let new = table.insert(
              columns: columns(of: batch, arity: 2), count: size, rows: &rows, isNew: &isNew)
            var expected: [UInt32] = []
            for (i, row) in batch.enumerated() {
              let known = model[row]
              XCTAssertEqual(isNew[i], known == nil)
              if known == nil { model[row] = UInt32(model.count) }
              expected.append(model[row] ?? 0)
            }
            XCTAssertEqual(Array(rows[0..<size]), expected)
            XCTAssertEqual(new, model.count - before)
          }
          for (row, number) in model where number % 5 == 0 {
            XCTAssertEqual(table.words(row: number), row)
          }
        }
      }
    }
  }

  /// Pairs of different rows of one hash, within a call and across two.
  func testManyRowsOfOneHashAreToldApart() {
    var seen: [UInt32: [UInt64]] = [:]
    var pairs: [[UInt64]] = []
    var n: UInt64 = 0
    while pairs.count < 8, n < 2_000_000 {
      let row = [(Double(n) + 0.5).bitPattern, Word(symbol: UInt32(n % 1000)).bits]
      if let other = seen.updateValue(row, forKey: Hashing.row(row)) { pairs += [other, row] }
      n += 1
    }
    XCTAssertEqual(pairs.count, 8)
    let filler = (0..<20_000).map { n in
      [Word(symbol: UInt32(n)).bits, Word(symbol: UInt32(n % 3)).bits]
    }
    let table = Table(arity: 2, account: MemoryAccount())
    let batches = [
      [pairs[0]] + filler + [pairs[1], pairs[2], pairs[1], pairs[3]],
      [pairs[4], pairs[3], pairs[5]] + filler + [pairs[6], pairs[5], pairs[7], pairs[0]],
    ]
    var model: [[UInt64]: UInt32] = [:]
    for batch in batches {
      var rows: [UInt32] = []
      var isNew: [Bool] = []
      table.insert(
        columns: columns(of: batch, arity: 2), count: batch.count, rows: &rows, isNew: &isNew)
      for (i, row) in batch.enumerated() {
        let number = model[row] ?? UInt32(model.count)
        model[row] = number
        XCTAssertEqual(rows[i], number)
      }
    }
    table.checkInvariants()
  }

  /// Hashes that fill the slots around the middle and at the end, where one thread's half is left.
  func testSlotsThatLeadOutOfAHalf() {
    var random = FixedGenerator(seed: 5)
    let count = 20_000
    let hashes = (0..<count).map { i -> UInt32 in
      switch i % 4 {
      case 0 where i < 2_000: return 0x7FFF_FFFF - UInt32(i % 300)
      case 1 where i < 2_000: return .max - UInt32(i % 300)
      default: return UInt32.random(in: 0...UInt32.max / 4, using: &random) * 4
      }
    }
    var one = KeyTable()
    var ids = [UInt32](repeating: 0, count: count)
    var fresh = ids
    var expected: [UInt32] = []
    var expectedFresh: [UInt32] = []
    for i in 0..<count {
      let new = one.findOrInsert(
        hashes: [hashes[i]], count: 1, firstID: 7 + UInt32(expectedFresh.count), ids: &ids,
        fresh: &fresh)
      expected.append(ids[0])
      if new > 0 { expectedFresh.append(UInt32(i)) }
    }
    _ = withOneAndManyThreads {
      var many = KeyTable()
      var places = ids
      many.enterMany(hashes: hashes, count: count, firstID: 7, ids: &ids, places: &places)
      for i in 0..<count where places[i] == KeyTable.unplaced {
        (ids[i], places[i]) = many.resolve(
          7 + UInt32(i), hash: hashes[i], after: places[i]
        ) { _ in true }
      }
      let new = many.number(
        hashes: hashes, count: count, firstID: 7, ids: &ids, places: &places, fresh: &fresh)
      XCTAssertEqual(new, expectedFresh.count)
      XCTAssertEqual(Array(fresh[0..<new]), expectedFresh)
      XCTAssertEqual(Array(ids[0..<count]), expected)
      for (number, i) in expectedFresh.enumerated() {
        XCTAssertEqual(many.following(noRow, hash: hashes[Int(i)]), 7 + UInt32(number))
      }
    }
  }

  func testPackedRowsAreTakenAsTheyAreOnlyIfAllAreNew() {
    let size = Segment.rowLimit
    func words(from first: Int, repeating: Bool = false) -> [[UInt64]] {
      let numbers = (0..<size).map { repeating && $0 == size - 1 ? first : first + $0 }
      return [
        numbers.map { Word(symbol: UInt32($0)).bits },
        numbers.map { Word(symbol: UInt32($0 % 5)).bits },
      ]
    }
    for isRepeating in [false, true] {
      let table = Table(arity: 2, account: MemoryAccount())
      var rows: [UInt32] = []
      var isNew: [Bool] = []
      for first in [0, size, size * 2] {
        let words = words(from: first, repeating: isRepeating && first == size)
        let frames = words.map { Column(encoding: $0, count: size) }
        let new = table.insert(
          columns: words, count: size, frames: frames, rows: &rows, isNew: &isNew)
        XCTAssertEqual(new, isRepeating && first == size ? size - 1 : size)
      }
      XCTAssertEqual(table.rowCount, size * 3 - (isRepeating ? 1 : 0))
      let early = UInt32(size + 3)
      XCTAssertEqual(table.word(row: early, column: 0), Word(symbol: early).bits)
      let last = UInt32(table.rowCount - 1)
      XCTAssertEqual(table.word(row: last, column: 0), Word(symbol: UInt32(size * 3 - 1)).bits)
      table.checkInvariants()
    }
  }

  // MARK: Memory

  /// Facts of three symbols, as columns: a fact for each subject on average.
  private func symbols(_ numbers: Range<Int>) -> [[UInt64]] {
    [
      numbers.map { Word(symbol: UInt32($0 * 7919 % 1_000_003)).bits },
      numbers.map { Word(symbol: UInt32($0 % 300)).bits },
      numbers.map { Word(symbol: UInt32($0 ^ 1)).bits },
    ]
  }

  func testAFactOfThreeSymbolsTakesFewBytesWithAnIndex() {
    let account = MemoryAccount()
    let table = Table(arity: 3, account: account)
    let count = 1_000_000
    let words = symbols(0..<count)
    var rows: [UInt32] = []
    var isNew: [Bool] = []
    table.insert(columns: words, count: count, rows: &rows, isNew: &isNew)
    table.settle()
    _ = table.index(on: [0])
    XCTAssertEqual(table.rowCount, count)
    XCTAssertLessThan(Double(account.used) / Double(count), 30)
  }

  func testRowsAreTakenBack() {
    let table = Table(arity: 3, account: MemoryAccount())
    let words = symbols(0..<210_000)
    var rows: [UInt32] = []
    var isNew: [Bool] = []
    for count in [0, 5, 65_536, 65_540, 140_000] {
      let fresh = symbols(0..<count)
      table.insert(columns: fresh, count: count, rows: &rows, isNew: &isNew)
      if count > 5 { table.setLevel(3, .possible) }
      table.insert(columns: words, count: 210_000, rows: &rows, isNew: &isNew)
      _ = table.index(on: [1])
      XCTAssertEqual(table.rowCount, 210_000)
      table.truncate(to: count)
      XCTAssertEqual(table.rowCount, count)
      XCTAssertEqual(table.liveCount, count)
      XCTAssertEqual(table.find(words.map { $0[count] }), nil)
      table.checkInvariants()
    }
  }

  func testASettledTableKnowsItsRowsAndTakesNewOnes() {
    let table = Table(arity: 3, account: MemoryAccount())
    func insert(_ range: Range<Int>) -> Int {
      var rows: [UInt32] = []
      var isNew: [Bool] = []
      let words = symbols(range)
      let new = table.insert(columns: words, count: range.count, rows: &rows, isNew: &isNew)
      for i in stride(from: 0, to: range.count, by: 11) {
        XCTAssertEqual(table.words(row: rows[i]), words.map { $0[i] })
      }
      return new
    }
    XCTAssertEqual(insert(0..<100_000), 100_000)
    let before = table.byteCount
    table.settle()
    XCTAssertLessThan(table.byteCount, before - 500_000)
    XCTAssertEqual(insert(99_000..<100_500), 500)
    XCTAssertEqual(table.insert(symbols(5..<6).map { $0[0] }).row, 5)
    XCTAssertNil(table.find(symbols(100_500..<100_501).map { $0[0] }))
    XCTAssertTrue(table.insert(symbols(100_500..<100_501).map { $0[0] }).isNew)
    table.settle()
    XCTAssertEqual(insert(90_000..<150_000), 150_000 - 100_501)
    table.settle()
    table.checkInvariants()
  }

  func testAnIndexOfManyRowsIsTheSameOnAnyNumberOfThreads() {
    _ = withOneAndManyThreads {
      let table = Table(arity: 3, account: MemoryAccount())
      var rows: [UInt32] = []
      var isNew: [Bool] = []
      table.insert(
        columns: symbols(0..<150_000), count: 150_000, rows: &rows, isNew: &isNew)
      let index = table.index(on: [1])
      XCTAssertEqual(index.filledGroups, 300)
      for key in 0..<300 {
        let found = index.rows(forKey: [Word(symbol: UInt32(key)).bits])
        XCTAssertEqual(found, (0..<500).map { UInt32($0 * 300 + key) })
      }
      XCTAssertEqual(index.rows(forKey: [Word(symbol: 300).bits]), [])
      return index.groupCount
    }
  }
}
