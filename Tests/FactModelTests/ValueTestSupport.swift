import XCTest

@testable import FactModel

extension ValueStore {
  /// The word of a date literal.
  func date(_ text: String, file: StaticString = #filePath, line: UInt = #line) -> Word {
    switch CalendarDate.read(text) {
    case .success(let date): return date.word
    case .failure(let failure):
      XCTFail("\(text): \(failure.message)", file: file, line: line)
      return .unknown
    }
  }

  /// The word of a range of integers.
  func range(_ lower: Int64?, _ upper: Int64?) -> Word {
    word(
      range: NumberInterval(lower: lower.map { .integer($0) }, upper: upper.map { .integer($0) }))
  }

  /// The word of a span from one date literal to another, either left out.
  func span(_ first: String?, _ last: String?) -> Word {
    word(
      first: first.map { CalendarDate(word: date($0)) },
      last: last.map { CalendarDate(word: date($0)) })
  }

  func symbol(_ text: String) -> Word { word(for: .symbol(text)) }

  /// The text of the result of an operation, or its failure.
  func show(_ operation: ValueOperation, _ operands: Word...) -> String {
    switch apply(operation, operands) {
    case .success(let word): text(of: word)
    case .failure(let failure): "error: \(failure.message)"
    }
  }
}
