import FactModel
import Foundation
import XCTest

@testable import FactLanguage

/// What parses, and into what.
final class ParserTests: XCTestCase {
  static let taste = """
    relation layoff(event: entity, company: entity, positions: integer, begins: date).
    relation workforce(company: entity, group: entity, size: integer).
    relation rating(firm: entity, company: entity, view: entity).

    document(boerse_0112, "Amazon restructuring report", boerse_global, 2026-01-12).

    with @document: boerse_0112 {
      layoff(cut_2026_01, amazon, 1001..2500, late 2026-01) @source: warn_notice, @place: "par 2".
      workforce(amazon, corporate, ~350000)                 @place: "par 9".
      rating(jefferies, amazon, buy)                        @source: jefferies, @place: "par 2".
      -stricter_rules(eu_networks, big_tech)                @certainty: probable, @place: "par 11".
    }

    bullish(Firm) :- rating(Firm, amazon, buy).

    layoff(company: amazon, positions: N, begins: When), N > 2000?
    rating(Firm, amazon, View, @source: Who) | Firms = count by View?
    as of 2026-01-05: layoff(company: amazon, positions: N)?
    """

  static let more = """
    load notice(id: Key, company: C, positions: N, begins: E, filed: K, @known: K,
      @source: wa_esd) :-
      file("wa.csv", dedupe_key: Key, canonical_name: C, employees_affected: N,
        effective_date: E, notice_date: K).

    # Does the filing agree with the news?
    layoff(company: amazon, positions: Reported, begins: When),
      notice(company: "Amazon.com, Inc.", positions: Filed, begins: Day, filed: K),
      Filed in Reported, Day in When?
    query headcount "How many positions go?":
      layoff(company: $company, positions: N) | Total = sum N ?
    query q($company = amazon, $n): p($company, $n)?
    reported(C, P, V, @known: K) | V = latest V on K by C, P?
    total(C, sum(N)) :- layoff(company: C, positions: N).
    :- p(X), not q(X).
    p(a)~
    p(a)~ @known: 2026-01-28.
    p(a, @source: s)~
    -p(a)~
    p(X) :- q(X)~
    p(X), (q(X); r(X), X > 2); not (s(X, Y), Y < 3)?
    optional p(X, Y), X in [a, b], X in 1..10, A overlaps 2026-01..2026-03?
    fib(N - 1, X), !q(X), (X + 1) * 2 ** 3 ** -1 < -abs(X) + 4 mod 3 div 2?
    as of 2026-01-01 and 2026-02: p(X)?
    during late 2026-01..early 2026-02: p(X)?
    p(X) | select X, Share = X / 2 | where X > 3, not X in [1, 2] | sort X desc, Y
      | limit 3 offset 2 | chart bar X | into "file.csv"?
    p(X) | count?
    p(X) | count X, N = count distinct X, sum X * 2, L = list X by year(Y), Z?
    relation aim(of, aim).
    relation price(item: entity key, amount: number[usd], "net worth": percent[points] key).
    query(X1)?
    load(a). relation(b). with(c). as(d). during(e). not(f). optional(g). in(h). mod(i). count(j).
    r_Res.
    r_Res?
    Foo(X) :- bar(X).
    "odd name"(a, "net worth": 3).
    file(a, b).
    p(not: a, Upper: b).
    p(_, today, $x) @known: $day.
    file("owns.facts", Parent, Child, @header: no)?
    """

  func testTheTasteOfTheLanguageParses() {
    XCTAssertEqual(statements(Self.taste).count, 12)
  }

  func testEveryFormParses() {
    let parsed = statements(Self.more)
    XCTAssertEqual(parsed.count, 41)
  }

  func testTextbookProgramsParse() throws {
    let folder = try sharedFolder("data/datalog")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "dl" }
    XCTAssertGreaterThan(files.count, 40)
    for file in files {
      let bytes = [UInt8](try Data(contentsOf: file))
      let result = parseScript(SourceText(name: file.lastPathComponent, bytes: bytes))
      XCTAssertEqual(result.diagnostics.map(\.message), [], file.lastPathComponent)
      XCTAssertFalse(result.statements.isEmpty, file.lastPathComponent)
    }
  }
}
