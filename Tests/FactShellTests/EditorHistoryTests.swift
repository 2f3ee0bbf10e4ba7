import Foundation
import XCTest

@testable import FactShell

final class EditorHistoryTests: XCTestCase {
  private var directory = ""
  private var path: String { directory + "/state/factsh/history" }

  override func setUpWithError() throws {
    directory = NSTemporaryDirectory() + "/factsh-history-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: directory + "/state/factsh", withIntermediateDirectories: true)
  }

  override func tearDown() {
    XCTAssertNoThrow(try FileManager.default.removeItem(atPath: directory))
  }

  private func file() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
  private func write(_ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }
  private func write(_ text: String) throws { try write(Array(text.utf8)) }
  private func texts(_ history: History) -> [String] { history.entries().map(\.text) }
  private func fresh(limit: Int = 5_000) -> History { History(path: path, limit: limit) }

  func testRoundTrip() throws {
    let entries = [
      "p(a).", "two\nlines with \"quotes\" and \\ back\\slash", "é 漢字 🇩🇪\ttab", "\\012",
      "\u{1b}[31m\u{7f}", "#comment",
    ]
    let history = fresh()
    for entry in entries { history.add(entry) }
    XCTAssertNil(history.problem)
    XCTAssertEqual(texts(history), entries)
    XCTAssertEqual(texts(fresh()), entries)
    let lines = try file().split(separator: "\n")
    XCTAssertEqual(lines.count, entries.count + 1)
    XCTAssertEqual(lines[0], "_HiStOrY_V2_")
    XCTAssertEqual(lines[3], "é\\040漢字\\040🇩🇪\\011tab")
  }

  func testModeIsPrivateAndDirectoriesAreMade() throws {
    try FileManager.default.removeItem(atPath: directory + "/state")
    fresh().add("a")
    var status = stat()
    XCTAssertEqual(stat(path, &status), 0)
    XCTAssertEqual(status.st_mode & 0o777, 0o600)
    XCTAssertEqual(stat(directory + "/state/factsh", &status), 0)
    XCTAssertEqual(status.st_mode & 0o777, 0o700)
    // A file that was open to others is closed to them.
    chmod(path, 0o644)
    fresh().add("b")
    XCTAssertEqual(stat(path, &status), 0)
    XCTAssertEqual(status.st_mode & 0o777, 0o600)
  }

  func testRepeatsAreKeptOnce() throws {
    let history = fresh()
    for entry in ["a", "a", "b", "a", ""] { history.add(entry) }
    XCTAssertEqual(texts(history), ["a", "b", "a"])
  }

  func testReadsWhatLibeditWrites() throws {
    try write("_HiStOrY_V2_\nrating(\\134\"x\\134\",\\040X)\\012\n\\\\a\\tb\\s\\nc\n")
    XCTAssertEqual(texts(fresh()), ["rating(\\\"x\\\", X)", "\\a\tb \nc"])
  }

  func testBadLinesArePassedOver() throws {
    var bytes = Array("_HiStOrY_V2_\ngood\n\\9\n\\\n\\40\n\\400\n\n".utf8)
    bytes += [0xff, 0xfe, 0x0a, 0x61, 0x00, 0x62, 0x0a]
    bytes += Array("é\nlast without end".utf8)
    try write(bytes)
    let history = fresh()
    XCTAssertEqual(texts(history), ["good", "é", "last without end"])
    XCTAssertNil(history.problem)
    // The next entry does not continue the line that was cut off.
    history.add("next")
    XCTAssertEqual(texts(fresh()), ["good", "é", "last without end", "next"])
  }

  func testALineOfFiveMegabytesIsPassedOverQuickly() throws {
    try write("_HiStOrY_V2_\nfirst\n" + String(repeating: "x", count: 5_000_000) + "\nlast\n")
    let clock = ContinuousClock()
    let time = clock.measure { XCTAssertEqual(texts(fresh()), ["first", "last"]) }
    XCTAssertLessThan(time, .seconds(2))
  }

  func testAForeignFileIsMovedAside() throws {
    try write("shopping list\nmilk\n")
    let history = fresh()
    XCTAssertEqual(texts(history), [])
    history.add("p(a).")
    XCTAssertEqual(texts(fresh()), ["p(a)."])
    XCTAssertEqual(
      try String(contentsOfFile: path + ".foreign-1", encoding: .utf8), "shopping list\nmilk\n")
  }

  func testEmptyFileGetsItsFirstLine() throws {
    try write("")
    fresh().add("a")
    XCTAssertEqual(try file(), "_HiStOrY_V2_\na\n")
  }

