import FactEngine
import XCTest

@testable import FactShell

/// What the line about a long reading of files says.
final class ProgressLineTests: XCTestCase {
  func testRowsSpeedShareAndTimeLeft() {
    var progress = Progress()
    progress.file = "data/wa.csv"
    progress.rows = 1_200_000
    progress.bytes = 85_000_000
    progress.seconds = 2
    XCTAssertEqual(ProgressLine.text(progress), "1,200,000 rows · 42 MB/s · wa.csv")
    progress.totalBytes = 340_000_000
    XCTAssertEqual(
      ProgressLine.text(progress), "1,200,000 rows · 42 MB/s · 25% · 7 s left · wa.csv")
    progress.totalBytes = 34_000_000_000
    XCTAssertEqual(
      ProgressLine.text(progress), "1,200,000 rows · 42 MB/s · 0% · 14 min left · wa.csv")
    progress.bytes = 9_000_000
    progress.totalBytes = nil
    XCTAssertEqual(ProgressLine.text(progress), "1,200,000 rows · 4.5 MB/s · wa.csv")
    progress.statedRows = 65_536
    XCTAssertEqual(ProgressLine.text(progress), "65,536 of 1,200,000 rows stated")
  }
}
