/// How the columns of a table share the window.
///
/// Values shrink first, the widest columns most; numbers never do, because a shortened number is
/// a wrong one. When even that does not fit, columns in the middle fold away.
struct TableLayout: Equatable {
  /// A column as it would like to be.
  struct Wish: Equatable {
    /// The cells of its widest value or its name.
    var width: Int
    /// The width under which it says nothing.
    var minimum: Int

    /// Numbers keep their width.
    init(header: Int, cells: Int, isNumeric: Bool) {
      width = max(header, cells, 1)
      minimum = isNumeric ? max(cells, min(header, 6), 1) : min(width, TableLayout.narrowest)
    }
  }

  /// A column of text is not made narrower than this.
  static let narrowest = 8
  /// The spaces between two columns.
  static let gap = 2

  /// The columns shown, by number; nil stands for the folded ones.
  var shown: [Int?]
  /// The width of each, as many as `shown`.
  var widths: [Int]
  /// Whether a value may have been shortened.
  var isShortened: Bool

  /// The columns that are folded away.
  func foldedCount(of total: Int) -> Int { total - shown.count(where: { $0 != nil }) }

  /// Shares `available` cells between columns; nil is without limit.
  init(_ wishes: [Wish], available: Int?) {
    let all = Array(wishes.indices)
    guard let available, TableLayout.total(wishes.map(\.width), folded: false) > available else {
      shown = all
      widths = wishes.map(\.width)
      isShortened = false
      return
    }
    var kept = all
    while kept.count > 2,
      TableLayout.total(kept.map { wishes[$0].minimum }, folded: kept.count < all.count)
        > available
    {
      kept.remove(at: kept.count / 2)
    }
    let folded = kept.count < all.count
    let room = available - TableLayout.total(kept.map { _ in 0 }, folded: folded)
    let shared = TableLayout.share(room, among: kept.map { wishes[$0] })
    isShortened = zip(kept, shared).contains { wishes[$0].width > $1 }
    shown = kept
    widths = shared
    if folded {
      let place = (kept.count + 1) / 2
      shown.insert(nil, at: place)
      widths.insert(1, at: place)
    }
  }

  private static func total(_ widths: [Int], folded: Bool) -> Int {
    let columns = widths.count + (folded ? 1 : 0)
    return widths.reduce(0, +) + max(columns - 1, 0) * gap + (folded ? 1 : 0)
  }

  /// The widest cap under which all fit, then what is left over from the left.
  private static func share(_ room: Int, among wishes: [Wish]) -> [Int] {
    func capped(_ cap: Int) -> [Int] { wishes.map { max(min($0.width, cap), $0.minimum) } }
    var low = 1
    var high = max(wishes.map(\.width).max() ?? 1, 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if capped(middle).reduce(0, +) <= room { low = middle } else { high = middle - 1 }
    }
    var widths = capped(low)
    var rest = room - widths.reduce(0, +)
    if rest < 0 { return squeezed(widths, to: room) }
    for index in widths.indices where rest > 0 && widths[index] < wishes[index].width {
      widths[index] += 1
      rest -= 1
    }
    return widths
  }

  /// For windows in which not even two columns fit.
  private static func squeezed(_ widths: [Int], to room: Int) -> [Int] {
    var widths = widths
    var excess = widths.reduce(0, +) - room
    while excess > 0, let widest = widths.max(), widest > 1,
      let index = widths.lastIndex(of: widest)
    {
      widths[index] -= 1
      excess -= 1
    }
    return widths
  }
}
