import FactEngine
import FactModel
import Glibc
import XCTest

@testable import FactShell

final class SessionTests: XCTestCase {
  private var folder = ""

  override func setUp() {
    var template = Array("/tmp/factsh-session-XXXXXX".utf8CString)
    XCTAssertNotNil(mkdtemp(&template))
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  override func tearDown() {
    if let stream = opendir(folder) {
      while let item = readdir(stream) {
        let name = withUnsafeBytes(of: &item.pointee.d_name) { raw in
          String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
        unlink("\(folder)/\(name)")
      }
      closedir(stream)
    }
    rmdir(folder)
  }

  private func session(isSafe: Bool = false, width: Int? = nil, isTerminal: Bool = false)
    -> Session
  {
    Session(
      engine: Engine(), console: .recording(width: width, isTerminal: isTerminal), isSafe: isSafe)
  }

  private func file(_ name: String, _ text: String) throws -> String {
    let path = "\(folder)/\(name)"
    try OutputFile.write(to: path) { try $0.write(text) }
    return path
  }

  func testAPromptLineWithoutEndingIsAQuery() {
    let session = session()
    XCTAssertTrue(session.runPrompt("p(1). p(2)."))
    XCTAssertEqual(session.console.errorText, "2 new facts\n")
    session.settings.mode = .csv
    XCTAssertTrue(session.runPrompt("p(X), X > 1"))
    XCTAssertEqual(session.console.text, "X\n2\n")
    XCTAssertTrue(session.runPrompt("| count"))
    XCTAssertTrue(session.console.text.hasSuffix("Count\n1\n"))
  }

  func testAFactAskedForIsSaidToNeedAFullStop() {
    let session = session()
    XCTAssertFalse(session.runPrompt("likes(ann, tea)"))
    XCTAssertTrue(
      session.console.errorText.contains("`likes(ann, tea).` with a full stop states it"),
      session.console.errorText)
    XCTAssertTrue(session.runPrompt("likes(ann, tea)."))
    for (text, isHinted) in [
      ("likes(ann, milk)", true), ("likes(ann, milk)?", false), ("likes(ann, tea)", false),
      ("likes(bob, X)", false),
    ] {
      let before = session.console.errorText.count
      XCTAssertTrue(session.runPrompt(text))
      let said = session.console.errorText.dropFirst(before)
      XCTAssertEqual(said.contains("full stop"), isHinted, "\(text): \(said)")
    }
  }

  func testAScriptStopsAtItsFirstErrorUnlessTold() throws {
    let path = try file("a.dl", "p(1).\nq(X)?\np(X)?\n")
    let stopping = session()
    XCTAssertFalse(stopping.runFile(path))
    XCTAssertEqual(stopping.console.text, "")
    XCTAssertEqual(stopping.status, .failed)
    XCTAssertTrue(stopping.console.errorText.hasPrefix("\(path):2:1: error:"))
    let going = session()
    going.keepsGoing = true
    XCTAssertFalse(going.runFile(path))
    XCTAssertTrue(going.console.text.contains("1 answer"))
    XCTAssertEqual(going.status, .failed)
  }

  func testASyntaxErrorAnywhereRunsNothing() throws {
    let session = session()
    XCTAssertFalse(session.runFile(try file("a.dl", "p(1).\np(X)?\np(")))
    XCTAssertEqual(session.console.text, "")
    XCTAssertEqual(session.engine.base.factCount, 0)
  }

  func testScriptsReadOthersFromTheirFolderWithParameters() throws {
    _ = try file("inner.dl", "p($n).")
    let outer = try file("outer.dl", ".read inner.dl n=7\n.read inner.dl n=8\np(X)?\n")
    let session = session()
    session.settings.mode = .facts
    XCTAssertTrue(session.runFile(outer))
    XCTAssertEqual(session.console.text, "p(7).\np(8).\n")
    XCTAssertNil(session.engine.parameters["n"])
  }

  func testAScriptThatReadsItselfEndsWithAnError() throws {
    let session = session()
    XCTAssertFalse(session.runFile(try file("self.dl", ".read self.dl\n")))
    XCTAssertTrue(session.console.errorText.contains("deep"), session.console.errorText)
  }

  func testReadingAgainReplacesRulesAndQueries() throws {
    let path = try file("a.dl", "p(1).\nq(X) :- p(X).\nquery all: q(X)?\n")
    let session = session()
    XCTAssertTrue(session.runFile(path))
    XCTAssertTrue(session.runFile(path))
    XCTAssertEqual(session.engine.program.rules.count, 1)
    XCTAssertEqual(session.engine.program.queries.count, 1)
  }

  func testFailEmptyMakesTheStatusOne() {
    for text in ["p(1). p(2)?", "p(1). p(X), X > 1?"] {
      let session = session()
      session.failsOnEmpty = true
      XCTAssertTrue(session.runCommandText(text))
      XCTAssertEqual(session.status, .failed, text)
    }
    let session = session()
    session.failsOnEmpty = true
    XCTAssertTrue(session.runCommandText("p(1). p(1)?"))
    XCTAssertEqual(session.status, .succeeded)
  }

  func testSafeModeTouchesNoFile() throws {
    let path = try file("a.dl", "p(1).")
    for text in [".read \(path)", ".save \(folder)/x.dl", ".export p \(folder)/x.csv"] {
      let session = session(isSafe: true)
      XCTAssertTrue(session.runCommandText("p(1)."))
      XCTAssertFalse(session.runCommandText(text), text)
      XCTAssertTrue(session.console.errorText.contains("safe mode"), text)
    }
    XCTAssertNotEqual(access("\(folder)/x.dl", F_OK), 0)
    XCTAssertNotEqual(access("\(folder)/x.csv", F_OK), 0)
  }

  func testSavedTextReadsBackToTheSame() throws {
    let text = """
      relation layoff(event: entity, company: entity, positions: integer[positions], part: percent).
      document(d, "A \\"report\\"", paper, 2026-01-12).
      with @document: d {
        layoff(one, amazon, 1001..2500, 9%) @source: notice, @place: "par 2".
        layoff(two, "Deutsche Bank", ~14000, _) @certainty: possible, @known: _.
      }
      layoff(one, amazon, 1001..2500, 9%) @source: "the paper", @valid: 2026.
      -layoff(three, ups) @source: ups.
      plain(1). plain("Ab c"). plain(0..9%). plain(late 2026-01). plain("tab\\t").
      gone(1). gone(1)~ @known: 2026-02-01.
      big(E) :- layoff(E, positions: N), N > 2000.
      :- layoff(E, E).
      query large($least = 2000) "Which are large?": layoff(E, positions: N), N > $least ?
      """
    let first = session()
    XCTAssertTrue(first.runCommandText(text), first.console.errorText)
    XCTAssertTrue(first.runCommandText(".save \(folder)/one.dl"), first.console.errorText)
    let second = session()
    XCTAssertTrue(second.runFile("\(folder)/one.dl"), second.console.errorText)
    XCTAssertTrue(second.runCommandText(".save \(folder)/two.dl"))
    let one = TextSink.memory()
    let two = TextSink.memory()
    try SavedText(first.engine).write(to: one)
    try SavedText(second.engine).write(to: two)
    XCTAssertEqual(one.text, two.text)
    XCTAssertEqual(first.engine.base.claimCount, second.engine.base.claimCount)
    XCTAssertEqual(first.engine.base.denialCount, 1)
    XCTAssertEqual(second.engine.base.denialCount, 1)
    XCTAssertTrue(one.text.contains("@known: _"))
    XCTAssertTrue(one.text.contains("gone(1).\ngone(1)~ @known: 2026-02-01.\n"))
  }

  func testLastShowsInAnotherFormWithoutAskingAgain() {
    let session = session()
    XCTAssertTrue(session.runCommandText("p(1). p(2). p(X)?"))
    XCTAssertTrue(session.runCommandText("p(3)."))
    XCTAssertTrue(session.runCommandText(".last jsonl"))
    XCTAssertTrue(session.console.text.hasSuffix("{\"X\":1}\n{\"X\":2}\n"))
    XCTAssertTrue(session.runCommandText(".last \(folder)/x.csv"))
    XCTAssertEqual(access("\(folder)/x.csv", R_OK), 0)
    XCTAssertFalse(session.runCommandText(".last nonsense"))
  }

  func testTheGreetingCountsWhatIsLoaded() {
    let session = session()
    XCTAssertTrue(session.runCommandText("p(1). q(X) :- p(X). query all: q(X)?"))
    let text = Greeting(session, loaded: ["scripts/examples/a.dl"]).text
    XCTAssertEqual(
      text, "a.dl: 1 fact, 1 claim, 1 rule, 1 query · .queries lists what to ask")
  }

  func testTheGreetingFitsTheWindowInTwoLines() {
    let files = (1...9).map { "a-file-of-facts-\($0).dl" }
    for (width, files, expected) in [
      (60, ["a.dl"], "a.dl: 1 fact, 1 claim, 1 rule, 1 query · .queries lists them"),
      (50, ["a.dl"], "a.dl: 1 fact, 1 claim, 1 rule, 1 query\n.queries lists what to ask"),
      (70, files, "9 files: 1 fact, 1 claim, 1 rule, 1 query · .queries lists what to ask"),
      (20, [], "1 fact, 1 claim, 1 …\n.queries lists what to ask"),
    ] {
      let session = session()
      session.console.windowSize = { (width, 24) }
      XCTAssertTrue(session.runCommandText("p(1). q(X) :- p(X). query all: q(X)?"))
      XCTAssertEqual(Greeting(session, loaded: files).text, expected, "\(width)")
    }
  }

  func testTheGreetingTellsOfErrorsAndWarnings() {
    let session = session()
    session.console.windowSize = { (90, 24) }
    XCTAssertTrue(session.runCommandText("p(1, 2). q(X) :- p(X, Y)."))
    let expected = "1 fact, 1 claim, 1 rule, 0 queries, 1 warning · .help says what to type"
    XCTAssertEqual(Greeting(session, loaded: []).text, expected)
    XCTAssertFalse(session.runCommandText("p(1)."))
    XCTAssertTrue(Greeting(session, loaded: []).text.contains(", 1 error, 1 warning"))
  }

  func testCertaintyFiltersAnswers() {
    let session = session()
    session.settings.mode = .facts
    session.settings.leastCertainty = .probable
    XCTAssertTrue(
      session.runCommandText("p(a). p(b) @certainty: probable. p(c) @certainty: possible. p(X)?"))
    XCTAssertEqual(session.console.text, "p(a).\np(b) @certainty: probable.\n")
  }

  func testPlainCommandLinesAreReadQuickly() throws {
    let options = try XCTUnwrap(
      QuickOptions.parse(["-c", "-p(a).", "--mode=csv", "x.dl", "--set", "a=b", "--batch", "-"]))
    XCTAssertEqual(options.commands, ["-p(a)."])
    XCTAssertEqual(options.mode, .csv)
    XCTAssertEqual(options.files, ["x.dl", "-"])
    XCTAssertEqual(options.parameters, ["a=b"])
    XCTAssertTrue(options.isBatch)
    XCTAssertEqual(QuickOptions.parse(["--base", "x"])?.base, "x")
    for odd in [["--help"], ["-c"], ["--mode", "nonsense"], ["--base"], ["--mod", "csv"]] {
      XCTAssertNil(QuickOptions.parse(odd), "\(odd)")
    }
  }
}
