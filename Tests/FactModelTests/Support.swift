import XCTest

@testable import FactModel

/// A generator that gives the same numbers in every run (SplitMix64).
struct FixedGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// What the words of a test look like: one regime for the special cases, one for the general ones.
enum Regime: CaseIterable {
  /// Symbols with small ids.
  case symbols
  /// Words of all kinds.
  case mixed

  func word(_ random: inout FixedGenerator, below limit: Int) -> UInt64 {
    let n = Int.random(in: 0..<limit, using: &random)
    guard self == .mixed else { return Word(symbol: UInt32(n)).bits }
    switch n % 5 {
    case 0: return Word(symbol: UInt32(n)).bits
    case 1: return Word(integer: Int64(n) * 1_000_003 - 50_000_000)?.bits ?? 0
    case 2: return (Double(n) + 0.1).bitPattern
    case 3: return Word(kind: .date, payload: UInt64(n) << 20 | 3).bits
    default: return n % 2 == 0 ? Word.unknown.bits : Word(wide: UInt32(n)).bits
    }
  }
}

/// Turns rows into the columns that a batch is given as.
func columns(of rows: [[UInt64]], arity: Int) -> [[UInt64]] {
  (0..<arity).map { c in rows.map { $0[c] } }
}
