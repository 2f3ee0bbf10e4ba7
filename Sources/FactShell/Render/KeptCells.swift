/// The cells of an answer as they are printed, written once: first measured, then placed.
///
/// For answers of which people look at all rows; a large one is written twice instead, so that its
/// text is never in memory as a whole.
struct KeptCells {
  /// So many cells are kept.
  static let limit = 1 << 14

  private var bytes: [UInt8] = []
  /// Where each cell ends; it begins where the one before ends.
  private var ends: [Int] = []
  private var widths: [Int] = []

  /// Room for so many cells.
  init(count: Int) {
    bytes.reserveCapacity(count * 12)
    ends.reserveCapacity(count)
    widths.reserveCapacity(count)
  }

  /// Writes the next cell, and returns how wide it is.
  mutating func add(
    _ write: (inout [UInt8]) -> Void, width: (ArraySlice<UInt8>) -> Int
  ) -> Int {
    let start = bytes.count
    write(&bytes)
    let taken = width(bytes[start...])
    ends.append(bytes.count)
    widths.append(taken)
    return taken
  }

  /// A cell by its number, and how wide it is.
  func cell(_ number: Int) -> (text: ArraySlice<UInt8>, width: Int) {
    (bytes[(number == 0 ? 0 : ends[number - 1])..<ends[number]], widths[number])
  }
}
