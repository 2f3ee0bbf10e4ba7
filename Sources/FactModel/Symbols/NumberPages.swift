import Glibc

/// The ids of texts that end in a number, by prefix and number, of one lane.
///
/// Sixty-four numbers that follow one another have a page, so that texts which count up, as the
/// identifiers of most tables do, are found one beside the other, without a hash and without a look
/// at any bytes. A prefix whose pages stay nearly empty gets no more of them; its other texts are
/// found by their hashes.
final class NumberPages {
  /// Numbers of a page.
  static let pageSize = 64
  /// Bits of a number that say where it is in its page.
  static let shift = 6
  /// Texts that a page must have on average, for as much memory as slots of hashes take.
  private static let leastFilling = 8
  /// Pages of a prefix, and of all, from which on that is asked: a million numbers that come in any
  /// order have their pages before they fill them.
  private static let pagesOfPrefix = 8192
  private static let pagesOfAll = 32_768

  /// The numbers of one page; they end where another page is made.
  struct Page {
    /// Prefix and page.
    var key: UInt64
    /// Ids plus one, 0 where there is no text; nil where the texts are found by their hashes.
    var ids: UnsafeMutablePointer<UInt32>?
    /// The place of the first number among all of `ids`.
    var first: UInt32
    fileprivate var prefix: Int

    static var none: Page { Page(key: .max, ids: nil, first: 0, prefix: 0) }
  }

  /// Ids plus one, page after page; 0 where there is no text.
  private(set) var ids: UnsafeMutablePointer<UInt32>
  private var capacity = 1
  private var pageCount = 0
  /// Keys of pages plus one, and beside each the number of the page.
  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  /// The number of texts.
  private(set) var count = 0
  /// By prefix, as many as have asked for a page.
  private var prefixes: [Prefix] = []

  private struct Slot: BitwiseCopyable {
    var key: UInt64
    var page: UInt64
  }

  private struct Prefix {
    var pages = 0
    var texts = 0
    var isSparse = false
  }

  init() {
    mask = 63
    slots = NumberPages.memory(64)
    ids = NumberPages.pages(capacity, after: nil)
  }

  deinit {
    LargePages.release(slots, (mask + 1) * MemoryLayout<Slot>.stride)
    free(ids)
  }

  var byteCount: Int {
    (mask + 1) * MemoryLayout<Slot>.stride + capacity * NumberPages.pageSize * 4
  }

  private static func memory(_ size: Int) -> UnsafeMutablePointer<Slot> {
    LargePages.allocate(size * MemoryLayout<Slot>.stride).bindMemory(to: Slot.self, capacity: size)
  }

  /// The page of a text, made if there is none, `adding`, and it is worth it.
  func page(of key: SymbolKey, adding: Bool) -> Page {
    var slot = home(key.page, mask)
    while slots[slot].key != 0 {
      if slots[slot].key == key.page &+ 1 {
        let first = Int(truncatingIfNeeded: slots[slot].page) &* NumberPages.pageSize
        return Page(
          key: key.page, ids: ids + first, first: UInt32(truncatingIfNeeded: first),
          prefix: key.prefix)
      }
      slot = (slot &+ 1) & mask
    }
    guard adding, mayGrow(key.prefix) else {
      return Page(key: key.page, ids: nil, first: 0, prefix: key.prefix)
    }
    let first = pageCount * NumberPages.pageSize
    slots[slot] = Slot(key: key.page &+ 1, page: UInt64(pageCount))
    if pageCount == capacity { growPages() }
    (ids + first).update(repeating: 0, count: NumberPages.pageSize)
    pageCount += 1
    prefixes[key.prefix].pages += 1
    if pageCount * 4 > (mask + 1) * 3 { growSlots() }
    return Page(
      key: key.page, ids: ids + first, first: UInt32(truncatingIfNeeded: first),
      prefix: key.prefix)
  }

  /// Notes that texts were entered in a page.
  func noteTexts(_ texts: Int, of page: Page) {
    count += texts
    prefixes[page.prefix].texts += texts
  }

  /// Whether another page of a prefix is worth its memory. Once it is not, it never is: texts that
  /// have no page are among the hashes from then on.
  private func mayGrow(_ prefix: Int) -> Bool {
    while prefixes.count <= prefix { prefixes.append(Prefix()) }
    let known = prefixes[prefix]
    if known.isSparse { return false }
    let isSparse =
      known.pages >= NumberPages.pagesOfPrefix
      && known.texts < known.pages * NumberPages.leastFilling
      || pageCount >= NumberPages.pagesOfAll && count < pageCount * NumberPages.leastFilling
    prefixes[prefix].isSparse = isSparse
    return !isSparse
  }

  @inline(__always)
  private func home(_ page: UInt64, _ mask: Int) -> Int {
    Int(truncatingIfNeeded: (page &* 0x9E37_79B9_7F4A_7C15) &>> 32) & mask
  }

  private func growPages() {
    capacity += max(capacity / 2, 1)
    ids = NumberPages.pages(capacity, after: ids)
  }

  /// Memory for some pages that begins as what there was. The system moves large memory by renaming
  /// its pages, so that this copies nothing.
  private static func pages(
    _ count: Int, after old: UnsafeMutablePointer<UInt32>?
  ) -> UnsafeMutablePointer<UInt32> {
    guard let memory = realloc(old, count * pageSize * MemoryLayout<UInt32>.stride) else {
      // As where an array finds no memory.
      preconditionFailure("out of memory")
    }
    return memory.bindMemory(to: UInt32.self, capacity: count * pageSize)
  }

  private func growSlots() {
    let size = (mask + 1) * 2
    let larger = NumberPages.memory(size)
    for at in 0...mask where slots[at].key != 0 {
      var slot = home(slots[at].key &- 1, size - 1)
      while larger[slot].key != 0 { slot = (slot &+ 1) & (size - 1) }
      larger[slot] = slots[at]
    }
    LargePages.release(slots, (mask + 1) * MemoryLayout<Slot>.stride)
    slots = larger
    mask = size - 1
  }
}
