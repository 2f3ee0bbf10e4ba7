import Glibc

/// Looks at the pages in which LMDB finds its values before LMDB does, which trusts them: a wrong
/// page number there would end the process or, once it writes, the base.
///
/// Everything that a look-up follows is checked: the two pages that say where the trees begin, all
/// pages of the tree of values and of the list of free pages, their entries, the order of their
/// keys, that no page is used twice, and that all lie in the file. The large values themselves are
/// not read; they have checksums of their own. The layout is that of LMDB 0.9, data version 1, with
/// 64-bit page numbers. Complexity: O(values + free pages), and not of the bytes of large values.
struct MapStructure {
  /// One of the two pages that are written in turn at the end of each commit.
  struct Meta {
    var pageSize: Int
    var free: Tree
    var main: Tree
    var lastPage: Int
    var transaction: Int
  }

  /// A tree of pages.
  struct Tree {
    var flags: Int
    var depth: Int
    var entries: Int
    /// Nil where the tree is empty.
    var root: Int?
  }

  private let path: String
  private let descriptor: Int32
  private let pageSize: Int
  private let pageCount: Int
  /// Pages that lie in the file as a whole.
  private let filePages: Int
  /// A bit for each page that was seen in use or free.
  private var seen: [UInt64]

  private static let header = 16
  private static let nodeHeader = 8
  /// As many levels as LMDB can follow.
  private static let greatestDepth = 32
  private static let greatestKey = 511

  private enum Flag {
    static let branch = 1
    static let leaf = 2
    static let overflow = 4
    static let meta = 8
    static let bigValue = 1
    /// Trees within the tree and several values of a key, of which a base has none.
    static let foreign = 6
  }

  // MARK: The first pages

  /// Reads the first two pages, of which each must make sense. Nil while the file is empty.
  static func metas(
    of descriptor: Int32, path: String, size: Int
  ) throws(BaseError) -> [Meta]? {
    if size == 0 { return nil }
    var found: BaseError?
    // A writer may be in the middle of one of them.
    for _ in 0..<5 {
      do { return try readMetas(descriptor, path, size) } catch {
        if error.kind != .damaged { throw error }
        found = error
      }
      usleep(2000)
    }
    throw found ?? .damaged(path, "its first pages")
  }

  private static func readMetas(
    _ descriptor: Int32, _ path: String, _ size: Int
  ) throws(BaseError) -> [Meta] {
    func damaged(_ what: String) -> BaseError { .damaged(path, what) }
    let first = try bytes(descriptor, path, at: 0, count: header + 136)
    guard first.count == header + 136, first.number32(header) == 0xBEEF_C0DE else {
      throw BaseError(
        .foreign, "`\(path)` is no fact base", hint: "give another path; the file was not touched")
    }
    guard first.number32(header + 4) == 1 else {
      throw BaseError(
        .newerFormat, "the base `\(path)` was written with another version of LMDB",
        hint: "save it as text with the program that wrote it: .save FILE")
    }
    let pageSize = first.number32(header + 24)
    guard pageSize >= 512, pageSize <= 65_536, pageSize & (pageSize - 1) == 0 else {
      throw damaged("its first page names no size of pages")
    }
    var metas: [Meta] = []
    for page in 0..<2 {
      let bytes = try bytes(descriptor, path, at: page * pageSize, count: header + 136)
      guard bytes.count == header + 136, bytes.number16(10) & Flag.meta != 0,
        bytes.number32(header) == 0xBEEF_C0DE, bytes.number32(header + 4) == 1
      else { throw damaged("page \(page) does not say what the file is") }
      func tree(_ at: Int) throws(BaseError) -> Tree {
        let root = bytes.number64(at + 40)
        let depth = bytes.number16(at + 6)
        let tree = Tree(
          flags: bytes.number16(at + 4), depth: depth,
          entries: Int(clamping: bytes.number64(at + 32)),
          root: root == .max ? nil : Int(clamping: root))
        guard depth <= greatestDepth, (depth == 0) == (root == .max) else {
          throw damaged("page \(page) names a tree that cannot be")
        }
        return tree
      }
      let meta = Meta(
        pageSize: bytes.number32(header + 24), free: try tree(header + 24),
        main: try tree(header + 72), lastPage: Int(clamping: bytes.number64(header + 120)),
        transaction: Int(clamping: bytes.number64(header + 128)))
      guard meta.pageSize == pageSize, meta.lastPage >= 1, meta.lastPage < 1 << 40 else {
        throw damaged("page \(page) does not agree with the first")
      }
      metas.append(meta)
    }
    return metas
  }

  private static func bytes(
    _ descriptor: Int32, _ path: String, at offset: Int, count: Int
  ) throws(BaseError) -> PageBytes {
    var buffer = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let more = buffer.withUnsafeMutableBytes { buffer in
        pread(
          descriptor, buffer.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
      }
      if more < 0, errno == EINTR { continue }
      if more < 0 { throw BaseError(status: errno, path: path, doing: "read") }
      if more == 0 { break }
      done += more
    }
    buffer.removeLast(count - done)
    return PageBytes(bytes: buffer)
  }

