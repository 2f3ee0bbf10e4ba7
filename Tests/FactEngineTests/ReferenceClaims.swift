import FactLanguage
import FactModel

@testable import FactEngine

/// Which claims of a base count at a moment and in a period, straight from the definitions: all
/// claims that were ever made are looked at one by one, as days.
struct ReferenceClaims {
  /// A fact or denial with those of its claims that count.
  struct Stated {
    var words: [UInt64]
    var claims: [Claim]
    /// That of the surest claim.
    var level: UInt8 { claims.map(\.certainty.rawValue).min() ?? 0 }
  }

  private let base: FactBase
  private var values: ValueStore { base.values }
  /// The last day of the moment that is looked from; nil is now.
  private let day: Int?
  private let period: Word?
  private let published: [Word: Word]

  init(base: FactBase, scope: ResolvedScope?) {
    self.base = base
    var day: Int?
    var period: Word?
    switch scope {
    case .asOf(let moment): day = base.values.dates(of: moment)?.lastDay
    case .during(let word): period = word
    case .between, nil: break
    }
    self.day = day
    self.period = period
    var published: [Word: Word] = [:]
    if let table = base.relation(named: "document")?.facts.facts, table.arity > 3 {
      for row in 0..<UInt32(table.rowCount) where table.isLive(row) {
        published[Word(bits: table.word(row: row, column: 0))] = Word(
          bits: table.word(row: row, column: 3))
      }
    }
    self.published = published
  }

  func facts(of name: String) -> [Stated] { stated(name, denied: false) }

  func denials(of name: String) -> [Stated] { stated(name, denied: true) }

  private func stated(_ name: String, denied: Bool) -> [Stated] {
    guard let table = base.relation(named: name)?.table(denied: denied) else { return [] }
    return (0..<UInt32(table.facts.rowCount)).compactMap { row in
      let claims = table.claims(of: row, all: true).filter(counts)
      return claims.isEmpty ? nil : Stated(words: table.facts.words(row: row), claims: claims)
    }
  }

  private func counts(_ claim: Claim) -> Bool {
    if let day {
      if claim.knownIsGiven, claim.known == .unknown { return false }
      let known = claim.knownIsGiven ? claim.known : published[claim.document] ?? .unknown
      if known != .unknown, lastDay(known) > day { return false }
      if claim.until != .unknown, lastDay(claim.until) <= day { return false }
    } else if claim.until != .unknown {
      return false
    }
    guard let period, claim.valid != .unknown else { return true }
    return meet(claim.valid, period)
  }

  private func lastDay(_ word: Word) -> Int { values.dates(of: word)?.lastDay ?? .max }

  private func meet(_ left: Word, _ right: Word) -> Bool {
    guard let a = values.dates(of: left), let b = values.dates(of: right) else { return false }
    return (a.firstDay ?? .min) <= (b.lastDay ?? .max)
      && (b.firstDay ?? .min) <= (a.lastDay ?? .max)
  }

  /// Whether a denial speaks of a row.
  func denies(_ denial: Stated, _ words: [UInt64]) -> Bool {
    zip(denial.words, words).allSatisfy { $0 == $1 || $0 == Word.anything.bits }
  }

  /// Whether a denial disputes a stated fact: it speaks of it, and where both say in which period,
  /// of a period that meets.
  func denies(_ denial: Stated, _ fact: Stated) -> Bool {
    denies(denial, fact.words)
      && denial.claims.contains { denied in
        fact.claims.contains { claim in
          denied.valid == .unknown || claim.valid == .unknown || meet(denied.valid, claim.valid)
        }
      }
  }
}
