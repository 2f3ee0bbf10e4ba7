import Synchronization
import XCTest

@testable import FactModel

/// Runs a body once with one thread and once with several, and gives what both came to.
func withOneAndManyThreads<Result>(_ body: () throws -> Result) rethrows -> [Result] {
  defer { Workers.count = 0 }
  return try [1, 2].map { count in
    Workers.count = count
    return try body()
  }
}

final class ParallelTests: XCTestCase {
  func testEachNumberIsCalledOnce() {
    _ = withOneAndManyThreads {
      for count in [0, 1, 2, 3, 7, 64] {
        for _ in 0..<50 {
          var calls = [Int](repeating: 0, count: count)
          calls.withUnsafeMutableBufferPointer { calls in
            parallel(over: count) { calls[$0] += 1 }
          }
          XCTAssertEqual(calls, [Int](repeating: 1, count: count))
        }
      }
    }
  }

  func testWorkWithinWorkIsDoneToo() {
    _ = withOneAndManyThreads {
      let total = Atomic<Int>(0)
      parallel(over: 4) { outer in
        parallel(over: 8) { inner in
          total.wrappingAdd(outer * 8 + inner, ordering: .relaxed)
        }
      }
      XCTAssertEqual(total.load(ordering: .relaxed), (0..<32).reduce(0, +))
    }
  }
}
