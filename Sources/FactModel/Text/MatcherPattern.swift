/// Why a pattern is not accepted, and where.
public struct PatternFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The byte in the pattern's UTF-8 at which the trouble begins.
  public var offset: Int
  /// What is wrong, as a sentence without a full stop.
  public var message: String

  /// Takes the place and the sentence.
  public init(offset: Int, message: String) {
    self.offset = offset
    self.message = message
  }

  /// The sentence and its place.
  public var description: String { "\(message) (at character \(offset + 1) of the pattern)" }
}

/// A set of Unicode scalars as sorted, disjoint ranges.
struct ScalarSet: Hashable {
  private(set) var ranges: [ClosedRange<UInt32>] = []

  static let last: UInt32 = 0x10FFFF

  init(_ ranges: [ClosedRange<UInt32>]) {
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let previous = self.ranges.last, range.lowerBound <= previous.upperBound &+ 1 {
        let upper = max(previous.upperBound, range.upperBound)
        self.ranges[self.ranges.count - 1] = previous.lowerBound...upper
      } else {
        self.ranges.append(range)
      }
    }
  }

  /// Every scalar that is not in the set.
  var inverted: ScalarSet {
    var result: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= ScalarSet.last { result.append(next...ScalarSet.last) }
    return ScalarSet(result)
  }

  /// The set with the upper- and lower-case forms of its scalars, where these are one scalar.
  var withBothCases: ScalarSet {
    // The blocks in which letters have case; looking through all scalars would be slow.
    let cased: [ClosedRange<UInt32>] = [
      0x41...0x5A, 0x61...0x7A, 0xB5...0x587, 0x10A0...0x10FF, 0x13A0...0x13FF, 0x1C80...0x1CBF,
      0x1E00...0x1FFF, 0x2126...0x218F, 0x2C00...0x2D2F, 0xA640...0xA7FF, 0xFF21...0xFF5A,
      0x10400...0x104FF,
    ]
    var result = ranges
    for range in ranges {
      for block in cased where block.overlaps(range) {
        for value in block.clamped(to: range) {
          guard let properties = Unicode.Scalar(value)?.properties else { continue }
          for form in [properties.lowercaseMapping, properties.uppercaseMapping] {
            let scalars = form.unicodeScalars
            if scalars.count == 1, let scalar = scalars.first, scalar.value != value {
              result.append(scalar.value...scalar.value)
            }
          }
        }
      }
    }
    return ScalarSet(result)
  }

  static let digits = ScalarSet([0x30...0x39])
  static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let space = ScalarSet([0x09...0x0D, 0x20...0x20])
  static let allButNewline = ScalarSet([0x0A...0x0A]).inverted
  static let all = ScalarSet([0...ScalarSet.last])
}

/// A condition on a position between two scalars.
enum MatcherAssertion: UInt8 {
  case textStart, textEnd, wordBoundary, noWordBoundary
}

/// A pattern as a tree.
indirect enum PatternNode {
  case empty
  case scalars(ScalarSet)
  case assertion(MatcherAssertion)
  case sequence([PatternNode])
  case choice([PatternNode])
  /// Repetition; nil means without end.
  case repetition(PatternNode, lower: Int, upper: Int?)
}