  // MARK: The trees

  /// Checks the trees of a state; `transaction` must be held for reading meanwhile.
  ///
  /// - Returns: false where the state has gone by since.
  static func check(
    descriptor: Int32, path: String, transaction: Int
  ) throws(BaseError) -> Bool {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard let metas = try metas(of: descriptor, path: path, size: size),
      let meta = metas.first(where: { $0.transaction == transaction })
    else { return false }
    var structure = MapStructure(descriptor, path, meta, size)
    try structure.check(meta.main, isFree: false)
    try structure.check(meta.free, isFree: true)
    return true
  }

  private init(_ descriptor: Int32, _ path: String, _ meta: Meta, _ size: Int) {
    self.descriptor = descriptor
    self.path = path
    pageSize = meta.pageSize
    pageCount = meta.lastPage + 1
    filePages = size / pageSize
    // What the file cannot hold is found to be damaged before it is marked here.
    seen = [UInt64](repeating: 0, count: min(pageCount, filePages + 1) / 64 + 1)
  }

  private func damaged(_ page: Int, _ what: String) -> BaseError {
    .damaged(path, "page \(page) \(what)")
  }

  /// Marks pages that are in use.
  private mutating func use(_ first: Int, _ count: Int, by page: Int) throws(BaseError) {
    guard first >= 2, count > 0, first <= pageCount - count else {
      throw damaged(page, "names a page that cannot be")
    }
    guard first + count <= filePages else {
      throw .damaged(path, "the file has been cut short")
    }
    // A large value has many pages: those of one word of bits at once.
    var start = first
    while start < first + count {
      let end = min(first + count, (start | 63) + 1)
      let bits = (UInt64.max >> UInt64(64 - (end - start))) << UInt64(start & 63)
      let taken = seen[start >> 6] & bits
      if taken != 0 {
        let number = start & ~63 | taken.trailingZeroBitCount
        throw damaged(page, "names page \(number), which is in use already")
      }
      seen[start >> 6] |= bits
      start = end
    }
  }

  /// Where in a tree the check is: the bytes of a page, and its next entry.
  private struct Place {
    let number: Int
    let bytes: PageBytes
    var next = 0
    var count: Int { (bytes.number16(12) - MapStructure.header) / 2 }
  }

  private mutating func check(_ tree: Tree, isFree: Bool) throws(BaseError) {
    // Flags of the free list hold those of the file as well; a base has one plain tree of values.
    guard isFree || tree.flags == 0 else { throw foreign }
    guard let root = tree.root else {
      guard tree.entries == 0 else { throw .damaged(path, "a tree of pages is missing") }
      return
    }
    try use(root, 1, by: 0)
    var places = [try place(root, isLeaf: tree.depth == 1)]
    var entries = 0
    var last: ArraySlice<UInt8>?
    var bound: ArraySlice<UInt8>?
    while var place = places.popLast() {
      if places.count + 1 == tree.depth {
        for index in 0..<place.count {
          let node = try node(place, index)
          if let last, !precedes(last, node.key, isFree) {
            throw damaged(place.number, "has keys out of order")
          }
          if let lower = bound, precedes(node.key, lower, isFree) {
            throw damaged(place.number, "has a key that belongs before it")
          }
          bound = nil
          last = node.key
          entries += 1
          try check(place, node, isFree)
        }
        continue
      }
      guard place.next < place.count else { continue }
      let node = try node(place, place.next)
      if place.next > 0 {
        if let last, !precedes(last, node.key, isFree) {
          throw damaged(place.number, "has keys out of order")
        }
        bound = node.key
      }
      place.next += 1
      places.append(place)
      try use(node.child, 1, by: place.number)
      places.append(try self.place(node.child, isLeaf: places.count + 1 == tree.depth))
    }
    guard entries == tree.entries else {
      throw .damaged(path, "\(tree.entries) values are counted and \(entries) found")
    }
  }

  private var foreign: BaseError {
    BaseError(
      .foreign, "`\(path)` is the database of another program",
      hint: "give another path; it was not touched")
  }

  private func place(_ number: Int, isLeaf: Bool) throws(BaseError) -> Place {
    let bytes = try MapStructure.bytes(descriptor, path, at: number * pageSize, count: pageSize)
    guard bytes.count == pageSize else { throw .damaged(path, "the file has been cut short") }
    let lower = bytes.number16(12)
    let upper = bytes.number16(14)
    guard bytes.number64(0) == UInt64(number),
      bytes.number16(10) == (isLeaf ? Flag.leaf : Flag.branch),
      lower >= MapStructure.header, lower % 2 == 0, lower <= upper, upper <= pageSize,
      isLeaf || lower > MapStructure.header
    else { throw damaged(number, "is not what it should be") }
    return Place(number: number, bytes: bytes)
  }

