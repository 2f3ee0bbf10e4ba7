import Glibc

/// The texts submitted before, oldest first, and the file that keeps them.
///
/// Nothing is read before the first entry is asked for. Several shells may share a file: each
/// adds its entries under a lock, and sees those of others when it starts.
public final class History {
  /// Where the entries are kept; nil keeps them in memory alone.
  public let path: String?
  /// How many entries the file keeps.
  public let limit: Int
  /// Why the file cannot be read or written, as a sentence for the user.
  public private(set) var problem: String?

  private var isLoaded = false
  private var bytes: [UInt8] = []
  // The end of each entry in `bytes`.
  private var ends: [Int] = []
  private var linesInFile = 0

  /// A history kept in the file at `path`.
  public init(path: String?, limit: Int = 5_000) {
    self.path = path
    self.limit = max(limit, 1)
  }

  /// `$XDG_STATE_HOME/factsh/history`, by default under `~/.local/state`; nil without a home.
  public static func defaultPath() -> String? {
    if let state = Environment.value(of: "XDG_STATE_HOME"), state.hasPrefix("/") {
      return state + "/factsh/history"
    }
    guard let home = Environment.value(of: "HOME"), home.hasPrefix("/") else { return nil }
    return home + "/.local/state/factsh/history"
  }

  /// The number of entries.
  public var count: Int {
    load()
    return ends.count
  }

  /// The entry at `index`; 0 is the oldest.
  public subscript(index: Int) -> String {
    load()
    return String(decoding: bytes[range(index)], as: UTF8.self)
  }

  /// The entries that contain `pattern`, oldest first, with their places; all for an empty one.
  public func entries(containing pattern: String = "") -> [(index: Int, text: String)] {
    matches(of: pattern).reversed().map { ($0, self[$0]) }
  }

  /// Adds an entry and appends it to the file; a repeat of the entry before adds nothing.
  public func add(_ text: String) {
    load()
    let entry = Array(text.utf8)
    if entry.isEmpty { return }
    if let last = ends.indices.last, bytes[range(last)].elementsEqual(entry) { return }
    append(entry[...])
    guard let path else { return }
    do {
      let file = HistoryFile(path: path, limit: limit)
      linesInFile = try file.append(entry, linesInFile: linesInFile)
      problem = nil
    } catch {
      problem = error.message
    }
  }

  /// The newest entry before `index` that starts with `prefix`, is longer than it, and is not
  /// `text`.
  public func newest(
    before index: Int? = nil, startingWith prefix: String, otherThan text: String = ""
  ) -> Int? {
    load()
    return find(from: (index ?? ends.count) - 1, by: -1, prefix: prefix, otherThan: text)
  }

  /// The oldest entry after `index` that starts with `prefix`, is longer than it, and is not
  /// `text`.
  public func oldest(
    after index: Int, startingWith prefix: String, otherThan text: String
  ) -> Int? {
    load()
    return find(from: index + 1, by: 1, prefix: prefix, otherThan: text)
  }

  /// How the newest entry that starts with `text` goes on; nil if there is none.
  public func suggestion(for text: String) -> String? {
    if text.isEmpty { return nil }
    guard let index = newest(startingWith: text) else { return nil }
    let entry = range(index)
    return String(
      decoding: bytes[(entry.lowerBound + text.utf8.count)..<entry.upperBound], as: UTF8.self)
  }

  /// The places of the entries that contain `pattern`, newest first. A pattern without capital
  /// letters also finds those (ASCII letters alone).
  public func matches(of pattern: String) -> [Int] {
    load()
    let needle = Array(pattern.utf8)
    let folds = !needle.contains { $0 >= 0x41 && $0 <= 0x5a }
    var result: [Int] = []
    for index in ends.indices.reversed()
    where History.offset(of: needle, in: bytes[range(index)], folds: folds) != nil {
      result.append(index)
    }
    return result
  }

  /// Where `needle` begins in `text`, as an offset; see `matches(of:)` for `folds`.
  static func offset(of needle: [UInt8], in text: ArraySlice<UInt8>, folds: Bool) -> Int? {
    if needle.isEmpty { return 0 }
    if needle.count > text.count { return nil }
    return needle.withUnsafeBufferPointer { needle in
      text.withUnsafeBufferPointer { text in
        var start = 0
        while start <= text.count - needle.count {
          var length = 0
          while length < needle.count {
            var byte = text[start + length]
            if folds && byte >= 0x41 && byte <= 0x5a { byte |= 0x20 }
            if byte != needle[length] { break }
            length += 1
          }
          if length == needle.count { return start }
          start += 1
        }
        return nil
      }
    }
  }

  /// Reads the file, if that has not happened yet.
  public func prepare() { load() }

  // MARK: Entries

  private func load() {
    if isLoaded { return }
    isLoaded = true
    guard let path else { return }
    do {
      linesInFile = try HistoryFile(path: path, limit: limit).read { append($0[...]) }
    } catch {
      problem = error.message
    }
  }

  private func append(_ entry: ArraySlice<UInt8>) {
    bytes.append(contentsOf: entry)
    ends.append(bytes.count)
  }

  private func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  private func find(from start: Int, by step: Int, prefix: String, otherThan text: String) -> Int? {
    let prefix = Array(prefix.utf8)
    let other = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { bytes in
      ends.withUnsafeBufferPointer { ends in
        var index = start
        while index >= 0 && index < ends.count {
          let begin = index == 0 ? 0 : ends[index - 1]
          let length = ends[index] - begin
          if length > prefix.count {
            var same = 0
            while same < prefix.count && bytes[begin + same] == prefix[same] { same += 1 }
            if same == prefix.count {
              let entry = UnsafeBufferPointer(rebasing: bytes[begin..<ends[index]])
              if !entry.elementsEqual(other) { return index }
            }
          }
          index += step
        }
        return nil
      }
    }
  }
}