  func testDirectoryFifoAndUnreadableAreSaid() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var history = fresh()
    history.add("kept in memory")
    XCTAssertEqual(texts(history), ["kept in memory"])
    XCTAssertTrue(
      history.problem?.contains("history is not kept") == true, "\(history.problem ?? "")")
    try FileManager.default.removeItem(atPath: path)
    XCTAssertEqual(mkfifo(path, 0o600), 0)
    history = fresh()
    history.add("kept in memory")
    XCTAssertTrue(history.problem?.contains("no ordinary file") == true, "\(history.problem ?? "")")
  }

  func testIsShortenedWhenTooLong() throws {
    let history = fresh(limit: 100)
    for index in 0..<130 { history.add("entry \(index)") }
    let lines = try file().split(separator: "\n")
    XCTAssertLessThanOrEqual(lines.count, 126)
    XCTAssertEqual(lines.last, "entry\\040129")
    XCTAssertEqual(texts(fresh(limit: 100)), (30..<130).map { "entry \($0)" })
    let left = try FileManager.default.contentsOfDirectory(atPath: directory + "/state/factsh")
    XCTAssertEqual(left, ["history"])
  }

  func testShorteningKeepsALink() throws {
    let target = directory + "/real"
    try Data("_HiStOrY_V2_\n".utf8).write(to: URL(fileURLWithPath: target))
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    let history = fresh(limit: 10)
    for index in 0..<30 { history.add("entry \(index)") }
    XCTAssertEqual(try FileManager.default.destinationOfSymbolicLink(atPath: path), target)
    XCTAssertEqual(texts(fresh(limit: 10)).last, "entry 29")
  }

  func testWritersAtOnceLoseNothing() throws {
    // Each writer is a shell of its own: it opens the file for every entry.
    let path = path
    DispatchQueue.concurrentPerform(iterations: 4) { writer in
      let history = History(path: path)
      for index in 0..<100 { history.add("writer \(writer)\nentry \(index)") }
    }
    let all = texts(fresh())
    XCTAssertEqual(all.count, 400)
    for writer in 0..<4 {
      let mine = all.filter { $0.hasPrefix("writer \(writer)\n") }
      XCTAssertEqual(mine, (0..<100).map { "writer \(writer)\nentry \($0)" })
    }
  }

  func testWritersAtOnceLoseNothingWhileOneShortens() throws {
    let path = path
    DispatchQueue.concurrentPerform(iterations: 4) { writer in
      let history = History(path: path, limit: 1_000)
      for index in 0..<500 { history.add("\(writer) \(index)") }
    }
    let all = texts(fresh(limit: 1_000))
    XCTAssertEqual(all.count, 1_000)
    for writer in 0..<4 {
      let numbers = all.filter { $0.hasPrefix("\(writer) ") }.compactMap { Int($0.dropFirst(2)) }
      XCTAssertEqual(numbers, Array((500 - numbers.count)..<500), "writer \(writer)")
    }
  }

  func testSuggestionsAndSearch() {
    let history = History(path: nil)
    for entry in ["layoff(a)", "rating(b)", "Layoff(C)", "lay"] { history.add(entry) }
    XCTAssertEqual(history.suggestion(for: "lay"), "off(a)")
    XCTAssertEqual(history.suggestion(for: "layoff(a)"), nil)
    XCTAssertEqual(history.suggestion(for: ""), nil)
    XCTAssertEqual(history.matches(of: "layoff"), [2, 0])
    XCTAssertEqual(history.matches(of: "Layoff"), [2])
    XCTAssertEqual(history.entries(containing: "g(").map(\.text), ["rating(b)"])
    var search = HistorySearch()
    search.look(for: "lay", in: history)
    XCTAssertEqual(search.current, 3)
    XCTAssertTrue(search.move(older: true))
    XCTAssertEqual(search.current, 2)
    XCTAssertEqual(search.status, "search: lay   2 of 3")
    XCTAssertTrue(search.move(older: true))
    XCTAssertFalse(search.move(older: true))
    XCTAssertEqual(search.range(in: "x Layoff"), 2..<5)
  }

  func testWalkKeepsToThePrefixAndComesBack() {
    let history = History(path: nil)
    for entry in ["a1", "b", "a2", "c", "a2"] { history.add(entry) }
    var walk = HistoryWalk(typed: "a", prefix: "a", history: history)
    XCTAssertEqual(walk.older(in: history), "a2")
    XCTAssertEqual(walk.older(in: history), "a1")
    XCTAssertNil(walk.older(in: history))
    XCTAssertEqual(walk.newer(in: history), "a2")
    XCTAssertEqual(walk.newer(in: history), "a")
    XCTAssertNil(walk.newer(in: history))
  }

  func testFiveThousandEntriesLoadQuickly() throws {
    var text = "_HiStOrY_V2_\n"
    for index in 0..<5_000 {
      text += "layoff(company:\\040c\\(index),\\040positions:\\040N),\\040N\\040>\\040\(index)?\n"
        .replacingOccurrences(of: "\\(index)", with: "\(index)")
    }
    try write(text)
    let clock = ContinuousClock()
    let history = fresh()
    let loading = clock.measure { XCTAssertEqual(history.count, 5_000) }
    let miss = clock.measure {
      for _ in 0..<100 { XCTAssertNil(history.suggestion(for: "layoff(company: c1, x")) }
    }
    print("5,000 entries: loaded in \(loading), a suggestion without hit in \(miss / 100)")
    XCTAssertLessThan(loading, .milliseconds(500))
  }
}