  /// An entry of a page.
  private struct Node {
    var key: ArraySlice<UInt8>
    /// The page below, in a branch.
    var child: Int
    var flags: Int
    /// The bytes of the value, in a leaf, and where it or the number of its page stands.
    var size: Int
    var value: Int
  }

  private func node(_ place: Place, _ index: Int) throws(BaseError) -> Node {
    let bytes = place.bytes
    let at = bytes.number16(MapStructure.header + index * 2)
    guard at >= bytes.number16(14), at <= pageSize - MapStructure.nodeHeader else {
      throw damaged(place.number, "has an entry outside of it")
    }
    let low = bytes.number16(at) | bytes.number16(at + 2) << 16
    let flags = bytes.number16(at + 4)
    let keySize = bytes.number16(at + 6)
    let value = at + MapStructure.nodeHeader + keySize
    guard keySize <= MapStructure.greatestKey, value <= pageSize else {
      throw damaged(place.number, "has a key that does not end in it")
    }
    return Node(
      key: bytes.bytes[value - keySize..<value], child: low | flags << 32, flags: flags, size: low,
      value: value)
  }

  /// Checks where the value of an entry is.
  private mutating func check(
    _ place: Place, _ node: Node, _ isFree: Bool
  ) throws(BaseError) {
    if node.flags & Flag.foreign != 0, !isFree { throw foreign }
    guard node.flags & ~Flag.bigValue == 0, !node.key.isEmpty, !isFree || node.key.count == 8 else {
      throw damaged(place.number, "has an entry that cannot be")
    }
    var page = 0
    if node.flags & Flag.bigValue != 0 {
      guard node.value + 8 <= pageSize else {
        throw damaged(place.number, "has a value that does not end in it")
      }
      page = Int(clamping: place.bytes.number64(node.value))
      try use(page, MapStructure.pages(of: node.size, pageSize), by: place.number)
    } else if node.value + node.size > pageSize {
      throw damaged(place.number, "has a value that does not end in it")
    }
    if isFree { try checkFree(place, node, page) }
  }

  /// Free pages must not be in use: a writer would write over what is there.
  private mutating func checkFree(
    _ place: Place, _ node: Node, _ page: Int
  ) throws(BaseError) {
    let list: PageBytes
    if page > 0 {
      list = try MapStructure.bytes(
        descriptor, path, at: page * pageSize + MapStructure.header, count: node.size)
    } else {
      list = PageBytes(bytes: Array(place.bytes.bytes[node.value..<node.value + node.size]))
    }
    // What was reserved for a list may be longer than it came to be.
    guard list.count == node.size, node.size >= 8, list.number64(0) < UInt64(node.size / 8)
    else { throw damaged(place.number, "has a list of free pages that does not read") }
    var before = UInt64.max
    for index in 1..<1 + Int(list.number64(0)) {
      let number = list.number64(index * 8)
      guard number >= 2, number < UInt64(pageCount), number < before else {
        throw damaged(place.number, "calls a page free that cannot be")
      }
      before = number
      // Pages beyond the end were never written.
      guard Int(number) < filePages else { continue }
      let bit: UInt64 = 1 << (number & 63)
      guard seen[Int(number) >> 6] & bit == 0 else {
        throw damaged(place.number, "calls page \(number) free, which is in use")
      }
      seen[Int(number) >> 6] |= bit
    }
  }

  /// The pages that a large value takes.
  static func pages(of size: Int, _ pageSize: Int) -> Int { (header - 1 + size) / pageSize + 1 }

  /// Whether LMDB keeps a value in pages of its own.
  static func hasOwnPages(
    _ value: UnsafeRawBufferPointer, keySize: Int, pageSize: Int
  ) -> Bool {
    nodeHeader + keySize + value.count > ((pageSize - header) / 2 & -2) - 2
  }

  /// Whether a large value, of which the first byte is given, begins with a page that says so.
  ///
  /// LMDB believes it when it frees the pages of a value.
  static func isLarge(
    _ value: UnsafeRawBufferPointer, pageSize: Int
  ) -> Bool {
    guard let start = value.baseAddress else { return false }
    let page = UnsafeRawBufferPointer(start: start - header, count: header)
    return page.loadUnaligned(fromByteOffset: 10, as: UInt16.self) == UInt16(Flag.overflow)
      && page.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
        == UInt32(pages(of: value.count, pageSize))
  }

  /// Whether a key sorts before another: by bytes, or, in the list of free pages, by number.
  private func precedes(
    _ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>, _ isNumber: Bool
  ) -> Bool {
    isNumber
      ? left.reversed().lexicographicallyPrecedes(right.reversed())
      : left.lexicographicallyPrecedes(right)
  }
}

/// Bytes of a page, read as numbers in the order of this machine.
private struct PageBytes {
  let bytes: [UInt8]
  var count: Int { bytes.count }

  func number16(_ at: Int) -> Int {
    bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: at, as: UInt16.self)) }
  }
  func number32(_ at: Int) -> Int {
    bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: at, as: UInt32.self)) }
  }
  func number64(_ at: Int) -> UInt64 {
    bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: UInt64.self) }
  }
}
