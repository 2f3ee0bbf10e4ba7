import Glibc

extension DurableBase {
  /// How much a base holds and takes.
  public struct Information: Sendable {
    /// Bytes of the file.
    public var fileSize = 0
    /// Bytes of it that are in use.
    public var usedSize = 0
    /// Facts that stand.
    public var facts = 0
    /// Open claims.
    public var claims = 0
    /// Distinct texts.
    public var texts = 0
    /// Statements since the last seal, which are replayed at open.
    public var logRecords = 0
    /// The format of the file.
    public var format = Catalogue.format
  }

  /// How much there is, as of the last commit.
  public func information() throws -> Information {
    var result = Information()
    result.fileSize = environment.fileSize
    try environment.read { reader in
      try reader.forEach(from: .format) { key, value in
        // A large value takes whole pages, and 16 bytes of the first.
        result.usedSize += value.count > 2000 ? (value.count + 16 + 4095) & ~4095 : value.count
        result.usedSize += key.bytes.count + 8
        return true
      }
    }
    result.facts = base.factCount
    result.claims = base.claimCount
    result.texts = base.values.symbols.count
    result.logRecords = nextLog - catalogue.firstLog
    return result
  }

  /// What `verify` found.
  public struct Verification: Sendable {
    /// The values looked at.
    public var values = 0
    /// The bytes of them.
    public var bytes = 0
    /// What is damaged, a line each.
    public var problems: [String] = []
  }

  /// Reads everything that is stored and compares it with its checksums. Complexity: O(base).
  public func verify() throws -> Verification {
    try environment.read { reader in
      var result = Verification()
      do { try environment.checkStructure() } catch let error as BaseError {
        result.problems.append(error.message)
      }
      guard let bytes = try reader.value(.catalogue) else {
        result.problems.append("there is no catalogue")
        return result
      }
      let newest: Catalogue
      do { newest = try Catalogue(reading: bytes) } catch {
        result.problems.append("the catalogue does not agree with its checksum")
        return result
      }
      var sizes: [Int: Int] = [:]
      for run in newest.texts + newest.hashes + newest.wides { sizes[run.blob] = run.size }
      for entry in newest.entries {
        for tables in [entry.facts, entry.denials].compactMap({ $0 }) {
          try list(
            tables.facts, entry.schema.arity, tables.liveFacts, tables.uncertainFacts, reader,
            &sizes, &result)
          try list(
            tables.claims, FactTable.ClaimColumn.count, tables.liveClaims, 0, reader, &sizes,
            &result)
        }
      }
      for (number, size) in sizes.sorted(by: { $0.key < $1.key }) {
        guard let value = try reader.value(.blob(number)),
          let blob = StoredBlob(
            number: number, value: value, size: size, owner: environment, damage: DamageNote())
        else {
          result.problems.append("value \(number) is missing or too short")
          continue
        }
        result.values += 1
        result.bytes += size
        if !blob.verifyAll() {
          result.problems.append("value \(number) does not agree with its checksum")
        }
      }
      try verifySmall(reader, &result)
      return result
    }
  }

  /// Lists the values of a table with their sizes, and counts what its bitmaps and levels say.
  private func list(
    _ id: Int, _ arity: Int, _ live: Int, _ uncertain: Int, _ reader: MapReader,
    _ sizes: inout [Int: Int], _ result: inout Verification
  ) throws {
    guard let bytes = try reader.value(.directory(id)) else {
      result.problems.append("the directory of table \(id) is missing")
      return
    }
    do {
      let table = try StoredTable(id: id, arity: arity, reading: bytes) { number, size in
        sizes[number] = size
        guard let value = try reader.value(.blob(number)),
          let blob = StoredBlob(
            number: number, value: value, size: size, owner: environment, damage: DamageNote())
        else { throw UnreadableBytes() }
        return blob
      }
      for segment in table.segments + table.pieces {
        for column in segment.columns where column.blob != 0 {
          sizes[column.blob] = segment.count * column.width
        }
      }
      var dead = 0
      var doubtful = 0
      for state in table.states {
        sizes[state.blob] = state.size
        guard let value = try reader.value(.blob(state.blob)), value.count >= state.size else {
          continue
        }
        let rows = min(Segment.rowLimit, table.rowCount - state.block << 16)
        if state.kind == .live {
          for row in 0..<rows where value[row >> 3] >> UInt8(row & 7) & 1 == 0 { dead += 1 }
        } else if state.kind == .levels {
          for row in 0..<rows where value[row] != 0 { doubtful += 1 }
        }
      }
      if table.rowCount - dead != live || doubtful != uncertain {
        result.problems.append("the rows of table \(id) are not those that were counted")
      }
    } catch is UnreadableBytes {
      result.problems.append("the directory of table \(id) does not read")
    }
  }

  /// Checks the values that carry one checksum: directories, states, programs, log records.
  private func verifySmall(_ reader: MapReader, _ result: inout Verification) throws {
    let sealed: Set<Character> = ["c", "d", "l", "p"]
    var looked = result
    try reader.forEach(from: .format) { key, value in
      if !environment.hasSoundPages(key, value) {
        looked.problems.append("the pages of a value of \(value.count) bytes do not read")
      }
      let kind = Character(UnicodeScalar(key.bytes.first ?? 0))
      guard sealed.contains(kind) else { return true }
      looked.values += 1
      looked.bytes += value.count
      do { _ = try ByteReader(sealed: value) } catch {
        looked.problems.append("\(kind) \(key.number(0)) does not agree with its checksum")
      }
      return true
    }
    result = looked
  }

  /// Writes the base anew without free pages and puts it in the place of the old file.
  ///
  /// Only while nobody else has it open: another process would go on with a file that is gone.
  /// Returns the bytes before and after; `base` is another object then.
  public func compact() throws -> (before: Int, after: Int) {
    _ = try beginWriting()
    defer { endWriting() }
    let done = try locks.exclusively { () throws -> (Int, Int) in
      // The first seal leaves to the next one what it no longer needs.
      try seal(thoroughly: true)
      while !catalogue.garbage.isEmpty { try seal() }
      let before = environment.fileSize
      let copy = path + "-compact"
      unlink(copy)
      do {
        try environment.copyCompacted(to: copy)
        try DurableBase.synchronize(copy)
      } catch {
        unlink(copy)
        throw error
      }
      guard rename(copy, path) == 0 else {
        let status = errno
        unlink(copy)
        throw BaseError(status: status, path: path, doing: "compact")
      }
      // It belongs to the old file, which this process may still read answers from.
      unlink(path + "-lock")
      try reopen()
      return (before, environment.fileSize)
    }
    guard let done else {
      throw BaseError(
        .busy, "the base `\(path)` is open in another shell",
        hint: "close the others and run .compact again")
    }
    return done
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func synchronize(_ path: String) throws(BaseError) {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BaseError(status: errno, path: path, doing: "write") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw BaseError(status: errno, path: path, doing: "write")
    }
  }
}
